"""Grids of a plan, and those in force, as GeoJSON with the figures that colour and label them."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from gridmap.planning.explaining import is_outside, is_proven, terms_of
from gridmap.planning.ground import size_rule
from gridmap.planning.models import Plan, PlannedGrid
from gridmap.territory.models import Building, GridEdition


def shapes_of_plan(plan: Plan) -> dict[str, Any]:
    """The grids of a plan."""
    rule = terms_of(plan).rule
    grids = list(plan.grids.select_related("grid", "was"))
    features = [
        _feature(
            grid.number,
            grid.geom,
            code=code_of(grid),
            households=grid.households,
            kind=grid.kind,
            outside=is_outside(grid, rule),
            proven=is_proven(grid, rule),
            kept=grid.kept,
            was=grid.was.code if grid.was else "",
            moved_households=grid.moved_households,
        )
        for grid in grids
    ]
    return {"type": "FeatureCollection", "features": features, "rule": plan.parameters, "named": _named(grids)}


def code_of(grid: PlannedGrid) -> str:
    """The code that a grid became in force with, or keeps as a locked one; nothing while it has none."""
    if grid.grid:
        return grid.grid.code
    return grid.was.code if grid.kept and grid.was else ""


def _named(grids: Sequence[PlannedGrid]) -> list[dict[str, Any]]:
    """The buildings that the reasons of grids name, as far as they still stand."""
    pairs = [
        (grid.number, key)
        for grid in grids
        for key in {key for finding in grid.findings for key in finding["params"].get("building_ids", ())}
    ]
    buildings = Building.objects.in_bulk({key for _number, key in pairs})
    return [
        {
            "type": "Feature",
            "geometry": json.loads(found.geom.json),
            "properties": {
                "grid": number,
                "name": found.name or found.number or found.source_ref,
                "households": (found.dwellings or 0) if found.households is None else found.households,
            },
        }
        for number, key in sorted(pairs)
        if (found := buildings.get(key)) is not None
    ]


def shapes_in_force(editions: Sequence[GridEdition]) -> dict[str, Any]:
    """Grids in force; against themselves nobody moves."""
    rule = size_rule()
    features = [
        _feature(
            int(edition.grid.code[-3:]),
            edition.geom,
            code=edition.grid.code,
            households=edition.households,
            kind=edition.grid.kind,
            outside=edition.households > 0 and not rule.holds(edition.households),
            proven=False,
            kept=False,
            was=edition.grid.code,
            moved_households=0,
        )
        for edition in editions
    ]
    return {"type": "FeatureCollection", "features": features, "rule": asdict(rule), "named": []}


def _feature(number: int, geom: Any, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": number,
        "geometry": json.loads(geom.json),
        "properties": {"number": number, **properties},
    }
