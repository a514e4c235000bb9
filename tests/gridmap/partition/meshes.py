"""Graphs for the tests of the engine, and what a grid costs, counted once more from the definitions."""

import math
from collections.abc import Iterable

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from gridmap.partition.graph import BARRIER, BLOCK, COMPOUND, STREET, Borders, Graph, assembled
from gridmap.partition.groups import Groups, new_groups, set_up
from gridmap.partition.plane import Ints
from gridmap.partition.score import Net, Prices
from gridmap.partition.units import SizeRule, Weights

RULE = SizeRule()
#: Pairs of neighbours with the length of their border, its class and the weight of the barrier on it.
Pairs = dict[tuple[int, int], tuple[float, int, float]]


def mesh_of(
    loads: Iterable[int],
    pairs: Pairs,
    compound: Iterable[int] | None = None,
    area: Iterable[float] | None = None,
    open_m: Iterable[float] | None = None,
) -> Graph:
    """A graph from plain Python. The rim of a node is its borders and 200 m (`open_m`) beside, so that no shape is
    rounder than a circle; its side is what barriers leave.
    """
    households = np.array(list(loads), dtype=np.int64)
    count = len(households)
    rim = np.full(count, 200.0) if open_m is None else np.array(list(open_m), dtype=np.float64)
    for (a, b), (length, _, _) in pairs.items():
        rim[a] += length
        rim[b] += length
    ends = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    told = np.array([pairs[a, b] for a, b in ends.tolist()], dtype=np.float64).reshape(-1, 3)
    return assembled(
        households=households,
        area=np.full(count, 3000.0) if area is None else np.array(list(area), dtype=np.float64),
        rim=rim,
        compound=np.full(count, -1, dtype=np.int64) if compound is None else np.array(list(compound), dtype=np.int64),
        side=_sides(households.tolist(), pairs),
        borders=Borders(ends[:, 0], ends[:, 1], told[:, 0], told[:, 1].astype(np.int64), told[:, 2]),
    )


def _sides(loads: list[int], pairs: Pairs) -> Ints:
    side = list(range(len(loads)))
    for _ in loads:
        for (a, b), (_, kind, _) in pairs.items():
            if kind != BARRIER:
                side[a] = side[b] = min(side[a], side[b])
    lived_on = {side[node] for node, load in enumerate(loads) if load}
    return np.array([number if number in lived_on else -1 for number in side], dtype=np.int64)


def path(*loads: int) -> Graph:
    """Houses in one row."""
    pairs = {(node, node + 1): (60.0, BLOCK, 0.0) for node in range(len(loads) - 1)}
    return mesh_of(loads, pairs, open_m=_open_sides(len(loads), 1, len(loads)))


def _open_sides(columns: int, rows: int, count: int) -> list[float]:
    """The sides of fields that have no neighbour there."""
    wide = [60.0 * ((n % columns == 0) + (n % columns == columns - 1)) for n in range(count)]
    return [wide[n] + 50.0 * ((n < columns) + (n // columns == rows - 1)) for n in range(count)]


def board(columns: int, rows: int, loads: Iterable[int], *, river: int | None = None) -> Graph:
    """Fields of 50 m by 60 m row by row, a river below row `river`."""
    pairs: Pairs = {}
    for row in range(rows):
        for column in range(columns):
            node = row * columns + column
            if column + 1 < columns:
                pairs[node, node + 1] = (60.0, BLOCK, 0.0)
            if row + 1 < rows:
                pairs[node, node + columns] = (50.0, BARRIER, 1.0) if row + 1 == river else (50.0, BLOCK, 0.0)
    return mesh_of(loads, pairs, open_m=_open_sides(columns, rows, columns * rows))


def town(seed: int, houses: int = 400, *, empty: float = 0.06, largest: int = 90) -> Graph:
    """Houses on an uneven field: compounds of neighbours, some streets, one river, empty lots, here and there a tower.

    About a grid for every eight houses; a river has two bridges.
    """
    random = np.random.default_rng(seed)
    columns = max(2, round(math.sqrt(houses)))
    rows = max(2, houses // columns)
    count = columns * rows
    column, row = np.arange(count) % columns, np.arange(count) // columns
    loads = np.clip(random.lognormal(3.4, 0.6, count), 1, largest).astype(np.int64)
    loads[random.random(count) < empty] = 0
    compound = (row // 3) * columns + column // 2
    compound[random.random(columns * rows)[compound] < 0.5] = -1
    river, bridges = rows // 2, set(random.integers(0, columns, 2).tolist())
    pairs: Pairs = {}
    for node in range(count):
        for other, crosses, long in ((node + 1, column[node] + 1 < columns, 60.0), (node + columns, True, 50.0)):
            if not crosses or other >= count:
                continue
            length = long * float(random.uniform(0.5, 1.5))
            if other == node + columns and row[other] == river:
                pairs[node, other] = (length, BARRIER, 0.5 if int(column[node]) in bridges else 1.0)
            elif compound[node] == compound[other] >= 0:
                pairs[node, other] = (length, COMPOUND, 0.0)
            else:
                pairs[node, other] = (length, STREET if random.random() < 0.3 else BLOCK, 0.0)
    area = random.uniform(2000.0, 4000.0, count).tolist()
    return mesh_of(loads.tolist(), pairs, compound.tolist(), area, _open_sides(columns, rows, count))


def scattered(seed: int, count: int) -> Graph:
    """A random planar graph with everything in it: empty ground, towers, islands, barriers, torn compounds."""
    random = np.random.default_rng(seed)
    loads = random.integers(0, 130, count)
    loads[random.random(count) < 0.2] = 0
    loads[random.random(count) < 0.04] = random.integers(361, 900)
    found: set[tuple[int, int]] = set()
    if count > 3:
        for a, b, c in Delaunay(random.random((count, 2))).simplices.tolist():
            found |= {(min(x, y), max(x, y)) for x, y in ((a, b), (b, c), (a, c))}
    elif count > 1:
        found = {(node, node + 1) for node in range(count - 1)}
    compound = np.where(random.random(count) < 0.5, random.integers(0, max(1, count // 5), count), -1)
    thin = random.uniform(0.0, 0.6)
    pairs: Pairs = {}
    for a, b in sorted(found):
        if random.random() < thin:
            continue
        kind = int(random.choice([BLOCK, STREET, BARRIER], p=[0.6, 0.25, 0.15]))
        kind = COMPOUND if compound[a] == compound[b] >= 0 and kind != BARRIER else kind
        weight = float(random.uniform(0.1, 2.0)) if kind == BARRIER else 0.0
        pairs[a, b] = (float(random.uniform(5.0, 90.0)), kind, weight)
    return mesh_of(loads.tolist(), pairs, compound.tolist(), random.uniform(500.0, 3000.0, count).tolist())


#: Random planar graphs of up to 60 nodes.
graphs = st.builds(scattered, st.integers(0, 2**32 - 1), st.integers(1, 60))


def former(seed: int, graph: Graph) -> Ints:
    """Some grids in force, connected or not; some nodes had none."""
    random = np.random.default_rng(seed)
    labels = np.arange(len(graph)) // 6 + random.integers(0, 2, len(graph))
    labels[random.random(len(graph)) < 0.1] = -1
    return np.asarray(labels, dtype=np.int64)


def prices_of(graph: Graph, weights: Weights | None = None, *, moves: bool = False) -> Prices:
    """Prices of a graph under the usual rule."""
    return Prices.of(graph, RULE, weights or Weights(), moves=moves)


def net_of(graph: Graph, before: Ints | None = None) -> Net:
    """The arrays of a graph under the usual rule."""
    return Net.of(graph, before, RULE.maximum)


def groups_of(graph: Graph, labels: Ints, prices: Prices, before: Ints | None = None) -> tuple[Groups, Net]:
    """Groups set up from labels."""
    net = net_of(graph, before)
    groups = new_groups(labels)
    set_up(groups, net, prices)
    return groups, net


def plain_price(graph: Graph, nodes: Iterable[int], prices: Prices, before: Ints | None = None) -> float:
    """The cost of a grid in plain Python: size, shape, compounds and barriers, households that changed grid."""
    chosen = set(nodes)
    households = sum(int(graph.households[node]) for node in chosen)
    cost = plain_size(households, prices)
    area = sum(float(graph.area[node]) for node in chosen)
    rim = sum(float(graph.rim[node]) for node in chosen)
    lightest: list[float] = []
    for node in chosen:
        for edge in range(int(graph.starts[node]), int(graph.starts[node + 1])):
            if int(graph.to[edge]) in chosen:
                rim -= float(graph.length[edge])
                if graph.kind[edge] == BARRIER:
                    lightest.append(float(graph.barrier[edge]))
    cost += prices.per_shape * (1.0 - (4.0 * math.pi * area / rim**2 if rim > 0.0 else 0.0))
    cost += prices.per_border * rim / prices.typical_m
    for name in {int(graph.compound[node]) for node in chosen} - {-1}:
        fits = graph.households[graph.compound == name].sum() <= RULE.maximum
        cost += prices.per_compound if fits else prices.per_estate
    sides = {int(graph.side[node]) for node in chosen} - {-1}
    weight = min(max(min(lightest, default=1.0), prices.least_barrier), prices.heaviest_barrier)
    cost += prices.per_barrier * max(0, len(sides) - 1) * weight
    if before is not None:
        came: dict[int, int] = {}
        for node in chosen:
            if before[node] >= 0:
                came[int(before[node])] = came.get(int(before[node]), 0) + int(graph.households[node])
        moved = sum(came.values()) - max(came.values(), default=0)
        cost += prices.per_moved_share * moved / prices.target
    return cost


def plain_size(households: int, prices: Prices) -> float:
    """The part of the cost that depends on the load."""
    off = abs(households - prices.target)
    share = off / prices.half_band
    cost = prices.per_half_band * share + prices.per_uneven_square * min(share, 2.0) ** 2
    cost += prices.not_near if off > prices.near else 0.0
    beyond = max(prices.minimum - households, households - prices.maximum)
    return cost + (prices.outside_band + prices.per_share_outside * beyond / prices.target if beyond > 0 else 0.0)


def plain_total(graph: Graph, labels: Ints, prices: Prices, before: Ints | None = None) -> float:
    """What a whole division costs."""
    return sum(plain_price(graph, np.flatnonzero(labels == label).tolist(), prices, before) for label in set(labels))


def is_connected(graph: Graph, nodes: Iterable[int]) -> bool:
    """Whether some nodes hang together, by walking."""
    chosen = set(nodes)
    seen, waiting = set(), [min(chosen)]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += [other for other in graph.neighbours(node).tolist() if other in chosen]
    return seen == chosen


def loads_of(graph: Graph, labels: Ints) -> NDArray[np.int64]:
    """Households of each grid."""
    return np.bincount(labels, weights=graph.households).astype(np.int64)


def outside_band(graph: Graph, labels: Ints) -> int:
    """Inhabited grids outside 240 to 360."""
    return sum(load > 0 and not RULE.holds(int(load)) for load in loads_of(graph, labels))
