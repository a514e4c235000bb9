"""Rows of people's lists in their own table, which the database opens only behind a door to the area of the import."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Protocol

from gridmap.traces.door import door
from gridmap.vault.ledger import Ledger
from importers.lists.models import ListRow
from importers.records import Reason, Value

BATCH_ROWS = 1000


class Checked(Protocol):
    """What this room needs of a checked row."""

    row: int
    fields: dict[str, Value]
    reasons: list[Reason]

    @property
    def sound(self) -> bool: ...


class Placer(Protocol):
    """Finds the building of a row."""

    def find(self, values: dict[str, Any]) -> Any: ...


@contextmanager
def list_door(run: Any, purpose: str, *, by: Any = None) -> Iterator[Ledger]:
    """The door to the rows of one list and to the people of its area."""
    with door(by=by or run.created_by, areas=[run.area], kind="import", purpose=f"{purpose} {run.pk}") as ledger:
        yield ledger


def drop_list_rows(run: Any) -> None:
    """Delete what is staged of a list."""
    with list_door(run, "forget"):
        ListRow.objects.filter(run=run).delete()


def stage_list(run: Any, rows: Iterable[Checked], places: Placer, *, report: Callable[[int], None]) -> int:
    """Replace the rows of `run`, sealed and placed; returns how many there are. Inside a door."""
    ListRow.objects.filter(run=run).delete()
    staged, source = 0, iter(rows)
    while batch := list(islice(source, BATCH_ROWS)):
        ListRow.objects.bulk_create([_row(run, one, places) for one in batch])
        staged += len(batch)
        report(staged)
    return staged


def _row(run: Any, checked: Checked, places: Placer) -> ListRow:
    reasons = json.dumps([reason.as_json() for reason in checked.reasons], ensure_ascii=False)
    row = ListRow(
        run=run,
        area=run.area,
        row=checked.row,
        values=json.dumps(checked.fields, ensure_ascii=False),
        reasons=reasons if checked.reasons else "",
    )
    if not checked.sound:
        row.state, row.action = ListRow.State.REFUSED, ListRow.Action.REFUSED
        return row
    put(row, places.find(checked.fields))
    return row


def put(row: ListRow, found: Any) -> None:
    """Write on the row (not saved) where it was found to belong."""
    row.state, row.building_id, row.candidates = found.state, found.building, list(found.candidates)
    row.unit, row.floor, row.room = found.unit, found.floor, found.room
    row.found = [{"code": code, "weight": "noted", "field": "", "params": {}} for code in found.doubts]
    if found.state in ListRow.OPEN:
        row.action, row.spelling = ListRow.Action.WAITING, found.spelling


def batches(run: Any, *states: ListRow.State) -> Iterator[list[ListRow]]:
    """The rows in these states in the order of the file, some at a time."""
    after = -1
    while True:
        rows = ListRow.objects.filter(run=run, state__in=states, row__gt=after).order_by("row")[:BATCH_ROWS]
        batch = list(rows)
        if not batch:
            return
        yield batch
        after = batch[-1].row
