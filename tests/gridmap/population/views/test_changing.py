"""Forms of residents: rubbish is refused and kept in the form, others' changes are told, nobody leaves by mistake."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from gridmap.accounts.models import User
from gridmap.population.models import CareTag, Dwelling, Resident
from gridmap.territory.models import Building
from gridmap.traces.models import Entry
from tests.cast import Cast
from tests.gridmap.population.people import SECRETS, People, everywhere, id_number

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def opened(client: Client, key: object) -> dict[str, Any]:
    """What the browser would send back of the page as it stands."""
    form = client.get(f"/people/{key}/edit/").context["form"]
    return {name: form[name].value() or "" for name in form.fields if name != "remove"} | {"source": "走访核实"}


def edit(client: Client, key: object, typed: dict[str, Any]) -> Any:
    return client.post(f"/people/{key}/edit/", typed)


def known(people: People) -> Resident:
    with everywhere():
        return Resident.objects.get(pk=people.mine.first.pk)


@pytest.mark.parametrize(
    ("field", "value"),
    [("phone", "abc"), ("phone", "123"), ("id_number", "123"), ("id_number", id_number(3, year=2099)), ("name", "=1+1"),
     ("name", "<b>张三</b>"), ("name", "张三2"), ("birth_year", "-1"), ("birth_year", "2999"), ("source", "=1+1"),
     ("source", ""), ("health", "=cmd"), ("name", "@张三"), ("phone", "13800001111、13900001111")],
)  # fmt: skip
def test_rubbish_overwrites_nothing_and_everything_typed_is_kept(
    people: People, cast: Cast, signed_in: SignIn, field: str, value: str
) -> None:
    client, key = signed_in(cast.worker), people.mine.first.pk
    typed = opened(client, key) | {"relation": "parent", field: value}
    answer = edit(client, key, typed)
    form = answer.context["form"]
    assert answer.status_code == 400 and form.errors.keys() == {field}
    assert (form[field].value(), form["relation"].value()) == (value, "parent")
    assert known(people).version == 1


@pytest.mark.parametrize(("years_ago", "status"), [(120, 302), (121, 400)])
def test_a_year_of_birth_goes_by_the_rule_of_the_lists(
    people: People, cast: Cast, signed_in: SignIn, years_ago: int, status: int
) -> None:
    client, key = signed_in(cast.worker), people.mine.first.pk
    year = timezone.localdate().year - years_ago
    assert edit(client, key, opened(client, key) | {"birth_year": str(year)}).status_code == status
    assert (known(people).birth_year == year) == (status == 302)


def test_somebody_new_is_checked_by_the_same_rules(people: People, cast: Cast, signed_in: SignIn) -> None:
    path = f"/people/dwellings/{people.mine.dwelling.pk}/residents/new/"
    typed = {"name": "=1+1", "id_number": "123", "phone": "abc", "source": ""}
    answer = signed_in(cast.worker).post(path, typed)
    assert answer.status_code == 400 and answer.context["form"].errors.keys() == set(typed)


def test_values_are_kept_in_one_form(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, key = signed_in(cast.worker), people.mine.first.pk
    number = id_number(77)
    typed = {"name": "欧阳 修", "phone": "+86 139-1111-2222", "id_number": f"{number[:6]} {number[6:]}".lower()}
    assert edit(client, key, opened(client, key) | typed).status_code == 302
    with everywhere():
        resident = Resident.objects.get(pk=key)
        held = (resident.name.reveal(), resident.phone.reveal(), resident.id_number.reveal())
    assert held == ("欧阳修", "13911112222", number)


def test_who_comes_second_keeps_what_was_typed_and_is_told_what_changed(
    people: People, cast: Cast, signed_in: SignIn
) -> None:
    first, second, key = signed_in(cast.officer), signed_in(cast.worker), people.mine.first.pk
    typed = opened(second, key) | {"phone": "13911112222", "relation": "parent"}
    edit(first, key, opened(first, key) | {"gender": "male", "phone": "13733334444"})
    answer = edit(second, key, typed)
    form = answer.context["form"]
    assert answer.status_code == 409
    assert [(one.name, one.value) for one in answer.context["changes"] if one.name == "phone"] == [
        ("phone", "137****4444")
    ]
    assert {one.name for one in answer.context["changes"]} == {"gender", "phone"}
    assert (form["phone"].value(), form["relation"].value()) == ("13911112222", "parent")
    assert form["gender"].value() == "male"  # which the second one had left as it was
    text = answer.content.decode()
    assert "13733334444" not in text and not any(secret in text for secret in SECRETS)
    again = {name: form[name].value() or "" for name in form.fields if name != "remove"}
    assert edit(second, key, again).status_code == 302
    with everywhere():
        resident = Resident.objects.get(pk=key)
        assert (resident.phone.reveal(), resident.gender, resident.relation) == ("13911112222", "male", "parent")


def test_a_number_that_is_taken_keeps_what_was_typed(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, key = signed_in(cast.worker), people.mine.first.pk
    with everywhere():
        taken = people.foreign.first.id_number.reveal()
    answer = edit(client, key, opened(client, key) | {"id_number": taken, "relation": "parent"})
    assert answer.status_code == 409
    assert (answer.context["form"]["id_number"].value(), answer.context["form"]["relation"].value()) == (
        taken, "parent",
    )  # fmt: skip


def test_a_dwelling_changed_meanwhile_can_be_sent_again(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.worker), f"/people/dwellings/{people.mine.dwelling.pk}/edit/"
    form = client.get(path).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    client.post(path, typed | {"occupancy": "let"})
    answer = client.post(path, typed | {"floor": 7})
    assert answer.status_code == 409 and [one.name for one in answer.context["changes"]] == ["occupancy"]
    again = {name: answer.context["form"][name].value() or "" for name in form.fields}
    assert client.post(path, again).status_code == 302
    with everywhere():
        home = Dwelling.objects.get(pk=people.mine.dwelling.pk)
    assert (home.occupancy, home.floor) == ("let", 7)
    assert client.post(path, again | {"owner_phone": "abc"}).status_code == 400


def test_a_tag_that_cannot_be_given_stays_in_its_form(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.worker), f"/people/{people.mine.first.pk}/tags/"
    typed = {"kind": "alone", "risk": "key", "since": "2026-03-01", "source": "民政来的"}
    answer = client.post(path, typed)
    assert answer.status_code == 409 and "民政来的" in answer.content.decode()
    assert client.post(path, typed | {"kind": "orphan", "since": "2999-01-01"}).status_code == 400


class TestMoving:
    """To another building of the area in which somebody changes people."""

    def other_building(self, people: People) -> Building:
        """Another one of the grid, with a dwelling."""
        mine = people.mine.dwelling.building
        other = Building.objects.filter(grid=mine.grid).exclude(pk=mine.pk).earliest("pk")
        Building.objects.filter(pk=other.pk).update(name="梧桐里 10号楼")
        with everywhere():
            Dwelling.objects.create(building=other, unit="2", room="301", source="x")
        return other

    def test_buildings_of_the_area_are_offered_and_no_others(
        self, people: People, cast: Cast, signed_in: SignIn
    ) -> None:
        other = self.other_building(people)
        page = signed_in(cast.worker).get(f"/people/{people.mine.first.pk}/edit/")
        offered = {key for key, _name in page.context["move_form"]["building"].field.widget.choices}
        assert offered == {other.pk, people.mine.dwelling.building_id}
        assert page.context["move_form"]["building"].value() == people.mine.dwelling.building_id

    def test_a_building_is_found_by_its_name(self, people: People, cast: Cast, signed_in: SignIn) -> None:
        other, key = self.other_building(people), people.mine.first.pk
        client = signed_in(cast.worker)
        found = client.post(f"/people/{key}/move/", {"version": 1, "find": "1", "sought": "梧桐 10"})
        assert found.status_code == 200
        assert found.context["move_form"]["building"].field.widget.choices == [(other.pk, "梧桐里 10号楼")]
        none = client.post(f"/people/{key}/move/", {"version": 1, "find": "1", "sought": "没有"})
        assert none.context["move_form"]["building"].field.widget.choices == []
        assert known(people).version == 1

    def test_somebody_moves_there_with_their_tags(self, people: People, cast: Cast, signed_in: SignIn) -> None:
        other, key = self.other_building(people), people.mine.first.pk
        typed = {"version": 1, "building": other.pk, "unit": "2", "room": "301"}
        assert signed_in(cast.worker).post(f"/people/{key}/move/", typed)["Location"] == f"/people/{key}/"
        with everywhere():
            moved = Resident.objects.select_related("dwelling").get(pk=key)
            assert moved.dwelling.building_id == other.pk and moved.household_id != people.mine.household.pk
            assert CareTag.objects.in_force().get(resident=key).area == moved.area

    def test_what_was_typed_stays_after_somebody_elses_change(
        self, people: People, cast: Cast, signed_in: SignIn
    ) -> None:
        other, key = self.other_building(people), people.mine.first.pk
        client = signed_in(cast.worker)
        seen = client.get(f"/people/{key}/edit/").context["move_form"]["seen"].value()
        edit(client, key, opened(client, key) | {"gender": "male"})
        typed = {"version": 1, "seen": seen, "building": other.pk, "unit": "2", "room": "301"}
        answer = client.post(f"/people/{key}/move/", typed)
        form = answer.context["move_form"]
        assert answer.status_code == 409 and [one.name for one in answer.context["changes"]] == ["gender"]
        assert (form["room"].value(), str(form["building"].value()), form["version"].value()) == (
            "301", str(other.pk), "2",
        )  # fmt: skip


class TestLeaving:
    """Gone is said twice, and can be taken back."""

    def leave(self, client: Client, people: People, **more: Any) -> Any:
        return client.post(
            f"/people/{people.mine.first.pk}/gone/", {"version": 1, "on": "2026-11-01", "sure": "on", **more}
        )

    def test_one_click_only_asks(self, people: People, cast: Cast, signed_in: SignIn) -> None:
        answer = self.leave(signed_in(cast.worker), people, sure="")
        assert answer.status_code == 200 and 'name="sure" value="on"' in answer.content.decode()
        assert answer.context["tags"] == 1 and known(people).present
        assert self.leave(signed_in(cast.worker), people).status_code == 302
        assert not known(people).present

    @pytest.mark.parametrize("sure", ["", "on"])
    @pytest.mark.parametrize("day", ["1939-12-31", "2999-01-01", ""])
    def test_no_day_before_birth_or_to_come(
        self, people: People, cast: Cast, signed_in: SignIn, day: str, sure: str
    ) -> None:
        answer = self.leave(signed_in(cast.worker), people, on=day, sure=sure)
        assert answer.status_code == 400 and known(people).present
        assert answer.context["gone_form"]["on"].value() == day

    def test_somebody_is_back_with_their_tags(self, people: People, cast: Cast, signed_in: SignIn) -> None:
        client, key = signed_in(cast.worker), people.mine.first.pk
        self.leave(client, people)
        assert f"/people/{key}/back/" in client.get(f"/people/{key}/").content.decode()
        assert client.post(f"/people/{key}/back/", {"version": 1}).status_code == 409
        assert client.post(f"/people/{key}/back/", {"version": 2}).status_code == 302
        resident = known(people)
        assert (resident.present, resident.gone_on, resident.risk) == (True, None, "high")
        entry = Entry.objects.filter(kind="update", table_name="population_resident", row_id=str(key)).latest("pk")
        assert entry.actor == f"user:{cast.worker.pk}"
        assert f"/people/{key}/back/" not in client.get(f"/people/{key}/").content.decode()
        assert client.post(f"/people/{key}/back/", {"version": 3}).status_code == 409

    def test_a_number_that_became_another_residents_stands_in_the_way(
        self, people: People, cast: Cast, signed_in: SignIn
    ) -> None:
        client, key = signed_in(cast.worker), people.mine.first.pk
        self.leave(client, people)
        with everywhere():
            number = known(people).id_number
            other = Resident.objects.get(pk=people.mine.residents[1].pk)
            other.id_number = Resident.objects.get(pk=key).id_number.reveal()
            other.save()
        assert number
        assert client.post(f"/people/{key}/back/", {"version": 2}).status_code == 409
        assert not known(people).present

    def test_nobody_is_brought_back_from_elsewhere(self, people: People, cast: Cast, signed_in: SignIn) -> None:
        answer = signed_in(cast.worker).post(f"/people/{people.foreign.first.pk}/back/", {"version": 1})
        assert answer.status_code == 404


def test_a_source_that_is_not_known_leaves_no_dot(people: People, cast: Cast, signed_in: SignIn) -> None:
    with everywhere():
        resident = Resident.objects.get(pk=people.mine.first.pk)
        resident.field_sources = {"kind": {"source": "", "on": "2026-11-20"}}
        resident.save(update_fields=["field_sources"])
    text = signed_in(cast.worker).get(f"/people/{resident.pk}/").content.decode()
    assert '<dd class="source"></dd>' in text and '"source"> ·' not in text


def test_a_form_sent_again_shows_nothing_twice(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, key = signed_in(cast.worker), people.mine.first.pk
    typed = {"field": "name", "reason": "visit", "text": "电话联系家属"}
    typed["once"] = client.get(f"/people/{key}/").context["once"]
    assert "张桂英" in client.post(f"/people/{key}/reveal/", typed).content.decode()
    again = client.post(f"/people/{key}/reveal/", typed)
    assert (again.status_code, again["Location"]) == (302, f"/people/{key}/")
    assert len(list(get_messages(again.wsgi_request))) == 1
    assert Entry.objects.filter(kind="reveal").count() == 1
    typed["once"] = client.get(f"/people/{key}/").context["once"]
    assert client.post(f"/people/{key}/reveal/", typed).status_code == 200


def test_a_link_to_a_form_leads_to_the_page_it_stands_on(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, key = signed_in(cast.worker), people.mine.first.pk
    assert client.get("/people/search/")["Location"] == "/people/"
    assert client.get(f"/people/{key}/reveal/")["Location"] == f"/people/{key}/"
    assert client.get(f"/people/{people.foreign.first.pk}/reveal/").status_code == 404
    assert signed_in(cast.planner).get("/people/search/").status_code == 404
    assert not Entry.objects.filter(kind="reveal").exists()


def test_the_head_of_the_household_stands_at_the_door(people: People, cast: Cast, signed_in: SignIn) -> None:
    with everywhere():
        head = Resident.objects.get(pk=people.mine.residents[1].pk)
        head.relation, head.birth_year, head.name = "head", 1990, "欧阳明"
        head.save()
        Resident.objects.filter(pk=people.mine.first.pk).update(relation="parent")
    page = signed_in(cast.worker).get(f"/people/buildings/{people.mine.dwelling.building_id}/")
    [door] = [cell.door for floor in page.context["plan"].floors for cell in floor.cells if cell.door]
    assert door.names == ["欧阳*", "张**"]
    rows = signed_in(cast.worker).get(f"/people/dwellings/{people.mine.dwelling.pk}/").context["rows"]
    assert [row.name for row in rows] == ["欧阳*", "张**"]
