"""Whole divisions: contiguous always, the same for a seed, better with more effort, steady where asked."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridmap.partition.graph import BARRIER, BLOCK, COMPOUND, Graph
from gridmap.partition.measures import barriers_crossed, moved_households, not_contiguous, shape_figures
from gridmap.partition.plane import Ints
from gridmap.partition.search import divide
from gridmap.partition.units import NORMAL, QUICK, THOROUGH, Effort, SizeRule, Weights
from tests.gridmap.partition.meshes import (
    RULE,
    board,
    former,
    graphs,
    is_connected,
    loads_of,
    mesh_of,
    outside_band,
    path,
    plain_total,
    prices_of,
    scattered,
    town,
)

FIRST = Effort(1)
SEEDS = st.integers(0, 2**32 - 1)


def counted_through(labels: Ints) -> bool:
    """Whether every node has a grid, and the grids are numbered by their first nodes."""
    first: list[int] = []
    for label in labels.tolist():
        if label not in first:
            first.append(label)
    return first == list(range(len(first)))


def last_cost(graph: Graph, effort: Effort, before: Ints | None = None) -> float:
    told: list[float] = []

    def watch(_share: float, cost: float) -> bool:
        told.append(cost)
        return True

    divide(graph, rule=RULE, effort=effort, before=before, progress=watch)
    return told[-1]


@settings(max_examples=80, deadline=None)
@given(graphs, SEEDS, st.booleans())
@example(scattered(0, 1), 0, False)
def test_every_division_is_connected_and_complete(graph: Graph, seed: int, known: bool) -> None:
    before = former(seed, graph) if known else None
    labels = divide(graph, rule=RULE, effort=FIRST, seed=seed, before=before)
    assert labels.shape == (len(graph),)
    assert counted_through(labels)
    assert not_contiguous(graph, labels) == 0
    for label in range(int(labels.max()) + 1):
        assert is_connected(graph, np.flatnonzero(labels == label).tolist())
    for node in np.flatnonzero(graph.households > RULE.maximum).tolist():
        mates = np.flatnonzero(labels == labels[node])
        assert graph.households[mates].sum() == graph.households[node]
    reach = graph.components(np.zeros(len(graph), dtype=np.int64))
    for label in np.flatnonzero(loads_of(graph, labels) == 0).tolist():
        # Ground without households is a grid only where nobody lives on the whole piece.
        assert graph.households[reach == reach[labels == label][0]].sum() == 0


@settings(max_examples=60, deadline=None)
@given(graphs, SEEDS)
def test_fixed_grids_stay_among_random_neighbours(graph: Graph, seed: int) -> None:
    random = np.random.default_rng(seed)
    fixed = np.full(len(graph), -1, dtype=np.int64)
    for number in range(3):
        start = int(random.integers(len(graph)))
        fixed[[start, *graph.neighbours(start).tolist()[:2]]] = number
    labels = divide(graph, rule=RULE, effort=FIRST, seed=seed, fixed=fixed)
    assert counted_through(labels)
    for number in sorted(set(fixed[fixed >= 0].tolist())):
        (label,) = set(labels[fixed == number].tolist())
        assert (labels == label).tolist() == (fixed == number).tolist()
    for label in set(labels[fixed < 0].tolist()):
        assert is_connected(graph, np.flatnonzero(labels == label).tolist())


def test_fixed_grids_may_be_anything_even_everything() -> None:
    graph = path(900, 0, 40, 500)
    assert divide(graph, rule=RULE, fixed=np.array([5, 5, 2, 2])).tolist() == [0, 0, 1, 1]
    assert divide(graph, rule=RULE, fixed=np.array([7, 7, 7, 7])).tolist() == [0, 0, 0, 0]


def test_graphs_too_small_to_search() -> None:
    assert divide(path(40), rule=RULE).tolist() == [0]
    assert divide(path(0), rule=RULE).tolist() == [0]
    assert divide(path(0, 0, 0), rule=RULE).tolist() == [0, 0, 0]
    assert divide(path(900), rule=RULE).tolist() == [0]
    assert divide(mesh_of([0, 0, 50], {}), rule=RULE).tolist() == [0, 1, 2]
    assert divide(mesh_of([], {}), rule=RULE).tolist() == []


def test_empty_ground_goes_to_its_longest_border() -> None:
    pairs = {(0, 1): (30.0, BLOCK, 0.0), (1, 2): (80.0, BLOCK, 0.0)}
    assert divide(mesh_of([700, 0, 800], pairs), rule=RULE).tolist() == [0, 1, 1]


def test_a_pocket_behind_a_tower_is_a_grid_of_its_own() -> None:
    labels = divide(path(40, 700, 100, 100, 100), rule=RULE)
    assert labels.tolist() == [0, 1, 2, 2, 2]


def test_the_same_seed_gives_the_same_and_another_seed_another_somewhere() -> None:
    graph = town(3, 200)
    first = divide(graph, rule=RULE, effort=QUICK, seed=5)
    assert divide(graph, rule=RULE, effort=QUICK, seed=5).tolist() == first.tolist()
    others = [divide(graph, rule=RULE, effort=QUICK, seed=seed).tolist() for seed in (6, 7, 8)]
    assert any(other != first.tolist() for other in others)


@pytest.mark.parametrize("seed", range(2))
def test_more_effort_is_never_worse(seed: int) -> None:
    graph = town(seed, 160)
    costs = [last_cost(graph, effort) for effort in (FIRST, QUICK, NORMAL, THOROUGH)]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > costs[-1]


def test_more_effort_is_never_worse_against_grids_in_force() -> None:
    graph = town(4, 150)
    before = former(4, graph)
    costs = [last_cost(graph, effort, before) for effort in (FIRST, QUICK, NORMAL)]
    assert costs == sorted(costs, reverse=True)


def test_progress_rises_to_one_and_the_cost_falls_to_that_of_the_division() -> None:
    graph = town(5, 150)
    told: list[tuple[float, float]] = []

    def watch(share: float, cost: float) -> bool:
        told.append((share, cost))
        return True

    labels = divide(graph, rule=RULE, effort=NORMAL, progress=watch)
    shares, costs = zip(*told, strict=True)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert list(shares) == sorted(shares)
    assert len(set(shares)) > 20
    assert list(costs) == sorted(costs, reverse=True)
    assert costs[-1] == pytest.approx(plain_total(graph, labels, prices_of(graph)))


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(1, 30))
def test_whoever_says_stop_keeps_the_best_so_far(seed: int, patience: int) -> None:
    graph = scattered(seed, 60)
    told: list[float] = []

    def stop(_share: float, cost: float) -> bool:
        told.append(cost)
        return len(told) < patience

    labels = divide(graph, rule=RULE, effort=QUICK, progress=stop)
    assert len(told) <= max(patience, 17)  # the first round is finished in any case
    assert not_contiguous(graph, labels) == 0
    free = graph.households <= RULE.maximum
    if told and free.all() and (loads_of(graph, labels) > 0).all():
        assert plain_total(graph, labels, prices_of(graph)) <= told[-1] + 1e-6


class CancelledError(Exception):
    """Somebody gave up."""


def test_raising_cancels() -> None:
    def cancel(share: float, _cost: float) -> bool:
        if share > 0.3:
            raise CancelledError
        return True

    with pytest.raises(CancelledError):
        divide(town(1, 100), rule=RULE, effort=QUICK, progress=cancel)


@pytest.mark.parametrize("seed", range(4))
def test_compounds_that_fit_stay_whole_where_whole_compounds_make_good_grids(seed: int) -> None:
    # Twelve compounds of three by two houses with 120 to 180 households: two make a grid.
    random = np.random.default_rng(seed)
    compound = (np.arange(72) // 12 // 2) * 4 + np.arange(72) % 12 // 3
    loads = random.multinomial(140, np.ones(6) / 6, 12)
    places = [int(np.sum(compound[:node] == compound[node])) for node in range(72)]
    households = [int(loads[compound[node], places[node]]) for node in range(72)]
    plain = board(12, 6, households)
    pairs = {}
    for node, other, length in zip(plain.origins().tolist(), plain.to.tolist(), plain.length.tolist(), strict=True):
        if node < other:
            pairs[node, other] = (length, COMPOUND if compound[node] == compound[other] else BLOCK, 0.0)
    graph = mesh_of(households, pairs, compound.tolist())
    labels = divide(graph, rule=RULE, seed=seed)
    assert outside_band(graph, labels) == 0
    for name in range(12):
        assert len(set(labels[compound == name].tolist())) == 1


@pytest.mark.parametrize("seed", range(4))
def test_a_compound_larger_than_a_grid_has_no_more_pieces_than_it_needs(seed: int) -> None:
    random = np.random.default_rng(seed)
    compound = np.where(np.arange(60) % 10 < 5, 0, -1)
    loads = random.integers(18, 23, 60)
    plain = board(10, 6, loads.tolist())
    origin = plain.origins().tolist()
    pairs = {
        (a, b): (length, COMPOUND if compound[a] == compound[b] == 0 else BLOCK, 0.0)
        for a, b, length in zip(origin, plain.to.tolist(), plain.length.tolist(), strict=True)
        if a < b
    }
    graph = mesh_of(loads.tolist(), pairs, compound.tolist())
    labels = divide(graph, rule=RULE, seed=seed)
    assert outside_band(graph, labels) == 0
    needed = -(-int(loads[compound == 0].sum()) // RULE.maximum)
    assert len(set(labels[compound == 0].tolist())) == needed


@pytest.mark.parametrize("seed", range(4))
def test_a_river_is_not_crossed_where_both_banks_make_grids(seed: int) -> None:
    loads = np.random.default_rng(seed).integers(35, 66, 60)
    graph = board(10, 6, loads.tolist(), river=3)
    labels = divide(graph, rule=RULE, seed=seed)
    assert outside_band(graph, labels) == 0
    assert barriers_crossed(graph, labels) == 0


def test_a_river_is_crossed_once_where_a_bank_cannot_make_a_grid() -> None:
    graph = board(6, 4, [25] * 6 + [50] * 18, river=1)
    labels = divide(graph, rule=RULE)
    assert outside_band(graph, labels) == 0
    assert barriers_crossed(graph, labels) == 1


def test_the_crossing_is_at_the_lightest_barrier() -> None:
    pairs = {(node, node + 1): (50.0, BLOCK, 0.0) for node in (0, 1, 3, 4)}
    pairs |= {(0, 3): (50.0, BARRIER, 1.0), (2, 5): (50.0, BARRIER, 0.2)}
    graph = mesh_of([150, 150, 150, 150, 150, 150], pairs)
    labels = divide(graph, rule=RULE)
    assert labels[2] == labels[5]
    assert labels[0] != labels[3]


@pytest.mark.parametrize("seed", range(3))
def test_another_rule(seed: int) -> None:
    graph = town(seed, 150, largest=40)
    rule = SizeRule(100, 80, 130)
    labels = divide(graph, rule=rule, seed=seed)
    loads = loads_of(graph, labels)
    assert np.mean([rule.holds(int(load)) for load in loads]) > 0.9


def test_a_grid_in_force_that_has_grown_too_large_is_divided_though_nothing_is_beside_it() -> None:
    graph = path(*[100] * 6)
    labels = divide(graph, rule=RULE, before=np.zeros(6, dtype=np.int64))
    assert labels.tolist() == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(("seed", "houses"), [(0, 80), (1, 200), (3, 500)])
def test_an_unchanged_town_drawn_again_stays_but_for_a_house_that_is_worth_it(seed: int, houses: int) -> None:
    graph = town(seed, houses)
    before = divide(graph, rule=RULE, seed=seed)
    after = divide(graph, rule=RULE, seed=seed + 10, before=before)
    assert moved_households(before, after, graph.households) <= 0.005 * graph.households.sum()


def built_upon(graph: Graph, seed: int) -> tuple[Graph, Ints]:
    """The town with new houses, one for a hundred, on some empty lots; and which lots."""
    random = np.random.default_rng(seed)
    lots = np.flatnonzero(graph.households == 0)
    lots = random.choice(lots, max(1, len(graph) // 100), replace=False)
    households = graph.households.copy()
    households[lots] = random.integers(10, 90, len(lots))
    values = {name: getattr(graph, name) for name in Graph.__dataclass_fields__} | {"households": households}
    return Graph(**values), lots


@pytest.mark.parametrize(("seed", "houses"), [(0, 200), (1, 300), (3, 800)])
def test_a_town_that_grew_by_one_house_in_a_hundred_hardly_moves(seed: int, houses: int) -> None:
    graph = town(seed, houses)
    before = divide(graph, rule=RULE, seed=seed)
    grown, lots = built_upon(graph, seed)
    known = before.copy()
    known[lots] = -1
    after = divide(grown, rule=RULE, seed=seed, before=known)
    moved = moved_households(known, after, grown.households)
    assert moved <= 0.03 * graph.households.sum()
    assert outside_band(grown, after) <= outside_band(graph, before)


def test_without_weight_on_stability_the_grids_in_force_do_not_count() -> None:
    graph = town(6, 150)
    weights = Weights(stability=0.0)
    plain = divide(graph, rule=RULE, weights=weights, effort=QUICK)
    known = divide(graph, rule=RULE, weights=weights, effort=QUICK, before=former(6, graph))
    assert plain.tolist() == known.tolist()


def test_more_weight_on_stability_moves_fewer() -> None:
    moved = []
    for stability in (0.0, 0.2, 1.0, 5.0):
        total = 0
        for seed in range(3):
            graph = town(seed, 200)
            before = divide(graph, rule=RULE, weights=Weights(balance=0.3), effort=FIRST, seed=seed)
            after = divide(graph, rule=RULE, weights=Weights(stability=stability), effort=QUICK, before=before)
            total += moved_households(before, after, graph.households)
        moved.append(total)
    assert moved == sorted(moved, reverse=True)
    assert moved[0] > 2 * moved[2]


def test_weights_do_what_they_say() -> None:
    round_, plain, even = (Weights(0.2, 3.0), Weights(), Weights(3.0, 0.2))
    cuts, deviations = [], []
    for weights in (round_, plain, even):
        cut, deviation = 0.0, 0.0
        for seed in range(4):
            graph = town(seed, 200)
            labels = divide(graph, rule=RULE, weights=weights, effort=QUICK, seed=seed)
            cut += shape_figures(graph, labels)["cut_length_m"]
            deviation += float(np.abs(loads_of(graph, labels) - RULE.target).mean())
        cuts.append(cut)
        deviations.append(deviation)
    assert cuts == sorted(cuts)
    assert cuts[0] < 0.97 * cuts[2]
    assert deviations == sorted(deviations, reverse=True)
    assert deviations[2] < 0.8 * deviations[0]


def test_ordinary_towns_keep_the_band() -> None:
    for seed in range(2):
        graph = town(seed, 250)
        labels = divide(graph, rule=RULE, seed=seed)
        assert outside_band(graph, labels) == 0
        assert np.mean(np.abs(loads_of(graph, labels) - RULE.target) <= 30) > 0.85


def test_no_evenness_is_worth_crossing_a_river() -> None:
    """Banks of 240 + 240 and 360 + 360 are in the band; four even grids would cross."""
    graph = board(6, 10, [20] * 60, river=4)
    labels = divide(graph, rule=SizeRule(), seed=1)
    assert barriers_crossed(graph, labels) == 0
    assert outside_band(graph, labels) == 0


def test_only_the_proportion_of_the_weights_counts() -> None:
    graph = town(5, 200)
    light, heavy = (divide(graph, rule=SizeRule(), weights=Weights(w, w, w), effort=QUICK) for w in (0.5, 5.0))
    assert (light == heavy).all()
