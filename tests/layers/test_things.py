"""Cards and lists of what stands there: cones in words, neighbours on a pole, light at night, open or closed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.contrib.gis.geos import LineString, Point, Polygon
from django.test import Client

from gridmap.accounts.models import User
from gridmap.territory.component_classes import write_missing_classes
from gridmap.territory.hours_text import read_hours
from gridmap.territory.models import Camera, Component, Facility, StreetLamp
from layers.catalogue import BY_KEY
from tests.cast import COMMUNITIES, SOURCE, Board, Cast, centre_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
HERE = centre_of(COMMUNITIES[0])
METRE_E, METRE_N = 1 / 96_300, 1 / 110_850
SHANGHAI = ZoneInfo("Asia/Shanghai")


def off(east_m: float, north_m: float) -> Point:
    return Point(HERE.x + east_m * METRE_E, HERE.y + north_m * METRE_N, srid=4326)


def camera(ref: str = "1", **values: Any) -> Camera:
    return Camera.objects.create(**{"source": SOURCE, "source_ref": ref, "geom": HERE, "name": f"相机{ref}", **values})


def lamp(place: Point, ref: str, **values: Any) -> StreetLamp:
    return StreetLamp.objects.create(source=SOURCE, source_ref=ref, geom=place, **values)


@pytest.fixture
def look(board: Board, cast: Cast, signed_in: SignIn) -> Callable[[str, Any], dict[str, Any]]:
    client = signed_in(cast.officer)
    client.cookies["django_language"] = "en"

    def ask(kind: str, thing: Any) -> dict[str, Any]:
        response = client.get(f"/api/v1/{kind}/{thing.pk}")
        assert response.status_code == 200, response.content
        card: dict[str, Any] = response.json()
        return card

    return ask


Look = Callable[[str, Any], dict[str, Any]]


def facts(part: dict[str, Any]) -> dict[str, Any]:
    return {row["label"]: row["value"] for row in part["facts"]}


def section(card: dict[str, Any], title: str) -> dict[str, Any]:
    [found] = [one for one in card["sections"] if one["title"] == title]
    return dict(found)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"bearing_deg": 45, "angle_deg": 90, "range_m": 40}, "faces north-east, 90° wide, 40 m far"),
        ({"bearing_deg": 350}, "faces north"),
        ({"bearing_deg": 22}, "faces north"), ({"bearing_deg": 23}, "faces north-east"),
        ({"angle_deg": 360, "range_m": 12.5}, "all around, 12.5 m far"), ({}, None),
    ],
)  # fmt: skip
def test_what_a_camera_sees_in_words(look: Look, values: dict[str, Any], words: str | None) -> None:
    assert facts(look("cameras", camera(**values)))["Sees"] == words


def test_all_on_one_pole_know_each_other(look: Look) -> None:
    one = camera("1", pole="P1", bearing_deg=0)
    camera("2", pole="P1", bearing_deg=180)
    lamp(HERE, "L", pole="P1")
    camera("3", pole="P2")
    others = section(look("cameras", one), "Also on pole P1")["links"]
    assert [(link["type"], link["label"]) for link in others] == [
        ("camera", "相机2, faces south"),
        ("lamp", "Street lamp L"),
    ]


@pytest.mark.parametrize(
    ("night", "lamps", "finding"),
    [
        (False, [(0, 20, False)], "no lamp in its view is lit"), (False, [], "no lamp in its view is lit"),
        (False, [(0, 20, True), (0, 25, False)], "1 lamps in its view are lit"),
        (False, [(0, -20, True)], "no lamp in its view is lit"), (False, [(0, 60, True)], "no lamp in its view is lit"),
        (None, [(5, 20, False)], "probably blind: 1 lamps in its view are dark"), (None, [(5, 20, True)], None),
        (None, [], None), (True, [(0, 20, False)], None),
    ],
)  # fmt: skip
def test_lamps_in_the_cone_decide_about_the_night(
    look: Look, night: bool | None, lamps: list[tuple[float, float, bool]], finding: str | None
) -> None:
    for number, (east_m, north_m, lit) in enumerate(lamps):
        lamp(off(east_m, north_m), str(number), lit=lit)
    found = look("cameras", camera(bearing_deg=0, angle_deg=60, range_m=40, sees_at_night=night))["findings"]
    assert (finding is None and not found) or (finding is not None and finding in found[0]), found


def test_a_cone_over_north_has_both_of_its_sides(look: Look) -> None:
    lamp(off(-8, 20), "west", lit=True)
    found = look("cameras", camera(bearing_deg=10, angle_deg=80, range_m=40, sees_at_night=False))["findings"]
    assert "1 lamps" in found[0]


def test_a_component_explains_its_code(look: Look) -> None:
    write_missing_classes()
    line = LineString(HERE.coords, off(20, 20).coords, srid=4326)
    thing = Component.objects.create(
        source=SOURCE, source_ref="1", code="9901010103000007", category_id="0103", state="lost", keeper="排水公司",
        keeper_phone="0571-1", geom=line,
    )  # fmt: skip
    card = look("components", thing)
    [code] = [row for row in card["facts"] if row["label"] == "Code"]
    assert code["note"] == "county 990101, class 01, sub-class 03, number 7"
    assert facts(card)["Class"] == "雨水井盖" and "lost" in card["findings"][0]


def test_a_facility_tells_whether_it_is_open(look: Look) -> None:
    hours = read_hours("Mo-Fr 08:00-17:00; Sa 09:00-12:00").hours
    assert hours is not None
    thing = Facility.objects.create(
        source=SOURCE, source_ref="1", name="卫生站", phone="0571-88888888", hours=hours.as_json(), geom=HERE
    )
    with patch("layers.cards.things.wall_clock", return_value=datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)):
        card = look("facilities", thing)
    assert (facts(card)["Now"], facts(card)["Phone"]) == ("Open until 17:00", "0571-88888888")
    table = facts(section(card, "Opening hours"))
    assert table == {"Mon–Fri": "08:00–17:00", "Sat": "09:00–12:00", "Sun": "closed"}
    with patch("layers.cards.things.wall_clock", return_value=datetime(2026, 11, 28, 13, tzinfo=SHANGHAI)):
        assert facts(look("facilities", thing))["Now"] == "Closed until Mon 08:00"


def test_lists_know_what_is_open_now(cast: Cast) -> None:
    rows = {}
    for name, text in (("office", "Mo-Fr 08:00-17:00"), ("night", "22:00-06:00"), ("other", ""), ("always", "24/7")):
        hours = read_hours(text).hours
        table = hours.as_json() if hours else None
        rows[name] = Facility.objects.create(source=SOURCE, source_ref=name, name=name, hours=table, geom=HERE)
    with patch("django.utils.timezone.now", return_value=datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)):
        found = dict(BY_KEY["facilities"].rows(cast.officer, None).values_list("name", "open_now"))
    assert found == {"office": True, "night": False, "other": None, "always": True}


def test_who_edits_sees_the_history_and_the_way_to_the_editor(
    look: Look, cast: Cast, signed_in: SignIn, board: Board
) -> None:
    thing = camera(bearing_deg=1)
    Camera.objects.update(bearing_deg=2)
    card = look("cameras", thing)
    assert [link["verb"] for link in card["links"]] == ["edit"]
    assert section(card, "History")["facts"][0]["value"] == "bearing (° from north): 1 → 2"
    plain = signed_in(cast.worker).get(f"/api/v1/cameras/{thing.pk}").json()
    assert plain["links"] == [] and plain["sections"] == []


def test_a_click_finds_lamps_and_components(cast: Cast, signed_in: SignIn, board: Board) -> None:
    write_missing_classes()
    code = "9901010103000007"
    lamp(HERE, "1")
    Component.objects.create(source=SOURCE, source_ref=code, code=code, category_id="0103", geom=HERE)
    asked = {"lon": str(HERE.x), "lat": str(HERE.y), "z": "18"}
    found = signed_in(cast.officer).get("/api/v1/at", asked).json()["found"]
    assert {"lamp", "component"} <= {one["type"] for one in found}


def test_of_very_many_the_nearest_are_found(cast: Cast, signed_in: SignIn, board: Board) -> None:
    for number in range(40):
        lamp(off(2.5, number * 1e-3), f"far {number}")
    near = [lamp(off(0.1 * number, 0), f"near {number}").pk for number in range(3)]
    asked = {"lon": str(HERE.x), "lat": str(HERE.y), "z": "18"}
    found = signed_in(cast.officer).get("/api/v1/at", asked).json()["found"]
    lamps = [one["id"] for one in found if one["type"] == "lamp"]
    assert lamps[:3] == [str(pk) for pk in near] and len(lamps) == 5


@pytest.mark.parametrize("shape", ["line", "area"])
def test_a_component_that_is_no_point_lies_under_a_click(signed_in: SignIn, cast: Cast, shape: str) -> None:
    write_missing_classes()
    line = LineString(off(-20, 0).coords, off(20, 0).coords, srid=4326)
    west, south, east, north = *off(-20, -20).coords, *off(20, 20).coords
    area = Polygon(((west, south), (east, south), (east, north), (west, north), (west, south)), srid=4326)
    thing = Component.objects.create(
        source=SOURCE,
        source_ref="1",
        code="9901010103000007",
        category_id="0103",
        geom=line if shape == "line" else area,
    )

    def types(at: Point) -> list[tuple[str, str]]:
        asked = {"lon": str(at.x), "lat": str(at.y), "z": "18"}
        found = signed_in(cast.officer).get("/api/v1/at", asked).json()["found"]
        return [(one["type"], one["id"]) for one in found]

    assert ("component", str(thing.pk)) in types(off(5, 1))
    assert ("component", str(thing.pk)) not in types(off(5, 40))
    post = Component.objects.create(
        source=SOURCE, source_ref="2", code="9901010103000008", category_id="0103", geom=off(5, 2)
    )
    keys = [key for kind, key in types(off(5, 2)) if kind == "component"]
    assert keys == [str(post.pk), str(thing.pk)]
