"""What a grid costs. Smaller is better; a change is judged by the grids it touches, since each cost belongs to one
grid.

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
PER_COMPOUND = 8.0
PER_BARRIER = 4.0
_BARRIER_LIMITS = (0.1, 2.0)
_PER_BAND_HALF = 1.0
_PER_UNEVEN_SQUARE = 0.35
_PER_SHAPE = 0.6
_PER_BORDER = 0.25


@dataclass(frozen=True)
class Figure:
    """What a group of nodes amounts to: households, area, border, and the cost of compounds and barriers inside it."""

    households: int
    area: float
    rim: float
    ties: float


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
        share = abs(households - rule.target) / max((rule.maximum - rule.minimum) / 2.0, 1.0)
        cost = _PER_BAND_HALF * share + _PER_UNEVEN_SQUARE * min(share, 2.0) ** 2
        if households < rule.minimum:
            return cost + _OUTSIDE_BAND + _PER_SHARE_OUTSIDE * (rule.minimum - households) / rule.target
        if households > rule.maximum:
            return cost + _OUTSIDE_BAND + _PER_SHARE_OUTSIDE * (households - rule.maximum) / rule.target
        return cost

    def shape_cost(self, area: float, rim: float) -> float:
        """The part for long borders and shapes that are not round."""
        compactness = 4.0 * math.pi * area / (rim * rim) if rim > 0.0 else 0.0
        return _PER_SHAPE * (1.0 - compactness) + _PER_BORDER * rim / self.typical_m

    def cost(self, figure: Figure) -> float:
        """The whole cost of a grid with this figure."""
        return self.size_cost(figure.households) + figure.ties + self.shape_cost(figure.area, figure.rim)

    def figure(self, nodes: Collection[int]) -> Figure:
        """Add up a grid made of these (connected) nodes."""
        graph = self.graph
        members = set(nodes)
        households, area, rim = 0, 0.0, 0.0
        compounds: set[int] = set()
        sides: set[int] = set()
        for node in nodes:
            households += graph.households[node]
            area += graph.area[node]
            rim += graph.rim[node]
            if graph.compounds[node]:
                compounds |= graph.compounds[node]
            sides |= graph.sides[node]
            for to, length, _, _ in graph.edges[node]:
                if to in members:
                    rim -= length
        ties = PER_COMPOUND * len(compounds)
        if len(sides) > 1:
            ties += PER_BARRIER * (len(sides) - 1) * self._lightest_barrier(members)
        return Figure(households, area, rim, ties)

    def _lightest_barrier(self, members: set[int]) -> float:
        """Weight of the easiest way across a barrier inside a grid, within limits that keep the order of the rules."""
        edges = self.graph.edges
        weights = [
            barrier
            for node in members
            for to, _, kind, barrier in edges[node]
            if kind == BARRIER and node < to and to in members
        ]
        low, high = _BARRIER_LIMITS
        return min(max(min(weights, default=1.0), low), high)
