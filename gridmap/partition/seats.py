"""Where each unit sits: its footprint and anchor inside the community. Units that share a place share a seat."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.partition.findings import Finding
from gridmap.partition.fixed import region_of
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
_NO_SHAPES = shape_array([])


@dataclass(frozen=True)
class Seats:
    """Places of a community part in plane metres: the units on each, its footprint (empty if there is none) and an
    anchor; `outlines` are the footprints before they were clipped to the part.

    `touching` marks footprints that meet another one, `disjoint` says that no two units' footprints overlap. `places`
    is where a seat really is: units that share a point but are too many for one grid have anchors around it. `lonlat`
    is the place as it was given, where that is a point inside the part, else NaN.
    """

    units: tuple[tuple[int, ...], ...]
    footprints: Shapes
    anchors: Floats
    outlines: Shapes
    touching: Flags
    disjoint: bool
    places: Floats
    lonlat: Floats


Pairs = list[tuple[int, int]]


def seat_units(
    units: Sequence[Unit], part: BaseGeometry, plane: DegreePlane, rule: SizeRule, fixed: Shapes = _NO_SHAPES
) -> tuple[Seats, list[Finding]]:
    """Seat every unit inside a polygon of the community (plane metres); units outside it go to its nearest point.

    Units in different fixed grids (plane metres) never share a seat.
    """
    footprints, anchors, lonlat = _places(units, plane)
    whole = footprints.copy()
    _clip(part, footprints, anchors)
    findings = _move_inside(units, part, footprints, anchors, lonlat)
    loads = [unit.households for unit in units]
    near = _near_units(footprints, anchors, region_of(shapely.points(anchors), fixed))
    seats: list[list[int]] = []
    crowds: list[list[int]] = []
    for group, code in _common_seats(near, loads, rule):
        households = sum(loads[index] for index in group)
        if len(group) > 1:
            refs = tuple(units[index].ref for index in group)
            findings.append(Finding(code, {"units": refs, "households": households}))
        if len(group) > 1 and households > rule.maximum:
            crowds.append(group)
        else:
            seats.append(group)
    return _seated(seats, crowds, (footprints, whole), (anchors, lonlat), near), findings


def _seated(
    seats: list[list[int]],
    crowds: list[list[int]],
    shapes: tuple[Shapes, Shapes],
    spots: tuple[Floats, Floats],
    near: "_Near",
) -> Seats:
    """Seats of groups that sit together, followed by those of crowds: every unit by itself on a circle."""
    anchors, lonlat = spots
    first = np.array([group[0] for group in seats] + [group[0] for group in crowds for _ in group], dtype=np.int64)
    around = [place for group in crowds for place in _circle(anchors[group[0]], len(group))]
    alone = np.full(len(around), _NO_FOOTPRINT, dtype=object)
    footprints, outlines = (
        np.concatenate((shape_array(_united(areas[group]) for group in seats), alone)) for areas in shapes
    )
    seat_of = np.full(near.count, -1, dtype=np.int64)
    for index, group in enumerate(seats):
        seat_of[group] = index
    ends = seat_of[near.close]
    ends = ends[(ends[:, 0] != ends[:, 1]) & (ends >= 0).all(axis=1)]
    touching = np.zeros(len(first), dtype=bool)
    touching[ends] = True
    return Seats(
        units=tuple(tuple(group) for group in [*seats, *([unit] for group in crowds for unit in group)]),
        footprints=footprints,
        anchors=np.concatenate((anchors[first[: len(seats)]], np.array(around, dtype=np.float64).reshape(-1, 2))),
        outlines=outlines,
        touching=touching,
        disjoint=near.disjoint,
        places=anchors[first],
        lonlat=lonlat[first],
    )


def _united(footprints: Shapes) -> BaseGeometry:
    return footprints[0] if len(footprints) == 1 else shapely.union_all(footprints)


def _places(units: Sequence[Unit], plane: DegreePlane) -> tuple[Shapes, Floats, Floats]:
    """Footprint (valid, maybe empty) and anchor of each unit in plane metres, not yet held against the community; and
    the lon/lat of those that are points.
    """
    given = shapely.force_2d(shape_array(unit.shape for unit in units))
    shapes = plane.project(given)
    areal = shapely.get_dimensions(shapes) == 2
    broken = areal & ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    footprints = np.full(len(units), _NO_FOOTPRINT, dtype=object)
    solid = areal & (shapely.area(shapes) > 0.0)
    footprints[solid] = shapes[solid]
    anchors = shapely.get_coordinates(shapely.point_on_surface(shapes))
    lonlat = np.full((len(units), 2), np.nan)
    pointed = shapely.get_type_id(given) == shapely.GeometryType.POINT
    lonlat[pointed] = shapely.get_coordinates(given[pointed])
    return footprints, np.asarray(anchors, dtype=np.float64), lonlat


def _clip(part: BaseGeometry, footprints: Shapes, anchors: Floats) -> None:
    """Leave of the footprints what is inside the part."""
    shapely.prepare(part)
    solid = ~shapely.is_empty(footprints)
    partly = solid & ~shapely.covers(part, footprints)
    for index in np.flatnonzero(partly).tolist():
        pieces = area_parts(shape_array([shapely.intersection(footprints[index], part)]))
        footprints[index] = shapely.multipolygons(pieces) if len(pieces) else _NO_FOOTPRINT
    clipped = partly & ~shapely.is_empty(footprints)
    anchors[clipped] = shapely.get_coordinates(shapely.point_on_surface(footprints[clipped]))


def _move_inside(
    units: Sequence[Unit], part: BaseGeometry, footprints: Shapes, anchors: Floats, lonlat: Floats
) -> list[Finding]:
    """Bring anchors of units outside the part to its nearest inner point."""
    outside = np.flatnonzero(shapely.is_empty(footprints))
    outside = outside[~shapely.covers(part, shapely.points(anchors[outside]))]
    if not len(outside):
        return []
    lonlat[outside] = np.nan
    inner = shapely.buffer(part, -_INSIDE_M)
    inner = shapely.point_on_surface(part) if inner.is_empty else inner
    lines = shapely.shortest_line(shapely.points(anchors[outside]), inner)
    anchors[outside] = shapely.get_coordinates(shapely.get_point(lines, -1))
    away = np.maximum(0.0, shapely.length(lines) - _INSIDE_M)
    return [
        Finding("unit_outside_community", {"unit": units[index].ref, "distance_m": round(float(distance), 1)})
        for index, distance in zip(outside.tolist(), away, strict=True)
    ]


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


def _near_units(footprints: Shapes, anchors: Floats, region: Ints) -> _Near:
    solid = ~shapely.is_empty(footprints)
    shapes = footprints.copy()
    shapes[~solid] = shapely.points(anchors[~solid])
    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_SAME_PLACE_M)
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    keep = first < second
    first, second = first[keep], second[keep]
    both = solid[first] & solid[second]
    close = np.column_stack((first[both], second[both]))
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
    disjoint = disjoint or not (common > 0.0).any()
    joint = region[first] == region[second]
    same, over = same & joint, over & joint
    return _Near(len(anchors), _listed(first[same], second[same]), _listed(first[over], second[over]), close, disjoint)


def _listed(first: Ints, second: Ints) -> Pairs:
    return [(int(i), int(j)) for i, j in zip(first, second, strict=True)]


def _circle(center: Floats, count: int) -> list[tuple[float, float]]:
    x, y = float(center[0]), float(center[1])
    turns = [2.0 * math.pi * index / count for index in range(count)]
    return [(x + _CIRCLE_M * math.cos(turn), y + _CIRCLE_M * math.sin(turn)) for turn in turns]
