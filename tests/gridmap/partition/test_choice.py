"""The best division of a few chunks: against every division there is."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gridmap.partition.choice import MOST_SETS, best_cover, cover_cost, list_sets, price_sets
from gridmap.partition.chunks import MOST_CHUNKS
from gridmap.partition.graph import Graph
from gridmap.partition.plane import Ints
from gridmap.partition.score import price_of_group
from tests.gridmap.partition.desks import Window, seeded, table, window_of
from tests.gridmap.partition.meshes import board, former, is_connected, path, plain_price, prices_of, scattered

SEEDS = st.integers(0, 2**32 - 1)
#: Graphs that fit a window node by node.
small = st.builds(scattered, SEEDS, st.integers(1, 8))
NO_LIMIT = 1e17


def in_one_group(graph: Graph, before: Ints | None = None, *, most: int = MOST_CHUNKS, seed: int = 0) -> Window:
    nobody = np.zeros(len(graph), dtype=np.int64)
    return window_of(graph, nobody, prices_of(graph, moves=before is not None), before=before, most=most, seed=seed)


def masks(window: Window) -> list[int]:
    return [int(mask) for mask in table().mask[: table().start[window.sets]]]


def connected_sets(window: Window) -> set[int]:
    """All sets of chunks that hang together, by looking at every set."""
    return {mask for mask in range(1, 1 << window.sets) if is_connected(window.graph, window.members(mask))}


def chosen(window: Window) -> list[int]:
    """The sets of the cover found."""
    left, found = (1 << window.sets) - 1, []
    while left:
        found.append(int(table().mask[table().by[left]]))
        assert found[-1] & left == found[-1]
        left ^= found[-1]
    return found


def divisions(left: int, allowed: set[int]) -> Iterator[list[int]]:
    """All ways to part a set into allowed sets."""
    if not left:
        yield []
        return
    first = left & -left
    rest = left ^ first
    more = rest
    while True:
        if first | more in allowed:
            for others in divisions(rest ^ more, allowed):
                yield [first | more, *others]
        if not more:
            return
        more = (more - 1) & rest


@settings(max_examples=100, deadline=None)
@given(small, st.sampled_from([120.0, 360.0, 540.0, 1e6]))
def test_every_connected_set_is_listed_exactly_once(graph: Graph, heaviest: float) -> None:
    window = in_one_group(graph)
    assert list_sets(window.chunks, window.sets, table(), heaviest)
    expected = {mask for mask in connected_sets(window) if graph.households[window.members(mask)].sum() <= heaviest}
    assert sorted(masks(window)) == sorted(expected)
    for root in range(window.sets):
        for mask in table().mask[table().start[root] : table().start[root + 1]].tolist():
            assert mask & -mask == 1 << root


def test_all_sets_of_a_complete_graph_and_of_a_path() -> None:
    window = in_one_group(path(*[10] * 12))
    assert list_sets(window.chunks, 12, table(), 1e6)
    assert len(set(masks(window))) == len(masks(window)) == 12 * 13 // 2
    random = scattered(1, 20)
    window = in_one_group(random, most=14)
    assert list_sets(window.chunks, window.sets, table(), 1e9)
    assert len(set(masks(window))) == len(masks(window))


def test_too_many_sets_are_refused() -> None:
    window = in_one_group(board(5, 4, [1] * 20))
    assert not list_sets(window.chunks, 20, table(), 1e6)
    assert list_sets(window.chunks, 20, table(), 6.0)
    assert table().start[20] < MOST_SETS


@settings(max_examples=100, deadline=None)
@given(st.builds(scattered, SEEDS, st.integers(2, 40)), SEEDS, st.booleans())
def test_a_set_costs_what_its_nodes_cost_as_a_group(graph: Graph, seed: int, known: bool) -> None:
    before = former(seed, graph) if known else None
    window = in_one_group(graph, before, most=8, seed=seed)
    assume(window.sets <= 8)
    prices = prices_of(graph, moves=known)
    assert list_sets(window.chunks, window.sets, table(), 1e9)
    price_sets(window.chunks, window.sets, window.former, table(), prices, 0.0, False)
    for mask, cost in zip(masks(window), table().cost.tolist(), strict=False):
        nodes = window.members(mask)
        assert cost == pytest.approx(plain_price(graph, nodes, prices, before))
        label = np.zeros(len(graph), dtype=np.int64)
        label[nodes] = 1
        assert cost == pytest.approx(price_of_group(np.array(nodes), window.net, label, prices)[1])


@settings(max_examples=60, deadline=None)
@given(small, st.booleans())
def test_sets_that_cannot_be_a_grid_are_dropped(graph: Graph, only_in_band: bool) -> None:
    window = in_one_group(graph)
    list_sets(window.chunks, window.sets, table(), 1e6)
    listed = masks(window)
    price_sets(window.chunks, window.sets, 0, table(), prices_of(graph), 0.0, only_in_band)
    loads = {mask: int(graph.households[window.members(mask)].sum()) for mask in listed}
    kept = [mask for mask in listed if 240 <= loads[mask] <= 360 or (not only_in_band and loads[mask] > 0)]
    assert masks(window) == kept
    assert not table().surcharge[: len(kept)].any()


def test_heat_adds_surcharges_of_its_own_mean() -> None:
    window = in_one_group(board(4, 3, [50] * 12))
    list_sets(window.chunks, 12, table(), 1e6)
    seeded(1)
    price_sets(window.chunks, 12, 0, table(), prices_of(window.graph), 4.0, False)
    found = table().surcharge[: table().start[12]]
    assert (found >= 0.0).all()
    assert found.mean() == pytest.approx(4.0, rel=0.15)
    assert found.std() == pytest.approx(4.0, rel=0.25)


@settings(max_examples=150, deadline=None)
@given(small, SEEDS, st.booleans(), st.booleans())
def test_no_division_is_cheaper_than_the_best(graph: Graph, seed: int, known: bool, only_in_band: bool) -> None:
    before = former(seed, graph) if known else None
    window = in_one_group(graph, before)
    prices = prices_of(graph, moves=known)
    heaviest = 360.0 if only_in_band else 540.0
    list_sets(window.chunks, window.sets, table(), heaviest)
    price_sets(window.chunks, window.sets, window.former, table(), prices, 0.0, only_in_band)
    found = best_cover(window.sets, table(), NO_LIMIT)
    loads = {mask: int(graph.households[window.members(mask)].sum()) for mask in connected_sets(window)}
    allowed = {m for m, load in loads.items() if 0 < load <= heaviest and (load >= 240 or not only_in_band)}
    price = {mask: plain_price(graph, window.members(mask), prices, before) for mask in allowed}
    every = [sum(price[mask] for mask in sets) for sets in divisions((1 << window.sets) - 1, allowed)]
    assert found == bool(every)
    if found:
        assert cover_cost(window.sets, table()) == pytest.approx(min(every))
        assert sum(price[mask] for mask in chosen(window)) == pytest.approx(min(every))
        assert not best_cover(window.sets, table(), min(every) - 1e-6)
        assert best_cover(window.sets, table(), min(every) + 1e-6)


def test_the_best_with_surcharges_is_told_without_them() -> None:
    graph = board(4, 3, [100, 60, 80, 90, 70, 110, 50, 95, 85, 75, 65, 120])
    window = in_one_group(graph)
    prices = prices_of(graph)
    list_sets(window.chunks, 12, table(), 540.0)
    seeded(3)
    price_sets(window.chunks, 12, 0, table(), prices, 6.0, False)
    assert best_cover(12, table(), NO_LIMIT)
    plain = sum(plain_price(graph, window.members(mask), prices) for mask in chosen(window))
    assert cover_cost(12, table()) == pytest.approx(plain)


def test_a_step_leaves_the_table_clean() -> None:
    for loads in ([300, 300], [60] * 9, [0, 0, 5]):
        window = in_one_group(path(*loads))
        list_sets(window.chunks, window.sets, table(), 540.0)
        price_sets(window.chunks, window.sets, 0, table(), prices_of(window.graph), 0.0, False)
        best_cover(window.sets, table(), NO_LIMIT)
        assert (table().best >= 1e18).all()
