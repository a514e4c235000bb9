"""Binding nodes into chunks: connected, whole compounds, laid out as the small graph that they are."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gridmap.partition.chunks import MOST_CHUNKS, dismiss
from gridmap.partition.graph import BARRIER, BLOCK, COMPOUND, STREET, Graph
from tests.gridmap.partition.desks import Window, window_of
from tests.gridmap.partition.meshes import former, graphs, is_connected, loads_of, mesh_of, path, prices_of

SEEDS = st.integers(0, 2**32 - 1)


def chunks_of(window: Window) -> list[list[int]]:
    return [window.members(1 << chunk) for chunk in range(window.sets)]


def four_groups(graph: Graph, seed: int) -> np.ndarray:
    """Any division into at most four groups."""
    return np.random.default_rng(seed).integers(0, min(4, len(graph)), len(graph))


@settings(max_examples=80, deadline=None)
@given(graphs, SEEDS, st.integers(2, MOST_CHUNKS), st.booleans(), st.booleans())
def test_chunks_are_connected_and_hold_every_node_once(
    graph: Graph, seed: int, most: int, inside: bool, compounds: bool
) -> None:
    labels = four_groups(graph, seed)
    window = window_of(graph, labels, prices_of(graph), most=most, inside=inside, compounds=compounds, seed=seed)
    assert window.nodes == len(graph)
    assert window.sets == sum(int(window.chunks.lead[index]) == index for index in range(window.nodes))
    assume(window.sets <= MOST_CHUNKS)
    chunks = chunks_of(window)
    assert sorted(node for chunk in chunks for node in chunk) == list(range(len(graph)))
    for chunk in chunks:
        assert is_connected(graph, chunk)
        if inside and not compounds and len(graph) > most:
            assert len(set(labels[chunk].tolist())) == 1


@settings(max_examples=80, deadline=None)
@given(graphs, SEEDS)
def test_chunks_are_laid_out_as_they_are(graph: Graph, seed: int) -> None:
    before = former(seed, graph)
    window = window_of(graph, four_groups(graph, seed), prices_of(graph, moves=True), most=12, seed=seed, before=before)
    assume(window.sets <= MOST_CHUNKS)
    laid, chunks = window.chunks, chunks_of(window)
    home = {node: chunk for chunk, nodes in enumerate(chunks) for node in nodes}
    assert laid.load[: window.sets].tolist() == [graph.households[nodes].sum() for nodes in chunks]
    assert laid.area[: window.sets].tolist() == pytest.approx([graph.area[nodes].sum() for nodes in chunks])
    length = np.zeros((window.sets, window.sets))
    lightest = np.full((window.sets, window.sets), 1e9)
    for a, b, long, kind, weight in zip(
        graph.origins().tolist(), graph.to.tolist(), graph.length, graph.kind, graph.barrier, strict=True
    ):
        length[home[a], home[b]] += long
        if kind == BARRIER:
            lightest[home[a], home[b]] = min(lightest[home[a], home[b]], weight)
    rim = [graph.rim[nodes].sum() - length[chunk, chunk] for chunk, nodes in enumerate(chunks)]
    assert laid.rim[: window.sets].tolist() == pytest.approx(rim)
    assert laid.lightest[: window.sets].tolist() == np.diag(lightest).tolist()
    np.fill_diagonal(length, 0.0)
    np.fill_diagonal(lightest, 1e9)
    assert laid.border[: window.sets, : window.sets] == pytest.approx(length)
    assert laid.barrier[: window.sets, : window.sets].tolist() == lightest.tolist()
    for chunk in range(window.sets):
        assert laid.near[chunk] == sum(1 << int(other) for other in np.flatnonzero(length[chunk]))


@settings(max_examples=60, deadline=None)
@given(graphs, SEEDS)
def test_names_across_chunks_have_bits_and_the_others_are_paid_for(graph: Graph, seed: int) -> None:
    before, prices = former(seed, graph), prices_of(graph, moves=True)
    window = window_of(graph, four_groups(graph, seed), prices, most=12, seed=seed, before=before)
    assume(window.sets <= MOST_CHUNKS)
    chunks = chunks_of(window)
    toll = np.zeros(len(chunks))
    marked = (
        (window.net.compound, window.chunks.compounds, prices.per_compound),
        (window.net.estate, window.chunks.estates, prices.per_estate),
        (graph.side, window.chunks.sides, 0.0),
    )
    for names, marks, price in marked:
        borne = [set(names[nodes].tolist()) - {-1} for nodes in chunks]
        across = {name for here in borne for name in here if price == 0.0 or sum(name in there for there in borne) > 1}
        for chunk, here in enumerate(borne):
            assert int(marks[chunk]).bit_count() == len(here & across)
            toll[chunk] += price * len(here - across)
            for other, there in enumerate(borne):
                assert (int(marks[chunk]) & int(marks[other])).bit_count() == len(here & there & across)
    assert window.chunks.toll[: len(chunks)].tolist() == pytest.approx(toll.tolist())
    assert window.former == len(set(before.tolist()) - {-1})
    for chunk, nodes in enumerate(chunks):
        known = [node for node in nodes if before[node] >= 0]
        assert window.chunks.former[chunk].sum() == graph.households[known].sum()
        per_grid = [graph.households[[n for n in known if before[n] == name]].sum() for name in set(before[known])]
        found = window.chunks.former[chunk][window.chunks.former[chunk] > 0].tolist()
        assert sorted(found) == sorted(load for load in per_grid if load)


@settings(max_examples=60, deadline=None)
@given(graphs, SEEDS)
def test_compounds_that_fit_are_bound_where_they_touch(graph: Graph, seed: int) -> None:
    window = window_of(graph, four_groups(graph, seed), prices_of(graph), most=len(graph), compounds=True, seed=seed)
    number = np.full(len(graph), -1, dtype=np.int64)
    for index in range(window.nodes):
        lead = index
        while window.chunks.lead[lead] != lead:
            lead = int(window.chunks.lead[lead])
        number[window.chunks.nodes[index]] = lead
    for name in set(graph.compound.tolist()) - {-1}:
        own = np.flatnonzero(graph.compound == name)
        fits = graph.households[own].sum() <= 360
        pieces = graph.pieces(own.tolist()) if fits else [[node] for node in own.tolist()]
        bound = [sorted(np.flatnonzero(number == lead).tolist()) for lead in sorted(set(number[own].tolist()))]
        assert sorted(bound) == sorted(pieces)
    assert len(set(number[graph.compound < 0].tolist())) == int((graph.compound < 0).sum())


def test_the_window_is_empty_afterwards_and_other_groups_stay_out() -> None:
    graph = path(*[50] * 10)
    window = window_of(graph, np.array([0] * 5 + [-1] * 5), prices_of(graph))
    assert window.nodes == 5
    assert sorted(window.chunks.nodes[:5].tolist()) == [0, 1, 2, 3, 4]
    assert (window.chunks.local[5:] == -1).all()
    assert window.chunks.near[0] | window.chunks.near[4] < 1 << 5
    assert (window.chunks.number == -1).all()
    dismiss(window.chunks, 5)
    assert (window.chunks.local == -1).all()


def test_every_border_gets_its_chance_and_low_classes_are_bound_rather() -> None:
    kinds = [COMPOUND, BLOCK, STREET, BARRIER]
    pairs = {(node, node + 1): (20.0, kinds[node % 4], 1.0 if node % 4 == 3 else 0.0) for node in range(16)}
    graph = mesh_of([20] * 17, pairs)
    together = np.zeros(4)
    prices = prices_of(graph)
    for seed in range(200):
        window = window_of(graph, np.zeros(17, dtype=np.int64), prices, most=8, seed=seed)
        home = {node: chunk for chunk, nodes in enumerate(chunks_of(window)) for node in nodes}
        for node in range(16):
            together[node % 4] += home[node] == home[node + 1]
    assert together[0] > together[1] > together[2] > together[3] > 0
    assert together[0] < 800


def test_long_borders_are_bound_rather() -> None:
    pairs = {(node, node + 1): (2.0 if node % 2 else 300.0, BLOCK, 0.0) for node in range(16)}
    graph = mesh_of([20] * 17, pairs)
    together = [0, 0]
    for seed in range(100):
        window = window_of(graph, np.zeros(17, dtype=np.int64), prices_of(graph), most=8, seed=seed)
        home = {node: chunk for chunk, nodes in enumerate(chunks_of(window)) for node in nodes}
        for node in range(16):
            together[node % 2] += home[node] == home[node + 1]
    assert together[0] > 1.5 * together[1]


def test_chunks_stay_light_while_there_is_a_choice() -> None:
    graph = path(*[30] * 40)
    for seed in range(20):
        window = window_of(graph, np.zeros(40, dtype=np.int64), prices_of(graph), most=16, seed=seed)
        assert window.sets == 16
        assert loads_of(graph, window.chunks.chunk[:40]).max() <= 210
