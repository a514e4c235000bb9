"""Grids that must come out as they are: what cannot be kept is refused, the rest is cut into the ground."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.geometry.shape import sliver_areas_m2
from gridmap.partition.plane import DegreePlane, Floats, Ints, Shapes, shape_array
from gridmap.partition.units import FixedGrid

# Ground that a fixed grid may claim outside the community, or twice: rounding, not intention.
_NOISE_M2 = 1.0
# A vertex this close to the border of the community lies on it.
_ON_BORDER_M = 1e-3


class FixedGridError(ValueError):
    """A fixed grid that cannot be kept. `code` is fixed_grid_invalid, fixed_grid_outside, fixed_grid_overlaps or
    fixed_grid_twice; `params` names its ref and, for an overlap, the other.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(f"{code}: {params}")
        self.code = code
        self.params = params


def refuse_unkeepable(community: BaseGeometry, fixed: Sequence[FixedGrid]) -> None:
    """Raise FixedGridError for a fixed grid that is no valid polygon, leaves the community (lon/lat) or meets another
    by more than 1 m².
    """
    if len({grid.ref for grid in fixed}) != len(fixed):
        refs = [grid.ref for grid in fixed]
        raise FixedGridError("fixed_grid_twice", ref=next(ref for ref in refs if refs.count(ref) > 1))
    for grid in fixed:
        if grid.shape.geom_type != "Polygon" or grid.shape.is_empty or not grid.shape.is_valid:
            raise FixedGridError("fixed_grid_invalid", ref=grid.ref)
    shapes = shape_array(grid.shape for grid in fixed)
    outside = sliver_areas_m2(list(shapely.difference(shapes, community)))
    for index in np.flatnonzero(outside > _NOISE_M2).tolist():
        raise FixedGridError("fixed_grid_outside", ref=fixed[index].ref, area_m2=round(float(outside[index]), 1))
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first, second = first[first < second], second[first < second]
    common = sliver_areas_m2(list(shapely.intersection(shapes[first], shapes[second])))
    for index in np.flatnonzero(common > _NOISE_M2).tolist():
        one, other = fixed[first[index]].ref, fixed[second[index]].ref
        raise FixedGridError("fixed_grid_overlaps", ref=one, other=other, area_m2=round(float(common[index]), 1))


def fixed_outlines(fixed: Sequence[FixedGrid], part: BaseGeometry, plane: DegreePlane) -> Shapes:
    """The shapes in plane metres, vertices that almost lie on the border of the part (plane metres) moved onto it."""
    shapes = plane.project(shape_array(grid.shape for grid in fixed))
    border = shapely.boundary(part)
    shapely.prepare(border)

    def settled(places: Floats) -> Floats:
        points = shapely.points(places)
        near = shapely.dwithin(border, points, _ON_BORDER_M)
        places = places.copy()
        along = shapely.line_locate_point(border, points[near])
        places[near] = shapely.get_coordinates(shapely.line_interpolate_point(border, along))
        return places

    return np.asarray(shapely.transform(shapes, settled), dtype=object) if len(shapes) else shapes


def region_of(points: Shapes, fixed: Shapes) -> Ints:
    """For every point the first fixed grid that it lies in, or -1."""
    region = np.full(len(points), -1, dtype=np.int64)
    if len(fixed) and len(points):
        point, grid = shapely.STRtree(fixed).query(points, predicate="intersects")
        order = np.lexsort((-grid, point))
        region[point[order]] = grid[order]
    return region
