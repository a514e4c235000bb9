"""No function of ours can be led astray by the caller's search path, or called by a role that should not."""

import pytest
from django.conf import settings
from django.db import connection

pytestmark = pytest.mark.django_db
#: Extensions' functions are theirs; those of the queue come with its library.
OURS = """
SELECT p.oid::regprocedure::text, p.prosqlbody IS NOT NULL OR EXISTS (
           SELECT FROM unnest(p.proconfig) setting WHERE setting = 'search_path=pg_catalog, public, pg_temp'),
       p.prosecdef, EXISTS (SELECT FROM unnest(p.proconfig) setting WHERE starts_with(setting, 'gridmap.')),
       EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
               WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE'),
       has_function_privilege(%s, p.oid, 'EXECUTE')
FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND NOT starts_with(p.proname, 'procrastinate_')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e')
"""
#: Runs as the owner, and is called by triggers alone.
BY_TRIGGERS = {"traces_record()"}


def functions() -> list[tuple[str, bool, bool, bool, bool, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(OURS, [settings.APP_DATABASE_ROLE])
        return list(cursor.fetchall())


def test_there_are_functions() -> None:
    names = {name for name, *_rest in functions()}
    assert {"traces_record()", "territory_bump()", "accounts_deputy_holds_the_same()"} <= names


def test_every_function_finds_what_its_owner_meant() -> None:
    assert [name for name, fixed, *_rest in functions() if not fixed] == []


def test_what_has_rights_of_its_own_is_for_the_application_alone() -> None:
    strong = [(name, public) for name, _fixed, definer, opening, public, _ours in functions() if definer or opening]
    assert [name for name, public in strong if public] == []
    assert len(strong) > 5


def test_the_application_may_call_what_it_needs() -> None:
    closed = {
        name for name, _fixed, definer, opening, _public, ours in functions() if (definer or opening) and not ours
    }
    assert closed <= BY_TRIGGERS
