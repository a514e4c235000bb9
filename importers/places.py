"""Where a row of a plain table lies: a column of WKT, or a pair of coordinate columns."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely

from importers.records import Reason, RefusedError, Value, Weight

WKT_NAMES = ("wkt", "geom", "geometry", "the_geom", "shape", "几何", "图形", "空间数据")
LONGITUDE_NAMES = ("lon", "lng", "long", "longitude", "x", "经度", "lon_wgs84", "wgs84_lon", "gcj02_lon", "lng_gcj02",
                   "bd09_lon", "xcoord", "x坐标", "东经", "坐标x", "point_x", "x_coord", "coord_x")  # fmt: skip
LATITUDE_NAMES = ("lat", "latitude", "y", "纬度", "lat_wgs84", "wgs84_lat", "gcj02_lat", "lat_gcj02",
                  "bd09_lat", "ycoord", "y坐标", "北纬", "坐标y", "point_y", "y_coord", "coord_y")  # fmt: skip
PAIR_NAMES = ("lonlat", "lnglat", "经纬度", "坐标", "location", "coordinates")
WKT_START = re.compile(r"^\s*(?:SRID=\d+;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)", re.IGNORECASE)
MAX_WKT_CHARACTERS = 8 << 20


@dataclass(frozen=True, slots=True)
class Places:
    """The columns that place a row; all empty where the table has none."""

    wkt: str = ""
    x: str = ""
    y: str = ""
    pair: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.wkt, self.x, self.y, self.pair) if name)

    @property
    def kind(self) -> str:
        return "WKT" if self.wkt else "Point" if self.x or self.pair else ""


def find(columns: Sequence[str]) -> Places:
    """The placing columns among `columns`, by name."""
    by_name = {_plain(column): column for column in reversed(columns)}
    wkt = _first(by_name, WKT_NAMES)
    if wkt:
        return Places(wkt=wkt)
    x, y = _first(by_name, LONGITUDE_NAMES), _first(by_name, LATITUDE_NAMES)
    if x and y:
        return Places(x=x, y=y)
    return Places(pair=_first(by_name, PAIR_NAMES))


def wkb_at(places: Places, fields: Mapping[str, Value]) -> tuple[bytes | None, list[Reason]]:
    """2D WKB of a row and what to note about it; None where the cells are empty; RefusedError where they are wrong."""
    if places.wkt:
        return _from_wkt(fields.get(places.wkt), places.wkt)
    if places.pair:
        text = str(fields.get(places.pair) or "").strip().strip("()[]")
        cells: list[Value] = list(re.split(r"[,;，；\s]+", text)) if text else [None, None]
        if len(cells) != 2:
            raise RefusedError("position_too_short", value=text[:40])
        return _point(cells[0], cells[1])
    if not places.x:
        return None, []
    return _point(fields.get(places.x), fields.get(places.y))


def _point(x_cell: Value, y_cell: Value) -> tuple[bytes | None, list[Reason]]:
    if _blank(x_cell) and _blank(y_cell):
        return None, []
    x, y = _number(x_cell), _number(y_cell)
    if x == 0 and y == 0:
        return None, [Reason("zero_coordinates", Weight.NOTED, "geometry")]
    return bytes(shapely.to_wkb(shapely.Point(x, y), byte_order=1)), []


def _number(cell: Value) -> float:
    try:
        number = float(str(cell).strip().rstrip("°EN").strip())
    except ValueError:
        raise RefusedError("coordinate_not_number", value=str(cell)[:40]) from None
    if not math.isfinite(number):
        raise RefusedError("coordinate_not_finite")
    return number


def _from_wkt(cell: Value, column: str) -> tuple[bytes | None, list[Reason]]:
    text = "" if cell is None else str(cell).strip()
    if not text:
        return None, []
    if len(text) > MAX_WKT_CHARACTERS:
        raise RefusedError("geometry_too_detailed", limit=MAX_WKT_CHARACTERS)
    if not WKT_START.match(text):
        raise RefusedError("geometry_not_wkt", column=column, value=text[:40])
    if text[:5].upper() == "SRID=":
        text = text.partition(";")[2]
    try:
        shape = shapely.from_wkt(text)
    except shapely.errors.GEOSException:
        raise RefusedError("geometry_not_wkt", column=column, value=text[:40]) from None
    if shape.is_empty:
        return None, []
    if not bool(shapely.is_geometry(shape)) or not all(map(math.isfinite, shape.bounds)):
        raise RefusedError("coordinate_not_finite")
    return bytes(shapely.to_wkb(shape, output_dimension=2, byte_order=1)), []


def _blank(cell: Value) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _plain(name: str) -> str:
    return re.sub(r"[\s()（）]+", "", name).lower()


def _first(by_name: Mapping[str, str], wanted: Sequence[str]) -> str:
    return next((by_name[name] for name in wanted if name in by_name), "")
