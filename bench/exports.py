"""Layers as files of six formats, beside `ogr2ogr` writing the same rows from the same PostGIS in the same run.

    ./run bench exports [--rows N] [--only gpkg|geojson|shp|kml|xlsx|csv]… [--rounds N] [--ogr2ogr PATH] [--json]

Ours is the whole way of a person's order: rights, fields by right, filters, the count, the file with its words and
what it is about, its entry of the trail. `ogr2ogr` copies the bare columns; its Shapefile and CSV are no zip. Both
take turns, `--rounds` times; the figures are medians, the memory is what our process grew by beyond its peak before.
Needs DATABASE_URL to name a server where databases can be made; its own is dropped afterwards.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")
os.environ["TEST_DATABASE_NAME"] = "bench_exports"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from gridmap.accounts.models import Post, User  # noqa: E402
from gridmap.accounts.roles import Role  # noqa: E402
from gridmap.jobs.models import Job  # noqa: E402
from gridmap.jobs.services import run  # noqa: E402
from layers.exports import services  # noqa: E402
from layers.exports.orders import read_order  # noqa: E402
from layers.models import LayerExport  # noqa: E402

FORMATS = {"gpkg": "GPKG", "geojson": "GeoJSON", "shp": "ESRI Shapefile", "kml": "KML", "xlsx": "XLSX", "csv": "CSV"}
COLUMNS = (
    "b.id::text AS id, number, b.name, b.kind, address, r.name AS community, households, dwellings, residents, elders,"
    " floors, entrances, b.source, b.source_ref"
)
FILL = """
INSERT INTO territory_building
    (source, source_ref, active, number, name, kind, address, community_id, households, dwellings, residents, elders,
     floors, entrances, geom)
SELECT 'bench', 'B' || n, TRUE, n %% 90 || '号楼', '爱民佳苑' || n, 'slab', '样例市样例县长宁路' || n || '号',
       %(community)s, n %% 60, n %% 70, n %% 200, n %% 40, n %% 30, n %% 5,
       ST_MakeEnvelope(119 + n %% 1000 * 0.0006, 30 + n / 1000 * 0.0003, 119.0004 + n %% 1000 * 0.0006,
                       30.00014 + n / 1000 * 0.0003, 4326)
FROM generate_series(1, %(rows)s) n
"""
REGION = """
INSERT INTO territory_region (code, level, name, parent_id, source, source_ref)
VALUES (%s, %s, %s, %s, 'bench', %s) RETURNING id
"""


@contextmanager
def own_database() -> Iterator[None]:
    """A fresh database on the server of DATABASE_URL, dropped at the end."""
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(os.environ["TEST_DATABASE_NAME"], verbosity=0)


def fill(rows: int) -> User:
    """One community with many buildings, and somebody who sees them all."""
    parent = None
    codes = ("990000000000", "990100000000", "990101000000", "990101001000", "990101001001")
    with connection.cursor() as cursor:
        for level, code in enumerate(codes, 1):
            cursor.execute(REGION, [code, level, "一社区", parent, code])
            [parent] = cursor.fetchone()
        cursor.execute(FILL, {"community": parent, "rows": rows})
        cursor.execute("ANALYZE territory_building")
    who = User.objects.create(username="bench", name="钱某")
    Post.objects.create(person=who, role=Role.PLANNER, area="", starts_on=timezone.localdate())
    return who


def ours(who: User, file_format: str) -> tuple[float, int]:
    """Seconds from the order to the file, and its bytes."""
    began = time.perf_counter()
    order = read_order(who, {"layer": "buildings", "format": file_format}, at=timezone.now())
    export = services.ask(order=order, by=who, at=timezone.now())
    if export.job:
        run(Job.objects.get(pk=str(export.job)))
    export.refresh_from_db()
    seconds = time.perf_counter() - began
    if export.state != LayerExport.State.READY:
        raise SystemExit(f"{file_format}: {Job.objects.get(pk=str(export.job)).message}")
    size = export.size_bytes or 0
    services.delete(export)
    return seconds, size


def theirs(program: str, file_format: str, folder: Path) -> tuple[float, int]:
    """Seconds that ogr2ogr takes, and the bytes of what it wrote."""
    given = connection.get_connection_params()
    parts = {name: given.get(name) for name in ("dbname", "host", "port", "user")}
    source = "PG:" + " ".join(f"{name}='{value}'" for name, value in parts.items() if value)
    shape = "ST_AsText(b.geom) AS wkt" if file_format in {"xlsx", "csv"} else "b.geom"
    sql = f"SELECT {COLUMNS}, {shape} FROM territory_building b JOIN territory_region r ON r.id = b.community_id"  # noqa: S608
    target = folder / f"buildings.{file_format}"
    command = [program, "-f", FORMATS[file_format], str(target), source, "-sql", sql, "-nln", "buildings"]
    more = ["-lco", "ENCODING=UTF-8"] if file_format == "shp" else []
    began = time.perf_counter()
    environment = {**os.environ, "PGPASSWORD": str(given.get("password") or "")}
    subprocess.run([*command, *more], env=environment, check=True, capture_output=True)
    seconds = time.perf_counter() - began
    size = sum(file.stat().st_size for file in folder.iterdir())
    for file in folder.iterdir():
        file.unlink()
    return seconds, size


def peak_mb(who: int) -> float:
    """The largest resident memory so far, of this process or of its children."""
    return resource.getrusage(who).ru_maxrss / 1024


def measure(who: User, formats: list[str], rounds: int, program: str) -> list[dict[str, Any]]:
    found = []
    for file_format in formats:
        own, other, sizes = [], [], (0, 0)
        before = peak_mb(resource.RUSAGE_SELF)
        for _round in range(rounds):
            seconds, size = ours(who, file_format)
            own.append(seconds)
            if program:
                with tempfile.TemporaryDirectory() as folder:
                    taken, bare = theirs(program, file_format, Path(folder))
                other.append(taken)
                sizes = (size, bare)
        row: dict[str, Any] = {
            "format": file_format,
            "ours_s": round(statistics.median(own), 2),
            "ours_mb": round(sizes[0] / 1e6, 1),
            "memory_mb": round(peak_mb(resource.RUSAGE_SELF) - before),
        }
        if other:
            row |= {
                "ogr2ogr_s": round(statistics.median(other), 2),
                "ogr2ogr_mb": round(sizes[1] / 1e6, 1),
                "times_ogr2ogr": round(statistics.median(own) / statistics.median(other), 2),
            }
        found.append(row)
        print(*(f"{name}={value}" for name, value in row.items()), file=sys.stderr)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--only", action="append", choices=FORMATS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ogr2ogr", default=shutil.which("ogr2ogr") or "", help="the program (Debian: gdal-bin)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as media, own_database():
        settings.MEDIA_ROOT = Path(media)
        settings.LAYER_EXPORT_MAX_BYTES = 20_000_000_000
        who = fill(options.rows)
        found = measure(who, options.only or list(FORMATS), options.rounds, options.ogr2ogr)
    if options.json:
        print(json.dumps({"bench": "exports", "rows": options.rows, "formats": found}))


if __name__ == "__main__":
    main()
