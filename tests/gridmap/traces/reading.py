"""What the owner of the tables reads in the trail: the whole entries."""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tests.owner import as_owner


@dataclass(frozen=True)
class Row:
    """One entry."""

    id: int
    kind: str
    actor: str
    request: str
    table: str
    row: str
    area: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    detail: dict[str, Any]
    role: str


def entries(table: str = "", kind: str = "", after: int = 0) -> list[Row]:
    """Entries in the order in which they were made."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind, actor, request, table_name, row_id, area, before::text, after::text, detail::text, role"
            " FROM traces_entry WHERE id > %s AND (%s = '' OR table_name = %s) AND (%s = '' OR kind = %s) ORDER BY id",
            [after, table, table, kind, kind],
        )
        return [
            Row(*row[:7], *(text and json.loads(text) for text in row[7:10]), row[10])  # type: ignore[call-arg]
            for row in cursor.fetchall()
        ]


def last_entry() -> int:
    """The number of the newest entry; 0 before the first."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM traces_entry")
        return int(cursor.fetchone()[0])
