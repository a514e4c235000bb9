"""Hairs between borders that should be the same are not square metres of ground."""

import pytest
import shapely

from gridmap.geometry.shape import areas_m2, sliver_areas_m2


@pytest.mark.parametrize("latitude", [0.0, 30.0, -45.0, 60.0])
def test_solid_shapes_measure_as_on_the_ellipsoid(latitude: float) -> None:
    square = shapely.box(105.0, latitude, 105.01, latitude + 0.01)
    assert sliver_areas_m2([square])[0] == pytest.approx(areas_m2([square])[0], rel=1e-3)


def test_a_hair_is_nothing_though_a_projection_would_bend_it() -> None:
    hair = shapely.Polygon([(105.0, 30.0), (105.05, 30.0), (105.05, 30.0 + 1e-14), (105.025, 30.0), (105.0, 30.0)])
    assert areas_m2([hair])[0] > 1.0
    assert sliver_areas_m2([hair])[0] < 1e-3


def test_nothing_measures_nothing() -> None:
    assert list(sliver_areas_m2([])) == []
    assert list(sliver_areas_m2([shapely.MultiPolygon()])) == [0.0]
