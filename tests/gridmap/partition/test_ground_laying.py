"""The ground under a drawing: cells that tile the part, every unit on its own, borders where a surveyor puts them."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from gridmap.partition.graph import BARRIER, STREET
from gridmap.partition.units import Barrier, Unit
from tests.gridmap.partition.plots import (
    METRE,
    Town,
    every_cell,
    ground,
    home_of,
    house,
    line,
    place,
    pole,
    random_town,
    tiles,
)


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_cells_of_random_towns_tile_them_and_hold_their_units(seed: int) -> None:
    town = random_town(seed)
    laid = town.laid()
    cells, home = every_cell(laid.ground), home_of(laid.ground)
    tiles(cells, town.community)
    assert sorted(home) == list(range(len(town.units)))
    for unit in town.lonely():
        shape, cell = town.units[unit].shape, cells[home[unit]]
        assert shapely.intersects(cell, shape)
        if shape.area:
            assert shapely.difference(shape, cell).area < 1e-6 * shape.area
    assert len(laid.graph) == len(cells)
    assert (laid.fixed_of == -1).all()


def test_the_same_town_is_laid_out_the_same() -> None:
    one, two = (random_town(5).laid() for _ in range(2))
    assert (every_cell(one.ground) == every_cell(two.ground)).all()
    assert (one.graph.to == two.graph.to).all()


def test_a_town_without_units_is_one_empty_cell() -> None:
    laid = Town(ground(0, 0, 3, 3), []).laid()
    assert laid.ground.units == ((),)
    assert every_cell(laid.ground)[0].equals(ground(0, 0, 3, 3))


@pytest.mark.parametrize("count", [2, 3, 5])
def test_units_at_one_point_too_many_for_one_grid_all_touch_the_point(count: int) -> None:
    crowd = [pole(str(index), 1.37, 1.61, 200) for index in range(count)]
    town = Town(ground(0, 0, 3, 3), [*crowd, house("h", 0, 0)])
    laid = town.laid()
    cells, home = every_cell(laid.ground), home_of(laid.ground)
    assert {finding.code for finding in laid.findings} == {"units_share_point"}
    assert len({home[unit] for unit in range(count)}) == count
    for unit in range(count):
        assert shapely.intersects(cells[home[unit]], crowd[unit].shape)
    tiles(cells, town.community)


@pytest.mark.parametrize("offset_m", [0.0, 1e-6, 0.2])
def test_units_at_a_point_on_a_street_line_lie_in_their_own_cells(offset_m: float) -> None:
    off = offset_m * METRE / 0.0006
    units = [pole("a", 1.5 + off, 1.313, 200), pole("b", 1.5 + off, 1.313, 200), pole("c", 1.5 + off, 2.171, 20)]
    town = Town(ground(0, 0, 3, 3), units, [line((1.5, -1), (1.5, 4))])
    laid = town.laid()
    cells, home = every_cell(laid.ground), home_of(laid.ground)
    tiles(cells, town.community)
    for index, unit in enumerate(units):
        assert shapely.intersects(cells[home[index]], unit.shape)


def test_units_at_one_point_that_fit_one_grid_share_a_cell() -> None:
    laid = Town(ground(0, 0, 3, 3), [pole("a", 1, 1, 100), pole("b", 1, 1, 100)]).laid()
    assert home_of(laid.ground)[0] == home_of(laid.ground)[1]


def test_the_cell_of_a_point_is_around_it_even_where_the_community_bends() -> None:
    # Across the gap the ground is nearest to the pole by air, and there is more of it than around the pole itself.
    horseshoe = Polygon([place(*p) for p in [(0, 0), (9, 0), (9, 9), (0, 9), (0, 5), (6, 5), (6, 4.8), (0, 4.8)]])
    units = [pole("south", 0.3, 4.6), pole("far", 8, 2), pole("corner", 8, 8)]
    laid = Town(horseshoe, units).laid()
    cells, home = every_cell(laid.ground), home_of(laid.ground)
    for index, unit in enumerate(units):
        assert shapely.intersects(cells[home[index]], unit.shape)


def test_touching_houses_keep_their_own_walls() -> None:
    row = [Unit(str(index), ground(0.5 + 0.4 * index, 1, 0.4, 0.5), 10) for index in range(5)]
    laid = Town(ground(0, 0, 3, 3), row).laid()
    cells, home = every_cell(laid.ground), home_of(laid.ground)
    for index, unit in enumerate(row):
        assert shapely.difference(unit.shape, cells[home[index]]).area < 1e-6 * unit.shape.area


def test_census_units_that_tile_are_the_cells() -> None:
    fields = [Unit(f"{column}{row}", ground(column, row, 1, 1), 10) for column in range(4) for row in range(3)]
    community = shapely.coverage_union_all([unit.shape for unit in fields])
    laid = Town(community, fields).laid()
    cells, home = every_cell(laid.ground), home_of(laid.ground)
    assert len(cells) == len(fields)
    assert all(cells[home[index]].normalize() == unit.shape.normalize() for index, unit in enumerate(fields))
    inner = np.diff(laid.graph.starts)
    assert sorted(inner.tolist()) == [2] * 4 + [3] * 6 + [4] * 2


def test_a_border_runs_on_the_line_of_a_street() -> None:
    bend = line((-1, 1.2), (1.4, 1.5), (2.2, 2.0), (5, 1.7))
    units = [house(f"{column}{row}", column, row) for column in range(4) for row in (0, 3)]
    laid = Town(ground(0, 0, 4, 4), units, [bend]).laid()
    cells = every_cell(laid.ground)
    south = shapely.coverage_union_all([cells[home_of(laid.ground)[index]] for index in range(0, 8, 2)])
    for share in np.linspace(0.3, 0.7, 9):
        assert south.boundary.distance(bend.interpolate(share, normalized=True)) < 1e-4 * METRE
    assert STREET in laid.graph.kind


def test_a_street_given_as_an_area_is_shared_along_its_middle() -> None:
    road = ground(-1, 1.9, 6, 0.2)
    # The houses stand unevenly far from the road, which must not push the border out of its middle.
    units = [house(f"s{column}", column, 1.0 - 0.5 * (column % 2)) for column in range(4)]
    units += [house(f"n{column}", column, 2.0 + 0.8 * (column % 2)) for column in range(4)]
    laid = Town(ground(0, 0, 4, 4), units, [road]).laid()
    cells, home = every_cell(laid.ground), home_of(laid.ground)
    south = shapely.coverage_union_all([cells[home[index]] for index in range(4)])
    edge = shapely.get_coordinates(shapely.intersection(south.boundary, ground(0.1, 1.8, 3.8, 0.4)))
    assert np.abs(edge[:, 1] - place(0, 2.0)[1]).max() < 1.5 * METRE


def test_the_strip_between_two_carriageways_belongs_to_both_sides() -> None:
    south, north = line((-1, 1.95), (5, 1.95)), line((-1, 2.1), (5, 2.1))
    units = [house(f"{column}{row}", column, row) for column in range(4) for row in (0, 3)]
    laid = Town(ground(0, 0, 4, 4), units, [], [Barrier(south), Barrier(north)]).laid()
    assert all(laid.ground.units), "the strip is no empty cell of its own"
    cells, home = every_cell(laid.ground), home_of(laid.ground)
    lower = shapely.coverage_union_all([cells[home[index]] for index in range(0, 8, 2)])
    assert lower.bounds[3] == pytest.approx(place(0, 2.025)[1], abs=0.5 * METRE)
    origin = laid.graph.origins()
    low = np.isin(np.arange(len(cells)), [home[index] for index in range(0, 8, 2)])
    across = low[origin] != low[laid.graph.to]
    assert (laid.graph.kind[across] == BARRIER).all()


def test_a_wide_empty_block_stays_a_cell() -> None:
    park = [line((1, -1), (1, 5)), line((3, -1), (3, 5))]
    units = [house("w", 0, 1), house("e", 3, 1)]
    laid = Town(ground(0, 0, 4, 4), units, park).laid()
    assert sorted(len(cell) for cell in laid.ground.units) == [0, 1, 1]


def test_cell_lines_between_parallel_rows_are_straight() -> None:
    units = [house(f"{column}{row}", column + 0.13 * row, row, width=0.7) for column in range(4) for row in range(4)]
    laid = Town(ground(0, 0, 5, 4), units).laid()
    assert shapely.get_num_coordinates(every_cell(laid.ground)).mean() < 22


def test_points_in_one_row_get_strips() -> None:
    units = [pole(str(index), 0.5 + index, 0.5) for index in range(6)]
    laid = Town(ground(0, 0, 6, 1), units).laid()
    third = every_cell(laid.ground)[home_of(laid.ground)[2]]
    assert shapely.symmetric_difference(third, ground(2, 0, 1, 1)).area < 1e-6 * third.area


def test_a_unit_far_outside_comes_to_the_nearest_ground_and_is_told() -> None:
    laid = Town(ground(0, 0, 3, 3), [house("h", 1, 1), pole("far", 5, 1)]).laid()
    (finding,) = laid.findings
    assert finding.code == "unit_outside_community"
    assert finding.params["unit"] == "far"
    assert sorted(home_of(laid.ground)) == [0, 1]


def test_two_footprints_over_each_other_have_one_owner_each() -> None:
    podium = Unit("podium", ground(0.5, 0.5, 2, 2), 200)
    tower = Unit("tower", ground(1.2, 1.2, 0.5, 0.5), 300)
    laid = Town(ground(0, 0, 3, 3), [podium, tower]).laid()
    cells, home = every_cell(laid.ground), home_of(laid.ground)
    assert home[0] != home[1]
    assert shapely.difference(tower.shape, cells[home[1]]).area < 1e-6 * tower.shape.area


def test_a_border_with_very_close_vertices_is_kept() -> None:
    jagged = shapely.union(ground(0, 0, 3, 3), box(*place(3, 1), place(3, 1)[0] + 2e-11, place(3, 2)[1]))
    tiles(every_cell(Town(jagged, [house("a", 0, 0), house("b", 2, 2)]).laid().ground), jagged)
