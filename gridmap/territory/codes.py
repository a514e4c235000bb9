"""Region and grid codes: 12 digits (2 province, 2 city, 2 county, 3 street, 3 community) and 3 more for a grid.

Source: national statistics codes (统计用区划代码); grid codes after DB11 and GB/T 30428.1: county 6 + street 3 +
community 3 + grid 3, numbered west→east, north→south inside the community, never re-used.
"""

import re
from collections.abc import Iterable
from enum import IntEnum

REGION_CODE = re.compile(r"[0-9]{12}")
GRID_CODE = re.compile(r"[0-9]{15}")
GRIDS_PER_COMMUNITY = 999


class Level(IntEnum):
    """The five levels of regions, by how many there are above."""

    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    STREET = 4
    COMMUNITY = 5


#: How many leading digits of a 12-digit code belong to each level.
DIGITS: dict[Level, int] = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.STREET: 9, Level.COMMUNITY: 12}


class CodeError(ValueError):
    """A code that breaks the scheme, or a scheme that has no number left."""


def level_of(code: str) -> Level:
    """The level that a 12-digit code stands for: the longest prefix that is not followed by zeros alone."""
    if not REGION_CODE.fullmatch(code):
        raise CodeError(code)
    for level, digits in DIGITS.items():
        if not code[digits:].strip("0"):
            return level
    return Level.COMMUNITY


def parent_code(code: str) -> str | None:
    """The code one level up, or None for a province."""
    level = level_of(code)
    if level is Level.PROVINCE:
        return None
    return code[: DIGITS[Level(level - 1)]].ljust(12, "0")


def next_child_codes(parent: str, taken: Iterable[str], count: int) -> list[str]:
    """`count` fresh codes under `parent`, after the highest ever `taken`; raises CodeError when the numbers run out."""
    level = Level(level_of(parent) + 1)
    start, end = DIGITS[Level(level - 1)], DIGITS[level]
    prefix = parent[:start]
    last = max((int(code[start:end]) for code in taken if code.startswith(prefix)), default=0)
    if last + count >= 10 ** (end - start):
        raise CodeError(parent)
    return [f"{prefix}{number:0{end - start}d}".ljust(12, "0") for number in range(last + 1, last + count + 1)]


def next_grid_codes(community: str, taken: Iterable[str], count: int) -> list[str]:
    """`count` fresh 15-digit codes in `community` (12 digits) after the highest ever `taken`: none is re-used."""
    if level_of(community) is not Level.COMMUNITY:
        raise CodeError(community)
    last = max((int(code[12:15]) for code in taken if code.startswith(community)), default=0)
    if last + count > GRIDS_PER_COMMUNITY:
        raise CodeError(community)
    return [f"{community}{number:03d}" for number in range(last + 1, last + count + 1)]
