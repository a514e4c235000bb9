"""Reading, guessing and applying coordinate systems."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import Point, Polygon, box

from gridmap.geometry.crs import (
    CrsError,
    LocalPlane,
    cgcs2000_near,
    cgcs2000_of_prefixed_easting,
    coordinates_to_wgs84,
    crs_from_epsg,
    crs_from_wkt,
    guess_crs,
    is_lonlat,
    to_wgs84,
)
from gridmap.geometry.datum import Datum, wgs84_to_gcj02

GEOD = Geod(ellps="WGS84")


def test_zone_prefixes_name_their_zone() -> None:
    assert cgcs2000_of_prefixed_easting(40_386_678.5) == 4528
    assert cgcs2000_of_prefixed_easting(25_500_000.0) == 4513
    assert cgcs2000_of_prefixed_easting(45_500_000.0) == 4533
    assert cgcs2000_of_prefixed_easting(13_500_000.0) == 4491
    assert cgcs2000_of_prefixed_easting(23_500_000.0) == 4501
    assert cgcs2000_of_prefixed_easting(386_678.5) is None
    assert cgcs2000_of_prefixed_easting(24_500_000.0) is None


@pytest.mark.parametrize("epsg", range(4491, 4555))
def test_every_projected_cgcs2000_system_takes_x_as_easting(epsg: int) -> None:
    crs = crs_from_epsg(epsg)
    operation = crs.coordinate_operation
    assert operation is not None
    method = {param.name: param.value for param in operation.params}
    meridian, easting = method["Longitude of natural origin"], method["False easting"]
    lonlat = coordinates_to_wgs84(np.array([[easting, 3_500_000.0]]), crs)[0]
    assert lonlat[0] == pytest.approx(meridian, abs=1e-9)
    assert 31.0 < lonlat[1] < 32.0


def test_prefixed_and_plain_eastings_are_the_same_place() -> None:
    plain = coordinates_to_wgs84(np.array([[386_678.5, 3_549_000.0]]), crs_from_epsg(4549))
    prefixed = coordinates_to_wgs84(np.array([[40_386_678.5, 3_549_000.0]]), crs_from_epsg(4528))
    assert np.abs(plain - prefixed).max() < 1e-9
    assert plain[0, 0] == pytest.approx(118.8, abs=0.01)


def test_cgcs2000_degrees_stay_as_they_are() -> None:
    crs = crs_from_epsg(4490)
    assert is_lonlat(crs)
    assert is_lonlat(crs_from_epsg(4326))
    assert not is_lonlat(crs_from_epsg(4549))
    assert to_wgs84(Point(118.8, 32.06), crs).equals_exact(Point(118.8, 32.06), 0.0)


def test_us_feet_are_read_as_feet() -> None:
    place = to_wgs84(Point(987_000.0, 200_000.0), crs_from_epsg(2263))
    assert place.x == pytest.approx(-73.99, abs=0.02)
    assert place.y == pytest.approx(40.715, abs=0.02)


def test_wkt_of_a_prj_file() -> None:
    esri = (
        'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,'
        '298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
    )
    assert crs_from_wkt(esri).is_geographic


def test_what_is_no_crs_is_refused_with_a_code() -> None:
    with pytest.raises(CrsError) as unreadable:
        crs_from_wkt("hello")
    assert unreadable.value.code == "unreadable_crs"
    with pytest.raises(CrsError) as unknown:
        crs_from_epsg(999_999)
    assert unknown.value.code == "unknown_crs"
    assert unknown.value.params == {"epsg": 999_999}


def test_coordinates_that_do_not_fit_are_refused_with_the_first_of_them() -> None:
    with pytest.raises(CrsError) as error:
        coordinates_to_wgs84(np.array([[500_000.0, 3_500_000.0], [np.inf, 1.0]]), crs_from_epsg(4549))
    assert error.value.code == "coordinates_outside_crs"
    assert error.value.params["count"] == 1


def test_guesses_carry_their_reason() -> None:
    assert guess_crs([[118.8, 32.0], [118.9, 32.1]]) is not None
    degrees = guess_crs([[32.0, 118.8], [32.1, 118.9]])
    assert degrees is not None
    assert (degrees.epsg, degrees.reason, degrees.swapped) == (4326, "degrees", True)
    prefixed = guess_crs([[3_549_000.0, 40_386_678.5]])
    assert prefixed is not None
    assert (prefixed.epsg, prefixed.reason, prefixed.swapped) == (4528, "zone_prefix", True)
    plain = guess_crs([[386_678.5, 3_549_000.0]], longitude_deg=118.8)
    assert plain is not None
    assert (plain.epsg, plain.reason, plain.swapped) == (4549, "zone_of_longitude", False)
    assert guess_crs([[386_678.5, 3_549_000.0]]) is None
    assert guess_crs(np.empty((0, 2))) is None


def test_nearest_zone_of_a_longitude() -> None:
    assert cgcs2000_near(75.0) == 4534
    assert cgcs2000_near(120.4) == 4549
    assert cgcs2000_near(135.0) == 4554
    with pytest.raises(CrsError):
        cgcs2000_near(10.0)


def test_shifted_datums_and_heights_are_dropped_on_the_way() -> None:
    shifted = wgs84_to_gcj02(np.array([[118.8, 32.06]]))[0]
    place = to_wgs84(shapely.points([shifted[0], shifted[1], 5.0]), Datum.GCJ02)
    assert not place.has_z
    assert (place.x, place.y) == (pytest.approx(118.8, abs=1e-10), pytest.approx(32.06, abs=1e-10))


def test_arrays_of_mixed_geometries_move_together() -> None:
    shapes = np.array(
        [Point(500_000.0, 3_500_000.0), box(500_000.0, 3_500_000.0, 501_000.0, 3_501_000.0)], dtype=object
    )
    moved = to_wgs84(shapes, crs_from_epsg(4549))
    assert moved[0].x == pytest.approx(120.0)
    assert isinstance(moved[1], Polygon)


places = st.tuples(st.floats(75.0, 134.0), st.floats(18.0, 53.0))


@given(places, st.floats(-0.25, 0.25), st.floats(-0.25, 0.25))
def test_local_plane_measures_within_a_tenth_of_a_percent_and_round_trips(
    centre: tuple[float, float], east: float, north: float
) -> None:
    plane = LocalPlane(*centre)
    here = np.array([[centre[0] + east, centre[1] + north]])
    there = here + 0.001
    flat = plane.forward(np.concatenate((here, there)))
    _, _, truth = GEOD.inv(here[0, 0], here[0, 1], there[0, 0], there[0, 1])
    assert math.dist(flat[0], flat[1]) == pytest.approx(truth, rel=1e-4)
    assert np.abs(plane.inverse(flat) - np.concatenate((here, there))).max() < 6e-9


def test_local_plane_of_shapes_is_exact_in_area() -> None:
    shape = box(118.7, 32.0, 118.8, 32.1)
    fine = shapely.segmentize(shape, 0.001)
    truth = abs(GEOD.geometry_area_perimeter(fine)[0])
    plane = LocalPlane.around(shape)
    assert plane.project(fine).area == pytest.approx(truth, rel=1e-6)
    assert plane.unproject(plane.project(shape)).equals_exact(shape, 1e-11)
