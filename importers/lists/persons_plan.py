"""People of a list against the people that are held: the same one by ID number, else by name, year and dwelling.

Names, ID numbers and telephones are compared by their marks, unopened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from gridmap.population.doorcode import door_code
from gridmap.population.editing import MARKED, authorities_for, source_of
from gridmap.population.models import CareTag, Resident
from gridmap.vault.blind import blind_of, mark_of
from importers.lists.doors import Door, Doors
from importers.lists.elsewhere import Elsewhere
from importers.lists.models import ListRow
from importers.lists.persons import birth_year
from importers.lists.plan import Decision, spoken, values_of
from importers.models import ImportRun

TABLE = "population_resident"


@dataclass(slots=True)
class Seen:
    """Where a list named somebody first, as whom they are or will be held, and the care it has told of so far."""

    row: int
    door: Door
    target: UUID
    numbered: bool
    care: set[str]


class PersonPlanner:
    """Decides rows of one list in the order of the file; remembers whom it has seen, so that nobody comes twice."""

    def __init__(self, run: ImportRun, doors: Doors, elsewhere: Elsewhere) -> None:
        self.run, self.doors, self.elsewhere = run, doors, elsewhere
        self.declared = authorities_for(run.area)
        self._seen: dict[str, Seen] = {}
        #: Whom rows of the list have meant so far, new people too.
        self.met: set[UUID] = set()
        #: The care that the list told of: (resident, kind).
        self.cared: set[tuple[UUID, str]] = set()

    def decide(self, rows: Sequence[ListRow], *, lock: bool = False) -> list[Decision]:
        """One decision per row; rows have a building. `lock` keeps the residents found until the transaction ends."""
        self.doors.load({row.building_id for row in rows if row.building_id is not None})
        decisions = [self._begin(row) for row in rows]
        held = Held(decisions, self.doors, self.elsewhere, lock=lock)
        for decision in decisions:
            self._decide(decision, held)
            decision.settle()
            decision.written()
        return decisions

    def _begin(self, row: ListRow) -> Decision:
        values = values_of(row)
        assert row.building_id is not None  # noqa: S101  (only rows with a building come here)
        return Decision(row, values, self.doors.meant(row.building_id, row.unit, row.room))

    def _decide(self, decision: Decision, held: Held) -> None:
        number, place = self._keys(decision)
        if (seen := self._before(number, place)) is not None:
            self._again(decision, seen)
            return
        resident = held.find(decision, but=self.met)
        if resident is None and held.is_elsewhere(decision):
            decision.leave_to_street()
            return
        decision.held = resident
        decision.target = uuid4() if resident is None else resident.pk
        care = set(filter(None, spoken(decision.values, "care").split(",")))
        seen = Seen(decision.row.row, decision.door, decision.target, bool(number), care)
        self._remember(seen, number, place)
        if resident is None:
            self._offer_all(decision)
        else:
            self._compare(decision, resident)
            self._compare_place(decision, resident, held)
            decision.changes.update(_tags(decision.values, held.tags(resident.pk), self.declared, self.run.source))

    def _keys(self, decision: Decision) -> tuple[str, str]:
        """By ID number, and by name, year of birth and door."""
        name, year = spoken(decision.values, "name"), birth_year(decision.values) or ""
        number = mark_of(f"{TABLE}.id_number", spoken(decision.values, "id_number"))
        return number, f"{mark_of(f'{TABLE}.name', name)} {year} {decision.door}"

    def _before(self, number: str, place: str) -> Seen | None:
        """The first row about the same person; of two with different numbers at one place neither is the other."""
        here = self._seen.get(place)
        return self._seen.get(number) or (here if here and not (number and here.numbered) else None)

    def _remember(self, seen: Seen, number: str, place: str) -> None:
        if number:
            self._seen[number] = seen
        self._seen.setdefault(place, seen)
        self.met.add(seen.target)
        self.cared |= {(seen.target, kind) for kind in seen.care}

    def _again(self, decision: Decision, seen: Seen) -> None:
        """A second row about somebody is refused and says where the first stands; more care for them is taken."""
        more = [kind for kind in spoken(decision.values, "care").split(",") if kind and kind not in seen.care]
        if seen.door != decision.door:
            decision.refuse("person_in_two_places", first=seen.row)
        elif not more:
            decision.refuse("row_twice", first=seen.row)
        else:
            seen.care.update(more)
            self.cared |= {(seen.target, kind) for kind in more}
            decision.joined, decision.target = True, seen.target
            decision.changes = {"care": dict.fromkeys(more, spoken(decision.values, "risk"))}

    def _offered(self, values: dict[str, Any]) -> dict[str, Any]:
        offered = {
            name: spoken(values, name) for name in ("name", "id_number", "phone", "health", "gender", "relation")
        }
        kind = spoken(values, "person_kind") or ("floating" if self.run.kind == ImportRun.Kind.FLOATING else "")
        return {**offered, "kind": kind, "birth_year": birth_year(values)}

    def _offer_all(self, decision: Decision) -> None:
        decision.changes = {name: value for name, value in self._offered(decision.values).items() if value}
        decision.changes.update(_tags(decision.values, {}, self.declared, self.run.source))

    def _compare(self, decision: Decision, resident: Resident) -> None:
        for name, value in self._offered(decision.values).items():
            if not value or _same(resident, name, value):
                continue
            decision.weigh(
                name,
                value,
                believed=self.declared.get(f"resident.{name}", ""),
                held_by=source_of(resident, name),
                source=self.run.source,
                empty=getattr(resident, name) in (None, "") or not getattr(resident, name),
            )

    def _compare_place(self, decision: Decision, resident: Resident, held: Held) -> None:
        there = held.door_of(resident)
        unknown_room = not decision.door.room and there is not None and there.building == decision.door.building
        if there == decision.door or unknown_room:
            return
        decision.weigh(
            "dwelling",
            door_code(decision.door.building, decision.door.unit, decision.door.room),
            believed=self.declared.get("resident.dwelling", ""),
            held_by=source_of(resident, "dwelling"),
            source=self.run.source,
            empty=False,
        )


class Held:
    """The residents that a batch of rows can mean, with their doors and tags."""

    def __init__(self, decisions: Sequence[Decision], doors: Doors, elsewhere: Elsewhere, *, lock: bool) -> None:
        marks = {mark for one in decisions for mark in blind_of(f"{TABLE}.id_number", spoken(one.values, "id_number"))}
        dwellings = {pk for one in decisions if (pk := doors.held(one.door)) is not None}
        found = Resident.objects.present()
        chosen = found.select_for_update(of=("self",)) if lock else found
        by_number = list(chosen.filter(id_number_blind__in=marks).select_related("dwelling")) if marks else []
        by_place = list(chosen.filter(dwelling__in=dwellings).select_related("dwelling")) if dwellings else []
        self._by_number = {one.id_number_blind: one for one in by_number}
        self._at: dict[tuple[UUID, str], list[Resident]] = defaultdict(list)
        for one in by_place:
            self._at[one.dwelling_id, one.name_blind].append(one)
        self._doors = doors
        self._elsewhere = elsewhere.ask(marks - self._by_number.keys())
        self._tags: dict[UUID, dict[str, CareTag]] = defaultdict(dict)
        if any(spoken(one.values, "care") for one in decisions):
            pks = [one.pk for one in (*by_number, *by_place)]
            for tag in CareTag.objects.in_force().filter(resident__in=pks):
                self._tags[tag.resident_id][tag.kind] = tag

    def find(self, decision: Decision, *, but: Container[UUID]) -> Resident | None:
        """By ID number; by name, year of birth and dwelling where row or record has no number, `but` none of these."""
        number = spoken(decision.values, "id_number")
        for mark in blind_of(f"{TABLE}.id_number", number):
            if mark in self._by_number:
                return self._by_number[mark]
        dwelling, year = self._doors.held(decision.door), birth_year(decision.values)
        if dwelling is None:
            return None
        for mark in blind_of(f"{TABLE}.name", spoken(decision.values, "name")):
            for one in self._at.get((dwelling, mark), []):
                fits = year is None or one.birth_year in {None, year}
                if fits and one.pk not in but and not (number and one.id_number_blind):
                    return one
        return None

    def is_elsewhere(self, decision: Decision) -> bool:
        """Whether somebody outside the area carries this ID number."""
        marks = blind_of(f"{TABLE}.id_number", spoken(decision.values, "id_number"))
        return not self._elsewhere.isdisjoint(marks)

    def door_of(self, resident: Resident) -> Door:
        """Where somebody is held to live."""
        return Door(resident.dwelling.building_id, resident.dwelling.unit, resident.dwelling.room)

    def tags(self, resident: UUID) -> dict[str, CareTag]:
        """Tags in force by kind."""
        return self._tags.get(resident, {})


def _same(resident: Resident, name: str, value: Any) -> bool:
    held = getattr(resident, name)
    if name in MARKED:
        return bool(getattr(resident, f"{name}_blind") in blind_of(f"{TABLE}.{name}", str(value)))
    if name == "health":
        return bool(held) and held.reveal() == str(value)
    return str(held) == str(value)


def _tags(values: dict[str, Any], held: dict[str, CareTag], declared: dict[str, str], source: str) -> dict[str, Any]:
    """{"care": {kind: risk}} of the tags that are new or get another risk; {} where nothing changes."""
    risk, wanted = spoken(values, "risk"), {}
    for kind in filter(None, spoken(values, "care").split(",")):
        tag = held.get(kind)
        if tag is None or (risk and tag.risk != risk and declared.get("care.risk", tag.source) == source):
            wanted[kind] = risk
    return {"care": wanted} if wanted else {}
