"""Where each unit sits: its footprint and anchor inside the community. Units that share a place share a seat."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.partition.findings import Finding
from gridmap.partition.plane import DegreePlane, Flags, Floats, Ints, Shapes, area_parts, shape_array
from gridmap.partition.units import SizeRule, Unit

# Points closer than this are the same place.
_SAME_PLACE_M = 0.05
# Two footprints that overlap by more than this share of the larger are the same house entered twice.
_SAME_FOOTPRINT = 0.5
# A footprint that overlaps another by more than this share of the smaller stands on it, as a tower on its podium.
_STACKED_FOOTPRINT = 0.05
# Units that share a place but are too many for one grid stand on a small circle around it.
_CIRCLE_M = 0.5
_INSIDE_M = 0.5
_NO_FOOTPRINT = shapely.Polygon()


@dataclass(frozen=True)
class Seats:
    """Places of a community part in plane metres: the units on each, its footprint (empty if there is none) and an
    anchor; `outlines` are the footprints before they were clipped to the part.

    `touching` marks footprints that meet another one, `disjoint` says that no two units' footprints overlap.
    """

    units: tuple[tuple[int, ...], ...]
    footprints: Shapes
    anchors: Floats
    outlines: Shapes
    touching: Flags
    disjoint: bool


Pairs = list[tuple[int, int]]


def seat_units(
    units: Sequence[Unit], part: BaseGeometry, plane: DegreePlane, rule: SizeRule
) -> tuple[Seats, list[Finding]]:
    """Seat every unit inside a polygon of the community (plane metres); units outside it go to its nearest point."""
    findings: list[Finding] = []
    footprints, anchors = _places(units, plane)
    whole = footprints.copy()
    footprints, anchors = _inside(units, part, footprints, anchors, findings)
    seats: list[tuple[int, ...]] = []
    shapes: list[BaseGeometry] = []
    outlines: list[BaseGeometry] = []
    places: list[tuple[float, float]] = []
    loads = [unit.households for unit in units]
    near = _near_units(footprints, anchors)
    seat_of = np.full(len(units), -1, dtype=np.int64)
    for group, code in _common_seats(near, loads, rule):
        seat_of[group] = len(seats)
        if len(group) > 1:
            households = sum(loads[index] for index in group)
            refs = tuple(units[index].ref for index in group)
            findings.append(Finding(code, {"units": refs, "households": households}))
            if households > rule.maximum:
                for index, place in zip(group, _circle(anchors[group[0]], len(group)), strict=True):
                    seats.append((index,))
                    shapes.append(_NO_FOOTPRINT)
                    outlines.append(_NO_FOOTPRINT)
                    places.append(place)
                continue
        seats.append(tuple(group))
        shapes.append(shapely.union_all(footprints[group]) if len(group) > 1 else footprints[group[0]])
        outlines.append(shapely.union_all(whole[group]) if len(group) > 1 else whole[group[0]])
        places.append((float(anchors[group[0], 0]), float(anchors[group[0], 1])))
    anchored = np.array(places, dtype=np.float64).reshape(-1, 2)
    touching = np.zeros(len(seats), dtype=bool)
    ends = seat_of[near.close]
    touching[ends[ends[:, 0] != ends[:, 1]]] = True
    laid = Seats(tuple(seats), shape_array(shapes), anchored, shape_array(outlines), touching, near.disjoint)
    return laid, findings


def _places(units: Sequence[Unit], plane: DegreePlane) -> tuple[Shapes, Floats]:
    """Footprint (valid, maybe empty) and anchor of each unit in plane metres, not yet held against the community."""
    shapes = plane.project(shape_array(unit.shape for unit in units))
    areal = shapely.get_dimensions(shapes) == 2
    broken = areal & ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    footprints = np.full(len(units), _NO_FOOTPRINT, dtype=object)
    solid = areal & (shapely.area(shapes) > 0.0)
    footprints[solid] = shapes[solid]
    anchors = shapely.get_coordinates(shapely.point_on_surface(shapes))
    return footprints, np.asarray(anchors, dtype=np.float64)


def _inside(
    units: Sequence[Unit], part: BaseGeometry, footprints: Shapes, anchors: Floats, findings: list[Finding]
) -> tuple[Shapes, Floats]:
    """Clip footprints to the part and bring anchors of units outside it to its nearest inner point."""
    shapely.prepare(part)
    solid = ~shapely.is_empty(footprints)
    partly = solid & ~shapely.covers(part, footprints)
    for index in np.flatnonzero(partly).tolist():
        pieces = area_parts(shape_array([shapely.intersection(footprints[index], part)]))
        footprints[index] = shapely.multipolygons(pieces) if len(pieces) else shapely.Polygon()
    clipped = partly & ~shapely.is_empty(footprints)
    if clipped.any():
        anchors[clipped] = shapely.get_coordinates(shapely.point_on_surface(footprints[clipped]))
    outside = shapely.is_empty(footprints) & ~shapely.covers(part, shapely.points(anchors))
    inner = shapely.buffer(part, -_INSIDE_M)
    inner = shapely.point_on_surface(part) if inner.is_empty else inner
    for index in np.flatnonzero(outside).tolist():
        line = shapely.shortest_line(shapely.points(anchors[index]), inner)
        distance = max(0.0, float(line.length) - _INSIDE_M)
        findings.append(Finding("unit_outside_community", {"unit": units[index].ref, "distance_m": round(distance, 1)}))
        anchors[index] = shapely.get_coordinates(line)[-1]
    return footprints, anchors


@dataclass(frozen=True)
class _Near:
    """Pairs of units in one place (equal points, a point in a footprint, nearly equal footprints), others that overlap,
    and all whose footprints come close; `disjoint` if no two footprints overlap.
    """

    count: int
    same: Pairs
    over: Pairs
    close: Ints
    disjoint: bool


def _common_seats(near: _Near, loads: Sequence[int], rule: SizeRule) -> list[tuple[list[int], str]]:
    """Units that sit together, and why: one place, or footprints over each other that fit one grid."""
    leader = list(range(near.count))
    for first, second in near.same:
        low, high = sorted((_root(leader, first), _root(leader, second)))
        leader[high] = low
    total: dict[int, int] = {}
    for index, load in enumerate(loads):
        total[_root(leader, index)] = total.get(_root(leader, index), 0) + load
    stacked: set[int] = set()
    for first, second in near.over:
        low, high = sorted((_root(leader, first), _root(leader, second)))
        if low != high and total[low] + total[high] <= rule.maximum:
            leader[high] = low
            total[low] += total[high]
            stacked.update((low, high))
    groups: dict[int, list[int]] = {}
    for index in range(near.count):
        groups.setdefault(_root(leader, index), []).append(index)
    return [(group, "units_overlap" if root in stacked else "units_share_point") for root, group in groups.items()]


def _root(leader: list[int], index: int) -> int:
    while leader[index] != index:
        leader[index] = leader[leader[index]]
        index = leader[index]
    return index


def _near_units(footprints: Shapes, anchors: Floats) -> _Near:
    solid = ~shapely.is_empty(footprints)
    shapes = footprints.copy()
    shapes[~solid] = shapely.points(anchors[~solid])
    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_SAME_PLACE_M)
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    keep = first < second
    first, second = first[keep], second[keep]
    both = solid[first] & solid[second]
    same = ~both
    # A point beside a wall is not inside the house.
    mixed = solid[first] != solid[second]
    same[mixed] = shapely.intersects(shapes[first[mixed]], shapes[second[mixed]])
    disjoint = bool(shapely.coverage_is_valid(footprints[solid]))
    common = np.zeros(int(both.sum()))
    if not disjoint:
        common = shapely.area(shapely.intersection(shapes[first[both]], shapes[second[both]]))
    areas = np.stack((shapely.area(shapes[first[both]]), shapely.area(shapes[second[both]])))
    same[both] = common > _SAME_FOOTPRINT * areas.max(axis=0)
    over = np.zeros(len(first), dtype=bool)
    over[both] = ~same[both] & (common > _STACKED_FOOTPRINT * areas.min(axis=0))
    close = np.column_stack((first[both], second[both]))
    disjoint = disjoint or not (common > 0.0).any()
    return _Near(len(anchors), _listed(first[same], second[same]), _listed(first[over], second[over]), close, disjoint)


def _listed(first: Ints, second: Ints) -> Pairs:
    return [(int(i), int(j)) for i, j in zip(first, second, strict=True)]


def _circle(center: Floats, count: int) -> list[tuple[float, float]]:
    x, y = float(center[0]), float(center[1])
    turns = [2.0 * math.pi * index / count for index in range(count)]
    return [(x + _CIRCLE_M * math.cos(turn), y + _CIRCLE_M * math.sin(turn)) for turn in turns]
