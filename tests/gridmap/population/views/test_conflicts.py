"""The page of conflicts: what is held now beside what was held then, doors that are gone, few queries for many."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gridmap.accounts.models import User
from gridmap.population.doorcode import door_code
from gridmap.population.models import Conflict, Dwelling, Resident
from gridmap.traces.models import Entry
from tests.cast import Cast
from tests.gridmap.population.people import People, everywhere, id_number

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PAGE = "/people/conflicts/"


def disagree(resident: Resident, **more: Any) -> Conflict:
    values = {"field": "phone", "held": "13800130001", "offered": "13911112222", "held_source": "公安"}
    with everywhere():
        return Conflict.objects.create(**values | {"resident": resident, "offered_source": "民政"} | more)


def shown_on(client: Client) -> Any:
    [shown] = client.get(PAGE).context["conflicts"]
    return shown


def settle(client: Client, conflict: Conflict, seen: str, choice: str = "take") -> Any:
    return client.post(f"{PAGE}{conflict.pk}/", {"choice": choice, "seen": seen})


def test_what_is_held_now_stands_beside_what_was_held_then(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, first = signed_in(cast.worker), people.mine.first
    disagree(first)
    with everywhere():
        resident = Resident.objects.get(pk=first.pk)
        resident.phone = "13722223333"
        resident.field_sources = {"phone": {"source": "走访核实", "on": "2026-11-01"}}
        resident.save()
    shown = shown_on(client)
    assert (shown.held, shown.held_source) == ("137****3333", "走访核实")
    assert (shown.changed, shown.held_then, shown.held_then_source) == (True, "138****0001", "公安")
    text = client.get(PAGE).content.decode()
    assert "138****0001" in text and shown.seen in text
    assert not any(clear in text for clear in ("13722223333", "13800130001", "13911112222"))


def test_what_is_newer_than_the_page_is_not_overwritten(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, conflict = signed_in(cast.worker), disagree(people.mine.first)
    seen = shown_on(client).seen
    with everywhere():
        resident = Resident.objects.get(pk=people.mine.first.pk)
        resident.phone = "13722223333"
        resident.save()
    answer = settle(client, conflict, seen)
    assert answer.status_code == 409 and answer.context["refusal"]
    assert answer.context["conflicts"][0].held == "137****3333"
    with everywhere():
        assert Resident.objects.get(pk=people.mine.first.pk).phone.reveal() == "13722223333"
    assert settle(client, conflict, answer.context["conflicts"][0].seen).status_code == 302


def doors_out_of_reach(people: People) -> dict[str, str]:
    next_door, foreign = people.next_door.dwelling, people.foreign.dwelling
    return {
        "known, next grid": door_code(next_door.building_id, "1", "101"),
        "new, next grid": door_code(next_door.building_id, "9", "901"),
        "foreign": door_code(foreign.building_id, "1", "101"),
        "gone": door_code(99_999_999, "1", "101"),
        "not in a number": door_code(10**17, "1", "101"),
        "unreadable": "1-101",
        "too long": door_code(next_door.building_id, "1" * 21, "101"),
        "no building": "|1|101",
    }


def test_a_door_out_of_reach_is_refused_and_never_an_error(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, mine = signed_in(cast.worker), people.mine.dwelling
    held = door_code(mine.building_id, mine.unit, mine.room)
    for name, code in doors_out_of_reach(people).items():
        conflict = disagree(people.mine.first, field="dwelling", held=held, offered=code)
        shown = shown_on(client)
        assert (shown.held[-5:], shown.changed) == ("1-101", False), name
        answer = settle(client, conflict, shown.seen)
        assert answer.status_code == 409 and answer.context["refusal"], name
        with everywhere():
            assert Resident.objects.get(pk=people.mine.first.pk).dwelling_id == mine.pk
            assert not Dwelling.objects.filter(unit="9").exists()
            Conflict.objects.filter(pk=conflict.pk).delete()


@pytest.mark.parametrize("code", ["99999999|1|101", "1-101", "", "x|1|101"])
def test_a_door_that_is_gone_or_unreadable_is_unknown(people: People, cast: Cast, signed_in: SignIn, code: str) -> None:
    disagree(people.mine.first, field="dwelling", held=code, offered=code)
    shown = shown_on(signed_in(cast.worker))
    assert shown.offered == shown.held_then == "无法识别的户室"


def test_a_new_door_in_ones_own_grid_is_made(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, mine = signed_in(cast.worker), people.mine.dwelling
    code = door_code(mine.building_id, "9", "901")
    conflict = disagree(people.mine.first, field="dwelling", held=door_code(mine.building_id, "1", "101"), offered=code)
    shown = shown_on(client)
    assert shown.offered.endswith(" 9-901")
    assert settle(client, conflict, shown.seen).status_code == 302
    with everywhere():
        moved = Resident.objects.select_related("dwelling").get(pk=people.mine.first.pk)
        assert str(moved.dwelling) == "9-901" and moved.area == moved.dwelling.area == "990101001001001"


def test_taking_over_anothers_id_number_is_refused_and_written_down(
    people: People, cast: Cast, signed_in: SignIn
) -> None:
    with everywhere():
        taken = people.foreign.first.id_number.reveal()
    conflict = disagree(people.mine.first, field="id_number", held=id_number(1), offered=taken)
    client = signed_in(cast.worker)
    assert settle(client, conflict, shown_on(client).seen).status_code == 409
    [hit] = Entry.objects.filter(kind="refusal", table_name="population_resident")
    assert hit.row_id == str(people.foreign.first.pk)


def test_many_conflicts_take_as_many_queries_as_few(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, mine = signed_in(cast.worker), people.mine.dwelling
    doors = list(doors_out_of_reach(people).values())
    counts = []
    for start in (0, 10):
        for number in range(start, start * 2 or 2):
            disagree(people.mine.first, offered_source=f"a{number}")
            disagree(
                people.mine.residents[1],
                field="dwelling",
                held=door_code(mine.building_id, "1", "101"),
                offered=doors[number % 2 * 2],
                offered_source=f"b{number}",
            )
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
