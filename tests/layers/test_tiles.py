"""Tiles hold what the viewer may see, at the zoom where it can be seen, and say how long they may be kept."""

import gzip
import json
from collections.abc import Callable

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import Point
from django.db import OperationalError, connection
from django.test import Client

from gridmap.accounts.models import User
from gridmap.territory.models import Building, Grid
from layers import tiles
from layers.cuts.cut import Address
from layers.cuts.ground import CELL_PIXELS
from layers.revisions import tile_sets
from tests.cast import COMMUNITIES, LOADS, SOURCE, Board, Cast, centre_of, corner_of, square
from tests.layers.places import address_of, decode, fetch, furnish, gather, properties, revision_for, tile_url

SignIn = Callable[[User], Client]


@pytest.fixture
def furnished(board: Board, grids: list[Grid]) -> Board:
    furnish(board.communities[0])
    return board


def test_a_tile_is_version_2_with_an_extent_of_4096(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    response = signed_in(cast.planner).get(
        tile_url("ground", centre_of(COMMUNITIES[0]), 15), headers={"Accept-Encoding": "gzip"}
    )
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert response["Content-Encoding"] == "gzip"
    for layer in decode(response.content).values():
        assert layer["version"] == 2
        assert layer["extent"] == 4096


def test_a_client_without_gzip_gets_the_same_tile_plain(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    client, url = signed_in(cast.planner), tile_url("ground", centre_of(COMMUNITIES[0]), 15)
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    plain = client.get(url)
    assert "Content-Encoding" not in plain
    assert gzip.decompress(packed.content) == plain.content


def test_ground_comes_in_drawing_order_with_its_attributes(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    layers = fetch(signed_in(cast.planner), tile_url("ground", centre_of(COMMUNITIES[0]), 12))
    assert list(layers) == ["water", "road", "building"]
    assert properties(layers, "road") == [{"c": "arterial", "n": "长宁路"}]
    assert properties(layers, "water") == [{"k": "water"}]


def test_buildings_carry_their_key_and_close_up_their_number(grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
    client, building = signed_in(cast.planner), Building.objects.order_by("pk")[0]
    near = fetch(client, tile_url("ground", building.point, 18))["building"]["features"]
    assert {feature["id"]: feature["properties"] for feature in near}[building.pk] == {
        "id": building.pk,
        "k": "slab",
        "l": "1号楼",
    }
    far = gather(client, "ground", COMMUNITIES[0], 15)["building"]
    assert far[building.pk] == {"id": building.pk, "k": "slab"}
    assert set(far) >= set(Building.objects.filter(community__code=COMMUNITIES[0]).values_list("pk", flat=True))


def test_far_away_buildings_become_cells_that_keep_the_area_they_cover(
    board: Board, cast: Cast, signed_in: SignIn
) -> None:
    west, south = corner_of(COMMUNITIES[0])
    for index in range(40):
        shape = square(west + 0.0002 * index, south + 0.004, 0.00015, 0.0004)
        Building.objects.create(source=SOURCE, source_ref=f"row-{index}", geom=shape, community=board.communities[0])
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(ST_Area(geom_3857)) FROM territory_building")
        built_m2 = cursor.fetchone()[0]
    point = centre_of(COMMUNITIES[0])
    layers = fetch(signed_in(cast.planner), tile_url("ground", point, 12))
    cells = layers["building"]["features"]
    assert {cell["properties"]["k"] for cell in cells} == {"cells"}
    assert all(0 < cell["properties"]["d"] <= 1 for cell in cells)
    assert len(cells) < 40
    cell_m = CELL_PIXELS * Address(*address_of(point, 12)).pixel_m
    drawn_m2 = sum(cell["properties"]["d"] for cell in cells) * cell_m**2
    assert built_m2 <= drawn_m2 <= built_m2 + len(cells) * cell_m**2 / 8
    assert "building" not in fetch(signed_in(cast.planner), tile_url("ground", point, 10))


def test_retired_records_are_not_drawn(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    client, gone = signed_in(cast.planner), Building.objects.order_by("pk")[0]
    assert gone.pk in gather(client, "ground", COMMUNITIES[0], 15)["building"]
    Building.objects.filter(pk=gone.pk).update(active=False)
    assert gone.pk not in gather(client, "ground", COMMUNITIES[0], 15)["building"]


def test_things_say_what_the_map_draws(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    layers = fetch(signed_in(cast.officer), tile_url("things", centre_of(COMMUNITIES[0]), 17))
    [camera] = properties(layers, "camera")
    assert {key: camera[key] for key in "bars"} == {"b": 90, "a": 60, "r": 40, "s": "working"}
    assert camera["nt"] is False
    assert [lamp["lit"] for lamp in properties(layers, "lamp")] == [True]
    nearby = Point(centre_of(COMMUNITIES[0]).x + 0.002, centre_of(COMMUNITIES[0]).y, srid=4326)
    [clinic] = properties(fetch(signed_in(cast.officer), tile_url("things", nearby, 17)), "facility")
    assert (clinic["k"], clinic["n"]) == ("health_station", "爱民卫生站")


def test_a_camera_next_door_is_in_the_tile_that_it_looks_into(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    z, x, y = address_of(centre_of(COMMUNITIES[0]), 18)
    found = [
        properties(fetch(signed_in(cast.planner), f"/tiles/things/{z}/{x + dx}/{y + dy}.mvt"), "camera")
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
    ]
    assert sum(map(bool, found)) >= 4


def test_grids_carry_code_number_households_and_kind(grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
    layers = fetch(signed_in(cast.officer), tile_url("areas", centre_of(COMMUNITIES[0]), 14))
    rows = sorted(properties(layers, "grid"), key=lambda row: row["id"])
    assert [(row["id"], row["no"], row["hh"]) for row in rows] == [
        (f"{COMMUNITIES[0]}{number:03d}", f"{number:03d}", load) for number, load in enumerate(LOADS, start=1)
    ]
    assert [row["k"] for row in rows] == ["general", "general", "general", "dedicated"]


SEEN = {
    "planner": {code + f"{number:03d}" for code in COMMUNITIES[:2] for number in range(1, 5)},
    "administrator": {code + f"{number:03d}" for code in COMMUNITIES[:2] for number in range(1, 5)},
    "officer": {COMMUNITIES[0] + f"{number:03d}" for number in range(1, 5)},
    "worker": {COMMUNITIES[0] + "001"},
}


@pytest.mark.parametrize("part", SEEN)
def test_each_sees_the_grids_of_their_posts_alone(grids: list[Grid], cast: Cast, signed_in: SignIn, part: str) -> None:
    client, seen = signed_in(cast.everyone()[part]), set()
    for code in COMMUNITIES:
        seen |= {row["id"] for row in properties(fetch(client, tile_url("areas", centre_of(code), 14)), "grid")}
    assert seen == SEEN[part]


def test_one_persons_tile_is_never_served_to_another(grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
    url = tile_url("areas", centre_of(COMMUNITIES[1]), 14, revision_for(cast.planner, "areas"))
    foreign = {f"{COMMUNITIES[1]}{number:03d}" for number in range(1, 5)}
    assert foreign <= {row["id"] for row in properties(fetch(signed_in(cast.planner), url), "grid")}
    assert not foreign & {row["id"] for row in properties(fetch(signed_in(cast.officer), url), "grid")}


@pytest.mark.parametrize("name", ["ground", "areas", "things"])
@pytest.mark.parametrize("part", ["stranger", "former"])
def test_who_holds_no_post_is_shown_nothing_that_was_kept_for_others(
    furnished: Board, cast: Cast, signed_in: SignIn, name: str, part: str
) -> None:
    url = tile_url(name, centre_of(COMMUNITIES[0]), 15, revision_for(cast.administrator, name))
    assert fetch(signed_in(cast.administrator), url)
    for asked in (url, tile_url(name, centre_of(COMMUNITIES[0]), 15, revision_for(cast.everyone()[part], name))):
        outsider = signed_in(cast.everyone()[part])
        response = outsider.get(asked, headers={"Accept-Encoding": "gzip"})
        assert (response.status_code, response.json()["error"]["code"]) == (401, "signed_out")
        assert response["Cache-Control"] == "private, no-store" and "tiles" not in outsider.cookies


@pytest.mark.parametrize("name", ["ground", "areas", "things"])
def test_who_holds_no_post_leaves_no_empty_tile_for_others(
    furnished: Board, cast: Cast, signed_in: SignIn, name: str
) -> None:
    url = tile_url(name, centre_of(COMMUNITIES[0]), 15, revision_for(cast.administrator, name))
    assert signed_in(cast.stranger).get(url).status_code == 401
    assert fetch(signed_in(cast.administrator), url)


def test_regions_show_the_line_above_and_the_own_areas(grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
    layers = fetch(signed_in(cast.worker), tile_url("areas", centre_of(COMMUNITIES[0]), 12))
    assert {row["id"] for row in properties(layers, "region")} == {
        "990000000000",
        "990100000000",
        "990101000000",
        "990101001000",
        COMMUNITIES[0],
    }
    assert {
        row["lv"]
        for row in properties(fetch(signed_in(cast.worker), tile_url("areas", centre_of(COMMUNITIES[0]), 9)), "region")
    } <= {1, 2, 3, 4}


def test_compounds_follow_their_community(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    seen = gather(signed_in(cast.officer), "areas", COMMUNITIES[0], 15)["compound"]
    assert [row["n"] for row in seen.values()] == ["爱民佳苑"]


def test_neighbouring_grids_meet_without_a_gap(grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
    layers = fetch(signed_in(cast.officer), tile_url("areas", centre_of(COMMUNITIES[0]), 14))
    corners: dict[tuple[int, int], int] = {}
    for feature in layers["grid"]["features"]:
        for corner in {tuple(point) for point in feature["geometry"]["coordinates"][0]}:
            corners[corner] = corners.get(corner, 0) + 1
    assert 4 in corners.values()  # where the four quarters meet
    assert len(corners) == 9


def test_the_present_revision_may_be_kept_for_a_year_any_other_not_at_all(
    grids: list[Grid], cast: Cast, signed_in: SignIn
) -> None:
    client, point = signed_in(cast.planner), centre_of(COMMUNITIES[0])
    present = client.get(tile_url("areas", point, 14, revision_for(cast.planner, "areas")))
    assert present["Cache-Control"] == "private, max-age=31536000, immutable"
    for stale in ("", "1", "0", "x" * 3000):
        response = client.get(tile_url("areas", point, 14, stale))
        assert response["Cache-Control"] == "private, no-cache"
        assert response.content == present.content
    again = client.get(tile_url("areas", point, 14), headers={"If-None-Match": present["ETag"]})
    assert again.status_code == 304


def test_a_change_is_seen_by_the_very_next_request(grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
    client, point = signed_in(cast.planner), centre_of(COMMUNITIES[0])
    old = revision_for(cast.planner, "areas")
    fetch(client, tile_url("areas", point, 14, old))
    Grid.objects.filter(code=f"{COMMUNITIES[0]}001").update(kind=Grid.Kind.DEDICATED)
    new = revision_for(cast.planner, "areas")
    assert new != old
    for revision in (new, old, ""):
        rows = properties(fetch(client, tile_url("areas", point, 14, revision)), "grid")
        assert {row["k"] for row in rows if row["no"] == "001" and row["id"].startswith(COMMUNITIES[0])} == {
            "dedicated"
        }


def test_a_tile_comes_from_the_disk_the_second_time(
    grids: list[Grid], cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, url = signed_in(cast.planner), tile_url("areas", centre_of(COMMUNITIES[0]), 14)
    first = client.get(url).content
    monkeypatch.setattr(tiles, "draw", lambda *_: pytest.fail("drawn again"))
    assert client.get(url).content == first


def test_nothing_there_is_204_and_remembered(grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)
    for _ in range(2):
        assert client.get("/tiles/ground/15/5/5.mvt").status_code == 204


@pytest.mark.parametrize(
    "path",
    [
        "ground/21/0/0",
        "ground/3/8/0",
        "ground/3/0/8",
        "ground/0/1/0",
        "ground/-1/0/0",
        "ground/99999999999999999999999/0/0",
        "ground/5/99999999999999999999999/0",
        "ground/1.5/0/0",
        "secrets/5/0/0",
        "..%2Fground/5/0/0",
        "ground%00/5/0/0",
        "ground/5/0/٣",
    ],
)
def test_a_forged_address_is_404(db: None, cast: Cast, signed_in: SignIn, path: str) -> None:
    response = signed_in(cast.planner).get(f"/tiles/{path}.mvt")
    assert response.status_code == 404
    assert json.loads(response.content)["error"]["code"] == "not_found"


def test_who_is_not_signed_in_is_told_so(db: None) -> None:
    response = Client().get("/tiles/ground/5/0/0.mvt")
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "signed_out"


def test_a_tile_that_takes_too_long_is_503_and_not_kept(
    grids: list[Grid], cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, url = signed_in(cast.planner), tile_url("areas", centre_of(COMMUNITIES[0]), 14)

    def too_slow(*_: object) -> bytes:
        raise OperationalError("canceling statement due to statement timeout")

    with monkeypatch.context() as patched:
        patched.setattr(tiles, "draw", too_slow)
        assert client.get(url).status_code == 503
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("name", sorted(tile_sets()))
@pytest.mark.parametrize("zoom", [0, 6, 9, 11, 13, 14, 16, 20])
def test_every_zoom_of_every_set_is_a_tile(furnished: Board, name: str, zoom: int) -> None:
    data = tiles.draw(name, Address(*address_of(centre_of(COMMUNITIES[0]), zoom)), [""])
    mapbox_vector_tile.decode(data)
    assert data == tiles.draw(name, Address(*address_of(centre_of(COMMUNITIES[0]), zoom)), [""])


def test_a_tile_of_the_world_holds_no_more_than_the_regions(furnished: Board) -> None:
    assert len(tiles.draw("ground", Address(0, 0, 0), [""])) == 0
