"""Cases in tiles: each where it is close up, counted in squares from afar, and nobody else's."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from django.utils import timezone

from gridmap.accounts.models import Post, User
from gridmap.accounts.permissions import Bounds, asked_once
from gridmap.accounts.roles import Role, Verb
from gridmap.casework import bins
from gridmap.casework.clock import note_new_day
from gridmap.casework.models import Bin, Case
from gridmap.casework.models.bins import NEAREST, SIDE
from gridmap.territory.models import Building, Grid
from layers import tilecache, tiles
from layers.catalogue import BY_KEY
from layers.cuts.cases import ASIDE
from layers.cuts.cut import WORLD_M, Address
from layers.revisions import revisions
from tests.cast import COMMUNITIES, Board, Cast, centre_of, corner_of, give_post, person
from tests.gridmap.casework.making import REPORTED, close, make_case
from tests.layers.places import address_of, decode, fetch, properties, tile_url

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
#: By community and grid of it, at the middle of each quarter.
QUARTERS = ((0.25, 0.75), (0.75, 0.75), (0.25, 0.25), (0.75, 0.25))


def quarter(code: str, number: int) -> Point:
    """The middle of the number-th (from 0) grid of a community."""
    west, south = corner_of(code)
    across, up = QUARTERS[number]
    return Point(west + 0.01 * across, south + 0.01 * up, srid=4326)


@pytest.fixture
def spread(grids: list[Grid]) -> list[Case]:
    """Two cases in each grid of the first community, one of them closed; one in each of the second; all of 99 years."""
    made = []
    for number in range(4):
        made += [
            make_case(at=quarter(COMMUNITIES[0], number)),
            make_case("S-01-01", at=quarter(COMMUNITIES[0], number)),
        ]
        close(made[-1])
        made.append(make_case("Z-03-01", at=quarter(COMMUNITIES[1], number), urgent=True))
    return made


def drawn(z: int, areas: list[str], at: Point | None = None) -> dict[str, list[dict[str, Any]]]:
    """Source layer → attributes of its features, in the tile of the set that holds a point."""
    data = tiles.draw("cases", Address(*address_of(at or centre_of(COMMUNITIES[0]), z)), areas)
    layers = decode(data) if data else {}
    return {name: properties(layers, name) for name in layers}


def counted(z: int, areas: list[str]) -> dict[str, int]:
    """What all squares of the board's tiles hold together."""
    found: dict[str, int] = {}
    corners = [centre_of(code) for code in COMMUNITIES]
    for address in {address_of(corner, z) for corner in corners} | {
        address_of(quarter(code, number), z) for code in COMMUNITIES for number in range(4)
    }:
        data = tiles.draw("cases", Address(*address), areas)
        for one in properties(decode(data), "case_square") if data else []:
            for name, value in one.items():
                found[name] = found.get(name, 0) + value
    return found


def test_close_up_each_case_has_what_the_map_draws_and_no_word(spread: list[Case]) -> None:
    Case.objects.update(description="卯酉", address="卯酉", source="卯酉")
    case = spread[0]
    (open_one,) = [one for one in drawn(15, [""], case.geom)["case"] if one["id"] == case.pk]
    assert open_one == {
        "id": case.pk,
        "k": "city_management",
        "c": "C-E01",
        "s": "reported",
        "o": True,
        "u": False,
        "r": int(REPORTED.timestamp()),
        "d": int((REPORTED + timedelta(days=36_500)).timestamp()),
    }
    assert "卯".encode() not in tiles.draw("cases", Address(*address_of(case.geom, 15)), [""])


@pytest.mark.parametrize("z", [0, 8, 12, NEAREST])
@pytest.mark.parametrize("folded", [True, False])
def test_from_afar_squares_count_every_case_once(spread: list[Case], z: int, folded: bool) -> None:
    if folded:
        bins.fold_all()
    assert counted(z, [""]) == {"n": 12, "o": 8, "u": 4, "co": 4, "sc": 4}


def test_squares_lie_where_their_cases_do(spread: list[Case]) -> None:
    address = Address(*address_of(spread[0].geom, NEAREST))
    features = decode(tiles.draw("cases", address, [""]))["case_square"]["features"]
    across, down = (part * 2**NEAREST for part in _shares(spread[0].geom))
    wanted = [int((across % 1) * SIDE), int((down % 1) * SIDE)]
    (here,) = [feature for feature in features if _square_of(feature) == wanted]
    assert here["properties"] == {"n": 2, "o": 1, "co": 1, "sc": 1}
    assert len({feature["id"] for feature in features}) == len(features)


def _square_of(feature: Any) -> list[int]:
    return [int(way * SIDE // 4096) for way in feature["geometry"]["coordinates"]]


def _square() -> tuple[int, int]:
    """The square of the world, of the nearest zoom, in the middle of the first grid: nothing of it is outside."""
    return address_of(quarter(COMMUNITIES[0], 0), NEAREST + 4)[1:]


def within(across: float, down: float) -> Point:
    """A place in that square, in sides of it from its north-west."""
    side_m = WORLD_M / 2**NEAREST / SIDE
    east = (_square()[0] + across) * side_m - WORLD_M / 2
    place = Point(east, WORLD_M / 2 - (_square()[1] + down) * side_m, srid=3857)
    place.transform(4326)
    return place


def stands(areas: list[str] | None = None) -> tuple[float, float]:
    """Where the only square of the tile stands, in sides from the north-west of that square."""
    x, y = _square()
    data = tiles.draw("cases", Address(NEAREST, x // SIDE, y // SIDE), areas or [""])
    (feature,) = decode(data)["case_square"]["features"]
    assert _square_of(feature) == [x % SIDE, y % SIDE]
    across, down = (way * SIDE / 4096 for way in feature["geometry"]["coordinates"])
    return across - x % SIDE, down - y % SIDE


#: Sides of a square: tiles have whole units, the sums whole places; 1/256 of a side each.
CLOSE = 0.008


def test_a_square_stands_where_its_open_cases_are_on_average(grids: list[Grid]) -> None:
    make_case(at=within(0.2, 0.5))
    other = make_case("S-01-01", at=within(0.6, 0.3))
    far = make_case(at=within(0.9, 0.9))
    close(far)
    for keep in (bins.fold_all, bins.count_anew, bins.fold_all):
        assert stands() == pytest.approx((0.4, 0.4), abs=CLOSE)
        assert stands([COMMUNITIES[0]]) == stands()
        keep()
    Case.objects.filter(pk=other.pk).update(geom=within(0.8, 0.7))
    assert stands() == pytest.approx((0.5, 0.6), abs=CLOSE)
    bins.fold_all()
    assert stands() == pytest.approx((0.5, 0.6), abs=CLOSE)


@pytest.mark.parametrize("corner", [(0.02, 0.02), (0.98, 0.02), (0.02, 0.98), (0.98, 0.98)])
def test_a_square_never_stands_upon_its_neighbour(grids: list[Grid], corner: tuple[float, float]) -> None:
    make_case(at=within(*corner))
    wanted = tuple(0.5 + ASIDE * (1 if part > 0.5 else -1) for part in corner)
    assert stands() == pytest.approx(wanted, abs=CLOSE)
    assert 2 * ASIDE < 1 - 20 / 32  # sides of 32 pixels leave room for symbols of 20


def test_a_square_without_open_cases_stands_in_its_middle(grids: list[Grid]) -> None:
    case = make_case(at=within(0.35, 0.6))
    close(case)
    assert stands() == (0.5, 0.5)
    Case.objects.filter(pk=case.pk).update(stage=Case.Stage.HANDLING, closed_at=None)
    assert stands() == pytest.approx((0.35, 0.6), abs=CLOSE)


def test_staff_of_a_grid_see_a_square_where_everyone_does(grids: list[Grid]) -> None:
    case = make_case(at=within(0.4, 0.36))
    make_case("S-01-01", at=within(0.42, 0.6))
    close(make_case(at=within(0.9, 0.9)))
    assert len(case.area) == 15
    for _half in ("noted", "folded"):
        assert stands([case.area]) == stands() == pytest.approx((0.41, 0.48), abs=CLOSE)
        bins.fold_all()


def test_private_cases_do_not_move_a_square(grids: list[Grid]) -> None:
    make_case(at=within(0.4, 0.4))
    hidden = make_case("S-03-03", at=within(0.6, 0.6))
    for areas in ([""], [hidden.area]):
        assert stands(areas) == pytest.approx((0.4, 0.4), abs=CLOSE)


def _shares(point: Point) -> tuple[float, float]:
    z, x, y = address_of(point, 30)
    return x / 2**z, y / 2**z


@pytest.mark.parametrize(
    ("areas", "all_of_them", "still_open"),
    [
        (["990101"], 12, 8),
        (["990101001"], 12, 8),
        ([COMMUNITIES[0]], 8, 4),
        ([COMMUNITIES[1]], 4, 4),
        ([COMMUNITIES[0] + "001"], 2, 1),
        ([COMMUNITIES[0] + "001", COMMUNITIES[0] + "003"], 4, 2),
        ([COMMUNITIES[1], COMMUNITIES[0] + "002"], 6, 5),
        (["990102"], 0, 0),
        ([COMMUNITIES[3]], 0, 0),
    ],
)
def test_nobody_is_shown_or_told_of_a_case_elsewhere(
    spread: list[Case], areas: list[str], all_of_them: int, still_open: int
) -> None:
    wanted = {"n": all_of_them, "o": still_open}
    for _half in ("noted", "folded"):
        for z in (9, NEAREST):
            found = counted(z, areas)
            assert {name: found.get(name, 0) for name in wanted} == wanted
        bins.fold_all()
    seen = {one["id"] for address in _tiles(15) for one in _cases_of(address, areas)}
    assert len(seen) == all_of_them


def _tiles(z: int) -> set[tuple[int, int, int]]:
    return {address_of(quarter(code, number), z) for code in COMMUNITIES for number in range(4)}


def _cases_of(address: tuple[int, int, int], areas: list[str]) -> Iterator[dict[str, Any]]:
    data = tiles.draw("cases", Address(*address), areas)
    yield from properties(decode(data), "case") if data else []


def test_a_view_and_the_counts_of_it_agree(spread: list[Case], cast: Cast, signed_in: SignIn) -> None:
    for user, count in ((cast.planner, 12), (cast.officer, 8), (cast.worker, 2)):
        assert BY_KEY["cases"].rows(user, None).count() == count
        layers = fetch(signed_in(user), tile_url("cases", centre_of(COMMUNITIES[0]), 8))
        assert sum(one["n"] for one in properties(layers, "case_square")) == count


def test_what_comes_due_is_told_by_a_new_revision(spread: list[Case], cast: Cast) -> None:
    before = revisions([""])["cases"]
    Case.objects.filter(pk=spread[0].pk).update(due_at=timezone.now() - timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert revisions([""])["cases"] != before
    assert counted(3, [""])["u"] == 5


def test_a_far_tile_of_very_many_cases_stays_small(board: Board) -> None:
    """Every square full of everything."""
    Bin.objects.bulk_create(
        Bin(
            z=14, x=13650, y=6770, cell=cell, area=COMMUNITIES[0], social_open=9000 + cell * 7,
            city_closed=80_000 + cell * 31, governance_closed=70_000 + cell * 13, urgent=cell, overdue=cell + 300,
            open_x=(9000 + cell * 7) * (13650 * 4096 + cell % SIDE * 256 + cell * 37 % 256),
            open_y=(9000 + cell * 7) * (6770 * 4096 + cell // SIDE * 256 + cell * 101 % 256),
        )
        for cell in range(SIDE * SIDE)
    )  # fmt: skip
    data = tiles.draw("cases", Address(14, 13650, 6770), [""])
    assert len(decode(data)["case_square"]["features"]) == 256
    assert len(tilecache.compress(data)) < 10_000


# --- duty and homes ---------------------------------------------------------------------------------------------------
def staff(area: str, *roles: Role) -> list[Post]:
    """People with these roles in an area."""
    return [give_post(person(f"{area}-{number}", f"甲{number}"), role, area) for number, role in enumerate(roles)]


def on_duty(areas: list[str]) -> dict[str, dict[str, Any]]:
    """Area → how many and which roles, from the tile over the first community."""
    data = tiles.draw("duty", Address(*address_of(centre_of(COMMUNITIES[0]), 12)), areas)
    found = properties(decode(data), "duty") if data else []
    return {one["a"]: {name: value for name, value in one.items() if name not in {"a", "id"}} for one in found}


def test_staff_on_duty_is_counted_by_role_where_it_works(grids: list[Grid]) -> None:
    area = grids[1].code
    staff(area, Role.GRID_WORKER, Role.GRID_WORKER, Role.GRID_LEADER, Role.WALL_SCREEN)
    staff(COMMUNITIES[0], Role.COMMUNITY_OFFICER)
    over = staff(grids[0].code, Role.GRID_WORKER)[0]
    Post.objects.filter(pk=over.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert on_duty([""]) == {area: {"n": 3, "w": 2, "l": 1}, COMMUNITIES[0]: {"n": 1, "c": 1}}
    assert on_duty([area]) == {area: {"n": 3, "w": 2, "l": 1}}
    assert on_duty([grids[0].code]) == {}


def test_a_new_day_draws_duty_afresh_once(grids: list[Grid]) -> None:
    staff(grids[1].code, Role.GRID_WORKER)
    before, now = revisions([""])["duty"], timezone.now()
    assert note_new_day(at=now) is False
    assert note_new_day(at=now + timedelta(days=1)) is True
    assert note_new_day(at=now + timedelta(days=1, seconds=1)) is False
    assert revisions([""])["duty"] != before


def test_names_of_staff_are_for_people_who_see_the_place(grids: list[Grid], cast: Cast) -> None:
    staff(grids[1].code, Role.GRID_WORKER)
    layer = BY_KEY["duty"]
    wall = person("wall", "大屏")
    give_post(wall, Role.WALL_SCREEN, COMMUNITIES[0])
    for user in (cast.planner, cast.officer):
        assert dict(layer.rows(user, None).values_list("area", "who"))[grids[1].code] == "甲0"
        assert "who" in {field.name for field in layer.fields_for(user)}
    assert "who" not in {field.name for field in layer.fields_for(wall)}
    assert layer.rows(wall, None).exists() and not layer.rows(wall, None).exclude(who="").exists()


def test_a_post_elsewhere_and_a_token_read_no_names_of_staff(grids: list[Grid], cast: Cast) -> None:
    staff(grids[1].code, Role.GRID_WORKER)
    give_post(wall := person("wall", "大屏"), Role.WALL_SCREEN, COMMUNITIES[0])
    give_post(wall, Role.BUILDING_LEADER, COMMUNITIES[1])
    layer = BY_KEY["duty"]
    assert not layer.rows(wall, None).filter(area=grids[1].code).exclude(who="").exists()
    with asked_once(cast.planner, Bounds(frozenset({Verb.VIEW}))):
        assert layer.rows(cast.planner, None).exists()
        assert not layer.rows(cast.planner, None).exclude(who="").exists()
        assert "who" not in {field.name for field in layer.fields_for(cast.planner)}


def test_buildings_tell_their_homes_close_up(grids: list[Grid]) -> None:
    building = Building.objects.filter(grid=grids[0]).earliest("pk")
    Building.objects.filter(pk=building.pk).update(households=24, dwellings=30)
    address = address_of(building.point, 17)
    found = {one["id"]: one for one in properties(decode(tiles.draw("homes", Address(*address), [""])), "home")}
    assert found[building.pk] == {"id": building.pk, "hh": 24, "dw": 30, "l": "24 / 30"}
    assert tiles.draw("homes", Address(*address_of(building.point, 15)), [""]) == b""


# --- what lists and other programs are told ---------------------------------------------------------------------------
def test_addresses_of_cases_are_for_who_sees_peoples_data_there(
    grids: list[Grid], cast: Cast, signed_in: SignIn
) -> None:
    here = make_case(at=quarter(COMMUNITIES[0], 0), address="长宁路5号")
    there = make_case(at=quarter(COMMUNITIES[1], 0), address="长宁路9号")
    give_post(cast.officer, Role.BUILDING_LEADER, COMMUNITIES[1])
    rows = signed_in(cast.officer).get("/api/v1/layers/cases/rows").json()["rows"]
    assert {row["id"]: row["fields"]["place"] for row in rows} == {str(here.pk): "长宁路5号", str(there.pk): ""}
    answer = signed_in(cast.planner).get("/api/v1/layers/cases/rows").json()
    assert len(answer["rows"]) == 2 and "长宁路" not in str(answer)
    assert signed_in(cast.planner).get("/api/v1/layers/cases/rows", {"q": "长宁路5号"}).json()["rows"] == []
    with asked_once(cast.officer, Bounds(frozenset({Verb.VIEW}))):
        assert "place" not in {field.name for field in BY_KEY["cases"].fields_for(cast.officer)}
        assert not BY_KEY["cases"].rows(cast.officer, None).exclude(spot="").exists()


def test_a_token_reads_no_phones_of_maintenance(cast: Cast) -> None:
    layer = BY_KEY["components"]
    assert "phone" in {field.name for field in layer.fields_for(cast.planner)}
    with asked_once(cast.planner, Bounds(frozenset({Verb.VIEW}))):
        assert "phone" not in {field.name for field in layer.fields_for(cast.planner)}
