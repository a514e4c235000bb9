"""Coordinates typed in many ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.finding.coordinates import read_coordinates


@pytest.mark.parametrize(
    "text",
    [
        "30.2741,120.1551",
        "30.2741, 120.1551",
        "30.2741，120.1551",
        "120.1551 30.2741",
        "120.1551,30.2741",
        "120.1551E 30.2741N",
        "N30.2741 E120.1551",
        "北纬30.2741 东经120.1551",
        "东经120.1551，北纬30.2741",
        "纬度: 30.2741 经度: 120.1551",
        "lat=30.2741, lon=120.1551",
        "30°16.446' 120°9.306'",
        "30°16.446′N, 120°9.306′E",
        "30°16'26.76\"N 120°09'18.36\"E",
        "30度16分26.76秒 120度9分18.36秒",
        "30 16.446' 120 9.306'",
    ],
)
def test_it_is_read(text: str) -> None:
    spot = read_coordinates(text)
    assert spot is not None
    assert (spot.lat, spot.lon) == pytest.approx((30.2741, 120.1551), abs=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "", "3-2-501", "12 3", "和平路12号", "990101001001003", "30.2741", "30.2741,120.1551,3.5", "95.123, 200.456",
        "30°75'0\" 120°0'0\"", "3.5 和平", "hpl 12.50 3.25x", "90.5555, 91.5555",
    ],
)  # fmt: skip
def test_it_is_not_taken_for_one(text: str) -> None:
    assert read_coordinates(text) is None


def test_south_and_west_are_below_nought() -> None:
    spot = read_coordinates("33.8688S 151.2093E")
    assert spot is not None
    assert (spot.lat, spot.lon) == (-33.8688, 151.2093)
    spot = read_coordinates("-33.8688, -70.6693")
    assert spot is not None
    assert (spot.lat, spot.lon) == (-33.8688, -70.6693)


@given(st.floats(-84, 84), st.floats(-179, 179))
def test_latitude_first_comes_back_unless_it_can_be_none(lat: float, lon: float) -> None:
    spot = read_coordinates(f"{lat:.6f}N {lon:.6f}E")
    assert spot is not None
    assert (spot.lat, spot.lon) == pytest.approx((lat, lon), abs=1e-6)


@given(st.text(max_size=60))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    read_coordinates(text)
