"""The bookkeeping of groups, and the groups a search begins with."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.partition.graph import BLOCK, Graph
from gridmap.partition.groups import (
    Groups,
    closed,
    emptied,
    enter,
    first_labels,
    members,
    new_groups,
    opened,
    set_up,
    total_cost,
)
from gridmap.partition.plane import Ints
from gridmap.partition.score import Prices
from tests.gridmap.partition.meshes import (
    former,
    graphs,
    groups_of,
    is_connected,
    mesh_of,
    net_of,
    path,
    plain_price,
    plain_total,
    prices_of,
)


def books_are_right(groups: Groups, graph: Graph, prices: Prices, before: Ints | None = None) -> None:
    """Chains, sizes, loads, costs and the lists of numbers agree with the labels."""
    alive = groups.alive[: groups.tally[0]].tolist()
    spare = groups.spare[: groups.tally[1]].tolist()
    assert sorted(alive) == sorted(set(groups.label[groups.label >= 0].tolist()))
    assert sorted(alive + spare) == list(range(len(graph) + 1))
    for place, number in enumerate(alive):
        nodes = np.flatnonzero(groups.label == number).tolist()
        assert groups.place[number] == place
        assert sorted(members(groups, number).tolist()) == nodes
        assert groups.size[number] == len(nodes)
        assert groups.load[number] == graph.households[nodes].sum()
        assert groups.cost[number] == pytest.approx(plain_price(graph, nodes, prices, before))
    assert total_cost(groups) == pytest.approx(
        sum(plain_price(graph, np.flatnonzero(groups.label == n).tolist(), prices, before) for n in alive)
    )


def first_of(graph: Graph, *, before: Ints | None = None, free: Ints | None = None) -> Ints:
    everyone = np.ones(len(graph), dtype=np.int64)
    labels = first_labels(net_of(graph, before), everyone if free is None else free, 360, 300)
    return np.asarray(labels, dtype=np.int64)


@settings(max_examples=60, deadline=None)
@given(graphs, st.integers(0, 2**32 - 1))
def test_groups_set_up_from_any_labels_have_right_books(graph: Graph, seed: int) -> None:
    labels = np.random.default_rng(seed).integers(-1, len(graph), len(graph))
    before, prices = former(seed, graph), prices_of(graph, moves=True)
    groups, _ = groups_of(graph, labels, prices, before)
    assert groups.label.tolist() == labels.tolist()
    books_are_right(groups, graph, prices, before)


def test_setting_up_again_forgets_what_was() -> None:
    graph = path(100, 100, 100, 100)
    prices = prices_of(graph)
    groups, net = groups_of(graph, np.array([0, 1, 2, 3]), prices)
    groups.idle[:] = 9
    groups.label[:] = np.array([2, 2, 2, 1])
    set_up(groups, net, prices)
    books_are_right(groups, graph, prices)
    assert groups.idle.tolist() == [0] * 5
    assert total_cost(groups) == pytest.approx(plain_total(graph, np.array([0, 0, 0, 1]), prices))


def test_a_number_given_back_is_given_out_again() -> None:
    graph = path(100, 100, 100)
    prices = prices_of(graph)
    groups, _ = groups_of(graph, np.array([0, 1, 2]), prices)
    emptied(groups, 1)
    enter(groups, 1, 0)
    closed(groups, 1)
    assert members(groups, 0).tolist() == [1, 0]
    assert sorted(groups.alive[: groups.tally[0]].tolist()) == [0, 2]
    assert opened(groups) == 1
    assert sorted(groups.alive[: groups.tally[0]].tolist()) == [0, 1, 2]
    assert [groups.place[number] for number in groups.alive[:3]] == [0, 1, 2]


def test_there_is_room_for_a_group_more_than_nodes() -> None:
    groups = new_groups(np.array([0, 1]))
    set_up(groups, net_of(path(1, 1)), prices_of(path(1, 1)))
    assert groups.tally.tolist() == [2, 1]
    assert opened(groups) == 2


@settings(max_examples=80, deadline=None)
@given(graphs, st.integers(0, 2**32 - 1), st.booleans())
def test_first_groups_are_connected_inhabited_and_never_above_the_maximum(graph: Graph, seed: int, known: bool) -> None:
    free = ((graph.households <= 360) & (np.random.default_rng(seed).random(len(graph)) < 0.9)).astype(np.int64)
    labels = first_of(graph, before=former(seed, graph) if known else None, free=free)
    assert ((labels >= 0) == (free == 1)).all()
    reach = graph.components(np.where(free == 1, 0, -1))
    for label in sorted(set(labels[labels >= 0].tolist())):
        nodes = np.flatnonzero(labels == label)
        assert is_connected(graph, nodes.tolist())
        assert graph.households[nodes].sum() <= 360
        if graph.households[nodes].sum() == 0:
            assert graph.households[reach == reach[nodes[0]]].sum() == 0


@settings(max_examples=40, deadline=None)
@given(graphs)
def test_no_two_first_groups_that_touch_would_fit_one_grid(graph: Graph) -> None:
    free = (graph.households <= 360).astype(np.int64)
    labels = first_of(graph, free=free)
    load = np.bincount(labels[labels >= 0], weights=graph.households[labels >= 0], minlength=len(graph))
    one, other = labels[graph.origins()], labels[graph.to]
    apart = (one != other) & (one >= 0) & (other >= 0)
    assert (load[one[apart]] + load[other[apart]] > 360).all()


def test_nodes_of_one_grid_in_force_begin_together() -> None:
    graph = path(60, 60, 60, 60, 60, 60, 60, 60, 60, 60)
    before = np.array([4, 4, 4, 4, 9, 9, 9, 9, 9, 9])
    labels = first_of(graph, before=before)
    assert len(set(labels[:4].tolist())) == len(set(labels[4:].tolist())) == 1
    assert labels[0] != labels[4]


def test_a_grid_in_force_above_the_maximum_begins_in_pieces() -> None:
    labels = first_of(path(*[100] * 7), before=np.zeros(7, dtype=np.int64))
    assert np.bincount(labels).max() <= 3


def test_neighbours_with_long_borders_are_joined_first() -> None:
    pairs = {(0, 1): (10.0, BLOCK, 0.0), (1, 2): (90.0, BLOCK, 0.0), (2, 3): (10.0, BLOCK, 0.0)}
    labels = first_of(mesh_of([150] * 4, pairs))
    assert labels[1] == labels[2]
