"""What the database alone takes: overview tiles beside raw points, the statements of a pyramid beside its seeding."""

import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection
from django.test import override_settings
from psycopg import RawCursor

from bench.maps import filling
from layers import lines, tilecache, tiles
from layers.cuts.cases import cases
from layers.cuts.cut import Address
from layers.seeding import SIDE_BY_SIDE, seed
from tests.layers.places import address_of

EVERYWHERE = ("",)
OVERVIEW_ZOOMS = (9, 11, 12, 13)
ROUNDS, PYRAMID_ROUNDS = 2, 2


def overview() -> dict[str, Any]:
    """Milliseconds and bytes of the tiles in the middle of the district: counted cases, and all of their points."""
    middle = Point(filling.WEST + filling.WIDE / 2, filling.SOUTH + filling.HIGH / 2)
    [points] = cases(20, EVERYWHERE)
    found: dict[str, Any] = {}
    for z in OVERVIEW_ZOOMS:
        _z, x, y = address_of(middle, z)
        counted_ms, counted = _timed(tiles.statement("cases", z, EVERYWHERE), x, y)
        raw_ms, raw = _timed(f"SELECT ({tiles.part(points, z)})", x, y)
        found[f"overview z{z}"] = {
            "counted_ms": round(counted_ms, 2),
            "raw_ms": round(raw_ms, 1),
            "share_percent": round(100 * counted_ms / raw_ms, 2),
            "kb": round(len(counted) / 1000, 2),
            "kb_sent": round(len(tilecache.compress(counted)) / 1000, 2),
            "raw_kb": round(len(raw) / 1000),
        }
        print(f"overview z{z}: {found[f'overview z{z}']}", flush=True)
    return found


def _timed(sql: str, x: int, y: int) -> tuple[float, bytes]:
    """Milliseconds (median) on a connection that gives a statement all the time it wants."""
    taken, data = [], b""
    connection.ensure_connection()
    for _round in range(ROUNDS + 1):
        with RawCursor(connection.connection) as cursor:
            began = time.perf_counter()
            [data] = cursor.execute(sql, (str(x), str(y)), binary=True).fetchone() or (b"",)
            taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[1:]), bytes(data)


def pyramid() -> dict[str, Any]:
    """Seconds of seeding the ground's pyramid, and of its statements alone on as many connections at once."""
    seeded, alone = [], []
    for _round in range(PYRAMID_ROUNDS):
        with tempfile.TemporaryDirectory() as folder, override_settings(TILE_CACHE_DIR=folder):
            began = time.perf_counter()
            done = seed("ground", EVERYWHERE, lambda share, drawn: None)  # noqa: ARG005
            seeded.append(time.perf_counter() - began)
            work = [path.relative_to(folder).parts[2:] for path in Path(folder).rglob("*") if path.is_file()]
        addresses = [Address(*map(int, one)) for one in work]
        began = time.perf_counter()
        with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
            list(threads.map(_draw_alone, [addresses[number::SIDE_BY_SIDE] for number in range(SIDE_BY_SIDE)]))
        alone.append(time.perf_counter() - began)
    found = {"tiles": done.drawn, "mb": round(done.bytes / 1e6, 1)}
    ratio = statistics.median(one / other for one, other in zip(seeded, alone, strict=True))
    return {
        "pyramid": found
        | {
            "seeded_s": round(statistics.median(seeded), 1),
            "database_s": round(statistics.median(alone), 1),
            "times": round(ratio, 2),
            "load": round(os.getloadavg()[0], 1),
        }
    }


def _draw_alone(addresses: list[Address]) -> None:
    for address in addresses:
        tiles.draw("ground", address, EVERYWHERE, lines.ask)
    lines.close()
    connection.close()
