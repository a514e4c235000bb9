"""WGS 84, GCJ-02 and BD-09: the two shifted Chinese datums and the way back.

The forward formulas are the published ones (eviltransform, coordtransform, gcoord); the state service itself is not
public and differs from them by up to about 0.7 m. The inverse is a fixed-point iteration of the forward formula, so a
round trip is exact to far below a millimetre.
"""

import math
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Coordinates = NDArray[np.float64]

# Krasovsky 1940, on which the published GCJ-02 formula is built.
_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BD_PI = math.pi * 3000.0 / 180.0
# The box outside of which the public formula shifts nothing: west, south, east, north.
CHINA_BOX = (72.004, 0.8293, 137.8347, 55.8271)
_INVERSE_STEPS = 12
_INVERSE_STOP_DEG = 1e-12


class Datum(StrEnum):
    """A datum that coordinates from Chinese maps may silently be in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def _inside_china(lonlat: Coordinates) -> NDArray[np.bool_]:
    west, south, east, north = CHINA_BOX
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _waves(value: Coordinates, periods: tuple[tuple[float, float], ...]) -> Coordinates:
    total = np.zeros_like(value)
    for amplitude, frequency in periods:
        total += amplitude * np.sin(value * frequency * math.pi)
    return np.asarray(total * 2.0 / 3.0, dtype=np.float64)


_SHORT = ((20.0, 6.0), (20.0, 2.0))


def _gcj_offset(lonlat: Coordinates) -> Coordinates:
    """Degrees to add to WGS 84; zero outside the box."""
    x, y = lonlat[:, 0] - 105.0, lonlat[:, 1] - 35.0
    root, short = np.sqrt(np.abs(x)), _waves(x, _SHORT)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + short
    north += _waves(y, ((20.0, 1.0), (40.0, 1.0 / 3.0))) + _waves(y, ((160.0, 1.0 / 12.0), (320.0, 1.0 / 30.0)))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + short
    east += _waves(x, ((20.0, 1.0), (40.0, 1.0 / 3.0))) + _waves(x, ((150.0, 1.0 / 12.0), (300.0, 1.0 / 30.0)))
    latitude = np.radians(lonlat[:, 1])
    magic = 1.0 - _ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    meridian = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQUARED) / (magic * np.sqrt(magic))
    parallel = _SEMI_MAJOR_M / np.sqrt(magic) * np.cos(latitude)
    offset = np.degrees(np.column_stack((east / parallel, north / meridian)))
    offset[~_inside_china(lonlat)] = 0.0
    return offset


def wgs84_to_gcj02(lonlat: Coordinates) -> Coordinates:
    """Shift an (n, 2) array of lon, lat degrees from WGS 84 to GCJ-02; points outside China stay."""
    lonlat = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    return lonlat + _gcj_offset(lonlat)


def gcj02_to_wgs84(lonlat: Coordinates) -> Coordinates:
    """The inverse of `wgs84_to_gcj02` to better than 1e-6 m, by fixed-point iteration."""
    lonlat = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    inside = _inside_china(lonlat)
    guess = lonlat.copy()
    for _ in range(_INVERSE_STEPS):
        step = lonlat - (guess + _gcj_offset(guess))
        step[~inside] = 0.0
        guess += step
        if not step.size or np.nanmax(np.abs(step)) < _INVERSE_STOP_DEG:
            break
    return guess


def gcj02_to_bd09(lonlat: Coordinates) -> Coordinates:
    """Shift an (n, 2) array of lon, lat degrees from GCJ-02 to BD-09 (Baidu)."""
    lonlat = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    x, y = lonlat[:, 0], lonlat[:, 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD_PI)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD_PI)
    return np.column_stack((radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006))


def bd09_to_gcj02(lonlat: Coordinates) -> Coordinates:
    """The inverse of `gcj02_to_bd09` to better than 1e-6 m, by fixed-point iteration."""
    lonlat = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    guess: Coordinates = lonlat - np.array((0.0065, 0.006))
    for _ in range(_INVERSE_STEPS):
        step = lonlat - gcj02_to_bd09(guess)
        guess = guess + step
        if not step.size or np.nanmax(np.abs(step)) < _INVERSE_STOP_DEG:
            break
    return guess


def shift(lonlat: Coordinates, source: Datum, target: Datum) -> Coordinates:
    """Move an (n, 2) array of lon, lat degrees from one datum to another."""
    lonlat = np.array(lonlat, dtype=np.float64).reshape(-1, 2)
    if source == target:
        return lonlat
    if source == Datum.BD09:
        lonlat = bd09_to_gcj02(lonlat)
        return lonlat if target == Datum.GCJ02 else gcj02_to_wgs84(lonlat)
    if source == Datum.GCJ02:
        return gcj02_to_bd09(lonlat) if target == Datum.BD09 else gcj02_to_wgs84(lonlat)
    gcj = wgs84_to_gcj02(lonlat)
    return gcj if target == Datum.GCJ02 else gcj02_to_bd09(gcj)
