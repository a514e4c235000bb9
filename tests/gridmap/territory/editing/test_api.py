"""Editing over the API: what is written, what is refused and why, who may, and what happens when two edit at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.test import Client

from gridmap.accounts.models import User
from gridmap.accounts.roles import Role
from gridmap.territory.component_classes import write_missing_classes
from gridmap.territory.editing import views
from gridmap.territory.models import Camera, Component, Facility, LayerRevision, RegionEdition, StreetLamp
from tests.cast import COMMUNITIES, SOURCE, Board, Cast, centre_of, give_post

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
HERE = [119.904, 30.114]
OUT = [119.95, 30.2]
BOW_TIE = [[119.903, 30.113], [119.904, 30.114], [119.904, 30.113], [119.903, 30.114], [119.903, 30.113]]
OTHER_COMMUNITY = [119.915, 30.114]


def point(place: list[float]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": place}


@pytest.fixture
def desk(board: Board, cast: Cast, signed_in: SignIn) -> Client:
    """An officer of the first community, in English."""
    write_missing_classes()
    client = signed_in(cast.officer)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def camera(board: Board) -> Camera:
    made = Camera.objects.create(
        source=SOURCE, source_ref="c1", name="东门", bearing_deg=90, geom=Point(HERE[0], HERE[1], srid=4326)
    )
    made.refresh_from_db()
    return made


def ask(client: Client, method: str, path: str, body: Any = None, version: int | str | None = None) -> Any:
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    send = getattr(client, method)
    return send(f"/api/v1/equipment/{path}", text, content_type="application/json", headers=headers)


def change(client: Client, thing: Camera, version: int | str | None = 1, **values: Any) -> Any:
    geometry = {"geometry": values.pop("geometry")} if "geometry" in values else {}
    return ask(client, "put", f"cameras/{thing.pk}", {**geometry, "properties": values}, version)


def reasons(response: Any) -> dict[str, Any]:
    assert response.status_code == 400, response.content
    fields: dict[str, Any] = response.json()["error"]["fields"]
    return fields


# --- changing ---------------------------------------------------------------------------------------------------------
def test_a_camera_is_turned_moved_and_remembers_what_was_set_by_hand(desk: Client, camera: Camera) -> None:
    before = LayerRevision.objects.get(layer="cameras").number
    answer = change(desk, camera, bearing_deg=135.5, angle_deg=70, geometry=point([119.9041, 30.1142]))
    assert answer.status_code == 200 and answer.headers["ETag"] == '"2"'
    now = answer.json()
    assert (now["type"], now["geometry"]) == ("Feature", point([119.9041, 30.1142]))
    assert now["properties"]["bearing_deg"] == 135.5
    assert now["properties"]["by_hand"] == ["angle_deg", "bearing_deg", "geom"]
    camera.refresh_from_db()
    assert (camera.name, camera.position) == ("东门", "119.904100, 30.114200")
    assert LayerRevision.objects.get(layer="cameras").number > before


def test_a_full_turn_is_north(desk: Client, camera: Camera) -> None:
    assert change(desk, camera, bearing_deg=360).json()["properties"]["bearing_deg"] == 0


def test_saying_what_is_so_already_changes_nothing(desk: Client, camera: Camera) -> None:
    answer = change(desk, camera, bearing_deg=90.0)
    assert answer.headers["ETag"] == '"1"' and answer.json()["properties"]["by_hand"] == []


def test_a_field_is_left_to_imports_again(desk: Client, camera: Camera) -> None:
    change(desk, camera, bearing_deg=10, name="x")
    answer = ask(desk, "put", f"cameras/{camera.pk}", {"release": ["bearing_deg"]}, 2)
    assert answer.json()["properties"]["by_hand"] == ["name"]


def test_moving_one_camera_moves_all_on_its_pole(desk: Client, camera: Camera) -> None:
    Camera.objects.update(pole="P1")
    other = Camera.objects.create(source=SOURCE, source_ref="c2", pole="P1", bearing_deg=270, geom=camera.geom)
    lamp = StreetLamp.objects.create(source=SOURCE, source_ref="l1", pole="P1", geom=camera.geom)
    camera.refresh_from_db()
    change(desk, camera, camera.version, geometry=point([119.9042, 30.1141]))
    for thing in (other, lamp):
        thing.refresh_from_db()
        assert thing.geom.coords == pytest.approx((119.9042, 30.1141))
    assert other.bearing_deg == 270, "each looks its own way"


def test_off_the_map_and_on_again(desk: Client, camera: Camera) -> None:
    gone = ask(desk, "delete", f"cameras/{camera.pk}", version=1)
    assert gone.status_code == 200 and gone.json()["properties"]["active"] is False
    assert desk.get(f"/api/v1/cameras/{camera.pk}").status_code == 404
    back = ask(desk, "post", f"cameras/{camera.pk}/restore", version=2)
    assert back.json()["properties"]["active"] is True and "active" in back.json()["properties"]["by_hand"]
    assert desk.get(f"/api/v1/cameras/{camera.pk}").status_code == 200


# --- two at once ------------------------------------------------------------------------------------------------------
def test_who_saw_an_older_state_is_shown_the_others_change(
    desk: Client, camera: Camera, cast: Cast, signed_in: SignIn
) -> None:
    other = signed_in(cast.planner)
    other.cookies["django_language"] = "en"
    assert change(other, camera, 1, bearing_deg=200).status_code == 200
    answer = change(desk, camera, 1, bearing_deg=300)
    assert answer.status_code == 409 and answer.headers["ETag"] == '"2"'
    error = answer.json()["error"]
    assert error["current"]["properties"]["bearing_deg"] == 200
    latest = error["history"][0]
    assert str(cast.planner) in latest["who"]
    assert {"field": "bearing_deg", "label": "bearing (° from north)", "before": 90, "after": 200} in latest["changes"]
    camera.refresh_from_db()
    assert camera.bearing_deg == 200
    assert change(desk, camera, 2, bearing_deg=300).status_code == 200


@pytest.mark.parametrize("version", [None, "", "x", "*"])
def test_who_does_not_say_what_they_saw_changes_nothing(desk: Client, camera: Camera, version: str | None) -> None:
    assert change(desk, camera, version, bearing_deg=300).status_code == 428
    assert ask(desk, "delete", f"cameras/{camera.pk}", version=version).status_code == 428


def test_an_import_in_between_counts_as_a_change(desk: Client, camera: Camera) -> None:
    Camera.objects.filter(pk=camera.pk).update(name="西门")
    assert change(desk, camera, 1, bearing_deg=300).status_code == 409


@pytest.mark.parametrize("method", ["put", "delete"])
def test_what_was_moved_away_meanwhile_is_not_shown(
    desk: Client, camera: Camera, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """The view found it in reach; then a colleague moved it into another community."""
    Camera.objects.filter(pk=camera.pk).update(geom=Point(OTHER_COMMUNITY[0], OTHER_COMMUNITY[1], srid=4326))
    monkeypatch.setattr(views, "may_edit_at", lambda _user, _shape: True)
    for version in (1, 2):
        answer = ask(desk, method, f"cameras/{camera.pk}", {"properties": {"name": "西门"}}, version)
        assert answer.status_code == 404, answer.content
    camera.refresh_from_db()
    assert camera.active and camera.name == "东门"


# --- making -----------------------------------------------------------------------------------------------------------
def test_new_things_get_numbers_of_their_own(desk: Client) -> None:
    made = [
        ask(desk, "post", "cameras", {"geometry": point(HERE), "properties": {"bearing_deg": n}}).json()
        for n in (0, 90)
    ]
    assert [one["properties"]["source_ref"] for one in made] == [f"{COMMUNITIES[0]}M00001", f"{COMMUNITIES[0]}M00002"]
    assert {one["properties"]["source"] for one in made} == {"manual"}


def test_numbers_go_on_after_five_digits(desk: Client) -> None:
    for number in ("99999", "100000"):
        StreetLamp.objects.create(
            source="manual", source_ref=f"{COMMUNITIES[0]}N{number}", geom=Point(HERE[0], HERE[1], srid=4326)
        )
    made = ask(desk, "post", "lamps", {"geometry": point(HERE), "properties": {}})
    assert made.json()["properties"]["source_ref"] == f"{COMMUNITIES[0]}N100001"


def test_a_component_gets_its_code_and_keeps_its_class(desk: Client) -> None:
    codes = []
    for category in ("0103", "0103", "0405"):
        answer = ask(desk, "post", "components", {"geometry": point(HERE), "properties": {"category": category}})
        assert answer.status_code == 201, answer.content
        codes.append(answer.json()["properties"]["code"])
    assert codes == ["9901010103000001", "9901010103000002", "9901010405000001"]
    thing = Component.objects.get(code=codes[0])
    refused = ask(desk, "put", f"components/{thing.pk}", {"properties": {"category": "0104"}}, 1)
    assert "keeps its class" in reasons(refused)["category"][0]


def test_a_component_may_be_a_line_or_an_area(desk: Client) -> None:
    shape = {"type": "LineString", "coordinates": [HERE, [119.9045, 30.1145]]}
    made = ask(desk, "post", "components", {"geometry": shape, "properties": {"category": "0211", "state": "damaged"}})
    assert made.json()["geometry"] == shape


def test_a_facility_with_hours(desk: Client) -> None:
    week = [[["08:00", "12:00"], ["13:30", "17:00"]]] * 5 + [[], []]
    values = {
        "name": "卫生站",
        "kind": "health_station",
        "hours": {"week": week, "days": {"2026-10-01": []}},
        "capacity": 3,
    }
    made = ask(desk, "post", "facilities", {"geometry": point(HERE), "properties": values})
    assert made.status_code == 201, made.content
    assert Facility.objects.get().hours == values["hours"]


# --- what is refused --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("values", "field", "word"),
    [
        ({"bearing_deg": 361}, "bearing_deg", "between 0 and 360"),
        ({"bearing_deg": "north"}, "bearing_deg", "no number"),
        ({"bearing_deg": True}, "bearing_deg", "no number"), ({"angle_deg": 0}, "angle_deg", "1"),
        ({"range_m": -1}, "range_m", "0"), ({"range_m": 10**30}, "range_m", "10000"),
        ({"height_m": 501}, "height_m", "500"),
        ({"tilt_deg": 91}, "tilt_deg", "90"), ({"status": "asleep"}, "status", "choice"),
        ({"name": "x" * 121}, "name", "120"),
        ({"name": {"a": 1}}, "name", "string"), ({"code": "12"}, "code", "20"),
        ({"coverage": "9"}, "coverage", "choice"),
        ({"id": 7}, "id", "no such field"), ({"by_hand": []}, "by_hand", "no such field"),
        ({"source": "x"}, "source", "no such"),
        ({"geom": point(HERE)}, "geom", "no such field"), ({"sees_at_night": "perhaps"}, "sees_at_night", "boolean"),
    ],
)  # fmt: skip
def test_a_bad_value_names_its_field(
    desk: Client, camera: Camera, values: dict[str, Any], field: str, word: str
) -> None:
    found = reasons(change(desk, camera, **values))
    assert list(found) == [field] and word in " ".join(found[field]), found
    camera.refresh_from_db()
    assert camera.version == 1


@pytest.mark.parametrize(
    ("shape", "word"),
    [
        (None, "null"), ("POINT(119.904 30.114)", "GeoJSON object"), ("SRID=99999;POINT(1 1)", "GeoJSON object"),
        ([119.904, 30.114], "GeoJSON object"), ({"type": "Point"}, "nested"), ({}, "type"),
        ({"type": "Polygon", "coordinates": [[]]}, "type Point"),
        ({"type": "GeometryCollection", "geometries": []}, "type"),
        ({**point(HERE), "crs": {"type": "name"}}, "nothing else"), (point([*HERE, 5.0]), "longitude and a latitude"),
        ({"type": "Point", "coordinates": [[119.904, 30.114]]}, "longitude and a latitude"),
        ({"type": "Point", "coordinates": ["119.904", "30.114"]}, "longitude and a latitude"),
        ({"type": "Point", "coordinates": [True, 1]}, "longitude and a latitude"),
        (point([30.114, 119.904]), "outside the world"),
        (point([1e308, 0]), "outside the world"), (point(OUT), "outside the area"),
        (point(OTHER_COMMUNITY), "outside the area"),
        (point([0, 0]), "outside the area"),
    ],
)  # fmt: skip
def test_a_bad_shape_is_refused_with_its_reason(desk: Client, camera: Camera, shape: Any, word: str) -> None:
    found = reasons(change(desk, camera, geometry=shape))
    [messages] = found.values()
    assert word in " ".join(messages), found


@pytest.mark.parametrize(
    ("shape", "word"),
    [
        ({"type": "Polygon", "coordinates": [[]]}, "can't be read|empty"),
        ({"type": "Polygon", "coordinates": [[HERE, HERE]]}, "can't be read"),
        ({"type": "Polygon", "coordinates": [BOW_TIE]}, "not valid"),
        ({"type": "LineString", "coordinates": [HERE]}, "can't be read"),
        ({"type": "LineString", "coordinates": [HERE, OUT]}, "outside the area"),
        ({"type": "LineString", "coordinates": [[119.904, 30.114]] * 5001}, "more than 5000"),
        ({"type": "MultiPolygon", "coordinates": [[HERE]]}, "nested|latitude"),
    ],
)  # fmt: skip
def test_bad_lines_and_areas_are_refused(desk: Client, shape: Any, word: str) -> None:
    answer = ask(desk, "post", "components", {"geometry": shape, "properties": {"category": "0405"}})
    [messages] = reasons(answer).values()
    assert any(one in " ".join(messages) for one in word.split("|")), messages


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"null", b"3", b'"x"', b"[" * 100_000, b'{"a":' * 5000, b'{"properties": "x"}',
        b'{"properties": [1]}', b'{"geometry": {"type": "Point", "coordinates": [NaN, NaN]}}',
        b'{"geometry": {"type": "Point", "coordinates": [1e400, 0]}}', b'{"properties": {"name": "\\u0000"}}',
        b'{"properties": {"bearing_deg": 1, "bearing_deg": 2}}', b'{"type": "FeatureCollection"}', b'{"release": "x"}',
        b'{"release": [{}]}', b'{"drop": 1}', b"\xff\xfe",
    ],
)  # fmt: skip
def test_hostile_bodies_are_400_and_change_nothing(desk: Client, camera: Camera, body: bytes) -> None:
    for method, path in (("put", f"cameras/{camera.pk}"), ("post", "cameras"), ("post", "components")):
        answer = ask(desk, method, path, body, 1)
        assert answer.status_code == 400, (method, answer.content[:200])
        assert answer.json()["error"]["message"]
    camera.refresh_from_db()
    assert (camera.version, Camera.objects.count()) == (1, 1)


def test_other_kinds_of_bodies_are_refused(desk: Client, camera: Camera) -> None:
    answer = desk.put(f"/api/v1/equipment/cameras/{camera.pk}", "properties=x", content_type="text/plain")
    assert answer.status_code in {400, 415, 428}


def test_a_device_code_that_another_camera_has(desk: Client, camera: Camera) -> None:
    Camera.objects.create(source=SOURCE, source_ref="c2", code="9" * 20, geom=camera.geom)
    assert list(reasons(change(desk, camera, code="9" * 20))) == ["code"]


def test_a_pole_that_stands_elsewhere(desk: Client, camera: Camera) -> None:
    Camera.objects.create(source=SOURCE, source_ref="c2", pole="P9", geom=centre_of(COMMUNITIES[0]))
    assert "more than 30 m" in reasons(change(desk, camera, pole="P9"))["pole"][0]


def test_another_county_has_a_pole_of_the_same_number(desk: Client, camera: Camera) -> None:
    far = Camera.objects.create(source=SOURCE, source_ref="c2", pole="P9", geom=Point(OUT[0], OUT[1], srid=4326))
    assert change(desk, camera, pole="P9").status_code == 200
    camera.refresh_from_db()
    assert camera.geom.coords == pytest.approx(HERE)
    assert change(desk, camera, camera.version, geometry=point([119.9042, 30.1141])).status_code == 200
    far.refresh_from_db()
    assert far.geom.coords == pytest.approx(OUT), "a pole that moves takes along what stands on it alone"


def test_a_pole_beyond_the_border_draws_nothing_out_of_the_area(desk: Client, camera: Camera) -> None:
    edition = RegionEdition.objects.in_force().get(region__code=COMMUNITIES[0])
    border = edition.geom.extent[2]
    Camera.objects.create(source=SOURCE, source_ref="c2", pole="P9", geom=Point(border + 1e-4, HERE[1], srid=4326))
    near = [border - 1e-4, HERE[1]]
    refused = change(desk, camera, pole="P9", geometry=point(near))
    assert "outside the area" in reasons(refused)["geometry"][0]
    camera.refresh_from_db()
    assert camera.pole == ""
    assert camera.geom.coords == pytest.approx(HERE)
    body = {"geometry": point(near), "properties": {"name": "x", "pole": "P9", "bearing_deg": 1}}
    assert "outside the area" in reasons(ask(desk, "post", "cameras", body))["geometry"][0]
    assert Camera.objects.count() == 2


def test_hours_that_are_none(desk: Client) -> None:
    tables: list[Any] = [[], {"week": []}, {"week": [[["25:00", "26:00"]], *[[]] * 6]}, "Mo-Fr"]
    for hours in tables:
        answer = ask(desk, "post", "facilities", {"geometry": point(HERE), "properties": {"name": "x", "hours": hours}})
        assert list(reasons(answer)) == ["hours"]


# --- who --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "area", "may"),
    [
        (Role.COMMUNITY_OFFICER, COMMUNITIES[0], True), (Role.CENTRE_OPERATOR, "990101", True),
        (Role.PLANNER, "990101001", True),
        (Role.ADMINISTRATOR, "", True), (Role.COMMUNITY_OFFICER, COMMUNITIES[1], False),
        (Role.STREET_OFFICER, "990101", False),
        (Role.GRID_WORKER, f"{COMMUNITIES[0]}001", False), (Role.DISPATCHER, "990101", False),
        (Role.APPROVER, "990101", False),
        (Role.AUDITOR, "990101", False), (Role.PLANNER, "990102", False),
    ],
)  # fmt: skip
def test_who_may_edit_where(camera: Camera, cast: Cast, signed_in: SignIn, role: Role, area: str, may: bool) -> None:
    give_post(cast.stranger, role, area)
    client = signed_in(cast.stranger)
    assert client.get(f"/api/v1/equipment/cameras/{camera.pk}").status_code == (200 if may else 404)
    assert change(client, camera, bearing_deg=5).status_code == (200 if may else 404)
    assert client.get(f"/api/v1/equipment/cameras/{camera.pk}/history").status_code == (200 if may else 404)


def test_unknown_kinds_and_things_are_404(desk: Client) -> None:
    for path in ("drones", "cameras/99999999", "cameras/99999999/history"):
        assert desk.get(f"/api/v1/equipment/{path}").status_code == 404


# --- telling ----------------------------------------------------------------------------------------------------------
def test_the_history_tells_who_when_and_what(desk: Client, camera: Camera, cast: Cast) -> None:
    change(desk, camera, 1, status="broken", geometry=point([119.9041, 30.1142]))
    rows = desk.get(f"/api/v1/equipment/cameras/{camera.pk}/history").json()["rows"]
    changes = {one["field"]: (one["before"], one["after"]) for one in rows[0]["changes"]}
    assert changes["status"] == ("unknown", "broken")
    assert changes["position"] == ("119.904000, 30.114000", "119.904100, 30.114200")
    assert str(cast.officer) in rows[0]["who"] and rows[-1]["kind"] == "insert"


def test_the_form_names_fields_limits_and_choices(desk: Client) -> None:
    form = desk.get("/api/v1/equipment/cameras").json()
    fields = {one["name"]: one for one in form["fields"]}
    assert fields["bearing_deg"] | {"label": ""} == {
        "name": "bearing_deg", "label": "", "type": "number", "required": False, "min_value": 0, "max_value": 360,
        "unit": "°",
    }  # fmt: skip
    assert [one["value"] for one in fields["status"]["choices"]] == ["working", "broken", "unknown"]
    assert "source" not in fields
    classes = {one["name"]: one for one in desk.get("/api/v1/equipment/components").json()["fields"]}["category"]
    assert len(classes["choices"]) > 70 and classes["type"] == "choice"


def test_a_line_in_two_communities_is_a_countys_matter(desk: Client, cast: Cast, signed_in: SignIn) -> None:
    across = {"type": "LineString", "coordinates": [HERE, OTHER_COMMUNITY]}
    body = {"geometry": across, "properties": {"category": "0211"}}
    assert list(reasons(ask(desk, "post", "components", body))) == ["geometry"]
    made = ask(signed_in(cast.planner), "post", "components", body)
    assert made.status_code == 201
    assert Component.objects.get().geom.equals_exact(LineString(HERE, OTHER_COMMUNITY, srid=4326), 1e-9)
