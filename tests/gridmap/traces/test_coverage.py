"""No table of the database is forgotten."""

import pytest
from django.apps import apps
from django.db import connection

from gridmap.traces.coverage import EXCUSED, OPEN, protected_tables, watched_tables
from gridmap.vault.fields import SealedField
from tests.owner import as_owner

pytestmark = pytest.mark.django_db


def test_every_table_is_watched_or_excused() -> None:
    forgotten = [table for table, watched in watched_tables().items() if not watched and table not in EXCUSED]
    assert forgotten == []


def test_nothing_is_excused_that_is_watched_or_not_there() -> None:
    tables = watched_tables()
    assert [table for table in EXCUSED if table not in tables or tables[table]] == []


def test_a_sleeping_trigger_counts_as_none() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_post DISABLE TRIGGER traces_update")
    assert watched_tables()["accounts_post"] is False


def test_every_table_of_people_is_behind_a_policy_for_its_owner_too() -> None:
    personal = set()
    for model in apps.get_models(include_auto_created=True):
        columns = {field.column for field in model._meta.concrete_fields}
        if "area" in columns and any(isinstance(field, SealedField) for field in model._meta.concrete_fields):
            personal.add(model._meta.db_table)
    assert "population_resident" in personal
    assert personal - protected_tables() == set(OPEN)


def test_every_protected_table_is_watched_or_excused() -> None:
    tables = watched_tables()
    assert [table for table in protected_tables() if not tables[table] and table not in EXCUSED] == []
