"""Small files of every format, made for one test, and hostile ones that must be refused by name."""

from __future__ import annotations

import json
import sqlite3
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import shapely

Row = Mapping[str, Any]

SHANGHAI = (121.47, 31.23)


def square(west: float, south: float, size: float = 0.001) -> shapely.Polygon:
    return shapely.box(west, south, west + size, south + size)


def rows(count: int = 3, *, west: float = SHANGHAI[0], south: float = SHANGHAI[1]) -> list[tuple[Row, shapely.Polygon]]:
    """Buildings in a row: number, households and a square."""
    return [
        (
            {"楼栋编号": f"B{index}", "户数": 10 * (index + 1), "名称": f"{index + 1}号楼"},
            square(west + 0.002 * index, south),
        )
        for index in range(count)
    ]


def geojson(path: Path, data: Sequence[tuple[Row, Any]], **members: Any) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": dict(fields),
            "geometry": None if shape is None else shapely.geometry.mapping(shape),
        }
        for fields, shape in data
    ]
    document = {"type": "FeatureCollection", **members, "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def gpkg(path: Path, data: Sequence[tuple[Row, Any]], *, layer: str = "rows", srs: int = 4326) -> Path:
    """A GeoPackage by hand, so that nothing but the standard decides what is in it."""
    names = list(data[0][0]) if data else []
    with sqlite3.connect(path) as database:
        database.executescript(
            "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,"
            " organization_coordsys_id INTEGER, definition TEXT);"
            "CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, srs_id INTEGER);"
            "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,"
            " srs_id INTEGER, z TINYINT, m TINYINT);"
        )
        database.execute("INSERT INTO gpkg_spatial_ref_sys VALUES ('x', ?, 'EPSG', ?, '')", (srs, srs))
        database.execute("INSERT INTO gpkg_contents VALUES (?, 'features', ?)", (layer, srs))
        database.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'GEOMETRY', ?, 0, 0)", (layer, srs))
        columns = ", ".join(f'"{name}"' for name in names)
        database.execute(f'CREATE TABLE "{layer}" (fid INTEGER PRIMARY KEY, geom BLOB, {columns})')
        marks = ", ".join("?" * (len(names) + 1))
        database.executemany(
            f'INSERT INTO "{layer}" (geom, {columns}) VALUES ({marks})',  # noqa: S608
            [(blob(shape, srs), *fields.values()) for fields, shape in data],
        )
    database.close()
    return path


def blob(shape: Any, srs: int = 4326) -> bytes | None:
    if shape is None:
        return None
    wkb = shape if isinstance(shape, bytes) else shapely.to_wkb(shape, byte_order=1)
    return b"GP\x00\x01" + struct.pack("<i", srs) + wkb


def csv(path: Path, data: Sequence[tuple[Row, Any]], *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    names = list(data[0][0])
    lines = [delimiter.join([*names, "wkt"])]
    for fields, shape in data:
        cells = [str(value) for value in fields.values()]
        lines.append(delimiter.join([*cells, f'"{shape.wkt}"']))
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def kml(path: Path, data: Sequence[tuple[Row, Any]], *, prolog: str = '<?xml version="1.0" encoding="UTF-8"?>') -> Path:
    marks = "".join(
        "<Placemark><ExtendedData>"
        + "".join(f'<Data name="{name}"><value>{value}</value></Data>' for name, value in fields.items())
        + "</ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        + " ".join(f"{x},{y},0" for x, y in shape.exterior.coords)
        + "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        for fields, shape in data
    )
    path.write_text(f'{prolog}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>', "utf-8")
    return path


def xlsx(path: Path, data: Sequence[tuple[Row, Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*data[0][0], "wkt"])
    for fields, shape in data:
        sheet.append([*fields.values(), shape.wkt])
    book.save(path)
    return path


def shapefile(
    folder: Path, data: Sequence[tuple[Row, Any]], *, stem: str = "rows", encoding: str = "gb18030", driver: int = 0
) -> Path:
    """Polygons with text and whole numbers, by hand: .shp, .shx, .dbf without .cpg and .prj."""
    records = b"".join(
        struct.pack(">ii", number, (44 + 4 + 16 * len(ring)) // 2)
        + struct.pack("<i4dii", 5, *shape.bounds, 1, len(ring))
        + struct.pack("<i", 0)
        + b"".join(struct.pack("<2d", *position) for position in ring)
        for number, (shape, ring) in enumerate(
            ((shape, list(shape.exterior.coords)) for _fields, shape in data), start=1
        )
    )
    head = struct.pack(">i20xi", 9994, (100 + len(records)) // 2) + struct.pack("<ii8d", 1000, 5, *[0.0] * 8)
    (folder / f"{stem}.shp").write_bytes(head + records)
    (folder / f"{stem}.shx").write_bytes(head)
    (folder / f"{stem}.dbf").write_bytes(_dbf(data, encoding, driver))
    return folder / f"{stem}.shp"


def _dbf(data: Sequence[tuple[Row, Any]], encoding: str, driver: int) -> bytes:
    names = list(data[0][0])
    numbers = {name: isinstance(data[0][0][name], int) for name in names}
    width = 20
    fields = b"".join(
        struct.pack("<11sc4xBB14x", name.encode(encoding)[:10], b"N" if numbers[name] else b"C", width, 0)
        for name in names
    )
    body = b"".join(
        b" "
        + b"".join(
            str(row[name]).rjust(width).encode()
            if numbers[name]
            else str(row[name]).encode(encoding).ljust(width)[:width]
            for name in names
        )
        for row, _shape in data
    )
    first = 32 + len(fields) + 1
    head = struct.pack("<B3BIHH17xB2x", 3, 126, 1, 1, len(data), first, 1 + width * len(names), driver)
    return head + fields + b"\r" + body + b"\x1a"


def packed(path: Path, entries: Mapping[str, bytes], *, raw_names: bool = False) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            info = GbkNamed(name) if raw_names else zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


class GbkNamed(zipfile.ZipInfo):
    """An entry as Chinese Windows packs it: a GBK name without the flag that says UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  (the name zipfile calls)
        return self.filename.encode("gb18030"), self.flag_bits


def packed_link(path: Path, target: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("rows.geojson")
        info.create_system = 3
        info.external_attr = 0o120777 << 16
        archive.writestr(info, target)
    return path
