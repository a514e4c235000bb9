"""The two roles of the database: the owner migrates, the application reads and writes and owns nothing.

After every migration the rights are given anew, so a table made just now has them too. Where the owner may not make the
role, it says what somebody who may has to run.
"""

import sys
from typing import TextIO

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from psycopg import sql

#: What the application's role may do with a table of the owner, where that is not reading and writing rows.
RIGHTS: dict[str, str] = {
    "django_migrations": "SELECT",
    "finding_reading": "SELECT",
    "spatial_ref_sys": "SELECT",
    "traces_entry": "SELECT (id, at, kind, actor, request, table_name, row_id, area, detail, role)",
    "traces_seal": "SELECT",
    "traces_anchor": "SELECT",
    "traces_refusals": "SELECT",
}
ROWS = "SELECT, INSERT, UPDATE, DELETE"
#: Functions that are closed to everybody and open to the application's role.
FUNCTIONS = (
    "traces_note(text, text, text, text, text, text, jsonb)",
    "traces_seal_entries(bigint)",
    "traces_check(bigint, integer)",
    "traces_anchor_now()",
    "traces_change(bigint)",
    "gridmap_analyze(regclass[])",
    "population_present_with(text[])",
    "traces_count_refusal(text, text, integer, text, text)",
    "traces_tell_refusals(integer)",
)
ATTRIBUTES = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
MAKE = sql.SQL(
    "DO $do$ BEGIN CREATE ROLE {role} {attributes};"
    " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $do$"
)
OWNED = """
SELECT c.relname, c.relkind FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S', 'v', 'm')
  AND pg_has_role(c.relowner, 'USAGE') ORDER BY c.relname
"""
PRESENT = "SELECT name FROM unnest(%s::text[]) name WHERE to_regprocedure(name) IS NOT NULL"
#: Functions that see people's rows without a door, to count, move or compare them: closed to everybody else, too.
OPENING = """
SELECT oid::regprocedure::text FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND pg_has_role(proowner, 'USAGE')
  AND EXISTS (SELECT FROM unnest(proconfig) setting WHERE starts_with(setting, 'gridmap.')) ORDER BY 1
"""
LEAKPROOF = "ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF"


def set_up_roles(out: TextIO | None = None) -> None:
    """Make the application's role where that is allowed, and give it its rights; `out` hears what is left to do."""
    out = out or sys.stderr
    role = settings.APP_DATABASE_ROLE
    if not owns_the_trail():
        return
    if not _ensure_role(role):
        out.write(advice(role))
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _grants(role):
            cursor.execute(statement)
    _let_policies_use_indexes()


def owns_the_trail() -> bool:
    """Whether this connection is the owner's (or a superuser's)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('traces_entry')")
        row = cursor.fetchone()
    return bool(row and row[0])


def advice(role: str) -> str:
    """What a superuser has to run where the owner may not make the role."""
    return (
        f"The database has no role {role}, and this connection may not make it. Let a superuser run\n"
        f"    CREATE ROLE \"{role}\" LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '…';\n"
        "then migrate again, and give the application that role in DATABASE_URL (see the administrator's guide).\n"
    )


def _ensure_role(role: str) -> bool:
    name = sql.Identifier(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [role])
        missing = cursor.fetchone()[0] == 0
        if missing and not _may_make_roles():
            return False
        if missing:  # another migration may make it at the same moment: roles belong to the whole server
            cursor.execute(MAKE.format(role=name, attributes=ATTRIBUTES))
        if settings.APP_DATABASE_PASSWORD and _may_make_roles():
            secret = sql.Literal(_encrypted(settings.APP_DATABASE_PASSWORD, role))
            cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, secret))
    return True


def _may_make_roles() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _encrypted(password: str, role: str) -> str:
    """The password as the server keeps it, so that no log of statements has it in clear."""
    connection.ensure_connection()
    raw = connection.connection
    return bytes(raw.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")).decode()


def _grants(role: str) -> list[sql.Composed]:
    name = sql.Identifier(role)
    with connection.cursor() as cursor:
        cursor.execute(OWNED)
        relations = cursor.fetchall()
        cursor.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [role])
        creates = cursor.fetchone()[0]
        cursor.execute(PRESENT, [list(FUNCTIONS)])
        functions = [row[0] for row in cursor.fetchall()]  # a migration backwards takes some away
        cursor.execute(OPENING)
        opening = [row[0] for row in cursor.fetchall()]
    statements = [sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name)]
    if creates:
        statements.append(sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {}").format(name))
    for relation, relkind in relations:
        what = sql.SQL("SEQUENCE {}" if relkind == "S" else "TABLE {}").format(sql.Identifier(relation))
        rights = "USAGE, SELECT" if relkind == "S" else RIGHTS.get(relation, ROWS)
        statements.append(sql.SQL("REVOKE ALL ON {} FROM {}").format(what, name))
        statements.append(sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(rights), what, name))
    for function in opening:
        statements.append(sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC").format(sql.SQL(function)))
    for function in (*functions, *opening):
        statements.append(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(sql.SQL(function), name))
    for kind, rights in (("TABLES", ROWS), ("SEQUENCES", "USAGE, SELECT")):
        statements.append(
            sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {} ON {} TO {}").format(
                sql.SQL(rights), sql.SQL(kind), name
            )
        )
    return statements


def _let_policies_use_indexes() -> None:
    """Let `&&` be asked below a policy; only a superuser may, and an upgrade of PostGIS undoes it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT proleakproof FROM pg_proc WHERE oid = 'geometry_overlaps(geometry,geometry)'::regprocedure"
            )
            if not cursor.fetchone()[0]:
                cursor.execute(LEAKPROOF)
    except DatabaseError:  # the system check warns
        return
