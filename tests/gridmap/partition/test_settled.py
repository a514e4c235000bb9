"""Settled ground: who is whose neighbour over empty ground, and how much room a great emptiness takes."""

import time
import tracemalloc

import numpy as np
import pytest

from gridmap.partition import covers
from gridmap.partition.apart import fewest_grids_through
from gridmap.partition.bounds import explain
from gridmap.partition.findings import PROOFS
from gridmap.partition.graph import Graph
from gridmap.partition.plane import Ints
from gridmap.partition.settled import Settled
from gridmap.partition.witnesses import Budget, is_stranded
from tests.gridmap.partition.small_towns import RULE, town_graph, towns

SIDE = 140


def settled(graph: Graph) -> Settled:
    return Settled.of(graph, RULE.maximum, None)


def open_country(seed: int = 1) -> Graph:
    """19 600 fields, three of four empty: most of the empty ones hang together."""
    random = np.random.default_rng(seed)
    loads = np.where(random.random(SIDE * SIDE) < 0.25, random.integers(30, 60, SIDE * SIDE), 0)
    beside = [(node, node + 1) for node in range(SIDE * SIDE) if (node + 1) % SIDE]
    return town_graph(loads.tolist(), beside + [(node, node + SIDE) for node in range(SIDE * (SIDE - 1))])


def in_squares(size: int) -> Ints:
    """Grids of so many fields by so many."""
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    return np.asarray(row // size * SIDE + column // size, dtype=np.int64)


def numbered(labels: Ints) -> Ints:
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64)


@pytest.fixture(scope="module")
def country() -> Graph:
    return open_country()


@pytest.fixture(autouse=True, scope="module")
def kernels() -> None:
    """Compiled once, so that no time is taken of it."""
    graph = town_graph([100, 0, 100, 100, 300], [(0, 1), (1, 2), (2, 3), (3, 4)])
    explain(graph, np.arange(5), RULE, [str(node) for node in range(5)], code_below="x")


def reached_over_empty_ground(loads: tuple[int, ...], beside: list[int], node: int) -> set[int]:
    """Inhabited nodes on a path from a node that leads over empty ones alone, walked step by step."""
    found: set[int] = set()
    seen, waiting = {node}, [node]
    while waiting:
        here = waiting.pop()
        for other in range(len(loads)):
            if beside[here] >> other & 1 and other not in seen and loads[other] <= RULE.maximum:
                seen.add(other)
                (found.add if loads[other] else waiting.append)(other)
    return found


def test_neighbours_are_those_over_empty_ground_too() -> None:
    met = 0
    for town in towns(120, seed=6):
        ground = settled(town.graph)
        for number, node in enumerate(ground.nodes.tolist()):
            expected = reached_over_empty_ground(town.loads, town.beside, node)
            assert ground.nodes[ground.near(number)].tolist() == sorted(expected), (town, node)
            met += bool(expected - {other for other in range(len(town.loads)) if town.beside[node] >> other & 1})
    assert met > 40, "few neighbours over empty ground were among them"


def test_what_is_around_several_is_around_one_of_them() -> None:
    for town in towns(60, seed=7):
        ground = settled(town.graph)
        some = list(range(0, len(ground), 2))
        near = {int(other) for node in some for other in ground.near(node)}
        assert ground.around(some).tolist() == sorted(near - set(some))
    assert ground.around([]).tolist() == []


def test_a_piece_cut_out_knows_neighbours_over_empty_ground() -> None:
    for town in towns(60, seed=8):
        ground = settled(town.graph)
        chosen = np.arange(len(ground), dtype=np.int64)[::-2]
        whole = covers.Piece(ground.starts, ground.to, ground.households)
        piece, _ = covers.join_over_empty(whole, chosen, len(ground), 10_000)
        assert piece.load.tolist() == ground.households[chosen].tolist()
        for index, node in enumerate(chosen.tolist()):
            found = {int(chosen[other]) for other in piece.to[piece.starts[index] : piece.starts[index + 1]]}
            assert found == set(ground.near(node).tolist()) & set(chosen.tolist())


def test_fixed_grids_and_towers_part_empty_ground() -> None:
    graph = town_graph([50, 0, 0, 60, 0, 500, 0, 70], [(a, a + 1) for a in range(7)])
    ground = Settled.of(graph, RULE.maximum, np.array([-1, -1, 0, -1, -1, -1, -1, -1]))
    assert [ground.near(node).tolist() for node in range(3)] == [[], [], []]
    assert len(set(ground.part.tolist())) == 3


def test_witnesses_are_near_each_other_over_empty_ground() -> None:
    star = [(0, node) for node in range(1, 4)]
    assert fewest_grids_through(settled(town_graph([0, 200, 210, 220], star)), [(0,), (1,)], RULE) == 1
    assert fewest_grids_through(settled(town_graph([0, 300, 310, 220], star)), [(0,), (1,)], RULE) == 2


def test_a_great_emptiness_takes_room_by_its_length(country: Graph) -> None:
    tracemalloc.start()
    ground = settled(country)
    room = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(ground.to) <= len(country.to)
    assert len(ground.households) <= len(country)
    assert room < 50 * 2**20
    shore = max(np.diff(ground.starts))
    assert shore > 4000, "one piece of empty ground that thousands touch"


def test_surroundings_end_with_their_steps(country: Graph) -> None:
    ground = settled(country)
    whole = covers.Piece(ground.starts, ground.to, ground.households)
    nobody, first = np.zeros(len(ground), dtype=np.bool_), np.array([0], dtype=np.int64)
    for most in (0, 1_000, 100_000):
        begun = time.perf_counter()
        is_all, _, _, steps = covers.surroundings(whole, first, nobody, RULE.maximum, most)
        assert not is_all
        assert steps <= most + 2 * len(country.to)
        assert time.perf_counter() - begun < 1.0
    budget = Budget(100_000)
    assert not is_stranded(ground, 0, nobody, RULE, budget)
    assert 90_000 < budget.steps < 100_000


@pytest.mark.parametrize("size", [5, 4])
def test_reasons_of_open_country_come_soon(country: Graph, size: int) -> None:
    """Squares that take no notice of the band: about 280 households each, many outside it."""
    labels = numbered(in_squares(size))
    begun = time.process_time()
    refs = [str(node) for node in range(len(country))]
    reasons = explain(country, labels, RULE, refs, code_below="x", budget=200_000)
    assert time.process_time() - begun < 5.0
    loads = np.bincount(labels, weights=country.households).astype(int).tolist()
    assert [bool(findings) for findings in reasons.of_grid] == [load > 0 and not RULE.holds(load) for load in loads]
    assert reasons.proven == sum(f.code in PROOFS for findings in reasons.of_grid for f in findings)


def test_a_few_grids_outside_in_open_country_are_told_in_two_seconds(country: Graph) -> None:
    """Rows of fields that are filled up to the band one after the other; the last is left with a rest."""
    snake = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    snake[1::2] = snake[1::2, ::-1].copy()
    labels = np.zeros(len(country), dtype=np.int64)
    label, load = 0, 0
    for node in snake.ravel().tolist():
        if load >= RULE.target:
            label, load = label + 1, 0
        labels[node] = label
        load += int(country.households[node])
    labels[snake.ravel()[:30]] = label + 1
    refs = [str(node) for node in range(len(country))]
    begun = time.process_time()
    reasons = explain(country, labels, RULE, refs, code_below="x")
    took = time.process_time() - begun
    assert 1 <= sum(bool(findings) for findings in reasons.of_grid) <= 4
    assert took < 2.0, f"{took:.1f} s"
