"""What the map can show: sets of layers, their titles, legends and sources, and what the page must know to begin."""

from datetime import datetime
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.db.models import Max
from django.utils.translation import gettext as _

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.territory.models import Building, Camera, Facility, GroundFeature, LayerRevision, RegionEdition
from gridmap.territory.models.sourced import GENERATED
from gridmap.territory.querysets import Viewer
from layers.loads import Band
from layers.revisions import revisions

#: What a map shows before there is anything: China, [west, south, east, north].
WHOLE_COUNTRY = [73.5, 18.0, 135.1, 53.6]


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
        "layers": describe_layers(user),
    }


def extent(user: Viewer) -> list[float]:
    """[west, south, east, north] of the person's own regions in force, else of all they see, else the whole country."""
    editions = RegionEdition.objects.in_force().visible_to(user)
    areas = [area for area in areas_of(user, Verb.VIEW) if area]
    own = [area[:12].ljust(12, "0") for area in areas]
    box = (
        editions.filter(region__code__in=own).aggregate(box=Extent("geom"))["box"]
        or editions.aggregate(box=Extent("geom"))["box"]
        or Building.objects.visible_to(user).aggregate(box=Extent("point"))["box"]
        or GroundFeature.objects.visible_to(user).aggregate(box=Extent("geom"))["box"]
    )
    return [round(edge, 6) for edge in box] if box else WHOLE_COUNTRY


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


def _load_legend() -> list[dict[str, Any]]:
    """Five classes of resident households per grid, lightest first."""
    limits = [f"{limit:g}" for limit in Band.in_force().limits()]
    labels = [
        f"< {limits[0]}",
        *(f"{low}–{high}" for low, high in pairwise(limits)),
        f"> {limits[-1]}",
    ]
    return [{"load": load, "label": label} for load, label in zip(range(-2, 3), labels, strict=True)]
