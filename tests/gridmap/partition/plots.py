"""Small grounds for the tests of laying out: fields on a chessboard near Nanjing, random towns, simple groupings."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from gridmap.geometry.coverage import is_tiling
from gridmap.partition.graph import Graph
from gridmap.partition.ground import Ground, cell_shapes
from gridmap.partition.layout import PartGround, lay_part
from gridmap.partition.units import Barrier, FixedGrid, SizeRule, Unit

WEST, SOUTH = 118.8, 32.06
STEP = 0.0006
METRE = 1.0 / 111_320.0
RULE = SizeRule()


def ground(column: float, row: float, columns: float, rows: float) -> Polygon:
    """A rectangle of fields; a field is about 57 m by 67 m."""
    return box(*place(column, row), *place(column + columns, row + rows))


def place(column: float, row: float) -> tuple[float, float]:
    """Lon/lat of a place on the board."""
    return WEST + column * STEP, SOUTH + row * STEP


def line(*places: tuple[float, float]) -> LineString:
    """A line through places on the board."""
    return LineString([place(column, row) for column, row in places])


def house(ref: str, column: float, row: float, households: int = 50, *, width: float = 0.5, depth: float = 0.3) -> Unit:
    """A house in the middle of a field."""
    return Unit(ref, ground(column + (1 - width) / 2, row + (1 - depth) / 2, width, depth), households)


def pole(ref: str, column: float, row: float, households: int = 50) -> Unit:
    """A unit of which only a point is known."""
    return Unit(ref, shapely.Point(place(column, row)), households)


@dataclass(frozen=True)
class Town:
    """What a part is laid out from."""

    community: Polygon
    units: list[Unit]
    streets: list[BaseGeometry] = field(default_factory=list)
    barriers: list[Barrier] = field(default_factory=list)

    def laid(self, *fixed: FixedGrid) -> PartGround:
        """Cells and graph of the town."""
        return lay_part(self.community, self.units, self.streets, self.barriers, RULE, fixed=fixed)

    def lonely(self) -> list[int]:
        """Units inside the community that no other unit, street or barrier comes upon."""
        shapes = np.array([unit.shape for unit in self.units], dtype=object)
        lines = [*self.streets, *(barrier.shape for barrier in self.barriers)]
        first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        crowded = set(first[first != second].tolist())
        return [
            index
            for index, shape in enumerate(shapes)
            if index not in crowded
            and self.community.contains(shape)
            and not any(shapely.intersects(shape, other) for other in lines)
        ]


def random_town(seed: int) -> Town:
    """Odd houses and poles anywhere, even outside; streets as lines and areas, perhaps a river and a canal."""
    random = np.random.default_rng(seed)
    size = int(random.integers(2, 7))
    units = []
    for index in range(int(random.integers(0, 31))):
        column, row = random.uniform(-0.3, size + 0.3, 2)
        shape = ground(column, row, *random.uniform(0.05, 0.9, 2))
        shape = shape if random.integers(3) else shape.centroid
        units.append(Unit(str(index), shape, int(random.integers(0, 130))))
    streets: list[BaseGeometry] = [line(*random.uniform(-1, size + 1, (2, 2))) for _ in range(random.integers(0, 6))]
    if random.random() < 0.3:
        streets.append(ground(-1, size / 3, size + 2, 0.2))
    barriers = [Barrier(line(*random.uniform(-1, size + 1, (3, 2)))) for _ in range(random.integers(0, 3))]
    if random.random() < 0.5:
        barriers.append(Barrier(ground(-1, size / 2, size + 2, 0.3), 1.0, "canal"))
    return Town(ground(0, 0, size, size), units, streets, barriers)


def every_cell(laid: Ground) -> NDArray[np.object_]:
    """The polygon of each cell."""
    return cell_shapes(laid, [[cell] for cell in range(len(laid.units))])


def home_of(laid: Ground) -> dict[int, int]:
    """The cell of each unit; no unit may be on two."""
    pairs = [(unit, cell) for cell, units in enumerate(laid.units) for unit in units]
    assert len({unit for unit, _ in pairs}) == len(pairs)
    return dict(pairs)


def lumped(graph: Graph, random: np.random.Generator, size: int = 6) -> NDArray[np.int64]:
    """A division into connected groups of about so many cells, without regard to households."""
    count = max(1, len(graph) // size)
    labels = np.full(len(graph), -1, dtype=np.int64)
    seeds = random.choice(len(graph), count, replace=False).tolist()
    labels[seeds] = np.arange(count)
    waiting = deque(seeds)
    while waiting:
        node = waiting.popleft()
        for other in graph.neighbours(node).tolist():
            if labels[other] < 0:
                labels[other] = labels[node]
                waiting.append(other)
    return labels


def tiles(shapes: NDArray[np.object_], community: BaseGeometry) -> None:
    """Single polygons that cover the community exactly and keep every vertex of its border."""
    assert all(shape.geom_type == "Polygon" for shape in shapes)
    assert is_tiling(list(shapes), community)
    assert abs(float(shapely.area(shapes).sum()) / community.area - 1.0) < 1e-9
    given = {tuple(vertex) for vertex in shapely.get_coordinates(community).tolist()}
    assert given <= {tuple(vertex) for vertex in shapely.get_coordinates(shapes).tolist()}


def cut_houses(units: list[Unit], shapes: NDArray[np.object_]) -> set[int]:
    """Houses that a border runs through, a decimetre or more inside the wall."""
    if not units:
        return set()
    inner = shapely.buffer(np.array([unit.shape for unit in units], dtype=object), -0.1 * METRE)
    return set(shapely.STRtree(inner).query(shapely.boundary(shapes), predicate="intersects")[1].tolist())
