"""The drawing board: metres east and north of the centre of the district, turned into degrees at the very end."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from gridmap.district.records import Geometry

CENTRE_LON, CENTRE_LAT = 106.05, 29.85
_LATITUDE = math.radians(CENTRE_LAT)
# Length of a degree on the WGS 84 ellipsoid (series of Snyder, USGS Professional Paper 1395); one scale for the whole
# board keeps lines straight and shared edges bit-identical, and is right within 0.2 % over 30 km.
METRES_PER_LAT = 111132.954 - 559.822 * math.cos(2 * _LATITUDE) + 1.175 * math.cos(4 * _LATITUDE)
METRES_PER_LON = 111412.84 * math.cos(_LATITUDE) - 93.5 * math.cos(3 * _LATITUDE) + 0.118 * math.cos(5 * _LATITUDE)

Coordinates = npt.NDArray[np.float64]


def _degrees(xy: Coordinates) -> Coordinates:
    scaled: Coordinates = xy / np.array([METRES_PER_LON, METRES_PER_LAT]) + np.array([CENTRE_LON, CENTRE_LAT])
    return scaled


def _metres(lonlat: Coordinates) -> Coordinates:
    scaled: Coordinates = (lonlat - np.array([CENTRE_LON, CENTRE_LAT])) * np.array([METRES_PER_LON, METRES_PER_LAT])
    return scaled


def to_degrees(geometries: Sequence[Geometry]) -> list[Geometry]:
    """Board metres to lon/lat; equal vertices stay bit-identical. Rounding can make two sides of a very fine shape
    cross: the largest valid part of such a shape is kept."""
    if not geometries:
        return []
    moved = shapely.transform(np.array(geometries, dtype=object), _degrees)
    return [shape if valid else _mended(shape) for shape, valid in zip(moved, shapely.is_valid(moved), strict=True)]


def _mended(shape: Geometry) -> Geometry:
    parts = shapely.get_parts(shapely.make_valid(shape))
    return max(parts, key=lambda part: (shapely.get_dimensions(part), part.area, part.length))


def to_metres(geometries: Sequence[Geometry]) -> list[Geometry]:
    return list(shapely.transform(np.array(geometries, dtype=object), _metres)) if geometries else []
