"""Rows for every public layer, more than one page of them, with Chinese text in each that has text."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.gis.geos import LineString, MultiPolygon, Point
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from gridmap.accounts.roles import Network
from gridmap.casework.models import Case, Category
from gridmap.territory.models import (
    Building,
    Camera,
    Component,
    ComponentClass,
    Compound,
    Facility,
    Grid,
    GridEdition,
    GroundFeature,
    Region,
    RegionEdition,
    StreetLamp,
)
from tests.cast import BEGAN, SIDE, SOURCE, SOUTH, WEST, Board, square

#: So many things stand side by side from west to east before a new row begins.
ACROSS = 40
STEP = SIDE / 2 / ACROSS
VALID = DateTimeTZRange(BEGAN, None)


def spot(number: int) -> Point:
    """A place of its own in the south-western quarter of the first community."""
    return Point(WEST + STEP * (number % ACROSS + 0.5), SOUTH + SIDE + STEP * (number // ACROSS + 0.5), srid=4326)


def patch(number: int) -> Any:
    """A small square around the spot."""
    where = spot(number)
    return square(where.x - STEP * 0.4, where.y - STEP * 0.4, STEP * 0.8)


def _sourced(number: int) -> dict[str, Any]:
    return {"source": SOURCE, "source_ref": f"甲{number}"}


def _cameras(_board: Board, numbers: Iterable[int]) -> None:
    Camera.objects.bulk_create(
        Camera(**_sourced(one), name=f"长宁路{one}号球机", bearing_deg=one % 360, geom=spot(one)) for one in numbers
    )


def _facilities(_board: Board, numbers: Iterable[int]) -> None:
    Facility.objects.bulk_create(
        Facility(**_sourced(one), name=f"第{one}小学", kind="school", address="长宁路", geom=spot(one))
        for one in numbers
    )


def _lamps(_board: Board, numbers: Iterable[int]) -> None:
    StreetLamp.objects.bulk_create(StreetLamp(**_sourced(one), lit=bool(one % 2), geom=spot(one)) for one in numbers)


def _components(_board: Board, numbers: Iterable[int]) -> None:
    kind = ComponentClass.objects.order_by("code").first() or ComponentClass.objects.create(
        code="0101", name="上水井盖"
    )
    Component.objects.bulk_create(
        Component(**_sourced(one), code=f"990101{kind.code}{one:06d}", category=kind, name=f"井盖{one}", geom=spot(one))
        for one in numbers
    )


def _compounds(board: Board, numbers: Iterable[int]) -> None:
    Compound.objects.bulk_create(
        Compound(**_sourced(one), name=f"长宁{one}村", community=board.communities[0], geom=MultiPolygon(patch(one)))
        for one in numbers
    )


def _buildings(board: Board, numbers: Iterable[int]) -> None:
    Building.objects.bulk_create(
        Building(
            **_sourced(one), number=f"{one}号楼", kind=Building.Kind.SLAB, community=board.communities[0],
            address=f"长宁路{one}号", households=one % 7, geom=patch(one),
        )
        for one in numbers
    )  # fmt: skip


def _ground(_board: Board, numbers: Iterable[int]) -> None:
    GroundFeature.objects.bulk_create(
        GroundFeature(
            **_sourced(one), kind="road_local", name=f"长宁支路{one}",
            geom=LineString((spot(one).x, spot(one).y), (spot(one).x + STEP, spot(one).y), srid=4326),
        )
        for one in numbers
    )  # fmt: skip


def _grids(board: Board, numbers: Iterable[int]) -> None:
    community = board.communities[0]
    grids = Grid.objects.bulk_create(
        Grid(code=f"{community.code}{one + 1:03d}", name=f"第{one}网格", community=community) for one in numbers
    )
    GridEdition.objects.bulk_create(
        GridEdition(grid=grid, geom=patch(one), valid=VALID, source=SOURCE, households=one)
        for one, grid in enumerate(grids)
    )


def _regions(board: Board, numbers: Iterable[int]) -> None:
    street = board.streets[0]
    regions = Region.objects.bulk_create(
        Region(
            code=f"{street.code[:9]}{one + 100:03d}", level=5, name=f"第{one}社区", parent=street, source=SOURCE,
            source_ref=f"甲{one}",
        )
        for one in numbers
    )  # fmt: skip
    RegionEdition.objects.bulk_create(
        RegionEdition(region=region, geom=MultiPolygon(patch(one)), valid=VALID, source=SOURCE)
        for one, region in enumerate(regions)
    )


def _cases(_board: Board, numbers: Iterable[int]) -> None:
    network = Network.CITY_MANAGEMENT
    kind = Category.objects.filter(network=network).exclude(parent=None).order_by("code").first()
    kind = kind or Category.objects.create(code="OGC", name="暴露垃圾", network=network)
    Case.objects.bulk_create(
        Case(category=kind, network=network, reported_at=timezone.now(), address=f"长宁路{one}号", geom=spot(one))
        for one in numbers
    )


#: Layer → what makes rows of it. A new public layer gets a line here, and is then read by every program.
FILLERS: dict[str, Callable[[Board, Iterable[int]], None]] = {
    "cameras": _cameras,
    "facilities": _facilities,
    "lamps": _lamps,
    "components": _components,
    "compounds": _compounds,
    "buildings": _buildings,
    "ground": _ground,
    "grids": _grids,
    "regions": _regions,
    "cases": _cases,
}
