"""The communities of a person's areas with their figures, for the list beside the map."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.gis.db.models import Extent
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from gridmap.accounts.permissions import areas_of, codes_in
from gridmap.accounts.roles import Verb
from gridmap.territory.models import Building, Grid, GridEdition, Region, RegionEdition
from gridmap.territory.querysets import Viewer
from layers.loads import Band

Figures = dict[str, dict[str, Any]]


def list_communities(user: Viewer) -> list[dict[str, Any]]:
    """Communities by code: name, street, counts of grids, households, residents and buildings, how many grids are over
    and under the band, and the box [west, south, east, north] of the boundary in force (None where there is none).

    Households are the resident ones, else the dwellings that stand in for them (in `standIns` buildings); households
    and residents are None where no building has the figure.
    """
    areas = areas_of(user, Verb.VIEW)
    regions = Region.objects.communities().filter(codes_in(areas, "code") | Q(grids__in=_grids_of(areas))).distinct()
    grids, buildings, boxes = _grid_figures(user), _building_figures(user), _boxes(user)
    return [
        {
            "code": region.code,
            "name": region.name,
            "street": region.parent.name if region.parent else "",
            **{"grids": 0, "over": 0, "under": 0, **grids.get(region.code, {})},
            **{"households": None, "residents": None, "buildings": 0, "standIns": 0, **buildings.get(region.code, {})},
            "bbox": boxes.get(region.code),
        }
        for region in regions.select_related("parent").order_by("code")
    ]


def _grids_of(areas: list[str]) -> Any:
    return Grid.objects.filter(codes_in([area for area in areas if len(area) == 15], "code"))


def _grid_figures(user: Viewer) -> Figures:
    band = Band.in_force()
    general = Q(grid__kind="general")
    rows = (
        GridEdition.objects.in_force()
        .visible_to(user)
        .exclude(grid__kind="micro")
        .values("grid__community__code")
        .annotate(
            grids=Count("pk"),
            over=Count("pk", filter=general & Q(households__gt=band.highest)),
            under=Count("pk", filter=general & Q(households__lt=band.lowest)),
        )
        .order_by()
    )
    return _by(rows, "grid__community__code")


def _building_figures(user: Viewer) -> Figures:
    rows = (
        Building.objects.visible_to(user)
        .active()
        .filter(community__isnull=False)
        .values("community__code")
        .annotate(
            standIns=Count("pk", filter=Q(households__isnull=True, dwellings__isnull=False)),
            residents=Sum("residents"),
            buildings=Count("pk"),
            households=Sum(Coalesce("households", "dwellings")),
        )
        .order_by()
    )
    return _by(rows, "community__code")


def _by(rows: Iterable[Mapping[str, Any]], key: str) -> Figures:
    return {row[key]: {name: value for name, value in row.items() if name != key} for row in rows}


def _boxes(user: Viewer) -> dict[str, list[float]]:
    rows = (
        RegionEdition.objects.in_force()
        .visible_to(user)
        .filter(region__level=Region.Level.COMMUNITY)
        .values("region__code")
        .annotate(box=Extent("geom"))
        .order_by()
    )
    return {row["region__code"]: [round(edge, 6) for edge in row["box"]] for row in rows}
