"""Sets as bits of one integer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.partition.bits import bit_count, lowest_bit


@given(st.sets(st.integers(0, 61), min_size=1))
def test_the_lowest_and_the_number_of_any_set(numbers: set[int]) -> None:
    mask = sum(1 << number for number in numbers)
    assert lowest_bit(mask) == min(numbers)
    assert bit_count(mask) == len(numbers)


@pytest.mark.parametrize("number", range(62))
def test_every_single_bit(number: int) -> None:
    assert lowest_bit(1 << number) == number
    assert bit_count(1 << number) == 1
    assert bit_count((1 << number) - 1) == number


def test_the_lowest_free_place_of_a_cover() -> None:
    assert lowest_bit(~0b0111) == 3
    assert lowest_bit(~0) == 0
    assert bit_count(0) == 0
