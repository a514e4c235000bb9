"""Keeping a drawing as a draft: its grids with their figures, and findings in the words that buildings go by."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import shapely
from django.contrib.gis.geos import GEOSGeometry, Polygon
from django.db import transaction

from gridmap.accounts.models import User
from gridmap.jobs.shares import hold
from gridmap.partition import Drawing, DrawnGrid, Finding
from gridmap.planning.ground import CommunityGround
from gridmap.planning.models import Plan, PlannedGrid
from gridmap.planning.terms import Terms
from gridmap.territory.models import Building, Grid, Region


def save_drawing(
    *,
    drawing: Drawing,
    ground: CommunityGround,
    community: Region,
    terms: Terms,
    by: User | None,
    job: UUID | None = None,
) -> Plan:
    """Keep a drawing as a draft with its figures per grid and for the whole.

    A job has one plan of a community: where it has made that already, it is given back as it is. Raises
    `JobCancelledError` where the job has ended.
    """
    with transaction.atomic():
        if job is not None:
            hold(job)
        buildings = _Buildings(community)
        values = {
            "parameters": terms.as_json(),
            "figures": _figures(drawing),
            "findings": [*(buildings.told(finding) for finding in drawing.findings), *buildings.of_the_count()],
            "ground": ground.fingerprint,
            "created_by": by,
        }
        if job is None:
            plan, is_new = Plan.objects.create(community=community, **values), True
        else:
            plan, is_new = Plan.objects.get_or_create(community=community, job=job, defaults=values)
        if is_new:
            _save_grids(plan, drawing, ground, buildings)
    return plan


def _figures(drawing: Drawing) -> dict[str, Any]:
    curve = [{"weights": asdict(point.weights), **point.figures} for point in drawing.curve]
    return {**drawing.figures, "stopped": drawing.stopped, "curve": curve}


def _save_grids(plan: Plan, drawing: Drawing, ground: CommunityGround, buildings: "_Buildings") -> None:
    codes = {grid.was for grid in drawing.grids if grid.was}
    keys = dict(Grid.objects.filter(code__in=codes).values_list("code", "pk"))
    loads = {unit.ref: unit.households for unit in ground.units}
    planned = []
    for grid in drawing.grids:
        one = _planned(plan, grid, buildings)
        one.was_id = keys.get(grid.was or "")
        one.kept = grid.kept is not None
        came = (ref for ref in grid.units if ground.before.get(ref, grid.was) != grid.was)
        one.moved_households = sum(loads[ref] for ref in came)
        planned.append(one)
    PlannedGrid.objects.bulk_create(planned)


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
        known = [str(key) for key in keys if str(key) in self.names]  # type: ignore[attr-defined]
        names = [self.names[key] for key in known]
        if known:
            params["building_ids"] = [int(key) for key in known]
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
