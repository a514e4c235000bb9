"""The same resources as plain pages of the site, for who opens them in a browser."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from layers.layer import Layer
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
    rows = [(one["id"], _values(one, columns)) for one in said["features"]]
    links = {one["rel"]: one["href"] for one in said["links"]}
    context = {"said": said, "layer": layer, "columns": columns.values(), "rows": rows, "links": links}
    return render(request, "ogc/items.html", context)


def show_item(request: HttpRequest, layer: Layer, said: dict[str, Any]) -> HttpResponse:
    """One feature: what it is, and its shape as it is written."""
    columns = _columns(layer)
    facts = zip(columns.values(), _values(said, columns), strict=True)
    links = {one["rel"]: one["href"] for one in said["links"]}
    context = {"said": said, "layer": layer, "facts": facts, "shape": json.dumps(said["geometry"]), "links": links}
    return render(request, "ogc/item.html", context)


def _columns(layer: Layer) -> dict[str, str]:
    """Property → its title."""
    ends = dict(zip(ENDS, (_("in force from"), _("in force until")), strict=True)) if layer.spans else {}
    return {one.name: str(one.title) for one in fields_of(layer)} | ends


def _values(feature: dict[str, Any], columns: dict[str, str]) -> list[Any]:
    return ["" if feature["properties"][name] is None else feature["properties"][name] for name in columns]
