"""Houses that no plan laid out: old-town parcels behind lanes, villas along loops, farmhouses along village lanes."""

from __future__ import annotations

import math

import numpy as np
import shapely

from gridmap.district.blocks import box_axes, polygons_of
from gridmap.district.plane import Coordinates
from gridmap.district.records import BuildingKind, Geometry
from gridmap.district.slabs import House

YARD_M2 = 230.0
NARROWEST_M = 15.0
GAPS_M = (3.0, 2.2, 1.6)
STRIP = ((-0.75, -1), (0.75, -1), (0.75, 1), (-0.75, 1))


def old_houses(plot: Geometry, rng: np.random.Generator, squeeze: float = 1.0) -> list[House]:
    """Crowded courtyard houses: the plot is cut into parcels, most of them nearly filled."""
    houses = []
    for parcel in _parcels(plot, YARD_M2 * squeeze, rng):
        if rng.random() < 0.07:
            continue
        body = _courtyard(parcel.buffer(-rng.uniform(0.4, 1.1), join_style="mitre"), rng)
        if body is not None:
            houses.append(House(body, BuildingKind.OLD, int(rng.integers(1, 4)), 1, int(rng.integers(1, 4))))
    return houses


def _parcels(plot: Geometry, target_m2: float, rng: np.random.Generator) -> list[Geometry]:
    """The plot halved across its longer side again and again; straight cuts, as there are tens of thousands of them in
    a city."""
    parcels, queue = [], [(plot, 0)]
    while queue:
        piece, depth = queue.pop()
        corner, long, short = box_axes(piece)
        length = math.hypot(*long)
        if piece.area <= target_m2 * rng.uniform(0.85, 1.6) or length < NARROWEST_M:
            parcels.append(piece)
            continue
        share, angle = rng.uniform(0.4, 0.6), rng.normal(0, 0.06)
        middle = corner + share * long + 0.5 * short
        along = short + long / length * math.hypot(*short) * angle
        half_gap = long / length * GAPS_M[min(depth, 2)] / 2
        strip = shapely.Polygon([middle + i * along + j * half_gap for i, j in STRIP])
        parts = polygons_of(piece.difference(strip), target_m2 / 6)
        queue.extend((part, depth + 1) for part in parts)
    return parcels


def _courtyard(parcel: Geometry, rng: np.random.Generator) -> Geometry | None:
    """The parcel itself, or with a yard bitten out of one corner."""
    parts = polygons_of(parcel, 45.0)
    if not parts:
        return None
    body = max(parts, key=lambda part: part.area)
    if rng.random() < 0.45:
        corner, long, short = box_axes(body)
        u, v = rng.uniform(0.3, 0.55, 2)
        at = corner + (long if rng.random() < 0.5 else 0) + (short if rng.random() < 0.5 else 0)
        middle = corner + (long + short) / 2
        yard = shapely.convex_hull(shapely.MultiPoint(_bite(at, middle, long * u, short * v)))
        bitten = polygons_of(body.difference(yard), 45.0)
        body = max(bitten, key=lambda part: part.area) if bitten else body
    return body.simplify(0.3)


def _bite(at: Coordinates, middle: Coordinates, along: Coordinates, across: Coordinates) -> Coordinates:
    """Corners of a yard that reaches from a corner of the parcel inwards, and a little beyond it outwards."""
    inward_u = along * np.sign(np.dot(middle - at, along))
    inward_v = across * np.sign(np.dot(middle - at, across))
    out_u, out_v = inward_u * 0.2, inward_v * 0.2
    return np.array([at - out_u - out_v, at + inward_u - out_v, at + inward_u + inward_v, at - out_u + inward_v])


def along(line: Geometry, step_m: float, first_m: float) -> tuple[Coordinates, Coordinates]:
    """Points every ``step_m`` along a line and the unit tangents there."""
    at = np.arange(first_m, line.length, step_m)
    here = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, np.minimum(at + 0.5, line.length)))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(at - 0.5, 0.0)))
    tangent = ahead - behind
    return here, tangent / np.maximum(np.linalg.norm(tangent, axis=1), 1e-9)[:, None]


def boxes(centres: Coordinates, tangents: Coordinates, widths: Coordinates, depths: Coordinates) -> list[Geometry]:
    """Rectangles about ``centres`` with the width along the tangent."""
    if not len(centres):
        return []
    normals = np.column_stack([-tangents[:, 1], tangents[:, 0]])
    u, v = tangents * widths[:, None] / 2, normals * depths[:, None] / 2
    rings = np.stack([centres - u - v, centres + u - v, centres + u + v, centres - u + v, centres - u - v], axis=1)
    return list(shapely.polygons(rings))


def villa_loops(plot: Geometry, rng: np.random.Generator, squeeze: float = 1.0) -> tuple[list[House], list[Geometry]]:
    """Villas on both sides of loop lanes that follow the outline of the plot inwards; (houses, lanes)."""
    pitch, step = 21.0 * squeeze, 19.5 * squeeze
    found: list[Geometry] = []
    lanes: list[Geometry] = []
    ring, depth = plot.buffer(-8.5, quad_segs=4), 0
    while not ring.is_empty:
        for part in polygons_of(ring, 30.0):
            line = part.simplify(1.0).exterior
            here, tangent = along(line, step, float(rng.uniform(2, 8)))
            size = rng.uniform(0.9, 1.06, (len(here), 2)) * [13.0, 11.5]
            found.extend(boxes(here, tangent, size[:, 0], size[:, 1]))
        gap = 2 * 8.5 + 7.5 if depth % 2 == 0 else pitch - 4.0
        if depth % 2 == 0:
            lanes.extend(part.exterior for part in polygons_of(ring.buffer(-gap / 2, quad_segs=4), 900.0))
        ring, depth = ring.buffer(-gap, quad_segs=4), depth + 1
    apart = keep_apart(found, 2.2, [lane.buffer(2.2) for lane in lanes], plot)
    return [House(villa, BuildingKind.VILLA, int(rng.integers(2, 4))) for villa in apart], lanes


def keep_apart(houses: list[Geometry], gap_m: float, obstacles: list[Geometry], plot: Geometry) -> list[Geometry]:
    """Houses inside the plot, clear of obstacles and at least ``gap_m`` from every house kept before them."""
    if not houses:
        return []
    shapely.prepare(plot)
    fits = shapely.contains_properly(plot, houses)
    if obstacles:
        hit = shapely.STRtree(obstacles).query(houses, predicate="intersects")
        fits[hit[0]] = False
    one, two = shapely.STRtree(houses).query(houses, predicate="dwithin", distance=gap_m)
    rivals: dict[int, list[int]] = {}
    for later, earlier in zip(one[two < one].tolist(), two[two < one].tolist(), strict=True):
        rivals.setdefault(later, []).append(earlier)
    kept = np.zeros(len(houses), dtype=bool)
    for i in range(len(houses)):
        kept[i] = bool(fits[i]) and not any(kept[j] for j in rivals.get(i, ()))
    return [house for house, keep in zip(houses, kept, strict=True) if keep]


def farmhouses(plot: Geometry, lanes: list[Geometry], count: int, rng: np.random.Generator) -> list[House]:
    """``count`` or fewer farmhouses in hamlets beside the lanes, none on a lane."""
    hamlets = _hamlets(lanes, count, rng)
    found: list[Geometry] = []
    for lane in lanes:
        here, tangent = along(lane, 17.0, float(rng.uniform(0, 12)))
        for side in (1.0, -1.0):
            normal = np.column_stack([-tangent[:, 1], tangent[:, 0]]) * side
            chosen = rng.random(len(here)) < _pull(here, hamlets)
            offset = rng.uniform(9.5, 15.0, len(here))
            row = here + normal * offset[:, None] + tangent * rng.uniform(-2, 2, (len(here), 1))
            deep = row + normal * rng.uniform(14.0, 20.0, (len(here), 1))
            for points, mask in ((row, chosen), (deep, chosen & (rng.random(len(here)) < 0.55))):
                size = rng.uniform(0.8, 1.3, (int(mask.sum()), 2)) * [11.5, 9.0]
                found.extend(boxes(points[mask], _swayed(tangent[mask], rng), size[:, 0], size[:, 1]))
    obstacles = [lane.buffer(4.0) for lane in lanes]
    apart = keep_apart(found, 2.5, obstacles, plot)
    order = rng.permutation(len(apart))[:count]
    return [House(apart[i], BuildingKind.OLD, int(rng.integers(1, 4)), 1, 1) for i in sorted(order.tolist())]


def _hamlets(lanes: list[Geometry], count: int, rng: np.random.Generator) -> Coordinates:
    number = max(2, count // 28)
    lengths = np.array([lane.length for lane in lanes])
    picks = rng.choice(len(lengths), size=number, p=lengths / lengths.sum())
    spots = [shapely.line_interpolate_point(lanes[i], rng.uniform(0.1, 0.9), normalized=True) for i in picks]
    places: Coordinates = shapely.get_coordinates(spots)
    return places


def _pull(points: Coordinates, hamlets: Coordinates) -> Coordinates:
    """Chance of a house: high in a hamlet of 90 m, a trickle elsewhere."""
    if not len(points):
        return np.zeros(0)
    apart = np.linalg.norm(points[:, None, :] - hamlets[None, :, :], axis=2).min(axis=1)
    chance: Coordinates = 0.03 + 0.87 * np.exp(-((apart / 95.0) ** 2))
    return chance


def _swayed(tangents: Coordinates, rng: np.random.Generator) -> Coordinates:
    angle = rng.normal(0, 0.12, len(tangents))
    c, s = np.cos(angle), np.sin(angle)
    x, y = tangents[:, 0], tangents[:, 1]
    turned: Coordinates = np.column_stack([c * x - s * y, s * x + c * y])
    return turned
