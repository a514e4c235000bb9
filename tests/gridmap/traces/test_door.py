"""What a door writes down, whom it names, and what it leaves behind."""

from typing import Any

import pytest
from django.db import connection, transaction

from gridmap.traces.actor import acting, current_actor
from gridmap.traces.door import door
from gridmap.traces.places import shared
from gridmap.vault import ledger
from gridmap.vault.ledger import How, OutsideDoorError
from tests.cast import Cast
from tests.gridmap.traces.reading import Row, entries, last_entry

pytestmark = pytest.mark.django_db


NOW = "SELECT " + ", ".join(f"coalesce(current_setting('gridmap.{name}', true), '')" for name in ("areas", "actor"))


def settings() -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        return tuple(cursor.fetchone())


def noted(after: int) -> list[Row]:
    return [row for row in entries(after=after) if row.kind not in ("insert", "update", "delete")]


def test_one_entry_lists_what_was_opened(cast: Cast) -> None:
    before = last_entry()
    with door(by=cast.worker, areas=["990101001001001"], kind="reveal", purpose="急病，联系家属") as opened:
        opened.opened("population_resident", "name", "a", How.MASKED)
        opened.opened("population_resident", "phone", "a", How.CLEAR)
        opened.saw("population_household", "b")
    [entry] = noted(before)
    assert (entry.kind, entry.actor, entry.area) == ("reveal", f"user:{cast.worker.pk}", "990101001001001")
    assert entry.detail["purpose"] == "急病，联系家属"
    assert entry.detail["opened"] == [
        {"table": "population_resident", "masked": ["name"], "clear": ["phone"], "rows": ["a"]},
        {"table": "population_household", "masked": [], "clear": [], "rows": ["b"]},
    ]


def test_a_look_that_finds_nothing_is_a_look(cast: Cast) -> None:
    before = last_entry()
    with door(by=cast.officer, areas=["990101001001"], kind="read"):
        pass
    [entry] = noted(before)
    assert entry.detail == {"opened": [], "purpose": "", "areas": ["990101001001"]}


def test_an_error_undoes_everything(cast: Cast) -> None:
    before = last_entry()
    with pytest.raises(ZeroDivisionError), door(by=cast.worker, areas=["99"], kind="read"):
        cast.worker.name = "另一个"
        cast.worker.save()
        raise ZeroDivisionError
    assert noted(before) == []
    cast.worker.refresh_from_db()
    assert cast.worker.name == "李网格"
    assert settings() == ("", "")


def test_nothing_opens_outside() -> None:
    with pytest.raises(OutsideDoorError):
        ledger.current()
    with door(by=None, areas=[], kind="read") as opened:
        assert ledger.current() is opened
    with pytest.raises(OutsideDoorError):
        ledger.current()


def test_the_settings_are_what_they_were(cast: Cast) -> None:
    with transaction.atomic(), door(by=cast.worker, areas=["990101001001001", ""], kind="read"):
        assert settings() == ("990101001001001%,%", f"user:{cast.worker.pk}")
        with door(by=cast.officer, areas=["990101"], kind="read"):
            assert settings() == ("990101%", f"user:{cast.officer.pk}")
        assert settings() == ("990101001001001%,%", f"user:{cast.worker.pk}")
    assert settings() == ("", "")


def test_work_and_commands_are_named_beside_whom_they_are_for(cast: Cast) -> None:
    before = last_entry()
    person = f"user:{cast.officer.pk}"
    with acting(f"job:7 {person}"), door(by=cast.officer, areas=["99"], kind="import"):
        assert current_actor() == f"job:7 {person}"
    with door(by=cast.officer, areas=["99"], kind="import", command="import_data"):
        pass
    again: dict[str, Any] = {"by": None, "areas": ["99"], "kind": "rotate", "command": "rotate_keys"}
    with door(**again), door(**again):
        pass
    assert [entry.actor for entry in noted(before)] == [
        f"job:7 {person}",
        f"command:import_data {person}",
        "command:rotate_keys",
        "command:rotate_keys",
    ]


def test_writes_inside_name_whom_the_door_names(cast: Cast) -> None:
    before = last_entry()
    with door(by=cast.officer, areas=["99"], kind="import"):
        cast.worker.name = "另一个"
        cast.worker.save()
    assert entries("accounts_user", after=before)[0].actor == f"user:{cast.officer.pk}"


def test_the_place_is_what_was_looked_at_or_what_holds_all_areas(cast: Cast) -> None:
    before = last_entry()
    with door(by=None, areas=["990101"], kind="read", place="990101001001"):
        pass
    with door(by=None, areas=["990101001001", "990101001002"], kind="read"):
        pass
    assert [entry.area for entry in noted(before)] == ["990101001001", "990101001"]


def test_the_place_may_be_found_inside_only(cast: Cast) -> None:
    before = last_entry()
    with door(by=None, areas=["990101"], kind="read") as ledger:
        ledger.place = "990101001002"
    assert [entry.area for entry in noted(before)] == ["990101001002"]


@pytest.mark.parametrize(
    ("areas", "whole"),
    [
        ([], ""),
        ([""], ""),
        (["990101001001001"], "990101001001001"),
        (["990101001001001", "990101001001002"], "990101001001"),
        (["990101001", "990101002"], "990101"),
        (["99", "98"], ""),
        (["990101", ""], ""),
    ],
)
def test_the_smallest_area_that_holds_all(areas: list[str], whole: str) -> None:
    assert shared(areas) == whole


def test_there_are_only_doors_of_known_kinds() -> None:
    with pytest.raises(ValueError, match="kind"), door(by=None, areas=[], kind="insert"):
        pass
