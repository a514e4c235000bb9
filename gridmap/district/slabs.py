"""Rows of slabs and towers facing south: scan lines over a plot, each filled with houses at an even pace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import affinity

from gridmap.district.blocks import box_axes
from gridmap.district.plane import Coordinates
from gridmap.district.records import BuildingKind, Geometry

Intervals = list[tuple[float, float]]


@dataclass(frozen=True)
class House:
    """A footprint with what can live in it before the figures of the community are shared out."""

    footprint: Geometry
    kind: BuildingKind
    floors: int = 1
    units: int = 1
    homes_per_floor: int = 1
    name: str = ""

    @property
    def capacity(self) -> int:
        return 1 if self.kind is BuildingKind.VILLA else self.floors * self.units * self.homes_per_floor


@dataclass(frozen=True)
class RowStyle:
    """Houses of ``length_m`` (shortest, longest) by ``depth_m``, ``gap_m`` apart, rows ``pitch_m`` from row to row."""

    length_m: tuple[float, float]
    depth_m: float
    gap_m: float
    pitch_m: float
    outline: str = "slab"

    def tighter(self, squeeze: float) -> RowStyle:
        """The same rows with the open ground between houses times ``squeeze``."""
        pitch = self.depth_m + (self.pitch_m - self.depth_m) * squeeze
        return RowStyle(self.length_m, self.depth_m, max(5.0, self.gap_m * squeeze), pitch, self.outline)


def south_angle(plot: Geometry) -> float:
    """Degrees by which the rows turn from east-west to follow the plot, never so far that houses lose the south."""
    _, long, short = box_axes(plot)
    angles = [np.degrees(np.arctan2(side[1], side[0])) for side in (long, short)]
    turned = [(angle + 45) % 90 - 45 for angle in angles]
    nearest = min(turned, key=abs)
    return float(nearest) if abs(nearest) <= 24 else float(np.sign(nearest) * 9)


def row_houses(plot: Geometry, style: RowStyle, rng: np.random.Generator) -> list[Geometry]:
    """Footprints inside ``plot`` (board metres), none touching another."""
    if plot.is_empty:
        return []
    angle, origin = south_angle(plot), plot.centroid
    upright = affinity.rotate(plot, -angle, origin=origin)
    _, low, _, high = upright.bounds
    outlines: list[Coordinates] = []
    slack = (high - low - style.depth_m) % style.pitch_m
    y = high - style.depth_m / 2 - slack * rng.uniform(0.3, 0.7)
    while y >= low + style.depth_m / 2:
        for left, right in clear_spans(upright, y - style.depth_m / 2, y + style.depth_m / 2):
            outlines.extend(_fill(left, right, y, style, rng))
        y -= style.pitch_m
    if not outlines:
        return []
    houses = np.array([shapely.Polygon(outline) for outline in outlines])
    shapely.prepare(upright)
    inside = houses[shapely.contains_properly(upright, houses)]
    return [affinity.rotate(house, angle, origin=origin) for house in inside]


def clear_spans(plot: Geometry, bottom: float, top: float) -> Intervals:
    """Intervals of x in which the strip bottom ≤ y ≤ top lies in the plot, judged on three scan lines."""
    spans = _crossings(plot, bottom)
    for y in ((bottom + top) / 2, top):
        spans = _common(spans, _crossings(plot, y))
    return spans


def _crossings(plot: Geometry, y: float) -> Intervals:
    xs: list[npt.NDArray[np.float64]] = []
    for ring in (plot.exterior, *plot.interiors):
        xy = shapely.get_coordinates(ring)
        a, b = xy[:-1], xy[1:]
        hit = (a[:, 1] > y) != (b[:, 1] > y)
        a, b = a[hit], b[hit]
        xs.append(a[:, 0] + (y - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0]))
    cut = np.sort(np.concatenate(xs))
    return [(float(cut[i]), float(cut[i + 1])) for i in range(0, len(cut) - 1, 2)]


def _common(one: Intervals, two: Intervals) -> Intervals:
    pairs = [(max(a, c), min(b, d)) for a, b in one for c, d in two]
    return [(a, b) for a, b in pairs if b > a]


def _fill(left: float, right: float, y: float, style: RowStyle, rng: np.random.Generator) -> list[Coordinates]:
    shortest, longest = style.length_m
    room = right - left - 1.0
    if room < shortest:
        return []
    count = max(1, int((room + style.gap_m) // ((shortest + longest) / 2 + style.gap_m)))
    length = min(longest, (room - (count - 1) * style.gap_m) / count)
    if length < shortest:
        count -= 1
        length = longest
    free = room - count * length
    step = length + free / max(1, count - 1) if count > 1 else 0.0
    start = left + 0.5 + (free / 2 if count == 1 else 0.0)
    lengths = np.maximum(shortest, length * rng.uniform(0.86, 1.0, count))
    return [_outline(start + i * step + length / 2, y, float(lengths[i]), style, rng) for i in range(count)]


def _outline(x: float, y: float, length: float, style: RowStyle, rng: np.random.Generator) -> Coordinates:
    if style.outline == "tower":
        return _cross(x, y, length, style.depth_m)
    if style.outline == "stepped" and rng.random() < 0.4:
        return _stepped(x, y, length, style.depth_m)
    w, h = length / 2, style.depth_m / 2
    return np.array([(x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h)])


def _cross(x: float, y: float, length: float, depth: float) -> Coordinates:
    """The plan of a point tower: a cross with four flats about a core."""
    w, h, i, j = length / 2, depth / 2, length * 0.19, depth * 0.2
    half = [(w, -h + j), (w, h - j), (i, h - j), (i, h), (-i, h), (-i, h - j)]
    return np.array([(x + a, y + b) for a, b in half] + [(x - a, y - b) for a, b in half])


def _stepped(x: float, y: float, length: float, depth: float) -> Coordinates:
    w, h, s = length / 2, depth / 2, 1.8
    ring = [(-w, -h), (0, -h), (0, -h + s), (w, -h + s), (w, h), (0, h), (0, h - s), (-w, h - s)]
    return np.array([(x + a, y + b) for a, b in ring])
