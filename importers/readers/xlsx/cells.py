"""How large a workbook's sheets become once read, found out without reading them into memory.

A sheet of two cells at opposite corners is a few hundred bytes and makes a dense reader ask for terabytes.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from importers.records import RefusedError

MAX_CELLS = 5_000_000
CHUNK_BYTES = 1 << 20
OVERLAP_BYTES = 64
SHEET = re.compile(r"^xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
REFERENCE = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Za-z]{1,4})(\d{1,9})[\"']")
ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=[\"'](\d{1,9})[\"']")
CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")


def check(path: Path) -> None:
    """RefusedError("too_many_cells") where any sheet spans or holds more than five million cells."""
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if SHEET.match(info.filename):
                _check_sheet(archive, info)


def _check_sheet(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    rows = columns = cells = 0
    tail = b""
    with archive.open(info) as sheet:
        while chunk := sheet.read(CHUNK_BYTES):
            text = tail + chunk
            for letters, number in REFERENCE.findall(text):
                columns = max(columns, _column(letters))
                rows = max(rows, int(number))
            rows = max([rows, *map(int, ROW.findall(text))])
            cells += len(CELL.findall(chunk))
            if rows * columns > MAX_CELLS or cells > MAX_CELLS:
                raise RefusedError("too_many_cells", sheet=info.filename[:80], limit=MAX_CELLS)
            tail = text[-OVERLAP_BYTES:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
