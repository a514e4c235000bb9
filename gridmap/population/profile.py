"""One resident as a page shows them: fields with their sources, household, dwelling, care."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from gridmap.population.care import visit_interval_days
from gridmap.population.editing import source_of
from gridmap.population.models import CareTag, Resident
from gridmap.population.showing import (
    RISK_MARKS,
    age_of,
    dwelling_of,
    household_of,
    row_of,
    rows_of,
    source_name,
    tag_of,
    with_tags,
)


@dataclass(frozen=True)
class Field:
    """One value with where it comes from; `secret` ones can be revealed by their name, and `clear` ones just were."""

    name: str
    label: str
    value: str
    source: str
    on: str = ""
    secret: bool = False
    clear: bool = False


def profile_of(resident: Resident, revealed: dict[str, str]) -> dict[str, Any]:
    """What the page shows, made while the door is open: row, fields, household with its members, dwelling, tags."""
    tags = list(CareTag.objects.filter(resident=resident).order_by("until", "since", "pk"))
    resident.tags_in_force = [tag for tag in tags if tag.until is None]  # type: ignore[attr-defined]
    members = with_tags(Resident.objects.present().filter(household=resident.household_id)).exclude(pk=resident.pk)
    return {
        "resident": resident,
        "row": row_of(resident),
        "fields": fields_of(resident, revealed),
        "household": household_of(resident.household),
        "members": rows_of(members.order_by("birth_year", "pk")[:20]) if resident.household_id else [],
        "dwelling": dwelling_of(resident.dwelling),
        "dwelling_fields": _dwelling_fields(resident, revealed),
        "tags": [tag_of(tag, due=_due(tag)) for tag in tags],
        "risk_mark": RISK_MARKS.get(resident.risk, ""),
        "interval_days": visit_interval_days(resident.risk) if resident.risk else None,
    }


def fields_of(resident: Resident, revealed: dict[str, str]) -> list[Field]:
    """The resident's own fields, those in `revealed` clear."""
    age = age_of(resident.birth_year)
    born = f"{resident.birth_year} · {age}" if resident.birth_year else ""
    plain = [
        ("kind", _("Kind"), resident.get_kind_display()),
        ("gender", _("Gender"), resident.get_gender_display()),
        ("birth_year", _("Year of birth, age"), born),
        ("relation", _("Relation to the head"), resident.get_relation_display()),
    ]
    secret = [
        ("name", _("Full name"), resident.name),
        ("id_number", _("ID number"), resident.id_number),
        ("phone", _("Telephone"), resident.phone),
        ("health", _("Health"), resident.health),
    ]
    return [
        *(
            Field(
                name,
                label,
                revealed.get(name) or value.mask(),
                source_name(source_of(resident, name)),
                _day(resident, name),
                secret=bool(value),
                clear=name in revealed,
            )
            for name, label, value in secret
        ),
        *(
            Field(name, label, value, source_name(source_of(resident, name)), _day(resident, name))
            for name, label, value in plain
        ),
    ]


def _dwelling_fields(resident: Resident, revealed: dict[str, str]) -> list[Field]:
    dwelling, household = resident.dwelling, resident.household
    found = [
        ("owner_name", _("Owner"), dwelling.owner_name, dwelling.source),
        ("owner_phone", _("Owner's telephone"), dwelling.owner_phone, dwelling.source),
    ]
    if household is not None:
        found.append(("number", _("Household number"), household.number, household.source))
    return [
        Field(
            name,
            label,
            revealed.get(name) or value.mask(),
            source_name(source),
            secret=bool(value),
            clear=name in revealed,
        )
        for name, label, value, source in found
    ]


def _day(resident: Resident, name: str) -> str:
    return str(resident.field_sources.get(name, {}).get("on", resident.verified_on or ""))


def _due(tag: CareTag) -> date | None:
    return None if tag.until else tag.since + timedelta(days=visit_interval_days(tag.risk))
