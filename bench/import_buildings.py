"""How fast buildings come in through the whole pipeline, beside `ogr2ogr` loading the same file into the same PostGIS.

    bench/import_buildings.py [--rows N] [--ogr2ogr PATH] [--json]

The file is a GeoPackage of N buildings with ten households each in communities of about 2500 households. The pipeline
reads it in the locked-down process, checks values and shapes, stages the rows, compares them, writes them in one
transaction, gives each its community and grid, and then runs a second time, which must change nothing. `ogr2ogr` only
copies the rows. Needs DATABASE_URL to name a server where databases can be made; its own is dropped afterwards.
"""

import argparse
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")
os.environ["TEST_DATABASE_NAME"] = "bench_import_buildings"

import django
import shapely

django.setup()

from django.contrib.gis.geos import MultiPolygon, Polygon  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from gridmap.territory.models import Region  # noqa: E402
from gridmap.territory.services import open_region_edition  # noqa: E402
from importers.services import Choices, fingerprint, start  # noqa: E402
from importers.work import apply_run, check_run  # noqa: E402

WEST, SOUTH = 113.0, 23.0
STEP_LON, STEP_LAT = 0.0006, 0.0003
WIDTH, DEPTH = 0.0004, 0.00014
COLUMNS = 400  # buildings from west to east
HOUSEHOLDS = 10
COMMUNITY_COLUMNS, COMMUNITY_ROWS = 20, 12  # buildings of one community: 240, or 2400 households


def corner(number: int) -> tuple[float, float]:
    return WEST + STEP_LON * (number % COLUMNS), SOUTH + STEP_LAT * (number // COLUMNS)


def write_file(path: Path, rows: int) -> None:
    """A GeoPackage of buildings, written with SQLite alone."""
    database = sqlite3.connect(path)
    database.executescript(
        "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY,"
        " organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,"
        " description TEXT);"
        "CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT,"
        " description TEXT, last_change DATETIME, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,"
        " srs_id INTEGER);"
        "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,"
        " srs_id INTEGER, z TINYINT, m TINYINT, PRIMARY KEY (table_name, column_name));"
        "CREATE TABLE buildings (fid INTEGER PRIMARY KEY AUTOINCREMENT, geom BLOB, 楼栋编号 TEXT, 地址 TEXT,"
        " 户数 INTEGER, 套数 INTEGER, 常住人口 INTEGER, 层数 INTEGER);"
        "PRAGMA application_id = 1196444487; PRAGMA user_version = 10300;"
        "INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326,"
        " 'GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563]],PRIMEM[\"Greenwich\",0],"
        "UNIT[\"degree\",0.0174532925199433]]', '');"
        "INSERT INTO gpkg_contents VALUES ('buildings', 'features', 'buildings', '', '2026-01-01T00:00:00Z',"
        " 113, 23, 114, 24, 4326);"
        "INSERT INTO gpkg_geometry_columns VALUES ('buildings', 'geom', 'POLYGON', 4326, 0, 0);"
    )  # fmt: skip
    with database:
        database.executemany(
            "INSERT INTO buildings (geom, 楼栋编号, 地址, 户数, 套数, 常住人口, 层数) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (building(number) for number in range(rows)),
        )
    database.close()


def building(number: int) -> tuple[Any, ...]:
    west, south = corner(number)
    shape = shapely.box(west, south, west + WIDTH, south + DEPTH)
    blob = b"GP\x00\x01" + struct.pack("<i", 4326) + shapely.to_wkb(shape, byte_order=1)
    return blob, f"B{number:07d}", f"长宁路{number}号", HOUSEHOLDS, HOUSEHOLDS + 1, 3 * HOUSEHOLDS, 6


def lay_communities(rows: int) -> int:
    """Regions with boundaries under all the buildings; how many communities."""
    parent = None
    for level, code in enumerate(("990000000000", "990100000000", "990101000000"), start=1):
        parent = Region.objects.create(code=code, level=level, name=code, parent=parent, source="bench")
    lines = -(-rows // COLUMNS)
    across, down = COLUMNS // COMMUNITY_COLUMNS, -(-lines // COMMUNITY_ROWS)
    for y in range(down):
        street = Region.objects.create(
            code=f"990101{y + 1:03d}000", level=4, name=f"street {y}", parent=parent, source="bench"
        )
        for x in range(across):
            west = WEST + STEP_LON * COMMUNITY_COLUMNS * x
            south = SOUTH + STEP_LAT * COMMUNITY_ROWS * y
            east, north = west + STEP_LON * COMMUNITY_COLUMNS, south + STEP_LAT * COMMUNITY_ROWS
            shape = MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)
            region = Region.objects.create(
                code=f"{street.code[:9]}{x + 1:03d}", level=5, name=f"c {x}", parent=street, source="bench"
            )
            open_region_edition(region=region, shape=shape, source="bench", at=timezone.now())
    return across * down


@contextmanager
def own_database() -> Iterator[None]:
    """A fresh database on the server of DATABASE_URL, dropped at the end."""
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(os.environ["TEST_DATABASE_NAME"], verbosity=0)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


class Peak:
    """The largest resident memory of the processes below this one while the block runs, MB; sampled every 20 ms."""

    def __enter__(self) -> "Peak":
        self.mb = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            for path in Path("/proc/self/task").glob("*/children"):
                with suppress(OSError):
                    self.mb = max([self.mb, *map(resident_mb, path.read_text("ascii").split())])


def resident_mb(pid: str) -> int:
    """The high-water mark of a process, 0 where it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    return 0


def through_the_pipeline(path: Path) -> dict[str, Any]:
    """Seconds of each step, counts, and peak memory of the parent and of the reading process."""
    sha256, size = fingerprint(path)
    quiet: Callable[[float], None] = lambda _share: None  # noqa: E731

    def begin() -> Any:
        choices = Choices(kind="buildings", source="bench")
        return start(path=path, name=path.name, sha256=sha256, size=size, choices=choices, by=None)

    with Peak() as reader:
        survey_s, run = timed(begin)
        check_s, _run = timed(lambda: check_run(run, report=quiet))
        apply_s, written = timed(lambda: apply_run(run, deactivate=False, report=quiet))
        second_s, second = timed(lambda: check_run(begin(), report=quiet))
    assert second.counts["same"] == second.counts["rows"] == written["created"]  # noqa: S101
    total_s = survey_s + check_s + apply_s
    return {
        "rows": written["created"],
        "survey_s": round(survey_s, 2),
        "check_s": round(check_s, 2),
        "apply_s": round(apply_s, 2),
        "total_s": round(total_s, 2),
        "rows_per_s": round(written["created"] / total_s),
        "second_dry_run_s": round(second_s, 2),
        "peak_parent_mb": resident_mb("self"),
        "peak_reader_mb": reader.mb,
    }


def through_ogr2ogr(program: str, path: Path) -> dict[str, Any]:
    """Seconds and peak memory of ogr2ogr copying the file into a table of the same database."""
    settings = connection.get_connection_params()
    parts = {name: settings.get(name) for name in ("dbname", "host", "port", "user")}
    target = "PG:" + " ".join(f"{name}='{value}'" for name, value in parts.items() if value)
    command = [program, "-f", "PostgreSQL", target, str(path), "buildings", "-nln", "bench_ogr2ogr",
               "-lco", "GEOMETRY_NAME=geom", "--config", "PG_USE_COPY", "YES"]  # fmt: skip
    began = time.perf_counter()
    with Peak() as peak:
        subprocess.run(command, env={**os.environ, "PGPASSWORD": settings.get("password") or ""}, check=True)
    seconds = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_ogr2ogr")
        rows = cursor.fetchone()[0]
    return {
        "rows": rows,
        "total_s": round(seconds, 2),
        "rows_per_s": round(rows / seconds),
        "peak_mb": peak.mb,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--ogr2ogr", default=shutil.which("ogr2ogr") or "", help="the program (Debian: gdal-bin)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, own_database():
        path = Path(folder) / "buildings.gpkg"
        write_file(path, options.rows)
        found: dict[str, Any] = {
            "bench": "import_buildings",
            "households": options.rows * HOUSEHOLDS,
            "file_mb": round(path.stat().st_size / 1e6, 1),
            "communities": lay_communities(options.rows),
            "pipeline": through_the_pipeline(path),
        }
        found["ogr2ogr"] = through_ogr2ogr(options.ogr2ogr, path) if options.ogr2ogr else None
    if options.json:
        print(json.dumps(found))
        return
    for name in ("pipeline", "ogr2ogr"):
        print(name, *(f"{key}={value}" for key, value in (found[name] or {"absent": True}).items()))


if __name__ == "__main__":
    main()
