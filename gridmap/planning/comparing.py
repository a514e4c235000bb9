"""Two drawings of one community side by side: two plans, or a plan and the grids in force."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gridmap.geometry.crs import LocalPlane
from gridmap.geometry.shape import polsby_popper_of
from gridmap.partition import SizeRule
from gridmap.partition.measures import compound_pieces, extra_compound_pieces, load_figures, successors
from gridmap.planning.explaining import number_of, terms_of
from gridmap.planning.ground import grids_in_force
from gridmap.planning.models import Plan, PlannedGrid
from gridmap.planning.shapes import code_of
from gridmap.planning.wording import figure_rows
from gridmap.territory.models import Building, Region

NOW = "now"
#: Figures of which more is better, and of which less is.
MORE = frozenset({"within_10", "within_20", "polsby_popper"})
LESS = frozenset(
    {"outside_band", "mean_deviation", "barriers_crossed", "extra_compound_pieces", "cut_length_m", "moved_households"}
)


@dataclass(frozen=True)
class Side:
    """One of the two: its figures, and the grid of every building (key → number)."""

    title: str
    note: str
    shapes_url: str
    page_url: str
    figures: Mapping[str, Any]
    grid_of: Mapping[int, str]
    plan: Plan | None = None

    @property
    def now(self) -> bool:
        """Whether these are the grids in force."""
        return self.plan is None


def side_of_plan(plan: Plan) -> Side:
    """A plan as one side."""
    grids = plan.grids.select_related("grid", "was")
    grid_of = {pk: _name(grid) for grid in grids for pk in grid.building_ids}
    return Side(
        title=_("Variant %(seed)s") % {"seed": plan.parameters.get("seed", 0)},
        note=f"{date_format(localtime(plan.created_at), 'Y-m-d H:i')} · {plan.get_state_display()}",
        shapes_url=reverse("planning:shapes", args=[plan.pk]),
        page_url=reverse("planning:plan", args=[plan.pk]),
        figures=plan.figures,
        grid_of=grid_of,
        plan=plan,
    )


def _name(grid: PlannedGrid) -> str:
    """As the map has it; a locked grid of a draft may share its digits with another one's number, so it says so."""
    if grid.grid:
        return number_of(grid.grid.code)
    code = code_of(grid)
    return _("%(code)s (locked)") % {"code": number_of(code)} if code else f"{grid.number:03d}"


def side_in_force(community: Region, rule: SizeRule) -> Side:
    """The grids in force as the other side, with the figures that need no neighbour graph."""
    codes = {edition.grid_id: edition.grid.code for edition in grids_in_force(community)}
    rows = Building.objects.active().filter(community=community, grid__in=codes).values_list("pk", "grid")
    return Side(
        title=_("Grids in force"),
        note=_("the grids of today"),
        shapes_url=reverse("planning:shapes_now", args=[community.code]),
        page_url="",
        figures=figures_in_force(community, rule),
        grid_of={pk: number_of(codes[grid]) for pk, grid in rows},
    )


def figures_in_force(community: Region, rule: SizeRule) -> dict[str, Any]:
    """Figures of the grids in force as of a plan; barriers crossed are known where the grids came from one."""
    editions = grids_in_force(community)
    if not editions:
        return {"grids": 0}
    shapes = [shapely.from_wkb(bytes(edition.geom.wkb)) for edition in editions]
    home = shapely.union_all(shapes)
    flat = LocalPlane.around(home).project(np.array([*shapes, home]))
    lengths, areas = shapely.length(flat), shapely.area(flat)
    compactness = [polsby_popper_of(a, p) for a, p in zip(areas[:-1], lengths[:-1], strict=True)]
    return {
        "grids": len(editions),
        "units": sum(edition.building_count for edition in editions),
        "households": sum(edition.households for edition in editions),
        **load_figures([edition.households for edition in editions], rule),
        "extra_compound_pieces": _extra_pieces(community, [edition.grid_id for edition in editions], rule),
        "cut_length_m": max(0.0, float(lengths[:-1].sum() - lengths[-1]) / 2.0),
        "polsby_popper": float(np.mean(compactness)),
        **_barriers(community, {edition.grid_id for edition in editions}),
    }


def _barriers(community: Region, grids: set[int]) -> dict[str, Any]:
    """Barriers crossed, where the grids are still exactly those of the plan that was adopted last."""
    plan = community.plans.filter(state=Plan.State.ADOPTED).order_by("-adopted_at").first()
    if plan is None or set(plan.grids.values_list("grid", flat=True)) != grids:
        return {}
    return {"barriers_crossed": plan.figures.get("barriers_crossed")}


def _extra_pieces(community: Region, grids: Sequence[int], rule: SizeRule) -> int:
    fields = ("grid", "compound", "households", "dwellings")
    rows = list(Building.objects.active().filter(community=community, grid__in=grids).values_list(*fields))
    members: dict[int, list[int]] = {grid: [] for grid in grids}
    sizes: dict[str, int] = {}
    for index, (grid, compound, households, dwellings) in enumerate(rows):
        members[grid].append(index)
        if compound is not None:
            load = (dwellings or 0) if households is None else households
            sizes[str(compound)] = sizes.get(str(compound), 0) + load
    names = [None if compound is None else str(compound) for _grid, compound, *_rest in rows]
    return extra_compound_pieces(compound_pieces(list(members.values()), names), sizes, rule)


def pairs(a: Side, b: Side) -> list[dict[str, str]]:
    """The figures of both, row by row, and which is better where one is."""
    return [
        {
            "label": left.label,
            "unit": left.unit,
            "note": left.note,
            "a": left.value,
            "b": right.value,
            "better": better(left.key, *(side.figures.get(left.key) for side in (a, b)))
            if left.value != right.value
            else "",
        }
        for left, right in zip(figure_rows(a.figures), figure_rows(b.figures), strict=True)
    ]


def better(key: str, a: float | None, b: float | None) -> str:
    """`a` or `b`; nothing where they are equal, one is unknown, or neither way is better."""
    if a is None or b is None or a == b or key not in MORE | LESS:
        return ""
    return "a" if (a > b) == (key in MORE) else "b"


def moved_between(a: Side, b: Side, community: Region) -> dict[str, Any]:
    """Buildings that change grid from `a` to `b`, after the matching of grids that leaves most households in place."""
    fields = ("pk", "point", "households", "dwellings", "name", "number", "source_ref")
    rows = Building.objects.active().filter(community=community).order_by("pk").values_list(*fields)
    loads = {row[0]: (row[3] or 0) if row[2] is None else row[2] for row in rows}
    known = [pk for pk in loads if pk in a.grid_of and pk in b.grid_of]
    successor = _matched(known, a, b, loads)
    points = [
        {
            "lon": point.x,
            "lat": point.y,
            "name": name or number or source_ref,
            "households": loads[pk],
            "from": a.grid_of[pk],
            "to": b.grid_of[pk],
        }
        for pk, point, _households, _dwellings, name, number, source_ref in rows
        if pk in a.grid_of and pk in b.grid_of and successor.get(a.grid_of[pk]) != b.grid_of[pk]
    ]
    households = sum(one["households"] for one in points)
    whole = sum(loads[pk] for pk in known)
    return {"households": households, "share": households / max(1, whole), "buildings": len(points), "points": points}


def _matched(known: Sequence[int], a: Side, b: Side, loads: Mapping[int, int]) -> dict[str, str]:
    """Which grid of `b` follows which of `a`."""
    old, before = np.unique([a.grid_of[pk] for pk in known], return_inverse=True)
    new, after = np.unique([b.grid_of[pk] for pk in known], return_inverse=True)
    households = np.array([loads[pk] for pk in known], dtype=np.int64)
    return {str(old[i]): str(new[j]) for i, j in successors(before, after, households).items()}


def choices(community: Region, plans: Iterable[Plan]) -> list[dict[str, str]]:
    """What may be put on either side."""
    found = [{"value": str(plan.pk), "label": label_of(plan)} for plan in plans]
    return [{"value": NOW, "label": _("Grids in force")}, *found] if grids_in_force(community) else found


def compare_with(plan: Plan, others: Iterable[Plan]) -> list[dict[str, Any]]:
    """What this plan can be compared with, and the page that does it."""
    page = reverse("planning:compare")
    now = [{"label": _("Grids in force"), "url": f"{page}?a={NOW}&b={plan.pk}", "now": True}]
    plans = [
        {"label": label_of(other), "url": f"{page}?a={other.pk}&b={plan.pk}", "now": False}
        for other in others
        if other.pk != plan.pk
    ]
    return [*(now if grids_in_force(plan.community) else ()), *plans]


def label_of(plan: Plan) -> str:
    """A plan by when it was drawn and how."""
    drawn = date_format(localtime(plan.created_at), "Y-m-d H:i")
    seed = _("variant %(seed)s") % {"seed": terms_of(plan).seed}
    return f"{drawn} · {seed} · {plan.get_state_display()}"
