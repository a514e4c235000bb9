"""Noting what is no write of a row: reads, refusals, sign-ins, commands. Writes are noted by the database itself."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from gridmap.accounts.models import User
from gridmap.traces.actor import actor_for, current_request

NOTE = "SELECT traces_note(%s, %s, %s, %s, %s, %s, %s)"


def note(
    *,
    kind: str,
    by: User | None = None,
    table: str = "",
    row: str = "",
    area: str = "",
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Append one entry to the caller's transaction; returns its number. `by` is whoever acts where it is not given."""
    values: list[Any] = [kind, actor_for(by), current_request(), table, row, area, Jsonb(dict(detail or {}))]
    with connection.cursor() as cursor:
        cursor.execute(NOTE, values)
        return int(cursor.fetchone()[0])


def change_of(entry: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns that a write changed, before and after. Of people's tables the values are dots."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT before::text, after::text FROM traces_change(%s)", [entry])
        before, after = cursor.fetchone() or (None, None)
    return json.loads(before or "{}"), json.loads(after or "{}")
