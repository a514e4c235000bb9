"""Separated text: comma, tab, semicolon or bar; a header row; coordinates in two columns or as WKT."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from importers import encoding as encodings
from importers.places import find, wkb_at
from importers.readers.titles import MOST_TITLES, titles_above
from importers.records import CrsSource, Description, Layer, Reason, Record, RefusedError, Value, Weight

NAME = "csv"
HEAD_BYTES = 65536
DELIMITERS = ",\t;|"
MAX_FIELD_CHARACTERS = 8 << 20
MAX_COLUMNS = 2000


def sniff(path: Path) -> bool:
    """Text of at least two columns, without the zero bytes and openings of other formats."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return True
    lines = head.splitlines()
    if not lines or b"\x00" in lines[0] or lines[0].lstrip()[:1] in {b"<", b"{", b"[", b"%"}:
        return False
    controls = sum(byte < 9 or 13 < byte < 32 for byte in lines[0])
    return controls == 0 and any(mark.encode() in lines[0] for mark in DELIMITERS)


def describe(path: Path, encoding: str | None = None) -> Description:
    found = encodings.of_file(path, encoding)
    columns = _header(path, found.name)
    places = find(columns)
    layer = Layer(
        name=path.stem,
        columns=tuple(columns),
        rows=_rows_estimate(path),
        geometry=places.kind,
        crs="EPSG:4326" if places.kind else "",
        crs_source=CrsSource.DEFAULT if places.kind else CrsSource.ABSENT,
    )
    reasons = () if places.kind else (Reason("no_geometry_columns", Weight.NOTED),)
    return Description(NAME, (layer,), found.name, found.reason, reasons)


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Iterator[Record]:
    if layer and layer != path.stem:
        raise RefusedError("layer_unknown", layer=layer[:80], known=path.stem)
    found = encodings.of_file(path, encoding)
    columns = _header(path, found.name)
    places = find(columns)
    for number, cells in islice(enumerate(_cells(path, found.name), start=1), _titles(path, found.name) + 1, None):
        if not any(cell.strip() for cell in cells):
            continue
        record = Record(
            row=number, fields=dict(zip(columns, _values(cells, len(columns)), strict=True)), layer=path.stem
        )
        _check(record, cells, len(columns))
        try:
            record.wkb, reasons = wkb_at(places, record.fields)
            record.reasons.extend(reasons)
        except RefusedError as refusal:
            record.reasons.append(Reason(refusal.code, Weight.REFUSED, places.columns[0], refusal.params))
        yield record


def _cells(path: Path, encoding: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_FIELD_CHARACTERS)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter(file.read(HEAD_BYTES))
        file.seek(0)
        try:
            yield from csv.reader(file, delimiter=delimiter)
        except csv.Error as problem:
            raise RefusedError("table_broken", message=str(problem)[:120]) from None
        except UnicodeError:
            raise RefusedError("encoding_does_not_fit", encoding=encoding) from None


def _delimiter(head: str) -> str:
    """The separator that the header row holds most often; quoted text does not count."""
    first = "".join(head.partition("\n")[0].split('"')[::2])
    return max(DELIMITERS, key=first.count)


def _header(path: Path, encoding: str) -> list[str]:
    first = next(islice(_cells(path, encoding), _titles(path, encoding), None), None)
    if not first:
        raise RefusedError("table_empty")
    if len(first) > MAX_COLUMNS:
        raise RefusedError("too_many_columns", limit=MAX_COLUMNS)
    names: list[str] = []
    for position, cell in enumerate(first, start=1):
        name = cell.strip().removeprefix("\ufeff") or f"column {position}"
        names.append(name if name not in names else f"{name} ({position})")
    return names


def _titles(path: Path, encoding: str) -> int:
    return titles_above([[cell.strip() for cell in row] for row in islice(_cells(path, encoding), MOST_TITLES + 1)])


def _values(cells: list[str], width: int) -> list[Value]:
    kept: list[Value] = [cell.strip() or None for cell in cells[:width]]
    return kept + [None] * (width - len(kept))


def _check(record: Record, cells: list[str], width: int) -> None:
    if len(cells) != width:
        weight = Weight.REFUSED if len(cells) > width and any(cell.strip() for cell in cells[width:]) else Weight.NOTED
        record.reasons.append(Reason("cells_do_not_match_header", weight, "", {"cells": len(cells), "columns": width}))
    for name, value in record.fields.items():
        if isinstance(value, str) and "\x00" in value:
            record.fields[name] = value.replace("\x00", "")
            record.reasons.append(Reason("zero_byte", Weight.REFUSED, name))


def _rows_estimate(path: Path) -> int:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    lines = head.splitlines() if len(head) == size else head.splitlines()[:-1] or [head]
    read = sum(len(line) + 1 for line in lines)
    rows = sum(bool(line.strip(b" \r\x00")) for line in lines)
    return max((rows if len(head) == size else round(rows * size / read)) - 1, 0)
