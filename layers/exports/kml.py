"""Layers as KML 2.2 (OGC 12-007r2): a folder per layer, typed data, words instead of codes: it is made to be looked at.

KML knows WGS 84 alone.
"""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from django.contrib.gis.db.models.functions import AsKML
from django.db.models import F

from layers.catalogue import BY_KEY
from layers.exports.tables import About, Column, Record, Table, Value, iso
from layers.layer import Kind

DIGITS = 7
TYPES = {Kind.INTEGER: "int", Kind.NUMBER: "double", Kind.FLAG: "bool"}
#: What XML 1.0 cannot hold.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def write(path: Path, tables: Sequence[Table], about: About) -> None:
    """One document."""
    with path.open("w", encoding="utf-8") as file:
        told = "\n".join(f"{label}: {value}" for label, value in about.lines())
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>')
        file.write(f"<name>{_text(about.title)}</name><description>{_text(told)}</description>\n")
        file.write("<ExtendedData>")
        for key, value in about.as_json().items():
            file.write(f"<Data name={quoteattr(key)}><value>{_text(value)}</value></Data>")
        file.write("</ExtendedData>\n")
        for table in tables:
            file.write(_schema(table))
        for table in tables:
            _folder(file, table)
        file.write("</Document></kml>\n")


def _schema(table: Table) -> str:
    fields = "".join(
        f'<SimpleField type="{TYPES.get(column.kind, "string")}" name="{column.name}">'
        f"<displayName>{_text(column.title)}</displayName></SimpleField>"
        for column in table.columns
    )
    return f'<Schema name="{table.name}" id="{table.name}">{fields}</Schema>\n'


def _folder(file: TextIO, table: Table) -> None:
    file.write(f"<Folder><name>{_text(table.title)}</name>\n")
    for record in table.records(AsKML(F(table.geometry), precision=DIGITS)):
        file.write(_placemark(table, record))
    file.write("</Folder>\n")


def _placemark(table: Table, record: Record) -> str:
    title, subtitle = table.two_lines(BY_KEY[table.name], record)
    data = "".join(_data(column, value) for column, value in zip(table.columns, record.values, strict=True))
    [shape] = record.shapes
    return (
        f"<Placemark id={quoteattr(f'{table.name}.{record.identity}')}><name>{_text(title)}</name>"
        f"<description>{_text(subtitle)}</description>"
        f'<ExtendedData><SchemaData schemaUrl="#{table.name}">{data}</SchemaData></ExtendedData>'
        f"{shape or ''}</Placemark>\n"
    )


def _data(column: Column, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        said = "1" if value else "0"
    elif isinstance(value, date):
        said = iso(value)
    else:
        said = str(column.in_words(value))
    return f'<SimpleData name="{column.name}">{_text(said)}</SimpleData>'


def _text(text: str) -> str:
    return escape(UNWRITABLE.sub(" ", text))
