"""In which system the coordinates of a file are, why that is believed, and the move to WGS 84.

A stated system is taken at its word unless the numbers cannot be in it. Where the file says nothing (or has only the
default of its format), WGS 84, GCJ-02 and BD-09 are tried against layers already there; the scores are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gridmap.geometry.crs import CrsError, crs_from_epsg, crs_from_wkt, guess_crs
from gridmap.geometry.datum import CHINA_BOX, Datum, shift
from importers.records import CrsSource, Layer, RefusedError

NEAR_M = 12.0
METRES_PER_DEGREE = 111_320.0
MARGIN = 0.06
ENOUGH_POINTS = 8
MAX_EXTENT_DEG = 360.0
ZONE_MILLION = 1_000_000.0
HINTS = (("gcj", Datum.GCJ02), ("火星", Datum.GCJ02), ("高德", Datum.GCJ02), ("amap", Datum.GCJ02),
         ("bd09", Datum.BD09), ("bd_", Datum.BD09), ("百度", Datum.BD09),
         ("baidu", Datum.BD09), ("wgs84", Datum.WGS84))  # fmt: skip

Coordinates = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placing:
    """The system coordinates are read in: "EPSG:n", WKT, "wgs84", "gcj02" or "bd09"; the code of the reason; scores."""

    system: str
    reason: str
    scores: tuple[tuple[str, float], ...] = ()
    swapped: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "system": self.system,
            "reason": self.reason,
            "scores": [list(score) for score in self.scores],
            "swapped": self.swapped,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Placing:
        scores = tuple((str(name), float(score)) for name, score in data["scores"])
        return cls(str(data["system"]), str(data["reason"]), scores, bool(data["swapped"]))


def resolve(
    layer: Layer,
    sample: Coordinates,
    reference: Sequence[shapely.Geometry] = (),
    *,
    chosen: str | None = None,
    longitude_deg: float | None = None,
) -> Placing:
    """How to read the layer's coordinates. `sample` is an (n, 2) array of them as read, `reference` what is already
    there in WGS 84 degrees, `longitude_deg` the place's longitude for plain eastings.

    RefusedError("crs_unknown") for a system that cannot be read, RefusedError("crs_needed") where no known one fits.
    """
    points = np.asarray(sample, dtype=np.float64).reshape(-1, 2)
    if chosen:
        system_of(chosen)
        return Placing(chosen, "chosen")
    if layer.crs_source is CrsSource.STATED:
        return _stated(layer.crs, points, longitude_deg)
    guess = guess_crs(points, longitude_deg) if len(points) else None
    if guess is None and len(points):
        raise RefusedError("crs_needed")
    if guess is not None and guess.reason != "degrees":
        return Placing(f"EPSG:{guess.epsg}", guess.reason, swapped=guess.swapped)
    swapped = guess is not None and guess.swapped
    if hint := _hinted(layer.columns):
        return Placing(hint.value, "named_in_columns", swapped=swapped)
    return _compared(points[:, ::-1] if swapped else points, reference, swapped=swapped)


def system_of(name: str) -> CRS | Datum:
    """The system that `Placing.system` names; RefusedError("crs_unknown") where it cannot be read."""
    short = name.strip()
    try:
        return Datum(short.lower().replace("-", ""))
    except ValueError:
        pass
    try:
        if short.upper().startswith("EPSG:") and short[5:].isdigit() and len(short) <= 11:
            return crs_from_epsg(int(short[5:]))
        return crs_from_wkt(short)
    except CrsError:
        raise RefusedError("crs_unknown", crs=short[:80]) from None


def scores_against(points: Coordinates, reference: Sequence[shapely.Geometry]) -> dict[Datum, float]:
    """How well points (lon, lat as read) fit what is there, for each datum they may be in: 0 to 2.

    The share of points on reference areas plus the share within 12 m of reference lines or area outlines. A wrong
    datum moves points by 300 m and more, which neither share survives.
    """
    shapes = np.asarray(list(reference), dtype=object)
    areas = shapes[shapely.get_dimensions(shapes) == 2]
    lines = np.concatenate([shapely.boundary(areas), shapes[shapely.get_dimensions(shapes) == 1]])
    area_tree, line_tree = shapely.STRtree(areas), shapely.STRtree(lines)
    found: dict[Datum, float] = {}
    for datum in Datum:
        moved = shapely.points(shift(points, datum, Datum.WGS84))
        on_area = len(np.unique(area_tree.query(moved, predicate="intersects")[0])) / len(moved) if len(areas) else 0.0
        near = line_tree.query(moved, predicate="dwithin", distance=NEAR_M / METRES_PER_DEGREE)[0] if len(lines) else []
        found[datum] = on_area + len(np.unique(near)) / len(moved)
    return found


def _compared(points: Coordinates, reference: Sequence[shapely.Geometry], *, swapped: bool) -> Placing:
    inside = _within_reach(points, reference)
    if not _in_china(points):
        return Placing(Datum.WGS84.value, "outside_china", swapped=swapped)
    if len(inside) < ENOUGH_POINTS:
        return Placing(Datum.WGS84.value, "nothing_to_compare_with", swapped=swapped)
    found = scores_against(inside, reference)
    scores = tuple((datum.value, round(score, 3)) for datum, score in found.items())
    ranked = sorted(found, key=lambda datum: found[datum], reverse=True)
    if found[ranked[0]] - found[ranked[1]] < MARGIN:
        return Placing(Datum.WGS84.value, "undecided", scores, swapped)
    return Placing(ranked[0].value, "fits_layers_there", scores, swapped)


def _within_reach(points: Coordinates, reference: Sequence[shapely.Geometry]) -> Coordinates:
    """Points inside the box of the reference, a little wider than the largest shift (1.4 km)."""
    if not len(reference) or not len(points):
        return points[:0]
    west, south, east, north = shapely.total_bounds(np.asarray(list(reference), dtype=object))
    reach = 0.02
    x, y = points[:, 0], points[:, 1]
    near = (x > west - reach) & (x < east + reach) & (y > south - reach) & (y < north + reach)
    kept: Coordinates = points[near]
    return kept


def _in_china(points: Coordinates) -> bool:
    west, south, east, north = CHINA_BOX
    x, y = points[:, 0], points[:, 1]
    return bool(((x > west) & (x < east) & (y > south) & (y < north)).any())


def _hinted(columns: Sequence[str]) -> Datum | None:
    for column in columns:
        for word, datum in HINTS:
            if word in column.lower():
                return datum
    return None


def _stated(name: str, points: Coordinates, longitude_deg: float | None) -> Placing:
    system = system_of(name)
    if not isinstance(system, CRS) or not len(points):
        return Placing(name, "stated")
    if system.is_geographic:
        if np.abs(points).max() <= MAX_EXTENT_DEG:
            return Placing(name, "stated")
        guess = guess_crs(points, longitude_deg)
        if guess is None:
            raise RefusedError("crs_does_not_fit", crs=system.name[:80])
        return Placing(f"EPSG:{guess.epsg}", "stated_system_does_not_fit", swapped=guess.swapped)
    epsg = _zone_sibling(system, float(np.median(points[:, 0])))
    return Placing(f"EPSG:{epsg}", "zone_prefix_does_not_fit") if epsg else Placing(name, "stated")


def _zone_sibling(system: CRS, easting: float) -> int | None:
    """The CGCS2000 zone with (or without) the prefix, where eastings lack (or carry) what the stated zone asks for.

    EPSG numbers the prefixed zones 4491-4501 and 4513-4533, and the same zones by meridian 4502-4512 and 4534-4554.
    """
    epsg = system.to_epsg(min_confidence=70)
    prefixed = easting >= ZONE_MILLION
    if epsg is None:
        return None
    if epsg in range(4491, 4502) and not prefixed:
        return epsg + 11
    if epsg in range(4502, 4513) and prefixed:
        return epsg - 11
    if epsg in range(4513, 4534) and not prefixed:
        return epsg + 21
    if epsg in range(4534, 4555) and prefixed:
        return epsg - 21
    return None
