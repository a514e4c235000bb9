"""Lists of any layer over HTTP: every row once whatever the order, scoped, with two lines and a place."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from gridmap.accounts.models import User
from gridmap.territory.models import Building, Camera, Grid, RegionEdition
from layers.catalogue import BY_KEY, LAYERS
from layers.layer import Layer
from layers.rows import SALT, counted
from tests.cast import COMMUNITIES, SOURCE, Board, Cast, centre_of, corner_of
from tests.layers.places import furnish

SignIn = Callable[[User], Client]
EACH = pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.key)


@pytest.fixture
def client(board: Board, grids: list[Grid], cast: Cast, signed_in: SignIn) -> Client:
    """The planner's, over two communities with grids and one with furniture."""
    furnish(board.communities[0])
    browser = signed_in(cast.planner)
    browser.cookies["django_language"] = "en"
    return browser


def get(client: Client, address: str, status: int = 200, **parameters: Any) -> dict[str, Any]:
    response = client.get(address if address.startswith("/") else f"/api/v1/layers/{address}", parameters or None)
    assert response.status_code == status, response.content
    answer: dict[str, Any] = response.json()
    return answer


def walk(client: Client, key: str, **parameters: Any) -> list[dict[str, Any]]:
    """All rows, page by page."""
    answer = get(client, f"{key}/rows", **parameters)
    rows = list(answer["rows"])
    while answer["next"]:
        answer = get(client, answer["next"])
        rows += answer["rows"]
    return rows


# --- every entry ------------------------------------------------------------------------------------------------------
@EACH
def test_every_layer_lists_its_rows(layer: Layer, client: Client, cast: Cast) -> None:
    answer = get(client, f"{layer.key}/rows")
    assert answer["exact"] and answer["count"] == layer.rows(cast.planner, None).count() == len(answer["rows"])
    names = [column["name"] for column in answer["columns"]]
    assert names == [one.name for one in layer.fields_for(cast.planner)]
    for row in answer["rows"]:
        assert list(row["fields"]) == names and row["title"] and row["id"]
        west, south, east, north = row["bbox"]
        assert west <= row["lon"] <= east and south <= row["lat"] <= north


@EACH
def test_every_field_sorts_both_ways_and_pages_lose_nothing(layer: Layer, client: Client, cast: Cast) -> None:
    everything = sorted(row["id"] for row in get(client, f"{layer.key}/rows", limit=200)["rows"])
    for one in layer.fields_for(cast.planner):
        for sort in (one.name, f"-{one.name}"):
            rows = walk(client, layer.key, sort=sort, limit=3)
            assert sorted(row["id"] for row in rows) == everything
            values = [row["fields"][one.name] for row in rows if row["fields"][one.name] is not None]
            assert values == sorted(values, reverse=sort.startswith("-"))


# --- order and paging -------------------------------------------------------------------------------------------------
def test_rows_without_a_value_come_last_on_pages_of_one(client: Client, cast: Cast) -> None:
    for index, bearing in enumerate((None, 10.5, None, 10.5, 270.25)):
        Camera.objects.create(
            source=SOURCE, source_ref=f"c{index}", bearing_deg=bearing, geom=centre_of(COMMUNITIES[1])
        )
    for sort, wanted in (("bearing", [10.5, 10.5, 90, 270.25]), ("-bearing", [270.25, 90, 10.5, 10.5])):
        rows = walk(client, "cameras", sort=sort, limit=1)
        assert [row["fields"]["bearing"] for row in rows] == [*wanted, None, None]
        assert len({row["id"] for row in rows}) == 6


def test_a_row_that_comes_between_two_pages_is_not_met_twice(client: Client, cast: Cast) -> None:
    first = get(client, "buildings/rows", sort="number", limit=5)
    community = Building.objects.earliest("pk").community
    spot = centre_of(COMMUNITIES[0])
    Building.objects.create(source=SOURCE, source_ref="new", number="0号楼", community=community, geom=spot)
    second = get(client, first["next"])
    assert not {row["id"] for row in first["rows"]} & {row["id"] for row in second["rows"]}
    assert second["count"] == first["count"]


def test_filters_and_words_narrow_the_pages_too(client: Client) -> None:
    rows = walk(client, "buildings", kind="slab", area=COMMUNITIES[0], limit=2)
    exact = Building.objects.filter(kind="slab", community__code=COMMUNITIES[0])
    assert {row["id"] for row in rows} == {str(pk) for pk in exact.values_list("pk", flat=True)}


def test_more_than_can_be_counted_in_time_is_said_so(client: Client, cast: Cast) -> None:
    rows = BY_KEY["buildings"].rows(cast.planner, None)
    assert counted(rows, most=16) == (16, True)
    assert counted(rows, most=15) == (15, False)


# --- words ------------------------------------------------------------------------------------------------------------
def test_two_lines_say_what_it_is(client: Client) -> None:
    [camera] = get(client, "cameras/rows")["rows"]
    assert (camera["title"], camera["subtitle"]) == ("南门摄像机", "working")
    [clinic] = get(client, "facilities/rows")["rows"]
    assert (clinic["title"], clinic["subtitle"]) == ("爱民卫生站", "health station · 长宁路88号")
    assert clinic["fields"]["kind"] == "health_station"
    column = next(one for one in get(client, "facilities/rows")["columns"] if one["name"] == "kind")
    assert {"value": "health_station", "label": "health station"} in column["choices"]


def test_a_row_without_a_name_is_called_by_its_identity(client: Client, cast: Cast) -> None:
    camera = Camera.objects.create(source=SOURCE, source_ref="nameless", geom=centre_of(COMMUNITIES[1]))
    [row] = get(client, "cameras/rows", ids=camera.pk)["rows"]
    assert row["title"] == str(camera.pk)


# --- scope and refusals -----------------------------------------------------------------------------------------------
def test_everyone_lists_what_they_may_see(client: Client, cast: Cast, signed_in: SignIn) -> None:
    assert get(signed_in(cast.worker), "buildings/rows")["count"] == 2
    assert get(signed_in(cast.officer), "buildings/rows")["count"] == 8
    assert get(signed_in(cast.officer), "buildings/rows", area=COMMUNITIES[1])["count"] == 0
    get(signed_in(cast.stranger), "buildings/rows", status=401)
    get(client, "dragons/rows", status=404)
    assert Client().get("/api/v1/layers/buildings/rows", headers={"Accept": "application/json"}).status_code == 401


FORGED = signing.dumps(["buildings", "", None, {"a": 1}, 5, True], salt=SALT, key="another key")


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"cursor": "cD1ub3Q="}, "cursor"),
        ({"cursor": FORGED}, "cursor"),
        ({"cursor": "长"}, "cursor"),
        ({"sort": "secret"}, "sort"),
        ({"sort": "community__name"}, "sort"),
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"kind": "castle"}, "kind"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_used_is_named(client: Client, parameters: dict[str, Any], field: str) -> None:
    answer = get(client, "buildings/rows", status=400, **parameters)
    assert list(answer["error"]["fields"]) == [field]


def test_a_cursor_serves_the_list_that_gave_it(client: Client) -> None:
    cursor = get(client, "buildings/rows", limit=1)["next"].split("cursor=")[1]
    get(client, f"/api/v1/layers/buildings/rows?cursor={cursor}")
    get(client, f"/api/v1/layers/buildings/rows?sort=number&cursor={cursor}", status=400)
    get(client, f"/api/v1/layers/ground/rows?cursor={cursor}", status=400)


# --- counts -----------------------------------------------------------------------------------------------------------
def test_counts_are_those_of_the_lists(client: Client, cast: Cast) -> None:
    answer = get(client, "counts")
    assert answer == {layer.key: layer.rows(cast.planner, None).count() for layer in LAYERS}
    asked: dict[str, Any] = {"area": COMMUNITIES[0], "buildings.kind": "slab,public", "cameras.night": "1"}
    narrowed = get(client, "counts", **asked)
    assert narrowed["buildings"] == 8 and narrowed["cameras"] == 0 and narrowed["lamps"] == 1
    west, south = corner_of(COMMUNITIES[2])
    assert get(client, "counts", bbox=f"{west},{south - 1},{west + 1},{south - 0.5}")["buildings"] == 0


def test_counts_follow_the_data_and_the_person(client: Client, cast: Cast, signed_in: SignIn) -> None:
    assert get(client, "counts")["buildings"] == 16
    assert get(signed_in(cast.officer), "counts")["buildings"] == 8
    Building.objects.earliest("pk").delete()
    assert get(client, "counts")["buildings"] == 15
    Building.objects.filter(community__code=COMMUNITIES[1]).update(community=None)
    assert get(client, "counts")["buildings"] == 7


def test_counts_are_kept_until_something_changes(
    client: Client, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    first = get(client, "counts")
    asked = len(LAYERS)
    with django_assert_max_num_queries(asked):
        assert get(client, "counts") == first


def test_counts_refuse_by_name(client: Client) -> None:
    for name, field in (("buildings.colour", "buildings.colour"), ("dragons.kind", "dragons.kind"), ("kind", "kind")):
        assert list(get(client, "counts", status=400, **{name: "x"})["error"]["fields"]) == [field]
    assert list(get(client, "counts", status=400, area="x")["error"]["fields"]) == ["area"]


def test_a_region_without_a_boundary_has_what_its_communities_have(client: Client, board: Board) -> None:
    street = board.streets[0]
    inside = [row["id"] for row in walk(client, "cameras", area=street.code)]
    RegionEdition.objects.filter(region=street).delete()
    assert [row["id"] for row in walk(client, "cameras", area=street.code)] == inside != []
