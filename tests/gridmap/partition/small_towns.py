"""Towns small enough to look at every division of them, and all their divisions, written from the definition."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gridmap.partition.graph import Borders, Graph, assembled
from gridmap.partition.plane import Ints
from gridmap.partition.units import SizeRule

RULE = SizeRule()
Division = tuple[int, ...]


def town_graph(loads: list[int], pairs: list[tuple[int, int]]) -> Graph:
    """A graph of square cells of 100 m with the given neighbours."""
    count = len(loads)
    return assembled(
        households=np.array(loads, dtype=np.int64),
        area=np.full(count, 10_000.0),
        rim=np.full(count, 400.0),
        compound=np.full(count, -1, dtype=np.int64),
        side=np.zeros(count, dtype=np.int64),
        borders=Borders(
            first=np.array([a for a, _ in pairs], dtype=np.int64),
            second=np.array([b for _, b in pairs], dtype=np.int64),
            length=np.full(len(pairs), 100.0),
            kind=np.ones(len(pairs), dtype=np.int64),
            barrier=np.zeros(len(pairs)),
        ),
    )


@dataclass(frozen=True)
class Town:
    """Loads and neighbours; sets of nodes are bits of a number."""

    loads: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]

    @cached_property
    def graph(self) -> Graph:
        return town_graph(list(self.loads), list(self.pairs))

    @cached_property
    def beside(self) -> list[int]:
        found = [0] * len(self.loads)
        for a, b in self.pairs:
            found[a] |= 1 << b
            found[b] |= 1 << a
        return found

    @property
    def free(self) -> int:
        """Nodes that are not above the maximum."""
        return sum(1 << node for node, load in enumerate(self.loads) if load <= RULE.maximum)

    def load(self, chosen: int) -> int:
        return sum(load for node, load in enumerate(self.loads) if chosen >> node & 1)

    def is_outside(self, chosen: int) -> bool:
        """Whether these nodes as one grid count as outside the band; without households they are no grid."""
        load = self.load(chosen)
        return load > 0 and not 240 <= load <= 360

    def is_bloated(self, chosen: int) -> bool:
        """Whether a grid of several inhabited nodes is above one and a half times the maximum."""
        lived_in = sum(chosen >> node & 1 and load > 0 for node, load in enumerate(self.loads))
        return lived_in > 1 and self.load(chosen) > 540

    @cached_property
    def divisions(self) -> list[Division]:
        """All divisions of the free nodes into connected sets."""
        return list(self._divided(self.free))

    def _divided(self, left: int) -> Iterator[Division]:
        if not left:
            yield ()
            return
        first = left & -left
        for grid in self._connected(first, left & ~first, self._round(first)):
            for rest in self._divided(left & ~grid):
                yield (grid, *rest)

    def _connected(self, grid: int, allowed: int, edge: int) -> Iterator[int]:
        """The set itself, and every connected set that adds allowed nodes to it."""
        edge &= allowed
        if not edge:
            yield grid
            return
        node = edge & -edge
        yield from self._connected(grid, allowed & ~node, edge)
        yield from self._connected(grid | node, allowed & ~node, edge | self._round(node))

    def _round(self, node: int) -> int:
        return self.beside[node.bit_length() - 1]

    @cached_property
    def outcomes(self) -> list[tuple[bool, int, int]]:
        """Per division: whether it has no bloated grid, the nodes in grids outside the band, how many such grids."""
        judged: dict[int, tuple[bool, bool]] = {}
        found = []
        for division in self.divisions:
            sound, nodes, count = True, 0, 0
            for grid in division:
                if grid not in judged:
                    judged[grid] = (self.is_bloated(grid), self.is_outside(grid))
                bloated, outside = judged[grid]
                sound &= not bloated
                nodes |= grid * outside
                count += outside
            found.append((sound, nodes, count))
        return found

    @cached_property
    def fewest(self) -> tuple[int, int]:
        """Fewest grids outside the band over all sound divisions, units above the maximum not among them, and fewest
        households in them then.
        """
        return min((count, self.load(nodes)) for sound, nodes, count in self.outcomes if sound)

    @property
    def towers(self) -> int:
        return sum(load > RULE.maximum for load in self.loads)

    def labels(self, division: Division) -> Ints:
        """The division as labels; a node above the maximum is a grid of its own."""
        found = np.full(len(self.loads), -1, dtype=np.int64)
        for label, grid in enumerate(division):
            found[[node for node in range(len(self.loads)) if grid >> node & 1]] = label
        alone = np.flatnonzero(found < 0)
        found[alone] = len(division) + np.arange(len(alone))
        return found


def towns(count: int, seed: int = 4) -> list[Town]:
    """Generated towns of 6 to 11 nodes: boards with gaps, cut and crossed fields, lumpy loads, towers, empty ground."""
    random = np.random.default_rng(seed)
    return [_town(random) for _ in range(count)]


_LUMPS = ((20, 120), (60, 240), (100, 200), (125, 235), (180, 236), (20, 340))


def _town(random: np.random.Generator) -> Town:
    columns = int(random.integers(2, 5))
    size = int(random.integers(6, 12))
    nodes = range(size)
    pairs = [(a, a + 1) for a in nodes if (a + 1) % columns and a + 1 < size]
    pairs += [(a, a + columns) for a in nodes if a + columns < size]
    pairs += [
        (a, a + columns + 1) for a in nodes if (a + 1) % columns and a + columns + 1 < size and random.random() < 0.2
    ]
    open_ = random.uniform(0.6, 1.0)
    pairs = [pair for pair in pairs if random.random() < open_]
    low, high = _LUMPS[int(random.integers(len(_LUMPS)))]
    loads = random.integers(low, high + 1, size)
    loads[random.random(size) < 0.12] = 0
    towers = random.random(size) < 0.05
    loads[towers] = random.integers(361, 700, int(towers.sum()))
    return Town(tuple(loads.tolist()), tuple(pairs))
