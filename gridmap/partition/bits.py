"""Sets of up to 62 small numbers as the bits of one integer."""

from gridmap.partition.score import kernel


@kernel
def lowest_bit(mask: int) -> int:
    """The smallest number in a set that is not empty."""
    found = 0
    if mask & 0xFFFFFFFF == 0:
        found += 32
        mask >>= 32
    if mask & 0xFFFF == 0:
        found += 16
        mask >>= 16
    if mask & 0xFF == 0:
        found += 8
        mask >>= 8
    if mask & 0xF == 0:
        found += 4
        mask >>= 4
    if mask & 0x3 == 0:
        found += 2
        mask >>= 2
    if mask & 0x1 == 0:
        found += 1
    return found


@kernel
def bit_count(mask: int) -> int:
    """How many numbers are in a set (Kernighan)."""
    found = 0
    while mask:
        mask &= mask - 1
        found += 1
    return found
