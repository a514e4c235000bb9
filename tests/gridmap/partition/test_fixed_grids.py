"""Grids that stay as they are: cut into the ground exactly, refused where they cannot be kept."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.geometry.shape import sliver_areas_m2
from gridmap.partition.fixed import FixedGridError, refuse_unkeepable
from gridmap.partition.ground import cell_shapes
from gridmap.partition.layout import PartGround
from gridmap.partition.smoothing import finished_shapes
from gridmap.partition.units import FixedGrid
from tests.gridmap.partition.plots import (
    METRE,
    Town,
    every_cell,
    ground,
    home_of,
    house,
    line,
    lumped,
    place,
    pole,
    random_town,
    tiles,
)

HAIR_M = 1e-4


def fixed_shapes(laid: PartGround, count: int) -> list[BaseGeometry]:
    """The finished polygons of the fixed grids."""
    groups = [np.flatnonzero(laid.fixed_of == index).tolist() for index in range(count)]
    return list(cell_shapes(laid.ground, groups))


def is_the_same(shape: BaseGeometry, given: BaseGeometry) -> bool:
    """Whether a polygon came out as it was given, to a tenth of a millimetre."""
    off = sliver_areas_m2([shapely.symmetric_difference(shape, given)])[0]
    return bool(off < 1.0 and shapely.hausdorff_distance(shape, given) < HAIR_M * METRE)


def is_nearly_the_same(shape: BaseGeometry, given: BaseGeometry) -> bool:
    """Whether a polygon of a crooked town came out as given, to 1 m² and half a metre at a vertex."""
    off = sliver_areas_m2([shapely.symmetric_difference(shape, given)])[0]
    return bool(off < 1.0 and shapely.hausdorff_distance(shape, given) < 0.5 * METRE)


def board() -> Town:
    """Four by four houses."""
    return Town(ground(0, 0, 4, 4), [house(f"{column}{row}", column, row) for row in range(4) for column in range(4)])


def test_a_fixed_grid_in_the_middle_comes_out_as_it_was() -> None:
    kept = FixedGrid("kept", ground(1, 1, 2, 1))
    laid = board().laid(kept)
    inside = np.flatnonzero(laid.fixed_of == 0)
    assert sorted(unit for cell in inside for unit in laid.ground.units[cell]) == [5, 6]
    (shape,) = fixed_shapes(laid, 1)
    assert is_the_same(shape, kept.shape)
    given = {tuple(vertex) for vertex in shapely.get_coordinates(kept.shape).tolist()}
    assert given <= {tuple(vertex) for vertex in shapely.get_coordinates(shape).tolist()}
    tiles(every_cell(laid.ground), board().community)


def test_no_cell_lies_on_both_sides_of_a_fixed_border() -> None:
    # The border runs through the houses of two columns.
    kept = FixedGrid("kept", Polygon([place(0, 0), place(1.5, 0), place(1.45, 4), place(0, 4)]))
    laid = board().laid(kept)
    for cell, region in zip(every_cell(laid.ground), laid.fixed_of, strict=True):
        common = shapely.intersection(cell, kept.shape).area / cell.area
        assert common == pytest.approx(1.0 if region == 0 else 0.0, abs=1e-6)
    assert is_the_same(fixed_shapes(laid, 1)[0], kept.shape)
    assert sorted(home_of(laid.ground)) == list(range(16))


def test_fixed_grids_beside_each_other_share_their_border() -> None:
    left, right = FixedGrid("l", ground(1, 1, 1, 2)), FixedGrid("r", ground(2, 1, 1, 2), dedicated=True)
    shapes = fixed_shapes(board().laid(left, right), 2)
    assert is_the_same(shapes[0], left.shape)
    assert is_the_same(shapes[1], right.shape)
    assert shapely.coverage_is_valid(shapes)


def test_a_fixed_grid_without_units_is_kept_too() -> None:
    garden = FixedGrid("garden", ground(1.9, 1.9, 0.15, 0.15), dedicated=True)
    laid = board().laid(garden)
    (cell,) = np.flatnonzero(laid.fixed_of == 0)
    assert laid.ground.units[cell] == ()
    assert is_the_same(fixed_shapes(laid, 1)[0], garden.shape)


def test_ground_shut_in_by_fixed_grids_is_a_cell_of_its_own() -> None:
    ring = shapely.difference(ground(1, 1, 2, 2), ground(1.4, 1.9, 0.6, 0.2))
    ring = ring.difference(ground(1.4, 1.99, 0.01, 3))
    whole = [FixedGrid("ring", ring), FixedGrid("gate", ground(1.4, 2.1, 0.01, 0.9))]
    laid = board().laid(*whole)
    tiles(every_cell(laid.ground), board().community)
    assert all(is_the_same(a, b.shape) for a, b in zip(fixed_shapes(laid, 2), whole, strict=True))


def test_a_sliver_between_two_fixed_grids_goes_to_one_of_them() -> None:
    left, right = FixedGrid("l", ground(0, 0, 2, 4)), FixedGrid("r", ground(2.00005, 0, 1.99995, 4))
    laid = board().laid(left, right)
    assert set(laid.fixed_of.tolist()) == {0, 1}


def test_units_that_share_a_point_but_not_a_fixed_grid_are_kept_apart() -> None:
    units = [pole("in", 1.99999, 1.5, 10), pole("out", 2.00001, 1.5, 10)]
    laid = Town(ground(0, 0, 4, 4), units).laid(FixedGrid("kept", ground(1, 1, 1, 1)))
    home = home_of(laid.ground)
    assert laid.fixed_of[home[0]] == 0
    assert laid.fixed_of[home[1]] == -1


def test_streets_and_rivers_run_through_a_fixed_grid() -> None:
    town = board()
    streets = [line((-1, 2), (5, 2)), ground(1.45, -1, 0.1, 6)]
    laid = Town(town.community, town.units, streets).laid(FixedGrid("kept", ground(1, 1, 2, 2)))
    assert is_the_same(fixed_shapes(laid, 1)[0], ground(1, 1, 2, 2))
    tiles(every_cell(laid.ground), town.community)


@pytest.mark.parametrize(
    ("shapes", "code"),
    [
        ([ground(3, 3, 2, 2)], "fixed_grid_outside"),
        ([ground(0, 0, 2, 2), ground(1, 1, 2, 2)], "fixed_grid_overlaps"),
        ([Polygon([place(0, 0), place(2, 2), place(2, 0), place(0, 2)])], "fixed_grid_invalid"),
        ([Polygon()], "fixed_grid_invalid"),
        ([shapely.MultiPolygon([ground(0, 0, 1, 1), ground(2, 2, 1, 1)])], "fixed_grid_invalid"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(shapes: list[Polygon], code: str) -> None:
    grids = [FixedGrid(f"g{index}", shape) for index, shape in enumerate(shapes)]
    with pytest.raises(FixedGridError) as caught:
        board().laid(*grids)
    assert isinstance(caught.value, ValueError)
    assert caught.value.code == code
    assert caught.value.params["ref"] == "g0"
    assert "g0" in str(caught.value)


def test_two_fixed_grids_of_one_name_are_refused() -> None:
    with pytest.raises(FixedGridError, match="fixed_grid_twice"):
        refuse_unkeepable(ground(0, 0, 4, 4), [FixedGrid("a", ground(0, 0, 1, 1)), FixedGrid("a", ground(2, 2, 1, 1))])


def test_rounding_is_no_overlap() -> None:
    refuse_unkeepable(
        ground(0, 0, 4, 4), [FixedGrid("a", ground(0, 0, 2, 4)), FixedGrid("b", ground(2 - 1e-6, 0, 1, 4))]
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_grids_of_an_earlier_drawing_come_out_again(seed: int) -> None:
    town, random = random_town(seed), np.random.default_rng(seed)
    first = town.laid()
    labels = lumped(first.graph, random, 4)
    earlier = finished_shapes(first.ground, labels)
    chosen = random.choice(len(earlier), min(len(earlier), 3), replace=False)
    fixed = [FixedGrid(str(index), earlier[index]) for index in chosen]
    laid = town.laid(*fixed)
    tiles(every_cell(laid.ground), town.community)
    home = home_of(laid.ground)
    assert sorted(home) == list(range(len(town.units)))
    for index, (shape, grid) in enumerate(zip(fixed_shapes(laid, len(fixed)), fixed, strict=True)):
        assert is_nearly_the_same(shape, grid.shape)
        for unit in town.lonely():
            if grid.shape.contains(town.units[unit].shape):
                assert laid.fixed_of[home[unit]] == index


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_smoothing_leaves_fixed_grids_alone(seed: int) -> None:
    town, random = random_town(seed), np.random.default_rng(seed)
    corner = random.uniform(0.1, 0.8, 2)
    bent = Polygon(
        [
            place(*corner),
            place(corner[0] + 1, corner[1] + 0.1),
            place(corner[0] + 0.98, corner[1] + 0.6),
            place(corner[0] + 1.02, corner[1] + 1.1),
            place(corner[0] + 0.05, corner[1] + 1),
        ]
    )
    laid = town.laid(FixedGrid("bent", bent))
    labels = lumped(laid.graph, random, 5) + 1
    labels = np.unique(np.where(laid.fixed_of == 0, 0, labels), return_inverse=True)[1]
    # A group that the fixed grid cuts in two falls into its pieces.
    pieces = laid.graph.components(labels)
    order = np.unique(np.where(laid.fixed_of == 0, -1, pieces), return_inverse=True)[1]
    shapes = finished_shapes(laid.ground, order)
    tiles(shapes, town.community)
    assert is_the_same(shapes[0], bent)
