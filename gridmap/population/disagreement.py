"""Two sources side by side, masked the way the field itself is."""

from dataclasses import dataclass

from gridmap.accounts.models import User
from gridmap.population.doorcode import FIELD, dwelling_at
from gridmap.population.models import Conflict, Resident
from gridmap.population.permissions import may_edit
from gridmap.population.showing import building_name, source_name
from gridmap.vault.ledger import How
from gridmap.vault.masks import MaskKind, mask
from gridmap.vault.sealing import open_text

MASKS = {"name": MaskKind.NAME, "phone": MaskKind.PHONE, "id_number": MaskKind.ID_NUMBER, "health": MaskKind.TEXT}


@dataclass(frozen=True)
class Versus:
    """One conflict as shown."""

    key: str
    resident_key: str
    name: str
    place: str
    field: str
    held: str
    held_source: str
    offered: str
    offered_source: str
    may_decide: bool


def versus_of(conflict: Conflict, person: User) -> Versus:
    """A conflict with its resident loaded, made while the door is open."""
    resident = conflict.resident
    labels = dict(Resident.Kind.choices) | dict(Resident.Gender.choices) | dict(Resident.Relation.choices)

    def shown(column: str) -> str:
        blob = getattr(conflict, column).blob()
        text = open_text("population_conflict", column, conflict.pk, blob, How.MASKED)
        if conflict.field == FIELD:
            dwelling = dwelling_at(text)
            return f"{building_name(dwelling.building)} {dwelling}"
        kind = MASKS.get(conflict.field)
        return mask(kind, text) if kind else str(labels.get(text, text))

    return Versus(
        key=str(conflict.pk),
        resident_key=str(resident.pk),
        name=resident.name.mask(),
        place=f"{building_name(resident.dwelling.building)} {resident.dwelling}",
        field=str(getattr(Resident._meta.get_field(conflict.field), "verbose_name", conflict.field)),
        held=shown("held"),
        held_source=source_name(conflict.held_source),
        offered=shown("offered"),
        offered_source=source_name(conflict.offered_source),
        may_decide=may_edit(person, conflict),
    )
