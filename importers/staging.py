"""Checked rows into the database by COPY, many thousand a second and none of them in memory for long."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable
from typing import Any, cast

from django.db import connection

from gridmap.traces.statistics import analyze
from importers.check import Checked
from importers.models import ImportRun

COLUMNS = ("run_id", "row", "kind", "key", "sound", "action", "read_reasons", "reasons", "fields", "before", "geom")
SRID_FLAG = 0x20000000
REPORT_ROWS = 500


def stage(run: ImportRun, rows: Iterable[Checked], *, report: Callable[[int], None]) -> int:
    """Replace the staged rows of `run`; returns how many there are. Calls `report(rows so far)` now and then."""
    staged = 0
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM importers_stagedrow WHERE run_id = %s", [run.pk])
        raw = cast(Any, cursor.cursor)  # psycopg's own cursor, below Django's wrapper, speaks COPY
        with raw.copy(f"COPY importers_stagedrow ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(_columns(run, row))
                staged += 1
                if staged % REPORT_ROWS == 0:
                    report(staged)
    analyze("importers_stagedrow")
    return staged


def _columns(run: ImportRun, row: Checked) -> tuple[Any, ...]:
    reasons = json.dumps([reason.as_json() for reason in row.reasons], ensure_ascii=False) if row.reasons else "[]"
    fields = json.dumps(row.fields, ensure_ascii=False)
    action = "" if row.sound else "refused"
    geom = None if row.wkb is None else _ewkb(row.wkb)
    return (str(run.pk), row.row, row.kind, row.key, row.sound, action, reasons, reasons, fields, "{}", geom)


def _ewkb(wkb: bytes) -> str:
    """WKB (little-endian) with SRID 4326, as PostGIS reads it."""
    code = struct.unpack_from("<I", wkb, 1)[0]
    return (b"\x01" + struct.pack("<II", code | SRID_FLAG, 4326) + wkb[5:]).hex()
