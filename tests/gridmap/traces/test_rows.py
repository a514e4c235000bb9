"""Row-level security: rows of people exist only behind a door, and the spatial index is still used."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from gridmap.traces.checks import policies_use_indexes
from gridmap.traces.door import door
from tests.owner import as_owner, wear_application_role

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = "SELECT count(*) FROM households_at_test"
#: 100 000 points in a square degree, in 500 areas.
FILL = """
CREATE TABLE households_at_test (
    id bigint PRIMARY KEY, area varchar(15) COLLATE "C" NOT NULL, geom geometry(Point, 4326));
INSERT INTO households_at_test
    SELECT i, '9901010' || lpad((i % 500)::text, 5, '0'),
           ST_SetSRID(ST_MakePoint(119 + (i % 317) / 317.0, 30 + (i / 317) / 317.0), 4326)
    FROM generate_series(0, 99999) i;
CREATE INDEX households_at_test_geom ON households_at_test USING gist (geom);
SELECT traces_protect('households_at_test');
GRANT SELECT, INSERT, UPDATE, DELETE ON households_at_test TO {role};
"""


@pytest.fixture(scope="module")
def _table(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    from django.conf import settings

    with django_db_blocker.unblock(), as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS households_at_test")
        cursor.execute(FILL.format(role=settings.APP_DATABASE_ROLE))
        cursor.execute("ANALYZE households_at_test")
    yield
    with django_db_blocker.unblock(), as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE households_at_test")


def count(using: Any = connection) -> int:
    with using.cursor() as cursor:
        cursor.execute(COUNT)
        return int(cursor.fetchone()[0])


def test_without_a_door_there_is_no_row_and_no_error(_table: None) -> None:
    assert count() == 0


def test_on_a_fresh_connection_and_after_reset_there_is_none_either(_table: None) -> None:
    fresh = connections.create_connection("default")
    try:
        assert count(fresh) == 0
        with fresh.cursor() as cursor:
            cursor.execute("SET gridmap.areas = '9901010%'")
            assert count(fresh) == 100_000
            for statement in ("RESET gridmap.areas", "SET gridmap.areas = ''", "RESET ALL", "DISCARD ALL"):
                cursor.execute(statement)
                if statement == "DISCARD ALL":
                    wear_application_role(connection=fresh)
                assert count(fresh) == 0, statement
    finally:
        fresh.close()


def test_a_door_shows_its_areas_alone_and_closes_behind_one(_table: None) -> None:
    with door(by=None, areas=["990101000007"], kind="read"):
        assert count() == 200
        with door(by=None, areas=["990101000008", "990101000009"], kind="read"):
            assert count() == 400
        assert count() == 200
        with pytest.raises(ZeroDivisionError), door(by=None, areas=[""], kind="read"):
            assert count() == 100_000
            raise ZeroDivisionError
        assert count() == 200
    assert count() == 0


def test_a_door_without_areas_shows_nothing(_table: None) -> None:
    with door(by=None, areas=[], kind="read"):
        assert count() == 0


@pytest.mark.parametrize("area", ["99%", "99_", "99,", "'; --", "九九", "1" * 16])
def test_a_door_takes_codes_alone(area: str) -> None:
    with pytest.raises(ValueError, match="is no area"), door(by=None, areas=[area], kind="read"):
        pass


def test_nothing_is_written_into_another_area(_table: None) -> None:
    with door(by=None, areas=["990101000007"], kind="import"), connection.cursor() as cursor:
        cursor.execute("INSERT INTO households_at_test VALUES (200001, '990101000007', NULL)")
        cursor.execute("UPDATE households_at_test SET geom = NULL WHERE area = '990101000008'")
        assert cursor.rowcount == 0
        for statement in (
            "INSERT INTO households_at_test VALUES (200002, '990101000008', NULL)",
            "UPDATE households_at_test SET area = '990101000008' WHERE id = 200001",
        ):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                cursor.execute(statement)
        cursor.execute("DELETE FROM households_at_test WHERE id = 200001")


MAP = """
EXPLAIN (ANALYZE, FORMAT JSON) SELECT id FROM households_at_test
WHERE geom && ST_MakeEnvelope(119.5, 30.5, 119.52, 30.52, 4326)
  AND ST_Intersects(geom, ST_MakeEnvelope(119.5, 30.5, 119.52, 30.52, 4326))
"""


def plan(areas: list[str]) -> str:
    """How the database answers a map question behind a door."""
    with door(by=None, areas=areas, kind="read"), connection.cursor() as cursor:
        cursor.execute(MAP)
        return str(cursor.fetchone()[0])


def test_a_map_question_goes_through_the_spatial_index(_table: None) -> None:
    for areas in (["990101"], ["990101000007", "990101000008"], [""]):
        told = plan(areas)
        assert "households_at_test_geom" in told, areas
        assert "Seq Scan" not in told


def test_one_is_warned_where_the_index_would_not_be_used() -> None:
    assert policies_use_indexes(None, databases=["default"]) == []
    assert policies_use_indexes(None, databases=None) == []
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER FUNCTION geometry_overlaps(geometry, geometry) NOT LEAKPROOF")
        try:
            [said] = policies_use_indexes(None, databases=["default"])
        finally:
            cursor.execute("ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF")
    assert said.id == "traces.W001"
    assert "LEAKPROOF" in str(said.hint)


def test_the_policy_binds_the_owner_too(_table: None) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'households_at_test'")
        assert cursor.fetchone() == (True,)
