"""The trade-off between even loads, compact shapes and few moves: what other weights would have given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gridmap.geometry.shape import polsby_popper_of
from gridmap.partition.measures import Figures, load_figures, moved_households, shape_figures
from gridmap.partition.parts import Part, divided, former_grids
from gridmap.partition.plane import DegreePlane, Ints
from gridmap.partition.search import go_on
from gridmap.partition.units import QUICK, SizeRule, Weights

# From round shapes to even loads.
_BALANCE_TO_COMPACTNESS = ((0.2, 3.0), (0.5, 1.7), (1.0, 1.0), (1.7, 0.5), (3.0, 0.2))
_STABILITIES = (0.0, 0.3, 3.0)


@dataclass(frozen=True)
class CurvePoint:
    """What a quick drawing with these weights comes to: within_10, within_20, mean_deviation, outside_band,
    polsby_popper, cut_length_m, moved_share.
    """

    weights: Weights
    figures: Figures


def trade_off(parts: Sequence[Part], rule: SizeRule, seed: int, proceed: Callable[[float], bool]) -> list[CurvePoint]:
    """Quick drawings of the same parts with other weights; fewer if `proceed`, told the share done, says no."""
    known = any(part.before for part in parts)
    found = []
    choices = _choices(known=known)
    for index, weights in enumerate(choices):
        if not proceed(index / len(choices)):
            break
        labels = [_quickly(part, rule, weights, seed) for part in parts]
        found.append(CurvePoint(weights, _figures(parts, labels, rule)))
    return found


def _quickly(part: Part, rule: SizeRule, weights: Weights, seed: int) -> Ints | None:
    return divided(part, rule, go_on, weights=weights, effort=QUICK, seed=seed) if part.laid else None


def _choices(*, known: bool) -> list[Weights]:
    choices = [Weights(balance, compactness) for balance, compactness in _BALANCE_TO_COMPACTNESS]
    return choices + [Weights(stability=stability) for stability in _STABILITIES if known]


def _figures(parts: Sequence[Part], labels: Sequence[Ints | None], rule: SizeRule) -> Figures:
    loads: list[int] = []
    compactness: list[float] = []
    cut, moved, known = 0.0, 0, 0
    for part, label in zip(parts, labels, strict=True):
        if label is None or part.laid is None:
            loads.append(part.households)
            flat = DegreePlane.around(part.shape).project(part.shape)
            compactness.append(polsby_popper_of(flat.area, flat.length))
            continue
        graph = part.laid.graph
        here = np.bincount(label, weights=graph.households).astype(int).tolist()
        shape = shape_figures(graph, label)
        loads += here
        compactness += [float(shape["polsby_popper"])] * len(here)
        cut += shape["cut_length_m"]
        before = former_grids(part)
        moved += moved_households(before, label, graph.households)
        known += int(graph.households[before >= 0].sum())
    figures = load_figures(loads, rule)
    names = ("within_10", "within_20", "mean_deviation", "outside_band")
    shape_share = {"polsby_popper": float(np.mean(compactness)), "cut_length_m": cut}
    return {name: figures[name] for name in names} | shape_share | {"moved_share": moved / known if known else 0.0}
