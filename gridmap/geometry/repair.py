"""Make a geometry usable, and say everything that was changed. Nothing is repaired silently."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry


class Change(StrEnum):
    """What a repair did; the page has a sentence for each code."""

    CLOSED_RING = "closed_ring"
    DROPPED_Z = "dropped_z"
    DROPPED_M = "dropped_m"
    DROPPED_REPEATED_VERTICES = "dropped_repeated_vertices"
    MADE_VALID = "made_valid"
    DROPPED_ZERO_AREA = "dropped_zero_area"
    FLIPPED_ORIENTATION = "flipped_orientation"
    DROPPED_EMPTY_PARTS = "dropped_empty_parts"


@dataclass(frozen=True)
class Repaired:
    """The usable geometry and the codes of what was done to it, in the order it was done; `reason` is GEOS' words on
    what was invalid.
    """

    geom: BaseGeometry
    changes: tuple[Change, ...]
    reason: str = ""


def closed_ring(coordinates: Sequence[Sequence[float]]) -> tuple[list[Sequence[float]], bool]:
    """A ring of a text format with its last vertex equal to the first, and whether that had to be added (RFC 7946,
    3.1.6).
    """
    if coordinates and coordinates[0] != coordinates[-1]:
        return [*coordinates, coordinates[0]], True
    return list(coordinates), False


def repair(geom: BaseGeometry) -> Repaired:
    """A valid two-dimensional geometry of the same dimension (polygon rings: outer counter-clockwise), and what was
    changed to get it.

    Self-intersections are resolved by GEOS' structure method, which keeps every ground that an outer ring encloses
    once. Parts that collapse to lines or points are dropped. An empty result means that nothing usable was there.
    """
    changes: list[Change] = []
    geom = _flat(geom, changes)
    geom = _without_repeats(geom, changes)
    reason = "" if shapely.is_valid(geom) else str(shapely.is_valid_reason(geom))
    dimension = int(shapely.get_dimensions(geom))
    if reason:
        geom = _made_valid(geom)
        changes.append(Change.MADE_VALID)
    geom = _same_dimension(geom, dimension, changes)
    return Repaired(_oriented(geom, changes), tuple(changes), reason)


def _flat(geom: BaseGeometry, changes: list[Change]) -> BaseGeometry:
    if shapely.has_z(geom):
        changes.append(Change.DROPPED_Z)
    if shapely.has_m(geom):
        changes.append(Change.DROPPED_M)
    return shapely.force_2d(geom)


def _without_repeats(geom: BaseGeometry, changes: list[Change]) -> BaseGeometry:
    if shapely.get_dimensions(geom) < 1:
        return geom
    try:
        cleaned = shapely.remove_repeated_points(geom)
    except shapely.GEOSException:
        # A ring of one repeated point; making it valid drops it.
        return geom
    if shapely.get_num_coordinates(cleaned) < shapely.get_num_coordinates(geom):
        changes.append(Change.DROPPED_REPEATED_VERTICES)
    return cleaned


def _made_valid(geom: BaseGeometry) -> BaseGeometry:
    made = shapely.make_valid(geom, method="structure", keep_collapsed=False)
    # GEOS 3.14 sometimes returns two parts that share a side; their union is what was meant.
    return made if made.is_valid else shapely.union_all(shapely.get_parts(made))


def _same_dimension(geom: BaseGeometry, dimension: int, changes: list[Change]) -> BaseGeometry:
    """Drop parts that are empty or have collapsed to a lower dimension."""
    if shapely.get_type_id(geom) < 3 and not shapely.is_empty(geom):
        parts = np.asarray([geom], dtype=object)
    else:
        parts = shapely.get_parts(shapely.get_parts(geom))
    empty = shapely.is_empty(parts)
    if empty.any():
        changes.append(Change.DROPPED_EMPTY_PARTS)
    keep = ~empty & (shapely.get_dimensions(parts) == dimension)
    if dimension == 2:
        keep &= shapely.area(parts) > 0.0
    if (~keep & ~empty).any() or (dimension == 2 and not keep.any()):
        changes.append(Change.DROPPED_ZERO_AREA)
    if keep.all() and len(parts):
        return geom
    kept = parts[keep]
    if len(kept) == 1:
        return kept[0]
    builders = {0: shapely.multipoints, 1: shapely.multilinestrings, 2: shapely.multipolygons}
    return builders[max(dimension, 0)](kept)


def _oriented(geom: BaseGeometry, changes: list[Change]) -> BaseGeometry:
    turned = shapely.orient_polygons(geom)
    polygons = shapely.get_parts(geom)
    polygons = polygons[shapely.get_type_id(polygons) == 3]
    rings = shapely.get_exterior_ring(polygons)
    holes = shapely.get_rings(polygons)
    wrong = (~shapely.is_ccw(rings)).any() if len(rings) else False
    if not wrong and len(holes) > len(rings):
        wrong = any(shapely.is_ccw(hole) for polygon in polygons for hole in polygon.interiors)
    if wrong:
        changes.append(Change.FLIPPED_ORIENTATION)
    return turned
