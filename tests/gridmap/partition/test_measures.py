"""The definitions by which drawings are compared, on examples small enough to count by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.partition.graph import BARRIER, Graph
from gridmap.partition.measures import (
    barriers_crossed,
    compound_pieces,
    extra_compound_pieces,
    load_figures,
    moved_households,
    not_contiguous,
    shape_figures,
    successors,
)
from tests.gridmap.partition.meshes import RULE, board, graphs, is_connected, mesh_of, path

labels_of = st.lists(st.integers(0, 3), min_size=1, max_size=9)


def test_loads_of_five_grids() -> None:
    figures = load_figures([300, 270, 240, 361, 0], RULE)
    assert figures == {
        "within_10": 0.5,
        "within_20": 0.75,
        "mean_deviation": pytest.approx((0 + 30 + 60 + 61) / 300 / 4),
        "smallest": 240,
        "largest": 361,
        "outside_band": 1,
    }


def test_loads_on_the_very_edges_are_inside() -> None:
    assert load_figures([270, 330], RULE)["within_10"] == 1.0
    assert load_figures([240, 360], RULE)["within_20"] == 1.0
    assert load_figures([269, 331], RULE)["within_10"] == 0.0
    assert load_figures([239, 361], RULE) == {
        "within_10": 0.0,
        "within_20": 0.0,
        "mean_deviation": pytest.approx(61 / 300),
        "smallest": 239,
        "largest": 361,
        "outside_band": 2,
    }


def test_nobody_anywhere_is_no_fault() -> None:
    assert load_figures([0, 0], RULE)["within_10"] == load_figures([], RULE)["within_20"] == 1.0
    assert load_figures([], RULE)["outside_band"] == 0


def test_pieces_of_compounds_beyond_what_their_size_needs() -> None:
    pieces = compound_pieces([[0, 1], [2, 3], [4]], ["a", "b", "a", None, "a"])
    assert pieces == {"a": 3, "b": 1}
    assert extra_compound_pieces(pieces, {"a": 100, "b": 100}, RULE) == 2
    assert extra_compound_pieces(pieces, {"a": 361, "b": 100}, RULE) == 1
    assert extra_compound_pieces(pieces, {"a": 721, "b": 0}, RULE) == 0
    assert extra_compound_pieces({"a": 2}, {"a": 1000}, RULE) == 0


def test_barriers_count_by_the_sides_that_a_grid_has() -> None:
    graph = board(3, 3, [10] * 9, river=1)
    assert barriers_crossed(graph, np.array([0, 0, 0, 1, 1, 1, 1, 1, 1])) == 0
    assert barriers_crossed(graph, np.array([0, 1, 2, 0, 1, 2, 0, 1, 2])) == 3
    assert barriers_crossed(graph, np.array([0, 0, 0, 0, 1, 1, 1, 1, 1])) == 1
    assert barriers_crossed(graph, np.zeros(9, dtype=np.int64)) == 1


def test_an_island_in_the_river_where_nobody_lives_is_no_side() -> None:
    pairs = {(0, 1): (9.0, BARRIER, 1.0), (1, 2): (9.0, BARRIER, 1.0)}
    assert barriers_crossed(mesh_of([50, 0, 50], pairs), np.array([0, 0, 1])) == 0
    assert barriers_crossed(mesh_of([50, 0, 50], pairs), np.array([0, 0, 0])) == 1
    assert barriers_crossed(mesh_of([50, 5, 50], pairs), np.array([0, 0, 0])) == 2
    assert barriers_crossed(mesh_of([0, 0, 0], pairs), np.array([0, 0, 0])) == 0


@settings(max_examples=60, deadline=None)
@given(graphs, st.integers(0, 2**32 - 1))
def test_grids_in_pieces_are_counted(graph: Graph, seed: int) -> None:
    labels = np.unique(np.random.default_rng(seed).integers(0, 5, len(graph)), return_inverse=True)[1]
    torn = [not is_connected(graph, np.flatnonzero(labels == label).tolist()) for label in range(labels.max() + 1)]
    assert not_contiguous(graph, labels) == sum(torn)


def test_shapes_of_a_board() -> None:
    graph = board(2, 2, [10] * 4)
    figures = shape_figures(graph, np.array([0, 0, 1, 1]))
    assert figures["cut_length_m"] == pytest.approx(100.0)
    assert figures["polsby_popper"] == pytest.approx(4 * np.pi * 6000.0 / 320.0**2)
    whole = shape_figures(graph, np.zeros(4, dtype=np.int64))
    assert whole["cut_length_m"] == 0.0
    assert whole["polsby_popper"] == pytest.approx(4 * np.pi * 12_000.0 / 440.0**2)
    uneven = shape_figures(graph, np.array([0, 1, 1, 1]))
    assert uneven["cut_length_m"] == pytest.approx(110.0)


def test_the_shape_of_nothing() -> None:
    assert shape_figures(mesh_of([], {}), np.zeros(0, dtype=np.int64)) == {"cut_length_m": 0.0, "polsby_popper": 0.0}


def test_renamed_grids_have_not_moved() -> None:
    households = np.array([100, 100, 100, 50])
    assert moved_households(np.array([0, 0, 1, 1]), np.array([7, 7, 3, 3]), households) == 0
    assert moved_households(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]), households) == 0


def test_the_smaller_side_of_a_division_or_a_union_moves() -> None:
    households = np.array([100, 100, 100, 50])
    assert moved_households(np.array([0, 0, 0, 0]), np.array([0, 0, 0, 1]), households) == 50
    assert moved_households(np.array([0, 0, 1, 1]), np.array([0, 0, 0, 0]), households) == 150
    assert moved_households(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), households) == 150


def test_whoever_is_new_has_not_moved() -> None:
    households = np.array([100, 100, 100, 50])
    assert moved_households(np.array([0, 0, -1, -1]), np.array([0, 0, 0, 1]), households) == 0
    assert moved_households(np.full(4, -1), np.array([0, 0, 0, 1]), households) == 0


def test_a_grid_is_followed_by_the_one_that_most_of_its_households_are_in() -> None:
    before, after = np.array([4, 4, 9, 9, -1]), np.array([7, 2, 2, 2, 7])
    assert successors(before, after, np.array([10, 30, 20, 20, 999])) == {4: 7, 9: 2}
    assert successors(np.full(2, -1), np.array([0, 1]), np.array([1, 1])) == {}


def test_a_grid_without_households_is_followed_by_the_one_that_holds_its_buildings() -> None:
    before, after = np.array([0, 0, 1, 1]), np.array([5, 5, 6, 6])
    assert successors(before, after, np.array([0, 0, 80, 0])) == {0: 5, 1: 6}


def test_grids_that_share_nothing_do_not_follow_each_other() -> None:
    assert successors(np.array([0, 0, 1]), np.array([5, 5, 5]), np.array([9, 9, 1])) == {0: 5}


def test_a_kept_pair_stands_whoever_lives_there() -> None:
    before, after, households = np.array([0, 0, 1]), np.array([5, 6, 6]), np.array([9, 90, 1])
    assert successors(before, after, households, kept={0: 5}) == {0: 5, 1: 6}
    assert moved_households(before, after, households, kept={0: 5}) == 90


@given(labels_of, st.integers(0, 2**32 - 1))
def test_no_matching_moves_fewer(before: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    after, households = random.integers(0, 3, len(before)), random.integers(0, 50, len(before))
    moved = moved_households(np.array(before), after, households)
    everyone = int(households.sum())
    common = [[households[(np.array(before) == a) & (after == b)].sum() for b in range(3)] for a in range(4)]
    stays = [
        sum(int(common[a][b]) for a, b in enumerate(choice) if b < 3)
        for choice in np.ndindex(4, 4, 4, 4)
        if len({b for b in choice if b < 3}) == sum(b < 3 for b in choice)
    ]
    assert moved == everyone - max(stays)


def test_a_grid_on_both_ends_of_a_row_is_in_pieces() -> None:
    assert not_contiguous(path(50, 50, 50), np.array([0, 1, 0])) == 1
    assert not_contiguous(path(50, 50, 50), np.array([0, 0, 1])) == 0
