"""The table on which a tiling is cut: degrees stretched to about metres.

The map is linear, so straight borders stay straight and the way back is exact to the last bits; a metric projection
would bend long borders. Lengths are off by less than 0.1 % within 10 km of the middle, which only shifts the middle
line between two houses. Figures are measured elsewhere, in `gridmap.geometry.crs.LocalPlane`.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]
Flags = NDArray[np.bool_]

_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class DegreePlane:
    """A linear map between lon/lat degrees and metres around a point."""

    lon0: float
    lat0: float

    @classmethod
    def around(cls, shape: BaseGeometry) -> "DegreePlane":
        """The plane in the middle of a lon/lat shape."""
        west, south, east, north = shape.bounds
        return cls((west + east) / 2.0, (south + north) / 2.0)

    @property
    def scale(self) -> Floats:
        """Metres per degree east and north at the middle."""
        return np.array((_METRES_PER_DEGREE * max(math.cos(math.radians(self.lat0)), 1e-6), _METRES_PER_DEGREE))

    def forward(self, lonlat: Floats) -> Floats:
        """Degrees (n, 2) to metres."""
        return np.asarray((lonlat - np.array((self.lon0, self.lat0))) * self.scale, dtype=np.float64)

    def inverse(self, metres: Floats) -> Floats:
        """Metres (n, 2) to degrees."""
        return np.asarray(metres / self.scale + np.array((self.lon0, self.lat0)), dtype=np.float64)

    def project(self, shapes: Any) -> Any:
        """A lon/lat shape or an array of them in metres, without z."""
        return shapely.transform(shapely.force_2d(shapes), self.forward)


def as_complex(points: Floats) -> NDArray[np.complex128]:
    """Points (n, 2) as one complex number each, so that they can be sorted and looked up as wholes."""
    return np.ascontiguousarray(points).view(np.complex128).ravel()


def shape_array(shapes: Any) -> Shapes:
    """A one-dimensional object array of shapes, whatever sequence they came in."""
    listed = list(shapes)
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array


def line_parts(shapes: Shapes) -> Shapes:
    """The single line strings of some shapes: lines as they are, areas as their borders, points not at all."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    areal = shapely.get_dimensions(parts) == 2
    parts[areal] = shapely.boundary(parts[areal])
    parts = shapely.get_parts(parts)
    return np.asarray(parts[shapely.get_dimensions(parts) == 1], dtype=object)


def without_lines_along(lines: Shapes, border: BaseGeometry, tolerance_m: float) -> Shapes:
    """The lines as single segments, without those that run along a border: the border itself stands for them."""
    parts = line_parts(lines)
    points, line = shapely.get_coordinates(parts, return_index=True)
    joined = np.flatnonzero(line[:-1] == line[1:])
    ends = np.stack((points[joined], points[joined + 1]), axis=1)
    shapely.prepare(border)
    near = np.ones(len(ends), dtype=bool)
    for places in (ends[:, 0], ends[:, 1], ends.mean(axis=1)):
        near[near] = shapely.dwithin(border, shapely.points(places[near]), tolerance_m)
    return np.asarray(shapely.linestrings(ends[~near]), dtype=object)


def area_parts(shapes: Shapes) -> Shapes:
    """The single polygons of some shapes, without empty ones."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    return np.asarray(parts[(shapely.get_dimensions(parts) == 2) & (shapely.area(parts) > 0.0)], dtype=object)
