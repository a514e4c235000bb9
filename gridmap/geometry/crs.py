"""Coordinate reference systems of incoming files, always in the order x, y = lon, lat (or easting, northing).

EPSG:4490 (CGCS2000) and EPSG:4326 (WGS 84) are treated as the same frame, as the EPSG registry does: they agree within
centimetres here.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError as ProjCRSError
from pyproj.exceptions import ProjError

from gridmap.geometry.datum import Datum, shift

WGS84 = 4326
CGCS2000 = 4490
_SIX_DEGREE_ZONES = range(13, 24)
_THREE_DEGREE_ZONES = range(25, 46)
_FIRST_SIX_DEGREE_ZONE_EPSG = 4491
_FIRST_THREE_DEGREE_ZONE_EPSG = 4513
_FIRST_THREE_DEGREE_MERIDIAN_EPSG = 4534
_FIRST_MERIDIAN_DEG = 75
_PREFIX = 1_000_000.0


class CrsError(ValueError):
    """A coordinate system that cannot be read or does not fit the coordinates; `code` and `params` say why."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(f"{code}: {params}")
        self.code = code
        self.params = params


def crs_from_epsg(code: int) -> CRS:
    """The system of an EPSG code; CrsError("unknown_crs") if there is none."""
    try:
        return CRS.from_epsg(code)
    except ProjCRSError as error:
        raise CrsError("unknown_crs", epsg=code) from error


def crs_from_wkt(text: str) -> CRS:
    """The system of a .prj file or any WKT (OGC or ESRI); CrsError("unreadable_crs") if it is not one."""
    try:
        return CRS.from_wkt(text.strip())
    except ProjCRSError as error:
        raise CrsError("unreadable_crs", text=text.strip()[:80]) from error


def is_lonlat(crs: CRS) -> bool:
    """Whether coordinates in this system are WGS 84 or CGCS2000 degrees already."""
    if not crs.is_geographic:
        return False
    return crs.to_epsg() in {WGS84, CGCS2000, 4979, 4480} or crs.equals(CRS.from_epsg(WGS84), ignore_axis_order=True)


def cgcs2000_of_prefixed_easting(easting: float) -> int | None:
    """The EPSG code that an easting with a zone prefix belongs to, by its magnitude: 40 386 678 is zone 40, a 3-degree
    zone.

    None if the number carries no prefix of a Chinese zone. Zones 13-23 are 6 degrees wide (EPSG 4491-4501), 25-45 are
    3 degrees (4513-4533).
    """
    zone = int(easting // _PREFIX)
    if zone in _SIX_DEGREE_ZONES:
        return _FIRST_SIX_DEGREE_ZONE_EPSG + zone - _SIX_DEGREE_ZONES.start
    if zone in _THREE_DEGREE_ZONES:
        return _FIRST_THREE_DEGREE_ZONE_EPSG + zone - _THREE_DEGREE_ZONES.start
    return None


def cgcs2000_near(longitude_deg: float) -> int:
    """The 3-degree CGCS2000 zone without prefix (EPSG 4534-4554) whose central meridian is nearest to a longitude."""
    step = round((longitude_deg - _FIRST_MERIDIAN_DEG) / 3.0)
    if not 0 <= step < len(_THREE_DEGREE_ZONES):
        raise CrsError("outside_cgcs2000", longitude=longitude_deg)
    return _FIRST_THREE_DEGREE_MERIDIAN_EPSG + step


@dataclass(frozen=True)
class CrsGuess:
    """A system guessed from numbers alone. `reason` is a code: degrees, zone_prefix, zone_of_longitude."""

    epsg: int
    reason: str
    swapped: bool = False


def guess_crs(coordinates: ArrayLike, longitude_deg: float | None = None) -> CrsGuess | None:
    """Guess the system of an (n, 2) array without one, by magnitude; the reason is for showing to the person who
    imports.

    Degrees stay degrees; eastings with a zone prefix name their zone; plain eastings need a longitude of the place.
    `swapped` says that the columns are northing, easting. None if the numbers fit nothing known.
    """
    points = np.asarray(coordinates, dtype=np.float64).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return None
    first, second = np.median(points, axis=0)
    if np.abs(points).max() <= 360.0:
        return CrsGuess(WGS84, "degrees", swapped=bool(abs(first) <= 90.0 < abs(second)))
    for easting, northing, swapped in ((first, second, False), (second, first, True)):
        epsg = cgcs2000_of_prefixed_easting(easting)
        if epsg is not None and 0.0 < northing < 6.2e6:
            return CrsGuess(epsg, "zone_prefix", swapped)
    for easting, northing, swapped in ((first, second, False), (second, first, True)):
        if longitude_deg is not None and 1.5e5 < easting < 8.5e5 and 1e6 < northing < 6.2e6:
            return CrsGuess(cgcs2000_near(longitude_deg), "zone_of_longitude", swapped)
    return None


@lru_cache(maxsize=64)
def _transformer(wkt: str) -> Transformer:
    return Transformer.from_crs(CRS.from_wkt(wkt), CRS.from_epsg(WGS84), always_xy=True)


def coordinates_to_wgs84(coordinates: NDArray[np.float64], crs: CRS | Datum) -> NDArray[np.float64]:
    """Move an (n, 2) array x, y of a system (or a shifted datum) to lon, lat degrees;
    CrsError("coordinates_outside_crs") where it cannot.
    """
    points = np.asarray(coordinates, dtype=np.float64).reshape(-1, 2)
    if isinstance(crs, Datum):
        return shift(points, crs, Datum.WGS84)
    if is_lonlat(crs):
        return points
    try:
        x, y = _transformer(crs.to_wkt()).transform(points[:, 0], points[:, 1])
    except ProjError as error:
        raise CrsError("coordinates_outside_crs", crs=crs.name) from error
    moved = np.column_stack((x, y)).astype(np.float64)
    wrong = ~np.isfinite(moved).all(axis=1) | (np.abs(moved[:, 1]) > 90.0)
    if wrong.any():
        raise CrsError(
            "coordinates_outside_crs",
            crs=crs.name,
            first=tuple(points[wrong.argmax()].tolist()),
            count=int(wrong.sum()),
        )
    return moved


def to_wgs84(geoms: Any, crs: CRS | Datum) -> Any:
    """Move one geometry or an array of them to lon, lat degrees; z and m are dropped. Raises CrsError like
    `coordinates_to_wgs84`.
    """
    return shapely.transform(shapely.force_2d(geoms), lambda coordinates: coordinates_to_wgs84(coordinates, crs))


@dataclass(frozen=True)
class LocalPlane:
    """A metric plane around a point: Lambert azimuthal equal-area on the WGS 84 ellipsoid (Snyder 1987, ch. 24).

    Areas are exact at any distance; lengths are wrong by less than 1e-5 within 30 km of the centre. Forward and
    inverse round-trip to 1e-9 m (to half a millimetre in the very centre). Straight lines in degrees become very
    slightly curved, so tilings are cut in degrees and only measured here.
    """

    lon0: float
    lat0: float

    @classmethod
    def around(cls, geoms: Any) -> "LocalPlane":
        """The plane centred on the bounding box of some lon/lat geometries."""
        west, south, east, north = shapely.total_bounds(geoms)
        return cls(float((west + east) / 2.0), float((south + north) / 2.0))

    @cached_property
    def _projection(self) -> Transformer:
        plane = CRS.from_proj4(
            f"+proj=laea +lat_0={float(self.lat0)!r} +lon_0={float(self.lon0)!r} +ellps=WGS84 +units=m"
        )
        return Transformer.from_crs(CRS.from_epsg(WGS84), plane, always_xy=True)

    def forward(self, lonlat: ArrayLike) -> NDArray[np.float64]:
        """An (n, 2) array of lon, lat degrees as metres east and north of the centre."""
        points = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
        return np.column_stack(self._projection.transform(points[:, 0], points[:, 1])).astype(np.float64)

    def inverse(self, metres: ArrayLike) -> NDArray[np.float64]:
        """An (n, 2) array of metres as lon, lat degrees."""
        points = np.asarray(metres, dtype=np.float64).reshape(-1, 2)
        # PROJ's series for the way back stops at a millimetre; asking again from where it landed removes that.
        return self._inverse(2.0 * points - self.forward(self._inverse(points)))

    def _inverse(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        lonlat = self._projection.transform(points[:, 0], points[:, 1], direction="INVERSE")
        return np.column_stack(lonlat).astype(np.float64)

    def project(self, geoms: Any) -> Any:
        """One lon/lat geometry or an array of them in metres."""
        return shapely.transform(geoms, self.forward)

    def unproject(self, geoms: Any) -> Any:
        """The way back of `project`."""
        return shapely.transform(geoms, self.inverse)
