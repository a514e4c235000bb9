"""Grids of a plan, and those in force, as GeoJSON with the figures that colour and label them."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from gridmap.planning.explaining import is_outside, is_proven, terms_of
from gridmap.planning.ground import size_rule
from gridmap.planning.models import Plan
from gridmap.territory.models import GridEdition


def shapes_of_plan(plan: Plan) -> dict[str, Any]:
    """The grids of a plan."""
    rule = terms_of(plan).rule
    features = [
        _feature(
            grid.number,
            grid.geom,
            code=grid.grid.code if grid.grid else "",
            households=grid.households,
            kind=grid.kind,
            outside=is_outside(grid, rule),
            proven=is_proven(grid, rule),
            kept=grid.kept,
            was=grid.was.code if grid.was else "",
            moved_households=grid.moved_households,
        )
        for grid in plan.grids.select_related("grid", "was")
    ]
    return {"type": "FeatureCollection", "features": features, "rule": plan.parameters}


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
    return {"type": "FeatureCollection", "features": features, "rule": asdict(rule)}


def _feature(number: int, geom: Any, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": number,
        "geometry": json.loads(geom.json),
        "properties": {"number": number, **properties},
    }
