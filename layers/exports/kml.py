"""Layers as KML 2.2 (OGC 12-007r2): a folder per layer, typed data, words instead of codes: it is made to be looked at.

KML knows WGS 84 alone.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import quoteattr

from django.contrib.gis.db.models.functions import AsKML
from django.db.models import F
from django.utils.translation import gettext as _

from layers.exports.markup import plain
from layers.exports.tables import About, Column, Table, iso
from layers.layer import Kind

DIGITS = 7
TYPES = {Kind.INTEGER: "int", Kind.NUMBER: "double"}


def write(path: Path, tables: Sequence[Table], about: About) -> None:
    """One document."""
    with path.open("w", encoding="utf-8") as file:
        told = "\n".join(f"{label}: {value}" for label, value in about.lines())
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>')
        file.write(f"<name>{plain(about.title)}</name><description>{plain(told)}</description>\n")
        file.write("<ExtendedData>")
        for key, value in about.as_json().items():
            file.write(f"<Data name={quoteattr(key)}><value>{plain(value)}</value></Data>")
        file.write("</ExtendedData>\n")
        for table in tables:
            file.write(_schema(table))
        for table in tables:
            _folder(file, table)
        file.write("</Document></kml>\n")


def _schema(table: Table) -> str:
    fields = "".join(
        f'<SimpleField type="{TYPES.get(column.kind, "string")}" name="{column.name}">'
        f"<displayName>{plain(column.title)}</displayName></SimpleField>"
        for column in table.columns
    )
    return f'<Schema name="{table.name}" id="{table.name}">{fields}</Schema>\n'


def _folder(file: TextIO, table: Table) -> None:
    file.write(f"<Folder><name>{plain(table.title)}</name>\n")
    two_lines, cells = table.two_lines(), [_cell(column) for column in table.columns]
    data_of = f'<ExtendedData><SchemaData schemaUrl="#{table.name}">'
    for record in table.records(AsKML(F(table.geometry), precision=DIGITS)):
        title, subtitle = two_lines(record)
        data = "".join([cell(value) for cell, value in zip(cells, record.values, strict=True) if value is not None])
        [shape] = record.shapes
        file.write(
            f"<Placemark id={quoteattr(f'{table.name}.{record.identity}')}><name>{plain(title)}</name>"
            f"<description>{plain(subtitle)}</description>{data_of}{data}</SchemaData></ExtendedData>"
            f"{shape or ''}</Placemark>\n"
        )
    file.write("</Folder>\n")


def _cell(column: Column) -> Callable[[Any], str]:
    """How the values of a column become data."""
    head = f'<SimpleData name="{column.name}">'
    if column.kind == Kind.FLAG:
        said = {True: _("yes"), False: _("no")}
        return lambda value: f"{head}{plain(said[value])}</SimpleData>"
    if column.kind in {Kind.DAY, Kind.MOMENT}:
        return lambda value: f"{head}{iso(value)}</SimpleData>"
    if column.kind in {Kind.INTEGER, Kind.NUMBER}:
        return lambda value: f"{head}{value}</SimpleData>"
    return lambda value: f"{head}{plain(str(column.in_words(value)))}</SimpleData>"
