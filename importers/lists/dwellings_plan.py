"""Dwellings of a list against the dwellings that are held, door by door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from gridmap.population.editing import authorities_for
from gridmap.population.models import Dwelling
from importers.lists.doors import Door, Doors, floor_of
from importers.lists.models import ListRow
from importers.lists.plan import Decision, spoken, values_of
from importers.models import ImportRun

SEALED = frozenset({"owner_name", "owner_phone"})


class DwellingPlanner:
    """Decides rows of one list of dwellings in the order of the file."""

    def __init__(self, run: ImportRun, doors: Doors) -> None:
        self.run, self.doors = run, doors
        self.declared = authorities_for(run.area)
        self._seen: dict[Door, int] = {}
        #: Dwellings that rows of the list have meant so far.
        self.met: set[UUID] = set()

    def decide(self, rows: Sequence[ListRow], *, lock: bool = False) -> list[Decision]:
        """One decision per row; rows have a building. `lock` keeps the dwellings found until the transaction ends."""
        self.doors.load({row.building_id for row in rows if row.building_id is not None})
        decisions = [self._begin(row) for row in rows]
        held = self._held(decisions, lock)
        for decision in decisions:
            self._decide(decision, held)
            decision.settle()
            decision.written()
        return decisions

    def _begin(self, row: ListRow) -> Decision:
        values = values_of(row)
        assert row.building_id is not None  # noqa: S101  (only rows with a building come here)
        return Decision(row, values, self.doors.meant(row.building_id, row.unit, row.room))

    def _held(self, decisions: Sequence[Decision], lock: bool) -> dict[UUID, Dwelling]:
        wanted = {pk for one in decisions if (pk := self.doors.held(one.door)) is not None}
        found = Dwelling.objects.filter(pk__in=wanted)
        return {one.pk: one for one in (found.select_for_update() if lock else found)}

    def _decide(self, decision: Decision, held: dict[UUID, Dwelling]) -> None:
        first = self._seen.setdefault(decision.door, decision.row.row)
        if first != decision.row.row:
            decision.refuse("row_twice", first=first)
            return
        target = self.doors.held(decision.door)
        offered = offered_of(decision)
        if target is None or target not in held:
            decision.changes = offered
            return
        decision.held, decision.target = held[target], target
        self.met.add(target)
        for name, value in offered.items():
            if not _same(held[target], name, value):
                self._weigh(decision, held[target], name, value)

    def _weigh(self, decision: Decision, dwelling: Dwelling, name: str, value: Any) -> None:
        told = dwelling.field_sources.get(name, {}).get("source", dwelling.source)
        untold = name == "purpose" and value != Dwelling.Purpose.HOME and name not in dwelling.field_sources
        decision.weigh(
            name,
            value,
            believed=self.declared.get(f"dwelling.{name}", ""),
            held_by=str(told),
            source=self.run.source,
            empty=not getattr(dwelling, name) or untold,
        )


def offered_of(decision: Decision) -> dict[str, Any]:
    """What a row says about its dwelling."""
    values = decision.values
    occupancy = spoken(values, "occupancy") or ("let" if values.get("let") is True else "")
    offered: dict[str, Any] = {
        "occupancy": occupancy,
        "purpose": spoken(values, "purpose"),
        "owner_name": spoken(values, "owner_name"),
        "owner_phone": spoken(values, "owner_phone"),
        "floor": floor_of(spoken(values, "floor"), decision.door.room),
    }
    return {name: value for name, value in offered.items() if value not in ("", None)}


def _same(dwelling: Dwelling, name: str, value: Any) -> bool:
    held = getattr(dwelling, name)
    if name in SEALED:
        return bool(held) and held.reveal() == str(value)
    return str(held) == str(value)
