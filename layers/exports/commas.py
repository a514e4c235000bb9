"""Layers as CSV with headings in the reader's language, words instead of codes, moments of the platform's clock (its
heading names the zone), and shapes as well-known text.

Text that a spreadsheet would take for a formula has an apostrophe before it (OWASP, CSV injection).
"""

import csv
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.db.models import Func, TextField, Value
from django.utils.translation import gettext as _

from gridmap.population.exports.sheets import harmless
from layers.exports.headings import digits_of, headings, place_of
from layers.exports.packing import packed, text_in
from layers.exports.tables import About, Column, Record, Table, on_the_clock
from layers.exports.tables import Value as Cell
from layers.layer import Shape


def write(path: Path, tables: Sequence[Table], about: About) -> None:
    """A zip with one CSV per layer (UTF-8 with its mark) and what its columns are (W3C CSV on the Web)."""
    with packed(path) as archive:
        for table in tables:
            with text_in(archive, f"{table.name}.csv", mark=True) as file:
                writer = csv.writer(file, lineterminator="\r\n")
                writer.writerow([harmless(text) for text in _csv_headings(table)])
                shapes = [*place_of(table), *([] if table.shape == Shape.POINT else [_wkt(table)])]
                writer.writerows(_csv_row(table, record) for record in table.records(*shapes))
            told = {"@context": "http://www.w3.org/ns/csvw", "url": f"{table.name}.csv", "dc:title": about.title}
            columns = [
                {"name": name, "titles": title}
                for name, title in zip(_csv_names(table), _csv_headings(table), strict=True)
            ]
            body = {**told, "notes": [about.as_json()], "tableSchema": {"columns": columns, "primaryKey": "id"}}
            archive.writestr(f"{table.name}.csv-metadata.json", json.dumps(body, ensure_ascii=False, indent=1))


def _wkt(table: Table) -> Func:
    return Func(table.in_system(), Value(digits_of(table)), function="ST_AsText", output_field=TextField())


def _csv_names(table: Table) -> list[str]:
    wkt = [] if table.shape == Shape.POINT else ["wkt"]
    return ["id", "x", "y", *(column.name for column in table.columns), *wkt]


def _csv_headings(table: Table) -> list[str]:
    return [*headings(table), *([] if table.shape == Shape.POINT else ["WKT"])]


def _csv_row(table: Table, record: Record) -> list[str | int | float]:
    x, y, *wkt = record.shapes
    digits = digits_of(table)
    places = ["" if edge is None else f"{edge:.{digits}f}" for edge in (x, y)]
    values = [_csv_cell(column, value) for column, value in zip(table.columns, record.values, strict=True)]
    return [harmless(record.identity), *places, *values, *(text or "" for text in wkt)]


def _csv_cell(column: Column, value: Cell) -> str | int | float:
    said = column.in_words(value)
    if said is None:
        return ""
    if isinstance(said, bool):
        return _("yes") if said else _("no")
    if isinstance(said, date):
        return on_the_clock(said)
    return harmless(said) if isinstance(said, str) else said
