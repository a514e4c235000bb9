"""Neighbours on a chessboard, compactness of known shapes, and the order of numbering."""

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from gridmap.geometry.adjacency import neighbours, rook_borders, touching_parent
from gridmap.geometry.order import reading_order
from gridmap.geometry.shape import areas_m2, elongation, hull_ratio, perimeters_m, polsby_popper, polsby_popper_of
from tests.gridmap.geometry.test_coverage import SOUTH, STEP, WEST, board, field


def test_corners_do_not_make_neighbours() -> None:
    assert neighbours(board(2, 2)) == [{1, 2}, {0, 3}, {0, 3}, {1, 2}]


def test_borders_have_the_length_of_a_side() -> None:
    borders = rook_borders(board(2, 2))
    assert [(border.first, border.second) for border in borders] == [(0, 1), (0, 2), (1, 3), (2, 3)]
    side = STEP * 111_320.0
    for border in borders:
        vertical = border.shape.bounds[0] == border.shape.bounds[2]
        expected = side if vertical else side * math.cos(math.radians(SOUTH))
        assert border.length_m == pytest.approx(expected, rel=0.01)


@given(st.integers(1, 6), st.integers(1, 6))
def test_a_board_has_as_many_borders_as_it_should(columns: int, rows: int) -> None:
    assert len(rook_borders(board(columns, rows))) == columns * (rows - 1) + rows * (columns - 1)


def test_a_cell_in_a_hole_is_a_neighbour() -> None:
    inner = field(1, 1)
    ring = shapely.difference(field(0, 0, 3, 3), inner)
    (border,) = rook_borders([ring, inner])
    assert border.length_m == pytest.approx(perimeters_m([inner])[0], rel=1e-6)


def test_the_middle_field_holds_no_outer_border() -> None:
    held = touching_parent(board(3, 3), shapely.coverage_union_all(board(3, 3)))
    assert held[4] == 0.0
    assert all(length > 90.0 for index, length in enumerate(held) if index != 4)


def test_compactness_of_known_shapes() -> None:
    square = field(0, 0).buffer(0)
    plane_square = box(WEST, SOUTH, WEST + STEP / math.cos(math.radians(SOUTH)), SOUTH + STEP)
    circle = shapely.transform(
        Point(0, 0).buffer(STEP, quad_segs=64),
        lambda p: p / [math.cos(math.radians(SOUTH)), 1.0] + [WEST, SOUTH],
    )
    assert polsby_popper([plane_square])[0] == pytest.approx(math.pi / 4, rel=0.01)
    assert polsby_popper([circle])[0] == pytest.approx(1.0, rel=0.01)
    assert hull_ratio([square, circle]) == pytest.approx([1.0, 1.0], rel=1e-3)
    assert elongation([plane_square, field(0, 0, 10, 1)]) == pytest.approx([1.0, 0.118], abs=0.01)
    assert polsby_popper_of(0.0, 0.0) == 0.0


def test_an_l_fills_three_quarters_of_its_square_but_more_of_its_hull() -> None:
    corner = shapely.difference(field(0, 0, 2, 2), field(1, 1))
    assert hull_ratio([corner])[0] == pytest.approx(3.0 / 3.5, rel=1e-3)


def test_measures_of_nothing_are_empty() -> None:
    assert len(areas_m2([])) == len(perimeters_m([])) == len(polsby_popper([])) == 0


def test_areas_do_not_care_about_latitude() -> None:
    north = box(118.8, 52.0, 118.801, 52.001)
    south = box(118.8, 20.0, 118.801, 20.001)
    assert areas_m2([north])[0] / areas_m2([south])[0] == pytest.approx(
        math.cos(math.radians(52)) / math.cos(math.radians(20)), rel=0.01
    )


def test_a_board_is_read_like_a_page() -> None:
    cells = board(3, 2)
    assert reading_order(cells) == [3, 4, 5, 0, 1, 2]


def test_a_slightly_lower_field_stays_in_its_band() -> None:
    cells = [box(0, 10, 1, 11), box(1, 9.7, 2, 10.7), box(2, 10.1, 3, 11.1), box(0, 8.6, 1, 9.6)]
    assert reading_order(cells) == [0, 1, 2, 3]


@given(st.permutations(range(12)))
def test_the_order_of_the_input_does_not_matter(shuffle: list[int]) -> None:
    cells = board(4, 3)
    mixed = [cells[index] for index in shuffle]
    assert [mixed[index] for index in reading_order(mixed)] == [cells[index] for index in reading_order(cells)]


def test_equal_places_keep_the_given_order_and_nothing_has_none() -> None:
    assert reading_order([field(0, 0), field(0, 0), field(0, 0)]) == [0, 1, 2]
    assert reading_order([]) == []


def test_points_inside_stand_for_sickles_and_islands() -> None:
    islands = MultiPolygon([field(0, 0), field(2, 0)])
    sickle = Polygon([(WEST, SOUTH + 0.002), (WEST + 0.003, SOUTH + 0.002), (WEST + 0.003, SOUTH + 0.0021)])
    assert sorted(reading_order([islands, sickle])) == [0, 1]
