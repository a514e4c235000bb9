"""Lists and pages of residents: masked by default, of one's own areas only, kept by nobody, written down."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gridmap.accounts.models import User
from gridmap.accounts.roles import Role
from gridmap.population import paging, querysets
from gridmap.population.models import Dwelling, Resident
from gridmap.traces.models import Entry
from tests.cast import Cast, give_post, person
from tests.gridmap.population.people import (
    SECRETS,
    People,
    body_of,
    everywhere,
    id_number,
    is_kept_by_nobody,
    settle,
    tag,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def pages_of(people: People) -> list[str]:
    """Every page of the worker's own home that is looked at."""
    home = people.mine
    return [
        "/people/",
        "/people/?age=80&risk=high",
        "/people/care/",
        "/people/conflicts/",
        f"/people/{home.first.pk}/",
        f"/people/{home.first.pk}/edit/",
        f"/people/buildings/{home.dwelling.building_id}/",
        f"/people/buildings/{home.dwelling.building_id}/card.json",
        f"/people/dwellings/{home.dwelling.pk}/",
        f"/people/dwellings/{home.dwelling.pk}/edit/",
        f"/people/dwellings/{home.dwelling.pk}/residents/new/",
        f"/people/households/{home.household.pk}/edit/",
    ]


def last_entry(kind: str) -> Entry:
    return Entry.objects.filter(kind=kind).latest("pk")


def test_no_page_shows_anything_clear(people: People, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.worker)
    for page in pages_of(people):
        answer = client.get(page)
        assert answer.status_code == 200, page
        text = answer.content.decode()
        assert [secret for secret in SECRETS if secret in text] == [], page
        assert is_kept_by_nobody(answer), page


def test_a_list_shows_masked_people_of_the_own_grid_and_nobody_else(
    people: People, cast: Cast, signed_in: SignIn
) -> None:
    text = signed_in(cast.worker).get("/people/").content.decode()
    assert text.count("张**") == 2
    assert "138****" in text and "990***********" in text
    assert "欧阳" not in text and "诸葛" not in text
    officer = signed_in(cast.officer).get("/people/").content.decode()
    assert "张**" in officer and "欧阳**" in officer and "诸葛" not in officer


@pytest.mark.parametrize("part", ["planner", "approver", "administrator"])
def test_who_has_no_right_to_people_finds_no_page(people: People, cast: Cast, signed_in: SignIn, part: str) -> None:
    client = signed_in(cast.everyone()[part])
    nothing = client.get(f"/people/{uuid4()}/")
    for page in pages_of(people):
        answer = client.get(page)
        assert answer.status_code == 404, page
        if not page.endswith(".json"):
            assert body_of(answer) == body_of(nothing), page
    assert client.get("/").content.decode().count('href="/people/"') == 0


@pytest.mark.parametrize("part", ["stranger", "former"])
def test_who_holds_no_post_reaches_nothing(people: People, cast: Cast, signed_in: SignIn, part: str) -> None:
    client = signed_in(cast.everyone()[part])
    for page in pages_of(people):
        answer = client.get(page)
        assert answer.status_code in {302, 401, 404}, page
        assert "张" not in answer.content.decode()


def test_a_foreign_person_answers_as_one_who_does_not_exist(people: People, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.worker)
    for pattern in ("/people/{}/", "/people/{}/edit/", "/people/dwellings/{}/", "/people/households/{}/edit/"):
        keys = {"dwellings": people.next_door.dwelling.pk, "households": people.next_door.household.pk}
        own = next((key for word, key in keys.items() if word in pattern), people.next_door.first.pk)
        foreign, missing = client.get(pattern.format(own)), client.get(pattern.format(uuid4()))
        assert body_of(foreign) == body_of(missing)
        assert foreign.status_code == 404
    foreign = client.get(f"/people/buildings/{people.foreign.dwelling.building_id}/")
    assert body_of(foreign) == body_of(client.get("/people/buildings/999999999/"))
    assert foreign.status_code == 404


def test_the_database_alone_hides_the_foreign_too(
    people: People, cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(querysets.PlacedQuerySet, "visible_to", lambda self, *_who: self.all())
    client = signed_in(cast.worker)
    text = client.get("/people/").content.decode()
    assert text.count("张**") == 2 and "欧阳" not in text and "诸葛" not in text
    assert client.get(f"/people/{people.foreign.first.pk}/").status_code == 404
    found = client.post("/people/search/", {"text": "诸葛不亮"}).content.decode()
    assert "诸葛" not in found


def test_outside_a_door_there_is_nobody(people: People) -> None:
    assert Resident.objects.count() == 0
    with everywhere():
        assert Resident.objects.count() == 4


@pytest.mark.parametrize("place", ["990101001002", "99", "990101001001002", "x", "9901010010010010", "९९"])
def test_a_forged_place_is_not_found(people: People, cast: Cast, signed_in: SignIn, place: str) -> None:
    assert signed_in(cast.worker).get("/people/", {"place": place}).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "kind=robot",
        "risk=%27;--",
        "tag[]=1",
        "age=0",
        "occupancy=x",
        "after=x",
        "before=0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9",
        "gone=2",
        "after=%00",
    ],
)
def test_forged_parameters_are_let_go(people: People, cast: Cast, signed_in: SignIn, query: str) -> None:
    answer = signed_in(cast.worker).get(f"/people/?{query}")
    assert answer.status_code == 200
    assert answer.content.decode().count("张**") == 2


@pytest.mark.parametrize(
    ("query", "count"),
    [("kind=registered", 2), ("kind=floating", 0), ("risk=high", 1), ("risk=any", 1), ("tag=alone", 1),
     ("tag=orphan", 0), ("age=80", 2), ("occupancy=owner", 2), ("occupancy=let", 0), ("place=990101001001001", 2)],
)  # fmt: skip
def test_filters_narrow_the_list(people: People, cast: Cast, signed_in: SignIn, query: str, count: int) -> None:
    assert signed_in(cast.worker).get(f"/people/?{query}").content.decode().count("张**") == count


def test_those_gone_are_left_out_unless_asked_for(people: People, cast: Cast, signed_in: SignIn) -> None:
    with everywhere():
        Resident.objects.filter(pk=people.mine.first.pk).update(present=False)
    client = signed_in(cast.worker)
    assert client.get("/people/").content.decode().count("张**") == 1
    assert client.get("/people/?gone=1").content.decode().count("张**") == 2


def test_pages_follow_each_other_in_door_order(
    people: People, cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", 10)
    with everywhere():
        for floor in range(2, 12):
            for room in (1, 2):
                settle(people.mine.dwelling.building, ["甲"], room=f"{floor}{room:02d}", id_number="", phone="")
    client = signed_in(cast.worker)
    doors, query, seen = [], "", 0
    while True:
        context = client.get(f"/people/{query}").context
        doors += [row.door for row in context["rows"]]
        seen += 1
        if context["page"].after is None:
            break
        query = f"?after={context['page'].after}"
    assert seen == 3 and len(doors) == len(set(doors)) + 1 == 22
    assert doors == sorted(doors, key=lambda door: int(door.split("-")[1]))
    before = client.get(f"/people/?before={context['page'].before}").context
    assert [row.door for row in before["rows"]] == doors[10:20]
    assert context["page"].count == 22


@pytest.mark.parametrize(
    ("text", "field"),
    [("张桂英", "name"), (" 张 桂英 ", "name"), ("欧阳修远", "name")],
)
def test_exact_search_finds_a_name(people: People, cast: Cast, signed_in: SignIn, text: str, field: str) -> None:
    answer = signed_in(cast.officer).post("/people/search/", {"text": text})
    assert [row.name for row in answer.context["rows"]] in (["张**"], ["欧阳**"])
    assert last_entry("read").detail["purpose"] == f"searched by {field}"


def test_exact_search_by_telephone_and_id_number(people: People, cast: Cast, signed_in: SignIn) -> None:
    with everywhere():
        phone, number = people.mine.first.phone.reveal(), people.mine.first.id_number.reveal()
    client = signed_in(cast.worker)
    for text, field, count in ((f"+86 {phone}", "phone", 2), (number.lower(), "id_number", 1)):
        assert len(client.post("/people/search/", {"text": text}).context["rows"]) == count
        entry = last_entry("read")
        assert entry.detail["purpose"] == f"searched by {field}"
        assert text not in str(entry.detail) and number not in str(entry.detail)


@pytest.mark.parametrize("text", ["张", "桂英", "%", "张桂英'--", "", "•••", "诸葛不亮", id_number(999)])
def test_a_part_of_a_name_or_a_foreign_one_finds_nobody(
    people: People, cast: Cast, signed_in: SignIn, text: str
) -> None:
    answer = signed_in(cast.worker).post("/people/search/", {"text": text})
    assert answer.status_code == 200
    assert answer.context["rows"] == []


def test_searching_is_never_an_address(people: People, cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in(cast.worker).get("/people/search/?text=张桂英")
    assert (answer.status_code, answer["Location"]) == (302, "/people/"), "nothing of the address goes on"


def test_every_look_is_written_down_with_whom_it_showed(people: People, cast: Cast, signed_in: SignIn) -> None:
    signed_in(cast.worker).get(f"/people/{people.mine.first.pk}/")
    entry = last_entry("read")
    assert entry.actor == f"user:{cast.worker.pk}"
    opened = {
        row for group in entry.detail["opened"] if group["table"] == "population_resident" for row in group["rows"]
    }
    assert opened == {str(one.pk) for one in people.mine.residents}
    assert all(group["clear"] == [] for group in entry.detail["opened"])
    assert not any(secret in str(entry.detail) for secret in SECRETS)


def seen(entry: Entry, table: str) -> set[str]:
    return {row for group in entry.detail["opened"] if group["table"] == table for row in group["rows"]}


def test_a_look_through_a_wide_post_stands_where_it_looked(people: People, cast: Cast, signed_in: SignIn) -> None:
    wide = person("wide", "区里")
    give_post(wide, Role.COMMUNITY_OFFICER, "990101")
    client, home = signed_in(wide), people.mine
    single = pages_of(people)[4:]
    assert {client.get(page).status_code for page in single} == {200}
    client.post(f"/people/{home.first.pk}/reveal/", {"field": "name", "reason": "visit", "text": "电话联系"})
    noted = Entry.objects.filter(kind__in=["read", "reveal"], actor=f"user:{wide.pk}")
    assert noted.count() == len(single) + 1
    assert {entry.area for entry in noted} == {"990101001001001"}
    client.get("/people/")
    assert last_entry("read").area == "990101"


def test_who_has_nothing_sealed_is_listed_as_well(people: People, cast: Cast, signed_in: SignIn) -> None:
    building = people.mine.dwelling.building
    with everywhere():
        home = settle(building, [""], room="901", id_number="", phone="", health="")
        tag(home.first)
        Dwelling.objects.filter(pk=home.dwelling.pk).update(owner_phone="")
    client = signed_in(cast.worker)
    pages = ("/people/", "/people/care/", f"/people/{home.first.pk}/", f"/people/dwellings/{home.dwelling.pk}/",
             f"/people/buildings/{building.pk}/", f"/people/buildings/{building.pk}/card.json")  # fmt: skip
    for page in pages:
        client.get(page)
        assert str(home.first.pk) in seen(last_entry("read"), "population_resident"), page
    x, y = building.point
    box = {"bbox": [x - 0.001, y - 0.001, x + 0.001, y + 0.001], "zoom": 18}
    client.post("/people/near.json", box, content_type="application/json")
    assert str(home.first.pk) in seen(last_entry("read"), "population_resident")
    for page in (f"/people/buildings/{building.pk}/", f"/people/dwellings/{home.dwelling.pk}/edit/"):
        client.get(page)
        assert str(home.dwelling.pk) in seen(last_entry("read"), "population_dwelling"), page


def test_a_post_that_has_ended_opens_nothing(people: People, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.worker)
    assert client.get("/people/").status_code == 200
    cast.worker.posts.update(ends_on="2026-01-01")
    assert client.get("/people/").status_code in {302, 404}


def test_who_has_two_areas_sees_both(people: People, cast: Cast, signed_in: SignIn) -> None:
    helper = person("helper", "赵两头")
    give_post(helper, Role.GRID_WORKER, "990101001001001")
    give_post(helper, Role.GRID_WORKER, "990101001002001")
    text = signed_in(helper).get("/people/").content.decode()
    assert "张**" in text and "诸葛**" in text and "欧阳" not in text


def test_a_list_asks_the_same_questions_for_two_people_and_for_fifty(
    people: People, cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(cast.worker)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/people/")
    with everywhere():
        for room in range(201, 260):
            settle(people.mine.dwelling.building, ["甲"], room=str(room), id_number="", phone="")
    with CaptureQueriesContext(connection) as many:
        client.get("/people/")
    assert len(many) <= len(few) + 1
