"""Why a grid is outside the band: the bound that proves that nobody could do better, or the plain statement that none
is known.
"""

from collections.abc import Sequence

from gridmap.partition.findings import Finding
from gridmap.partition.graph import Graph
from gridmap.partition.units import SizeRule


def explain_piece(households: int, rule: SizeRule, code_below: str) -> Finding | None:
    """A bound that holds for a connected piece of ground as a whole.

    Below the minimum the whole piece is one small grid; between k * maximum and (k + 1) * minimum no number of grids
    fits.
    """
    figures = {"households": households, "minimum": rule.minimum, "maximum": rule.maximum}
    if households < rule.minimum:
        return Finding(code_below, figures)
    if not rule.some_count_fits(households):
        return Finding("forced_by_count", {**figures, "most_that_fill": households // rule.minimum})
    return None


def explain_group(graph: Graph, group: Sequence[int], rule: SizeRule, refs: Sequence[str]) -> Finding | None:
    """A bound from single nodes: one that is too small alone, and too large with any inhabited neighbour.

    Neighbours are looked for through empty ground, so every group that holds the node and another inhabited one holds
    one of them: the grid of the node is below the minimum or above the maximum whatever is drawn. `refs` names the
    units of a node.
    """
    for node in group:
        own = graph.households[node]
        if not 0 < own < rule.minimum:
            continue
        near = _inhabited_neighbours(graph, node)
        loads = [graph.households[other] for other in near]
        if loads and own + min(loads) > rule.maximum:
            params = {"unit": refs[node], "households": own, "least_neighbour": min(loads), "maximum": rule.maximum}
            return Finding("forced_by_neighbours", params)
    return None


def _inhabited_neighbours(graph: Graph, node: int) -> list[int]:
    """The inhabited nodes that are met first, walking from a node over empty ground only."""
    seen = {node}
    queue = [node]
    found = []
    for here in queue:
        for edge in graph.edges[here]:
            if edge.to in seen:
                continue
            seen.add(edge.to)
            if graph.households[edge.to]:
                found.append(edge.to)
            else:
                queue.append(edge.to)
    return found
