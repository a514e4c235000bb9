"""The card of a place that somebody clicked or typed: coordinates, where it lies, the nearest door."""

from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import Distance, Transform
from django.contrib.gis.geos import Point
from django.db.models import F, Value
from django.utils.translation import gettext as _

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.territory.models import Building, Grid, GridEdition
from gridmap.territory.querysets import Viewer
from layers.cards.around import around
from layers.cards.card import Card, Fact, Link, Section, select
from layers.cards.duty import responsible
from layers.places import places_at
from layers.questions import MERCATOR_LAT
from layers.sought.found import Away

#: A door further away says nothing about a place.
DOOR_REACH_M = 150


def point_card(key: str, user: Viewer) -> Card:
    """The place `lon,lat` in degrees of WGS 84; for whoever holds a post."""
    if not areas_of(user, Verb.VIEW):
        raise Building.DoesNotExist
    lon, lat = (float(one) for one in key.split(","))
    if abs(lon) > 180 or abs(lat) > MERCATOR_LAT:
        raise Building.DoesNotExist
    spot = Point(lon, lat, srid=4326)
    place = places_at(spot, user)
    grid = _grid(spot, user)
    doors, links = _nearest_door(spot, user)
    return Card(
        type="point",
        id=key,
        title=_("Place"),
        subtitle=" · ".join(one["name"] for one in place[-2:]),
        source="",
        shape=spot,
        place=place,
        facts=[
            Fact(_("Latitude, longitude (WGS 84)"), f"{lat:.6f}, {lon:.6f}"),
            Fact(_("Degrees and minutes"), f"{_minutes(lat, 'N', 'S')} {_minutes(lon, 'E', 'W')}"),
            Fact(_("Grid"), grid.code if grid else None, note="" if grid else _("in no grid that you may see")),
            Fact(_("Community"), next((one["name"] for one in place if one["level"] == 5), None)),
            *doors,
        ],
        links=[
            *([select(_("Grid %(grid)s") % {"grid": grid}, "grid", grid.code)] if grid else []),
            *([select(place[-1]["name"], "region", place[-1]["code"])] if place else []),
            *links,
        ],
        sections=[*around(spot), *_who(grid, user)],
    )


def _grid(spot: Point, user: Viewer) -> Grid | None:
    editions = (
        GridEdition.objects.in_force().visible_to(user).at(spot).select_related("grid").defer("geom", "geom_3857")
    )
    general = editions.exclude(grid__kind=Grid.Kind.MICRO).first()
    return general.grid if general else None


def _who(grid: Grid | None, user: Viewer) -> list[Section]:
    return responsible(grid.code, user) if grid else []


def _nearest_door(spot: Point, user: Viewer) -> tuple[list[Fact], list[Link]]:
    """The address of the nearest building with one that the person may see."""
    here = Value(spot.transform(3857, clone=True), GeometryField(srid=3857))
    rows: Any = Building.objects.visible_to(user).active().exclude(address="").defer("geom", "geom_3857")
    rows = rows.annotate(away=Away(F("geom_3857"), here), away_m=Distance(Transform("geom", 4326), spot))
    building = rows.order_by("away").first()
    if building is None or building.away_m.m > DOOR_REACH_M:
        return [Fact(_("Nearest address"), None, note=_("none within %(reach)d m") % {"reach": DOOR_REACH_M})], []
    fact = Fact(_("Nearest address"), building.address, "", f"{building.away_m.m:.0f} m")
    return [fact], [select(str(building), "building", str(building.pk))]


def _minutes(degrees: float, positive: str, negative: str) -> str:
    whole, rest = divmod(abs(degrees), 1)
    return f"{int(whole)}°{rest * 60:.3f}′{positive if degrees >= 0 else negative}"
