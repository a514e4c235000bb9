"""The generated district as the files a planner would bring: to try the importer with them.

One GeoPackage with every layer, GeoJSON of communities and buildings, and the buildings as a table with coordinates;
columns carry the Chinese names that offices use."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely

from gridmap.district.records import SOURCE, District, Geometry

CRS = "EPSG:4326"


@dataclass(frozen=True)
class Table:
    """A layer ready for writing: ``rows`` in the order of ``columns``, one geometry each."""

    name: str
    geometry_type: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    shapes: Sequence[Geometry]


def write_files(district: District, folder: Path) -> Iterator[tuple[Path, int]]:
    """Write the files into ``folder`` (made where missing); yields each path with its number of rows."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = list(tables_of(district))
    package = folder / "district.gpkg"
    package.unlink(missing_ok=True)
    for table in tables:
        _write(table, package, "GPKG")
    yield package, sum(len(table.rows) for table in tables)
    for table in tables:
        if table.name in ("communities", "buildings"):
            path = folder / f"{table.name}.geojson"
            path.unlink(missing_ok=True)
            _write(table, path, "GeoJSON")
            yield path, len(table.rows)
    buildings = next(table for table in tables if table.name == "buildings")
    yield _write_csv(buildings, folder / "buildings.csv"), len(buildings.rows)


def tables_of(district: District) -> Iterator[Table]:
    yield _regions(district)
    yield _compounds(district)
    yield _buildings(district)
    yield from _ground(district)
    yield _cameras(district)
    yield _table(
        "lamps", "Point", "路灯编号 是否亮灯", ((lamp.code, int(lamp.lit)) for lamp in district.lamps),
        [lamp.point for lamp in district.lamps],
    )  # fmt: skip
    yield _table(
        "facilities", "Point", "设施编号 设施类型 设施名称", ((f.code, f.kind, f.name) for f in district.facilities),
        [f.point for f in district.facilities],
    )  # fmt: skip


def _table(
    name: str, geometry_type: str, columns: str, rows: Iterable[tuple[Any, ...]], shapes: Sequence[Geometry]
) -> Table:
    return Table(name, geometry_type, (*columns.split(), "来源"), [(*row, SOURCE) for row in rows], shapes)


def _regions(district: District) -> Table:
    streets = {region.code: region.name for region in district.regions}
    communities = district.communities()
    rows = ((region.code, region.name, streets[region.parent or ""]) for region in communities)
    return _table(
        "communities", "Polygon", "区划代码 社区名称 街道名称", rows, [region.polygon for region in communities]
    )


def _compounds(district: District) -> Table:
    rows = ((c.code, c.name, c.kind.value, int(c.walled)) for c in district.compounds)
    shapes = [c.polygon for c in district.compounds]
    return _table("compounds", "Polygon", "小区编号 小区名称 小区类型 是否封闭", rows, shapes)


def _buildings(district: District) -> Table:
    estates = {compound.code: compound.name for compound in district.compounds}
    rows = (
        (b.code, b.number, b.name, b.kind.value, b.address, estates.get(b.compound or "", ""),
         b.households, b.dwellings, b.residents, b.elders, b.floors, b.units)
        for b in district.buildings
    )  # fmt: skip
    columns = "楼栋编号 楼栋号 楼栋名称 建筑类型 地址 小区名称 户数 套数 人口 老年人口 层数 单元数"
    return _table("buildings", "Polygon", columns, rows, [b.footprint for b in district.buildings])


def _ground(district: District) -> Iterator[Table]:
    """Lines and areas apart, as a layer holds one sort of geometry."""
    for name, dimension, kind in (("ground_lines", 1, "MultiLineString"), ("ground_areas", 2, "MultiPolygon")):
        items = [item for item in district.ground if shapely.get_dimensions(item.geometry) == dimension]
        wrap = shapely.MultiLineString if dimension == 1 else shapely.MultiPolygon
        shapes = [wrap(list(shapely.get_parts(item.geometry))) for item in items]
        yield _table(name, kind, "名称 类型", ((item.name, item.kind.value) for item in items), shapes)


def _cameras(district: District) -> Table:
    rows = (
        (c.code, c.name, c.place, c.bearing_deg, c.angle_deg, c.range_m, c.height_m, c.status, int(c.night_ok))
        for c in district.cameras
    )
    columns = "摄像机编号 摄像机名称 安装位置 朝向 视场角 监控距离 安装高度 设备状态 夜视"
    return _table("cameras", "Point", columns, rows, [c.point for c in district.cameras])


def _write(table: Table, path: Path, driver: str) -> None:
    columns = [np.array(list(column)) for column in zip(*table.rows, strict=True)]
    data = [column.astype(object) if column.dtype.kind == "U" else column for column in columns]
    pyogrio.raw.write(
        str(path),
        geometry=np.array(shapely.to_wkb(table.shapes), dtype=object),
        field_data=data,
        fields=np.array(table.columns, dtype=object),
        layer=table.name,
        driver=driver,
        geometry_type=table.geometry_type,
        crs=CRS,
        append=driver == "GPKG" and path.exists(),
        encoding="UTF-8",
    )


def _write_csv(table: Table, path: Path) -> Path:
    """A table for spreadsheets: UTF-8 with its mark, so that they show Chinese; a point on the roof for a shape."""
    points = shapely.point_on_surface(table.shapes)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*table.columns, "经度", "纬度"])
        for row, point in zip(table.rows, points, strict=True):
            writer.writerow([*row, f"{point.x:.7f}", f"{point.y:.7f}"])
    return path
