"""The same resources as plain pages of the site, for who opens them in a browser."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from layers.layer import Field, Kind, Layer
from layers.ogc.asked import fields_of
from layers.ogc.features import ENDS
from layers.ogc.systems import SYSTEMS


def show(request: HttpRequest, template: str, said: dict[str, Any]) -> HttpResponse:
    """A document on the page made for it, or as it is written."""
    context = {"said": said, "text": json.dumps(said, ensure_ascii=False, indent=2), "systems": SYSTEMS}
    return render(request, f"ogc/{template}.html", context)


def show_items(request: HttpRequest, layer: Layer, said: dict[str, Any]) -> HttpResponse:
    """Features as the rows of a table."""
    columns = _columns(layer)
    rows = [(one["id"], _values(layer, one, columns)) for one in said["features"]]
    links = {one["rel"]: one["href"] for one in said["links"]}
    context = {"said": said, "layer": layer, "columns": columns.values(), "rows": rows, "links": links}
    return render(request, "ogc/items.html", context)


def show_item(request: HttpRequest, layer: Layer, said: dict[str, Any]) -> HttpResponse:
    """One feature: what it is, and its shape as it is written."""
    columns = _columns(layer)
    facts = zip(columns.values(), _values(layer, said, columns), strict=True)
    links = {one["rel"]: one["href"] for one in said["links"]}
    context = {"said": said, "layer": layer, "facts": facts, "shape": json.dumps(said["geometry"]), "links": links}
    return render(request, "ogc/item.html", context)


def _columns(layer: Layer) -> dict[str, str]:
    """Property → its title."""
    ends = dict(zip(ENDS, (_("in force from"), _("in force until")), strict=True)) if layer.spans else {}
    return {one.name: str(one.title) for one in fields_of(layer)} | ends


def _values(layer: Layer, feature: dict[str, Any], columns: dict[str, str]) -> list[Any]:
    """Each property as a person reads it: choices in words, moments to the minute, nothing for what is not known."""
    kinds = {one.name: one for one in fields_of(layer)}
    return [_shown(kinds.get(name), feature["properties"][name]) for name in columns]


def _shown(field: Field | None, value: Any) -> Any:
    if value is None:
        return ""
    if field is not None and field.choices:
        return next((label for known, label in field.choices if known == value), value)
    if field is None or field.kind == Kind.MOMENT:
        return localtime(datetime.fromisoformat(value)).strftime("%Y-%m-%d %H:%M")
    return round(value, 1) if field.kind == Kind.NUMBER else value
