"""Directions in every spelling that files have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.directions import COMPASS, Direction, read_direction


@pytest.mark.parametrize(
    ("text", "bearing", "angle"),
    [
        ("90", 90, None), ("90°", 90, None), ("45.5度", 45.5, None), ("360", 0, None), ("-45", 315, None),
        ("N", 0, None), ("NE", 45, None), ("N-E", 45, None), ("n e", 45, None), ("WNW", 292.5, None),
        ("north-east", 45, None), ("South West", 225, None), ("facing east", 90, None),
        ("东", 90, None), ("东南", 135, None), ("朝东南方向", 135, None), ("正北", 0, None), ("南西", 225, None),
        ("西北侧", 315, None), ("北偏东30度", 30, None), ("南偏西20°", 200, None), ("西偏北 10", 280, None),
        ("东北偏北", 22.5, None), ("东北偏东", 67.5, None), ("西南偏西", 247.5, None),
        ("45-135", 90, 90), ("350-10", 0, 20), ("N-S", 90, 180), ("90-90", 90, None),
    ],
)  # fmt: skip
def test_a_direction_is_read(text: str, bearing: float, angle: float | None) -> None:
    assert read_direction(text) == Direction(bearing, angle)


@pytest.mark.parametrize("text", ["", "up", "370", "上", "东西", "北偏南10", "东北偏南", "10-400", "x" * 500, "nnn"])
def test_what_is_none_is_not_guessed(text: str) -> None:
    assert read_direction(text) is None


def test_of_several_the_first_is_taken_and_it_is_said() -> None:
    assert read_direction("90;270") == Direction(90, None, several=True)
    assert read_direction("东、西") == Direction(90, None, several=True)


@given(st.sampled_from(sorted(COMPASS)), st.sampled_from(["", " ", "°"]), st.booleans())
def test_points_of_the_compass_in_any_case(point: str, after: str, large: bool) -> None:
    assert read_direction((point.upper() if large else point) + after) == Direction(COMPASS[point])


@given(st.floats(0, 359.99), st.floats(0.5, 359))
def test_a_range_turns_clockwise_from_its_first_to_its_second(first: float, wide: float) -> None:
    first, last = round(first, 2), round((first + wide) % 360, 2)
    found = read_direction(f"{first}-{last}")
    assert found is not None
    off = (found.bearing_deg - (found.angle_deg or 0) / 2 - first + 180) % 360 - 180
    assert off == pytest.approx(0, abs=1e-6)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = read_direction(text)
    assert found is None or 0 <= found.bearing_deg < 360
