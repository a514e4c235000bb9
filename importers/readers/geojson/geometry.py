"""One GeoJSON geometry to WKB (RFC 7946): strict about structure, lenient only where the repair can be listed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import shapely

from importers.records import Reason, RefusedError, Value, Weight

MAX_COLLECTION_DEPTH = 4
Position = tuple[float, float]
Listed = list[Reason]


def wkb_of(geometry: object) -> tuple[bytes | None, Listed]:
    """2D WKB of a GeoJSON geometry object and what was repaired; RefusedError(code) where it says nothing certain."""
    if geometry is None:
        return None, []
    listed: dict[str, Reason] = {}
    shape = _shape(geometry, listed, 0)
    if shape.is_empty:
        return None, list(listed.values())
    return bytes(shapely.to_wkb(shape, output_dimension=2, byte_order=1)), list(listed.values())


def _shape(geometry: object, listed: dict[str, Reason], depth: int) -> shapely.Geometry:
    if not isinstance(geometry, dict):
        raise RefusedError("geometry_not_object")
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        return _collection(geometry, listed, depth)
    build = BUILDERS.get(kind) if isinstance(kind, str) else None
    if build is None:
        raise RefusedError("geometry_type_unknown", type=str(kind)[:40])
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list):
        raise RefusedError("coordinates_missing")
    shape = build(coordinates, listed)
    _check_box(geometry.get("bbox"), shape, listed)
    return shape


def _collection(geometry: dict[str, Any], listed: dict[str, Reason], depth: int) -> shapely.Geometry:
    members = geometry.get("geometries")
    if not isinstance(members, list):
        raise RefusedError("geometries_missing")
    if depth >= MAX_COLLECTION_DEPTH:
        raise RefusedError("geometry_too_deep", limit=MAX_COLLECTION_DEPTH)
    shapes = [_shape(member, listed, depth + 1) for member in members]
    if depth:
        _note(listed, "collection_flattened", Weight.REPAIRED)
    if len(shapes) == 1:
        _note(listed, "collection_unwrapped", Weight.REPAIRED)
        return shapes[0]
    parts = [part for shape in shapes for part in (shape.geoms if shape.geom_type == "GeometryCollection" else [shape])]
    return shapely.GeometryCollection(parts)


def _point(coordinates: list[Any], listed: dict[str, Reason]) -> shapely.Geometry:
    return shapely.Point(_position(coordinates, listed)) if coordinates else shapely.Point()


def _multi_point(coordinates: list[Any], listed: dict[str, Reason]) -> shapely.Geometry:
    return shapely.MultiPoint(_positions(coordinates, listed))


def _line(coordinates: list[Any], listed: dict[str, Reason]) -> shapely.Geometry:
    positions = _positions(coordinates, listed)
    if len(positions) == 1:
        raise RefusedError("line_too_short")
    return shapely.LineString(positions)


def _multi_line(coordinates: list[Any], listed: dict[str, Reason]) -> shapely.Geometry:
    return shapely.MultiLineString([_line(_list(part), listed) for part in coordinates])


def _polygon(coordinates: list[Any], listed: dict[str, Reason]) -> shapely.Geometry:
    rings = [_ring(_list(part), listed) for part in coordinates]
    if not rings:
        return shapely.Polygon()
    turns = [_signed_area(ring) for ring in rings]
    if turns[0] < 0 or any(turn > 0 for turn in turns[1:]):
        _note(listed, "ring_direction", Weight.NOTED)
    return shapely.Polygon(rings[0], rings[1:])


def _multi_polygon(coordinates: list[Any], listed: dict[str, Reason]) -> shapely.Geometry:
    return shapely.MultiPolygon([_polygon(_list(part), listed) for part in coordinates])


BUILDERS: dict[str, Callable[[list[Any], dict[str, Reason]], shapely.Geometry]] = {
    "Point": _point,
    "MultiPoint": _multi_point,
    "LineString": _line,
    "MultiLineString": _multi_line,
    "Polygon": _polygon,
    "MultiPolygon": _multi_polygon,
}


def _ring(coordinates: list[Any], listed: dict[str, Reason]) -> list[Position]:
    positions = _positions(coordinates, listed)
    if len(set(positions)) < 3:
        raise RefusedError("ring_too_short", points=len(set(positions)))
    if positions[0] != positions[-1]:
        _note(listed, "ring_closed", Weight.REPAIRED)
        positions.append(positions[0])
    kept = [here for here, before in zip(positions[1:], positions, strict=False) if here != before]
    if len(kept) + 1 < len(positions):
        _note(listed, "repeated_points_removed", Weight.REPAIRED, count=len(positions) - len(kept) - 1)
    return [positions[0], *kept]


def _positions(coordinates: list[Any], listed: dict[str, Reason]) -> list[Position]:
    return [_position(_list(position), listed) for position in coordinates]


def _position(position: list[Any], listed: dict[str, Reason]) -> Position:
    if len(position) < 2:
        raise RefusedError("position_too_short", numbers=len(position))
    for number in position:
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise RefusedError("coordinate_not_number", value=str(number)[:40])
    if len(position) > 2:
        _note(listed, "heights_dropped" if len(position) == 3 else "extra_dimensions_dropped", Weight.NOTED)
    x, y = float(position[0]), float(position[1])
    if not (math.isfinite(x) and math.isfinite(y)):
        raise RefusedError("coordinate_not_finite")
    return x, y


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise RefusedError("coordinates_depth")
    return value


def _signed_area(ring: Sequence[Position]) -> float:
    return sum((bx - ax) * (by + ay) for (ax, ay), (bx, by) in pairwise(ring)) / -2


def _check_box(box: object, shape: shapely.Geometry, listed: dict[str, Reason]) -> None:
    if box is not None and not box_agrees(box, shape):
        _note(listed, "bbox_ignored", Weight.NOTED)


def box_agrees(box: object, shape: shapely.Geometry | None) -> bool:
    """Whether a `bbox` member has 4 or 6 numbers and holds the shape (to a millionth of a degree or metre)."""
    if not isinstance(box, list) or len(box) not in {4, 6}:
        return False
    if any(isinstance(number, bool) or not isinstance(number, int | float) for number in box):
        return False
    if shape is None or shape.is_empty:
        return True
    half = len(box) // 2
    west, south, east, north = shape.bounds
    slack = 1e-6
    return bool(
        box[0] <= west + slack
        and box[1] <= south + slack
        and box[half] >= east - slack
        and box[half + 1] >= north - slack
    )


def _note(listed: dict[str, Reason], code: str, weight: Weight, **params: Value) -> None:
    listed.setdefault(code, Reason(code, weight, "geometry", params))
