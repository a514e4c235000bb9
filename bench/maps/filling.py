"""A district of 15 × 15 km in a database of its own: 300 000 buildings, 1 000 000 cases, 196 communities, streets."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from gridmap.casework.models.bins import KEPT

#: South-west corner and sides in degrees; 15 km at this latitude.
WEST, SOUTH, WIDE, HIGH = 116.0, 39.0, 0.1733, 0.1349
EAST, NORTH = WEST + WIDE, SOUTH + HIGH
COMMUNITIES_A_SIDE = 14
STREETS_A_SIDE = 60

REGIONS = """
INSERT INTO territory_region (id, code, level, name, source, source_ref, parent_id) VALUES
    (1, '990000000000', 1, '省', 'bench', '1', NULL), (2, '990100000000', 2, '市', 'bench', '2', 1),
    (3, '990101000000', 3, '区', 'bench', '3', 2), (4, '990101001000', 4, '街道', 'bench', '4', 3);
INSERT INTO territory_region (id, code, level, name, source, source_ref, parent_id)
    SELECT 100 + n, '990101001' || lpad((n + 1)::text, 3, '0'), 5, '社区' || n, 'bench', 'c' || n, 4
    FROM generate_series(0, {communities} * {communities} - 1) n;
INSERT INTO territory_regionedition (region_id, valid, source, geom)
    SELECT 100 + y * {communities} + x, '[2026-01-01,)', 'bench', ST_Multi(ST_MakeEnvelope(
        {west} + x * {wide}, {south} + y * {high}, {west} + (x + 1) * {wide}, {south} + (y + 1) * {high}, 4326))
    FROM generate_series(0, {communities} - 1) x, generate_series(0, {communities} - 1) y;
"""
#: Of eight corners each, as houses with an annexe have; every one a little different.
BUILDINGS = """
INSERT INTO territory_building
    (source, source_ref, active, number, name, kind, address, households, community_id, geom)
SELECT 'bench', n::text, true, (n % 90 + 1) || '号楼', '', (ARRAY['slab', 'tower', 'house', 'other'])[n % 4 + 1], '',
    n % 60, 100 + (row * {communities} / {side}) * {communities} + col * {communities} / {side},
    ST_MakePolygon(ST_SetSRID(ST_MakeLine(ARRAY[
        ST_MakePoint(x, y), ST_MakePoint(x + w, y), ST_MakePoint(x + w, y + h * 0.5),
        ST_MakePoint(x + w * 0.7, y + h * 0.5),
        ST_MakePoint(x + w * 0.7, y + h), ST_MakePoint(x + w * 0.3, y + h), ST_MakePoint(x + w * 0.3, y + h * 0.8),
        ST_MakePoint(x, y + h * 0.8), ST_MakePoint(x, y)]), 4326))
FROM (
    SELECT n, n / {side} AS row, n % {side} AS col,
        {west} + (n % {side} + 0.1 + random() * 0.3) * {step_x} AS x,
        {south} + (n / {side} + 0.1 + random() * 0.3) * {step_y} AS y,
        (0.3 + random() * 0.3) * {step_x} AS w, (0.3 + random() * 0.3) * {step_y} AS h
    FROM generate_series(0, {buildings} - 1) n
) sized
"""
STREETS = """
INSERT INTO territory_groundfeature (source, source_ref, active, kind, name, weight, geom)
SELECT 'bench', 's' || n || d, true,
    CASE WHEN n % 10 = 0 THEN 'road_arterial' WHEN n % 3 = 0 THEN 'road_local' ELSE 'road_lane' END, '路' || n, 0,
    ST_SetSRID(CASE d WHEN 'x' THEN ST_MakeLine(ST_MakePoint(x, {south}), ST_MakePoint(x, {north}))
               ELSE ST_MakeLine(ST_MakePoint({west}, y), ST_MakePoint({east}, y)) END, 4326)
FROM (SELECT n, {west} + (n + 0.02) * {wide} / {streets} AS x, {south} + (n + 0.02) * {high} / {streets} AS y
      FROM generate_series(0, {streets} - 1) n) lines, unnest(ARRAY['x', 'y']) d
"""
#: Half of them near a hundred busy places; two of five still open.
CASES = """
INSERT INTO casework_case (number, network, category_id, description, stage, urgent, reported_at, closed_at, overdue,
    geom, address, community_id, area, source, source_ref, version)
SELECT '20260101-' || lpad(n::text, 7, '0'), c.network, c.id, '', CASE WHEN n % 5 < 2 THEN 'handling' ELSE 'closed' END,
    n % 50 = 0, '2026-01-01'::timestamptz + n * interval '20 seconds',
    CASE WHEN n % 5 < 2 THEN NULL ELSE '2026-10-01'::timestamptz END, false, ST_SetSRID(ST_MakePoint(x, y), 4326), '',
    100 + cell, '990101001' || lpad((cell + 1)::text, 3, '0'), 'bench', n::text, 1
FROM (
    SELECT n, x, y, least(floor((y - {south}) / {high} * {communities}), {communities} - 1)::int * {communities}
        + least(floor((x - {west}) / {wide} * {communities}), {communities} - 1)::int AS cell
    FROM (
        SELECT n,
            CASE WHEN n % 2 = 0 THEN {west} + random() * {wide}
                 ELSE {west} + {wide} * (0.05 + 0.09 * (n / 2 % 10) + random() * random() * 0.08) END AS x,
            CASE WHEN n % 2 = 0 THEN {south} + random() * {high}
                 ELSE {south} + {high} * (0.05 + 0.09 * (n / 20 % 10) + random() * random() * 0.08) END AS y
        FROM generate_series(0, {cases} - 1) n
    ) strewn
) placed
JOIN (SELECT id, network, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many
      FROM casework_category) c ON c.place = n % c.many
"""
BINS = """
INSERT INTO casework_binchange (x, y, area, {kept})
SELECT casework_square(ST_X(geom_3857)), casework_square(-ST_Y(geom_3857)), left(area, 12),
    count(*) FILTER (WHERE network = 'social_work' AND is_open),
    count(*) FILTER (WHERE network = 'social_work' AND NOT is_open),
    count(*) FILTER (WHERE network = 'city_management' AND is_open),
    count(*) FILTER (WHERE network = 'city_management' AND NOT is_open),
    count(*) FILTER (WHERE network = 'governance' AND is_open),
    count(*) FILTER (WHERE network = 'governance' AND NOT is_open),
    count(*) FILTER (WHERE urgent AND is_open), count(*) FILTER (WHERE overdue),
    sum(casework_place(ST_X(geom_3857)) * is_open::int), sum(casework_place(-ST_Y(geom_3857)) * is_open::int)
FROM casework_case GROUP BY 1, 2, 3;
SELECT casework_fold(100000000);
"""


@contextmanager
def own_database(*, keep: bool) -> Iterator[None]:
    """A migrated database of our own on the server of DATABASE_URL, dropped afterwards unless it is kept."""
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        if keep:
            connection.close()
        else:
            connection.creation.destroy_test_db(name, verbosity=0)


def use_kept(buildings: int, cases: int) -> bool:
    """Turn to the database that a former run has kept, if there is one of this size."""
    before, kept = connection.settings_dict["NAME"], str(connection.settings_dict["TEST"]["NAME"])
    connection.close()
    connection.settings_dict["NAME"] = kept
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT (SELECT count(*) FROM territory_building), (SELECT count(*) FROM casework_case)")
            if cursor.fetchone() == (round(buildings**0.5) ** 2, cases):
                return True
    except DatabaseError:
        pass
    connection.close()
    connection.settings_dict["NAME"] = before
    return False


def parameters() -> dict[str, Any]:
    """Of the database that Django is connected to, as libpq names them."""
    return connection.get_connection_params()


def address() -> str:
    """The same as a DATABASE_URL."""
    there = parameters()
    known = {name: there[name] for name in ("user", "password", "host", "port") if there.get(name)}
    return f"postgis:///{there['dbname']}?{urlencode(known)}"


def fill(buildings: int, cases: int) -> float:
    """The district; the same one every time. Returns how many seconds it took."""
    began = time.perf_counter()
    side = round(buildings**0.5)
    values = {
        "west": WEST,
        "south": SOUTH,
        "east": EAST,
        "north": NORTH,
        "wide": WIDE,
        "high": HIGH,
        "communities": COMMUNITIES_A_SIDE,
        "streets": STREETS_A_SIDE,
        "buildings": side * side,
        "side": side,
        "step_x": WIDE / side,
        "step_y": HIGH / side,
        "cases": cases,
        "kept": ", ".join(KEPT),
    }
    small = values | {"wide": WIDE / COMMUNITIES_A_SIDE, "high": HIGH / COMMUNITIES_A_SIDE}
    with connection.cursor() as cursor:
        # What triggers would write is written here, once; constraints of rows are kept.
        cursor.execute("SET session_replication_role = replica; SET jit = off; SELECT setseed(0.5)")
        cursor.execute(REGIONS.format(**small))
        for statement in (BUILDINGS, STREETS, CASES, BINS):
            cursor.execute(statement.format(**values))
        cursor.execute("UPDATE territory_layerrevision SET number = number + 1")
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - began
