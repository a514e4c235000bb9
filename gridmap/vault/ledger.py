"""What was opened, by whom it was asked: the list that every door writes down when it closes.

Opening is possible only while a ledger is active; doors (`gridmap.traces.door`) activate one inside a transaction whose
areas the database knows, and keep the list.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Any


class OutsideDoorError(RuntimeError):
    """Something personal was to be opened where nobody keeps the list."""


class How(StrEnum):
    """How far a value was opened."""

    MASKED = "masked"
    CLEAR = "clear"


class Ledger:
    """Rows shown and values opened, by table and row; `place` is the code of what is looked at, once it is known."""

    def __init__(self, place: str | None = None) -> None:
        self.place = place
        self._rows: dict[tuple[str, str], set[tuple[str, How]]] = {}

    def opened(self, table: str, column: str, pk: object, how: How) -> None:
        """Note that one value was opened."""
        self._rows.setdefault((table, str(pk)), set()).add((column, how))

    def saw(self, table: str, pk: object) -> None:
        """Note that a row was shown without opening a sealed value of it."""
        self._rows.setdefault((table, str(pk)), set())

    def __bool__(self) -> bool:
        return bool(self._rows)

    def __len__(self) -> int:
        """How many rows."""
        return len(self._rows)

    def summary(self) -> list[dict[str, Any]]:
        """The list for JSON: rows of one table of which the same columns were opened stand together.

        `[{"table": "population_resident", "masked": ["name", "phone"], "clear": ["id_number"], "rows": [pk, …]}]`
        """
        groups: dict[tuple[str, frozenset[tuple[str, How]]], list[str]] = {}
        for (table, pk), openings in self._rows.items():
            groups.setdefault((table, frozenset(openings)), []).append(pk)
        return [
            {
                "table": table,
                "masked": sorted(column for column, how in openings if how is How.MASKED),
                "clear": sorted(column for column, how in openings if how is How.CLEAR),
                "rows": rows,
            }
            for (table, openings), rows in groups.items()
        ]


_active: ContextVar[Ledger | None] = ContextVar("gridmap_ledger", default=None)


def current() -> Ledger:
    """The ledger of the door that is open here; OutsideDoorError where none is."""
    ledger = _active.get()
    if ledger is None:
        raise OutsideDoorError("something personal is opened only inside a door (gridmap.traces.door)")
    return ledger


@contextmanager
def activate(ledger: Ledger) -> Iterator[Ledger]:
    """Make `ledger` the one that openings of this thread (or task) are noted in; a door inside a door has its own."""
    token = _active.set(ledger)
    try:
        yield ledger
    finally:
        _active.reset(token)
