"""The skeleton of a town: smooth courses of roads, river, rail and boundary through named crossings, and its faces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from gridmap.district.plane import Coordinates
from gridmap.district.records import Geometry

SAMPLE_M = 28.0
Node = str | tuple[float, float]


@dataclass(frozen=True)
class Course:
    """A line through crossings (names) and free points. ``bounds``: communities end here. ``bridges``: it crosses the
    river, otherwise it stops at the bank. Kind is road_arterial, road_local, river, rail or boundary."""

    name: str
    kind: str
    width_m: float
    points: tuple[Node, ...]
    bounds: bool = True
    bridges: bool = False


@dataclass(frozen=True)
class Line:
    """A course drawn out: ``line`` whole, ``pieces`` between its crossings."""

    course: Course
    line: Geometry
    pieces: tuple[Geometry, ...]


def smooth_pieces(points: Coordinates) -> list[Coordinates]:
    """Centripetal Catmull-Rom spline through ``points`` (n, 2), one array of vertices per span; the given points are
    kept exactly, everything is rounded to a millimetre."""
    ghost = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    steps = np.sqrt(np.linalg.norm(np.diff(ghost, axis=0), axis=1))
    knots = np.concatenate([[0.0], np.cumsum(np.maximum(steps, 1e-9))])
    spans = []
    for i in range(1, len(ghost) - 2):
        count = max(1, round(float(np.linalg.norm(ghost[i + 1] - ghost[i])) / SAMPLE_M))
        span = _catmull_rom(ghost[i - 1 : i + 3], knots[i - 1 : i + 3], count)
        span[0], span[-1] = ghost[i], ghost[i + 1]
        spans.append(np.round(span, 3))
    return spans


def _catmull_rom(p: Coordinates, k: Coordinates, count: int) -> Coordinates:
    t = np.linspace(k[1], k[2], count + 1)[:, None]
    a1 = (k[1] - t) / (k[1] - k[0]) * p[0] + (t - k[0]) / (k[1] - k[0]) * p[1]
    a2 = (k[2] - t) / (k[2] - k[1]) * p[1] + (t - k[1]) / (k[2] - k[1]) * p[2]
    a3 = (k[3] - t) / (k[3] - k[2]) * p[2] + (t - k[2]) / (k[3] - k[2]) * p[3]
    b1 = (k[2] - t) / (k[2] - k[0]) * a1 + (t - k[0]) / (k[2] - k[0]) * a2
    b2 = (k[3] - t) / (k[3] - k[1]) * a2 + (t - k[1]) / (k[3] - k[1]) * a3
    blend: Coordinates = (k[2] - t) / (k[2] - k[1]) * b1 + (t - k[1]) / (k[2] - k[1]) * b2
    return blend


def draw(course: Course, nodes: Mapping[str, tuple[float, float]]) -> Line:
    points = np.array([nodes[p] if isinstance(p, str) else p for p in course.points], dtype=float)
    spans = smooth_pieces(points)
    if course.kind == "boundary":
        spans = [_wandering(span) for span in spans]
    whole = np.vstack([spans[0], *(span[1:] for span in spans[1:])])
    return Line(course, LineString(whole), tuple(LineString(span) for span in spans))


def _wandering(span: Coordinates) -> Coordinates:
    """A border over hills: the span swayed by a few tens of metres, its ends kept."""
    dense = shapely.get_coordinates(shapely.segmentize(LineString(span), SAMPLE_M))
    chord = dense[-1] - dense[0]
    length = float(np.linalg.norm(chord))
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(dense, axis=0), axis=1))])
    start = float(dense[0] @ np.array([0.013, 0.029]))
    sway = (
        np.sin(along / 128 + start) + 0.7 * np.sin(along / 57 + 2.3 * start) + 0.35 * np.sin(along / 31 + 3.1 * start)
    )
    share = along / along[-1]
    fade = np.minimum(1.0, share * (1 - share) * 9) * min(26.0, length / 12)
    swayed: Coordinates = dense + (sway * fade)[:, None] * np.array([-chord[1], chord[0]]) / length
    swayed[0], swayed[-1] = span[0], span[-1]
    rounded: Coordinates = np.round(swayed, 3)
    return rounded


def faces(lines: Iterable[Line]) -> list[Geometry]:
    """Polygons enclosed by the lines that bound communities; neighbours share their vertices bit for bit."""
    pieces = [piece for line in lines if line.course.bounds for piece in line.pieces]
    return list(shapely.polygonize([shapely.unary_union(pieces)]).geoms)


def river_bed(line: Line, rng: np.random.Generator) -> Geometry:
    """Water surface of a river: its course with a width that swells and narrows by a quarter."""
    dense = shapely.segmentize(line.line, SAMPLE_M)
    xy = shapely.get_coordinates(dense)
    tangent = np.gradient(xy, axis=0)
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]]) / np.linalg.norm(tangent, axis=1)[:, None]
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(xy, axis=0), axis=1))])
    sides = []
    for sign in (1.0, -1.0):
        phase = rng.uniform(0, 2 * np.pi, 2)
        swell = 1 + 0.16 * np.sin(along / 410 + phase[0]) + 0.09 * np.sin(along / 173 + phase[1])
        sides.append(xy + sign * normal * (line.course.width_m / 2 * swell)[:, None])
    return Polygon(np.vstack([sides[0], sides[1][::-1]])).buffer(0).buffer(8).buffer(-8)


def union_of_faces(polygons: Sequence[Geometry]) -> Geometry:
    """Union of neighbouring faces of one coverage: no vertex is moved or added."""
    if len(polygons) == 1:
        return polygons[0]
    union = shapely.coverage_union_all(list(polygons))
    if union.geom_type == "MultiPolygon" and len(union.geoms) == 1:
        return union.geoms[0]
    return union
