"""The best division of a very small piece of ground, found by looking at all of them."""

import numpy as np

from gridmap.partition.covers import Piece
from gridmap.partition.plane import Ints
from gridmap.partition.score import kernel
from gridmap.partition.units import SizeRule

MOST_NODES = 16
# A grid of several inhabited nodes holds at most so many times the maximum in every drawing that is reckoned with.
SWOLLEN = 1.5
_COUNT = 1 << 40
_NONE = np.int64(1) << np.int64(62)


def heaviest(rule: SizeRule) -> int:
    """The most households of a grid of several inhabited nodes."""
    return int(SWOLLEN * rule.maximum)


def fewest_outside(piece: Piece, rule: SizeRule) -> tuple[int, int]:
    """Fewest grids outside the band over all divisions into connected sets, and fewest households in such grids then.

    Sets of several inhabited nodes hold at most `SWOLLEN` times the maximum; sets without households are no grids.
    Takes at most `MOST_NODES` nodes, none above the maximum (dynamic programming over subsets, the set
    with the first node left being split off).
    """
    if len(piece.load) > MOST_NODES:
        raise ValueError(f"{len(piece.load)} nodes are too many to look at all divisions: at most {MOST_NODES}")
    costs = _costs(piece, rule.minimum, rule.maximum, heaviest(rule))
    return divmod(int(_cheapest(costs)), _COUNT)


@kernel
def _costs(piece: Piece, low: int, high: int, ceiling: int) -> Ints:
    """Per set of nodes what it costs as a grid; -1 where it is none."""
    count = len(piece.load)
    beside = np.zeros(count, dtype=np.int64)
    for node in range(count):
        for other in piece.to[piece.starts[node] : piece.starts[node + 1]]:
            beside[node] |= 1 << other
    costs = np.full(1 << count, np.int64(-1))
    for chosen in range(1, 1 << count):
        total = 0
        for node in range(count):
            if chosen >> node & 1:
                total += piece.load[node]
        if total <= ceiling and _is_connected(beside, chosen):
            costs[chosen] = 0 if total == 0 or low <= total <= high else _COUNT + total
    return costs


@kernel
def _is_connected(beside: Ints, chosen: int) -> bool:
    reached = chosen & -chosen
    while True:
        more = reached
        for node in range(len(beside)):
            if reached >> node & 1:
                more |= beside[node] & chosen
        if more == reached:
            return bool(reached == chosen)
        reached = more


@kernel
def _cheapest(costs: Ints) -> int:
    everything = len(costs) - 1
    best = np.full(len(costs), _NONE)
    best[everything] = 0
    for left in range(everything, 0, -1):
        if best[left] == _NONE:
            continue
        first = left & -left
        others = left ^ first
        more = others
        while True:
            grid = more | first
            if costs[grid] >= 0 and best[left] + costs[grid] < best[left ^ grid]:
                best[left ^ grid] = best[left] + costs[grid]
            if more == 0:
                break
            more = (more - 1) & others
    return int(best[0])
