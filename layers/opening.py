"""What a page of the map must know to begin: revisions, extent, rules, base map, layers with sources and legends."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.core.cache import cache
from django.db.models import Count, Exists, Max, OuterRef, Q
from django.db.models.functions import Left

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.territory.codes import DIGITS, Level
from gridmap.territory.models import (
    Building,
    GridEdition,
    GroundFeature,
    LayerRevision,
    Region,
    RegionEdition,
)
from gridmap.territory.models.sourced import GENERATED
from gridmap.territory.querysets import Viewer
from layers.catalogue import GROUPS, layers_for
from layers.counts import GUESSED_S, KEPT_S, SCOPING, revision_of
from layers.layer import Filter, Layer
from layers.loads import Band
from layers.origins import origin_told
from layers.revisions import database_origin, revisions, scope_of

#: What a map shows before there is anything: China, [west, south, east, north].
WHOLE_COUNTRY = [73.5, 18.0, 135.1, 53.6]
#: How much of a code names the county, and the street.
COUNTY_DIGITS = DIGITS[Level.COUNTY]
STREET_DIGITS = DIGITS[Level.STREET]
GRID_DIGITS = 15
MOST_SOURCES = 5
Found = TypeVar("Found")


def describe_map(user: Viewer) -> dict[str, Any]:
    """Everything the page needs to draw its first map for this person."""
    changed: datetime | None = LayerRevision.objects.aggregate(at=Max("changed_at"))["at"]
    return {
        "revisions": revisions(areas_of(user, Verb.VIEW)),
        "extent": extent(user),
        "rules": Band.in_force().as_json(),
        "dataAt": changed,
        "stream": settings.STREAM_URL.rstrip("/") + "/events",
        "basemaps": [one.as_json() for one in settings.BASEMAPS],
        "basemap": settings.BASEMAP_DEFAULT,
        "generated": has_generated(user),
        "generatedBoxes": generated_boxes(user),
        "layers": describe_layers(user),
    }


def _kept(what: str, layer: Layer | None, user: Viewer, find: Callable[[], Found]) -> Found:
    """What `find` finds, kept until what it is found in changes: the layer's data, or the ground's and the
    areas'. People of the same areas share it. The revisions are read first, so nothing is kept under a later one."""
    numbers = dict(LayerRevision.objects.values_list("layer", "number"))
    told = (
        revision_of(layer, numbers) if layer else ".".join(str(numbers.get(name, 0)) for name in (*SCOPING, "ground"))
    )
    verbs = (Verb.VIEW, layer.verb) if layer else (Verb.VIEW,)
    scopes = "-".join(scope_of(areas_of(user, verb)) for verb in verbs)
    key = f"opening:{what}:{layer.key if layer else ''}:{database_origin()}{told}:{scopes}"
    kept: Found | None = cache.get(key)
    if kept is None:
        kept = find()
        cache.set(key, kept, KEPT_S if told else GUESSED_S)
    return kept


def has_generated(user: Viewer) -> bool:
    """Whether any building that the person sees is generated."""
    return _kept("generated", None, user, lambda: Building.objects.visible_to(user).filter(source=GENERATED).exists())


def extent(user: Viewer) -> list[float]:
    """[west, south, east, north] to begin with: the person's own counties, streets, communities or grids; for wider
    areas the county with most grids (two cities far apart are one dot each on a sheet that shows both); else everything
    they see, else the whole country."""
    return _kept("extent", None, user, lambda: _extent(user))


def _extent(user: Viewer) -> list[float]:
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
    return _kept("boxes", None, user, lambda: _generated_boxes(user))


def _generated_boxes(user: Viewer) -> list[list[float]]:
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


def describe_layers(user: Viewer) -> list[dict[str, Any]]:
    """The layers that the person can switch, top of the map first, as the page's layer tree needs them."""
    return [describe_layer(layer, user) for layer in layers_for(user)]


def describe_layer(layer: Layer, user: Viewer) -> dict[str, Any]:
    """One entry of the catalogue in the person's language, without what only the server needs."""
    return {
        "key": layer.key,
        "title": str(layer.title),
        "group": layer.group,
        "groupTitle": str(GROUPS[layer.group]),
        "shape": layer.shape.value,
        "tiles": layer.tiles.set if layer.tiles else None,
        "parts": list(layer.tiles.parts) if layer.tiles else [],
        "zooms": list(layer.zooms),
        "shown": layer.shown,
        "refresh": layer.refresh.value,
        "look": dict(layer.style),
        "card": layer.card,
        "dated": layer.dated,
        "public": layer.public,
        "filters": [_filter(one) for one in layer.filters],
        "legend": [{"key": mark.key, "label": str(mark.label)} for mark in layer.legend()],
        "sources": sources(layer, user),
    }


def _filter(one: Filter) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": str(one.title),
        "kind": one.kind.value,
        "tile": one.tile,
        "choices": [{"value": value, "label": str(label)} for value, label in one.choices],
    }


def sources(layer: Layer, user: Viewer) -> list[str]:
    """Up to five sources of what the viewer sees, in words; none where the layer has no column for them."""
    if all(field.name != "source" for field in layer.fields):
        return []
    rows = layer.rows(user, None).order_by("source").values_list("source", flat=True)
    found = _kept("sources", layer, user, lambda: list(rows.distinct()[:MOST_SOURCES]))
    return list(dict.fromkeys(origin_told(source) for source in found))
