"""What somebody saw of a record, as marks that tell nothing of it: a form that comes too late says what changed since,
and keeps what was typed. Everything here is called inside a door."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from gridmap.population.models import Dwelling
from gridmap.population.models.placed import Located
from gridmap.population.showing import building_name
from gridmap.vault.ledger import How
from gridmap.vault.sealed import Sealed
from gridmap.vault.sealing import open_text

OF_RESIDENT = (
    "name", "id_number", "phone", "health", "kind", "gender", "birth_year", "relation", "dwelling",
)  # fmt: skip
OF_DWELLING = ("occupancy", "purpose", "floor", "owner_name", "owner_phone")
OF_HOUSEHOLD = ("number", "registered")
MARK_DIGITS = 16


@dataclass(frozen=True)
class Change:
    """A field that somebody else has changed, with what it says now, masked."""

    name: str
    label: str
    value: str


def marks_of(record: Located, names: Iterable[str]) -> str:
    """A keyed mark of each field as it is now, for the form to hand back."""
    return " ".join(f"{name}:{_mark(record, name, _text(record, name))}" for name in names)


def changes_since(record: Located, seen: str) -> list[Change]:
    """The fields whose marks in `seen` are no longer those of the record."""
    return [
        Change(name, str(getattr(record._meta.get_field(name), "verbose_name", name)), _shown(record, name))
        for name, mark in _marks_in(record, seen).items()
        if not constant_time_compare(mark, _mark(record, name, _text(record, name)))
    ]


def standing_on(record: Located, typed: QueryDict, names: Iterable[str]) -> QueryDict:
    """What was typed, on the present version of the record; choices that were left as they were seen follow it."""
    data, marks = typed.copy(), _marks_in(record, typed.get("seen", ""))
    for name, mark in marks.items():
        held = getattr(record, name)
        said = str(name in data) if isinstance(held, bool) else data.get(name, "")
        if not isinstance(held, Sealed | Dwelling) and constant_time_compare(mark, _mark(record, name, said)):
            _put(data, name, held)
    data["version"], data["seen"] = str(record.version), marks_of(record, names)
    return data


def _put(data: QueryDict, name: str, held: Any) -> None:
    """A choice as a browser would send it."""
    if held is False:
        data.pop(name, None)
    else:
        data[name] = "on" if held is True else "" if held is None else str(held)


def _marks_in(record: Located, seen: str) -> dict[str, str]:
    known = {field.name for field in record._meta.get_fields()} & {*OF_RESIDENT, *OF_DWELLING, *OF_HOUSEHOLD}
    parts = (part.split(":", 1) for part in seen.split() if ":" in part)
    return {name: mark for name, mark in parts if name in known}


def _mark(record: Located, name: str, text: str) -> str:
    bound = "\x00".join([str(record.pk), name, text])
    return salted_hmac("gridmap.population.meanwhile", bound, algorithm="sha256").hexdigest()[:MARK_DIGITS]


def _text(record: Located, name: str) -> str:
    held = getattr(record, record._meta.get_field(name).attname)  # type: ignore[union-attr]
    if isinstance(held, Sealed):
        return open_text(record._meta.db_table, name, record.pk, held.blob(), How.MASKED) if held else ""
    return "" if held is None else str(held)


def _shown(record: Located, name: str) -> str:
    held = getattr(record, name)
    if isinstance(held, Sealed):
        return held.mask()
    if isinstance(held, Dwelling):
        return f"{building_name(held.building)} {held}"
    if isinstance(held, bool):
        return _("yes") if held else _("no")
    display = getattr(record, f"get_{name}_display", None)
    return str(display() if display else held or "")
