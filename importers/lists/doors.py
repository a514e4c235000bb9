"""The dwellings of the buildings that a list names: which door a row means, and those that have to be made."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

from gridmap.population.columns import room_text, unit_text
from gridmap.population.models import Dwelling
from gridmap.territory.models import Building

DOOR_CHARACTERS = 20
_FLOOR = re.compile(r"-?\d{1,3}")


@dataclass(frozen=True, slots=True)
class Door:
    """A door of a building as it is stored; without a room nobody knows which door it is."""

    building: int
    unit: str
    room: str


class Doors:
    """Doors known by building; loaded batch by batch, inside a door to the area."""

    def __init__(self) -> None:
        self._known: dict[int, dict[tuple[str, str], UUID | None]] = {}
        self._entrances: dict[int, int | None] = {}

    def load(self, buildings: Iterable[int]) -> None:
        """Read the dwellings of buildings that were not read yet."""
        fresh = set(buildings) - self._known.keys()
        self._known |= {building: {} for building in fresh}
        entrances = Building.objects.filter(pk__in=fresh).values_list("pk", "entrances")
        self._entrances.update(dict(entrances))
        rows = Dwelling.objects.filter(building__in=fresh).values_list("pk", "building_id", "unit", "room")
        for pk, building, unit, room in rows.iterator():
            self._known[building][unit, room] = pk

    def meant(self, building: int, unit: str, room: str) -> Door:
        """The door that somebody means: a unit left out is the one that has such a room.

        From now on it counts as known, so that the next row of the list that names it means the same one.
        """
        door = self._meant(building, unit, room)
        self._known[building].setdefault((door.unit, door.room), None)
        return door

    def _meant(self, building: int, unit: str, room: str) -> Door:
        unit, room = unit_text(unit)[:DOOR_CHARACTERS], room_text(room)[:DOOR_CHARACTERS]
        known = self._known[building]
        if (unit, room) in known or not room:
            return Door(building, unit, room)
        same = [held for held in known if held[1] == room]
        if len(same) == 1 and (not unit or not same[0][0]):
            return Door(building, *same[0])
        return Door(building, "" if self._entrances.get(building) == 1 else unit, room)

    def held(self, door: Door) -> UUID | None:
        """The dwelling behind a door, where there is one."""
        return self._known[door.building].get((door.unit, door.room))

    def shared(self, building: int) -> bool:
        """Whether several doors of a building are known: somebody without a room then lives behind one of them."""
        return sum(1 for _unit, room in self._known[building] if room) > 1

    def make(self, doors: dict[Door, int | None], *, source: str) -> list[Dwelling]:
        """Dwellings (not saved) for doors → floors that are not known yet; from now on they are."""
        made = []
        for door, floor in doors.items():
            if self.held(door) is None:
                pk = self._known[door.building][door.unit, door.room] = uuid4()
                made.append(
                    Dwelling(
                        pk=pk, building_id=door.building, unit=door.unit, room=door.room, floor=floor, source=source
                    )
                )
        return made


def floor_of(written: str, room: str) -> int | None:
    """The floor that is written (3楼, -1), or that a room of three figures or more begins with."""
    if found := _FLOOR.search(written):
        return int(found[0])
    digits = re.sub(r"\D", "", room)
    return int(digits[:-2]) if 3 <= len(digits) <= 4 else None
