"""What one row of a list would do, decided once for the page and once more, in the same way, when it is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from importers.lists.doors import Door
from importers.lists.models import ListRow
from importers.records import Reason, Weight

Action = ListRow.Action


@dataclass(slots=True)
class Decision:
    """`changes`: field → value to be taken over; `conflicts`: field → value that contradicts a source believed more.

    `held` is the record that is meant, None for a new one; `joined` rows say more about a person of a row above.
    """

    row: ListRow
    values: dict[str, Any]
    door: Door
    action: ListRow.Action = Action.SAME
    target: UUID | None = None
    held: Any = None
    joined: bool = False
    changes: dict[str, Any] = field(default_factory=dict)
    conflicts: dict[str, Any] = field(default_factory=dict)
    found: list[Reason] = field(default_factory=list)

    def refuse(self, code: str, **params: Any) -> Decision:
        """This row is not written, and why; `params` are never personal."""
        self.action, self.changes, self.conflicts = Action.REFUSED, {}, {}
        self.found.append(Reason(code, Weight.REFUSED, "", params))
        return self

    def leave_to_street(self) -> None:
        """This row can't be taken over here; of the reason no more is said than that."""
        self.refuse("street_decides")
        self.action = Action.STREET

    def note(self, code: str, **params: Any) -> None:
        """Something to know about a row that is written."""
        self.found.append(Reason(code, Weight.NOTED, "", params))

    def settle(self) -> None:
        """The action that follows from what was found."""
        if self.action in {Action.REFUSED, Action.STREET}:
            return
        if self.held is None and not self.joined:
            self.action = Action.CREATED
        elif self.changes:
            self.action = Action.CHANGED
        else:
            self.action = Action.CONFLICT if self.conflicts else Action.SAME

    def weigh(self, name: str, value: Any, *, believed: str, held_by: str, source: str, empty: bool) -> None:
        """A value that differs: taken where nothing stands, where this source is believed, or where none is declared
        and the value held came from this very source; a contradiction otherwise."""
        mine = believed == source if believed else held_by in {"", source}
        (self.changes if empty or mine else self.conflicts)[name] = value

    def written(self) -> None:
        """Put the decision on the row (not saved): names of fields, never values."""
        self.row.action = self.action
        self.row.target = None if self.held is None else self.target
        self.row.changes = [] if self.action == Action.CREATED else sorted(self.changes)
        self.row.conflicts = sorted(self.conflicts)
        self.row.found = [reason.as_json() for reason in self.found]


def values_of(row: ListRow) -> dict[str, Any]:
    """What a row says; inside a door."""
    found: dict[str, Any] = json.loads(row.values.reveal())
    return found


def spoken(values: Mapping[str, Any], name: str) -> str:
    """A value as text; "" where the row says nothing."""
    value = values.get(name)
    return "" if value is None else str(value)
