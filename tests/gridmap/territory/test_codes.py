"""Region and grid codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.territory.codes import CodeError, Level, level_of, next_child_codes, next_grid_codes, parent_code

COMMUNITY = "990101001001"


@pytest.mark.parametrize(
    ("code", "level", "above"),
    [
        ("990000000000", Level.PROVINCE, None),
        ("990100000000", Level.CITY, "990000000000"),
        ("990101000000", Level.COUNTY, "990100000000"),
        ("990101001000", Level.STREET, "990101000000"),
        (COMMUNITY, Level.COMMUNITY, "990101001000"),
    ],
)
def test_level_and_parent_follow_from_the_zeros(code: str, level: Level, above: str | None) -> None:
    assert level_of(code) is level
    assert parent_code(code) == above


@pytest.mark.parametrize("code", ["", "99", "99010100100a", "9901010010011", "９９０１０１００１００１"[:11]])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(CodeError):
        level_of(code)


def test_children_are_numbered_after_the_highest_ever_taken() -> None:
    taken = ["990101001000", "990101004000", "990102009000"]
    assert next_child_codes("990101000000", taken, 2) == ["990101005000", "990101006000"]
    assert next_child_codes("990101004000", [], 1) == ["990101004001"]


def test_numbers_that_run_out_are_refused() -> None:
    with pytest.raises(CodeError):
        next_child_codes("990100000000", ["990198000000"], 2)
    with pytest.raises(CodeError):
        next_grid_codes(COMMUNITY, [f"{COMMUNITY}998"], 2)
    with pytest.raises(CodeError):
        next_grid_codes("990101001000", [], 1)


def test_grid_codes_ignore_other_communities() -> None:
    assert next_grid_codes(COMMUNITY, ["990101001002777", f"{COMMUNITY}003"], 2) == [
        f"{COMMUNITY}004",
        f"{COMMUNITY}005",
    ]


@given(st.sets(st.integers(1, 990)), st.integers(0, 9))
def test_fresh_codes_are_fresh_ordered_and_15_digits(numbers: set[int], count: int) -> None:
    taken = {f"{COMMUNITY}{number:03d}" for number in numbers}
    fresh = next_grid_codes(COMMUNITY, taken, count)
    assert len(fresh) == count
    assert not taken & set(fresh)
    assert fresh == sorted(fresh)
    assert all(len(code) == 15 and code.startswith(COMMUNITY) for code in fresh)
