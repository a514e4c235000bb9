"""Sealing everything anew under the current keys, in small transactions beside the daily work.

A row is taken when a value of it is not sealed with the current cipher and key, or a mark of it is not made with the
current one. So a rotation that was broken off goes on where it was, and a second one at the same time takes other rows.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from psycopg import sql

from gridmap.vault.blind import current_prefix, mark_of
from gridmap.vault.ciphers import HEADER_BYTES, Place, TamperedError, UnknownKeyError
from gridmap.vault.fields import BlindField, SealedField
from gridmap.vault.keyring import keyring

BATCH_ROWS = 500
#: How often rows that somebody else held are come back to.
PASSES = 5


@dataclass(frozen=True)
class Batch:
    """What one transaction did: primary keys of rows sealed anew, of rows that no key opens, and of rows whose new mark
    another row has already (the database wants them unique and could not see it while their marks had two keys)."""

    table: str
    renewed: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    @property
    def left(self) -> int:
        """How many rows stay as they are."""
        return len(self.unreadable) + len(self.doubled)


#: Called in the transaction of each batch, so that a room above can write down what was opened.
_witnesses: list[Callable[[Batch], None]] = []


def witness(tell: Callable[[Batch], None]) -> None:
    """Have `tell` called with every batch, inside its transaction."""
    if tell not in _witnesses:
        _witnesses.append(tell)


class Columns:
    """Names and kinds of what a table holds sealed, as SQL."""

    def __init__(self, model: type[models.Model]) -> None:
        meta = model._meta
        self.table = meta.db_table
        self.pk = str(meta.pk.column)
        self.pk_type = str(meta.pk.db_type(connection))
        self.sealed = [str(one.column) for one in meta.local_concrete_fields if isinstance(one, SealedField)]
        marks = [one for one in meta.local_concrete_fields if isinstance(one, BlindField)]
        self.marks = {str(one.column): one.marked.removeprefix(f"{self.table}.") for one in marks}

    def stale(self) -> tuple[sql.Composable, list[Any]]:
        """The condition of rows that are to be sealed anew, and its parameters."""
        other_key = sql.SQL("(length({0}) > 0 AND substring({0} from 1 for %s) <> %s)")
        other_mark = sql.SQL("({0} <> '' AND NOT starts_with({0}, %s))")
        parts = [other_key.format(sql.Identifier(name)) for name in self.sealed]
        parameters: list[Any] = [HEADER_BYTES, keyring().header] * len(self.sealed)
        if self.marks:
            parts += [other_mark.format(sql.Identifier(name)) for name in self.marks]
            parameters += [current_prefix()] * len(self.marks)
        return sql.SQL("({})").format(sql.SQL(" OR ").join(parts)), parameters


def sealed_models() -> list[type[models.Model]]:
    """Every model with a table of its own that holds sealed fields."""
    owned = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    return [model for model in owned if any(isinstance(one, SealedField) for one in model._meta.local_concrete_fields)]


def remaining(model: type[models.Model]) -> int:
    """How many rows are not under the current keys yet. NoKeyError."""
    columns = Columns(model)
    stale, parameters = columns.stale()
    count = sql.SQL("SELECT count(*) FROM {} WHERE {}").format(sql.Identifier(columns.table), stale)
    with transaction.atomic(), connection.cursor() as cursor:
        _see_everything(cursor)
        cursor.execute(count, parameters)
        return int(cursor.fetchone()[0])


def rotate(model: type[models.Model], *, pause: Callable[[], None], size: int = BATCH_ROWS) -> Iterator[Batch]:
    """Seal the rows of a table anew, `size` in a transaction; rows that somebody holds are come back to after `pause`.

    What no key opens stays as it is and is told. NoKeyError.
    """
    columns = Columns(model)
    for turn in range(PASSES):
        if turn:
            pause()
        last, left = None, 0
        while batch := _next(columns, after=last, size=size):
            last, done = batch
            left += done.left
            if done.renewed or not turn:
                yield done
        if remaining(model) <= left:
            return


def _next(columns: Columns, *, after: Any, size: int) -> tuple[Any, Batch] | None:
    """Seal the next rows anew; the last of their keys and what was done, or None where there are none."""
    with transaction.atomic(), connection.cursor() as cursor:
        _see_everything(cursor)
        rows = _taken(cursor, columns, after, size)
        if not rows:
            return None
        batch = Batch(columns.table)
        renewed = [new for row in rows if (new := _renewed(columns, row, batch)) is not None]
        if renewed and not _written(cursor, columns, renewed):
            batch.doubled.extend(str(row[0]) for row in renewed if not _written(cursor, columns, [row]))
        batch.renewed.extend(key for row in renewed if (key := str(row[0])) not in batch.doubled)
        for tell in _witnesses:
            tell(batch)
    return rows[-1][0], batch


def _see_everything(cursor: Any) -> None:
    """Row-level security shows this transaction the rows of all areas, those of special groups too."""
    cursor.execute("SELECT set_config('gridmap.areas', '%%', true), set_config('gridmap.special', 'on', true)", [])


def _taken(cursor: Any, columns: Columns, after: Any, size: int) -> list[Sequence[Any]]:
    stale, parameters = columns.stale()
    beyond = sql.SQL(" AND {} > %s").format(sql.Identifier(columns.pk)) if after is not None else sql.SQL("")
    take = sql.SQL("SELECT {} FROM {} WHERE {}{} ORDER BY {} LIMIT %s FOR UPDATE SKIP LOCKED").format(
        _names([columns.pk, *columns.sealed, *columns.marks]),
        sql.Identifier(columns.table),
        stale,
        beyond,
        sql.Identifier(columns.pk),
    )
    cursor.execute(take, [*parameters, *([after] if after is not None else []), size])
    return list(cursor.fetchall())


def _renewed(columns: Columns, row: Sequence[Any], batch: Batch) -> list[Any] | None:
    """The row with every value and mark made anew; None, and told, where one cannot be opened."""
    key, pk = str(row[0]), row[0]
    blobs = dict(zip(columns.sealed, row[1 : 1 + len(columns.sealed)], strict=True))
    places = {name: Place(columns.table, name, key) for name in columns.sealed}
    try:
        texts = {name: keyring().open(bytes(blob or b""), places[name]) for name, blob in blobs.items()}
    except (TamperedError, UnknownKeyError):
        batch.unreadable.append(key)
        return None
    sealed = [None if blobs[name] is None else keyring().seal(texts[name], places[name]) for name in columns.sealed]
    marks = [mark_of(f"{columns.table}.{source}", texts[source]) for source in columns.marks.values()]
    return [pk, *sealed, *marks]


def _written(cursor: Any, columns: Columns, rows: list[list[Any]]) -> bool:
    """Write rows; False, and nothing written, where another row has a mark that is to be unique."""
    try:
        with transaction.atomic():
            _write(cursor, columns, rows)
    except IntegrityError:
        return False
    return True


def _write(cursor: Any, columns: Columns, rows: list[list[Any]]) -> None:
    names = [*columns.sealed, *columns.marks]
    arrays = [f"%s::{columns.pk_type}[]", *["%s::bytea[]"] * len(columns.sealed), *["%s::text[]"] * len(columns.marks)]
    assignments = [sql.SQL("{0} = new.{0}").format(sql.Identifier(name)) for name in names]
    write = sql.SQL("UPDATE {} AS old SET {} FROM unnest({}) AS new ({}) WHERE old.{} = new.{}").format(
        sql.Identifier(columns.table),
        sql.SQL(", ").join(assignments),
        sql.SQL(", ").join(sql.SQL(array) for array in arrays),
        _names([columns.pk, *names]),
        sql.Identifier(columns.pk),
        sql.Identifier(columns.pk),
    )
    cursor.execute(write, [list(column) for column in zip(*rows, strict=True)])


def _names(names: Sequence[str]) -> sql.Composable:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)
