"""Decisions into the tables, batch by batch, inside the door and the transaction of the caller."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from gridmap.population.care import usual_risk
from gridmap.population.doorcode import door_code
from gridmap.population.editing import MARKED, SEALED, source_of
from gridmap.population.models import CareTag, Conflict, Dwelling, Household, Resident
from importers.lists.doors import Door, Doors, floor_of
from importers.lists.plan import Action, Decision, spoken
from importers.models import ImportRun

BATCH = 500
NOT_COLUMNS = frozenset({"care", "dwelling"})


class Writer:
    """Writes the decisions of one list; remembers the households it made, so that families stay together."""

    def __init__(self, run: ImportRun, doors: Doors, today: date) -> None:
        self.run, self.doors, self.today = run, doors, today
        self.buildings: set[int] = set()
        self.weighed: set[UUID] = set()
        self._homes: dict[tuple[UUID, str], UUID] = {}
        self._last_home: dict[tuple[UUID, bool], UUID] = {}
        self._looked_up: set[UUID] = set()

    def write_dwellings(self, decisions: Sequence[Decision]) -> None:
        """New and changed dwellings of a list of dwellings."""
        writing = [one for one in decisions if one.action in (Action.CREATED, Action.CHANGED)]
        self._make_doors(writing)
        self.buildings |= {one.door.building for one in writing}
        changed = []
        wanted = {pk for one in writing if (pk := self.doors.held(one.door)) is not None}
        held = {one.pk: one for one in Dwelling.objects.filter(pk__in=wanted)}
        for decision in writing:
            target = self.doors.held(decision.door)
            if target in held:
                self._take_over(held[target], decision)
                changed.append(held[target])
        _update(Dwelling, changed, {name for one in writing for name in one.changes})

    def write_people(self, decisions: Sequence[Decision]) -> None:
        """New and changed residents with their dwellings, households, care tags and conflicts."""
        writing = [one for one in decisions if one.action in (Action.CREATED, Action.CHANGED, Action.CONFLICT)]
        settling = [one for one in writing if self._settles(one)]
        self._make_doors(settling)
        self._make_homes(settling)
        self._create([one for one in writing if one.action == Action.CREATED])
        self._change([one for one in writing if one.held is not None and one.changes])
        self._contradict([one for one in writing if one.conflicts])
        self._tag([one for one in writing if "care" in one.changes])

    def _settles(self, decision: Decision) -> bool:
        """Whether somebody comes to live behind the door."""
        return decision.action == Action.CREATED or "dwelling" in decision.changes

    def _make_doors(self, decisions: Sequence[Decision]) -> None:
        floors: dict[Door, int | None] = {}
        for one in decisions:
            floors.setdefault(one.door, floor_of(spoken(one.values, "floor"), one.door.room))
        Dwelling.objects.bulk_create(self.doors.make(floors, source=self.run.source), batch_size=BATCH)

    def _make_homes(self, decisions: Sequence[Decision]) -> None:
        """A household for everybody: by its number, else the dwelling's one, until another head begins a new one."""
        self._load_homes({self._dwelling(one) for one in decisions})
        made: list[Household] = []
        for one in decisions:
            dwelling, number = self._dwelling(one), spoken(one.values, "household")
            registered = self._kind(one) != Resident.Kind.FLOATING
            if self._home_of(one, (dwelling, registered), number) is None:
                home = Household(
                    dwelling_id=dwelling,
                    number=number,
                    registered=registered,
                    source=self.run.source,
                    verified_on=self._verified(one),
                )
                made.append(home)
                self._last_home[dwelling, registered] = home.pk
                if number:
                    self._homes[dwelling, number] = home.pk
            one.values["home"] = (
                self._homes.get((dwelling, number)) if number else self._last_home[dwelling, registered]
            )
        Household.objects.bulk_create(made, batch_size=BATCH)

    def _load_homes(self, dwellings: set[UUID]) -> None:
        fresh = dwellings - self._looked_up
        self._looked_up |= fresh
        for home in Household.objects.filter(dwelling__in=fresh).order_by("pk"):
            self._last_home.setdefault((home.dwelling_id, home.registered), home.pk)
            if home.number:
                self._homes[home.dwelling_id, home.number.reveal()] = home.pk

    def _home_of(self, decision: Decision, place: tuple[UUID, bool], number: str) -> UUID | None:
        if number:
            return self._homes.get((place[0], number))
        heads = spoken(decision.values, "relation") == Resident.Relation.HEAD
        alone = not decision.door.room and self.doors.shared(decision.door.building)
        return None if heads or alone else self._last_home.get(place)

    def _create(self, decisions: Sequence[Decision]) -> None:
        people = []
        for one in decisions:
            values = {name: value for name, value in one.changes.items() if name not in NOT_COLUMNS}
            people.append(
                Resident(
                    pk=one.target,
                    dwelling_id=self._dwelling(one),
                    household_id=one.values["home"],
                    source=self.run.source,
                    verified_on=self._verified(one),
                    field_sources={} if "kind" in values else {"kind": {"source": "", "on": self.today.isoformat()}},
                    **values,
                )
            )
            self.buildings.add(one.door.building)
        Resident.objects.bulk_create(people, batch_size=BATCH)

    def _change(self, decisions: Sequence[Decision]) -> None:
        moved, names = [], {name for one in decisions for name in one.changes} - NOT_COLUMNS
        for one in decisions:
            self.buildings |= {one.door.building, one.held.dwelling.building_id}
            if "dwelling" in one.changes:
                one.held.dwelling_id, one.held.household_id = self._dwelling(one), one.values["home"]
                moved.append(one.held.pk)
            self._take_over(one.held, one)
        _update(Resident, [one.held for one in decisions], names | ({"dwelling", "household"} if moved else set()))
        for hanging in (CareTag.objects, Conflict.objects):  # their area is taken from the resident again
            for tag in hanging.filter(resident__in=moved):
                tag.save(update_fields=["resident"])

    def _take_over(self, record: Any, decision: Decision) -> None:
        told = {"source": self.run.source, "on": self.today.isoformat()}
        for name, value in decision.changes.items():
            if name not in NOT_COLUMNS:
                setattr(record, name, value)
            if name != "care":
                record.field_sources = {**record.field_sources, name: told}
        record.verified_on = self._verified(decision)
        record.version += 1

    def _contradict(self, decisions: Sequence[Decision]) -> None:
        """A conflict per field and source, the open one again where there is one."""
        people = [one.held.pk for one in decisions]
        known = Conflict.objects.open().filter(resident__in=people, offered_source=self.run.source)
        open_ones = {(one.resident_id, one.field): one for one in known}
        fresh: list[Conflict] = []
        for decision in decisions:
            for name, value in decision.conflicts.items():
                conflict = open_ones.get((decision.held.pk, name))
                again = conflict is not None
                if conflict is None:
                    conflict = Conflict(resident=decision.held, field=name, offered_source=self.run.source)
                    fresh.append(conflict)
                conflict.held, conflict.offered = _held_text(decision, name), str(value)
                conflict.held_source = source_of(decision.held, name)
                if again:
                    conflict.save()
        Conflict.objects.bulk_create(fresh, batch_size=BATCH)

    def _tag(self, decisions: Sequence[Decision]) -> None:
        targets = {one.target for one in decisions}
        held: dict[UUID, dict[str, CareTag]] = defaultdict(dict)
        for tag in CareTag.objects.in_force().filter(resident__in=targets):
            held[tag.resident_id][tag.kind] = tag
        fresh = []
        for one in decisions:
            assert one.target is not None  # noqa: S101  (set with the changes)
            for kind, risk in one.changes["care"].items():
                known = held[one.target].get(kind)
                if known is None:
                    held[one.target][kind] = made = self._new_tag(one, one.target, kind, risk)
                    fresh.append(made)
                elif risk:
                    known.risk = risk
                    known.save(update_fields=["risk"])
            self.weighed.add(one.target)
            self.buildings.add(one.door.building)
        CareTag.objects.bulk_create(fresh, batch_size=BATCH)

    def _new_tag(self, decision: Decision, resident: UUID, kind: str, risk: str) -> CareTag:
        born = decision.values.get("birth")
        age = self.today.year - int(str(born)[:4]) if born else None
        since = spoken(decision.values, "since")
        return CareTag(
            resident_id=resident,
            kind=kind,
            risk=risk or usual_risk(kind, age=age),
            since=min(date.fromisoformat(since), self.today) if since else self.today,
            source=self.run.source,
        )

    def _dwelling(self, decision: Decision) -> UUID:
        found = self.doors.held(decision.door)
        assert found is not None  # noqa: S101  (made before)
        return found

    def _kind(self, decision: Decision) -> str:
        return str(decision.changes.get("kind") or (decision.held.kind if decision.held is not None else "registered"))

    def _verified(self, decision: Decision) -> date:
        written = spoken(decision.values, "verified_on")
        return min(date.fromisoformat(written), self.today) if written else self.today


def _held_text(decision: Decision, name: str) -> str:
    if name == "dwelling":
        there = decision.held.dwelling
        return door_code(there.building_id, there.unit, there.room)
    held = getattr(decision.held, name)
    return held.reveal() if name in SEALED else str(held)


def _update(model: Any, records: list[Any], names: set[str]) -> None:
    """Write these fields of locked records, with marks, sources and version."""
    if records:
        marks = {f"{name}_blind" for name in names if name in MARKED and model is Resident}
        fields = sorted(names | marks | {"field_sources", "verified_on", "version"})
        model.objects.bulk_update(records, fields, batch_size=BATCH)
