"""A synthetic district of 15 × 15 km as vector tiles on disk: every building at every zoom, for all renderers alike."""

import gzip
import math
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

#: Where it lies, degrees, and its side on the ground.
LON, LAT, SIDE_M = 106.0, 30.0, 15_000.0
WORLD_M = 40_075_016.68557849
EXTENT, MARGIN = 4096, 64
#: Eight corners, as the mean of real buildings.
SHAPE = "POLYGON((-.5 -.5,.5 -.5,.5 .1,.2 .1,.2 .5,-.2 .5,-.2 .2,-.5 .2,-.5 -.5))"
SET = "ground"

Address = tuple[int, int, int]


def lay_out(buildings: int) -> None:
    """Fill a temporary table with so many polygons of eight corners, in blocks that stand at an angle to each other."""
    columns = math.ceil(math.sqrt(buildings))
    pitch_m = SIDE_M / columns / math.cos(math.radians(LAT))
    x, y = mercator(LON, LAT)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE district (id integer PRIMARY KEY, kind text, geom geometry(Polygon, 3857))"
        )
        cursor.execute(
            """
            INSERT INTO district
            SELECT n, CASE WHEN n %% 9 = 0 THEN 'public' ELSE 'slab' END,
                   ST_Translate(ST_Rotate(ST_Scale(shape, p * (0.5 + 0.3 * (n %% 97 * 31 %% 97) / 97.0), p * 0.62),
                                          radians((i / 12 * 31 + j / 9 * 17) %% 40)), x + i * p, y + j * p)
            FROM (SELECT n, n %% %s AS i, n / %s AS j, %s::float8 AS p, %s::float8 AS x, %s::float8 AS y,
                         ST_GeomFromText(%s, 3857) AS shape
                  FROM generate_series(0, %s - 1) n) places
            """,
            [columns, columns, pitch_m, x, y, SHAPE, buildings],
        )
        cursor.execute("CREATE INDEX ON district USING gist (geom)")
        cursor.execute("ANALYZE district")


def mercator(lon: float, lat: float) -> tuple[float, float]:
    """EPSG:3857 metres of a place in degrees."""
    radius = WORLD_M / (2 * math.pi)
    return math.radians(lon) * radius, math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) * radius


def middle() -> tuple[float, float]:
    """Longitude and latitude, degrees."""
    half = SIDE_M / 2 / 111_320
    return LON + half / math.cos(math.radians(LAT)), LAT + half


def addresses(zoom: int) -> Iterator[Address]:
    """The tiles of a zoom that touch the district."""
    side = WORLD_M / (1 << zoom)
    x, y = mercator(LON, LAT)
    reach = SIDE_M / math.cos(math.radians(LAT)) + 50
    west, east = (int((edge + WORLD_M / 2) // side) for edge in (x - 50, x + reach))
    north, south = (int((WORLD_M / 2 - edge) // side) for edge in (y + reach, y - 50))
    return ((zoom, column, row) for column in range(west, east + 1) for row in range(north, south + 1))


def cut(folder: Path, zooms: tuple[int, ...]) -> int:
    """Write the tiles, compressed, as `folder/ground/z/x/y`; how many there are."""
    sql = f"""
        SELECT ST_AsMVT(t, 'building', {EXTENT}, 'geom', 'id') FROM (
            SELECT id, kind AS k, ST_AsMVTGeom(geom, ST_TileEnvelope(%s, %s, %s), {EXTENT}, {MARGIN}, true) AS geom
            FROM district WHERE geom && ST_TileEnvelope(%s, %s, %s, margin => %s) ORDER BY id) t
        WHERE t.geom IS NOT NULL"""  # noqa: S608 (two constants of this file)
    written = 0
    with connection.cursor() as cursor:
        for address in (one for zoom in zooms for one in addresses(zoom)):
            cursor.execute(sql, [*address, *address, MARGIN / EXTENT])
            path = folder / SET / "/".join(map(str, address))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.compress(bytes(cursor.fetchone()[0]), 4))
            written += 1
    return written
