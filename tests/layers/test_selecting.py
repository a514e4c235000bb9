"""A lasso or a radius over many layers: what it finds, how long it is kept, and for whom."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from gridmap.accounts.models import User
from gridmap.territory.models import Building, Grid
from layers.models import Selection
from layers.selecting import MOST_ROWS, recall
from tests.cast import COMMUNITIES, SIDE, SOURCE, Board, Cast, centre_of, corner_of
from tests.layers.places import furnish

SignIn = Callable[[User], Client]
WEST, SOUTH = corner_of(COMMUNITIES[0])
WHOLE = {
    "type": "Polygon",
    "coordinates": [
        [[WEST, SOUTH], [WEST + SIDE, SOUTH], [WEST + SIDE, SOUTH + SIDE], [WEST, SOUTH + SIDE], [WEST, SOUTH]]
    ],
}


@pytest.fixture
def client(board: Board, grids: list[Grid], cast: Cast, signed_in: SignIn) -> Client:
    furnish(board.communities[0])
    browser = signed_in(cast.planner)
    browser.cookies["django_language"] = "en"
    return browser


def select(client: Client, status: int = 200, **body: Any) -> dict[str, Any]:
    response = client.post("/api/v1/select", json.dumps(body), content_type="application/json")
    assert response.status_code == status, response.content
    answer: dict[str, Any] = response.json()
    return answer


def test_a_lasso_finds_what_lies_in_it_layer_by_layer(client: Client) -> None:
    answer = select(client, layers=["buildings", "cameras", "facilities"], shape=WHOLE)
    assert [(one["key"], one["count"]) for one in answer["layers"]] == [
        ("cameras", 1), ("facilities", 1), ("buildings", 8),
    ]  # fmt: skip
    [cameras, _facilities, buildings] = answer["layers"]
    assert cameras["title"] == "Cameras and what they see" and cameras["rows"][0]["title"] == "南门摄像机"
    inside = Building.objects.filter(community__code=COMMUNITIES[0]).values_list("pk", flat=True)
    assert {row["id"] for row in buildings["rows"]} == {str(pk) for pk in inside}


def test_each_layer_has_its_own_filters_and_identities(client: Client) -> None:
    one = Building.objects.filter(community__code=COMMUNITIES[0]).earliest("pk")
    body: dict[str, Any] = {
        "layers": ["buildings", "cameras"],
        "shape": WHOLE,
        "filters": {"cameras": {"status": ["broken"]}},
    }
    found = select(client, **body, ids={"buildings": [str(one.pk)]})
    assert {layer["key"]: layer["count"] for layer in found["layers"]} == {"cameras": 0, "buildings": 1}


def test_a_radius_finds_what_is_near(client: Client) -> None:
    centre = centre_of(COMMUNITIES[0])
    near = {"lon": centre.x, "lat": centre.y, "radius_m": 1}
    found = select(client, layers=["cameras", "facilities"], shape=near)
    assert [layer["count"] for layer in found["layers"]] == [1, 0]


def test_first_rows_are_no_more_than_two_hundred(client: Client, board: Board) -> None:
    Building.objects.bulk_create(
        Building(
            source=SOURCE, source_ref=f"many {number}", community=board.communities[0], geom=centre_of(COMMUNITIES[0])
        )
        for number in range(MOST_ROWS)
    )
    [buildings] = select(client, layers=["buildings"], shape=WHOLE)["layers"]
    assert buildings["count"] == MOST_ROWS + 8 and len(buildings["rows"]) == MOST_ROWS


def test_a_selection_is_kept_an_hour_for_its_person(client: Client, cast: Cast, signed_in: SignIn) -> None:
    body: dict[str, Any] = {"layers": ["buildings"], "shape": WHOLE}
    key = select(client, **body)["selection"]
    assert client.get(f"/api/v1/select/{key}").json() == body
    assert signed_in(cast.administrator).get(f"/api/v1/select/{key}").status_code == 404
    now = timezone.now()
    assert recall(cast.planner, key, at=now + timedelta(minutes=59)) == body
    assert recall(cast.planner, key, at=now + timedelta(minutes=61)) is None
    assert recall(cast.planner, "nonsense", at=now) is None
    assert recall(cast.planner, uuid4(), at=now) is None
    Selection.objects.update(made_at=now - timedelta(hours=2))
    select(client, **body)
    assert Selection.objects.count() == 1  # those of earlier hours are gone


def test_a_place_is_asked_for_by_its_code_however_many_corners_it_has(client: Client) -> None:
    corners = 3_000
    west, south, side = WEST, SOUTH, SIDE
    bottom = [[west + side * step / corners, south] for step in range(corners)]
    ring = [*bottom, [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    assert list(select(client, status=400, layers=["buildings"], shape=shape)["error"]["fields"]) == ["shape"]
    answer = select(client, layers=["cameras", "buildings"], area=COMMUNITIES[0])
    inside = Building.objects.filter(community__code=COMMUNITIES[0]).values_list("pk", flat=True)
    assert {row["id"] for row in answer["layers"][1]["rows"]} == {str(pk) for pk in inside}
    assert answer["layers"][0]["count"] == 1


def test_looking_again_keeps_nothing(client: Client) -> None:
    body: dict[str, Any] = {"layers": ["buildings"], "shape": WHOLE}
    first = select(client, **body, keep=True)
    assert client.get(f"/api/v1/select/{first['selection']}").json() == body
    again = select(client, **body, keep=False)
    assert again == {"layers": first["layers"], "selection": None}
    assert Selection.objects.count() == 1


def test_what_may_not_be_seen_is_not_found(client: Client, cast: Cast, signed_in: SignIn) -> None:
    [found] = select(signed_in(cast.worker), layers=["buildings"], shape=WHOLE)["layers"]
    assert found["count"] == 2
    select(signed_in(cast.stranger), status=401, layers=["buildings"], shape=WHOLE)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "layers"),
        ({"layers": "buildings"}, "layers"),
        ({"layers": []}, "layers"),
        ({"layers": ["dragons"]}, "layers"),
        ({"layers": [{}]}, "layers"),
        ({"layers": ["buildings"]}, "shape"),
        ({"layers": ["buildings"], "shape": []}, "shape"),
        ({"layers": ["buildings"], "shape": {"type": "Polygon", "coordinates": [[[1, 1], [1, 1]]]}}, "shape"),
        ({"layers": ["buildings"], "shape": WHOLE, "filters": []}, None),
        ({"layers": ["buildings"], "shape": WHOLE, "filters": 5}, "filters"),
        ({"layers": ["buildings"], "shape": WHOLE, "filters": {"cameras": {}}}, "filters.cameras"),
        ({"layers": ["buildings"], "shape": WHOLE, "filters": {"buildings": []}}, None),
        ({"layers": ["buildings"], "shape": WHOLE, "filters": {"buildings": {"kind": 1}}}, "filters.buildings.kind"),
        ({"layers": ["buildings"], "shape": WHOLE, "ids": {"buildings": 7}}, "ids.buildings"),
        ({"layers": ["buildings"], "shape": WHOLE, "at": "2026-06-01"}, "at"),
        ({"layers": ["buildings"], "shape": WHOLE, "secret": 1}, "secret"),
        ({"layers": ["buildings"], "shape": WHOLE, "keep": "no"}, "keep"),
    ],
)
def test_what_cannot_be_used_is_named(client: Client, body: dict[str, Any], field: str | None) -> None:
    if field is None:
        select(client, **body)
    else:
        assert list(select(client, status=400, **body)["error"]["fields"]) == [field]


def test_a_body_that_is_no_object_is_refused(client: Client) -> None:
    for body in ("[]", "5", "null", '"x"', "{", ""):
        response = client.post("/api/v1/select", body, content_type="application/json")
        assert response.status_code == 400, body
