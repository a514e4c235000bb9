"""The doors of a building, the list for its card, and masked points near a place on the map."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gridmap.accounts.models import User
from gridmap.population.models import Dwelling
from gridmap.population.views import buildings
from gridmap.territory.models import Building
from gridmap.traces.models import Entry
from tests.cast import Cast
from tests.gridmap.population.people import SECRETS, People, everywhere, is_kept_by_nobody, settle, tag

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def near(client: Client, building: Building, zoom: float = 18, reach: float = 0.004, **more: Any) -> Any:
    x, y = building.point
    body = {"bbox": [x - reach, y - reach, x + reach, y + reach], "zoom": zoom, **more}
    return client.post("/people/near.json", json.dumps(body), content_type="application/json")


def building_of(people: People) -> Building:
    return Building.objects.get(pk=people.mine.dwelling.building_id)


def test_doors_stand_by_floor_and_unit(people: People, cast: Cast, signed_in: SignIn) -> None:
    building = building_of(people)
    with everywhere():
        for unit, room in (("2", "301"), ("10", "301"), ("2", "302"), ("1", "201")):
            Dwelling.objects.create(
                building=building, unit=unit, floor=int(room[0]), room=room, occupancy="vacant", source="x"
            )
        Dwelling.objects.create(building=building, room="地下室", source="x")
    plan = signed_in(cast.worker).get(f"/people/buildings/{building.pk}/").context["plan"]
    assert plan.units == [("1", 1), ("2", 2), ("10", 1)]
    assert [floor.label for floor in plan.floors] == ["3", "2", "1"]
    assert [[cell.door.label if cell.door else None for cell in floor.cells] for floor in plan.floors] == [
        [None, "301", "302", "301"],
        ["201", None, None, None],
        ["101", None, None, None],
    ]
    assert [door.label for door in plan.loose] == ["地下室"]


def test_a_door_says_how_many_live_there_and_the_worst_risk(people: People, cast: Cast, signed_in: SignIn) -> None:
    with everywhere():
        tag(people.mine.residents[1], "disabled", "general")
    answer = signed_in(cast.worker).get(f"/people/buildings/{building_of(people).pk}/")
    [door] = [cell.door for floor in answer.context["plan"].floors for cell in floor.cells if cell.door]
    assert (door.people, door.risk, door.names) == (2, "high", ["张**", "张**"])
    assert (answer.context["doors"], answer.context["people"], answer.context["vacant"]) == (1, 2, 0)


def test_the_card_lists_care_households_masked(people: People, cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in(cast.worker).get(f"/people/buildings/{building_of(people).pk}/card.json")
    assert is_kept_by_nobody(answer)
    [row] = answer.json()["rows"]
    assert (row["name"], row["door"], row["risk"]) == ("张**", "1-101", "high")
    assert not any(secret in answer.content.decode() for secret in SECRETS)
    assert Entry.objects.filter(kind="read").latest("pk").actor == f"user:{cast.worker.pk}"


def test_near_gives_masked_points_of_ones_own_area(people: People, cast: Cast, signed_in: SignIn) -> None:
    answer = near(signed_in(cast.worker), building_of(people))
    [point] = answer.json()["points"]
    assert point["name"] == "张**" and point["risk"] == "high"
    assert abs(point["lon"] - building_of(people).point.x) < 1e-5
    assert is_kept_by_nobody(answer)
    assert not any(secret in answer.content.decode() for secret in SECRETS)
    foreign = Building.objects.get(pk=people.foreign.dwelling.building_id)
    assert near(signed_in(cast.worker), foreign).json()["points"] == []


def test_near_stops_at_two_hundred_the_worst_first(
    people: People, cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert buildings.MOST_NEAR == 200
    monkeypatch.setattr(buildings, "MOST_NEAR", 3)
    with everywhere():
        for risk, room in (("general", "901"), ("key", "902"), ("high", "903")):
            tag(settle(building_of(people), ["甲"], room=room, id_number="", phone="").first, risk=risk)
    answer = near(signed_in(cast.worker), building_of(people)).json()
    assert [point["risk"] for point in answer["points"]] == ["high", "high", "key"] and answer["more"] is True


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b"\xff", b'{"bbox": [1, 2, 3], "zoom": 18}', b'{"bbox": "abcd", "zoom": 18}',
        b'{"bbox": [119.9, 30.1, 119.901, 30.101], "zoom": 16}', b'{"bbox": [119.9, 30.1, 120.9, 30.101], "zoom": 18}',
        b'{"bbox": [119.901, 30.1, 119.9, 30.101], "zoom": 18}', b'{"bbox": [119.9, 30.1, 119.901, 1e999], "zoom": 18}',
        b'{"bbox": [NaN, NaN, NaN, NaN], "zoom": 18}', b'{"bbox": [119.9, 30.1, 119.901, 30.101], "zoom": "Infinity"}',
        b'{"bbox": [119.9, 30.1, 119.901, 30.101], "zoom": null}', b"[" * 1999, b'{"bbox": ' + b"[" * 1900,
        b'{"bbox": [1' + b"0" * 400 + b', 30.1, 119.901, 30.101], "zoom": 18}',
        b'{"bbox": [119.9, 30.1, 119.901, 30.101], "zoom": 1' + b"0" * 400 + b"}",
        b'{"bbox": [119.9, 30.1, 119.901, 30.101], "zoom": NaN}',
        b'{"bbox": [119.9, 30.1, 119.901, 30.101], "zoom": "NaN"}',
    ],
)  # fmt: skip
def test_near_refuses_what_is_no_small_box(people: People, cast: Cast, signed_in: SignIn, body: bytes) -> None:
    answer = signed_in(cast.worker).post("/people/near.json", body, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("part", ["planner", "approver", "administrator"])
def test_near_is_not_there_for_whom_it_does_not_concern(
    people: People, cast: Cast, signed_in: SignIn, part: str
) -> None:
    assert near(signed_in(cast.everyone()[part]), building_of(people)).status_code == 404
    assert "data-my-care" not in signed_in(cast.everyone()[part]).get("/").content.decode()


def test_the_console_offers_the_switch_to_whom_it_concerns(people: People, cast: Cast, signed_in: SignIn) -> None:
    assert 'data-my-care="/people/near.json"' in signed_in(cast.worker).get("/").content.decode()


def test_near_is_asked_in_a_body_never_in_an_address(people: People, cast: Cast, signed_in: SignIn) -> None:
    assert signed_in(cast.worker).get("/people/near.json?bbox=119.9,30.1,119.91,30.11").status_code == 405
