"""Cards with all that concerns a place: what sees it, what lies around it, who answers for it, what lies in an area."""

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client

from gridmap.accounts.models import User
from gridmap.accounts.roles import Role
from gridmap.territory.models import Building, Camera, Facility, Grid, StreetLamp
from layers.cards.around import WALK_M, around
from tests.cast import COMMUNITIES, SOURCE, Board, Cast, centre_of, give_post, person
from tests.layers.places import furnish

SignIn = Callable[[User], Client]
Get = Callable[..., dict[str, Any]]
SPOT = centre_of(COMMUNITIES[0])
METRE = 1 / 111_320


@pytest.fixture
def get(board: Board, grids: list[Grid], cast: Cast, signed_in: SignIn) -> Get:
    furnish(board.communities[0])

    def ask(path: str, user: User | None = None) -> dict[str, Any]:
        client = signed_in(user or cast.planner)
        client.cookies["django_language"] = "en"
        response = client.get(f"/api/v1/{path}")
        assert response.status_code == 200, response.content
        answer: dict[str, Any] = response.json()
        return answer

    return ask


def section(card: dict[str, Any], title: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [one for one in card["sections"] if one["title"] == title]
    assert len(found) == 1, card["sections"]
    return found[0]


def told(card: dict[str, Any], title: str) -> dict[str, Any]:
    return {fact["label"]: fact["value"] for fact in section(card, title)["facts"]}


def off(east_m: float, north_m: float) -> Point:
    """A spot so many metres from SPOT."""
    return Point(SPOT.x + east_m * METRE / math.cos(math.radians(SPOT.y)), SPOT.y + north_m * METRE, srid=4326)


def camera(ref: str, spot: Point, **more: Any) -> Camera:
    values = {"bearing_deg": 0, "angle_deg": 60, "range_m": 50, "status": "working", "sees_at_night": True}
    return Camera.objects.create(source=SOURCE, source_ref=ref, name=ref, geom=spot, **values | more)


@pytest.mark.parametrize(
    ("spot", "more", "seen"),
    [
        ((0, -40), {}, True),  # looks north from the south
        ((0, -40), {"bearing_deg": 180}, False),
        ((0, -40), {"range_m": 30}, False),
        ((0, -60), {}, False),
        ((-20, -20), {}, False),  # 45° to the right of where it looks, its half angle is 30°
        ((-20, -20), {"bearing_deg": 45}, True),
        ((-20, -20), {"angle_deg": 100}, True),
        ((0, 40), {"bearing_deg": 180}, True),
        ((1, 40), {"bearing_deg": 359, "angle_deg": 20}, False),
        ((1, -40), {"bearing_deg": 359, "angle_deg": 20}, True),  # across north
        ((20, 0), {"bearing_deg": None, "angle_deg": None}, True),  # a dome
        ((20, 0), {"bearing_deg": 90, "angle_deg": 360}, True),
        ((20, 0), {"bearing_deg": 270, "range_m": None}, False),  # nobody knows how far it sees
        ((0, -40), {"active": False}, False),
    ],
)
def test_a_camera_sees_what_lies_in_its_cone(
    db: None, spot: tuple[float, float], more: dict[str, Any], seen: bool
) -> None:
    camera("one", off(*spot), **more)
    facts = {fact.label: fact.value for part in around(SPOT) for fact in part.facts}
    assert next(iter(facts.values())) == int(seen)


def test_a_broken_camera_is_named_and_not_counted(get: Get) -> None:
    Camera.objects.all().delete()
    camera("broken", off(0, -20), status="broken")
    card = get(f"points/{SPOT.x:.7f},{SPOT.y:.7f}")
    assert told(card, "Seen and lit")["Cameras that see it"] == 0
    assert [link["label"] for link in section(card, "Seen and lit")["links"]] == ["broken · 20 m"]


@pytest.mark.parametrize(
    ("lit", "status", "word"),
    [(True, "working", "lit"), (False, "working", "dark"), (True, "broken", "dark"), (None, "unknown", "unknown")],
)
def test_the_nearest_lamp_says_whether_it_is_dark(get: Get, lit: bool | None, status: str, word: str) -> None:
    StreetLamp.objects.all().delete()
    StreetLamp.objects.create(source=SOURCE, source_ref="near", lit=lit, status=status, geom=off(10, 0))
    StreetLamp.objects.create(source=SOURCE, source_ref="far", lit=True, geom=off(40, 0))
    assert told(get(f"points/{SPOT.x:.7f},{SPOT.y:.7f}"), "Seen and lit")["Nearest street lamp"] == word


def test_the_nearest_facility_of_each_kind_within_a_walk(get: Get) -> None:
    Facility.objects.all().delete()
    for ref, kind, east_m in (
        ("a", "pharmacy", 100),
        ("b", "pharmacy", 60),
        ("c", "police", WALK_M - 5),
        ("d", "school", WALK_M + 5),
    ):
        Facility.objects.create(source=SOURCE, source_ref=ref, kind=kind, name=ref, geom=off(east_m, 0))
    links = section(get(f"points/{SPOT.x:.7f},{SPOT.y:.7f}"), "Within a walk of 15 minutes")["links"]
    assert [link["label"].split(" ")[1] for link in links] == ["b", "c"]
    assert links[0]["label"].endswith("60 m")


def test_a_building_names_who_is_responsible(get: Get, cast: Cast) -> None:
    give_post(cast.approver, Role.GRID_LEADER, f"{COMMUNITIES[0]}001")
    building = Building.objects.filter(grid__code=f"{COMMUNITIES[0]}001").earliest("pk")
    names = told(get(f"buildings/{building.pk}"), "Who is responsible")
    assert names == {"grid leader": "钱审批", "grid worker": "李网格", "community officer": "孙社工"}
    assert told(get(f"buildings/{building.pk}", cast.worker), "Who is responsible") == names


def test_on_a_wall_who_is_responsible_is_a_count(get: Get, cast: Cast) -> None:
    building = Building.objects.filter(grid__code=f"{COMMUNITIES[0]}001").earliest("pk")
    wall = person("wall", "大屏")
    give_post(wall, Role.WALL_SCREEN, COMMUNITIES[0])
    give_post(wall, Role.GRID_LEADER, COMMUNITIES[1])
    counts = {"grid worker": 1, "community officer": 1}
    assert told(get(f"buildings/{building.pk}", wall), "Who is responsible") == counts
    spot = f"{building.point.x:.7f},{building.point.y:.7f}"
    for path in (f"grids/{COMMUNITIES[0]}001", f"regions/{COMMUNITIES[0]}", f"points/{spot}"):
        found = json.dumps(get(path, wall), ensure_ascii=False)
        assert "Who is responsible" in found and "李网格" not in found and "孙社工" not in found


def test_counts_kept_for_one_who_reads_names_are_not_told_to_a_wall(get: Get, cast: Cast) -> None:
    wall = person("wall", "大屏")
    give_post(wall, Role.WALL_SCREEN, COMMUNITIES[0])
    give_post(cast.approver, Role.GRID_LEADER, COMMUNITIES[0])
    asked = "layers/counts?q=钱审批"
    assert get(asked, wall)["duty"] == 0
    assert get(asked, cast.officer)["duty"] == 1
    assert get(asked, wall)["duty"] == 0


def test_a_post_that_has_ended_answers_for_nothing(get: Get, cast: Cast) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    give_post(cast.approver, Role.GRID_LEADER, f"{COMMUNITIES[0]}002", ends_on=yesterday)
    names = told(get(f"grids/{COMMUNITIES[0]}002"), "Who is responsible")
    assert "grid leader" not in names


def test_an_area_counts_what_its_lists_hold(get: Get, cast: Cast, signed_in: SignIn) -> None:
    camera("broken", off(50, 50), status="broken")
    StreetLamp.objects.create(source=SOURCE, source_ref="dark", lit=False, geom=off(-50, -50))
    for path in (f"regions/{COMMUNITIES[0]}", "regions/990101001000", "regions/990101000000"):
        card = get(path)
        part = section(card, "In this area")
        facts = {fact["label"]: (fact["value"], fact["note"]) for fact in part["facts"]}
        assert facts["Cameras and what they see"] == (2, "1 broken")
        assert facts["Street lamps"] == (2, "1 dark")
        assert facts["Facilities"] == (1, "")
        assert all(link["verb"] == "list" and link["href"].startswith("/?tab=things&list=") for link in part["links"])
    rows = signed_in(cast.planner).get(f"/api/v1/layers/cameras/rows?area={COMMUNITIES[0]}&status=broken").json()
    assert rows["count"] == 1


def test_counts_move_with_the_data(get: Get) -> None:
    path = f"regions/{COMMUNITIES[0]}"
    before = told(get(path), "In this area")["Cameras and what they see"]
    camera("new", off(5, 5))
    assert told(get(path), "In this area")["Cameras and what they see"] == before + 1
    households = get(path)["facts"][0]["value"]
    building = Building.objects.filter(community__code=COMMUNITIES[0]).earliest("pk")
    building.households = (building.households or 0) + 7
    building.save()
    assert get(path)["facts"][0]["value"] == households + 7


def test_a_grid_counts_only_its_own_ground(get: Get) -> None:
    camera("elsewhere", centre_of(COMMUNITIES[1]))
    assert told(get(f"grids/{COMMUNITIES[1]}001"), "In this area")["Cameras and what they see"] <= 1
    assert told(get(f"regions/{COMMUNITIES[1]}"), "In this area")["Cameras and what they see"] == 1


def test_a_place_tells_its_coordinates_its_grid_and_the_nearest_door(get: Get) -> None:
    building = Building.objects.filter(grid__code=f"{COMMUNITIES[0]}001").earliest("pk")
    card = get(f"points/{building.point.x:.6f},{building.point.y:.6f}")
    facts = {fact["label"]: fact["value"] for fact in card["facts"]}
    assert facts["Latitude, longitude (WGS 84)"] == f"{building.point.y:.6f}, {building.point.x:.6f}"
    assert facts["Grid"] == f"{COMMUNITIES[0]}001"
    assert facts["Community"] == "一社区"
    assert facts["Nearest address"] == building.address
    assert card["bbox"] == pytest.approx([building.point.x, building.point.y] * 2, abs=1e-6)


def test_a_place_in_the_sea_is_a_place_without_anything(get: Get) -> None:
    card = get("points/150.0,-40.5")
    assert [fact["value"] for fact in card["facts"]] == [
        "-40.500000, 150.000000",
        "40°30.000′S 150°0.000′E",
        None,
        None,
        None,
    ]
    assert card["place"] == []


def test_a_place_tells_nobody_what_lies_outside_their_area(get: Get, cast: Cast) -> None:
    foreign = Building.objects.filter(community__code=COMMUNITIES[1]).earliest("pk")
    card = get(f"points/{foreign.point.x:.6f},{foreign.point.y:.6f}", cast.officer)
    facts = {fact["label"]: fact["value"] for fact in card["facts"]}
    assert (facts["Grid"], facts["Nearest address"]) == (None, None)
    assert "二社区" not in str(card)


@pytest.mark.parametrize("key", ["200,30", "120,95", "abc", "1", "120.1"])
def test_what_is_no_place_is_404(get: Get, cast: Cast, signed_in: SignIn, key: str) -> None:
    assert signed_in(cast.planner).get(f"/api/v1/points/{key}").status_code == 404
