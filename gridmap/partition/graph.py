"""The neighbour graph: cells with households, edges with the length and class of the common border, in plain arrays.

Classes, in the order in which a grid prefers to be joined: 0 same compound, 1 same block, 2 across a local street, 3
across a barrier. A division of the graph is an array of labels: `labels[node]` is the number of the node's grid.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from gridmap.partition.ground import Ground
from gridmap.partition.plane import Floats, Ints, Shapes

COMPOUND, BLOCK, STREET, BARRIER = range(4)

# A class counts if at least this much of the common border has it, so that a corner does not open a barrier.
_DOOR_M = 1.0
_DOOR_SHARE = 0.05
_BRIDGE_REACH_M = 15.0
_BRIDGE_RELIEF = 0.5


@dataclass(frozen=True)
class Graph:
    """Cells of the ground as nodes 0 … n-1; the neighbours of node i stand at `starts[i]:starts[i + 1]` of `to`.

    Per node: `households`, `area` (m²), `rim` (its whole outline in m), `compound` (index into `compound_names`, -1 for
    none) and `side` (number of the piece of ground between barriers, -1 where nobody lives on it). Per end of a
    border: `length` in m, `kind` (class) and `barrier` (weight of the barrier on it, 0 for none).
    """

    households: Ints
    area: Floats
    rim: Floats
    compound: Ints
    side: Ints
    starts: Ints
    to: Ints
    length: Floats
    kind: Ints
    barrier: Floats
    compound_names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.households)

    def neighbours(self, node: int) -> Ints:
        """The nodes that share a border with a node."""
        return self.to[self.starts[node] : self.starts[node + 1]]

    def origins(self) -> Ints:
        """For every entry of `to` the node at the other end."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    def pieces(self, nodes: Iterable[int]) -> list[list[int]]:
        """The connected pieces of some nodes, each in ascending order, by their first node."""
        inside = np.zeros(len(self), dtype=bool)
        inside[np.fromiter(nodes, dtype=np.int64)] = True
        labels = self.components(np.where(inside, 0, -1))
        found: dict[int, list[int]] = {}
        for node in np.flatnonzero(inside).tolist():
            found.setdefault(int(labels[node]), []).append(node)
        return list(found.values())

    def components(self, labels: Ints) -> Ints:
        """Numbers of the connected pieces of equally labelled nodes; -1 where the label is negative."""
        origin = self.origins()
        same = (labels[origin] == labels[self.to]) & (labels[origin] >= 0)
        shape = (len(self), len(self))
        links = csr_array((np.ones(int(same.sum()), dtype=np.int8), (origin[same], self.to[same])), shape=shape)
        _, piece = connected_components(links, directed=False)
        used, number = np.unique(np.where(labels >= 0, piece, -1), return_inverse=True)
        return np.asarray(number - (used[0] < 0 if len(used) else 0), dtype=np.int64)


def neighbour_graph(
    ground: Ground, households: Sequence[int], compounds: Sequence[str | None], bridges: Shapes
) -> Graph:
    """The graph of the cells of a ground; `households` and `compounds` are given per unit.

    A cell on which units of several compounds share a seat belongs to the compound of the largest of them.
    """
    names = sorted({name for name in compounds if name is not None})
    number: dict[str | None, int] = {name: index for index, name in enumerate(names)} | {None: -1}
    count = len(ground.units)
    compound = np.array([_main(units, households, compounds, number) for units in ground.units], dtype=np.int64)
    borders = _borders(ground, compound, bridges)
    loads = np.array([sum(households[unit] for unit in units) for units in ground.units], dtype=np.int64)
    side = _sides(count, borders, loads)
    return assembled(
        households=loads,
        area=np.asarray(ground.area_m2, dtype=np.float64),
        rim=_rims(ground, count),
        compound=compound,
        side=side,
        borders=borders,
        compound_names=tuple(names),
    )


@dataclass(frozen=True)
class Borders:
    """Borders between nodes, each once, first < second."""

    first: Ints
    second: Ints
    length: Floats
    kind: Ints
    barrier: Floats


def assembled(
    *,
    households: Ints,
    area: Floats,
    rim: Floats,
    compound: Ints,
    side: Ints,
    borders: Borders,
    compound_names: tuple[str, ...] = (),
) -> Graph:
    """A graph from its nodes and borders; neighbours stand in ascending order."""
    origin = np.concatenate((borders.first, borders.second))
    to = np.concatenate((borders.second, borders.first))
    order = np.lexsort((to, origin))
    starts = np.searchsorted(origin[order], np.arange(len(households) + 1)).astype(np.int64)
    return Graph(
        households=households,
        area=area,
        rim=rim,
        compound=compound,
        side=side,
        starts=starts,
        to=to[order].astype(np.int64),
        length=np.tile(borders.length, 2)[order].astype(np.float64),
        kind=np.tile(borders.kind, 2)[order].astype(np.int64),
        barrier=np.tile(borders.barrier, 2)[order].astype(np.float64),
        compound_names=compound_names,
    )


def _main(
    units: Sequence[int], households: Sequence[int], compounds: Sequence[str | None], number: dict[str | None, int]
) -> int:
    named = [unit for unit in units if compounds[unit] is not None]
    return number[compounds[max(named, key=lambda unit: (households[unit], -unit))]] if named else -1


def _rims(ground: Ground, count: int) -> Floats:
    edges, cell = ground.edges, ground.cell_of_face
    first = cell[edges.first]
    second = np.where(edges.second >= 0, cell[edges.second], -1)
    open_edges = first != second
    rim = np.bincount(first[open_edges], weights=edges.length[open_edges], minlength=count)
    inner = open_edges & (second >= 0)
    rim += np.bincount(second[inner], weights=edges.length[inner], minlength=count)
    return np.asarray(rim, dtype=np.float64)


def _borders(ground: Ground, compound: Ints, bridges: Shapes) -> Borders:
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
    related = (compound[first] == compound[second]) & (compound[first] >= 0)
    open_kind[related & (open_kind != BARRIER)] = COMPOUND
    return Borders(first, second, total, open_kind.astype(np.int64), weight)


def _bridged(middle: Floats, which: Ints, bridges: Shapes, count: int) -> Ints:
    """Borders that a street crosses nearby: joining two grids there is the lesser evil."""
    if not len(bridges) or not count:
        return np.zeros(0, dtype=np.int64)
    near, _ = shapely.STRtree(bridges).query(shapely.points(middle), predicate="dwithin", distance=_BRIDGE_REACH_M)
    return np.unique(which[near])


def _sides(count: int, borders: Borders, loads: Ints) -> Ints:
    """For every node the number of its piece of ground when barriers are not crossed.

    A traffic island or a strip where nobody lives is not a side of its own.
    """
    open_ = borders.kind != BARRIER
    ends = (borders.first[open_], borders.second[open_])
    links = csr_array((np.ones(int(open_.sum()), dtype=np.int8), ends), shape=(count, count))
    _, side = connected_components(links, directed=False)
    lived_on = np.bincount(side, weights=loads, minlength=int(side.max()) + 1) > 0.0
    return np.where(lived_on[side], side, -1).astype(np.int64)
