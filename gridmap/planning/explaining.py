"""What a draft looks like at a glance: how loads are spread, which grids are worst and why, what other weights give."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from gridmap.partition import SizeRule
from gridmap.partition.findings import PROOFS
from gridmap.planning.models import Plan, PlannedGrid
from gridmap.planning.terms import Terms
from gridmap.planning.wording import sentence
from gridmap.territory.models import GridEdition

#: Of the grids inside the band so many of the worst are named.
MOST_INSIDE = 8
#: The histogram: how wide a bin is, at most so many inside the band (they get wider), and so many on either side.
BIN_HOUSEHOLDS = 20
MOST_BINS_INSIDE = 12
MOST_BINS_BEYOND = 6


def terms_of(plan: Plan) -> Terms:
    """What the plan was drawn by."""
    return Terms.of(
        plan.parameters, SizeRule(**{name: plan.parameters[name] for name in ("target", "minimum", "maximum")})
    )


def explained(grids: Iterable[PlannedGrid], rule: SizeRule) -> list[PlannedGrid]:
    """The same grids, each told whether it is outside the band, why, and whether that is proven."""
    found = list(grids)
    for grid in found:
        grid.sentences = [sentence(finding) for finding in grid.findings]  # type: ignore[attr-defined]
        grid.outside = is_outside(grid, rule)  # type: ignore[attr-defined]
        grid.proven = is_proven(grid, rule)  # type: ignore[attr-defined]
    return found


def is_outside(grid: PlannedGrid, rule: SizeRule) -> bool:
    """Whether people live here, and too few or too many for one grid."""
    return grid.households > 0 and not rule.holds(grid.households)


def is_proven(grid: PlannedGrid, rule: SizeRule) -> bool:
    """Whether the grid is outside the band for a reason that no drawing could help; a locked one is as it was."""
    codes = {finding["code"] for finding in grid.findings}
    return is_outside(grid, rule) and not codes.isdisjoint(PROOFS)


def histogram(grids: Sequence[PlannedGrid], rule: SizeRule) -> dict[str, Any]:
    """How many inhabited grids have how many households.

    Bins are half-open but for the last inside the band, which holds the band's end; the first and the last of all are
    open (None) where loads lie farther off than is drawn.
    """
    loads = [grid.households for grid in grids if grid.households]
    edges: list[int | None] = [*_edges(loads, rule)]
    if any(load < (edges[0] or 0) for load in loads):
        edges.insert(0, None)
    if any(load >= (edges[-1] or 0) and load > rule.maximum for load in loads):
        edges.append(None)
    bins = [
        {"low": low, "high": high, "count": sum(_is_in(load, low, high, rule) for load in loads), "place": place}
        for low, high in pairwise(edges)
        for place in [_place(low, rule)]
    ]
    most = max(int(str(one["count"])) for one in bins)
    return {"bins": bins, "most": most, "minimum": rule.minimum, "target": rule.target, "maximum": rule.maximum}


def _edges(loads: Sequence[int], rule: SizeRule) -> list[int]:
    """Ends of the bins: the band always, and as far below and above it as there are loads, within reason."""
    width = BIN_HOUSEHOLDS * max(1, -(-(rule.maximum - rule.minimum) // (MOST_BINS_INSIDE * BIN_HOUSEHOLDS)))
    least = max(min(loads, default=rule.minimum), rule.minimum - MOST_BINS_BEYOND * width)
    most = min(max(loads, default=rule.maximum), rule.maximum + MOST_BINS_BEYOND * width - 1)
    below = range(rule.minimum - width, least - width, -width)
    above = range(rule.maximum + width, most + width + 1, width) if most > rule.maximum else ()
    end = _end(rule)
    return sorted({*(max(0, edge) for edge in below), *range(rule.minimum, end, width), end, *above})


def _end(rule: SizeRule) -> int:
    """Where the band ends on the axis: a band of one figure is one wide."""
    return max(rule.maximum, rule.minimum + 1)


def _is_in(load: int, low: int | None, high: int | None, rule: SizeRule) -> bool:
    last = rule.maximum if rule.maximum > rule.minimum else None
    begins = low is None or load > low or (load == low and low != last)
    return begins and (high is None or load < high or (load == high and high == last))


def _place(low: int | None, rule: SizeRule) -> str:
    if low is None or low < rule.minimum:
        return "below"
    return "inside" if low < _end(rule) else "above"


def worst(grids: Sequence[PlannedGrid], rule: SizeRule) -> list[dict[str, Any]]:
    """Every grid outside the band, then some inside, each by how far it is from the target."""
    lived_in = [grid for grid in grids if grid.households]
    ordered = sorted(lived_in, key=lambda grid: (not is_outside(grid, rule), -abs(grid.households - rule.target)))
    outside = sum(is_outside(grid, rule) for grid in ordered)
    return [_told(grid, rule) for grid in ordered[: outside + MOST_INSIDE]]


def _told(grid: PlannedGrid, rule: SizeRule) -> dict[str, Any]:
    return {
        "number": grid.number,
        "code": grid.grid.code if grid.grid else "",
        "households": grid.households,
        "deviation": (grid.households - rule.target) / rule.target,
        "outside": is_outside(grid, rule),
        "sentences": [sentence(finding) for finding in grid.findings],
        "proven": is_proven(grid, rule),
    }


def curve(plan: Plan) -> list[dict[str, Any]]:
    """What other weights would have given, and the plan itself in place of a quick drawing with its own weights."""
    own, points = weights(plan), plan.figures.get("curve", ())
    if not points:
        return []
    figures = {name: plan.figures.get(name) for name in points[0] if name != "weights"}
    others = [{**point, "chosen": False} for point in points if point["weights"] != own]
    return [{"weights": own, **figures, "chosen": True}, *others]


def weights(plan: Plan) -> dict[str, float]:
    """What counted how much."""
    return asdict(terms_of(plan).weights)


def moved(plan: Plan, grids: Sequence[PlannedGrid]) -> dict[str, Any] | None:
    """How many households change grid; None where no grid was in force before."""
    if all(grid.was_id is None for grid in grids):
        return None
    households = sum(grid.moved_households for grid in grids)
    return {"households": households, "share": households / max(1, plan.figures["households"])}


def bound(figures: Mapping[str, Any]) -> dict[str, int]:
    """Grids outside the band: how many there are, for how many it is proven, how many there must be in any drawing."""
    proven, least = figures.get("proven_outside", 0), figures.get("bound_outside", 0)
    return {"outside": figures["outside_band"], "proven_outside": proven, "bound_outside": least}


def number_of(code: str) -> str:
    """The last three digits of a grid's code: its number in the community."""
    return code[-3:]


def in_force_listed(editions: Sequence[GridEdition], kept: Container[str]) -> list[dict[str, Any]]:
    """Grids in force as the form lists them, with those ticked that are to stay."""
    return [
        {
            "code": edition.grid.code,
            "number": number_of(edition.grid.code),
            "kind": edition.grid.kind,
            "households": edition.households,
            "kept": edition.grid.code in kept,
        }
        for edition in editions
    ]
