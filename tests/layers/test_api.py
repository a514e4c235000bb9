"""The JSON API: values equal the database's, everything scoped, sorted and found as promised."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from gridmap.accounts.models import User
from gridmap.accounts.roles import Role
from gridmap.territory.models import Building, Camera, Compound, Facility, Grid, GridEdition, RegionEdition, Rule
from layers import basemaps
from layers.loads import Band
from tests.cast import COMMUNITIES, COUNTY, LOADS, SIDE, SOUTH, WEST, Board, Cast, centre_of, corner_of, give_post
from tests.layers.places import furnish, revision_for

SignIn = Callable[[User], Client]


@pytest.fixture
def furnished(board: Board, grids: list[Grid]) -> Board:
    furnish(board.communities[0])
    return board


def get(client: Client, path: str, **parameters: Any) -> dict[str, Any]:
    client.cookies["django_language"] = "en"
    response = client.get(f"/api/v1/{path}", parameters)
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def fact(card: dict[str, Any], label: str) -> Any:
    [found] = [row for row in card["facts"] if row["label"] == label]
    return found["value"]


# --- map --------------------------------------------------------------------------------------------------------------
def test_the_map_begins_with_revisions_extent_rules_and_time(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    before = timezone.now()
    answer = get(signed_in(cast.planner), "map")
    sets = ("ground", "areas", "things", "people", "cases", "duty", "homes")
    assert answer["revisions"] == {name: revision_for(cast.planner, name) for name in sets}
    assert answer["extent"] == pytest.approx([WEST, SOUTH, WEST + 2 * SIDE, SOUTH + 2 * SIDE])
    assert answer["rules"] == {"target": 300, "min": 240, "max": 360}
    assert datetime.fromisoformat(answer["dataAt"]) <= before
    assert answer["stream"] == "/stream/events"
    assert answer["basemap"] == ""
    assert answer["generated"] is False
    assert [row["key"] for row in answer["layers"]][:3] == ["cases", "duty", "care"]


def test_who_works_in_a_grid_begins_there(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    own = GridEdition.objects.in_force().get(grid__code="990101001001001")
    assert get(signed_in(cast.worker), "map")["extent"] == pytest.approx(own.geom.extent, abs=1e-6)
    give_post(cast.worker, Role.DISPATCHER, "990101002")
    assert get(signed_in(cast.worker), "map")["extent"] != pytest.approx(own.geom.extent, abs=1e-6)


def test_the_map_begins_at_ones_own_area(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    west, south = corner_of(COMMUNITIES[0])
    extent = get(signed_in(cast.officer), "map")["extent"]
    assert extent == pytest.approx([west, south, west + SIDE, south + SIDE])


@pytest.mark.parametrize("path", ["map", "grids", "search?q=x", f"regions/{COUNTY}", "openapi.json"])
def test_who_holds_no_post_is_told_to_sign_in(furnished: Board, cast: Cast, signed_in: SignIn, path: str) -> None:
    for who in (cast.stranger, cast.former):
        response = signed_in(who).get(f"/api/v1/{path}")
        assert (response.status_code, response.json()["error"]["code"]) == (401, "signed_out")


def test_outside_base_maps_come_with_their_key(cast: Cast, signed_in: SignIn, settings: Any) -> None:
    settings.BASEMAPS = basemaps.tianditu("abc")
    settings.BASEMAP_DEFAULT = "tianditu_img"
    answer = get(signed_in(cast.planner), "map")
    assert answer["basemap"] == "tianditu_img"
    street, picture = answer["basemaps"]
    assert (street["id"], street["datum"], street["attribution"]) == ("tianditu_vec", "wgs84", "天地图 · 自然资源部")
    assert [url.endswith("&tk=abc") for url in picture["urls"]] == [True, True]


def test_without_settings_there_is_no_outside_base_map(cast: Cast, signed_in: SignIn) -> None:
    answer = get(signed_in(cast.planner), "map")
    assert (answer["basemaps"], answer["basemap"]) == ([], "")


def test_generated_data_is_named_as_such(grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
    Building.objects.filter(community__code=COMMUNITIES[1]).update(source="generated")
    answer = get(signed_in(cast.planner), "map")
    assert answer["generated"] is True
    west, south = corner_of(COMMUNITIES[1])
    assert answer["generatedBoxes"] == [pytest.approx([west, south, west + SIDE, south + SIDE])]
    answer = get(signed_in(cast.officer), "map")
    assert (answer["generated"], answer["generatedBoxes"]) == (False, [])


def test_the_legend_follows_the_rules(cast: Cast, signed_in: SignIn) -> None:
    Rule.objects.filter(key="grid_households_max").update(value=500)
    layers = {row["key"]: row for row in get(signed_in(cast.planner), "map")["layers"]}
    assert [row["label"] for row in layers["grids"]["legend"]] == [
        "< 240",
        "240–280",
        "280–366.667",
        "366.667–500",
        "> 500",
    ]


@pytest.mark.parametrize(
    ("households", "load"),
    [(0, -2), (239, -2), (240, -1), (279, -1), (280, 0), (300, 0), (320, 0), (321, 1), (360, 1), (361, 2), (5000, 2)],
)
def test_loads_fall_into_five_classes(households: int, load: int) -> None:
    assert Band().load_of(households) == load
    assert Band().load_of(households, Grid.Kind.DEDICATED) == 0


# --- at ---------------------------------------------------------------------------------------------------------------
def test_a_click_finds_what_lies_there_topmost_first(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    point = centre_of(COMMUNITIES[0])
    answer = get(signed_in(cast.planner), "at", lon=point.x, lat=point.y, z=17)
    assert [row["type"] for row in answer["found"]] == ["camera", "lamp", *["grid"] * 4, "region", "point"]
    assert answer["found"][0]["title"] == "南门摄像机"
    assert [row["code"] for row in answer["place"]] == [
        "990000000000",
        "990100000000",
        COUNTY,
        "990101001000",
        COMMUNITIES[0],
    ]


def test_a_click_on_a_building_finds_it_its_grid_and_its_community(
    furnished: Board, cast: Cast, signed_in: SignIn
) -> None:
    building = Building.objects.order_by("pk")[0]
    where = {"lon": building.point.x, "lat": building.point.y}
    found = get(signed_in(cast.planner), "at", **where, z=17)["found"]
    expected = [
        ("building", str(building.pk)),
        ("grid", f"{COMMUNITIES[0]}001"),
        ("compound", str(Compound.objects.get().pk)),
        ("region", COMMUNITIES[0]),
        ("point", f"{building.point.x:.6f},{building.point.y:.6f}"),
    ]
    assert [(row["type"], row["id"]) for row in found] == expected
    far = get(signed_in(cast.planner), "at", **where, z=11)["found"]
    assert [row["type"] for row in far] == ["grid", "compound", "region", "point"]


def test_a_click_near_a_building_known_as_a_point_finds_it(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    building = Building.objects.order_by("pk")[0]
    spot = centre_of(COMMUNITIES[0])
    Building.objects.filter(pk=building.pk).update(geom=spot)
    near = get(signed_in(cast.planner), "at", lon=spot.x + 0.00004, lat=spot.y, z=17)["found"]
    assert ("building", str(building.pk)) in [(row["type"], row["id"]) for row in near]
    away = get(signed_in(cast.planner), "at", lon=spot.x + 0.0004, lat=spot.y, z=17)["found"]
    assert "building" not in [row["type"] for row in away]


def test_a_click_outside_ones_area_finds_nothing_but_the_ground(
    furnished: Board, cast: Cast, signed_in: SignIn
) -> None:
    building = Building.objects.filter(community__code=COMMUNITIES[1])[0]
    answer = get(signed_in(cast.officer), "at", lon=building.point.x, lat=building.point.y, z=17)
    assert [row["type"] for row in answer["found"]] == ["region", "point"]
    assert answer["place"][-1]["code"] == "990101001000"


# --- grids ------------------------------------------------------------------------------------------------------------
def test_the_list_of_grids_equals_the_database(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    answer = get(signed_in(cast.planner), "grids", sort="code")
    assert answer["count"] == 8
    assert answer["next"] is None
    for row in answer["rows"]:
        buildings = Building.objects.filter(grid__code=row["code"])
        sums = buildings.aggregate(h=Sum("households"), r=Sum("residents"), e=Sum("elders"))
        assert (row["households"], row["residents"], row["elders"]) == (sums["h"], sums["r"], sums["e"])
        assert row["buildings"] == buildings.count()
        assert row["no"] == row["code"][-3:]
        shape = GridEdition.objects.get(grid__code=row["code"]).geom
        assert row["bbox"] == pytest.approx(shape.extent, abs=1e-7)
    assert [row["load"] for row in answer["rows"][:4]] == [0, -2, 2, 0]


@pytest.mark.parametrize(("sort", "expected"), [("load", sorted(LOADS)), ("-load", sorted(LOADS, reverse=True))])
def test_grids_are_sorted_by_load(
    grids: list[Grid], cast: Cast, signed_in: SignIn, sort: str, expected: list[int]
) -> None:
    rows = get(signed_in(cast.officer), "grids", sort=sort)["rows"]
    assert [row["households"] for row in rows] == expected


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ({"community": COMMUNITIES[1]}, {COMMUNITIES[1]}),
        ({"area": "990101001"}, set(COMMUNITIES[:2])),
        ({"area": "990101000000"}, set(COMMUNITIES[:2])),
        ({"area": "990101002"}, set()),
        ({"q": "二社区"}, {COMMUNITIES[1]}),
        ({"q": "９９０１０１００１００２"}, {COMMUNITIES[1]}),
    ],
)
def test_grids_are_filtered(
    grids: list[Grid], cast: Cast, signed_in: SignIn, question: dict[str, str], codes: set[str]
) -> None:
    rows = get(signed_in(cast.planner), "grids", **question)["rows"]
    assert {row["code"][:12] for row in rows} == codes


def test_pages_of_grids_hold_each_grid_once(
    grids: list[Grid], cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.gridlist.PAGE_SIZE", 3)
    monkeypatch.setattr("layers.api.PAGE_SIZE", 3)
    client, seen, address = signed_in(cast.planner), [], "/api/v1/grids?sort=-load"
    while address:
        answer = client.get(address).json()
        seen += [row["code"] for row in answer["rows"]]
        address = answer["next"]
    assert len(seen) == 8
    assert set(seen) == {grid.code for grid in grids}


def test_a_retired_grid_leaves_the_list_and_keeps_its_card(grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
    edition = GridEdition.objects.get(grid=grids[0])
    edition.valid = type(edition.valid)(edition.valid.lower, timezone.now())
    edition.save(update_fields=["valid"])
    client = signed_in(cast.officer)
    assert grids[0].code not in [row["code"] for row in get(client, "grids")["rows"]]
    assert get(client, f"grids/{grids[0].code}")["findings"] == [
        "This grid is retired; its code is never given to another."
    ]


# --- cards ------------------------------------------------------------------------------------------------------------
def test_the_card_of_a_grid_carries_its_figures_and_what_is_wrong(
    grids: list[Grid], cast: Cast, signed_in: SignIn
) -> None:
    card = get(signed_in(cast.officer), f"grids/{grids[2].code}")
    edition = GridEdition.objects.get(grid=grids[2])
    assert fact(card, "Resident households") == edition.households == 480
    assert fact(card, "Residents") == edition.residents
    assert fact(card, "Area") == pytest.approx(edition.area_m2 / 1e6, abs=0.001)
    assert card["findings"] == ["120 households above the band of 240–360."]
    assert card["geometry"]["type"] == "Polygon"
    assert card["bbox"] == pytest.approx(edition.geom.extent, abs=1e-6)
    assert card["place"][-1] == {"code": COMMUNITIES[0], "name": "一社区", "level": 5}
    assert get(signed_in(cast.officer), f"grids/{grids[0].code}")["findings"] == []
    assert get(signed_in(cast.officer), f"grids/{grids[1].code}")["findings"] == [
        "120 households below the band of 240–360."
    ]


def test_the_card_of_a_region_counts_what_is_inside(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    card = get(signed_in(cast.planner), f"regions/{COMMUNITIES[0]}")
    sums = Building.objects.filter(community__code=COMMUNITIES[0]).aggregate(h=Sum("households"), d=Sum("dwellings"))
    assert fact(card, "Resident households") == sums["h"]
    assert fact(card, "Dwellings") == sums["d"]
    assert fact(card, "Buildings") == 8
    assert fact(card, "Grids") == 4
    area_m2 = RegionEdition.objects.get(region__code=COMMUNITIES[0]).area_m2
    assert fact(card, "Area") == pytest.approx(area_m2 / 1e6, abs=0.001)
    county = get(signed_in(cast.planner), f"regions/{COUNTY}")
    assert fact(county, "Buildings") == 16
    assert [link["id"] for link in county["links"]] == ["990101001000", "990101002000"]


def test_only_who_may_draw_is_offered_to(grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
    verbs = {
        part: [link["verb"] for link in get(signed_in(who), f"regions/{COMMUNITIES[0]}")["links"]]
        for part, who in cast.everyone().items()
        if part in {"planner", "officer", "approver"}
    }
    assert verbs == {"planner": ["draw", "print"], "officer": ["print"], "approver": ["print"]}


def test_a_region_counts_for_each_viewer_what_they_may_see(grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
    card = get(signed_in(cast.worker), f"regions/{COUNTY}")
    assert fact(card, "Buildings") == 2
    assert fact(card, "Resident households") == LOADS[0]


def test_the_card_of_a_building_names_its_three_counts(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    building = Building.objects.order_by("pk")[0]
    card = get(signed_in(cast.worker), f"buildings/{building.pk}")
    counts = [fact(card, label) for label in ("Resident households", "Dwellings", "Residents", "Aged 60 and over")]
    assert counts == [building.households, building.dwellings, building.residents, building.elders]
    assert card["subtitle"] == building.address
    assert [link["id"] for link in card["links"]] == [f"{COMMUNITIES[0]}001"]
    Building.objects.filter(pk=building.pk).update(households=None, grid=None)
    card = get(signed_in(cast.planner), f"buildings/{building.pk}")
    assert card["findings"] == [
        "Its resident households are not known; dwellings stand in for them.",
        "It belongs to no grid.",
    ]


def test_the_cards_of_things(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.officer)
    camera = get(client, f"cameras/{Camera.objects.get().pk}")
    assert fact(camera, "Range") == 40
    assert fact(camera, "Sees at night") == "no"
    assert camera["findings"] == ["It sees nothing at night without light; 1 lamps in its view are lit."]
    assert camera["place"][-1]["code"] == COMMUNITIES[0]
    assert camera["geometry"]["type"] == "Point"
    clinic = get(client, f"facilities/{Facility.objects.get().pk}")
    assert (clinic["title"], fact(clinic, "Address")) == ("爱民卫生站", "长宁路88号")


def test_a_compound_in_more_grids_than_it_needs_says_so(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    compound = Compound.objects.get()
    Building.objects.filter(grid__code__in=[f"{COMMUNITIES[0]}001", f"{COMMUNITIES[0]}002"]).update(compound=compound)
    card = get(signed_in(cast.officer), f"compounds/{compound.pk}")
    assert fact(card, "Resident households") == LOADS[0] + LOADS[1] == 420
    assert fact(card, "Grids") == 2
    assert card["findings"] == []  # 420 households do not fit into one grid
    Building.objects.filter(compound=compound).update(households=50)
    card = get(signed_in(cast.officer), f"compounds/{compound.pk}")
    assert card["findings"] == ["Its buildings are split over 2 grids, though 1 would be enough."]


def test_what_one_may_not_see_is_404_like_what_is_not_there(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    foreign = Building.objects.filter(community__code=COMMUNITIES[1])[0]
    other_grid = Building.objects.filter(grid__code=f"{COMMUNITIES[0]}002")[0]
    for who, hidden in (
        (cast.officer, [f"grids/{COMMUNITIES[1]}001", f"buildings/{foreign.pk}", f"regions/{COMMUNITIES[1]}"]),
        (cast.worker, [f"grids/{COMMUNITIES[0]}002", f"buildings/{other_grid.pk}"]),
    ):
        client = signed_in(who)
        nothing = client.get("/api/v1/buildings/999999999").json()
        for path in hidden:
            response = client.get(f"/api/v1/{path}")
            assert (response.status_code, response.json()) == (404, nothing), path


# --- search -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("一社区", ("region", COMMUNITIES[0])),
        (COMMUNITIES[1], ("region", COMMUNITIES[1])),
        (f"{COMMUNITIES[0]}003", ("grid", f"{COMMUNITIES[0]}003")),
        ("９９０１０１００１００１００３", ("grid", f"{COMMUNITIES[0]}003")),
        ("一社区 003", ("grid", f"{COMMUNITIES[0]}003")),
        ("爱民佳苑", ("compound", None)),
        ("爱民卫生", ("facility", None)),
        ("长宁路88", ("facility", None)),
        ("南门", ("camera", None)),
        ("一社区 ３号楼", ("building", None)),
        ("二社区长宁路3号", ("building", None)),
        ("  2号楼 ", ("building", None)),
    ],
)
def test_a_search_finds_it_first(
    furnished: Board, cast: Cast, signed_in: SignIn, words: str, first: tuple[str, str | None]
) -> None:
    row = get(signed_in(cast.planner), "search", q=words)["rows"][0]
    assert row["type"] == first[0]
    assert first[1] is None or row["id"] == first[1]
    assert WEST <= row["lon"] <= WEST + 2 * SIDE
    assert SOUTH <= row["lat"] <= SOUTH + 2 * SIDE


def test_a_prefix_of_a_code_finds_regions_and_grids(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    rows = get(signed_in(cast.planner), "search", q="9901010010")["rows"]
    assert {row["id"] for row in rows} >= set(COMMUNITIES[:2]) | {f"{COMMUNITIES[0]}001"}


def test_a_search_is_scoped(furnished: Board, cast: Cast, signed_in: SignIn) -> None:
    found = {
        part: {row["id"] for row in get(signed_in(who), "search", q="号楼")["rows"] if row["type"] == "building"}
        for part, who in cast.everyone().items()
        if part not in {"stranger", "former"}
    }
    of_worker = {
        str(pk) for pk in Building.objects.filter(grid__code=f"{COMMUNITIES[0]}001").values_list("pk", flat=True)
    }
    assert found["worker"] == of_worker
    assert len(found["officer"]) == 8
    assert len(found["planner"]) == 16


@pytest.mark.parametrize(
    "words", ["", "   ", "\u200b", "%", "_", "不存在的地方", "'; DROP TABLE territory_building; --"]
)
def test_a_search_for_nothing_finds_nothing(furnished: Board, cast: Cast, signed_in: SignIn, words: str) -> None:
    assert get(signed_in(cast.planner), "search", q=words)["rows"] == []


def test_at_most_twenty_rows(grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
    assert len(get(signed_in(cast.planner), "search", q="社区")["rows"]) == 20
