"""Trying out whose ID number is recorded: each hit stands in the trail of that place, and there are few a day."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from gridmap.accounts.models import User
from gridmap.population.models import Resident
from gridmap.population.refusals import PeopleRefusedError, Refusal
from gridmap.population.taken import watching_for_taken
from gridmap.traces.door import door
from gridmap.traces.models import Entry
from tests.cast import Cast
from tests.gridmap.population.people import People, everywhere, id_number

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def hits() -> list[Entry]:
    return list(Entry.objects.filter(kind="refusal", table_name="population_resident"))


def number_of(resident: Resident) -> str:
    with everywhere():
        return resident.id_number.reveal()


def record(client: Client, people: People, number: str, name: str = "王试试") -> Any:
    path = f"/people/dwellings/{people.mine.dwelling.pk}/residents/new/"
    return client.post(path, {"name": name, "id_number": number, "kind": "registered", "source": "走访核实"})


def change(client: Client, resident: Resident, number: str) -> Any:
    typed = {"version": 1, "source": "走访核实", "kind": "registered", "gender": "female", "id_number": number}
    return client.post(f"/people/{resident.pk}/edit/", typed)


@pytest.mark.parametrize("how", ["record", "change"])
def test_a_hit_is_written_down_where_that_person_lives(people: People, cast: Cast, signed_in: SignIn, how: str) -> None:
    client, number = signed_in(cast.worker), number_of(people.foreign.first)
    answer = record(client, people, number) if how == "record" else change(client, people.mine.first, number)
    assert answer.status_code == 409
    [hit] = hits()
    assert (hit.row_id, hit.actor) == (str(people.foreign.first.pk), f"user:{cast.worker.pk}")
    with everywhere():
        assert hit.area == Resident.objects.get(pk=hit.row_id).area == "990101001002001"
    assert hit.detail == {"reason": "id_number_taken"}
    assert number not in str(Entry.objects.values_list("detail", flat=True))


def test_the_answer_is_the_same_for_ones_own_area_and_another(people: People, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.worker)
    answers = [record(client, people, number_of(home.first)) for home in (people.mine, people.foreign)]
    assert {(answer.status_code, answer.context["refusal"]) for answer in answers} == {
        (409, str(Refusal.ID_TAKEN.value))
    }
    for answer in answers:
        assert not any(place in answer.content.decode() for place in ("990101001002", "二社区"))


def test_after_too_many_hits_no_number_is_tried(
    people: People, cast: Cast, signed_in: SignIn, settings: Settings
) -> None:
    settings.TAKEN_ID_NUMBERS_PER_DAY = 2
    client, taken = signed_in(cast.worker), number_of(people.foreign.first)
    assert [record(client, people, taken).status_code for _ in range(3)] == [409, 409, 429]
    assert (
        record(client, people, id_number(777, 1955)).status_code
        == change(client, people.mine.first, taken).status_code
        == 429
    )
    assert len(hits()) == 2
    assert record(client, people, "", name="无证").status_code == 302
    assert record(signed_in(cast.officer), people, id_number(777, 1955)).status_code == 302


def test_the_next_day_begins_anew(people: People, cast: Cast, signed_in: SignIn, settings: Settings) -> None:
    settings.TAKEN_ID_NUMBERS_PER_DAY = 1
    assert record(signed_in(cast.worker), people, number_of(people.foreign.first)).status_code == 409
    now = timezone.now()
    with door(by=cast.worker, areas=["990101001001001"], kind="read"):
        with pytest.raises(PeopleRefusedError) as refused, watching_for_taken("x", by=cast.worker, at=now):
            pytest.fail("tried all the same")
        assert refused.value.refusal is Refusal.TOO_MANY_TAKEN
        with watching_for_taken("x", by=cast.worker, at=now + timedelta(days=1)):
            pass
