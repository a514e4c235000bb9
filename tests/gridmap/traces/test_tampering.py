"""What the application's role may not do to the trail, whatever SQL somebody slips into it."""

from contextlib import suppress

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from gridmap.accounts.models import Organisation
from gridmap.traces.services import note
from tests.gridmap.traces.reading import last_entry

pytestmark = pytest.mark.django_db
TABLES = ["traces_entry", "traces_seal", "traces_anchor"]
COLUMN = {"traces_entry": "actor", "traces_seal": "digest", "traces_anchor": "digest"}
ON_A_TABLE = [
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "ALTER TABLE {table} ADD COLUMN extra int",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} OWNER TO CURRENT_USER",
    "DROP TABLE {table}",
    "INSERT INTO {table} DEFAULT VALUES",
    "CREATE TRIGGER t BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION traces_record()",
    "CREATE RULE r AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
]
ELSEWHERE = [
    "SET session_replication_role = replica",
    "ALTER TABLE accounts_user DISABLE TRIGGER traces_update",
    "ALTER TABLE accounts_user DISABLE TRIGGER ALL",
    "DROP TRIGGER traces_update ON accounts_user",
    "SELECT traces_unwatch('accounts_user')",
    "SELECT traces_watch('accounts_user', '-name')",
    "SELECT traces_prune(now(), now())",
    "TRUNCATE accounts_user CASCADE",
    "CREATE OR REPLACE FUNCTION public.traces_note(kind text, actor text, request text, table_name text, row_id text,"
    " area text, detail jsonb) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
    "CREATE OR REPLACE FUNCTION public.traces_record() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "ALTER FUNCTION traces_record() SECURITY INVOKER",
    "DROP FUNCTION traces_record() CASCADE",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TABLE public.mine (id int)",
    "ALTER TABLE population_resident DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE population_resident NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY area ON population_resident",
    "CREATE POLICY all_of_it ON population_resident USING (true)",
    "SELECT before FROM traces_entry",
    "SELECT after FROM traces_entry",
    "SELECT * FROM traces_entry",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "COPY traces_entry (kind) FROM PROGRAM 'echo insert'",
]


REASONS = ("permission denied", "must be owner", "must be superuser", "must have")


def refused(statement: str) -> None:
    with pytest.raises(DatabaseError) as failure, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert any(word in str(failure.value) for word in REASONS), failure.value


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ON_A_TABLE)
def test_the_application_cannot_touch_the_trail(table: str, statement: str) -> None:
    refused(statement.format(table=table, column=COLUMN[table]))


@pytest.mark.parametrize("table", TABLES)
def test_the_application_cannot_copy_into_the_trail(table: str) -> None:
    statement = f"COPY {table} ({COLUMN[table]}) FROM STDIN"
    with (
        pytest.raises((DatabaseError, psycopg.Error), match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        copy.write("")


@pytest.mark.parametrize("table", TABLES)
def test_the_application_cannot_give_itself_more(table: str) -> None:
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"GRANT ALL ON {table} TO CURRENT_USER")  # only a warning, where some right is held already
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')", [table])
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize("statement", ELSEWHERE)
def test_the_application_cannot_switch_off_what_writes_it(statement: str) -> None:
    refused(statement)


def test_no_write_can_be_feigned_by_a_note() -> None:
    for kind in ("insert", "update", "delete", "anything"):
        with pytest.raises(DatabaseError, match="no trace entry of the kind"), transaction.atomic():
            note(kind=kind, table="accounts_user", row="1")


def test_a_temporary_table_does_not_stand_in_for_the_trail() -> None:
    """The functions look for tables in their own schemas first."""
    before = last_entry()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE traces_entry (kind text) ON COMMIT DROP")
        Organisation.objects.create(name="甲", kind=Organisation.Kind.OTHER)
        note(kind="job", detail={"work": "test"})
        cursor.execute("SELECT count(*) FROM pg_temp.traces_entry")
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT array_agg(kind ORDER BY id) FROM public.traces_entry WHERE id > %s", [before])
        assert cursor.fetchone()[0] == ["insert", "job"]


def test_the_role_owns_nothing_and_bypasses_nothing() -> None:
    role = settings.APP_DATABASE_ROLE
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = %s", [role]
        )
        assert cursor.fetchone() == (role, False, False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = %s::regrole", [role])
        assert cursor.fetchone()[0] == 0
