"""To the database without Django's ways: a connection of its own for each thread that answers tiles, whose statements
stay prepared, and whose time for one statement is limited once and for all.

It is for reading what is committed; inside a transaction of Django's connection that one is used, and sees its writes.
"""

from threading import local
from typing import Any

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import RawCursor

from layers.tiles import SETTINGS, TIMEOUT_MS

#: A statement is prepared when it comes for the first time (0 came before it); a connection keeps so many.
PREPARED_AFTER, MOST_PREPARED = 0, 60
OWN_SETTINGS = f"SET statement_timeout = {TIMEOUT_MS}; SET jit = off"


class _Own(local):
    line: BaseDatabaseWrapper | None = None


_own = _Own()


def ask(sql: str, parameters: tuple[str, ...] = ()) -> Any:
    """The first value of the first row; $1, $2 … in `sql` are the parameters. Raises django.db.DatabaseError.

    A connection that the database has closed meanwhile is opened anew, once.
    """
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(SETTINGS)
        return _run(connection, sql, parameters)
    line = _line()
    try:
        return _run(line, sql, parameters)
    except Exception:
        if not line.connection.broken:
            raise
        close()
        return _run(_line(), sql, parameters)


def close() -> None:
    """Close this thread's own connection; the next question opens another."""
    if _own.line is not None:
        _own.line.close()
        _own.line = None


def _line() -> BaseDatabaseWrapper:
    if _own.line is None:
        line = connections.create_connection("default")
        line.ensure_connection()
        line.connection.prepare_threshold = PREPARED_AFTER
        line.connection.prepared_max = MOST_PREPARED
        line.connection.execute(OWN_SETTINGS)
        _own.line = line
    return _own.line


def _run(line: BaseDatabaseWrapper, sql: str, parameters: tuple[str, ...]) -> Any:
    with line.wrap_database_errors, RawCursor(line.connection) as cursor:
        row = cursor.execute(sql, parameters, binary=True).fetchone()
    return row[0] if row else None
