"""The .shp file (ESRI white paper, July 1998) read record by record: no index, no driver, no other file."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from importers.records import Reason, RefusedError, Value, Weight

MAGIC = 9994
HEADER_BYTES = 100
KINDS = {1: "Point", 3: "LineString", 5: "Polygon", 8: "MultiPoint"}
MULTIPATCH = 31
Ring = NDArray[np.float64]


def kind_of(path: Path) -> str:
    """The geometry kind of the file's header; RefusedError("shp_broken") where it is no .shp."""
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
    if len(head) < HEADER_BYTES or int.from_bytes(head[:4], "big") != MAGIC:
        raise RefusedError("shp_broken")
    return KINDS.get(int.from_bytes(head[32:36], "little") % 10, "")


def shapes(path: Path) -> Iterator[tuple[bytes | None, list[Reason]]]:
    """2D WKB (None: null shape) and reasons of every record; a broken record is refused alone, a broken frame ends."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(HEADER_BYTES)
        while len(frame := file.read(8)) == 8:
            length = int.from_bytes(frame[4:], "big") * 2
            if length < 4 or file.tell() + length > size:
                yield None, [Reason("shp_record_broken", field="geometry")]
                return
            yield _shape(file.read(length))


def _shape(content: bytes) -> tuple[bytes | None, list[Reason]]:
    listed: list[Reason] = []
    try:
        shape = _decoded(content, listed)
    except RefusedError as refusal:
        return None, [Reason(refusal.code, Weight.REFUSED, "geometry", refusal.params)]
    except (struct.error, ValueError, IndexError, shapely.errors.GEOSException):
        return None, [Reason("shp_record_broken", field="geometry")]
    if shape is None or shape.is_empty:
        return None, listed
    return bytes(shapely.to_wkb(shape, byte_order=1)), listed


def _decoded(content: bytes, listed: list[Reason]) -> shapely.Geometry | None:
    code = int.from_bytes(content[:4], "little")
    if code == 0:
        return None
    if code == MULTIPATCH or code % 10 not in KINDS or code > 28:
        raise RefusedError("shp_kind_not_read", kind=code)
    if code > 10:
        _note(listed, "heights_dropped" if code < 20 else "extra_dimensions_dropped", Weight.NOTED)
    kind = KINDS[code % 10]
    if kind == "Point":
        return shapely.Point(*_finite(np.frombuffer(content, "<f8", 2, 4)))
    if kind == "MultiPoint":
        count = struct.unpack_from("<I", content, 36)[0]
        return shapely.MultiPoint(_finite(np.frombuffer(content, "<f8", 2 * count, 40)).reshape(-1, 2))
    parts = _parts(content)
    if kind == "LineString":
        lines = [part for part in parts if len(part) > 1]
        return shapely.LineString(lines[0]) if len(lines) == 1 else shapely.MultiLineString(lines)
    return _polygon([_closed(part, listed) for part in parts if len(part)], listed)


def _parts(content: bytes) -> list[Ring]:
    parts, points = struct.unpack_from("<II", content, 36)
    if 44 + 4 * parts + 16 * points > len(content):
        raise RefusedError("shp_record_broken")
    starts = np.frombuffer(content, "<i4", parts, 44).tolist()
    if starts != sorted(starts) or (starts and (starts[0] < 0 or starts[-1] > points)):
        raise RefusedError("shp_record_broken")
    positions = _finite(np.frombuffer(content, "<f8", 2 * points, 44 + 4 * parts)).reshape(-1, 2)
    return [positions[start:end] for start, end in zip(starts, [*starts[1:], points], strict=True)]


def _finite(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    if not np.isfinite(numbers).all():
        raise RefusedError("coordinate_not_finite")
    return numbers


def _closed(ring: Ring, listed: list[Reason]) -> Ring:
    if len(np.unique(ring, axis=0)) < 3:
        raise RefusedError("ring_too_short", points=len(ring))
    if not np.array_equal(ring[0], ring[-1]):
        _note(listed, "ring_closed", Weight.REPAIRED)
        return np.vstack([ring, ring[:1]])
    return ring


def _polygon(rings: list[Ring], listed: list[Reason]) -> shapely.Geometry:
    """Rings grouped into polygons: clockwise rings are shells, the others holes of the smallest shell around them."""
    if len(rings) == 1:
        return shapely.Polygon(rings[0])
    clockwise = [_signed_area(ring) < 0 for ring in rings]
    if not any(clockwise):
        _note(listed, "ring_direction", Weight.NOTED)
        clockwise = [True] * len(rings) if not _first_holds_all(rings) else [True, *[False] * (len(rings) - 1)]
    shells = [ring for ring, shell in zip(rings, clockwise, strict=True) if shell]
    holes: list[list[Ring]] = [[] for _shell in shells]
    outlines = [shapely.Polygon(shell) for shell in shells]
    for hole in (ring for ring, shell in zip(rings, clockwise, strict=True) if not shell):
        around = [at for at, outline in enumerate(outlines) if outline.intersects(shapely.Point(hole[0]))]
        if around:
            holes[min(around, key=lambda at: outlines[at].area)].append(hole)
        else:
            _note(listed, "hole_without_shell", Weight.REPAIRED)
            shells.append(hole)
            holes.append([])
    polygons = [shapely.Polygon(shell, inner) for shell, inner in zip(shells, holes, strict=True)]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _first_holds_all(rings: list[Ring]) -> bool:
    shell = shapely.Polygon(rings[0])
    return all(shell.intersects(shapely.Point(ring[0])) for ring in rings[1:])


def _signed_area(ring: Ring) -> float:
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


def _note(listed: list[Reason], code: str, weight: Weight, **params: Value) -> None:
    if all(reason.code != code for reason in listed):
        listed.append(Reason(code, weight, "geometry", params))
