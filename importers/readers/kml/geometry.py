"""KML geometry elements to WKB (OGC 12-007r2, 10): heights are dropped, rings closed where the file left them open."""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import shapely

from importers.records import Reason, RefusedError, Weight

GEOMETRIES = {"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry"}
MAX_DEPTH = 4
Position = tuple[float, float]
Listed = dict[str, Reason]


def tag(element: Element) -> str:
    """The name without its namespace, of which KML has had many."""
    return str(element.tag).rpartition("}")[2]


def wkb_of(placemark: Element) -> tuple[bytes | None, list[Reason]]:
    """2D WKB of the placemark's geometry, None where it has none; RefusedError(code) where it is broken."""
    listed: Listed = {}
    shapes = [_shape(child, listed, 0) for child in placemark if tag(child) in GEOMETRIES]
    if not shapes:
        return None, []
    shape = shapes[0] if len(shapes) == 1 else _joined(shapes)
    if shape.is_empty:
        return None, list(listed.values())
    return bytes(shapely.to_wkb(shape, output_dimension=2, byte_order=1)), list(listed.values())


def _shape(element: Element, listed: Listed, depth: int) -> shapely.Geometry:
    name = tag(element)
    if name == "MultiGeometry":
        if depth >= MAX_DEPTH:
            raise RefusedError("geometry_too_deep", limit=MAX_DEPTH)
        return _joined([_shape(child, listed, depth + 1) for child in element if tag(child) in GEOMETRIES])
    if name == "Polygon":
        return _polygon(element, listed)
    positions = _positions(element, listed)
    if name == "Point":
        return shapely.Point(positions[0]) if positions else shapely.Point()
    if name == "LinearRing":
        return shapely.Polygon(_closed(positions, listed))
    if len(positions) == 1:
        raise RefusedError("line_too_short")
    return shapely.LineString(positions)


def _polygon(element: Element, listed: Listed) -> shapely.Geometry:
    shell: list[Position] | None = None
    holes: list[list[Position]] = []
    for boundary in element:
        rings = [_closed(_positions(ring, listed), listed) for ring in boundary if tag(ring) == "LinearRing"]
        if tag(boundary) == "outerBoundaryIs" and rings:
            shell = rings[0]
        elif tag(boundary) == "innerBoundaryIs":
            holes.extend(rings)
    if shell is None:
        raise RefusedError("outer_ring_missing")
    return shapely.Polygon(shell, holes)


def _joined(shapes: list[shapely.Geometry]) -> shapely.Geometry:
    parts = [part for shape in shapes for part in getattr(shape, "geoms", [shape]) if not part.is_empty]
    kinds = {part.geom_type for part in parts}
    if len(parts) == 1:
        return parts[0]
    if kinds == {"Polygon"}:
        return shapely.MultiPolygon(parts)
    if kinds == {"LineString"}:
        return shapely.MultiLineString(parts)
    if kinds == {"Point"}:
        return shapely.MultiPoint(parts)
    return shapely.GeometryCollection(parts)


def _positions(element: Element, listed: Listed) -> list[Position]:
    texts = [child.text or "" for child in element if tag(child) == "coordinates"]
    if not texts:
        raise RefusedError("coordinates_missing")
    return list(_parsed(texts[0], listed))


def _parsed(text: str, listed: Listed) -> Iterator[Position]:
    for piece in text.split():
        numbers = piece.strip(",").split(",")
        if len(numbers) < 2:
            raise RefusedError("position_too_short", value=piece[:40])
        try:
            x, y = float(numbers[0]), float(numbers[1])
        except ValueError:
            raise RefusedError("coordinate_not_number", value=piece[:40]) from None
        if not (math.isfinite(x) and math.isfinite(y)):
            raise RefusedError("coordinate_not_finite")
        if len(numbers) > 2:
            listed.setdefault("heights_dropped", Reason("heights_dropped", Weight.NOTED, "geometry"))
        yield x, y


def _closed(positions: list[Position], listed: Listed) -> list[Position]:
    if len(set(positions)) < 3:
        raise RefusedError("ring_too_short", points=len(set(positions)))
    if positions[0] != positions[-1]:
        listed.setdefault("ring_closed", Reason("ring_closed", Weight.REPAIRED, "geometry"))
        return [*positions, positions[0]]
    return positions
