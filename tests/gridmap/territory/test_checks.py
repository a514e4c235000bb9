"""`check_territory` sees every gap, overlap and wrong figure."""

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.contrib.gis.geos import MultiPolygon
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from gridmap.territory.checks import FaultKind, check_territory
from gridmap.territory.models import Building, Grid, GridEdition, Region, RegionEdition
from tests.cast import BEGAN, SIDE, Board, corner_of, square
from tests.owner import as_owner

CODE = "990101001001"


@pytest.fixture
def unguarded(grids: list[Grid]) -> Iterator[None]:
    """A database whose triggers sleep from here on: what the checks are for."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = DEFAULT")


def kinds() -> set[FaultKind]:
    return {fault.kind for fault in check_territory()}


def test_a_ground_in_order_has_no_fault(grids: list[Grid]) -> None:
    assert list(check_territory()) == []
    out = StringIO()
    call_command("check_territory", stdout=out)
    assert "in order" in out.getvalue()


def test_a_gap_is_found_with_its_place_and_size(grids: list[Grid]) -> None:
    GridEdition.objects.filter(grid=grids[1]).delete()
    (gap,) = [fault for fault in check_territory() if fault.kind is FaultKind.GAP]
    assert gap.codes == (CODE,)
    assert gap.area_m2 == pytest.approx(965 / 2 * 1108 / 2, rel=0.01)
    assert gap.shape is not None
    assert gap.shape.representative_point().x > corner_of(CODE)[0] + SIDE / 2


def test_an_overlap_names_both_grids(grids: list[Grid], unguarded: None) -> None:
    GridEdition.objects.filter(grid=grids[0]).delete()
    west, south = corner_of(CODE)
    shape = square(west, south + SIDE / 2, SIDE / 2 + 0.001, SIDE / 2)
    GridEdition.objects.create(grid=grids[0], geom=shape, valid=DateTimeTZRange(BEGAN, None), source="x")
    found = [fault for fault in check_territory(CODE) if fault.kind is FaultKind.OVERLAP]
    assert [fault.codes for fault in found] == [(f"{CODE}001", f"{CODE}002")]
    assert FaultKind.NOT_TILING in kinds()


def test_siblings_that_overlap_or_leave_their_street_are_found(board: Board) -> None:
    child = board.communities[3]
    west, south = corner_of(child.code)
    RegionEdition.objects.filter(region=child).delete()
    RegionEdition.objects.create(
        region=child,
        geom=MultiPolygon(square(west - 0.001, south, SIDE + 0.002, SIDE), srid=4326),
        valid=DateTimeTZRange(BEGAN, None),
        source="x",
    )
    assert {FaultKind.OVERLAP, FaultKind.OUTSIDE} <= kinds()
    assert list(check_territory("990101001")) == []


def test_a_wrong_figure_and_a_misplaced_building_are_found(grids: list[Grid]) -> None:
    building = Building.objects.filter(grid=grids[0]).first()
    assert building
    Building.objects.filter(pk=building.pk).update(grid=grids[4], households=(building.households or 0) + 1)
    assert {FaultKind.WRONG_PLACE, FaultKind.WRONG_FIGURES} == kinds()


def test_the_command_prints_json_and_exits_with_1(grids: list[Grid]) -> None:
    GridEdition.objects.filter(grid=grids[1]).delete()
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("check_territory", "--json", "--area", CODE, stdout=out, stderr=err)
    assert stop.value.code == 1
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert "gap" in {line["kind"] for line in lines}
    assert lines[0]["shape"]["type"] in {"Polygon", "MultiPolygon"}


def test_the_area_must_be_a_code(db: None) -> None:
    with pytest.raises(CommandError, match="not a region code"):
        call_command("check_territory", "--area", "abc")


def test_a_community_without_grids_is_no_fault(board: Board) -> None:
    assert Region.objects.communities().count() == 4
    assert list(check_territory()) == []
