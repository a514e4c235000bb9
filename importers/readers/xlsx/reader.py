"""Excel workbooks (.xlsx): each sheet a layer, its first filled row the header; places as in importers/places.py."""

from __future__ import annotations

import datetime
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from importers import archive
from importers.places import find, wkb_at
from importers.readers.titles import titles_above
from importers.readers.xlsx import cells
from importers.records import CrsSource, Description, Layer, Reason, Record, RefusedError, Value, Weight

NAME = "xlsx"
MAX_COLUMNS = 2000
EXACT_INTEGER = 2**53


def sniff(path: Path) -> bool:
    return archive.is_workbook(path)


def describe(path: Path, encoding: str | None = None) -> Description:
    book = _open(path)
    layers = []
    for name in book.sheet_names:
        rows = _rows(book, name)
        columns = _header(rows)
        if not columns:
            continue
        places = find(columns)
        source = CrsSource.DEFAULT if places.kind else CrsSource.ABSENT
        layers.append(
            Layer(name, tuple(columns), len(rows) - 1, places.kind, "EPSG:4326" if places.kind else "", source)
        )
    if not layers:
        raise RefusedError("table_empty")
    return Description(NAME, tuple(layers))


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Iterator[Record]:
    name = describe(path, encoding).layer(layer).name
    numbered = _numbered(_open(path), name)
    columns = _header([row for _number, row in numbered])
    places = find(columns)
    for number, row in numbered[1:]:
        fields = {column: _value(cell) for column, cell in zip(columns, row, strict=False)}
        record = Record(row=number, fields=fields, layer=name)
        record.reasons += [Reason("number_rounded_by_excel", Weight.NOTED, column) for column in _rounded(columns, row)]
        try:
            record.wkb, reasons = wkb_at(places, fields)
            record.reasons += reasons
        except RefusedError as refusal:
            record.reasons.append(Reason(refusal.code, Weight.REFUSED, places.columns[0], refusal.params))
        yield record


def _open(path: Path) -> CalamineWorkbook:
    archive.check(path)
    try:
        cells.check(path)
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, zipfile.BadZipFile, OSError, EOFError) as problem:
        raise RefusedError("workbook_broken", message=" ".join(str(problem).split())[:120]) from None


def _rows(book: CalamineWorkbook, name: str) -> list[list[Any]]:
    """The rows of a sheet that hold anything."""
    return [row for _number, row in _numbered(book, name)]


def _numbered(book: CalamineWorkbook, name: str) -> list[tuple[int, list[Any]]]:
    """The rows of a sheet that hold anything, each with the number that Excel shows."""
    try:
        sheet = book.get_sheet_by_name(name)
        rows = sheet.to_python()
    except CalamineError as problem:
        raise RefusedError("workbook_broken", message=" ".join(str(problem).split())[:120]) from None
    first = (sheet.start or (0, 0))[0] + 1
    filled = [
        (number, row) for number, row in enumerate(rows, start=first) if any(cell not in {"", None} for cell in row)
    ]
    return filled[titles_above([row for _number, row in filled]) :]


def _header(rows: list[list[Any]]) -> list[str]:
    first = rows[0] if rows else []
    if len(first) > MAX_COLUMNS:
        raise RefusedError("too_many_columns", limit=MAX_COLUMNS)
    names: list[str] = []
    for position, cell in enumerate(first, start=1):
        name = str(cell).strip() or f"column {position}"
        names.append(name if name not in names else f"{name} ({position})")
    return names


def _rounded(columns: list[str], row: list[Any]) -> list[str]:
    """Columns whose number has more digits than Excel keeps: 18-digit codes typed as numbers have lost their end."""
    pairs = zip(columns, row, strict=False)
    return [column for column, cell in pairs if isinstance(cell, float) and abs(cell) >= EXACT_INTEGER]


def _value(cell: object) -> Value:
    if isinstance(cell, bool) or cell is None:
        return cell
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return None
        return int(cell) if cell.is_integer() and abs(cell) < EXACT_INTEGER else cell
    if isinstance(cell, int):
        return cell
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat()
    text = str(cell).strip()
    return text.replace("\x00", "") or None
