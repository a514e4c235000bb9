"""Layers as GeoJSON (RFC 7946): WGS 84, exterior rings counter-clockwise, feature by feature as rows come.

One layer is one file; several are one zip. Choices are words, each with its code beside it. What the file is about
stands in the foreign member `metadata`.
"""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from django.contrib.gis.db.models.functions import AsGeoJSON, ForcePolygonCW
from django.db.models import F, Func
from django.db.models.expressions import Combinable

from layers.exports.packing import packed, text_in
from layers.exports.tables import About, Table, in_words, iso

#: As many digits as a coordinate has, so that it comes back as the very same: what was kept to seven has no more here.
DIGITS = 15


class RightHanded(ForcePolygonCW):
    """Exterior rings counter-clockwise, as the standard asks."""

    function = "ST_ForcePolygonCCW"


def shape_of(table: Table) -> Combinable:
    """The text of the geometry, made by the database."""
    turned: Func = RightHanded(F(table.geometry))
    return AsGeoJSON(turned, precision=DIGITS)


def write(path: Path, tables: Sequence[Table], about: About) -> None:
    """One FeatureCollection, or a zip with one per layer."""
    if len(tables) == 1:
        with path.open("w", encoding="utf-8") as file:
            _collection(file, tables[0], about)
        return
    with packed(path) as archive:
        for table in tables:
            with text_in(archive, f"{table.name}.geojson") as file:
                _collection(file, table, about)


def _collection(file: TextIO, kept: Table, about: About) -> None:
    table = in_words(kept)
    described = {"name": table.name, "title": table.title, "metadata": about.as_json(), "fields": _fields(table)}
    file.write('{"type":"FeatureCollection",' + _json(described)[1:-1] + ',"features":[')
    names = [_json(column.name) for column in table.columns]
    separator = "\n"
    for record in table.records(shape_of(table)):
        properties = ",".join(f"{name}:{_value(value)}" for name, value in zip(names, record.values, strict=True))
        [shape] = record.shapes
        head = f'{{"type":"Feature","id":{_json(record.identity)},"geometry":{shape or "null"}'
        file.write(f'{separator}{head},"properties":{{{properties}}}}}')
        separator = ",\n"
    file.write("\n]}\n")


def _fields(table: Table) -> list[dict[str, Any]]:
    """What the properties are called, and what their codes mean."""
    return [
        {"name": column.name, "title": column.title}
        | ({"codes": {str(value): label for value, label in column.choices.items()}} if column.choices else {})
        for column in table.columns
    ]


def _value(value: Any) -> str:
    return _json(iso(value) if isinstance(value, date) else value)


_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
