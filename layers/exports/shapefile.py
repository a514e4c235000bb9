"""Layers as Shapefiles in one zip: UTF-8 with its .cpg, a .prj, one file per kind of shape, written in batches by GDAL.

What a Shapefile cannot hold is told in `about.txt`: text of more than 254 bytes, which is cut between two characters.
Empty text and spaces around text are not kept: its tables are padded with spaces.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.utils.translation import gettext as _

from layers.exports.packing import packed, tell
from layers.exports.tables import About, Column, Record, Table, code_name, in_words, iso
from layers.layer import Kind

BATCH_ROWS = 20_000
MOST_BYTES = 254
#: Kinds of files → the numbers of the geometries (as GEOS counts them) that go into them.
FAMILIES = {"point": (0,), "points": (4,), "line": (1, 2, 5), "polygon": (3, 6)}
TYPES = {"point": "Point", "points": "MultiPoint", "line": "LineString", "polygon": "Polygon"}
#: A column has a name of ten bytes at most: `kind_code`, `statu_code`.
NAME_BYTES = 10
DRIVER = "ESRI Shapefile"
Array = np.ndarray[Any, np.dtype[Any]]


def write(path: Path, kept: Sequence[Table], about: About) -> None:
    """A zip with `<layer>.shp` and its companions, or `<layer>_<kind>.shp` where a layer has several kinds of shape."""
    tables = [in_words(table, short_code_name) for table in kept]
    with TemporaryDirectory(dir=path.parent) as name:
        folder = Path(name)
        cut = [line for table in tables for line in _table(folder, table)]
        with packed(path) as archive:
            for file in sorted(folder.iterdir()):
                archive.write(file, file.name)
            tell(archive, about, *_codes(tables), *cut)


def short_code_name(name: str) -> str:
    """What the column of the codes is called here."""
    return code_name(name[: NAME_BYTES - len(code_name(""))])


def _table(folder: Path, table: Table) -> list[str]:
    """Write all files of a layer; what had to be cut."""
    source, written, cut = table.records(AsWKB(table.in_system())), set[str](), dict[str, int]()
    while batch := list(islice(source, BATCH_ROWS)):
        shapes = np.array([None if one.shapes[0] is None else bytes(one.shapes[0]) for one in batch], dtype=object)
        kinds = shapely.get_type_id(shapely.from_wkb(shapes))
        for family, numbers in FAMILIES.items():
            chosen = np.flatnonzero(np.isin(kinds, numbers))
            if len(chosen):
                rows = [batch[index] for index in chosen]
                _append(folder / f"{table.name}_{family}.shp", table, rows, (shapes[chosen], TYPES[family], cut))
                written.add(family)
    if not written:
        empty = np.array([], dtype=object)
        family = "point" if table.shape == "point" else "polygon"
        _append(folder / f"{table.name}_{family}.shp", table, [], (empty, TYPES[family], cut))
        written.add(family)
    if len(written) == 1:
        for file in list(folder.glob(f"{table.name}_{written.pop()}.*")):
            file.rename(folder / f"{table.name}{file.suffix}")
    return [_("%(column)s: %(count)s values were longer than a Shapefile holds and are cut.")
            % {"column": name, "count": count} for name, count in cut.items()]  # fmt: skip


def _append(path: Path, table: Table, rows: Sequence[Record], what: tuple[Array, str, dict[str, int]]) -> None:
    shapes, geometry_type, cut = what
    columns = [_column(column, [row.values[place] for row in rows], cut) for place, column in enumerate(table.columns)]
    identities = np.array([row.identity for row in rows], dtype=object)
    pyogrio.raw.write(
        str(path),
        geometry=shapes,
        field_data=[identities, *(data for data, _mask in columns)],
        field_mask=[None, *(mask for _data, mask in columns)],
        fields=np.array(["id", *(column.name for column in table.columns)], dtype=object),
        driver=DRIVER,
        geometry_type=geometry_type,
        crs=f"EPSG:{table.srid}",
        append=path.exists(),
        encoding="UTF-8",
    )


def _column(column: Column, values: Sequence[Any], cut: dict[str, int]) -> tuple[Array, Array | None]:
    """The values as GDAL takes them, and which of them are missing."""
    missing = np.array([value is None for value in values], dtype=bool)
    if column.kind == Kind.INTEGER or column.whole_codes:
        return np.array([0 if value is None else int(value) for value in values], dtype=np.int64), missing
    if column.kind == Kind.NUMBER:
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64), missing
    if column.kind == Kind.FLAG:
        return np.array([bool(value) for value in values], dtype=np.int32), missing
    if column.kind == Kind.DAY:
        return np.array(
            ["NaT" if value is None else value.isoformat() for value in values], dtype="datetime64[D]"
        ), None
    texts = [None if value is None else _fitting(column, value, cut) for value in values]
    return np.array(texts, dtype=object), None


def _fitting(column: Column, value: Any, cut: dict[str, int]) -> str:
    """Text of at most 254 bytes of UTF-8."""
    text = iso(value) if column.kind == Kind.MOMENT else str(value)
    data = text.encode()
    if len(data) <= MOST_BYTES:
        return text
    cut[column.title] = cut.get(column.title, 0) + 1
    return data[:MOST_BYTES].decode(errors="ignore")


def _codes(tables: Sequence[Table]) -> list[str]:
    """What the short names and the codes mean."""
    lines = []
    for table in tables:
        lines.append(f"[{table.name}] {table.title}")
        for column in table.columns:
            codes = ", ".join(f"{value} = {label}" for value, label in column.choices.items())
            lines.append(f"{column.name}: {column.title}" + (f" ({codes})" if codes else ""))
    return lines
