"""The ground on which grids are still to be drawn, reduced to the nodes where somebody lives."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from gridmap.partition.graph import Graph
from gridmap.partition.plane import Ints


@dataclass(frozen=True)
class Settled:
    """Inhabited free nodes 0 … m-1 and behind them the connected pieces of empty free ground, in CSR form (`starts`,
    `to` as in `Graph`); free is what is not above the maximum and belongs to no fixed grid.

    Two nodes are neighbours if they share a border or touch the same empty piece. Whatever is connected in the graph
    is connected here, so a proof that no sets of these nodes do something holds for the graph; the reverse fails only
    where two sets would need the same empty cell. An empty piece stays one entry, with 0 `households`: as pairs of
    neighbours the shore of a large one would be without measure. Per node: `nodes` its number in the graph,
    `households`, `part` the number of the connected piece of free ground it lies in. `index` leads back (-1: not among
    them).
    """

    nodes: Ints
    households: Ints
    part: Ints
    starts: Ints
    to: Ints
    index: Ints

    def __len__(self) -> int:
        return len(self.nodes)

    def near(self, node: int) -> Ints:
        """The neighbours of a node."""
        return self.around([node])

    def around(self, nodes: Sequence[int]) -> Ints:
        """The neighbours of some nodes that are not among them, in ascending order."""
        met = np.zeros(len(self.households), dtype=np.bool_)
        for node in nodes:
            met[self.to[self.starts[node] : self.starts[node + 1]]] = True
        for empty in (len(self) + np.flatnonzero(met[len(self) :])).tolist():
            met[self.to[self.starts[empty] : self.starts[empty + 1]]] = True
        met[np.asarray(nodes, dtype=np.int64)] = False
        return np.flatnonzero(met[: len(self)]).astype(np.int64)

    @classmethod
    def of(cls, graph: Graph, maximum: int, fixed: Ints | None) -> "Settled":
        """Reduce a graph; `fixed` is negative where a node belongs to no fixed grid."""
        free = free_nodes(graph, maximum, fixed)
        part = graph.components(np.where(free, 0, -1))
        lived_in = free & (graph.households > 0)
        nodes = np.flatnonzero(lived_in).astype(np.int64)
        index = np.full(len(graph), -1, dtype=np.int64)
        index[nodes] = np.arange(len(nodes))
        empty = graph.components(np.where(free & ~lived_in, 0, -1))
        pieces = int(empty.max()) + 1 if len(empty) else 0
        links = _links(graph, np.where(empty >= 0, len(nodes) + empty, index), len(nodes) + pieces)
        return cls(
            nodes=nodes,
            households=np.concatenate((graph.households[nodes], np.zeros(pieces))).astype(np.int64),
            part=part[nodes],
            starts=links.indptr.astype(np.int64),
            to=links.indices.astype(np.int64),
            index=index,
        )


def free_nodes(graph: Graph, maximum: int, fixed: Ints | None) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which nodes can be put together in grids at will."""
    light = graph.households <= maximum
    return light if fixed is None else light & (fixed < 0)


def _links(graph: Graph, entry: Ints, count: int) -> csr_array[np.int64]:
    """Which entries touch each other; `entry` is the entry of each node of the graph, -1 for none."""
    one, other = entry[graph.origins()], entry[graph.to]
    kept = (one >= 0) & (other >= 0) & (one != other)
    ends = (one[kept], other[kept])
    found = coo_array((np.ones(len(ends[0]), dtype=np.int64), ends), shape=(count, count)).tocsr()
    found.sum_duplicates()
    found.sort_indices()
    return csr_array(found)
