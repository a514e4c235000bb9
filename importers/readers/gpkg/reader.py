"""GeoPackage through SQLite alone: opened read-only, SELECT only, no trusted schema, no views, no extensions.

GDAL is not used: its SQLite drivers follow views, triggers and virtual tables that read other files.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from importers.encoding import decode
from importers.readers.gpkg.geometry import wkb_of
from importers.records import CrsSource, Description, Layer, Reason, Record, RefusedError, Value

NAME = "gpkg"
MAGIC = b"SQLite format 3\x00"
CELL_BYTES = 32 << 20
ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
FUNCTIONS = {"count"}
BATCH_ROWS = 500


def sniff(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(16) == MAGIC


def describe(path: Path, encoding: str | None = None) -> Description:
    with closing(_open(path)) as database:
        layers = tuple(_layers(database))
    if not layers:
        raise RefusedError("no_layers")
    return Description(reader=NAME, layers=layers)


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Iterator[Record]:
    table = describe(path, encoding).layer(layer)
    with closing(_open(path)) as database:
        geometry = _geometry_column(database, table.name)
        try:
            yield from _rows(database, table.name, geometry)
        except sqlite3.Error as problem:
            raise RefusedError("database_damaged", message=str(problem)[:120]) from None


def _open(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    try:
        database = sqlite3.connect(address, uri=True, check_same_thread=False)
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA cell_size_check = ON")
        database.execute("PRAGMA query_only = ON")
    except sqlite3.Error as problem:
        raise RefusedError("database_damaged", message=str(problem)[:120]) from None
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, CELL_BYTES)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    database.text_factory = _text
    database.set_authorizer(_authorise)
    return database


def _authorise(action: int, first: str | None, second: str | None, *_rest: str | None) -> int:
    if action in ALLOWED:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and (second or first or "").lower() in FUNCTIONS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _text(raw: bytes) -> str:
    text, patched = decode(raw, "utf-8")
    return decode(raw, "gb18030")[0] if patched else text


def _layers(database: sqlite3.Connection) -> Iterator[Layer]:
    try:
        names = [
            str(row[0])
            for row in database.execute(
                "SELECT table_name FROM gpkg_contents WHERE data_type IN ('features', 'attributes')"
            )
        ]
        for name in names:
            yield _layer(database, name)
    except sqlite3.Error as problem:
        raise RefusedError("not_a_geopackage", message=str(problem)[:120]) from None


def _layer(database: sqlite3.Connection, name: str) -> Layer:
    found = database.execute(
        "SELECT type, sql FROM sqlite_master WHERE name = ? AND type <> 'index'", (name,)
    ).fetchone()
    if found is None:
        raise RefusedError("layer_missing", layer=name[:80])
    if found[0] != "table" or "virtual" in str(found[1]).lower().split("(")[0]:
        raise RefusedError("layer_is_view", layer=name[:80])
    geometry = _geometry_column(database, name)
    columns = [column for column in _columns(database, name) if column != geometry]
    rows = int(database.execute(f"SELECT count(*) FROM {_quoted(name)}").fetchone()[0])  # noqa: S608
    kind, crs = _geometry_kind(database, name)
    source = CrsSource.STATED if crs else CrsSource.ABSENT
    return Layer(name=name, columns=tuple(columns), rows=rows, geometry=kind, crs=crs, crs_source=source)


def _columns(database: sqlite3.Connection, table: str) -> list[str]:
    cursor = database.execute(f"SELECT * FROM {_quoted(table)} LIMIT 0")  # noqa: S608
    return [str(column[0]) for column in cursor.description]


def _geometry_column(database: sqlite3.Connection, table: str) -> str | None:
    row = database.execute("SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (table,)).fetchone()
    return None if row is None else str(row[0])


def _geometry_kind(database: sqlite3.Connection, table: str) -> tuple[str, str]:
    row = database.execute(
        "SELECT g.geometry_type_name, s.organization, s.organization_coordsys_id, s.definition "
        "FROM gpkg_geometry_columns g LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id WHERE g.table_name = ?",
        (table,),
    ).fetchone()
    if row is None:
        return "", ""
    kind, organisation, code, definition = row
    if str(organisation).upper() == "EPSG" and isinstance(code, int) and code > 0:
        return str(kind), f"EPSG:{code}"
    known = str(definition or "")
    return str(kind), known if known.lower() not in {"", "undefined", "none"} else ""


def _rows(database: sqlite3.Connection, table: str, geometry: str | None) -> Iterator[Record]:
    cursor = database.execute(f"SELECT * FROM {_quoted(table)}")  # noqa: S608
    names = [str(column[0]) for column in cursor.description]
    at = names.index(geometry) if geometry in names else None
    number = 0
    while rows := cursor.fetchmany(BATCH_ROWS):
        for row in rows:
            number += 1
            yield _record(number, names, row, at, table)


def _record(number: int, names: list[str], row: tuple[object, ...], at: int | None, table: str) -> Record:
    fields = {name: _value(value) for index, (name, value) in enumerate(zip(names, row, strict=True)) if index != at}
    record = Record(row=number, fields=fields, layer=table)
    blob = None if at is None else row[at]
    if blob is None:
        return record
    try:
        record.wkb = wkb_of(blob if isinstance(blob, bytes) else b"")
    except RefusedError as refusal:
        record.reasons.append(Reason(refusal.code, field=names[at] if at is not None else "", params=refusal.params))
    return record


def _value(value: object) -> Value:
    if value is None or isinstance(value, (str, int, float)):
        return value
    return None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
