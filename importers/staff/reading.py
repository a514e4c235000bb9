"""The rows of a staff list, read in a process that can do nothing else; of the file nothing is left."""

from collections.abc import Iterable
from pathlib import Path

from gridmap.accounts.staff.roster import Row
from gridmap.accounts.staff.spellings import REQUIRED, columns_of
from importers.datum import Placing
from importers.records import RefusedError, Value
from importers.sandbox import Limits, describe, read
from importers.services import keep

#: A person waits for it.
PATIENCE = Limits(cpu_s=40, wall_s=60.0)
MOST_ROWS = 1000
TABLES = ("csv", "xlsx")
#: Places in a staff list are names and codes; coordinates that some column may hold are never used.
NOWHERE = Placing("wgs84", "chosen")


def read_upload(name: str, chunks: Iterable[bytes]) -> tuple[dict[str, str], list[Row]]:
    """Field → column, and the rows; RefusedError where the file is no table of people in posts."""
    path, _sha256, _size = keep(name, chunks)
    try:
        return read_list(path)
    finally:
        path.unlink(missing_ok=True)


def read_list(path: Path) -> tuple[dict[str, str], list[Row]]:
    """The same of a file that lies there already."""
    description = describe(path, limits=PATIENCE)
    if description.reader not in TABLES:
        raise RefusedError("staff_list_no_table")
    layer = description.layer(None)
    columns = columns_of(layer.columns)
    lacking = [name for name in REQUIRED if name not in columns]
    if lacking:
        raise RefusedError("staff_list_columns", columns=", ".join(layer.columns)[:300], fields=", ".join(lacking))
    rows: list[Row] = []
    for record in read(path, placing=NOWHERE, layer=layer.name, limits=PATIENCE, private=True):
        if len(rows) >= MOST_ROWS:
            raise RefusedError("staff_list_too_long", limit=MOST_ROWS)
        rows.append(Row(record.row, {field: _words(record.fields.get(name)) for field, name in columns.items()}))
    if not rows:
        raise RefusedError("table_empty")
    return columns, rows


def _words(value: Value) -> str:
    return "" if value is None else str(value).strip()
