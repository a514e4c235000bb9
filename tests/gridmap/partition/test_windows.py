"""Steps of the search: the books stay right, the cost never rises when cold, nothing breaks."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.partition.graph import Graph
from gridmap.partition.groups import first_labels, total_cost
from gridmap.partition.plane import Ints
from gridmap.partition.windows import new_desk, search_windows
from tests.gridmap.partition.desks import desk_of
from tests.gridmap.partition.meshes import (
    board,
    former,
    graphs,
    groups_of,
    is_connected,
    net_of,
    outside_band,
    path,
    plain_total,
    prices_of,
    town,
)
from tests.gridmap.partition.test_groups import books_are_right

SEEDS = st.integers(0, 2**32 - 1)


def first_groups(graph: Graph, before: Ints | None = None) -> Ints:
    """Where a search begins, above the maximum left out."""
    reach = graph.components(np.where(graph.households > 360, -1, 0))
    lived_on = [reach[node] >= 0 and graph.households[reach == reach[node]].sum() > 0 for node in range(len(graph))]
    labels = first_labels(net_of(graph, before), np.array(lived_on).astype(np.int64), 360, 300)
    return np.asarray(labels, dtype=np.int64)


def nothing_is_broken(graph: Graph, labels: Ints) -> None:
    for number in sorted(set(labels[labels >= 0].tolist())):
        nodes = np.flatnonzero(labels == number)
        assert is_connected(graph, nodes.tolist())
        assert graph.households[nodes].sum() > 0


@settings(max_examples=60, deadline=None)
@given(graphs, SEEDS, st.sampled_from([0.0, 2.0, 8.0]), st.booleans())
def test_after_many_windows_the_books_are_right(graph: Graph, seed: int, heat: float, known: bool) -> None:
    before = former(seed, graph) if known else None
    prices, start = prices_of(graph, moves=known), first_groups(graph, before)
    if not (start >= 0).any():
        return
    groups, net = groups_of(graph, start, prices, before)
    desk = desk_of(graph, before)
    search_windows(groups, net, prices, desk, 60, heat, 12, 5, seed)
    assert ((groups.label >= 0) == (start >= 0)).all()
    books_are_right(groups, graph, prices, before)
    nothing_is_broken(graph, groups.label)
    assert (desk.chunks.local == -1).all()
    assert (desk.chunks.number == -1).all()
    assert not desk.contact.any()


@settings(max_examples=40, deadline=None)
@given(graphs, SEEDS)
def test_a_cold_step_never_costs_more_and_says_how_often_it_gained(graph: Graph, seed: int) -> None:
    prices, start = prices_of(graph), first_groups(graph)
    if not (start >= 0).any():
        return
    groups, net = groups_of(graph, start, prices)
    desk, cost = desk_of(graph), total_cost(groups)
    for step in range(20):
        changes = search_windows(groups, net, prices, desk, 3, 0.0, 14, 4, seed % 2**31 + step)
        now = total_cost(groups)
        assert 0 <= changes <= 3
        assert now < cost if changes else now == pytest.approx(cost)
        cost = now


def test_a_hot_search_may_cost_more_at_times_and_comes_to_other_divisions() -> None:
    graph = town(2, 120)
    prices = prices_of(graph)
    groups, net = groups_of(graph, first_groups(graph), prices)
    desk = desk_of(graph)
    search_windows(groups, net, prices, desk, 600, 0.0, 14, 5, 1)
    cold = total_cost(groups)
    search_windows(groups, net, prices, desk, 200, 6.0, 14, 5, 2)
    assert total_cost(groups) > cold
    books_are_right(groups, graph, prices)
    search_windows(groups, net, prices, desk, 600, 0.0, 14, 5, 3)
    assert total_cost(groups) < 1.3 * cold


def test_a_cold_search_of_a_town_ends_in_the_band() -> None:
    graph = town(7, 150)
    prices = prices_of(graph)
    groups, net = groups_of(graph, first_groups(graph), prices)
    search_windows(groups, net, prices, desk_of(graph), 1500, 0.0, 16, 6, 4)
    assert outside_band(graph, groups.label) == 0
    assert total_cost(groups) == pytest.approx(plain_total(graph, groups.label, prices))


def test_groups_tried_in_vain_are_left_alone() -> None:
    graph = path(*[100] * 6)
    prices = prices_of(graph)
    groups, net = groups_of(graph, np.array([0, 0, 0, 1, 1, 1]), prices)
    assert search_windows(groups, net, prices, desk_of(graph), 100_000, 0.0, 16, 4, 1) == 0
    assert groups.idle[:2].min() >= 12


def test_a_change_wakes_the_groups_around() -> None:
    graph = path(*[100] * 9)
    prices = prices_of(graph)
    groups, net = groups_of(graph, np.array([0, 0, 0, 1, 1, 1, 2, 2, 2]), prices)
    groups.idle[:3] = 11
    groups.label[:] = np.array([0, 0, 1, 1, 1, 1, 2, 2, 2])
    groups, net = groups_of(graph, groups.label, prices)
    groups.idle[:3] = 5
    assert search_windows(groups, net, prices, desk_of(graph), 12, 0.0, 16, 2, 1) >= 1
    assert groups.label.tolist()[:3] == [groups.label[0]] * 3
    assert groups.idle[groups.alive[:3]].min() < 5


def test_one_window_is_solved_as_a_whole() -> None:
    graph = path(150, 150, 150, 150, 60, 60, 60, 60, 60)
    prices = prices_of(graph)
    groups, net = groups_of(graph, np.arange(9), prices)
    assert search_windows(groups, net, prices, desk_of(graph), 40, 0.0, 16, 12, 1) >= 1
    assert len({tuple(np.flatnonzero(groups.label == number)) for number in set(groups.label.tolist())}) == 3
    assert outside_band(graph, groups.label) == 0


def test_the_same_seed_takes_the_same_steps() -> None:
    graph = town(1, 100)
    prices = prices_of(graph)
    found = []
    for seed in (5, 5, 6):
        groups, net = groups_of(graph, first_groups(graph), prices)
        desk = new_desk(len(graph), 200)
        search_windows(groups, net, prices, desk, 50, 4.0, 14, 5, seed)
        found.append(groups.label.tolist())
    assert found[0] == found[1] != found[2]


def test_hundreds_of_small_compounds_in_a_window_are_all_paid_for() -> None:
    graph = board(24, 24, [8] * 576)
    graph = replace(graph, compound=np.arange(576) // 2, compound_names=tuple(str(n) for n in range(288)))
    prices, start = prices_of(graph), first_groups(graph)
    groups, net = groups_of(graph, start, prices)
    search_windows(groups, net, prices, desk_of(graph), 200, 3.0, 16, 8, 1)
    books_are_right(groups, graph, prices)
