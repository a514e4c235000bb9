"""The forms: what is typed is checked, told back in words, and never lost to somebody else's change."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from gridmap.accounts.models import User
from gridmap.population.editing import declare_authority
from gridmap.population.models import CareTag, Conflict, Dwelling, Household, Resident
from tests.cast import Cast
from tests.gridmap.population.people import SECRETS, People, everywhere, id_number

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
TYPED = {"version": 1, "source": "走访核实", "kind": "registered", "gender": "female"}


def edit(client: Client, key: object, **typed: Any) -> Any:
    return client.post(f"/people/{key}/edit/", TYPED | typed)


def test_what_is_typed_is_written_with_its_source(people: People, cast: Cast, signed_in: SignIn) -> None:
    assert edit(signed_in(cast.worker), people.mine.first.pk, phone="13911112222").status_code == 302
    with everywhere():
        resident = Resident.objects.get(pk=people.mine.first.pk)
        assert resident.phone.reveal() == "13911112222" and resident.name.reveal() == "张桂英"
        assert resident.field_sources["phone"]["source"] == "走访核实"


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "张**"), ("phone", "138****5678"), ("id_number", "990***********0037"), ("birth_year", "2199"),
     ("id_number", id_number(5)[:-1] + ("1" if id_number(5)[-1] == "0" else "0")), ("birth_year", "1700"),
     ("kind", "robot"), ("source", ""), ("version", "x"), ("health", "***")],
)  # fmt: skip
def test_what_is_masked_or_wrong_is_refused_by_field(
    people: People, cast: Cast, signed_in: SignIn, field: str, value: str
) -> None:
    answer = edit(signed_in(cast.worker), people.mine.first.pk, **{field: value})
    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {field}
    text = answer.content.decode().replace(value, "") if value else answer.content.decode()
    assert not any(secret in text for secret in SECRETS)


def test_somebody_elses_change_is_not_overwritten(people: People, cast: Cast, signed_in: SignIn) -> None:
    edit(signed_in(cast.officer), people.mine.first.pk, gender="male")
    answer = edit(signed_in(cast.worker), people.mine.first.pk, phone="13911112222")
    assert answer.status_code == 409
    assert answer.context["form"]["version"].value() == "2"


def test_a_conflict_is_told_listed_masked_and_settled(people: People, cast: Cast, signed_in: SignIn) -> None:
    declare_authority(name="resident.phone", area="", source="公安", by=None)
    client = signed_in(cast.worker)
    edit(client, people.mine.first.pk, phone="13911112222")
    page = client.get("/people/conflicts/")
    [shown] = page.context["conflicts"]
    assert (shown.offered, shown.name, shown.may_decide) == ("139****2222", "张**", True)
    assert "13911112222" not in page.content.decode()
    with everywhere():
        key = Conflict.objects.get().pk
    assert client.post(f"/people/conflicts/{key}/", {"choice": "burn"}).status_code == 404
    assert client.post(f"/people/conflicts/{key}/", {"choice": "take"}).status_code == 409
    assert client.post(f"/people/conflicts/{key}/", {"choice": "take", "seen": shown.seen}).status_code == 302
    assert client.get("/people/conflicts/").context["conflicts"] == []


def test_a_foreign_conflict_cannot_be_settled(people: People, cast: Cast, signed_in: SignIn) -> None:
    with everywhere():
        conflict = Conflict.objects.create(
            resident=people.foreign.first, field="phone", held="1", offered="2", held_source="a", offered_source="b"
        )
    assert signed_in(cast.worker).post(f"/people/conflicts/{conflict.pk}/", {"choice": "take"}).status_code == 404
    assert signed_in(cast.worker).get("/people/conflicts/").context["conflicts"] == []


def test_tags_are_given_and_ended_on_the_page(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, key = signed_in(cast.worker), people.mine.residents[1].pk
    given = {"kind": "orphan", "risk": "key", "since": "2026-03-01", "source": "民政"}
    assert client.post(f"/people/{key}/tags/", given).status_code == 302
    client.post(f"/people/{key}/tags/", given | {"since": "2999-01-01", "kind": "alone"})
    with everywhere():
        [made] = CareTag.objects.filter(resident=key)
    assert client.post(f"/people/tags/{made.pk}/end/").status_code == 302
    with everywhere():
        assert not CareTag.objects.in_force().filter(resident=key).exists()
        foreign = CareTag.objects.get(resident=people.foreign.first)
    assert client.post(f"/people/tags/{foreign.pk}/end/").status_code == 404
    assert client.post(f"/people/{people.foreign.first.pk}/tags/", given).status_code == 404


def test_moving_and_leaving_from_the_page(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, key = signed_in(cast.worker), people.mine.first.pk
    building = people.mine.dwelling.building_id
    with everywhere():
        Dwelling.objects.create(building_id=building, unit="2", room="201", source="x")
    assert (
        client.post(f"/people/{key}/move/", {"version": 1, "building": building, "unit": "2单元", "room": "２０１"})[
            "Location"
        ]
        == f"/people/{key}/"
    )
    nowhere = client.post(f"/people/{key}/move/", {"version": 2, "building": building, "unit": "9", "room": "9"})
    assert nowhere.status_code == 400 and 'name="room" value="9"' in nowhere.content.decode()
    foreign = people.foreign.dwelling.building_id
    assert client.post(f"/people/{key}/move/", {"version": 2, "building": foreign, "room": "101"}).status_code == 404
    for day in ("2999-01-01", "1939-12-31", "x"):
        assert client.post(f"/people/{key}/gone/", {"version": 2, "on": day, "sure": "on"}).status_code == 400
    leaving = {"version": 2, "on": "2026-11-01", "sure": "on"}
    assert client.post(f"/people/{key}/gone/", leaving)["Location"] == f"/people/{key}/"
    with everywhere():
        resident = Resident.objects.get(pk=key)
        assert (str(resident.dwelling), resident.present) == ("2-201", False)


def test_somebody_new_is_recorded_on_the_page(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.worker), f"/people/dwellings/{people.mine.dwelling.pk}/residents/new/"
    typed = {
        "name": "新居民",
        "id_number": id_number(321),
        "source": "走访核实",
        "household": str(people.mine.household.pk),
    }
    assert client.post(path, typed | {"name": ""}).status_code == 400
    assert client.post(path, typed | {"household": str(uuid4())}).status_code == 400
    assert client.post(path, typed).status_code == 302
    assert client.post(path, typed).status_code == 409
    with everywhere():
        assert Resident.objects.filter(household=people.mine.household).count() == 3


def test_dwelling_and_household_are_changed_on_their_pages(people: People, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.worker)
    dwelling, household = people.mine.dwelling.pk, people.mine.household.pk
    typed = {"version": 1, "occupancy": "let", "purpose": "home", "floor": 3}
    assert client.post(f"/people/dwellings/{dwelling}/edit/", typed).status_code == 302
    assert client.post(f"/people/dwellings/{dwelling}/edit/", typed).status_code == 409
    assert client.post(f"/people/dwellings/{dwelling}/edit/", typed | {"occupancy": "x"}).status_code == 400
    assert client.post(f"/people/households/{household}/edit/", {"version": 1}).status_code == 302
    with everywhere():
        assert Dwelling.objects.get(pk=dwelling).occupancy == "let"
        assert Household.objects.get(pk=household).registered is False
