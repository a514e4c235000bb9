"""What the map can show: sets of layers, their titles, legends and sources, and what the page must know to begin."""

from datetime import datetime
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.db.models import Count, Exists, Max, OuterRef, Q
from django.db.models.functions import Left
from django.utils.translation import gettext as _

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.population.models import Risk
from gridmap.territory.codes import DIGITS, Level
from gridmap.territory.models import (
    Building,
    Camera,
    Facility,
    GridEdition,
    GroundFeature,
    LayerRevision,
    Region,
    RegionEdition,
)
from gridmap.territory.models.sourced import GENERATED
from gridmap.territory.querysets import Viewer
from layers.loads import Band
from layers.revisions import revisions

#: What a map shows before there is anything: China, [west, south, east, north].
WHOLE_COUNTRY = [73.5, 18.0, 135.1, 53.6]
#: How much of a code names the county, and the street.
COUNTY_DIGITS = DIGITS[Level.COUNTY]
STREET_DIGITS = DIGITS[Level.STREET]
GRID_DIGITS = 15


def describe_map(user: Viewer) -> dict[str, Any]:
    """Everything the page needs to draw its first map for this person."""
    changed: datetime | None = LayerRevision.objects.aggregate(at=Max("changed_at"))["at"]
    return {
        "revisions": revisions(areas_of(user, Verb.VIEW)),
        "extent": extent(user),
        "rules": Band.in_force().as_json(),
        "dataAt": changed,
        "stream": settings.STREAM_URL.rstrip("/") + "/events",
        "basemap": basemap(),
        "generated": Building.objects.visible_to(user).filter(source=GENERATED).exists(),
        "generatedBoxes": generated_boxes(user),
        "layers": describe_layers(user),
    }


def extent(user: Viewer) -> list[float]:
    """[west, south, east, north] to begin with: the person's own counties, streets, communities or grids; for wider
    areas the county with most grids (two cities far apart are one dot each on a sheet that shows both); else everything
    they see, else the whole country."""
    editions = RegionEdition.objects.in_force().visible_to(user)
    areas = areas_of(user, Verb.VIEW)
    own = Q(pk__in=[])
    for area in areas if all(len(area) >= COUNTY_DIGITS for area in areas) else [busiest_county(user)]:
        own |= Q(region__code__startswith=area[:12])
    grids = GridEdition.objects.in_force().visible_to(user).filter(grid__code__in=areas)
    only_grids = bool(areas) and all(len(area) == GRID_DIGITS for area in areas)
    box = (
        (grids.aggregate(box=Extent("geom"))["box"] if only_grids else None)
        or editions.filter(own).aggregate(box=Extent("geom"))["box"]
        or editions.aggregate(box=Extent("geom"))["box"]
        or Building.objects.visible_to(user).aggregate(box=Extent("point"))["box"]
        or GroundFeature.objects.visible_to(user).aggregate(box=Extent("geom"))["box"]
    )
    return [round(edge, 6) for edge in box] if box else WHOLE_COUNTRY


def busiest_county(user: Viewer) -> str:
    """The first six digits of the county with most grids in force, else with most communities; empty without any.

    Of several with as many it is the one with the lowest code.
    """
    grids = GridEdition.objects.in_force().visible_to(user).annotate(county=Left("grid__code", COUNTY_DIGITS))
    communities = RegionEdition.objects.in_force().visible_to(user).filter(region__level=Region.Level.COMMUNITY)
    for rows in (grids, communities.annotate(county=Left("region__code", COUNTY_DIGITS))):
        first = rows.values("county").annotate(count=Count("pk")).order_by("-count", "county").first()
        if first:
            return str(first["county"])
    return ""


def generated_boxes(user: Viewer) -> list[list[float]]:
    """[west, south, east, north] of each street with generated buildings: a page says so while one is in view."""
    made = Building.objects.active().filter(community=OuterRef("region"), source=GENERATED)
    rows = (
        RegionEdition.objects.in_force()
        .visible_to(user)
        .filter(Exists(made), region__level=Region.Level.COMMUNITY)
        .values(street=Left("region__code", STREET_DIGITS))
        .annotate(box=Extent("geom"))
        .order_by("street")
    )
    return [[round(edge, 6) for edge in row["box"]] for row in rows]


def basemap() -> dict[str, str] | None:
    """The outside base map that the settings name, its key filled in; None where the map is only our own."""
    if not settings.BASEMAP_URL:
        return None
    return {
        "url": settings.BASEMAP_URL.replace("{key}", settings.BASEMAP_KEY),
        "attribution": settings.BASEMAP_ATTRIBUTION,
        "datum": settings.BASEMAP_DATUM,
    }


def describe_layers(user: Viewer) -> list[dict[str, Any]]:
    """The layers that can be switched, top of the map first: title, tile set, source layers, sources of the data."""
    return [
        _layer("care", _("Care households"), "people", ["care"], []) | {"legend": _care_legend()},
        _layer("cameras", _("Cameras"), "things", ["camera"], _sources(Camera, user)),
        _layer("facilities", _("Facilities"), "things", ["facility"], _sources(Facility, user)),
        _layer("lamps", _("Street lamps"), "things", ["lamp"], []),
        _layer("grids", _("Grids"), "areas", ["grid"], []) | {"legend": _load_legend()},
        _layer("regions", _("Regions"), "areas", ["region"], []),
        _layer("compounds", _("Compounds"), "areas", ["compound"], []),
        _layer("buildings", _("Buildings"), "ground", ["building"], _sources(Building, user)),
        _layer(
            "ground",
            _("Ground"),
            "ground",
            ["block", "green", "square", "water", "river", "wall", "rail", "road"],
            _sources(GroundFeature, user),
        ),
    ]


def _layer(key: str, title: str, tiles: str, parts: list[str], sources: list[str]) -> dict[str, Any]:
    return {"key": key, "title": title, "tiles": tiles, "parts": parts, "sources": sources, "legend": []}


def _sources(model: Any, user: Viewer) -> list[str]:
    """Up to five sources of what the viewer sees."""
    rows = model.objects.visible_to(user).active().order_by("source").values_list("source", flat=True)
    return list(rows.distinct()[:5])


def _care_legend() -> list[dict[str, Any]]:
    """Care households per building, by the worst risk among them."""
    return [{"risk": risk.value, "label": str(risk.label)} for risk in Risk]


def _load_legend() -> list[dict[str, Any]]:
    """Five classes of resident households per grid, lightest first."""
    limits = [f"{limit:g}" for limit in Band.in_force().limits()]
    labels = [
        f"< {limits[0]}",
        *(f"{low}–{high}" for low, high in pairwise(limits)),
        f"> {limits[-1]}",
    ]
    return [{"load": load, "label": label} for load, label in zip(range(-2, 3), labels, strict=True)]
