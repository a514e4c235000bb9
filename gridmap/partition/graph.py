"""The neighbour graph: nodes with households, edges with the length and class of the common border.

Classes, in the order in which a grid prefers to be joined: 0 same compound, 1 same block, 2 across a local street, 3
across a barrier.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import shapely

from gridmap.partition.ground import Ground
from gridmap.partition.plane import Floats, Ints, Shapes

COMPOUND, BLOCK, STREET, BARRIER = range(4)

# A class counts if at least this much of the common border has it, so that a corner does not open a barrier.
_DOOR_M = 1.0
_DOOR_SHARE = 0.05
_BRIDGE_REACH_M = 15.0
_BRIDGE_RELIEF = 0.5


class Edge(NamedTuple):
    """One end of a border: the neighbour behind it, metres in common, class, and the weight of the barrier on it."""

    to: int
    length: float
    kind: int
    barrier: float


@dataclass
class Graph:
    """Nodes are cells of the ground, or several cells bound together; `cells` says which.

    `sides` are the inhabited pieces of ground between barriers a node lies on; `compounds` the indices of compounds
    with households in it.
    """

    households: list[int]
    area: list[float]
    rim: list[float]
    edges: list[list[Edge]]
    compounds: list[frozenset[int]]
    sides: list[frozenset[int]]
    cells: list[tuple[int, ...]]
    compound_names: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.households)

    def pieces(self, nodes: Iterable[int]) -> list[list[int]]:
        """The connected pieces of some nodes, each in discovery order."""
        left = dict.fromkeys(nodes)
        found = []
        while left:
            start = next(iter(left))
            del left[start]
            piece = [start]
            for node in piece:
                for edge in self.edges[node]:
                    if edge.to in left:
                        del left[edge.to]
                        piece.append(edge.to)
            found.append(piece)
        return found


@dataclass(frozen=True)
class _Borders:
    """Borders between cells, first < second."""

    first: Ints
    second: Ints
    length: Floats
    kind: Ints
    barrier: Floats


def neighbour_graph(
    ground: Ground, households: Sequence[int], compounds: Sequence[str | None], bridges: Shapes
) -> Graph:
    """The graph of the cells of a ground; `households` and `compounds` are given per unit."""
    names = sorted({name for name in compounds if name is not None})
    number = {name: index for index, name in enumerate(names)}
    count = len(ground.units)
    own = [frozenset(number[c] for unit in units if (c := compounds[unit]) is not None) for units in ground.units]
    borders = _borders(ground, own, bridges)
    edges: list[list[Edge]] = [[] for _ in range(count)]
    rows = zip(borders.first, borders.second, borders.length, borders.kind, borders.barrier, strict=True)
    for first, second, length, kind, barrier in rows:
        edges[first].append(Edge(int(second), float(length), int(kind), float(barrier)))
        edges[second].append(Edge(int(first), float(length), int(kind), float(barrier)))
    loads = [sum(households[unit] for unit in units) for units in ground.units]
    sides = _sides(count, edges)
    return Graph(
        households=loads,
        area=[float(area) for area in ground.area_m2],
        rim=_rims(ground, count),
        edges=edges,
        compounds=own,
        sides=_inhabited(sides, loads),
        cells=[(cell,) for cell in range(count)],
        compound_names=names,
    )


def _rims(ground: Ground, count: int) -> list[float]:
    edges, cell = ground.edges, ground.cell_of_face
    first = cell[edges.first]
    second = np.where(edges.second >= 0, cell[edges.second], -1)
    open_edges = first != second
    rim = np.bincount(first[open_edges], weights=edges.length[open_edges], minlength=count)
    inner = open_edges & (second >= 0)
    rim += np.bincount(second[inner], weights=edges.length[inner], minlength=count)
    return [float(value) for value in rim]


def _borders(ground: Ground, compounds: list[frozenset[int]], bridges: Shapes) -> _Borders:
    edges, cell = ground.edges, ground.cell_of_face
    inner = edges.second >= 0
    a, b = cell[edges.first[inner]], cell[edges.second[inner]]
    low, high = np.minimum(a, b), np.maximum(a, b)
    keep = low != high
    low, high = low[keep], high[keep]
    length, street = edges.length[inner][keep], edges.street[inner][keep]
    barrier, middle = edges.barrier[inner][keep], edges.middle[inner][keep]
    kind = np.where(barrier > 0.0, BARRIER, np.where(street, STREET, BLOCK))
    pair, which = np.unique(low * len(ground.units) + high, return_inverse=True)
    total = np.bincount(which, weights=length).astype(np.float64)
    by_kind = np.stack([np.bincount(which, weights=length * (kind == k), minlength=len(pair)) for k in range(4)])
    door = np.minimum(_DOOR_M, _DOOR_SHARE * total)
    open_kind = np.argmax((by_kind >= door) & (by_kind > 0.0), axis=0)
    first, second = pair // len(ground.units), pair % len(ground.units)
    weight = np.bincount(which, weights=length * barrier) / np.maximum(by_kind[BARRIER], 1e-9)
    weight[open_kind != BARRIER] = 0.0
    weight[_bridged(middle, which, bridges, len(pair))] *= _BRIDGE_RELIEF
    related = np.array([bool(compounds[i] & compounds[j]) for i, j in zip(first, second, strict=True)], dtype=bool)
    open_kind[related & (open_kind != BARRIER)] = COMPOUND
    return _Borders(first, second, total, open_kind, weight)


def _bridged(middle: Floats, which: Ints, bridges: Shapes, count: int) -> Ints:
    """Borders that a street crosses nearby: joining two grids there is the lesser evil."""
    if not len(bridges) or not count:
        return np.zeros(0, dtype=np.int64)
    near, _ = shapely.STRtree(bridges).query(shapely.points(middle), predicate="dwithin", distance=_BRIDGE_REACH_M)
    return np.unique(which[near])


def _sides(count: int, edges: list[list[Edge]]) -> list[int]:
    """For every cell the number of its piece of ground when barriers are not crossed."""
    side = [-1] * count
    number = 0
    for start in range(count):
        if side[start] >= 0:
            continue
        side[start] = number
        queue = [start]
        for node in queue:
            for edge in edges[node]:
                if edge.kind != BARRIER and side[edge.to] < 0:
                    side[edge.to] = number
                    queue.append(edge.to)
        number += 1
    return side


def _inhabited(sides: list[int], loads: list[int]) -> list[frozenset[int]]:
    """Sides as sets; a traffic island or a strip where nobody lives is not a side of its own."""
    lived_on = {side for side, load in zip(sides, loads, strict=True) if load}
    return [frozenset((side,)) if side in lived_on else frozenset() for side in sides]


def contracted(graph: Graph, bundles: Sequence[Sequence[int]]) -> Graph:
    """The graph whose nodes are bundles of nodes (every node in exactly one); parallel borders are joined."""
    bundle_of = [0] * len(graph)
    for index, bundle in enumerate(bundles):
        for node in bundle:
            bundle_of[node] = index
    edges: list[list[Edge]] = []
    rims: list[float] = []
    for index, bundle in enumerate(bundles):
        merged: dict[int, Edge] = {}
        rim = 0.0
        for node in bundle:
            rim += graph.rim[node]
            for edge in graph.edges[node]:
                other = bundle_of[edge.to]
                if other == index:
                    rim -= edge.length
                else:
                    merged[other] = _joined(merged.get(other), other, edge)
        edges.append(list(merged.values()))
        rims.append(rim)
    return Graph(
        households=[_total(graph.households, bundle) for bundle in bundles],
        area=[sum(graph.area[node] for node in bundle) for bundle in bundles],
        rim=rims,
        edges=edges,
        compounds=[frozenset().union(*(graph.compounds[node] for node in bundle)) for bundle in bundles],
        sides=[frozenset().union(*(graph.sides[node] for node in bundle)) for bundle in bundles],
        cells=[tuple(cell for node in bundle for cell in graph.cells[node]) for bundle in bundles],
        compound_names=graph.compound_names,
    )


def _total(values: list[int], nodes: Iterable[int]) -> int:
    return sum(values[node] for node in nodes)


def _joined(old: Edge | None, to: int, new: Edge) -> Edge:
    if old is None:
        return Edge(to, new.length, new.kind, new.barrier)
    kind = min(old.kind, new.kind)
    barrier = min(old.barrier, new.barrier) if kind == BARRIER else 0.0
    return Edge(to, old.length + new.length, kind, barrier)


def compound_bundles(graph: Graph, maximum: int, allowed: Callable[[int], bool]) -> list[list[int]]:
    """Bundles that keep every compound of at most `maximum` households whole (in connected pieces); other nodes stay
    alone.
    """
    members: dict[int, list[int]] = {}
    for node in range(len(graph)):
        if allowed(node):
            for compound in graph.compounds[node]:
                members.setdefault(compound, []).append(node)
    bundled: set[int] = set()
    bundles: list[list[int]] = []
    for compound in sorted(members):
        nodes = [node for node in members[compound] if node not in bundled]
        if _total(graph.households, nodes) > maximum:
            continue
        for piece in graph.pieces(nodes):
            bundles.append(piece)
            bundled.update(piece)
    bundles += [[node] for node in range(len(graph)) if node not in bundled]
    return sorted(bundles, key=min)
