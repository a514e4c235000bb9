"""Coordinate systems by their URIs, with the axes in the order that each of them prescribes (Part 2)."""

import math
from dataclasses import dataclass

from django.utils.translation import gettext as _

from layers.reading import refuse

EARTH_RADIUS_M = 6_378_137.0
#: How far Web Mercator reaches, metres from its origin.
MERCATOR_M = math.pi * EARTH_RADIUS_M


@dataclass(frozen=True)
class System:
    """One system: `template` is SQL that makes GeoJSON of a shape stored as longitude and latitude of WGS 84."""

    uri: str
    short: str
    template: str
    north_first: bool = False
    metric: bool = False


_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
#: Polygons turn as RFC 7946 has it; seven decimals of a degree are a centimetre, two of a metre as well.
_SHAPE = "ST_ForcePolygonCCW(%(expressions)s)"
CRS84 = System("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "CRS84", f"ST_AsGeoJSON({_SHAPE}, 7, 0)")
WGS84 = System(f"{_EPSG}4326", "4326", f"ST_AsGeoJSON(ST_FlipCoordinates({_SHAPE}), 7, 0)", north_first=True)
#: CGCS2000 and WGS 84 are the same within centimetres here: PROJ takes one for the other, and so does this.
CGCS2000 = System(f"{_EPSG}4490", "4490", f"ST_AsGeoJSON(ST_FlipCoordinates({_SHAPE}), 7, 0)", north_first=True)
MERCATOR = System(f"{_EPSG}3857", "3857", f"ST_AsGeoJSON(ST_Transform({_SHAPE}, 3857), 2, 0)", metric=True)
SYSTEMS = (CRS84, WGS84, CGCS2000, MERCATOR)
_BY_NAME = {name: one for one in SYSTEMS for name in (one.uri, one.short, f"EPSG:{one.short}", f"[EPSG:{one.short}]")}
Edges = tuple[float, float, float, float]


def read_system(text: str, field: str) -> System:
    """The system of a URI (`EPSG:4490` and `4490` are understood too); CRS84 where nothing is said."""
    if not text:
        return CRS84
    if text not in _BY_NAME:
        known = ", ".join(one.uri for one in SYSTEMS)
        refuse(field, _("This coordinate system is not offered; these are: %(known)s") % {"known": known})
    return _BY_NAME[text]


def in_degrees(edges: Edges, system: System) -> Edges:
    """West, south, east, north in degrees of a box in the order of axes of `system`."""
    if system.north_first:
        south, west, north, east = edges
        return west, south, east, north
    if not system.metric:
        return edges
    west, south, east, north = edges
    return _lon(west), _lat(south), _lon(east), _lat(north)


def _lon(x: float) -> float:
    return math.degrees(max(-MERCATOR_M, min(x, MERCATOR_M)) / EARTH_RADIUS_M)


def _lat(y: float) -> float:
    """The inverse of the spherical Mercator projection."""
    return math.degrees(math.atan(math.sinh(max(-MERCATOR_M, min(y, MERCATOR_M)) / EARTH_RADIUS_M)))
