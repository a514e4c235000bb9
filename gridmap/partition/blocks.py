"""Street blocks: the faces that streets and barriers cut out of a community; and the corridors between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.partition.fixed import region_of
from gridmap.partition.plane import (
    DegreePlane,
    Floats,
    Ints,
    Shapes,
    area_parts,
    as_complex,
    line_parts,
    shape_array,
    without_lines_along,
)
from gridmap.partition.units import Barrier

# Every vertex of a tiling lies on this raster while it is cut, which makes the noding robust (snap rounding, Hobby
# 1999).
COARSEST_RASTER_M = 1e-5
_FINEST_RASTER_M = 1e-8
# A line that keeps this close to the border of the community is the border.
ALONG_BORDER_M = 1e-3
STREET_WEIGHT = -1.0


@dataclass(frozen=True)
class Blocks:
    """Blocks of one part in plane metres.

    `corridor` is 0 for ground that can be lived on, the weight of the barrier for water and the like, STREET_WEIGHT
    for road surface. `lines` is all linework; `barrier_lines` with `barrier_weights` are the barriers; `bridges` the
    points where a street crosses one. `region` is the fixed grid that a block lies in, or -1.
    """

    faces: Shapes
    raster_m: float
    corridor: Floats
    lines: Shapes
    barrier_lines: Shapes
    barrier_weights: Floats
    bridges: Shapes
    region: Ints


def inner_faces(lines: Shapes, part: BaseGeometry) -> tuple[Shapes, Shapes]:
    """The faces of noded linework that lie inside the part, and a point in each."""
    faces = shapely.get_parts(shapely.polygonize(lines))
    points = shapely.point_on_surface(faces)
    shapely.prepare(part)
    keep = shapely.covers(part, points)
    return np.asarray(faces[keep], dtype=object), np.asarray(points[keep], dtype=object)


def noded(shapes: Shapes, raster_m: float) -> Shapes:
    """All lines cut where they meet, on the raster."""
    return line_parts(shape_array([shapely.union_all(shapes, grid_size=raster_m)]))


def unique_segments(lines: Shapes) -> Shapes:
    """Every segment of the lines once, in whichever direction it was drawn."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    places, vertex = np.unique(as_complex(points), return_inverse=True)
    joined = np.flatnonzero(line[:-1] == line[1:])
    low, high = np.minimum(vertex[joined], vertex[joined + 1]), np.maximum(vertex[joined], vertex[joined + 1])
    pairs = np.unique(low * len(places) + high)
    ends = np.stack((places[pairs // len(places)], places[pairs % len(places)]), axis=1)
    return np.asarray(shapely.linestrings(np.stack((ends.real, ends.imag), axis=2)), dtype=object)


def raster_for(part: BaseGeometry) -> float:
    """A raster fine enough that no two vertices of the border fall together."""
    points, ring = shapely.get_coordinates(shapely.get_rings(part), return_index=True)
    steps = np.hypot(*np.diff(points, axis=0).T)[ring[:-1] == ring[1:]]
    return max(_FINEST_RASTER_M, min(COARSEST_RASTER_M, float(steps[steps > 0.0].min()) / 4.0))


def street_blocks(
    part: BaseGeometry,
    streets: Sequence[BaseGeometry],
    barriers: Sequence[Barrier],
    plane: DegreePlane,
    raster_m: float,
    *,
    fixed: Shapes,
) -> Blocks:
    """Cut one polygon of a community (plane metres) along streets and barriers given in lon/lat and along the outlines
    of fixed grids (plane metres).
    """
    street_shapes = _near(plane.project(shape_array(streets)), part)
    real = [barrier for barrier in barriers if barrier.weight > 0.0]
    shapes = plane.project(shape_array(barrier.shape for barrier in real))
    weights = np.array([barrier.weight for barrier in real], dtype=np.float64)
    near = shapely.intersects(part, shapes) if len(shapes) else np.zeros(0, dtype=bool)
    shapes, weights = _valid(shapes[near]), weights[near]
    street_lines = clipped(line_parts(street_shapes), part)
    barrier_lines, barrier_weights = _weighted_lines(shapes, weights, part)
    border = shapely.boundary(part)
    outlines = line_parts(fixed)
    inner = without_lines_along(np.concatenate((street_lines, barrier_lines, outlines)), border, ALONG_BORDER_M)
    lines, faces, points = _cut(part, border, inner, raster_m)
    corridor = _corridors(points, shapes, weights, street_shapes)
    bridges = _bridges(street_lines, shapes, barrier_lines)
    return Blocks(faces, raster_m, corridor, lines, barrier_lines, barrier_weights, bridges, region_of(points, fixed))


def _cut(part: BaseGeometry, border: BaseGeometry, inner: Shapes, raster_m: float) -> tuple[Shapes, Shapes, Shapes]:
    """Noded lines, the faces between them, and a point in each; a part that no line enters is one face as it is."""
    outer = line_parts(shape_array([border]))
    if not len(inner):
        return outer, shape_array([part]), shape_array([shapely.point_on_surface(part)])
    lines = noded(np.concatenate((outer, inner)), raster_m)
    return lines, *inner_faces(lines, part)


def _valid(shapes: Shapes) -> Shapes:
    broken = ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken])
    return shapes


def _near(shapes: Shapes, part: BaseGeometry) -> Shapes:
    shapely.prepare(part)
    return _valid(shapes[shapely.intersects(part, shapes)]) if len(shapes) else shapes


def clipped(lines: Shapes, part: BaseGeometry) -> Shapes:
    return line_parts(np.asarray(shapely.intersection(lines, part), dtype=object)) if len(lines) else lines


def inside_part(lines: Shapes, part: BaseGeometry) -> Shapes:
    """The lines cut off at the border of a part; those inside it stay as they are, bit for bit."""
    shapely.prepare(part)
    inside = shapely.covers(part, lines)
    return np.concatenate((lines[inside], clipped(lines[~inside], part)))


def _weighted_lines(shapes: Shapes, weights: Floats, part: BaseGeometry) -> tuple[Shapes, Floats]:
    lines: list[BaseGeometry] = []
    values: list[float] = []
    for shape, weight in zip(shapes, weights, strict=True):
        found = clipped(line_parts(shape_array([shape])), part)
        lines += list(found)
        values += [float(weight)] * len(found)
    return shape_array(lines), np.array(values, dtype=np.float64)


def _corridors(points: Shapes, shapes: Shapes, weights: Floats, street_shapes: Shapes) -> Floats:
    corridor = np.zeros(len(points))
    roads = area_parts(street_shapes)
    if len(roads):
        corridor[np.unique(shapely.STRtree(roads).query(points, predicate="within")[0])] = STREET_WEIGHT
    areal = shapely.get_dimensions(shapes) == 2
    for shape, weight in zip(shapes[areal], weights[areal], strict=True):
        shapely.prepare(shape)
        inside = shapely.covers(shape, points)
        corridor[inside] = np.maximum(corridor[inside], weight)
    return corridor


def _bridges(street_lines: Shapes, shapes: Shapes, barrier_lines: Shapes) -> Shapes:
    """Points where a street crosses a barrier instead of running along it."""
    if not len(street_lines) or not len(shapes):
        return shape_array([])
    streets = shapely.STRtree(street_lines)
    lines = shape_array([*barrier_lines])
    first, second = streets.query(lines, predicate="intersects")
    crossings = shapely.get_parts(shapely.intersection(lines[first], street_lines[second]))
    found = list(crossings[shapely.get_dimensions(crossings) == 0])
    areas = shapes[shapely.get_dimensions(shapes) == 2]
    first, second = streets.query(areas, predicate="intersects")
    decks = shapely.get_parts(shapely.intersection(areas[first], street_lines[second]))
    decks = decks[shapely.get_dimensions(decks) == 1]
    return shape_array([*found, *shapely.line_interpolate_point(decks, 0.5, normalized=True)])
