"""Layers as one GeoPackage (OGC 12-128r18), row by row into SQLite: a million rows take no memory.

Written by hand rather than through GDAL because a file may then hold what GDAL's bindings do not write: the words of
codes and columns (extension `schema`), what the file is about (extension `metadata`), and rows as they come from the
database's cursor. The spatial index is built at the end, and kept by the standard's triggers.
"""

import json
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from pyproj import CRS

from layers.exports.tables import About, Column, Record, Table, in_words, iso_utc
from layers.layer import Kind, Shape

BATCH_ROWS = 4_000
#: "GPKG" and version 1.3 in the header of the file.
APPLICATION_ID, USER_VERSION = 0x47504B47, 10300
#: Little-endian; with a box of four doubles before the shape.
BOXED = b"GP\x00\x03"
PLAIN = b"GP\x00\x01"
TYPES = {
    Kind.TEXT: "TEXT",
    Kind.INTEGER: "INTEGER",
    Kind.NUMBER: "REAL",
    Kind.FLAG: "BOOLEAN",
    Kind.CHOICE: "TEXT",
    Kind.DAY: "DATE",
    Kind.MOMENT: "DATETIME",
}
#: How a day and a moment are written.
TOLD = {Kind.DAY: date.isoformat, Kind.MOMENT: iso_utc}
SHAPES = {Shape.POINT: "POINT", Shape.LINE: "GEOMETRY", Shape.POLYGON: "GEOMETRY", Shape.ANY: "GEOMETRY"}
SPEED = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;"
FRAME = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
    description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
    CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
    CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
    CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents (table_name),
    CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
    scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
    description TEXT, mime_type TEXT, constraint_name TEXT,
    CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT,
    min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
    CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL,
    md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL,
    mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT,
    row_id_value INTEGER, timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
    CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
    CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
"""
#: The index of one table, and what keeps it when somebody edits the file (OGC 12-128r18, annex F.3).
INDEXED = """
CREATE TRIGGER "rtree_{t}_geom_insert" AFTER INSERT ON "{t}" WHEN (new.geom NOT NULL AND NOT ST_IsEmpty(new.geom))
BEGIN INSERT OR REPLACE INTO "rtree_{t}_geom" VALUES
    (new.fid, ST_MinX(new.geom), ST_MaxX(new.geom), ST_MinY(new.geom), ST_MaxY(new.geom)); END;
CREATE TRIGGER "rtree_{t}_geom_update6" AFTER UPDATE OF geom ON "{t}" WHEN old.fid = new.fid AND
    (new.geom NOTNULL AND NOT ST_IsEmpty(new.geom)) AND (old.geom NOTNULL AND NOT ST_IsEmpty(old.geom))
BEGIN UPDATE "rtree_{t}_geom" SET minx = ST_MinX(new.geom), maxx = ST_MaxX(new.geom), miny = ST_MinY(new.geom),
    maxy = ST_MaxY(new.geom) WHERE id = new.fid; END;
CREATE TRIGGER "rtree_{t}_geom_update7" AFTER UPDATE OF geom ON "{t}" WHEN old.fid = new.fid AND
    (new.geom NOTNULL AND NOT ST_IsEmpty(new.geom)) AND (old.geom ISNULL OR ST_IsEmpty(old.geom))
BEGIN INSERT INTO "rtree_{t}_geom" VALUES
    (new.fid, ST_MinX(new.geom), ST_MaxX(new.geom), ST_MinY(new.geom), ST_MaxY(new.geom)); END;
CREATE TRIGGER "rtree_{t}_geom_update2" AFTER UPDATE OF geom ON "{t}" WHEN old.fid = new.fid AND
    (new.geom ISNULL OR ST_IsEmpty(new.geom))
BEGIN DELETE FROM "rtree_{t}_geom" WHERE id = old.fid; END;
CREATE TRIGGER "rtree_{t}_geom_update5" AFTER UPDATE ON "{t}" WHEN old.fid != new.fid AND
    (new.geom NOTNULL AND NOT ST_IsEmpty(new.geom))
BEGIN DELETE FROM "rtree_{t}_geom" WHERE id = old.fid; INSERT OR REPLACE INTO "rtree_{t}_geom" VALUES
    (new.fid, ST_MinX(new.geom), ST_MaxX(new.geom), ST_MinY(new.geom), ST_MaxY(new.geom)); END;
CREATE TRIGGER "rtree_{t}_geom_update4" AFTER UPDATE ON "{t}" WHEN old.fid != new.fid AND
    (new.geom ISNULL OR ST_IsEmpty(new.geom))
BEGIN DELETE FROM "rtree_{t}_geom" WHERE id IN (old.fid, new.fid); END;
CREATE TRIGGER "rtree_{t}_geom_delete" AFTER DELETE ON "{t}" WHEN old.geom NOT NULL
BEGIN DELETE FROM "rtree_{t}_geom" WHERE id = old.fid; END;
"""
EXTENSIONS = [
    ("gpkg_data_columns", None, "gpkg_schema", "http://www.geopackage.org/spec/#extension_schema", "read-write"),
    (
        "gpkg_data_column_constraints",
        None,
        "gpkg_schema",
        "http://www.geopackage.org/spec/#extension_schema",
        "read-write",
    ),
    ("gpkg_metadata", None, "gpkg_metadata", "http://www.geopackage.org/spec/#extension_metadata", "read-write"),
    (
        "gpkg_metadata_reference",
        None,
        "gpkg_metadata",
        "http://www.geopackage.org/spec/#extension_metadata",
        "read-write",
    ),
]
ABOUT = "about"


def write(path: Path, tables: Sequence[Table], about: About) -> None:
    """One file with a table per layer and a table `about`; the shapes lie in `geom`, the identity in `id`."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.executescript(SPEED)
        file.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        file.execute(f"PRAGMA user_version = {USER_VERSION}")
        file.executescript(FRAME)
        file.execute("BEGIN")
        _systems(file, {table.srid for table in tables})
        file.executemany("INSERT INTO gpkg_extensions VALUES (?, ?, ?, ?, ?)", EXTENSIONS)
        for table in tables:
            _table(file, in_words(table), about)
        _about(file, tables, about)
        file.execute("COMMIT")


def _systems(file: sqlite3.Connection, srids: set[int]) -> None:
    undefined = [
        ("Undefined Cartesian", -1, "NONE", -1, "undefined", None),
        ("Undefined geographic", 0, "NONE", 0, "undefined", None),
    ]
    systems = [(srid, CRS.from_epsg(srid)) for srid in sorted(srids | {4326})]
    known = [(crs.name, srid, "EPSG", srid, crs.to_wkt("WKT1_GDAL"), None) for srid, crs in systems]
    file.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", [*undefined, *known])


def _table(file: sqlite3.Connection, table: Table, about: About) -> None:
    columns = "".join(f', "{column.name}" {_type(column)}' for column in table.columns)
    file.execute(
        f'CREATE TABLE "{table.name}" (fid INTEGER PRIMARY KEY NOT NULL, geom {SHAPES[table.shape]}, id TEXT{columns})'
    )
    _contents(file, table, about)
    _words(file, table)
    marks = ", ".join("?" * (3 + len(table.columns)))
    boxes = _Boxes()
    file.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', _rows(table, boxes))  # noqa: S608
    _index(file, table, boxes)


def _type(column: Column) -> str:
    return "INTEGER" if column.whole_codes else TYPES[column.kind]


def _contents(file: sqlite3.Connection, table: Table, about: About) -> None:
    file.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)"
        " VALUES (?, 'features', ?, ?, ?, ?)",
        [table.name, table.title, about.title, iso_utc(about.at), table.srid],
    )
    place = [table.name, "geom", SHAPES[table.shape], table.srid]
    file.execute("INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)", place)


def _words(file: sqlite3.Connection, table: Table) -> None:
    """What columns and codes are called."""
    for column in table.columns:
        rule = f"{table.name}_{column.name}" if column.choices else None
        file.execute(
            "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, ?)",
            [table.name, column.name, column.name, column.title, column.title, rule],
        )
        file.executemany(
            "INSERT INTO gpkg_data_column_constraints VALUES (?, 'enum', ?, NULL, NULL, NULL, NULL, ?)",
            [(rule, str(value), label) for value, label in column.choices.items()],
        )


class _Boxes:
    """The boxes of the rows that have gone by, in batches."""

    def __init__(self) -> None:
        self._batches: list[np.ndarray[Any, np.dtype[np.float64]]] = []

    def add(self, wkbs: Sequence[bytes | None]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """[west, south, east, north] of each shape; nan for none."""
        found = shapely.bounds(shapely.from_wkb(np.array(wkbs, dtype=object))).reshape(-1, 4)
        self._batches.append(found)
        return np.asarray(found)

    def all(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.concatenate(self._batches) if self._batches else np.empty((0, 4))


def _rows(table: Table, boxes: _Boxes) -> Iterator[tuple[Any, ...]]:
    number, source = 0, table.records(AsWKB(table.in_system()))
    told = [(place, keep) for place, column in enumerate(table.columns) if (keep := TOLD.get(column.kind))]
    while batch := list(islice(source, BATCH_ROWS)):
        wkbs = [_wkb(record) for record in batch]
        for record, wkb, box in zip(batch, wkbs, boxes.add(wkbs).tolist(), strict=True):
            number += 1
            values = _kept(record.values, told) if told else record.values
            yield (number, _blob(wkb, table, box), record.identity, *values)


def _kept(values: Sequence[Any], told: Sequence[tuple[int, Any]]) -> list[Any]:
    """The values with days and moments as SQLite keeps them."""
    kept = list(values)
    for place, keep in told:
        if kept[place] is not None:
            kept[place] = keep(kept[place])
    return kept


def _wkb(record: Record) -> bytes | None:
    [shape] = record.shapes
    return None if shape is None else bytes(shape)


def _blob(wkb: bytes | None, table: Table, box: Sequence[float]) -> bytes | None:
    if wkb is None:
        return None
    if table.shape == Shape.POINT:
        return PLAIN + struct.pack("<i", table.srid) + wkb
    west, south, east, north = box
    return BOXED + struct.pack("<idddd", table.srid, west, east, south, north) + wkb


def _index(file: sqlite3.Connection, table: Table, boxes: _Boxes) -> None:
    """The R-tree over all rows, and the extent of the layer."""
    name = f"rtree_{table.name}_geom"
    file.execute(f'CREATE VIRTUAL TABLE "{name}" USING rtree(id, minx, maxx, miny, maxy)')
    found = boxes.all()
    known = np.flatnonzero(~np.isnan(found[:, 0]))
    entries = zip((known + 1).tolist(), *found[known][:, [0, 2, 1, 3]].T.tolist(), strict=True)
    file.executemany(f'INSERT INTO "{name}" VALUES (?, ?, ?, ?, ?)', entries)  # noqa: S608
    for statement in _statements(INDEXED.replace("{t}", table.name)):
        file.execute(statement)
    extension = "http://www.geopackage.org/spec/#extension_rtree"
    file.execute(
        "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', ?, 'write-only')", [table.name, extension]
    )
    if len(known):
        low, high = found[known].min(axis=0), found[known].max(axis=0)
        box = [float(low[0]), float(low[1]), float(high[2]), float(high[3])]
        file.execute(
            "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?",
            [*box, table.name],
        )


def _statements(script: str) -> list[str]:
    """The triggers of a script, one by one: a whole script would end the transaction."""
    return [f"{part}END;" for part in script.split("END;") if part.strip()]


def _about(file: sqlite3.Connection, tables: Sequence[Table], about: About) -> None:
    """The same for programs (metadata) and for people (a table)."""
    text = json.dumps(about.as_json(), ensure_ascii=False)
    file.execute(
        "INSERT INTO gpkg_metadata VALUES (1, 'dataset', 'http://schema.org/Dataset', 'application/json', ?)", [text]
    )
    file.execute(
        "INSERT INTO gpkg_metadata_reference VALUES ('geopackage', NULL, NULL, NULL, ?, 1, NULL)", [iso_utc(about.at)]
    )
    file.execute(f"CREATE TABLE {ABOUT} (fid INTEGER PRIMARY KEY NOT NULL, item TEXT, value TEXT)")
    file.executemany(f"INSERT INTO {ABOUT} (item, value) VALUES (?, ?)", about.lines())  # noqa: S608
    file.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)"
        " VALUES (?, 'attributes', ?, ?, ?)",
        [ABOUT, ABOUT, about.title, iso_utc(about.at)],
    )
