"""The ground on which grids are still to be drawn, reduced to the nodes where somebody lives."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from gridmap.partition.graph import Graph
from gridmap.partition.plane import Ints


@dataclass(frozen=True)
class Settled:
    """Inhabited free nodes 0 … m-1 in CSR form (`starts`, `to` as in `Graph`); free is what is not above the maximum
    and belongs to no fixed grid.

    Two nodes are neighbours if they share a border or touch the same empty piece of ground. Whatever is connected in
    the graph is connected here, so a proof that no sets of these nodes do something holds for the graph; the reverse
    fails only where two sets would need the same empty cell. Per node: `nodes` its number in the graph, `households`,
    `part` the number of the connected piece of free ground it lies in. `index` leads back (-1: not among them).
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
        return self.to[self.starts[node] : self.starts[node + 1]]

    @classmethod
    def of(cls, graph: Graph, maximum: int, fixed: Ints | None) -> "Settled":
        """Reduce a graph; `fixed` is negative where a node belongs to no fixed grid."""
        free = free_nodes(graph, maximum, fixed)
        part = graph.components(np.where(free, 0, -1))
        nodes = np.flatnonzero(free & (graph.households > 0)).astype(np.int64)
        index = np.full(len(graph), -1, dtype=np.int64)
        index[nodes] = np.arange(len(nodes))
        links = _links(graph, index, len(nodes), free & (graph.households == 0))
        return cls(
            nodes=nodes,
            households=graph.households[nodes].astype(np.int64),
            part=part[nodes],
            starts=links.indptr.astype(np.int64),
            to=links.indices.astype(np.int64),
            index=index,
        )


def free_nodes(graph: Graph, maximum: int, fixed: Ints | None) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which nodes can be put together in grids at will."""
    light = graph.households <= maximum
    return light if fixed is None else light & (fixed < 0)


def _links(
    graph: Graph, index: Ints, count: int, empty: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> csr_array[np.int64]:
    """Who is whose neighbour, directly or over one piece of empty ground; nobody is their own."""
    origin = graph.origins()
    region = graph.components(np.where(empty, 0, -1))
    direct = (index[origin] >= 0) & (index[graph.to] >= 0)
    links = _ones(index[origin[direct]], index[graph.to[direct]], (count, count))
    shore = (index[origin] >= 0) & (region[graph.to] >= 0)
    regions = int(region.max()) + 1 if len(region) else 0
    if shore.any():
        touches = _ones(index[origin[shore]], region[graph.to[shore]], (count, regions))
        links = csr_array(links + touches @ touches.T)
    pairs = links.tocoo()
    apart = pairs.row != pairs.col
    found = _ones(pairs.row[apart].astype(np.int64), pairs.col[apart].astype(np.int64), (count, count))
    found.sort_indices()
    return found


def _ones(rows: Ints, columns: Ints, shape: tuple[int, int]) -> csr_array[np.int64]:
    values = np.ones(len(rows), dtype=np.int64)
    found = coo_array((values, (rows, columns)), shape=shape).tocsr()
    found.sum_duplicates()
    return csr_array(found)
