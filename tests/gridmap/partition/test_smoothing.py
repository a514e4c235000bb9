"""Finished borders: straight where they may be, on the road where there is one, around every house."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gridmap.geometry.shape import perimeters_m
from gridmap.partition.ground import Ground, cell_shapes
from gridmap.partition.plane import Shapes
from gridmap.partition.smoothing import finished_shapes
from gridmap.partition.units import Barrier
from tests.gridmap.partition.plots import (
    METRE,
    Town,
    cut_houses,
    ground,
    home_of,
    house,
    line,
    lumped,
    pole,
    random_town,
    tiles,
)


def exact_shapes(laid: Ground, labels: NDArray[np.int64]) -> Shapes:
    """The same division without smoothing."""
    return cell_shapes(laid, [np.flatnonzero(labels == label).tolist() for label in range(int(labels.max()) + 1)])


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_smooth_grids_of_random_towns_keep_every_promise(seed: int) -> None:
    town = random_town(seed)
    laid = town.laid()
    labels = lumped(laid.graph, np.random.default_rng(seed))
    exact, smooth = exact_shapes(laid.ground, labels), finished_shapes(laid.ground, labels)
    tiles(smooth, town.community)
    assert len(smooth) == labels.max() + 1
    assert cut_houses(town.units, smooth) <= cut_houses(town.units, exact)
    home = home_of(laid.ground)
    for unit in town.lonely():
        middle = shapely.point_on_surface(town.units[unit].shape)
        assert shapely.intersects(smooth[labels[home[unit]]], middle)
    assert shapely.get_num_coordinates(smooth).sum() <= shapely.get_num_coordinates(exact).sum()


def staggered() -> Town:
    """Poles on both sides of a line, never opposite each other, so that the border between them zigzags."""
    random = np.random.default_rng(2)
    west = [pole(f"w{row}", 1.8 + random.uniform(-0.1, 0.1), row * 0.31 + 0.1) for row in range(12)]
    east = [pole(f"e{row}", 2.2 + random.uniform(-0.1, 0.1), row * 0.31 + 0.25) for row in range(12)]
    return Town(ground(0, 0, 4, 4), west + east)


def test_a_zigzag_becomes_a_line_with_fewer_corners() -> None:
    town = staggered()
    laid = town.laid()
    home = home_of(laid.ground)
    labels = np.zeros(len(laid.graph), dtype=np.int64)
    labels[[home[unit] for unit in range(12, 24)]] = 1
    exact, smooth = exact_shapes(laid.ground, labels), finished_shapes(laid.ground, labels)
    assert shapely.get_num_coordinates(smooth).sum() < 0.7 * shapely.get_num_coordinates(exact).sum()
    assert perimeters_m(list(smooth)).sum() < perimeters_m(list(exact)).sum() - 1.0
    tiles(smooth, town.community)
    for unit in range(24):
        assert shapely.intersects(smooth[labels[home[unit]]], town.units[unit].shape)


def test_a_border_on_a_street_stays_on_it() -> None:
    turns = np.linspace(0, np.pi, 60)
    curve = line(*((-0.1 + turn * 1.35, 2 + 0.6 * np.sin(turn)) for turn in turns))
    units = [house(f"{column}{row}", column, row) for column in range(4) for row in (0, 3)]
    town = Town(ground(0, 0, 4, 4), units, [], [Barrier(curve)])
    laid = town.laid()
    home = home_of(laid.ground)
    labels = np.zeros(len(laid.graph), dtype=np.int64)
    labels[[home[unit] for unit in range(1, 8, 2)]] = 1
    south, north = finished_shapes(laid.ground, labels)
    tiles(np.array([south, north]), town.community)
    shared = shapely.line_merge(shapely.intersection(south.boundary, north.boundary))
    assert shapely.hausdorff_distance(shared, shapely.intersection(curve, town.community), densify=0.01) < 1.5 * METRE
    assert shapely.get_num_coordinates(shared) < 50


def test_a_house_in_the_way_keeps_its_corner() -> None:
    # A spit of ground around a house: cutting it off would cut the house.
    units = [house("spit", 1.5, 1.5, width=0.9, depth=0.9), house("w", 0, 1), house("e", 3, 1), house("n", 1, 3)]
    town = Town(ground(0, 0, 4, 4), units)
    laid = town.laid()
    home = home_of(laid.ground)
    rest = np.where(np.arange(len(laid.graph)) == home[0], -1, 0)
    labels = np.unique(laid.graph.components(rest), return_inverse=True)[1]
    smooth = finished_shapes(laid.ground, labels)
    assert cut_houses(units, smooth) == set()
    assert shapely.covers(smooth[0], units[0].shape)


def test_units_on_a_border_stay_on_it() -> None:
    units = [pole("a", 2.0, 1.37, 200), pole("b", 2.0, 1.37, 200), *(pole(str(i), 0.3 + i, 3.2) for i in range(3))]
    town = Town(ground(0, 0, 4, 4), units)
    laid = town.laid()
    home = home_of(laid.ground)
    labels = np.zeros(len(laid.graph), dtype=np.int64)
    labels[home[1]] = 1
    smooth = finished_shapes(laid.ground, labels)
    assert shapely.intersects(smooth[0], units[0].shape)
    assert shapely.intersects(smooth[1], units[1].shape)


def test_one_grid_is_the_community_itself() -> None:
    town = random_town(3)
    laid = town.laid()
    (shape,) = finished_shapes(laid.ground, np.zeros(len(laid.graph), dtype=np.int64))
    assert shape.normalize() == town.community.normalize()


def test_a_grid_within_a_grid_is_a_hole_in_it() -> None:
    units = [house(f"{column}{row}", column, row) for column in range(5) for row in range(5)]
    town = Town(ground(0, 0, 5, 5), units)
    laid = town.laid()
    labels = np.zeros(len(laid.graph), dtype=np.int64)
    labels[home_of(laid.ground)[12]] = 1
    smooth = finished_shapes(laid.ground, labels)
    tiles(smooth, town.community)
    assert len(smooth[0].interiors) == 1


def test_a_grid_in_pieces_is_refused() -> None:
    laid = Town(ground(0, 0, 3, 1), [house("a", 0, 0), house("b", 1, 0), house("c", 2, 0)]).laid()
    home = home_of(laid.ground)
    labels = np.zeros(3, dtype=np.int64)
    labels[home[1]] = 1
    with pytest.raises(ValueError, match="pieces"):
        finished_shapes(laid.ground, labels)


def test_smoothing_is_the_same_every_time() -> None:
    laid = random_town(11).laid()
    labels = lumped(laid.graph, np.random.default_rng(0))
    assert (finished_shapes(laid.ground, labels) == finished_shapes(laid.ground, labels)).all()
