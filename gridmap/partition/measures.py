"""How good a drawing is: the definitions by which drawings, and other methods, are compared."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from gridmap.geometry.shape import polsby_popper_of
from gridmap.partition.graph import Graph
from gridmap.partition.plane import Ints
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


def barriers_crossed(graph: Graph, labels: Ints) -> int:
    """(grid, side) pairs minus grids, a side being inhabited ground that can be walked without crossing a barrier."""
    lived_on = graph.side >= 0
    pairs = np.unique(np.stack((labels[lived_on], graph.side[lived_on])), axis=1)
    return int(pairs.shape[1] - len(np.unique(pairs[0])))


def not_contiguous(graph: Graph, labels: Ints) -> int:
    """Grids that are in more than one piece."""
    first = {int(piece): int(label) for piece, label in zip(graph.components(labels), labels, strict=True)}
    _, pieces = np.unique(list(first.values()), return_counts=True)
    return int((pieces > 1).sum())


def shape_figures(graph: Graph, labels: Ints) -> Figures:
    """Border between grids in metres and the mean Polsby-Popper figure, from the lengths in the graph."""
    count = int(labels.max()) + 1 if len(labels) else 0
    origin = graph.origins()
    inner = labels[origin] == labels[graph.to]
    rim = np.bincount(labels, weights=graph.rim, minlength=count)
    rim -= np.bincount(labels[origin[inner]], weights=graph.length[inner], minlength=count)
    area = np.bincount(labels, weights=graph.area, minlength=count)
    compactness = [polsby_popper_of(a, p) for a, p in zip(area.tolist(), rim.tolist(), strict=True)]
    cut = float(graph.length[~inner].sum()) / 2.0
    return {"cut_length_m": cut, "polsby_popper": float(np.mean(compactness)) if compactness else 0.0}


def successors(before: Ints, after: Ints, households: Ints, kept: Mapping[int, int] | None = None) -> dict[int, int]:
    """Which grid of `after` follows which of `before`, so that most households stay, then most units (assignment
    problem).

    One value per node or unit; `before` is negative where it had no grid: whoever is new counts for nothing. The pairs
    `kept` stand whatever lies there; other grids that share nothing do not follow each other.
    """
    kept = dict(kept or {})
    free = (before >= 0) & ~np.isin(before, list(kept)) & ~np.isin(after, list(kept.values()))
    old, row = np.unique(before[free], return_inverse=True)
    new, column = np.unique(after[free], return_inverse=True)
    common = np.zeros((len(old), len(new)), dtype=np.int64)
    np.add.at(common, (row, column), households[free] * (1 + len(before)) + 1)
    pairs = zip(*linear_sum_assignment(common, maximize=True), strict=True)
    return kept | {int(old[i]): int(new[j]) for i, j in pairs if common[i, j]}


def moved_households(before: Ints, after: Ints, households: Ints, kept: Mapping[int, int] | None = None) -> int:
    """Households whose grid changes, after the best matching of grids that leaves the pairs `kept` alone.

    `before` is the grid in force of each node or unit, negative where it had none: whoever is new has not moved.
    """
    stays = np.zeros(len(before), dtype=np.bool_)
    for old, new in successors(before, after, households, kept).items():
        stays |= (before == old) & (after == new)
    return int(households[(before >= 0) & ~stays].sum())
