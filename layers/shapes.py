"""Shapes that somebody drew to ask what lies in them: a lasso, or a circle by its radius."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _
from pyproj import Geod

from layers.reading import read_number, refuse

ELLIPSOID = Geod(ellps="WGS84")
MOST_VERTICES = 2_000
LARGEST_AREA_KM2 = 20_000
LARGEST_RADIUS_M = 50_000
#: The directions in which the box around a circle is measured.
COMPASS = (0.0, 90.0, 180.0, 270.0)


@dataclass(frozen=True)
class Near:
    """Everything within `radius_m` metres along the ellipsoid of a point in degrees."""

    lon: float
    lat: float
    radius_m: float

    def box(self) -> tuple[float, float, float, float]:
        """[west, south, east, north] of a box that surely holds the circle, a hundredth wider than it is."""
        reach = np.full(4, self.radius_m * 1.01)
        lons, lats, _back = ELLIPSOID.fwd(np.full(4, self.lon), np.full(4, self.lat), np.array(COMPASS), reach)
        return float(min(lons)), float(min(lats)), float(max(lons)), float(max(lats))


def read_shape(value: Any, field: str = "shape") -> GEOSGeometry | Near | None:
    """A GeoJSON Polygon or MultiPolygon, or {"lon", "lat", "radius_m"}; None where nothing is said.

    A lasso that crosses itself is taken as the ground that its loops hold. Refused are more than 2 000 corners, more
    than 20 000 km², more than 50 km of radius, and whatever has no area.
    """
    if value in (None, "", {}):
        return None
    if not isinstance(value, Mapping):
        refuse(field, _("A shape is a GeoJSON polygon, or lon, lat and radius_m."))
    return _circle(value, field) if "radius_m" in value else _lasso(value, field)


def _circle(value: Mapping[str, Any], field: str) -> Near:
    lon, lat, radius = (read_number(value.get(name), f"{field}.{name}") for name in ("lon", "lat", "radius_m"))
    if not (-180 <= lon <= 180 and -85 <= lat <= 85):
        refuse(field, _("A corner lies outside the world."))
    if not 0 < radius <= LARGEST_RADIUS_M:
        refuse(f"{field}.radius_m", _("The radius must be from 0 to %(most)s metres.") % {"most": LARGEST_RADIUS_M})
    return Near(lon, lat, radius)


def _lasso(value: Mapping[str, Any], field: str) -> GEOSGeometry:
    kind, coordinates = value.get("type"), value.get("coordinates")
    if kind not in {"Polygon", "MultiPolygon"} or not isinstance(coordinates, list):
        refuse(field, _("A shape is a GeoJSON polygon, or lon, lat and radius_m."))
    parts = [coordinates] if kind == "Polygon" else coordinates
    rings = [_rings(part, field) for part in parts]
    if sum(len(ring) for part in rings for ring in part) > MOST_VERTICES:
        refuse(field, _("A shape has at most %(most)s corners.") % {"most": MOST_VERTICES})
    ground = _polygons(shapely.MultiPolygon([shapely.Polygon(part[0], part[1:]) for part in rings]))
    area_km2 = sum(abs(ELLIPSOID.geometry_area_perimeter(part)[0]) for part in ground) / 1e6
    if not area_km2:
        refuse(field, _("The shape has no area."))
    if area_km2 > LARGEST_AREA_KM2:
        refuse(field, _("The shape is larger than %(most)s km².") % {"most": LARGEST_AREA_KM2})
    return GEOSGeometry(memoryview(shapely.to_wkb(shapely.multipolygons(ground))), srid=4326)


def _rings(part: Any, field: str) -> list[list[tuple[float, float]]]:
    """Rings of at least three corners; one that is not closed is closed."""
    if not isinstance(part, list) or not part:
        refuse(field, _("A polygon is a list of rings."))
    return [_ring(ring, field) for ring in part]


def _ring(ring: Any, field: str) -> list[tuple[float, float]]:
    corners = [_corner(corner, field) for corner in ring] if isinstance(ring, list) else []
    if len(set(corners)) < 3:
        refuse(field, _("A ring has at least three corners."))
    return corners if corners[0] == corners[-1] else [*corners, corners[0]]


def _corner(corner: Any, field: str) -> tuple[float, float]:
    if not isinstance(corner, list) or not 2 <= len(corner) <= 3:
        refuse(field, _("A corner is [lon, lat]."))
    lon, lat = (read_number(value, field) for value in corner[:2])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        refuse(field, _("A corner lies outside the world."))
    return lon, lat


def _polygons(shape: shapely.Geometry) -> list[shapely.Polygon]:
    """The areas of a shape, valid; lines and points that a repair leaves are none."""
    sound = shape if shape.is_valid else shapely.make_valid(shape)
    parts = shapely.get_parts(shapely.get_parts(sound)) if sound.geom_type != "Polygon" else [sound]
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]
