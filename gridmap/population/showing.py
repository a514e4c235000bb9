"""What pages show of people: masked texts as plain rows, made while the door is open."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from gridmap.population.models import CareTag, Dwelling, Household, Resident
from gridmap.population.models.placed import Placed
from gridmap.population.querysets import ResidentQuerySet
from gridmap.territory.models import Building
from gridmap.territory.models.sourced import GENERATED
from gridmap.vault.ledger import current

#: Risk → the mark it wears.
RISK_MARKS = {"high": "act", "key": "near", "general": "info"}


@dataclass(frozen=True)
class Tag:
    """A care tag as shown."""

    key: str
    label: str
    risk: str
    risk_label: str
    mark: str
    since: date
    until: date | None
    source: str
    due: date | None = None


@dataclass(frozen=True)
class Row:
    """One resident in a list: everything personal is masked."""

    key: str
    name: str
    gender: str
    age: int | None
    kind: str
    phone: str
    id_number: str
    building: str
    building_key: int
    door: str
    occupancy: str
    risk: str
    risk_label: str
    risk_mark: str
    present: bool
    relation: str = ""
    tags: list[Tag] = field(default_factory=list)


def with_tags(residents: ResidentQuerySet) -> ResidentQuerySet:
    """Residents with what a row needs, in three queries for any number."""
    tags = Prefetch("care_tags", queryset=CareTag.objects.in_force().order_by("since", "pk"), to_attr="tags_in_force")
    return residents.select_related("dwelling__building__compound").prefetch_related(tags)


def note_shown(record: Placed) -> None:
    """Write down that a row is shown, even where no sealed value of it is opened or there is none."""
    current().saw(record._meta.db_table, record.pk)


def row_of(resident: Resident) -> Row:
    """A resident from `with_tags` as a masked row."""
    note_shown(resident)
    return Row(
        key=str(resident.pk),
        name=resident.name.mask() or _("no name"),
        gender=resident.get_gender_display(),
        age=age_of(resident.birth_year),
        kind=resident.get_kind_display(),
        phone=resident.phone.mask(),
        id_number=resident.id_number.mask(),
        building=building_name(resident.dwelling.building),
        building_key=resident.dwelling.building_id,
        door=str(resident.dwelling),
        occupancy=resident.dwelling.get_occupancy_display(),
        risk=resident.risk,
        risk_label=resident.get_risk_display(),
        risk_mark=RISK_MARKS.get(resident.risk, ""),
        present=resident.present,
        relation=resident.get_relation_display(),
        tags=tags_of(resident),
    )


def tags_of(resident: Resident) -> list[Tag]:
    """The tags in force of a resident from `with_tags`."""
    return [tag_of(tag) for tag in getattr(resident, "tags_in_force", [])]


def tag_of(tag: CareTag, *, due: date | None = None) -> Tag:
    """A care tag as shown; `due` is when somebody is to look in."""
    return Tag(
        str(tag.pk),
        tag.get_kind_display(),
        tag.risk,
        tag.get_risk_display(),
        RISK_MARKS[tag.risk],
        tag.since,
        tag.until,
        source_name(tag.source),
        due,
    )


def building_name(building: Building) -> str:
    """Compound and number of a building, as people say it."""
    name, compound = str(building), building.compound.name if building.compound else ""
    return name if not compound or name.startswith(compound) else f"{compound} {name}"


def source_name(source: str) -> str:
    """A source as a person reads it."""
    return _("generated data") if source == GENERATED else source


def age_of(birth_year: int | None) -> int | None:
    """How old somebody turns this year."""
    return timezone.localdate().year - birth_year if birth_year else None


def household_of(household: Household | None) -> dict[str, Any] | None:
    """A household as shown: its number masked, whether it is registered here."""
    if household is None:
        return None
    note_shown(household)
    return {"key": str(household.pk), "number": household.number.mask(), "registered": household.registered}


def dwelling_of(dwelling: Dwelling) -> dict[str, Any]:
    """A dwelling as shown, its owner masked."""
    note_shown(dwelling)
    return {
        "key": str(dwelling.pk),
        "building": building_name(dwelling.building),
        "building_key": dwelling.building_id,
        "door": str(dwelling),
        "unit": dwelling.unit,
        "floor": dwelling.floor,
        "room": dwelling.room,
        "occupancy": dwelling.get_occupancy_display(),
        "purpose": dwelling.get_purpose_display(),
        "owner_name": dwelling.owner_name.mask(),
        "owner_phone": dwelling.owner_phone.mask(),
        "source": source_name(dwelling.source),
        "verified_on": dwelling.verified_on,
    }


def rows_of(residents: Iterable[Resident]) -> list[Row]:
    """Several residents as masked rows."""
    return [row_of(resident) for resident in residents]
