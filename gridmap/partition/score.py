"""What a grid costs. Smaller is better; a change is judged by the grids it touches, since each cost belongs to one
grid.

The prices keep the order of the rules: the band before compounds, compounds before barriers, barriers before even
loads, shape and stability. For the dozen grids of a window no gain of a later rule outweighs one loss of an earlier
one; the last three are traded by weights.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from gridmap.partition.graph import BARRIER, Graph
from gridmap.partition.plane import Floats, Ints
from gridmap.partition.units import HEAVIEST, SizeRule, Weights

#: The lightest barrier of ground without one.
NO_BARRIER = 1e9


class Prices(NamedTuple):
    """What each fault of a grid costs. `typical_m` is the border of a square grid of mean size."""

    target: float
    minimum: float
    maximum: float
    half_band: float
    near: float
    typical_m: float
    outside_band: float = 2000.0
    per_share_outside: float = 1500.0
    per_compound: float = 400.0
    per_estate: float = 1.5
    per_barrier: float = 120.0
    least_barrier: float = 0.5
    heaviest_barrier: float = 1.8
    per_half_band: float = 1.2
    per_uneven_square: float = 0.35
    not_near: float = 5.2
    per_shape: float = 4.8
    per_border: float = 1.6
    per_moved_share: float = 0.0

    @classmethod
    def of(cls, graph: Graph, rule: SizeRule, weights: Weights, *, moves: bool) -> "Prices":
        """The prices for a graph; households that change grid cost something where there are grids in force."""
        grids = max(1, rule.count_for(int(graph.households.sum())))
        typical_m = 4.0 * math.sqrt(max(float(graph.area.sum()), 1.0) / grids)
        plain = cls(
            float(rule.target),
            float(rule.minimum),
            float(rule.maximum),
            max((rule.maximum - rule.minimum) / 2.0, 1.0),
            _NEAR_SHARE * rule.target,
            typical_m,
        )
        weights = _in_proportion(weights, moves=moves)
        return plain._replace(
            per_half_band=plain.per_half_band * weights.balance,
            per_uneven_square=plain.per_uneven_square * weights.balance,
            not_near=plain.not_near * weights.balance,
            per_shape=plain.per_shape * weights.compactness,
            per_border=plain.per_border * weights.compactness,
            per_moved_share=_PER_MOVED_SHARE * weights.stability if moves else 0.0,
        )


_NEAR_SHARE = 0.1
_PER_MOVED_SHARE = 30.0


def _in_proportion(weights: Weights, *, moves: bool) -> Weights:
    """The weights with 1 for the heaviest: only their proportion counts, and none outweighs an earlier rule."""
    heaviest = max(weights.balance, weights.compactness, weights.stability if moves else 0.0)
    if heaviest <= 0.0:
        return weights
    return Weights(
        weights.balance / heaviest, weights.compactness / heaviest, min(weights.stability / heaviest, HEAVIEST)
    )


class Net(NamedTuple):
    """A graph as the kernels read it. `compound` names only compounds that fit one grid, `estate` the larger ones;
    `before` is the grid in force of each node; each is -1 where there is none.
    """

    households: Ints
    area: Floats
    rim: Floats
    compound: Ints
    estate: Ints
    side: Ints
    starts: Ints
    to: Ints
    length: Floats
    kind: Ints
    barrier: Floats
    before: Ints

    @classmethod
    def of(cls, graph: Graph, before: Ints | None, maximum: int) -> "Net":
        """The arrays of a graph; a compound fits if it has at most `maximum` households."""
        none = np.full(len(graph), -1, dtype=np.int64)
        walled = graph.compound >= 0
        total = np.bincount(graph.compound[walled], weights=graph.households[walled], minlength=1)
        fits = walled & (total[graph.compound] <= maximum)
        made = {
            "compound": np.where(fits, graph.compound, -1),
            "estate": np.where(walled & ~fits, graph.compound, -1),
            "before": none if before is None else np.asarray(before, dtype=np.int64),
        }
        return cls(**{name: made[name] if name in made else getattr(graph, name) for name in cls._fields})


def kernel(function: Any) -> Any:
    """Compile a function of numbers and arrays once, and keep it on disk (numba)."""
    return njit(cache=True)(function)


@kernel
def price_of_size(households: int, prices: Prices) -> float:
    """The part that depends on the load only: outside the band it outweighs everything else."""
    off = abs(households - prices.target)
    share = off / prices.half_band
    cost = prices.per_half_band * share + prices.per_uneven_square * min(share, 2.0) ** 2
    if off > prices.near:
        cost += prices.not_near
    if households < prices.minimum:
        cost += prices.outside_band + prices.per_share_outside * (prices.minimum - households) / prices.target
    elif households > prices.maximum:
        cost += prices.outside_band + prices.per_share_outside * (households - prices.maximum) / prices.target
    return cost


@kernel
def price_of_shape(area: float, rim: float, prices: Prices) -> float:
    """The part for shapes that are not round (Polsby and Popper 1991) and for long borders."""
    roundness = 4.0 * np.pi * area / (rim * rim) if rim > 0.0 else 0.0
    return prices.per_shape * (1.0 - roundness) + prices.per_border * rim / prices.typical_m


@kernel
def price_of_ties(compounds: int, estates: int, sides: int, lightest: float, prices: Prices) -> float:
    """The part for every compound that a grid holds (some of) and for every barrier that it crosses.

    A piece of a compound costs the same whether it is whole or not, so the sum over all grids falls with the pieces.
    Estates, the compounds that no grid can hold as a whole, are divided in any case: there a piece more costs less.
    `lightest` is the weight of the easiest way across a barrier inside the grid.
    """
    cost = prices.per_compound * compounds + prices.per_estate * estates
    if sides > 1:
        weight = 1.0 if lightest >= NO_BARRIER else lightest
        weight = min(max(weight, prices.least_barrier), prices.heaviest_barrier)
        cost += prices.per_barrier * (sides - 1) * weight
    return cost


@kernel
def price_of_group(nodes: Ints, net: Net, label: Ints, prices: Prices) -> tuple[int, float]:
    """Load and cost of a whole group; `label` is the same for its nodes and for no others."""
    own = label[nodes[0]]
    load, area, rim, lightest = 0, 0.0, 0.0, NO_BARRIER
    for node in nodes:
        load += net.households[node]
        area += net.area[node]
        rim += net.rim[node]
        for edge in range(net.starts[node], net.starts[node + 1]):
            if label[net.to[edge]] == own:
                rim -= net.length[edge]
                if net.kind[edge] == BARRIER:
                    lightest = min(lightest, net.barrier[edge])
    cost = price_of_size(load, prices) + price_of_shape(area, rim, prices)
    compounds, estates = _distinct(net.compound[nodes]), _distinct(net.estate[nodes])
    cost += price_of_ties(compounds, estates, _distinct(net.side[nodes]), lightest, prices)
    if prices.per_moved_share > 0.0:
        cost += prices.per_moved_share * _strangers(nodes, net) / prices.target
    return load, cost


@kernel
def _distinct(numbers: Ints) -> int:
    found = 0
    numbers = np.sort(numbers)
    for index in range(len(numbers)):
        if numbers[index] >= 0 and (index == 0 or numbers[index] != numbers[index - 1]):
            found += 1
    return found


@kernel
def _strangers(nodes: Ints, net: Net) -> int:
    """Households of a group that were in another grid than most of the group."""
    total, most, run = 0, 0, 0
    order = np.argsort(net.before[nodes])
    for index in range(len(nodes)):
        node = nodes[order[index]]
        grid = net.before[node]
        if grid < 0:
            continue
        if index == 0 or net.before[nodes[order[index - 1]]] != grid:
            run = 0
        run += net.households[node]
        total += net.households[node]
        most = max(most, run)
    return total - most
