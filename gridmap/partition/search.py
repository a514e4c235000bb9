"""From a neighbour graph to contiguous grids: first groups by joining neighbours, then windows divided anew, round by
round, hot at first and cold at the end of each.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from gridmap.partition.graph import Graph
from gridmap.partition.groups import Groups, first_labels, new_groups, set_up, total_cost
from gridmap.partition.plane import Ints
from gridmap.partition.score import Net, Prices
from gridmap.partition.units import NORMAL, Effort, SizeRule, Weights
from gridmap.partition.windows import Desk, new_desk, search_windows

#: Told the share done (0 to 1) and the cost so far (smaller is better); False stops and keeps the best, raising
#: cancels.
Progress = Callable[[float, float], bool]

# Windows tried per grid in the first round; the chunks and groups of a window; the heat at which a round begins.
_TRIES = 16
_LENGTHS = (1, 1, 2, 4, 8, 16, 16, 16, 16, 16)
_CHUNKS = (14, 16, 16, 16, 18, 18, 18, 18, 18, 18)
_GROUPS = (5, 6, 8, 8, 8, 10, 10, 10, 10, 10)
_HEATS = (0.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.5, 1.5, 1.0, 1.0)
# A round is cut into steps of falling heat; the last ones are cold.
_STEPS, _COLD_STEPS = 16, 4
_GAIN = 1e-9
# Where the grids in force of so many households are known, the search begins from them and stays cold.
_STEADY_SHARE = 0.5


def go_on(share: float, cost: float) -> bool:
    """Progress that nobody watches."""
    return True


def divide(
    graph: Graph,
    *,
    rule: SizeRule,
    weights: Weights | None = None,
    effort: Effort = NORMAL,
    seed: int = 0,
    before: Ints | None = None,
    fixed: Ints | None = None,
    progress: Progress = go_on,
) -> Ints:
    """Divide a graph into connected grids; the number of the grid of each node, from 0, in order of first node.

    `before` is the grid in force of each node (-1 none), `fixed` the number of the fixed grid a node belongs to (-1
    free). Nodes above the maximum stand alone. Every grid is connected, fixed ones as far as they were given so, and
    all but fixed ones and ground that touches nothing else have households. Equal input gives an equal division.
    """
    fixed = np.full(len(graph), -1, dtype=np.int64) if fixed is None else np.asarray(fixed, dtype=np.int64)
    weights = weights or Weights()
    moves = before is not None and weights.stability > 0.0
    large = (graph.households > rule.maximum) & (fixed < 0)
    free = _free(graph, large, fixed)
    labels = np.full(len(graph), -1, dtype=np.int64)
    if free.any():
        net = Net.of(graph, before if moves else None, rule.maximum)
        prices = Prices.of(graph, rule, weights, moves=moves)
        known = int(net.households[net.before >= 0].sum())
        steady = known >= _STEADY_SHARE * int(net.households.sum())
        search = _Search(net, prices, _first_groups(net, prices, free), _desk(net), seed, heated=not steady)
        labels = _searched(search, effort, progress)
    return _completed(graph, labels, large, fixed)


def _free(graph: Graph, large: np.ndarray, fixed: Ints) -> Ints:
    """Nodes that are searched: neither fixed nor above the maximum, on ground where somebody lives."""
    piece = graph.components(np.where(large | (fixed >= 0), -1, 0))
    if not (piece >= 0).any():
        return np.zeros(len(graph), dtype=np.int64)
    lived_on = np.bincount(piece[piece >= 0], weights=graph.households[piece >= 0]) > 0.0
    return ((piece >= 0) & lived_on[piece]).astype(np.int64)


@dataclass(frozen=True)
class _Search:
    """All that a search is about. It is heated where nothing is in force that should stay."""

    net: Net
    prices: Prices
    groups: Groups
    desk: Desk
    seed: int
    heated: bool


def _first_groups(net: Net, prices: Prices, free: Ints) -> Groups:
    groups = new_groups(first_labels(net, free, int(prices.maximum), int(prices.target)))
    set_up(groups, net, prices)
    return groups


def _desk(net: Net) -> Desk:
    names = max(int(array.max(initial=0)) for array in (net.compound, net.estate, net.side, net.before)) + 1
    return new_desk(len(net.households), names)


def _searched(search: _Search, effort: Effort, progress: Progress) -> Ints:
    """The labels of the best division met; -1 for nodes that are not free."""
    groups = search.groups
    best, least = groups.label.copy(), total_cost(groups)
    lengths = _LENGTHS[: effort.rounds]
    done = 0.0
    wanted = progress(0.0, least)
    for number, length in enumerate(lengths):
        if number:
            groups.label[:] = best
            set_up(groups, search.net, search.prices)
        for share in _round(search, number):
            cost = total_cost(groups)
            if cost < least - _GAIN:
                best, least = groups.label.copy(), cost
            wanted &= progress((done + share * length) / sum(lengths), least)
            # Who stops at once still gets the first round, a second's work: the first groups alone are no drawing.
            if not wanted and (number or share >= 1.0):
                return best
        done += length
    return best


def _round(search: _Search, number: int) -> Iterator[float]:
    """One round in steps; the share of it that is done after each."""
    groups, net, prices = search.groups, search.net, search.prices
    grids = max(1, math.ceil(int(net.households.sum()) / prices.target))
    tries = max(1, _TRIES * _LENGTHS[number] * grids // _STEPS)
    if int(groups.tally[0]) < 2:
        yield 1.0
        return
    for step in range(_STEPS):
        fall = max(0.0, 1.0 - step / (_STEPS - _COLD_STEPS))
        heat = _HEATS[number] * fall if search.heated else 0.0
        key = int(np.random.SeedSequence((search.seed, number, step)).generate_state(1)[0])
        search_windows(groups, net, prices, search.desk, tries, heat, _CHUNKS[number], _GROUPS[number], key)
        yield (step + 1) / _STEPS


def _completed(graph: Graph, labels: Ints, large: np.ndarray, fixed: Ints) -> Ints:
    """Number large and fixed nodes too, give empty ground to a neighbour, and count the grids through."""
    labels = labels.copy()
    top = int(labels.max(initial=-1)) + 1
    labels[large] = top + np.arange(int(large.sum()))
    top += int(large.sum())
    labels[fixed >= 0] = top + fixed[fixed >= 0]
    top += int(fixed.max(initial=-1)) + 1
    for pocket in graph.pieces(np.flatnonzero(labels < 0)):
        host = _host(graph, pocket, labels, fixed)
        labels[pocket] = top if host < 0 else host
        top += host < 0
    return _counted_through(labels)


def _host(graph: Graph, pocket: list[int], labels: Ints, fixed: Ints) -> int:
    """The grid, not a fixed one, with the longest border along a piece of empty ground; -1 if there is none."""
    shared: dict[int, float] = {}
    for node in pocket:
        for edge in range(int(graph.starts[node]), int(graph.starts[node + 1])):
            other = int(graph.to[edge])
            if labels[other] >= 0 and fixed[other] < 0:
                shared[int(labels[other])] = shared.get(int(labels[other]), 0.0) + float(graph.length[edge])
    return max(shared, key=lambda label: (shared[label], -label), default=-1)


def _counted_through(labels: Ints) -> Ints:
    """The same division with numbers from 0 in order of the first node of each."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse], dtype=np.int64)
