"""What the resources above the features say: landing page, conformance, collections."""

from typing import Any

from django.contrib.gis.db.models import Extent
from django.core.cache import cache
from django.utils.translation import gettext as _

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.territory.querysets import Viewer
from layers.asking import Question, ask
from layers.catalogue import layers_for
from layers.layer import Layer
from layers.ogc.addresses import GEOJSON, HTML, JSON, OPENAPI, QUERYABLES, SCHEMA, Addresses, link
from layers.ogc.features import since
from layers.ogc.systems import CRS84, SYSTEMS
from layers.revisions import revisions, scope_of

CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
)
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
EXTENT_KEPT_S = 300
#: West, south, east, north in degrees.
Box = tuple[float, float, float, float]


def public_layers(user: Viewer) -> list[Layer]:
    """What other people's tools are offered of the layers that the person may see."""
    return [layer for layer in layers_for(user) if layer.public]


def landing(at: Addresses) -> dict[str, Any]:
    """The first page: who reads it finds all others."""
    title = _("One map of the grids")
    return {
        "title": title,
        "description": _("Layers of the map for other programs, as OGC API – Features, by the reader's rights."),
        "links": [
            *at.both(JSON, title),
            link(at.of("api"), "service-desc", OPENAPI, _("Description of the interface (OpenAPI 3.0)")),
            link(at.of("api", f="html"), "service-doc", HTML, _("Description of the interface as a page")),
            link(at.of("conformance"), "conformance", JSON, _("What it conforms to")),
            link(at.of("collections"), "data", JSON, _("The layers")),
        ],
    }


def conformance(at: Addresses) -> dict[str, Any]:
    """The classes of the standards that hold here."""
    return {"conformsTo": list(CONFORMANCE), "links": at.both(JSON, _("What it conforms to"))}


def collections(at: Addresses, user: Viewer, *, area: str) -> dict[str, Any]:
    """All layers that the person may see."""
    return {
        "links": at.both(JSON, _("The layers")),
        "crs": [one.uri for one in SYSTEMS],
        "collections": [collection(at, layer, user, area=area) for layer in public_layers(user)],
    }


def collection(at: Addresses, layer: Layer, user: Viewer, *, area: str) -> dict[str, Any]:
    """One layer."""
    title, key = str(layer.title), layer.key
    return {
        "id": key,
        "title": title,
        "itemType": "feature",
        "extent": _extent(layer, user, area),
        "crs": [one.uri for one in SYSTEMS],
        "storageCrs": CRS84.uri,
        "links": [
            link(at.of("collection", key), "self", JSON, title),
            link(at.of("collection", key, f="html"), "alternate", HTML, title),
            link(at.of("items", key), "items", GEOJSON, title),
            link(at.of("items", key, f="html"), "items", HTML, title),
            link(at.of("schema", key), "describedby", SCHEMA, _("The properties")),
            link(at.of("queryables", key), QUERYABLES, SCHEMA, _("What can be asked for")),
        ],
    }


def _extent(layer: Layer, user: Viewer, area: str) -> dict[str, Any]:
    """Where and when; nothing of where for a layer of which there is nothing."""
    found: dict[str, Any] = {}
    box = _box(layer, user, area)
    if box:
        found["spatial"] = {"bbox": [list(box)], "crs": CRS84.uri}
    first = since(layer, user)
    if first is not None:
        found["temporal"] = {"interval": [[first.isoformat(), None]], "trs": GREGORIAN}
    return found


def _box(layer: Layer, user: Viewer, area: str) -> Box | None:
    """[west, south, east, north]; remembered until the layer's revision moves, for a few minutes at most."""
    areas = areas_of(user, layer.verb)
    revision = revisions(areas_of(user, Verb.VIEW)).get(layer.tiles.set, "") if layer.tiles else ""
    scopes = f"{scope_of(areas)}.{scope_of(areas_of(user, Verb.VIEW_PEOPLE))}"
    key = f"ogc.extent.{layer.key}.{revision}.{scopes}.{area}"
    found: tuple[Box | None] | None = cache.get(key)
    if found is None:
        rows = ask(layer, user, Question(area=area))
        found = (rows.aggregate(box=Extent(layer.geometry))["box"],)
        cache.set(key, found, EXTENT_KEPT_S)
    return found[0]
