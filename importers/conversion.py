"""From geometry as read to geometry as kept: WGS 84 degrees, two dimensions, valid, every change listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gridmap.geometry.crs import CrsError, to_wgs84
from gridmap.geometry.datum import Datum
from gridmap.geometry.repair import Change, repair
from importers.datum import Placing, system_of
from importers.records import Reason, Record, Weight

BATCH_ROWS = 500
MAX_VERTICES = 500_000
HALF_WORLD_DEG = 180.0
NOTED_CHANGES = {Change.FLIPPED_ORIENTATION, Change.DROPPED_Z, Change.DROPPED_M}

Shapes = NDArray[np.object_]


def converted(records: Iterable[Record], placing: Placing) -> Iterator[Record]:
    """The records with geometry in WGS 84, repaired where needed; what cannot be kept is refused with its reason."""
    system = system_of(placing.system)
    source = iter(records)
    while batch := list(islice(source, BATCH_ROWS)):
        placed = [record for record in batch if record.wkb is not None]
        shapes = np.array([_shape(record) for record in placed], dtype=object)
        if placing.swapped:
            shapes = shapely.transform(shapes, lambda coordinates: coordinates[:, ::-1])
        faults = _faults(shapes)
        shapes = _moved(placed, shapes, system)
        _note_healed(placed, shapes, faults)
        _repaired(placed, shapes)
        yield from batch


def _shape(record: Record) -> shapely.Geometry | None:
    """The geometry, or None and a reason on the record."""
    try:
        shape = shapely.from_wkb(record.wkb)
    except NotImplementedError:
        return _refuse(record, "geometry_is_curved")
    except shapely.errors.GEOSException:
        shape = shapely.from_wkb(record.wkb, on_invalid="fix")
        if shape is not None:
            record.reasons.append(Reason("ring_closed", Weight.REPAIRED, "geometry"))
    if shape is None:
        return _refuse(record, "geometry_not_wkb")
    if shapely.get_num_coordinates(shape) > MAX_VERTICES:
        return _refuse(record, "geometry_too_detailed", limit=MAX_VERTICES)
    if shape.is_empty:
        record.wkb = None
        return None
    if not np.isfinite(shapely.bounds(shape)).all():
        return _refuse(record, "coordinate_not_finite")
    return shape


def _refuse(record: Record, code: str, **params: Any) -> shapely.Geometry | None:
    """Note on the record why it has no geometry to keep; that None."""
    record.wkb = None
    record.reasons.append(Reason(code, Weight.REFUSED, "geometry", params))
    return None


def _moved(records: list[Record], shapes: Shapes, system: CRS | Datum) -> Shapes:
    """All at once; one by one only where some coordinate of the batch is outside the system."""
    try:
        moved: Shapes = np.asarray(to_wgs84(shapes, system), dtype=object)
    except CrsError:
        moved = np.array(
            [_moved_alone(record, shape, system) for record, shape in zip(records, shapes, strict=True)], dtype=object
        )
    bounds = shapely.bounds(moved).reshape(-1, 4)
    for index, (record, box) in enumerate(zip(records, bounds, strict=True)):
        if moved[index] is None:
            continue
        west, south, east, north = (float(edge) for edge in box)
        if west < -HALF_WORLD_DEG or east > HALF_WORLD_DEG or south < -90 or north > 90:
            moved[index] = _refuse(record, "outside_the_world", west=west, south=south, east=east, north=north)
        elif east - west > HALF_WORLD_DEG:
            moved[index] = _refuse(record, "crosses_antimeridian")
    return moved


def _moved_alone(record: Record, shape: shapely.Geometry | None, system: CRS | Datum) -> shapely.Geometry | None:
    if shape is None:
        return None
    try:
        return to_wgs84(shape, system)
    except CrsError:
        return _refuse(record, "coordinates_outside_crs")


def _repaired(records: list[Record], shapes: Shapes) -> None:
    """Write the kept geometry back as WKB; only shapes that are not as they should be go through the repair."""
    sound = shapely.is_valid(shapes)
    sound[sound] = ~_has_repeats(shapes[sound])
    for index, (record, shape) in enumerate(zip(records, shapes, strict=True)):
        if shape is None:
            record.wkb = None
            continue
        if not sound[index]:
            shape = _repair(record, shape)  # noqa: PLW2901
        record.wkb = None if shape is None else bytes(shapely.to_wkb(shape, output_dimension=2, byte_order=1))


def _faults(shapes: Shapes) -> Shapes:
    """What GEOS finds invalid in each shape as it came; "" where nothing."""
    faults = np.full(len(shapes), "", dtype=object)
    wrong = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    faults[wrong] = shapely.is_valid_reason(shapes[wrong])
    return faults


def _note_healed(records: list[Record], shapes: Shapes, faults: Shapes) -> None:
    """A fault narrower than the rounding of the move is gone after it; the row says so all the same."""
    for record, shape, fault, valid in zip(records, shapes, faults, shapely.is_valid(shapes), strict=True):
        if fault and shape is not None and valid:
            params = {"reason": str(fault)[:120]}
            record.reasons.append(Reason(Change.MADE_VALID.value, Weight.REPAIRED, "geometry", params))


def _has_repeats(shapes: Shapes) -> NDArray[np.bool_]:
    return np.asarray(
        shapely.get_num_coordinates(shapely.remove_repeated_points(shapes)) < shapely.get_num_coordinates(shapes),
        dtype=bool,
    )


def _repair(record: Record, shape: shapely.Geometry) -> shapely.Geometry | None:
    try:
        result = repair(shape)
    except shapely.errors.GEOSException as problem:  # rings too degenerate even to be cleaned of repeated points
        return _refuse(record, "geometry_unusable", reason=str(problem)[:120])
    if result.geom.is_empty:
        return _refuse(record, "geometry_unusable", reason=result.reason[:120])
    known = {reason.code for reason in record.reasons}
    for change in result.changes:
        weight = Weight.NOTED if change in NOTED_CHANGES else Weight.REPAIRED
        if change.value not in known and not (weight is Weight.NOTED and "ring_direction" in known):
            params = {"reason": result.reason[:120]} if change is Change.MADE_VALID else {}
            record.reasons.append(Reason(change.value, weight, "geometry", params))
    return result.geom
