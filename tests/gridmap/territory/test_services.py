"""New editions, codes, and where buildings belong."""

from datetime import UTC, datetime

import pytest
from django.contrib.gis.geos import MultiPolygon
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from gridmap.territory.models import Building, Grid, GridEdition, RegionEdition
from gridmap.territory.services import NewGrid, locate_buildings, open_region_edition, replace_grids, settled
from tests.cast import BEGAN, SIDE, SOURCE, Board, centre_of, corner_of, put_building, square

AT = datetime(2026, 6, 1, tzinfo=UTC)
CODE = "990101001001"


def halves() -> list[NewGrid]:
    west, south = corner_of(CODE)
    return [
        NewGrid(square(west, south, SIDE / 2, SIDE), "general", []),
        NewGrid(square(west + SIDE / 2, south, SIDE / 2, SIDE), "general", []),
    ]


def test_new_grids_get_codes_never_used_before(grids: list[Grid], board: Board) -> None:
    opened = replace_grids(community=board.communities[0], grids=halves(), source="test", at=AT)
    assert [grid.code[-3:] for grid in opened] == ["005", "006"]
    again = replace_grids(
        community=board.communities[0], grids=halves()[:1], source="test", at=datetime(2026, 7, 1, tzinfo=UTC)
    )
    assert [grid.code[-3:] for grid in again] == ["007"]


def test_the_grids_before_stay_readable_by_date(grids: list[Grid], board: Board) -> None:
    replace_grids(community=board.communities[0], grids=halves(), source="test", at=AT)
    of = GridEdition.objects.of_community(CODE)
    assert sorted(of.in_force(BEGAN).values_list("grid__code", flat=True)) == [f"{CODE}00{n}" for n in (1, 2, 3, 4)]
    assert sorted(of.in_force().values_list("grid__code", flat=True)) == [f"{CODE}005", f"{CODE}006"]
    at_the_change = of.in_force(AT).values_list("grid__code", flat=True)
    assert sorted(at_the_change) == [f"{CODE}005", f"{CODE}006"]


def test_a_grid_that_keeps_its_shape_keeps_its_code(grids: list[Grid], board: Board) -> None:
    west, south = corner_of(CODE)
    half = SIDE / 2
    keep = NewGrid(square(west, south + half, half), "general", [], keeps=f"{CODE}001")
    rest = NewGrid(square(west, south, SIDE, half), "general", [])
    opened = replace_grids(community=board.communities[0], grids=[keep, rest], source="test", at=AT)
    assert [grid.code for grid in opened] == [f"{CODE}001", f"{CODE}005"]
    assert GridEdition.objects.filter(grid__code=f"{CODE}001").count() == 1


def test_other_communities_are_left_alone(grids: list[Grid], board: Board) -> None:
    replace_grids(community=board.communities[0], grids=halves(), source="test", at=AT)
    assert GridEdition.objects.in_force().of_community("990101001002").count() == 4


def test_the_figures_follow_the_buildings(grids: list[Grid], board: Board) -> None:
    ids = list(Building.objects.filter(community=board.communities[0]).values_list("pk", flat=True))
    west, south = corner_of(CODE)
    one = NewGrid(square(west, south, SIDE), "general", ids)
    (grid,) = replace_grids(community=board.communities[0], grids=[one], source="test", at=AT)
    edition = GridEdition.objects.in_force().get(grid=grid)
    assert (edition.households, edition.building_count, edition.stand_ins) == (900, 8, 0)
    assert edition.residents == 2700
    Building.objects.filter(pk=ids[0]).update(households=None, dwellings=7)
    locate_buildings(building_ids=ids)
    edition.refresh_from_db()
    assert (edition.households, edition.stand_ins) == (900 - 100 + 7, 1)


def test_grids_that_overlap_change_nothing(grids: list[Grid], board: Board) -> None:
    west, south = corner_of(CODE)
    bad = [*halves(), NewGrid(square(west, south, SIDE), "general", [])]
    with pytest.raises(IntegrityError), transaction.atomic():
        replace_grids(community=board.communities[0], grids=bad, source="test", at=AT)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert GridEdition.objects.in_force().of_community(CODE).count() == 4


def test_buildings_find_their_community_and_grid(grids: list[Grid], board: Board) -> None:
    point = centre_of(CODE)
    inside = Building.objects.create(
        source="s", source_ref="1", geom=f"SRID=4326;POINT({point.x - 0.001} {point.y + 0.001})"
    )
    nowhere = Building.objects.create(source="s", source_ref="2", geom="SRID=4326;POINT(10 10)")
    on_the_border = Building.objects.create(source="s", source_ref="3", geom=point)
    locate_buildings(source="s")
    for building in (inside, nowhere, on_the_border):
        building.refresh_from_db()
    assert (inside.community, inside.grid) == (board.communities[0], grids[0])
    assert (nowhere.community, nowhere.grid) == (None, None)
    assert on_the_border.grid == grids[0]  # the lower code wins, so every building has one grid


def test_a_building_keeps_the_grid_that_a_plan_gave_it_on_a_border(grids: list[Grid], board: Board) -> None:
    building = Building.objects.create(source="s", source_ref="1", geom=centre_of(CODE), grid=grids[3])
    locate_buildings(source="s")
    building.refresh_from_db()
    assert building.grid == grids[3]


def test_a_building_that_moves_changes_its_grid(grids: list[Grid], board: Board) -> None:
    building = put_building(grids[0], *corner_of("990101001002"), households=5)
    Building.objects.filter(pk=building.pk).update(
        geom=square(corner_of(CODE)[0] + 0.006, corner_of(CODE)[1] + 0.001, 0.0002)
    )
    locate_buildings(building_ids=[building.pk])
    building.refresh_from_db()
    assert building.grid == grids[3]
    locate_buildings(source=SOURCE)
    building.refresh_from_db()
    assert building.grid == grids[3]


def test_a_new_boundary_ends_the_one_before(board: Board) -> None:
    region = board.communities[0]
    open_region_edition(
        region=region, shape=MultiPolygon(square(*corner_of(CODE), SIDE / 2), srid=4326), source="x", at=AT
    )
    then, now = RegionEdition.objects.filter(region=region).order_by("pk")
    assert then.valid.upper == now.valid.lower == AT
    assert now.area_m2 == pytest.approx(then.area_m2 / 4, rel=1e-3)


def test_grids_that_reach_outside_a_new_boundary_end_with_the_old_one(grids: list[Grid], board: Board) -> None:
    region = board.communities[0]
    west, south = corner_of(CODE)
    east_half = MultiPolygon(square(west + SIDE / 2, south, SIDE / 2, SIDE), srid=4326)
    open_region_edition(region=region, shape=east_half, source="x", at=AT)
    settle_now()
    left = GridEdition.objects.in_force().of_community(CODE).values_list("grid__code", flat=True)
    assert sorted(left) == [f"{CODE}002", f"{CODE}004"]
    assert GridEdition.objects.in_force(BEGAN).of_community(CODE).count() == 4


def test_a_boundary_written_past_the_service_is_refused_by_the_database(grids: list[Grid], board: Board) -> None:
    region = board.communities[0]
    small = MultiPolygon(square(*corner_of(CODE), SIDE / 2), srid=4326)
    with pytest.raises(IntegrityError, match="new boundary of its community"), settled():
        RegionEdition.objects.in_force().filter(region=region).update(valid=DateTimeTZRange(BEGAN, AT))
        RegionEdition.objects.create(region=region, geom=small, source="x", valid=DateTimeTZRange(AT, None))


def settle_now() -> None:
    with settled():
        pass
