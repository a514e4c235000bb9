"""What the database itself refuses, whoever writes and however."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.db import DataError, IntegrityError, InternalError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from gridmap.territory.models import (
    Building,
    Camera,
    Grid,
    GridEdition,
    GroundFeature,
    LayerRevision,
    Region,
    RegionEdition,
)
from tests.cast import BEGAN, SOURCE, Board, corner_of, square

LATER = BEGAN + timedelta(days=30)
BOW_TIE = Polygon(((0, 0), (1, 1), (1, 0), (0, 1), (0, 0)), srid=4326)
REFUSED = (IntegrityError, DataError, InternalError)


def settle() -> None:
    """Run the checks that wait for the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def edition(grid: Grid, shape: Polygon, start: datetime = BEGAN, end: datetime | None = None) -> GridEdition:
    return GridEdition.objects.create(grid=grid, geom=shape, valid=DateTimeTZRange(start, end), source=SOURCE)


def test_a_code_must_fit_its_level_and_parent(board: Board) -> None:
    for code, level, parent in (
        ("990101001001", 4, board.county),
        ("990102001000", 4, board.county),
        ("990101003001", 5, board.streets[0]),
        ("990101003000", 4, None),
        ("990101003000", 4, board.streets[0]),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Region.objects.create(code=code, level=level, name="x", parent=parent, source=SOURCE)


def test_a_region_keeps_its_code(board: Board) -> None:
    with pytest.raises(IntegrityError, match="keeps its code"):
        Region.objects.filter(code="990101001001").update(code="990101001009")


@pytest.mark.parametrize("model", [Building, GroundFeature])
def test_invalid_geometry_is_refused(db: None, model: type[Building] | type[GroundFeature]) -> None:
    with pytest.raises(IntegrityError, match="is_valid"):
        model.objects.create(source=SOURCE, source_ref="1", geom=BOW_TIE)


def test_invalid_boundaries_are_refused(board: Board) -> None:
    with pytest.raises(IntegrityError, match="region_boundary_is_valid"):
        RegionEdition.objects.create(
            region=board.streets[0],
            geom=MultiPolygon(BOW_TIE, srid=4326),
            valid=DateTimeTZRange(LATER, LATER),
            source="x",
        )


def test_two_editions_in_force_at_once_are_refused(grids: list[Grid], board: Board) -> None:
    with pytest.raises(IntegrityError, match="one_grid_boundary_at_a_time"), transaction.atomic():
        edition(grids[0], square(*corner_of("990101001001"), 0.001), LATER)
    with pytest.raises(IntegrityError, match="one_region_boundary_at_a_time"):
        RegionEdition.objects.create(
            region=board.county, geom=MultiPolygon(square(0, 0, 1)), valid=DateTimeTZRange(LATER, None), source="x"
        )


def test_editions_that_follow_each_other_are_welcome(board: Board) -> None:
    grid = Grid.objects.create(code="990101001001001", community=board.communities[0])
    shape = square(*corner_of("990101001001"), 0.005)
    edition(grid, shape, BEGAN, LATER)
    edition(grid, shape, LATER)
    settle()
    assert grid.editions.count() == 2
    assert GridEdition.objects.in_force(BEGAN).count() == GridEdition.objects.in_force(LATER).count() == 1


def test_a_grid_outside_its_community_is_refused(board: Board) -> None:
    grid = Grid.objects.create(code="990101001001001", community=board.communities[0])
    west, south = corner_of("990101001001")
    edition(grid, square(west - 0.001, south, 0.005))
    with pytest.raises(IntegrityError, match="reaches outside"):
        settle()


def test_rounding_at_the_border_is_no_trespass(board: Board) -> None:
    grid = Grid.objects.create(code="990101001001001", community=board.communities[0])
    west, south = corner_of("990101001001")
    edition(grid, square(west - 1e-12, south, 0.005))
    settle()


def test_grids_that_overlap_are_refused_and_neighbours_are_not(board: Board) -> None:
    west, south = corner_of("990101001001")
    for number, offset in ((1, 0.0), (2, 0.004)):
        grid = Grid.objects.create(code=f"99010100100100{number}", community=board.communities[0])
        edition(grid, square(west + offset, south, 0.004))
    settle()
    third = Grid.objects.create(code="990101001001003", community=board.communities[0])
    edition(third, square(west + 0.003, south, 0.002))
    with pytest.raises(IntegrityError, match="overlaps grid"):
        settle()


def test_a_micro_grid_may_lie_on_its_grid(grids: list[Grid], board: Board) -> None:
    micro = Grid.objects.create(code="990101001001901", kind="micro", parent=grids[0], community=board.communities[0])
    west, south = corner_of("990101001001")
    edition(micro, square(west, south + 0.005, 0.002))
    settle()
    with pytest.raises(IntegrityError, match="only_a_micro_grid_has_a_parent"):
        Grid.objects.create(code="990101001001902", kind="micro", community=board.communities[0])


def test_a_grid_carries_the_code_of_its_community_for_ever(grids: list[Grid], board: Board) -> None:
    with pytest.raises(IntegrityError, match="code of its community"), transaction.atomic():
        Grid.objects.create(code="990101001009001", community=board.communities[0])
    with pytest.raises(IntegrityError, match="keeps its code"), transaction.atomic():
        Grid.objects.filter(pk=grids[0].pk).update(code="990101001001777")
    with pytest.raises(REFUSED, match="never given to another"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM territory_grid WHERE id = %s", [grids[0].pk])


def test_a_dated_boundary_is_never_edited(grids: list[Grid]) -> None:
    with pytest.raises(IntegrityError, match="never edited"):
        GridEdition.objects.filter(grid=grids[0]).update(geom=square(*corner_of("990101001001"), 0.001))


@pytest.mark.parametrize(("bearing", "angle"), [(360, 60), (-1, 60), (10, 0), (10, 361)])
def test_a_camera_looks_in_a_direction(db: None, bearing: float, angle: float) -> None:
    with pytest.raises(IntegrityError, match="camera_"):
        Camera.objects.create(
            source=SOURCE, source_ref="1", bearing_deg=bearing, angle_deg=angle, geom=Point(119.9, 30.1, srid=4326)
        )


def test_the_database_computes_area_and_a_point_inside(db: None) -> None:
    ring = square(119.9, 30.1, 0.01)
    ring.append(square(119.901, 30.101, 0.008).exterior_ring)
    building = Building.objects.create(source=SOURCE, source_ref="ring", geom=ring)
    building.refresh_from_db()
    assert building.geom.covers(building.point)
    assert building.geom_3857.srid == 3857


def revision(layer: str) -> int:
    found = LayerRevision.objects.filter(layer=layer).values_list("number", flat=True).first()
    return found or 0


def test_every_change_bumps_the_revision_of_its_layer(board: Board) -> None:
    before = {layer: revision(layer) for layer in ("buildings", "grids", "cameras")}
    building = Building.objects.create(source=SOURCE, source_ref="1", geom="SRID=4326;POINT(119.9 30.1)")
    Building.objects.filter(pk=building.pk).update(name="x")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM territory_building WHERE id = %s", [building.pk])
    assert revision("buildings") == before["buildings"] + 3
    assert revision("grids") == before["grids"]
    assert revision("cameras") == before["cameras"]


def test_a_change_that_is_rolled_back_leaves_the_revision(board: Board) -> None:
    before = revision("buildings")
    with pytest.raises(RuntimeError), transaction.atomic():
        Building.objects.create(source=SOURCE, source_ref="1", geom="SRID=4326;POINT(119.9 30.1)")
        raise RuntimeError
    assert revision("buildings") == before


def test_one_record_per_source(db: None) -> None:
    Building.objects.create(source=SOURCE, source_ref="1", geom="SRID=4326;POINT(119.9 30.1)")
    with pytest.raises(IntegrityError, match="building_once_per_source"):
        Building.objects.create(source=SOURCE, source_ref="1", geom="SRID=4326;POINT(119.9 30.1)")


def test_an_edition_now_is_found_without_a_date(board: Board) -> None:
    assert RegionEdition.objects.in_force().filter(region=board.county).exists()
    assert not RegionEdition.objects.in_force(datetime(2025, 1, 1, tzinfo=UTC)).exists()
