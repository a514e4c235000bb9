"""Repairs say what they did, and what was sound is left alone."""

import json
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box, shape

from gridmap.geometry.repair import Change, closed_ring, repair
from tests.shared import shared_data


def test_a_sound_polygon_is_returned_unchanged() -> None:
    sound = box(0, 0, 1, 1).normalize().reverse()
    done = repair(sound)
    assert done.changes == ()
    assert done.reason == ""
    assert done.geom.equals_exact(sound, 0.0)


def test_heights_go() -> None:
    done = repair(Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)]))
    assert done.changes == (Change.DROPPED_Z,)
    assert not done.geom.has_z


def test_measures_go() -> None:
    assert Change.DROPPED_M in repair(shapely.from_wkt("LINESTRING M (0 0 1, 1 1 2)")).changes


def test_repeated_vertices_go() -> None:
    done = repair(Polygon([(0, 0), (1, 0), (1, 0), (1, 1), (0, 1)]))
    assert done.changes == (Change.DROPPED_REPEATED_VERTICES,)
    assert shapely.get_num_coordinates(done.geom) == 5


def test_a_bow_tie_becomes_two_triangles_and_says_where() -> None:
    done = repair(Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    assert Change.MADE_VALID in done.changes
    assert "Self-intersection" in done.reason
    assert done.geom.is_valid
    assert done.geom.area == pytest.approx(2.0)


def test_a_hole_outside_its_shell_goes() -> None:
    done = repair(Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(9, 9), (9, 10), (10, 10)]]))
    assert Change.MADE_VALID in done.changes
    assert done.geom.is_valid


def test_a_polygon_without_area_leaves_nothing() -> None:
    done = repair(Polygon([(0, 0), (1, 1), (2, 2)]))
    assert Change.DROPPED_ZERO_AREA in done.changes
    assert done.geom.is_empty


def test_a_collapsed_part_goes_and_the_other_stays() -> None:
    done = repair(MultiPolygon([box(0, 0, 1, 1), Polygon([(5, 5), (6, 6), (7, 7)])]))
    assert done.geom.area == pytest.approx(1.0)
    assert done.geom.is_valid
    assert done.changes


def test_clockwise_rings_are_turned() -> None:
    clockwise = Polygon([(0, 0), (0, 1), (1, 1), (1, 0)])
    done = repair(clockwise)
    assert done.changes == (Change.FLIPPED_ORIENTATION,)
    assert done.geom.exterior.is_ccw


def test_holes_are_turned_too() -> None:
    shell = [(0, 0), (9, 0), (9, 9), (0, 9)]
    done = repair(Polygon(shell, [[(1, 1), (2, 1), (2, 2), (1, 2)]]))
    assert Change.FLIPPED_ORIENTATION in done.changes
    assert not done.geom.interiors[0].is_ccw


def test_open_rings_of_text_formats_are_closed() -> None:
    ring = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]
    assert closed_ring(ring) == ([*ring, ring[0]], True)
    assert closed_ring([*ring, ring[0]]) == ([*ring, ring[0]], False)
    assert closed_ring([]) == ([], False)


def test_points_and_lines_pass() -> None:
    assert repair(Point(1, 2)).changes == ()
    assert repair(LineString([(0, 0), (1, 1)])).geom.length == pytest.approx(2**0.5)


corners = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=4, max_size=9)


@given(corners)
def test_whatever_comes_in_something_valid_comes_out(points: list[tuple[int, int]]) -> None:
    broken = Polygon(points)
    done = repair(broken)
    assert done.geom.is_valid
    assert not done.geom.has_z
    if not done.geom.is_empty:
        assert shapely.get_dimensions(done.geom) == 2
    if not broken.is_valid:
        assert Change.MADE_VALID in done.changes


@given(corners)
def test_a_second_repair_finds_nothing(points: list[tuple[int, int]]) -> None:
    first = repair(Polygon(points)).geom
    if not first.is_empty:
        assert repair(first).changes == ()


def test_real_subzones_become_valid_and_keep_their_ground() -> None:
    text = Path(shared_data("hdb", "subzones_2019.geojson")).read_text(encoding="utf-8")
    shapes = [shape(feature["geometry"]) for feature in json.loads(text)["features"]]
    done = [repair(one) for one in shapes]
    assert all(one.geom.is_valid for one in done)
    assert sum(Change.MADE_VALID in one.changes for one in done) == 6
    assert [Change.DROPPED_Z in one.changes for one in done] == [one.has_z for one in shapes]
    before, after = sum(one.area for one in shapes), sum(one.geom.area for one in done)
    assert after == pytest.approx(before, rel=1e-4)
