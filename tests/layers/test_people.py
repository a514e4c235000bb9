"""What the map tells of people: counts per building of one's areas, silent where a count would point at a door, and
never anything of a person."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gridmap.accounts.models import User
from gridmap.accounts.roles import Role
from gridmap.population.models import BuildingCount
from gridmap.territory.models import Building, Compound, Grid
from tests.cast import SOURCE, Cast, give_post, person
from tests.gridmap.population.people import SECRETS, People, move_everybody_in
from tests.layers.places import decode, revision_for, tile_url

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def people(grids: list[Grid]) -> People:
    return move_everybody_in(grids)


def care_in(client: Client, building: Building, zoom: int = 16) -> list[dict[str, object]]:
    answer = client.get(tile_url("people", building.point, zoom))
    if answer.status_code == 204:
        return []
    assert not any(secret.encode() in answer.content for secret in SECRETS)
    return [feature["properties"] for feature in decode(answer.content)["care"]["features"]]


def home_of(people: People) -> Building:
    return Building.objects.get(pk=people.mine.dwelling.building_id)


def test_a_building_says_how_many_care_households_it_has(people: People, cast: Cast, signed_in: SignIn) -> None:
    BuildingCount.objects.filter(pk=home_of(people).pk).update(care_key=2, care_general=3)
    assert care_in(signed_in(cast.worker), home_of(people)) == [{"id": home_of(people).pk, "n": 6, "hi": 1, "ke": 2}]


def test_a_row_of_a_list_says_where_the_building_stands(people: People, cast: Cast, signed_in: SignIn) -> None:
    home = home_of(people)
    BuildingCount.objects.filter(pk=home.pk).update(care_key=2, care_general=3)

    def row() -> dict[str, Any]:
        [found] = signed_in(cast.worker).get("/api/v1/layers/care/rows").json()["rows"]
        assert found["title"] == home.number
        return dict(found)

    assert (row()["subtitle"], row()["fields"]["where"]) == ("一社区", "一社区")
    yard = Compound.objects.create(source=SOURCE, source_ref="yard", name="爱民佳苑", community=home.community)
    Building.objects.filter(pk=home.pk).update(compound=yard)
    assert row()["subtitle"] == "爱民佳苑"


def test_every_post_over_the_building_sees_the_count_and_none_elsewhere(
    people: People, cast: Cast, signed_in: SignIn
) -> None:
    leader = person("leader", "楼长")
    give_post(leader, Role.BUILDING_LEADER, "990101001001001")
    for who in (cast.planner, cast.officer, leader):
        assert len(care_in(signed_in(who), home_of(people))) == 1
    foreign = Building.objects.get(pk=people.foreign.dwelling.building_id)
    assert care_in(signed_in(cast.officer), foreign) == []


@pytest.mark.parametrize(("households", "told"), [(0, 0), (2, 0), (3, 1)])
def test_a_building_of_few_households_is_silent(
    people: People, cast: Cast, signed_in: SignIn, households: int, told: int
) -> None:
    home = home_of(people)
    Building.objects.filter(pk=home.pk).update(households=households)
    client = signed_in(cast.planner)
    assert len(care_in(client, home)) == told
    care = client.get(f"/api/v1/buildings/{home.pk}").json()["facts"][-1]
    assert care["value"] == (1 if told else None)


@pytest.mark.parametrize(("households", "told"), [(1, False), (2, False), (3, True), (None, True)])
def test_residents_and_elders_of_few_households_are_told_only_to_whom_they_concern(
    people: People, cast: Cast, signed_in: SignIn, households: int | None, told: bool
) -> None:
    home = home_of(people)
    BuildingCount.objects.filter(pk=home.pk).update(households=households or 0)
    Building.objects.filter(pk=home.pk).update(households=households, dwellings=9, residents=4, elders=1)
    leader = person("leader", "楼长")
    give_post(leader, Role.BUILDING_LEADER, "990101001001001")
    path = f"/api/v1/buildings/{home.pk}"
    for who, figures in ((leader, told), (cast.planner, told), (cast.worker, True)):
        facts = signed_in(who).get(path).json()["facts"]
        assert [fact["value"] for fact in facts[2:4]] == ([4, 1] if figures else [None, None])
        assert all(("3" in fact["note"]) is not figures for fact in facts[2:4])


def test_a_count_of_all_households_is_none(people: People, cast: Cast, signed_in: SignIn) -> None:
    home = home_of(people)
    BuildingCount.objects.filter(pk=home.pk).update(care_high=2, care_key=1, care_general=1, households=4)
    Building.objects.filter(pk=home.pk).update(households=4)
    path = f"/api/v1/buildings/{home.pk}"
    client = signed_in(cast.planner)
    silent = client.get(path).json()["facts"][-1]
    assert silent["value"] is None and silent["note"]
    assert signed_in(cast.worker).get(path).json()["facts"][-1]["value"] == 4
    assert care_in(client, home) == []
    BuildingCount.objects.filter(pk=home.pk).update(households=5)
    assert client.get(path).json()["facts"][-1]["value"] == 4
    assert len(care_in(client, home)) == 1


def test_an_unknown_count_stays_unknown(people: People, cast: Cast, signed_in: SignIn) -> None:
    home = home_of(people)
    Building.objects.filter(pk=home.pk).update(households=1, residents=None, elders=None)
    facts = signed_in(cast.planner).get(f"/api/v1/buildings/{home.pk}").json()["facts"]
    assert [(fact["value"], fact["note"]) for fact in facts[2:4]] == [(None, ""), (None, "")]


def test_far_off_there_are_no_bubbles(people: People, cast: Cast, signed_in: SignIn) -> None:
    assert care_in(signed_in(cast.planner), home_of(people), zoom=14) == []


def test_a_new_count_makes_the_tile_stale_and_the_ground_stays(people: People, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)
    before = client.get("/api/v1/map").json()["revisions"]
    BuildingCount.objects.filter(pk=home_of(people).pk).update(care_key=2)
    Building.objects.filter(pk=home_of(people).pk).update(households=7)
    after = client.get("/api/v1/map").json()["revisions"]
    assert after["people"] != before["people"] and after["ground"] == before["ground"]
    Building.objects.filter(pk=home_of(people).pk).update(name="新名字")
    assert client.get("/api/v1/map").json()["revisions"]["ground"] != before["ground"]


@pytest.mark.parametrize("change", [{"households": 2}, {"grid": None}])
def test_a_building_of_other_households_or_another_grid_makes_the_tile_stale(
    people: People, cast: Cast, signed_in: SignIn, change: dict[str, Any]
) -> None:
    client, home = signed_in(cast.planner), home_of(people)
    before = client.get("/api/v1/map").json()["revisions"]
    Building.objects.filter(pk=home.pk).update(**change)
    after = client.get("/api/v1/map").json()["revisions"]
    assert after["people"] != before["people"] and after["ground"] == before["ground"]


def test_a_building_of_two_households_is_gone_from_the_very_next_tile(
    people: People, cast: Cast, signed_in: SignIn
) -> None:
    client, home = signed_in(cast.planner), home_of(people)

    def shown() -> int:
        answer = client.get(tile_url("people", home.point, 16, revision_for(cast.planner, "people")))
        return len(decode(answer.content)["care"]["features"]) if answer.status_code == 200 else 0

    assert shown() == 1
    Building.objects.filter(pk=home.pk).update(households=2)
    assert shown() == 0


def test_the_card_counts_for_everyone_and_leads_on_for_whom_it_concerns(
    people: People, cast: Cast, signed_in: SignIn
) -> None:
    path = f"/api/v1/buildings/{home_of(people).pk}"
    planner, worker = signed_in(cast.planner).get(path), signed_in(cast.worker).get(path)
    assert planner.json()["peopleHref"] == ""
    assert worker.json()["peopleHref"] == f"/people/buildings/{home_of(people).pk}/card.json"
    for answer in (planner, worker):
        assert not any(secret in answer.content.decode() for secret in (*SECRETS, "张"))


def test_an_officer_of_one_community_gets_no_address_for_another(people: People, cast: Cast, signed_in: SignIn) -> None:
    give_post(cast.officer, Role.PLANNER, "990101")
    foreign = people.foreign.dwelling.building_id
    client = signed_in(cast.officer)
    assert client.get(f"/api/v1/buildings/{foreign}").json()["peopleHref"] == ""
    assert client.get(f"/people/buildings/{foreign}/card.json").status_code == 404
