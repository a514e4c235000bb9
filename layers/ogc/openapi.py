"""The interface as an OpenAPI 3.0 document: clients read the pages' sizes and the parameters from it."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from layers.layer import Filter, Kind, Layer
from layers.ogc.addresses import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Addresses
from layers.ogc.asked import FORMATS, MOST, MOST_SKIPPED, USUAL, filterable
from layers.ogc.schema import TYPES
from layers.ogc.systems import CRS84, SYSTEMS

EXCEPTION = {
    "type": "object",
    "required": ["code"],
    "properties": {"code": {"type": "string"}, "description": {"type": "string"}},
}
REFUSALS = {400: "BadRequest", 401: "SignedOut", 404: "NotFound", 503: "Busy"}


def document(at: Addresses, layers: Iterable[Layer]) -> dict[str, Any]:
    """All of it, with one path for each collection that the person may see."""
    paths = {
        "/": _resource("landing", _("First page"), JSON),
        "/conformance": _resource("conformance", _("What it conforms to"), JSON),
        "/api": _resource("api", _("This document"), OPENAPI),
        "/collections": _resource("collections", _("The layers"), JSON),
    }
    for layer in layers:
        paths |= _paths_of(layer)
    return {
        "openapi": "3.0.3",
        "info": {"title": _("One map of the grids"), "version": "1"},
        "servers": [{"url": at.of("landing")}],
        "security": [{"token": []}, {"password": []}],
        "paths": paths,
        "components": _components(),
    }


def _resource(name: str, summary: str, media_type: str, *parameters: dict[str, Any]) -> dict[str, Any]:
    """One path: GET, its parameters, and all that can be answered."""
    answers = {
        "200": {
            "description": summary,
            "content": {media_type: {"schema": {"type": "object"}}, HTML: {"schema": _TEXT}},
        },
        **{str(status): {"$ref": f"#/components/responses/{answer}"} for status, answer in REFUSALS.items()},
    }
    said = [{"$ref": "#/components/parameters/f"}, *parameters]
    return {"get": {"operationId": name, "summary": summary, "parameters": said, "responses": answers}}


_TEXT = {"type": "string"}


def _paths_of(layer: Layer) -> dict[str, Any]:
    key, title, path = layer.key, str(layer.title), f"/collections/{layer.key}"
    shared = [_shared(name) for name in ("bbox", "bbox-crs", "crs", "limit", "offset", "cursor", "datetime")]
    narrowing = [_narrowing(one) for one in filterable(layer).filters]
    one = {"name": "featureId", "in": "path", "required": True, "schema": _TEXT}
    return {
        path: _resource(f"{key}.describe", title, JSON),
        f"{path}/schema": _resource(f"{key}.schema", title, SCHEMA),
        f"{path}/queryables": _resource(f"{key}.queryables", title, SCHEMA),
        f"{path}/items": _resource(f"{key}.items", title, GEOJSON, *shared, *narrowing),
        f"{path}/items/{{featureId}}": _resource(
            f"{key}.item", title, GEOJSON, one, _shared("crs"), _shared("datetime")
        ),
    }


def _shared(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def _narrowing(one: Filter) -> dict[str, Any]:
    """An equality; a filter of choices takes several with commas between."""
    schema = dict(TYPES[one.kind]) if one.kind in {Kind.TEXT, Kind.FLAG} else {"type": "string"}
    return {"name": one.name, "in": "query", "required": False, "description": str(one.title), "schema": schema}


def _query(name: str, text: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema, **more}


def _components() -> dict[str, Any]:
    number: dict[str, Any] = {"type": "number"}
    box = {"type": "array", "minItems": 4, "maxItems": 6, "items": number}
    systems = {"type": "string", "format": "uri", "default": CRS84.uri, "enum": [one.uri for one in SYSTEMS]}
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    skipped = {"type": "integer", "minimum": 0, "maximum": MOST_SKIPPED, "default": 0}
    instants = _("An instant or an interval (RFC 3339), with .. for an open end; only dated layers heed it.")
    said = [
        _query("f", _("As data or as a page."), {"type": "string", "enum": list(FORMATS)}),
        _query("bbox", _("What meets this box."), box, style="form", explode=False),
        _query("bbox-crs", _("The system of the box."), systems),
        _query("crs", _("The system of the answer."), systems),
        _query("limit", _("How many features a page holds at most."), limit),
        _query("offset", _("How many features are left out before the first."), skipped),
        _query("cursor", _("A later page; the links next and prev hold it."), _TEXT),
        _query("datetime", instants, _TEXT),
    ]
    refused = {"application/json": {"schema": {"$ref": "#/components/schemas/exception"}}}
    return {
        "parameters": {one["name"]: one for one in said},
        "schemas": {"exception": EXCEPTION},
        "responses": {
            "BadRequest": {"description": _("A parameter can't be used."), "content": refused},
            "SignedOut": {"description": _("There is no session and no token, or not any more."), "content": refused},
            "NotFound": {"description": _("There is nothing here, or you may not see it."), "content": refused},
            "Busy": {"description": _("This took too long; please try again."), "content": refused},
        },
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "password": {"type": "http", "scheme": "basic"},
        },
    }
