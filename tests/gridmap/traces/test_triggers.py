"""Every write leaves what was before and after, however it is written."""

import hashlib

import pytest
from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import connection, transaction

from gridmap.accounts.models import Organisation, User
from gridmap.territory.models import Building, Facility, Grid
from gridmap.traces.actor import acting
from tests.cast import SOURCE, Board, Cast, person
from tests.gridmap.traces.reading import entries, last_entry
from tests.owner import as_owner

pytestmark = pytest.mark.django_db
ORGANISATION = "accounts_organisation"


def execute(statement: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def make(name: str = "北街道办", area: str = "990101001") -> Organisation:
    return Organisation.objects.create(name=name, kind=Organisation.Kind.STREET, area=area)


def test_an_insert_tells_every_column() -> None:
    one = make()
    (entry,) = entries(ORGANISATION)
    assert (entry.kind, entry.row, entry.area, entry.before) == ("insert", str(one.pk), "990101001", None)
    assert entry.after == {"id": one.pk, "name": "北街道办", "kind": "street", "area": "990101001", "parent_id": None}


def test_an_update_tells_only_what_changed() -> None:
    one = make()
    one.name = "南街道办"
    one.save()
    entry = entries(ORGANISATION)[-1]
    assert (entry.kind, entry.before, entry.after) == ("update", {"name": "北街道办"}, {"name": "南街道办"})


def test_an_update_that_changes_nothing_leaves_nothing() -> None:
    make().save()
    assert [entry.kind for entry in entries(ORGANISATION)] == ["insert"]


def test_null_and_what_is_not_there_are_told_apart() -> None:
    upper, one = make("上级"), make()
    Organisation.objects.filter(pk=one.pk).update(parent=upper)
    Organisation.objects.filter(pk=one.pk).update(parent=None)
    first, second = entries(ORGANISATION, "update")
    assert (first.before, first.after) == ({"parent_id": None}, {"parent_id": upper.pk})
    assert (second.before, second.after) == ({"parent_id": upper.pk}, {"parent_id": None})


def test_a_delete_tells_the_row_that_was() -> None:
    one = make()
    number = one.pk
    one.delete()
    entry = entries(ORGANISATION)[-1]
    assert (entry.kind, entry.row, entry.after) == ("delete", str(number), None)
    assert entry.before is not None and entry.before["name"] == "北街道办"


def test_bulk_writes_leave_an_entry_per_row() -> None:
    Organisation.objects.bulk_create(
        Organisation(name=f"{number}号", kind=Organisation.Kind.OTHER) for number in range(30)
    )
    Organisation.objects.update(kind=Organisation.Kind.CENTRE)
    Organisation.objects.all().delete()
    kinds = [entry.kind for entry in entries(ORGANISATION)]
    assert (kinds.count("insert"), kinds.count("update"), kinds.count("delete")) == (30, 30, 30)


def test_raw_sql_upserts_and_copies_leave_entries() -> None:
    execute("INSERT INTO accounts_organisation (name, kind, area) VALUES ('甲', 'other', '')")
    number = Organisation.objects.get().pk
    execute(
        "INSERT INTO accounts_organisation (id, name, kind, area) VALUES (%s, '甲', 'other', '')"
        " ON CONFLICT (id) DO UPDATE SET name = '乙'",
        number,
    )
    statement = "COPY accounts_organisation (name, kind, area) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write_row(("丙", "other", ""))
    found = entries(ORGANISATION)
    assert [entry.kind for entry in found] == ["insert", "update", "insert"]
    assert [(entry.after or {}).get("name") for entry in found] == ["甲", "乙", "丙"]


def test_a_row_that_gets_another_key_is_told_twice() -> None:
    one = make()
    with as_owner():
        execute("UPDATE accounts_organisation SET id = %s WHERE id = %s", one.pk + 1000, one.pk)
    gone, come = entries(ORGANISATION, "update")
    assert {gone.row, come.row} == {str(one.pk), str(one.pk + 1000)}
    assert sorted([gone.after is None, come.after is None]) == [False, True]


def test_what_is_rolled_back_leaves_nothing() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make()
        raise ZeroDivisionError
    assert entries(ORGANISATION) == []


def test_truncating_is_told_too() -> None:
    make()
    with as_owner():
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute("TRUNCATE accounts_organisation CASCADE")
    assert [entry.detail for entry in entries(ORGANISATION, "delete")] == [{"truncated": True}]


def test_of_a_password_only_that_it_changed_is_told() -> None:
    who = person("somebody", "某人")
    before = who.password
    who.set_password("quite another one")
    who.save()
    created, changed = entries("accounts_user")
    assert changed.before == changed.after == {"password": "•"}
    assert created.after is not None and created.after["password"] == "•"
    everything = str(entries())
    assert before not in everything and who.password not in everything
    assert hashlib.md5(before.encode(), usedforsecurity=False).hexdigest() not in everything


def test_seeing_somebody_sign_in_changes_no_account() -> None:
    who = person("somebody", "某人")
    User.objects.filter(pk=who.pk).update(last_login="2026-01-01T00:00:00Z")
    assert len(entries("accounts_user")) == 1


def test_shapes_are_told_as_a_sum_and_what_follows_from_them_not_at_all(board: Board) -> None:
    camera = Facility.objects.create(
        source=SOURCE, source_ref="f", kind="other", name="站", address="", geom=Point(119.9, 30.1, srid=4326)
    )
    camera.geom = Point(119.91, 30.1, srid=4326)
    camera.save()
    created, moved = entries("territory_facility")
    assert created.after is not None
    assert len(created.after["geom"]) == 32 and "geom_3857" not in created.after
    assert moved.before is not None and moved.after is not None
    assert set(moved.before) == set(moved.after) == {"geom", "position"}
    assert moved.before["geom"] == created.after["geom"] != moved.after["geom"]
    assert moved.before["position"] == created.after["position"] != moved.after["position"]


def test_entries_stand_under_the_place_of_their_row(grids: list[Grid]) -> None:
    assert {entry.area for entry in entries("territory_region")} >= {"99", "9901", "990101", "990101001"}
    assert grids[0].code in {entry.area for entry in entries("territory_grid")}
    assert grids[0].code in {entry.area for entry in entries("territory_gridedition")}
    building = Building.objects.filter(grid=grids[0])[0]
    (entry,) = [one for one in entries("territory_building", "insert") if one.row == str(building.pk)]
    assert entry.area == grids[0].code


def test_who_acts_stands_in_the_entry_and_nobody_afterwards() -> None:
    with acting("user:7", "a" * 32):
        make("甲")
        with acting("job:1 user:7"):
            make("乙")
        make("丙")
    make("丁")
    told = [(entry.actor, entry.request) for entry in entries(ORGANISATION)]
    assert told == [("user:7", "a" * 32), ("job:1 user:7", "a" * 32), ("user:7", "a" * 32), ("", "")]


def test_the_role_that_wrote_stands_in_the_entry() -> None:
    make()
    assert entries(ORGANISATION)[0].role.endswith(f"/{settings.APP_DATABASE_ROLE}")


def test_a_failure_while_acting_leaves_nobody_acting() -> None:
    with pytest.raises(ZeroDivisionError), acting("user:7"):
        raise ZeroDivisionError
    make()
    assert entries(ORGANISATION)[-1].actor == ""


def test_watching_names_a_column_that_is_not_there() -> None:
    with pytest.raises(Exception, match="has no column shape"), as_owner(), transaction.atomic():
        execute("SELECT traces_watch('accounts_organisation', 'shape')")


def test_columns_that_come_later_are_told_without_watching_again(cast: Cast) -> None:
    with as_owner():
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute("ALTER TABLE accounts_organisation ADD COLUMN motto text")
    before = last_entry()
    execute("UPDATE accounts_organisation SET motto = '近'")
    (entry,) = entries(ORGANISATION, after=before)
    assert entry.after == {"motto": "近"}
