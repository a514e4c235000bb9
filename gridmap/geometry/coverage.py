"""Is a set of polygons a tiling of a parent? Where are the gaps and overlaps? Every answer carries a shape that can
be drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.geometry.shape import sliver_areas_m2

# Below this a difference is rounding of coordinates in degrees, not ground.
NOISE_M2 = 1e-3


@dataclass(frozen=True)
class Overlap:
    """Ground that two cells (indices, first < second) both claim."""

    first: int
    second: int
    shape: BaseGeometry
    area_m2: float


@dataclass(frozen=True)
class Gap:
    """Ground of the parent that no cell claims."""

    shape: BaseGeometry
    area_m2: float


@dataclass(frozen=True)
class Excess:
    """Ground that a cell claims outside the parent."""

    cell: int
    shape: BaseGeometry
    area_m2: float


def _areal(shape: BaseGeometry) -> list[BaseGeometry]:
    parts = shapely.get_parts(shapely.get_parts(shape))
    return [part for part in parts if shapely.get_dimensions(part) == 2]


def overlaps(cells: Sequence[BaseGeometry], *, noise_m2: float = NOISE_M2) -> list[Overlap]:
    """Pairs of cells that overlap by more than `noise_m2`, ordered by indices."""
    array = np.asarray(list(cells), dtype=object)
    if len(array) < 2 or shapely.coverage_is_valid(array):
        return []
    first, second = shapely.STRtree(array).query(array, predicate="intersects")
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    keep = first < second
    first, second = first[keep], second[keep]
    common = shapely.intersection(array[first], array[second])
    solid = [shapely.MultiPolygon(_areal(shape)) for shape in common]
    areas = sliver_areas_m2(solid)
    rows = zip(first, second, solid, areas, strict=True)
    return [Overlap(int(i), int(j), shape, float(area)) for i, j, shape, area in rows if area > noise_m2]


def gaps(cells: Sequence[BaseGeometry], parent: BaseGeometry, *, noise_m2: float = NOISE_M2) -> list[Gap]:
    """Pieces of the parent larger than `noise_m2` that no cell covers, the largest first."""
    left = _areal(shapely.difference(parent, shapely.union_all(np.asarray(list(cells), dtype=object))))
    found = [
        Gap(shape, float(area)) for shape, area in zip(left, sliver_areas_m2(left), strict=True) if area > noise_m2
    ]
    return sorted(found, key=lambda gap: (-gap.area_m2, gap.shape.bounds))


def excesses(cells: Sequence[BaseGeometry], parent: BaseGeometry, *, noise_m2: float = NOISE_M2) -> list[Excess]:
    """Pieces of cells that lie outside the parent, ordered by cell."""
    outside = [shapely.MultiPolygon(_areal(shapely.difference(cell, parent))) for cell in cells]
    areas = sliver_areas_m2(outside)
    rows = enumerate(zip(outside, areas, strict=True))
    return [Excess(index, shape, float(area)) for index, (shape, area) in rows if area > noise_m2]


def mismatched_edges(cells: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """For every cell the part of its border that breaks the coverage (an empty line where nothing does).

    Uses GEOS' coverage validation: it also finds borders whose vertices differ although the lines look the same.
    """
    return list(shapely.coverage_invalid_edges(np.asarray(list(cells), dtype=object)))


def is_tiling(cells: Sequence[BaseGeometry], parent: BaseGeometry, *, noise_m2: float = NOISE_M2) -> bool:
    """Whether the cells cover the parent exactly: equal vertices on common borders, no gap, nothing outside."""
    array = np.asarray(list(cells), dtype=object)
    if not len(array) or not shapely.is_valid(array).all() or not shapely.coverage_is_valid(array):
        return False
    return not gaps(cells, parent, noise_m2=noise_m2) and not excesses(cells, parent, noise_m2=noise_m2)
