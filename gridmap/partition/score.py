"""What a grid costs. Smaller is better; every part of the cost belongs to one grid, so a change is judged by the grids
it touches.

The weights keep the order of the rules: the band before compounds, compounds before barriers, barriers before even
loads, loads before shape. For two or three neighbouring grids no gain of a later rule outweighs one loss of an earlier
one.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass

from gridmap.partition.graph import BARRIER, Graph
from gridmap.partition.units import SizeRule

_OUTSIDE_BAND = 60.0
_PER_SHARE_OUTSIDE = 120.0
_PER_COMPOUND = 8.0
_PER_BARRIER = 4.0
_BARRIER_LIMITS = (0.1, 2.0)
_PER_BAND_HALF = 1.0
_PER_UNEVEN_SQUARE = 0.35
_PER_SHAPE = 0.6
_PER_BORDER = 0.25


@dataclass(frozen=True)
class Score:
    """Judges groups of nodes of one graph. `typical_m` is the border of a square grid of mean size."""

    graph: Graph
    rule: SizeRule
    typical_m: float

    @classmethod
    def of(cls, graph: Graph, rule: SizeRule, grids: int) -> "Score":
        """The score for a graph that will be drawn into about so many grids."""
        return cls(graph, rule, 4.0 * math.sqrt(max(sum(graph.area), 1.0) / max(grids, 1)))

    def size_cost(self, households: int) -> float:
        """The part that depends on the load only: outside the band it outweighs everything else."""
        rule = self.rule
        off = abs(households - rule.target) / rule.target
        half = (rule.maximum - rule.minimum) / (2.0 * rule.target)
        cost = _PER_BAND_HALF * off / half + _PER_UNEVEN_SQUARE * (off / half) ** 2
        if households < rule.minimum:
            return cost + _OUTSIDE_BAND + _PER_SHARE_OUTSIDE * (rule.minimum - households) / rule.target
        if households > rule.maximum:
            return cost + _OUTSIDE_BAND + _PER_SHARE_OUTSIDE * (households - rule.maximum) / rule.target
        return cost

    def cost(self, nodes: Collection[int]) -> float:
        """The whole cost of a grid made of these (connected) nodes."""
        graph = self.graph
        members = nodes if isinstance(nodes, set) else set(nodes)
        households, area, rim = 0, 0.0, 0.0
        compounds: set[int] = set()
        sides: set[int] = set()
        for node in members:
            households += graph.households[node]
            area += graph.area[node]
            rim += graph.rim[node]
            compounds |= graph.compounds[node]
            sides |= graph.sides[node]
            for to, length, _, _ in graph.edges[node]:
                if to in members:
                    rim -= length
        cost = self.size_cost(households) + _PER_COMPOUND * len(compounds)
        if len(sides) > 1:
            cost += _PER_BARRIER * self._crossings(members, len(sides))
        compactness = 4.0 * math.pi * area / (rim * rim) if rim > 0.0 else 0.0
        return cost + _PER_SHAPE * (1.0 - compactness) + _PER_BORDER * rim / self.typical_m

    def _crossings(self, members: set[int], sides: int) -> float:
        """Weight of the cheapest barrier crossings that hold the sides of a grid together."""
        graph = self.graph
        doors = sorted(
            (min(max(edge.barrier, _BARRIER_LIMITS[0]), _BARRIER_LIMITS[1]), node, edge.to)
            for node in members
            for edge in graph.edges[node]
            if edge.kind == BARRIER and node < edge.to and edge.to in members
        )
        leader: dict[int, int] = {}

        def find(side: int) -> int:
            while leader.setdefault(side, side) != side:
                side = leader[side]
            return side

        for node in members:
            first, *others = graph.sides[node]
            for other in others:
                leader[find(other)] = find(first)
        total, joined = 0.0, len({find(side) for node in members for side in graph.sides[node]})
        total = float(sides - joined)
        for weight, node, to in doors:
            one, other = find(next(iter(graph.sides[node]))), find(next(iter(graph.sides[to])))
            if one != other:
                leader[one] = other
                total += weight
        return total
