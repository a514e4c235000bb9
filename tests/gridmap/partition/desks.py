"""Windows laid on the desk of a search, for tests of single steps."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from gridmap.partition.choice import Table, new_table
from gridmap.partition.chunks import MOST_CHUNKS, Chunks, bind_at_random, bind_compounds, gather, lay_out, new_chunks
from gridmap.partition.graph import Graph
from gridmap.partition.groups import Groups
from gridmap.partition.plane import Ints
from gridmap.partition.score import Net, Prices, kernel
from gridmap.partition.windows import Desk
from tests.gridmap.partition.meshes import groups_of


@kernel
def seeded(seed: int) -> None:
    """Seed the generator that the kernels draw from."""
    np.random.seed(seed)


@cache
def table() -> Table:
    """A table is large and left clean by each step: one will do."""
    return new_table()


def desk_of(graph: Graph, before: Ints | None = None) -> Desk:
    """A desk whose table is shared."""
    count = len(graph)
    names = max(int(array.max(initial=0)) for array in (graph.compound, graph.side, graph.households[:0])) + 1
    names = max(names, 0 if before is None else int(before.max(initial=0)) + 1)
    return Desk(new_chunks(count, names), table(), np.zeros(count + 1, dtype=np.int64), np.zeros(count + 1))


@dataclass(frozen=True)
class Window:
    """All groups of a graph gathered and bound into chunks."""

    graph: Graph
    net: Net
    groups: Groups
    chunks: Chunks
    nodes: int
    sets: int
    former: int

    def members(self, mask: int) -> list[int]:
        """The nodes of a set of chunks."""
        return sorted(int(self.chunks.nodes[i]) for i in range(self.nodes) if mask >> int(self.chunks.chunk[i]) & 1)


def window_of(
    graph: Graph,
    labels: Ints,
    prices: Prices,
    *,
    most: int = MOST_CHUNKS,
    inside: bool = False,
    compounds: bool = False,
    seed: int = 0,
    before: Ints | None = None,
) -> Window:
    """Gather every group, bind compounds if asked and then at random to `most` chunks, and lay them out."""
    seeded(seed)
    groups, net = groups_of(graph, labels, prices, before)
    chunks = desk_of(graph, before).chunks
    nodes = gather(groups, net, chunks, groups.alive[: groups.tally[0]])
    sets = nodes
    if compounds:
        sets -= bind_compounds(net, chunks, nodes)
    if sets > most:
        sets = bind_at_random(groups, net, chunks, nodes, sets, most, inside, prices)
    known = lay_out(net, chunks, prices, nodes, sets) if sets <= MOST_CHUNKS else 0
    return Window(graph, net, groups, chunks, nodes, sets, known)
