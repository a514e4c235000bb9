"""Cutting a piece of town into blocks by bent streets: the longer side is halved until the pieces are small enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Point

from gridmap.district.plane import Coordinates
from gridmap.district.records import Geometry

SLIVER_M2 = 400.0
SNAP_M = 48.0


@dataclass(frozen=True)
class Cut:
    """A street drawn by a cut: its axis inside the piece, its width, and how deep in the recursion it was made."""

    line: Geometry
    width_m: float
    depth: int


@dataclass(frozen=True)
class CutStyle:
    """``widths_m`` by depth (the last one repeats); ``bend`` as a share of the cut's length; ``tilt_deg`` is a
    standard deviation; pieces narrower than ``narrow_m`` are left whole."""

    target_m2: float
    widths_m: tuple[float, ...]
    bend: float = 0.02
    tilt_deg: float = 3.0
    narrow_m: float = 70.0


def polygons_of(geometry: Geometry, smallest_m2: float = SLIVER_M2) -> list[Geometry]:
    if geometry.geom_type == "Polygon":
        return [geometry] if geometry.area >= smallest_m2 else []
    parts = shapely.get_parts(geometry)
    return [part for part in parts if part.geom_type == "Polygon" and part.area >= smallest_m2]


def lines_of(geometry: Geometry, shortest_m: float = 1.0) -> list[Geometry]:
    parts = [p for p in shapely.get_parts(geometry) if p.geom_type in ("LineString", "LinearRing") and not p.is_empty]
    merged = shapely.line_merge(shapely.MultiLineString(parts)) if parts else None
    return [] if merged is None else [p for p in shapely.get_parts(merged) if p.length >= shortest_m]


def box_axes(polygon: Geometry) -> tuple[Coordinates, Coordinates, Coordinates]:
    """Corner, long side and short side (vectors) of the smallest rotated rectangle around ``polygon``."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(polygon))
    one, two = corners[1] - corners[0], corners[3] - corners[0]
    return (corners[0], one, two) if one @ one >= two @ two else (corners[0], two, one)


def cut_line(polygon: Geometry, style: CutStyle, rng: np.random.Generator) -> Geometry:
    corner, long, short = box_axes(polygon)
    share = float(np.clip(rng.normal(0.5, 0.07), 0.36, 0.64))
    middle = corner + share * long + 0.5 * short
    angle = np.radians(float(np.clip(rng.normal(0, style.tilt_deg), -12, 12)))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    along, across = turn @ short, turn @ (long / np.linalg.norm(long))
    t = np.linspace(-0.75, 0.75, 13)
    wave = np.sin(t * rng.uniform(2.0, 4.5) + rng.uniform(0, 2 * np.pi)) * style.bend * float(np.linalg.norm(short))
    return LineString(middle + t[:, None] * along + wave[:, None] * across)


def subdivide(polygon: Geometry, style: CutStyle, rng: np.random.Generator) -> tuple[list[Geometry], list[Cut]]:
    """Blocks and the streets between them (each cut before the cuts that end on it)."""
    blocks: list[Geometry] = []
    cuts: list[Cut] = []
    queue = [(polygon, 0)]
    smallest = min(SLIVER_M2, style.target_m2 / 6)
    while queue:
        piece, depth = queue.pop(0)
        if piece.area <= style.target_m2 * rng.uniform(0.85, 1.6) or _narrow(piece, style.narrow_m):
            blocks.append(piece)
            continue
        width = style.widths_m[min(depth, len(style.widths_m) - 1)]
        line = cut_line(piece, style, rng)
        parts = polygons_of(piece.difference(line.buffer(width / 2, cap_style="flat", join_style="mitre")), smallest)
        if len(parts) < 2:
            blocks.append(piece)
            continue
        cuts.extend(Cut(axis, width, depth) for axis in lines_of(line.intersection(piece), 8.0))
        queue.extend((part, depth + 1) for part in parts)
    return blocks, cuts


def _narrow(piece: Geometry, narrow_m: float) -> bool:
    _, long, _ = box_axes(piece)
    return bool(np.linalg.norm(long) < narrow_m)


def rounded(polygon: Geometry, radius_m: float) -> Geometry:
    """Street corners are round: opening with a disc; the polygon itself where it is too small for that."""
    parts = polygons_of(polygon.buffer(-radius_m, quad_segs=3).buffer(radius_m, quad_segs=3))
    return max(parts, key=lambda part: part.area) if parts else polygon


def join_ends(cuts: list[Cut], streets: list[Geometry]) -> list[Geometry]:
    """Axes of the cuts with each end led on to the street it meets (``streets`` or an earlier cut), where one is near;
    a dead end at a river or railway stays."""
    known = list(streets)
    joined = []
    for cut in cuts:
        network = shapely.MultiLineString(known) if known else None
        xy = shapely.get_coordinates(cut.line)
        axis = LineString(np.vstack([*_lead(xy[0], network), xy, *_lead(xy[-1], network)]))
        joined.append(axis)
        known.append(axis)
    return joined


def _lead(end: Coordinates, network: Geometry | None) -> list[Coordinates]:
    if network is None:
        return []
    nearest = shapely.shortest_line(Point(end), network)
    if not 0.01 < nearest.length <= SNAP_M:
        return []
    return [shapely.get_coordinates(nearest)[1]]
