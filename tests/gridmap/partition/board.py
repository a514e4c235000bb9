"""Towns on a chessboard, and the promises that every drawing keeps."""

from collections.abc import Sequence

import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from gridmap.geometry.coverage import is_tiling
from gridmap.partition import Drawing, DrawnGrid, SizeRule, Unit

WEST, SOUTH = 118.8, 32.06
STEP = 0.0006
RULE = SizeRule()


def lon(column: float) -> float:
    """Longitude of a column line of the board."""
    return WEST + column * STEP


def lat(row: float) -> float:
    """Latitude of a row line of the board; rows count from the south."""
    return SOUTH + row * STEP


def ground(column: float, row: float, columns: float, rows: float) -> Polygon:
    """A rectangle of fields."""
    return box(lon(column), lat(row), lon(column + columns), lat(row + rows))


def house(column: int, row: int, *, width: float = 0.5, depth: float = 0.3) -> Polygon:
    """A footprint in the middle of a field."""
    return ground(column + (1 - width) / 2, row + (1 - depth) / 2, width, depth)


def line(*places: tuple[float, float]) -> LineString:
    """A line through board coordinates."""
    return LineString([(lon(column), lat(row)) for column, row in places])


def houses(
    columns: int, rows: int, households: int | Sequence[int] = 50, *, points: bool = False, prefix: str = "h"
) -> list[Unit]:
    """A house on every field, row by row from the south-west."""
    count = columns * rows
    loads = [households] * count if isinstance(households, int) else list(households)
    fields = [(column, row) for row in range(rows) for column in range(columns)]
    shapes = [house(column, row) for column, row in fields]
    return [
        Unit(f"{prefix}{column}-{row}", shape.centroid if points else shape, load)
        for (column, row), shape, load in zip(fields, shapes, loads, strict=True)
    ]


def grid_of(drawing: Drawing, ref: str) -> DrawnGrid:
    """The one grid that holds a unit."""
    (found,) = [grid for grid in drawing.grids if ref in grid.units]
    return found


def codes(drawing: Drawing) -> set[str]:
    """All codes that a drawing reports, of grids and of the whole."""
    own = {finding.code for finding in drawing.findings}
    return own | {finding.code for grid in drawing.grids for finding in grid.findings}


def keeps_its_promises(drawing: Drawing, community: Polygon | MultiPolygon, units: Sequence[Unit]) -> None:
    """What must hold for every drawing, however odd the input."""
    polygons = [grid.polygon for grid in drawing.grids]
    assert sorted(ref for grid in drawing.grids for ref in grid.units) == sorted(unit.ref for unit in units)
    loads = {unit.ref: unit.households for unit in units}
    for grid in drawing.grids:
        assert grid.households == sum(loads[ref] for ref in grid.units)
        assert grid.kept or grid.dedicated == (grid.households == 0)
        assert grid.polygon.geom_type == "Polygon"
    assert [grid.number for grid in drawing.grids] == list(range(1, len(drawing.grids) + 1))
    assert sum(grid.households for grid in drawing.grids) == sum(loads.values())
    assert is_tiling(polygons, community)
    assert abs(sum(polygon.area for polygon in polygons) / community.area - 1.0) < 1e-9
    given = {tuple(vertex) for vertex in shapely.get_coordinates(community).tolist()}
    drawn = {tuple(vertex) for vertex in shapely.get_coordinates(polygons).tolist()}
    assert given <= drawn
    assert drawing.figures["not_contiguous"] == 0


def cuts_no_house(drawing: Drawing, units: Sequence[Unit]) -> bool:
    """Whether no border runs through the inside of a footprint, 5 cm from its walls."""
    borders = shapely.union_all(shapely.boundary([grid.polygon for grid in drawing.grids]))
    inner = shapely.buffer([unit.shape for unit in units], -STEP * 1e-3)
    return not shapely.intersects(borders, inner).any()
