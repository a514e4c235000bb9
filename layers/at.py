"""What lies under a click, topmost first."""

from collections.abc import Collection
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import Point
from django.db.models import FloatField, Func, IntegerField, Model, Q, QuerySet, Value
from django.utils.translation import gettext as _

from gridmap.casework.models import Case
from gridmap.casework.models.bins import NEAREST
from gridmap.territory.models import Building, Camera, Component, Compound, Facility, Grid, GridEdition, StreetLamp
from gridmap.territory.querysets import Viewer
from layers.cuts.cut import WORLD_M
from layers.cuts.ground import BUILDINGS_FROM
from layers.places import places_at

#: How near a click must be to a symbol, pixels.
REACH_PIXELS = 9
#: The largest number of things of one kind that a click finds.
MOST = 5
CAMERAS_FROM = 14
#: Dimensions of shapes.
POINT, LINE, AREA = 0, 1, 2
ANY_SHAPE = (POINT, LINE, AREA)
#: Lamps and components are drawn from here on.
SMALL_FROM = 17


def things_at(lon: float, lat: float, zoom: float, user: Viewer) -> dict[str, Any]:
    """The things under a point in degrees at a map zoom: {"found": […], "place": […]}."""
    point = Point(lon, lat, srid=4326)
    place = places_at(point, user)
    found = [*_symbols(point, zoom, user), *_shapes(point, zoom, user)]
    if place:
        found.append({"type": "region", "id": place[-1]["code"], "title": place[-1]["name"]})
    if place:
        found.append({"type": "point", "id": f"{lon:.6f},{lat:.6f}", "title": _("This place")})
    return {"found": found, "place": place}


def _symbols(point: Point, zoom: float, user: Viewer) -> list[dict[str, Any]]:
    if zoom < CAMERAS_FROM:
        return []
    cameras = Camera.objects.visible_to(user).active()
    facilities = Facility.objects.visible_to(user).active()
    cases = _near(Case.objects.visible_to(user), "case", point, zoom) if zoom >= NEAREST + 2 else []
    found = [*cases, *_near(cameras, "camera", point, zoom), *_near(facilities, "facility", point, zoom)]
    if zoom >= SMALL_FROM:
        found += _near(StreetLamp.objects.visible_to(user).active(), "lamp", point, zoom)
        found += _near(Component.objects.visible_to(user).active(), "component", point, zoom)
    return found


def _near(
    rows: "QuerySet[Any]", kind: str, point: Point, zoom: float, shapes: Collection[int] = ANY_SHAPE
) -> list[dict[str, Any]]:
    """Things of those dimensions within reach: points and lines before areas, nearest first."""
    here = point.transform(3857, clone=True)
    reach_m = REACH_PIXELS * WORLD_M / 256 / 2**zoom
    spot = Value(here, output_field=GeometryField(srid=3857))
    reached = rows.filter(geom_3857__bboverlaps=here.buffer(reach_m).envelope).annotate(
        away_m=Func("geom_3857", spot, function="ST_Distance", output_field=FloatField()),
        dims=Func("geom_3857", function="ST_Dimension", output_field=IntegerField()),
    )
    reached = reached.filter(away_m__lte=reach_m, dims__in=shapes)
    nearest = reached.alias(covers=Q(dims=AREA)).order_by("covers", "away_m", "pk")
    return [_found(kind, row) for row in nearest[:MOST]]


def _shapes(point: Point, zoom: float, user: Viewer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if zoom >= BUILDINGS_FROM:
        buildings = Building.objects.visible_to(user).active()
        found += [_found("building", row) for row in buildings.filter(geom__covers=point).order_by("pk")[:MOST]]
        found = found or _near(buildings, "building", point, zoom, {POINT})
    grids = GridEdition.objects.in_force().visible_to(user).at(point).select_related("grid").defer("geom", "geom_3857")
    micro_first = sorted(grids[:MOST], key=lambda edition: edition.grid.kind != Grid.Kind.MICRO)
    found += [{"type": "grid", "id": one.grid.code, "title": str(one.grid)} for one in micro_first]
    compounds = Compound.objects.visible_to(user).active().filter(geom__covers=point).order_by("pk")[:MOST]
    return found + [_found("compound", row) for row in compounds]


def _found(kind: str, row: Model) -> dict[str, Any]:
    return {"type": kind, "id": str(row.pk), "title": str(row)}
