"""Shapefiles: a folder of parts (a zip is unpacked before) or one .shp with its siblings.

Read without GDAL: two fixed-width formats need no driver that could be talked into opening something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from importers import encoding as encodings
from importers.readers.shapefile import dbf
from importers.readers.shapefile.shapes import HEADER_BYTES, MAGIC, kind_of, shapes
from importers.records import CrsSource, Description, Layer, Reason, Record, RefusedError, Value, Weight

NAME = "shapefile"
MAX_PROJECTION_CHARACTERS = 20_000


def sniff(path: Path) -> bool:
    if path.is_dir():
        return bool(_shp_files(path))
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return int.from_bytes(file.read(4), "big") == MAGIC and path.stat().st_size >= HEADER_BYTES


def describe(path: Path, encoding: str | None = None) -> Description:
    files = _shp_files(path) if path.is_dir() else [path]
    if not files:
        raise RefusedError("no_layers")
    found: encodings.Encoding | None = None
    layers: list[Layer] = []
    for shp in files:
        table = dbf.open_table(_part(shp, ".dbf"))
        own = _encoding(shp, table, encoding)
        found = found or own
        crs = _projection(shp)
        source = CrsSource.STATED if crs else CrsSource.ABSENT
        layers.append(Layer(shp.stem, tuple(table.names(own.name)), table.rows, kind_of(shp), crs, source))
    assert found is not None  # noqa: S101  (files is not empty)
    return Description(NAME, tuple(layers), found.name, found.reason)


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Iterator[Record]:
    shp = _chosen(path, layer)
    kind_of(shp)
    table = dbf.open_table(_part(shp, ".dbf"))
    name = _encoding(shp, table, encoding).name
    columns = table.names(name)
    number = 0
    for raw, shape in zip_longest(table.raw_records(), shapes(shp)):
        if raw is not None and raw[0] == dbf.DELETED:
            continue
        number += 1
        record = Record(row=number, fields={}, layer=shp.stem)
        _fill(record, columns, None if raw is None else table.values(raw, name), shape)
        yield record


def _fill(
    record: Record,
    columns: list[str],
    attributes: tuple[list[Value], list[int]] | None,
    shape: tuple[bytes | None, list[Reason]] | None,
) -> None:
    if attributes is None or shape is None:
        missing = "attributes" if attributes is None else "geometry"
        record.reasons.append(Reason("shapefile_parts_differ", Weight.REFUSED, missing))
    if attributes is not None:
        values, cut = attributes
        record.fields = dict(zip(columns, values, strict=True))
        record.reasons += [Reason("text_cut", Weight.NOTED, columns[at]) for at in cut]
    if shape is not None:
        record.wkb = shape[0]
        record.reasons += shape[1]


def _shp_files(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if child.suffix.lower() == ".shp" and child.is_file())


def _chosen(path: Path, layer: str | None) -> Path:
    files = _shp_files(path) if path.is_dir() else [path]
    for shp in files:
        if not layer or shp.stem == layer:
            return shp
    raise RefusedError("layer_unknown", layer=str(layer)[:80], known=", ".join(shp.stem for shp in files)[:200])


def _sibling(shp: Path, suffix: str) -> Path | None:
    return next(
        (child for child in shp.parent.glob("*") if child.stem == shp.stem and child.suffix.lower() == suffix), None
    )


def _part(shp: Path, suffix: str) -> Path:
    found = _sibling(shp, suffix)
    if found is None:
        raise RefusedError("shapefile_part_missing", part=suffix, layer=shp.stem[:80])
    return found


def _encoding(shp: Path, table: dbf.Table, chosen: str | None) -> encodings.Encoding:
    page = _sibling(shp, ".cpg")
    stated, by = "", ""
    if page is not None:
        stated, by = encodings.known(page.read_text("ascii", errors="ignore")[:40] or "utf-8"), "cpg_file"
    elif table.language_driver in encodings.LANGUAGE_DRIVERS:
        stated, by = encodings.LANGUAGE_DRIVERS[table.language_driver], "language_driver"
    return encodings.of_texts(table.texts(), stated=stated, stated_by=by, chosen=chosen)


def _projection(shp: Path) -> str:
    part = _sibling(shp, ".prj")
    if part is None:
        return ""
    with part.open(encoding="utf-8", errors="replace") as file:
        return file.read(MAX_PROJECTION_CHARACTERS).strip()
