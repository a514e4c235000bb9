"""How good a drawing is: the definitions by which drawings, and other methods, are compared."""

from collections.abc import Mapping, Sequence

import numpy as np

from gridmap.geometry.shape import polsby_popper_of
from gridmap.partition.graph import Graph
from gridmap.partition.units import SizeRule

Figures = dict[str, float | int]


def load_figures(households: Sequence[int], rule: SizeRule) -> Figures:
    """Loads of the grids that hold residents: shares within 10 % and 20 % of the target, mean absolute deviation,
    smallest, largest.

    Shares and deviation are fractions of 1; without any inhabited grid they are 1, 1 and 0.
    """
    loads = np.array([value for value in households if value > 0], dtype=np.float64)
    if not len(loads):
        return {
            "within_10": 1.0,
            "within_20": 1.0,
            "mean_deviation": 0.0,
            "smallest": 0,
            "largest": 0,
            "outside_band": 0,
        }
    off = np.abs(loads - rule.target) / rule.target
    outside = (loads < rule.minimum) | (loads > rule.maximum)
    return {
        "within_10": float((off <= 0.1 + 1e-12).mean()),
        "within_20": float((off <= 0.2 + 1e-12).mean()),
        "mean_deviation": float(off.mean()),
        "smallest": int(loads.min()),
        "largest": int(loads.max()),
        "outside_band": int(outside.sum()),
    }


def extra_compound_pieces(pieces: Mapping[str, int], households: Mapping[str, int], rule: SizeRule) -> int:
    """Pieces of compounds beyond what their size needs: the sum of max(0, pieces - ceil(households / maximum))."""
    return sum(max(0, count - max(1, -(-households[name] // rule.maximum))) for name, count in pieces.items())


def compound_pieces(groups: Sequence[Sequence[int]], compounds: Sequence[str | None]) -> dict[str, int]:
    """In how many groups of units each compound lies."""
    found: dict[str, int] = {}
    for group in groups:
        for name in {compounds[unit] for unit in group}:
            if name is not None:
                found[name] = found.get(name, 0) + 1
    return found


def barriers_crossed(graph: Graph, groups: Sequence[Sequence[int]]) -> int:
    """(group, side) pairs minus groups, a side being inhabited ground that can be walked without crossing a barrier."""
    sides = [{side for node in group for side in graph.sides[node]} for group in groups]
    return sum(len(found) - 1 for found in sides if found)


def not_contiguous(graph: Graph, groups: Sequence[Sequence[int]]) -> int:
    """Groups that are in more than one piece."""
    return sum(len(graph.pieces(group)) > 1 for group in groups)


def shape_figures(graph: Graph, groups: Sequence[Sequence[int]]) -> Figures:
    """Border between groups in metres and the mean Polsby-Popper figure, from the lengths in the graph."""
    group_of = {node: index for index, group in enumerate(groups) for node in group}
    cut, compactness = 0.0, []
    for index, group in enumerate(groups):
        rim, area = 0.0, 0.0
        for node in group:
            area += graph.area[node]
            rim += graph.rim[node]
            for edge in graph.edges[node]:
                if group_of.get(edge.to) == index:
                    rim -= edge.length
                else:
                    cut += edge.length
        compactness.append(polsby_popper_of(area, rim))
    return {"cut_length_m": cut / 2.0, "polsby_popper": float(np.mean(compactness)) if compactness else 0.0}
