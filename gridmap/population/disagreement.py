"""Two sources side by side, masked the way the field itself is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gridmap.accounts.models import User
from gridmap.accounts.permissions import areas_of, inside
from gridmap.accounts.roles import Verb
from gridmap.population.doorcode import FIELD, buildings_of, door_of
from gridmap.population.editing import source_of
from gridmap.population.models import Conflict, Resident
from gridmap.population.seen import held_now, seen_of, text_of
from gridmap.population.showing import building_name, source_name
from gridmap.territory.models import Building
from gridmap.vault.masks import MaskKind, mask

MASKS = {"name": MaskKind.NAME, "phone": MaskKind.PHONE, "id_number": MaskKind.ID_NUMBER, "health": MaskKind.TEXT}


@dataclass(frozen=True)
class Versus:
    """One conflict as shown: what is held now, what was held when the sources were found to differ where that has
    changed since, and what is offered. `seen` is handed back with the decision."""

    key: str
    resident_key: str
    name: str
    place: str
    field: str
    held: str
    held_source: str
    held_then: str
    held_then_source: str
    changed: bool
    offered: str
    offered_source: str
    may_decide: bool
    seen: str
    may_reveal: bool
    clear: bool


def side_by_side(conflicts: Sequence[Conflict], person: User, clear: Mapping[str, str] | None = None) -> list[Versus]:
    """Conflicts with their residents loaded, made while the door is open; two queries for any number of them. `clear`
    holds the values of `reveal_conflict` where there is one conflict and somebody has opened it."""
    areas, revealed = areas_of(person, Verb.EDIT_PEOPLE), areas_of(person, Verb.REVEAL)
    codes = [text_of(one, column) for one in conflicts if one.field == FIELD for column in ("held", "offered")]
    buildings = buildings_of(codes)
    return [
        _versus(
            one,
            buildings,
            clear or {},
            may_decide=inside(one.area, areas),
            may_reveal=one.field in MASKS and not clear and inside(one.area, revealed),
        )
        for one in conflicts
    ]


def _versus(
    conflict: Conflict,
    buildings: Mapping[int, Building],
    clear: Mapping[str, str],
    *,
    may_decide: bool,
    may_reveal: bool,
) -> Versus:
    resident = conflict.resident
    now, then = held_now(resident, conflict.field), text_of(conflict, "held")
    known = {**buildings, resident.dwelling.building_id: resident.dwelling.building}
    return Versus(
        key=str(conflict.pk),
        resident_key=str(resident.pk),
        name=resident.name.mask(),
        place=f"{building_name(resident.dwelling.building)} {resident.dwelling}",
        field=_field_name(conflict.field),
        held=clear.get("held", _shown(conflict.field, now, known)),
        held_source=source_name(source_of(resident, conflict.field)),
        held_then=clear.get("held_then", _shown(conflict.field, then, known)),
        held_then_source=source_name(conflict.held_source),
        changed=now != then,
        offered=clear.get("offered", _shown(conflict.field, text_of(conflict, "offered"), known)),
        offered_source=source_name(conflict.offered_source),
        may_decide=may_decide,
        seen=seen_of(conflict, resident),
        may_reveal=may_reveal,
        clear=bool(clear),
    )


def _field_name(field: str) -> str:
    """As forms call it: of a person, not of a thing."""
    return _("Full name") if field == "name" else str(getattr(Resident._meta.get_field(field), "verbose_name", field))


def _shown(field: str, text: str, buildings: Mapping[int, Building]) -> str:
    """The text of a field, masked; a door by the name of its building."""
    if field == FIELD:
        door = door_of(text)
        building = buildings.get(door.building) if door else None
        return f"{building_name(building)} {door}" if building else _("unknown door")
    labels = dict(Resident.Kind.choices) | dict(Resident.Gender.choices) | dict(Resident.Relation.choices)
    kind = MASKS.get(field)
    return mask(kind, text) if kind else str(labels.get(text, text))
