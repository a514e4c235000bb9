"""The shifted Chinese datums against places whose coordinates a service gave in all three."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.geometry.datum import CHINA_BOX, Datum, bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84, shift, wgs84_to_gcj02
from tests.shared import shared_data

NAMES = {Datum.WGS84: "WGS84", Datum.GCJ02: "GCJ02", Datum.BD09: "BD09"}
PAIRS = [(source, target) for source in Datum for target in Datum]


def metres(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    east = (first - second)[:, 0] * 111_320.0 * np.cos(np.radians(first[:, 1]))
    return np.asarray(np.hypot(east, (first - second)[:, 1] * 110_900.0))


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_664_places_agree_within_a_metre(source: Datum, target: Datum) -> None:
    places = json.loads(shared_data("coordinates", "china-cities.json").read_text(encoding="utf-8"))
    given_in = np.array([place["coords"][NAMES[source]] for place in places])
    wanted = np.array([place["coords"][NAMES[target]] for place in places])
    assert len(places) == 664
    assert metres(shift(given_in, source, target), wanted).max() < 1.0


@pytest.mark.parametrize(
    ("lon", "lat", "offset_m"),
    [(118.78, 32.04, 542), (116.40, 39.90, 555), (121.47, 31.23, 482), (104.07, 30.67, 360), (114.06, 22.54, 606)],
)
def test_offsets_of_known_cities(lon: float, lat: float, offset_m: float) -> None:
    here = np.array([[lon, lat]])
    assert metres(here, wgs84_to_gcj02(here))[0] == pytest.approx(offset_m, abs=8.0)


inside_china = st.tuples(st.floats(74.0, 134.0), st.floats(18.0, 53.0))


@given(st.lists(inside_china, min_size=1, max_size=20))
def test_round_trips_are_exact_below_a_micrometre(places: list[tuple[float, float]]) -> None:
    lonlat = np.array(places)
    assert metres(gcj02_to_wgs84(wgs84_to_gcj02(lonlat)), lonlat).max() < 1e-6
    assert metres(bd09_to_gcj02(gcj02_to_bd09(lonlat)), lonlat).max() < 1e-6
    assert metres(shift(shift(lonlat, Datum.WGS84, Datum.BD09), Datum.BD09, Datum.WGS84), lonlat).max() < 1e-6


def test_outside_china_nothing_moves() -> None:
    abroad = np.array([[103.8, -1.3], [CHINA_BOX[0] - 0.001, 30.0], [-73.9, 40.7]])
    assert (wgs84_to_gcj02(abroad) == abroad).all()
    assert (gcj02_to_wgs84(abroad) == abroad).all()


def test_inside_and_outside_in_one_array_do_not_disturb_each_other() -> None:
    mixed = np.array([[116.4, 39.9], [2.35, 48.85]])
    assert (wgs84_to_gcj02(mixed)[1] == mixed[1]).all()
    assert (wgs84_to_gcj02(mixed)[0] == wgs84_to_gcj02(mixed[:1])[0]).all()


def test_the_argument_is_not_changed() -> None:
    place = np.array([[116.4, 39.9]])
    for source, target in PAIRS:
        shift(place, source, target)
    assert place.tolist() == [[116.4, 39.9]]


def test_no_points_give_no_points() -> None:
    for source, target in PAIRS:
        assert shift(np.empty((0, 2)), source, target).shape == (0, 2)
