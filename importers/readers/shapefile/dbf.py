"""dBASE III tables as shapefiles carry them: fixed-width records of text, numbers, dates and truth values."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from importers.encoding import decode
from importers.records import RefusedError, Value

HEADER = struct.Struct("<4xIHH17xB2x")
DESCRIPTOR_BYTES = 32
TERMINATOR = 0x0D
DELETED = 0x2A
MAX_FIELDS = 2048


@dataclass(frozen=True, slots=True)
class Column:
    """One field descriptor; `name` is still bytes, in the encoding of the file."""

    name: bytes
    kind: str
    start: int
    width: int
    decimals: int


@dataclass(frozen=True, slots=True)
class Table:
    """The header of a dBASE file."""

    path: Path
    rows: int
    first_byte: int
    record_bytes: int
    language_driver: int
    columns: tuple[Column, ...]

    def raw_records(self) -> Iterator[bytes]:
        """Every record as bytes, the deletion mark included; stops where the file ends early."""
        with self.path.open("rb") as file:
            file.seek(self.first_byte)
            for _row in range(self.rows):
                record = file.read(self.record_bytes)
                if len(record) < self.record_bytes:
                    return
                yield record

    def texts(self) -> Iterator[bytes]:
        """The bytes that carry language: field names and text fields, for finding the encoding."""
        yield from (column.name for column in self.columns)
        texts = [column for column in self.columns if column.kind in {"C", "M"}]
        for record in self.raw_records():
            for column in texts:
                piece = record[column.start : column.start + column.width].strip(b" \x00")
                if not piece.isascii():
                    yield piece

    def names(self, encoding: str) -> list[str]:
        names: list[str] = []
        for position, column in enumerate(self.columns, start=1):
            name = decode(column.name, encoding)[0].strip() or f"column {position}"
            names.append(name if name not in names else f"{name} ({position})")
        return names

    def values(self, record: bytes, encoding: str) -> tuple[list[Value], list[int]]:
        """The values of one record and the positions of text fields that end inside a character."""
        values: list[Value] = []
        cut: list[int] = []
        for position, column in enumerate(self.columns):
            raw = record[column.start : column.start + column.width]
            if column.kind in {"N", "F"}:
                values.append(_number(raw, column.decimals))
            elif column.kind == "L":
                values.append({b"T": True, b"Y": True, b"F": False, b"N": False}.get(raw.strip().upper()))
            else:
                text, patched = decode(raw.strip(b" \x00"), encoding)
                values.append(_date(text) if column.kind == "D" else text.replace("\x00", "") or None)
                cut += [position] if patched else []
        return values, cut


def open_table(path: Path) -> Table:
    """The header of `path`; RefusedError("dbf_broken") where it contradicts itself."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(32)
        if len(head) < 32:
            raise RefusedError("dbf_broken")
        rows, first_byte, record_bytes, language = HEADER.unpack(head)
        descriptors = file.read(max(first_byte - 32, 0))
    columns = _columns(descriptors)
    if not columns or record_bytes < 1 + sum(column.width for column in columns) or first_byte > size:
        raise RefusedError("dbf_broken")
    rows = min(rows, (size - first_byte) // record_bytes)
    return Table(path, rows, first_byte, record_bytes, language, columns)


def _columns(descriptors: bytes) -> tuple[Column, ...]:
    columns: list[Column] = []
    start = 1
    for at in range(0, len(descriptors) - DESCRIPTOR_BYTES + 1, DESCRIPTOR_BYTES):
        piece = descriptors[at : at + DESCRIPTOR_BYTES]
        if piece[0] == TERMINATOR or len(columns) >= MAX_FIELDS:
            break
        width, decimals = piece[16], piece[17]
        kind = chr(piece[11])
        if kind == "C":  # long text fields put the high byte of their width where numbers keep their decimals
            width, decimals = width + (decimals << 8), 0
        columns.append(Column(piece[:11].partition(b"\x00")[0], kind, start, width, decimals))
        start += width
    return tuple(columns)


def _number(raw: bytes, decimals: int) -> Value:
    text = raw.strip(b" \x00*")
    if not text:
        return None
    try:
        if decimals == 0 and text.lstrip(b"+-").isdigit():
            return int(text)
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _date(text: str) -> Value:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdigit() else None
