"""What a draft looks like at a glance: how loads are spread, which grids are worst and why, what other weights give."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from gridmap.partition import SizeRule
from gridmap.planning.models import Plan, PlannedGrid
from gridmap.planning.terms import Terms
from gridmap.planning.wording import sentence
from gridmap.territory.models import GridEdition

#: Reasons that are no proof: a better drawing might do without.
UNPROVEN = frozenset({"outside_band", "outside_band_bounded"})
#: Of the grids inside the band so many of the worst are named.
MOST_INSIDE = 8
BINS_BELOW, BINS_INSIDE, BINS_ABOVE = 4, 4, 4


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
    return is_outside(grid, rule) and bool(codes - UNPROVEN)


def histogram(grids: Sequence[PlannedGrid], rule: SizeRule) -> dict[str, Any]:
    """How many inhabited grids have how many households; bins are half-open and end where the band does."""
    edges = _edges(rule)
    loads = [grid.households for grid in grids if grid.households]
    bins = [
        {
            "low": low,
            "high": high,
            "count": sum(low <= load and (high is None or load < high) for load in loads),
            "place": _place(low, rule),
        }
        for low, high in zip(edges, [*edges[1:], None], strict=True)
    ]
    most = max(int(one["count"] or 0) for one in bins)
    return {"bins": bins, "most": most, "minimum": rule.minimum, "target": rule.target, "maximum": rule.maximum}


def _edges(rule: SizeRule) -> list[int]:
    """Lower edges of the bins: below the band, inside up to the target and above it, beyond; none twice."""
    below = [rule.minimum * step // BINS_BELOW for step in range(BINS_BELOW)]
    half = BINS_INSIDE // 2
    lower = [rule.minimum + (rule.target - rule.minimum) * step // half for step in range(half)]
    end = rule.maximum + 1  # the largest grid inside the band is still inside
    upper = [rule.target + (end - rule.target) * step // half for step in range(half)]
    width = max(1, (rule.maximum - rule.target) // half)
    above = [end + width * step for step in range(BINS_ABOVE)]
    return sorted({*below, *lower, *upper, *above})


def _place(low: int, rule: SizeRule) -> str:
    if low < rule.minimum:
        return "below"
    return "inside" if low <= rule.maximum else "above"


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
    """What other weights would have given, and which of them are the plan's own."""
    own = weights(plan)
    return [{**point, "chosen": point["weights"] == own} for point in plan.figures.get("curve", ())]


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
