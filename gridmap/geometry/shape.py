"""How big and how compact shapes are. All functions take lon/lat geometries and measure them in a local equal-area
plane.
"""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gridmap.geometry.crs import LocalPlane

Shapes = Sequence[BaseGeometry]

EQUATOR_M = 6_378_137.0
ECCENTRICITY_SQUARED = 0.00669437999014


def in_metres(shapes: Shapes) -> NDArray[np.object_]:
    """The shapes in one local metric plane around all of them."""
    array = np.asarray(list(shapes), dtype=object)
    if shapely.is_empty(array).all():
        return array
    return np.asarray(LocalPlane.around(array).project(array), dtype=object)


def areas_m2(shapes: Shapes) -> NDArray[np.float64]:
    """Area of each shape in square metres (equal-area plane, so right at any latitude)."""
    return np.asarray(shapely.area(in_metres(shapes)), dtype=np.float64)


def sliver_areas_m2(shapes: Shapes) -> NDArray[np.float64]:
    """Area of each shape in square metres with borders straight in degrees, to 0.1 %.

    For what is left between borders that should be the same: a projection bends long borders by centimetres, and a
    hair between two of them, measured there, would look like square metres. One degree of the WGS 84 ellipsoid in
    metres after Snyder 1987, eq. 4-19 and 5-20.
    """
    array = np.asarray(list(shapes), dtype=object)
    latitude = np.radians(shapely.bounds(array)[:, [1, 3]].mean(axis=1)) if len(array) else np.empty(0)
    curvature = 1.0 - ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    north = EQUATOR_M * (1.0 - ECCENTRICITY_SQUARED) / curvature**1.5
    east = EQUATOR_M * np.cos(latitude) / curvature**0.5
    return np.asarray(np.nan_to_num(shapely.area(array) * north * east * math.radians(1.0) ** 2), dtype=np.float64)


def perimeters_m(shapes: Shapes) -> NDArray[np.float64]:
    """Length of the border (of a line: the line) of each shape in metres, holes included."""
    return np.asarray(shapely.length(in_metres(shapes)), dtype=np.float64)


def polsby_popper_of(area: float, perimeter: float) -> float:
    """4 pi A / P^2 (Polsby & Popper 1991): 1 for a circle, 0.785 for a square, towards 0 for a thread; 0 if there is
    no border.
    """
    return 4.0 * math.pi * area / (perimeter * perimeter) if perimeter > 0.0 else 0.0


def polsby_popper(shapes: Shapes) -> NDArray[np.float64]:
    """`polsby_popper_of` for each shape."""
    metres = in_metres(shapes)
    pairs = zip(shapely.area(metres), shapely.length(metres), strict=True)
    return np.array([polsby_popper_of(float(area), float(perimeter)) for area, perimeter in pairs], dtype=np.float64)


def hull_ratio(shapes: Shapes) -> NDArray[np.float64]:
    """Area divided by the area of the convex hull: 1 for a convex shape, small for a sickle or a comb."""
    metres = in_metres(shapes)
    hulls = shapely.area(shapely.convex_hull(metres))
    ratios = np.divide(shapely.area(metres), hulls, out=np.zeros(len(metres)), where=hulls > 0.0)
    return np.asarray(ratios, dtype=np.float64)


def elongation(shapes: Shapes) -> NDArray[np.float64]:
    """Short side over long side of the smallest turned rectangle around each shape: 1 for a square, towards 0 for a
    strip.
    """
    ratios = []
    for rectangle in shapely.oriented_envelope(in_metres(shapes)):
        corners = shapely.get_coordinates(rectangle)
        sides = np.hypot(*np.diff(corners[:3], axis=0).T) if len(corners) >= 4 else np.zeros(2)
        ratios.append(float(sides.min() / sides.max()) if sides.max() > 0.0 else 0.0)
    return np.array(ratios, dtype=np.float64)
