"""A door as the text of a conflict: two sources that put somebody at different places."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gridmap.accounts.models import User
from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.population.columns import room_text, unit_text
from gridmap.population.models import Dwelling
from gridmap.population.refusals import PeopleRefusedError, Refusal
from gridmap.territory.models import Building
from gridmap.territory.querysets import place_in

FIELD = "dwelling"
CODE = re.compile(r"([0-9]{1,18})\|([^|]{0,20})\|([^|]{0,20})", re.ASCII)


@dataclass(frozen=True)
class Door:
    """A door as a source writes it, whether or not there is a dwelling behind it."""

    building: int
    unit: str
    room: str

    def __str__(self) -> str:
        return "-".join(part for part in (self.unit, self.room) if part)


def door_code(building_id: int, unit: str, room: str) -> str:
    """Building, unit and room as one text, to be read back by `door_of`."""
    return f"{building_id}|{unit}|{room}"


def door_of(code: str) -> Door | None:
    """The door of a code; None where it can't be read."""
    found = CODE.fullmatch(code)
    return Door(int(found[1]), unit_text(found[2]), room_text(found[3])) if found else None


def buildings_of(codes: Iterable[str]) -> dict[int, Building]:
    """The buildings that some codes name, in one query; those that are gone are left out."""
    doors = [door for code in codes if (door := door_of(code))]
    return Building.objects.select_related("compound").in_bulk({door.building for door in doors}) if doors else {}


def dwelling_at(code: str, *, source: str, by: User) -> Dwelling:
    """The dwelling of a code where the person may change people, inside a door; made by this source if there is none.

    PeopleRefusedError where the code can't be read, the building is gone, or it stands outside their area.
    """
    door = door_of(code)
    buildings = Building.objects.filter(place_in(areas_of(by, Verb.EDIT_PEOPLE), grids=True))
    if door is None or not buildings.filter(pk=door.building).exists():
        raise PeopleRefusedError(Refusal.OUT_OF_REACH)
    place = {"building_id": door.building, "unit": door.unit, "room": door.room}
    found, made = Dwelling.objects.select_related("building").get_or_create(**place, defaults={"source": source})
    if made:
        found.refresh_from_db()  # the database has set its area
    return found
