"""Drawing plans, adopting and discarding them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import shapely
from django.contrib.gis.geos import GEOSGeometry, Polygon
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from gridmap.accounts.models import User
from gridmap.geometry.coverage import is_tiling
from gridmap.outbox.services import announce
from gridmap.partition import Drawing, DrawnGrid, Finding, SizeRule, draw_community
from gridmap.planning.ground import CommunityGround, fingerprint, read_ground
from gridmap.planning.models import Plan, PlannedGrid
from gridmap.planning.permissions import may_adopt, may_draw
from gridmap.planning.refusals import PlanRefusedError, StalePlanError
from gridmap.territory.models import Building, Grid, GridEdition, Region, RegionEdition
from gridmap.territory.services import NewGrid, replace_grids, settled, wait_for_other_writers

Report = Callable[[float], None]

#: How long an adoption waits for an import that is writing: less than a browser's patience.
PATIENCE_S = 15


def draw_plan(
    *,
    community: Region,
    rule: SizeRule,
    seed: int,
    by: User | None,
    job: UUID | None = None,
    report: Report | None = None,
) -> Plan:
    """Read the ground, draw it and keep the draft. `by` is None for commands run by whoever holds the machine."""
    if by is not None and not may_draw(by, community):
        raise PermissionDenied
    ground = read_ground(community)
    drawing = draw_community(**ground.arguments(rule, seed), progress=report)
    return save_drawing(drawing=drawing, ground=ground, community=community, rule=rule, seed=seed, by=by, job=job)


def save_drawing(
    *,
    drawing: Drawing,
    ground: CommunityGround,
    community: Region,
    rule: SizeRule,
    seed: int,
    by: User | None,
    job: UUID | None = None,
) -> Plan:
    """Keep a drawing as a draft with its figures per grid and for the whole."""
    with transaction.atomic():
        buildings = _Buildings(community)
        plan = Plan.objects.create(
            community=community,
            parameters={"target": rule.target, "minimum": rule.minimum, "maximum": rule.maximum, "seed": seed},
            figures=dict(drawing.figures),
            findings=[*(buildings.told(finding) for finding in drawing.findings), *buildings.of_the_count()],
            ground=ground.fingerprint,
            created_by=by,
            job=job,
        )
        PlannedGrid.objects.bulk_create(_planned(plan, grid, buildings) for grid in drawing.grids)
    return plan


def adopt_plan(*, plan: Plan, by: User | None, at: datetime) -> list[Grid]:
    """Put the grids of a draft in force from `at`; the grids before them end there.

    Refused where the ground has changed since the drawing, or where the shapes do not tile the community exactly.
    """
    with transaction.atomic():
        try:
            wait_for_other_writers(patience_s=PATIENCE_S)
        except OperationalError as busy:
            raise PlanRefusedError(_("An import is writing the ground just now. Try again in a minute.")) from busy
        community = Region.objects.select_for_update(no_key=True).get(pk=plan.community_id)
        plan = Plan.objects.select_for_update().get(pk=plan.pk)
        if by is not None and not may_adopt(by, plan):
            raise PermissionDenied
        if plan.state != Plan.State.DRAFT:
            raise PlanRefusedError(
                _("This plan is no draft any more: %(state)s.") % {"state": plan.get_state_display()}
            )
        if plan.ground != fingerprint(community):
            raise StalePlanError(_("Buildings or boundaries have changed since this plan was drawn. Draw it again."))
        planned = list(plan.grids.order_by("number"))
        _refuse_unless_tiling(community, planned)
        kept = _grids_that_stay(community, planned)
        try:
            with settled():
                grids = replace_grids(
                    community=community,
                    grids=[NewGrid(one.geom, one.kind, one.building_ids, kept.get(one.pk)) for one in planned],
                    source=f"plan {plan.pk}",
                    at=at,
                )
        except (IntegrityError, DataError) as refusal:
            raise PlanRefusedError(_("The database refuses these grids: %(why)s") % {"why": refusal}) from refusal
        for one, grid in zip(planned, grids, strict=True):
            one.grid = grid
        PlannedGrid.objects.bulk_update(planned, ["grid"])
        plan.state, plan.adopted_by, plan.adopted_at = Plan.State.ADOPTED, by, at
        plan.save(update_fields=["state", "adopted_by", "adopted_at"])
        announce(kind="grids", reference=community.code, area=community.code, data={"plan": str(plan.pk)})
    return grids


def discard_plan(*, plan: Plan, by: User) -> None:
    """Put a draft away; it stays readable, and cannot be adopted any more."""
    if not may_draw(by, plan.community):
        raise PermissionDenied
    changed = Plan.objects.filter(pk=plan.pk, state=Plan.State.DRAFT).update(state=Plan.State.DISCARDED)
    if not changed:
        raise PlanRefusedError(_("This plan is no draft any more."))


class _Buildings:
    """What a plan needs to know of the buildings it was drawn from: their figures, and what people call them."""

    def __init__(self, community: Region) -> None:
        rows = Building.objects.active().filter(community=community)
        fields = ("pk", "households", "dwellings", "residents", "elders", "name", "number", "source_ref")
        self.counts: dict[str, tuple[int, int, int, int]] = {}
        self.names: dict[str, str] = {}
        self.uncounted = 0
        for pk, households, dwellings, residents, elders, name, number, source_ref in rows.values_list(*fields):
            stand_in = int(households is None and dwellings is not None)
            self.counts[str(pk)] = (dwellings or 0, residents or 0, elders or 0, stand_in)
            self.names[str(pk)] = name or number or source_ref
            self.uncounted += households is None and dwellings is None

    def told(self, finding: Finding) -> dict[str, Any]:
        """A finding as data, with the names of its buildings in place of their keys."""
        params = dict(finding.params)
        keys = params.pop("units", None) or str(params.pop("unit", "")).split(", ")
        names = [self.names.get(str(key), "") for key in keys]  # type: ignore[attr-defined]
        if any(names):
            params["buildings"] = "、".join(names[:5]) + (f" +{len(names) - 5}" if len(names) > 5 else "")
        return {"code": finding.code, "params": params}

    def of_the_count(self) -> list[dict[str, Any]]:
        """Findings about how households were counted."""
        stand_ins = sum(counts[3] for counts in self.counts.values())
        found = {"counted_by_dwellings": stand_ins, "buildings_uncounted": self.uncounted}
        return [{"code": code, "params": {"buildings": number}} for code, number in found.items() if number]


def _planned(plan: Plan, grid: DrawnGrid, buildings: _Buildings) -> PlannedGrid:
    dwellings, residents, elders, stand_ins = (
        sum(column) for column in zip((0, 0, 0, 0), *(buildings.counts[ref] for ref in grid.units), strict=True)
    )
    return PlannedGrid(
        plan=plan,
        number=grid.number,
        kind=Grid.Kind.DEDICATED if grid.dedicated else Grid.Kind.GENERAL,
        geom=_polygon(grid.polygon),
        building_ids=[int(ref) for ref in grid.units],
        households=grid.households,
        dwellings=dwellings,
        residents=residents,
        elders=elders,
        stand_ins=stand_ins,
        findings=[buildings.told(finding) for finding in grid.findings],
    )


def _polygon(shape: shapely.Polygon) -> Polygon:
    polygon = GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=4326)
    if not isinstance(polygon, Polygon):
        raise TypeError(polygon.geom_type)
    return polygon


def _shapes(grids: Sequence[PlannedGrid | GridEdition]) -> list[shapely.Geometry]:
    return [shapely.from_wkb(bytes(grid.geom.wkb)) for grid in grids]


def _refuse_unless_tiling(community: Region, planned: Sequence[PlannedGrid]) -> None:
    home = RegionEdition.objects.in_force().get(region=community)
    shapes = _shapes(planned)
    if not shapely.coverage_is_valid(shapes) or not is_tiling(shapes, shapely.from_wkb(bytes(home.geom.wkb))):
        raise PlanRefusedError(_("The grids of this plan do not tile the community exactly; it can't be adopted."))


def _grids_that_stay(community: Region, planned: Sequence[PlannedGrid]) -> dict[int, str]:
    """Planned grids (by key) that equal one in force in shape and kind, and its code."""
    now = list(
        GridEdition.objects.in_force().of_community(community.code).exclude(grid__kind="micro").select_related("grid")
    )
    codes = {
        (shapely.normalize(shape).wkb, edition.grid.kind): edition.grid.code
        for edition, shape in zip(now, _shapes(now), strict=True)
    }
    found = (
        (one.pk, codes.get((shapely.normalize(shape).wkb, one.kind)))
        for one, shape in zip(planned, _shapes(planned), strict=True)
    )
    return {pk: code for pk, code in found if code}
