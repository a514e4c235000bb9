"""A small town whose values try what files find hard: Chinese, formulas, markup, long text, nothing, earlier days."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from django.contrib.gis.geos import LineString, MultiPolygon, Point, Polygon
from django.utils import timezone

from gridmap.accounts.models import User
from gridmap.territory.models import Building, Camera, GroundFeature, Region
from layers.exports.orders import describe, read_order
from layers.exports.services import WRITERS, _Passed, _tables
from tests.cast import COMMUNITIES, SOURCE, Board, centre_of, corner_of, draw_grids, square
from tests.layers.places import furnish

#: Names that mean trouble somewhere; every one must come back as it went in.
NAMES = (
    "=1+1", "+86 571", "-5", "@sum", "'quoted", '"quoted"', "a,b;c\td", "<b>&amp;</b>", "长宁路88号“爱民佳苑”",
    "𠮷野家", "Ωμέγα", "5", "007", "true", "null", " spaced ", "]]>", "{json}", "%d %s", "a\\b/c", "",
)  # fmt: skip
LONG = "长" * 100


def build(board: Board) -> None:
    """Two communities with grids; buildings with every name, one with a hole, one of two parts, one a mere point."""
    draw_grids(board.communities[0])
    draw_grids(board.communities[1])
    furnish(board.communities[0])
    west, south = corner_of(COMMUNITIES[1])
    for index, name in enumerate(NAMES):
        _building(board.communities[1], index, name, square(west + 0.0002 * index, south, 0.0001))
    hole = square(west + 0.003, south + 0.003, 0.0005)
    ring = [[*hole.coords[0]], [*square(west + 0.0031, south + 0.0031, 0.0002).coords[0]]]
    _building(board.communities[1], 100, "hole", Polygon(*ring, srid=4326), address=LONG)
    parts = MultiPolygon(square(west + 0.004, south, 0.0001), square(west + 0.005, south, 0.0001), srid=4326)
    _building(board.communities[1], 101, "parts", parts)
    _building(board.communities[1], 102, "point", Point(west + 0.006, south, srid=4326), floors=None)
    GroundFeature.objects.create(
        source=SOURCE, source_ref="lane", name="小巷", kind="road_lane", weight=0.25,
        geom=LineString((west, south), (west + 0.001, south + 0.001), srid=4326),
    )  # fmt: skip
    Camera.objects.create(source=SOURCE, source_ref="blank", bearing_deg=359.99, geom=centre_of(COMMUNITIES[1]))


def _building(community: Region, number: int, name: str, shape: Any, **more: Any) -> None:
    Building.objects.create(
        source=SOURCE, source_ref=f"B-{number}", name=name, number=f"{number}号楼", community=community, geom=shape,
        **{"floors": 6, "households": number, **more},
    )  # fmt: skip


def write(person: User, path: Path, *layers: str, file_format: str, **more: Any) -> Path:
    """Take layers out into a file, as a request would."""
    body = {"layers": list(layers), "format": file_format, **more}
    order = read_order(person, body, at=timezone.now())
    counts = {one.layer.key: one.rows(person).count() for one in order.layers}
    tables = _tables(order, person, _Passed(1, lambda _share: None))
    WRITERS[order.format](path, tables, describe(order, counts, timezone.now()))
    return path


def unpack(path: Path, folder: Path) -> Path:
    """The files of a zip."""
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


Reader = Callable[[Path], Mapping[str, Mapping[str, Any]]]
