"""Changing what is known about somebody: each value with its source, and never silently over what a source is declared
the authority for. Everything here is called inside a door."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from gridmap.accounts.models import User
from gridmap.population.counting import recount_soon
from gridmap.population.doorcode import FIELD, dwelling_at
from gridmap.population.models import Conflict, FieldAuthority, Resident
from gridmap.population.moving import move_within
from gridmap.population.permissions import may_declare_source, may_edit
from gridmap.population.refusals import PeopleRefusedError, Refusal
from gridmap.population.seen import still_so, text_of
from gridmap.population.taken import watching_for_taken
from gridmap.vault.blind import mark_of
from gridmap.vault.sealing import open_text

#: Fields of a resident that sources tell of.
SEALED = ("name", "id_number", "phone", "health")
PLAIN = ("kind", "gender", "birth_year", "relation")
FIELDS = (*SEALED, *PLAIN)
MARKED = ("name", "id_number", "phone")
#: Fields that may be emptied: nobody has to have them.
REMOVABLE = ("phone", "health")
#: Fields on which counts depend.
COUNTED = frozenset({"birth_year"})


@dataclass
class Outcome:
    """Which fields were changed, and about which the sources disagree."""

    changed: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def authorities_for(area: str) -> dict[str, str]:
    """Field → the source believed in an area; of several the one declared for the smallest area around it."""
    rows = FieldAuthority.objects.order_by("area").values_list("field", "area", "source")
    return {name: source for name, where, source in sorted(rows, key=lambda row: len(row[1])) if area.startswith(where)}


def edit_resident(
    *,
    resident: Resident,
    values: Mapping[str, Any],
    source: str,
    version: int,
    by: User,
    on: date,
    remove: Iterable[str] = (),
) -> Outcome:
    """What a person types about a resident, who saw this version. PeopleRefusedError, PermissionDenied."""
    if not may_edit(by, resident):
        raise PermissionDenied
    with watching_for_taken(str(values.get("id_number") or ""), by=by), transaction.atomic():
        locked = Resident.objects.select_for_update().get(pk=resident.pk)
        if locked.version != version:
            raise PeopleRefusedError(Refusal.STALE)
        removed = _empty(locked, remove, source, on)
        outcome = offer(resident=locked, values=values, source=source, on=on)
        outcome.changed += removed
        return outcome


def _empty(resident: Resident, names: Iterable[str], source: str, on: date) -> list[str]:
    """Take values away; refused where another source is believed about the field."""
    chosen = [name for name in REMOVABLE if name in names and getattr(resident, name)]
    declared = authorities_for(resident.area) if chosen else {}
    if any(declared.get(f"resident.{name}", source) != source for name in chosen):
        raise PeopleRefusedError(Refusal.BELIEVED)
    for name in chosen:
        _set(resident, name, "", source, on)
    if chosen:
        save_fields(resident, chosen)
    return chosen


def offer(
    *,
    resident: Resident,
    values: Mapping[str, Any],
    source: str,
    on: date,
    authorities: Mapping[str, str] | None = None,
) -> Outcome:
    """What a source says about a resident (a row locked by the caller): empty and equal values change nothing, a value
    against the declared authority becomes a conflict, every other is taken over. Refused where the ID is another's."""
    declared = authorities_for(resident.area) if authorities is None else authorities
    outcome = Outcome()
    for name in FIELDS:
        new = values.get(name)
        if new in (None, "") or same(resident, name, new):
            continue
        believed = declared.get(f"resident.{name}", "")
        if believed and believed != source and getattr(resident, name) not in (None, ""):
            _disagree(resident, name, new, source)
            outcome.conflicts.append(name)
        else:
            _set(resident, name, new, source, on)
            outcome.changed.append(name)
    if outcome.changed:
        save_fields(resident, outcome.changed)
    return outcome


def same(resident: Resident, name: str, new: Any) -> bool:
    """Whether the record says so already; names, telephones and ID numbers are compared by their marks, unopened."""
    held = getattr(resident, name)
    if name in MARKED:
        return bool(held) and getattr(resident, f"{name}_blind") == mark_of(f"population_resident.{name}", str(new))
    if name in SEALED:
        return bool(held) and held.reveal() == str(new)
    return str(held) == str(new)


def save_fields(resident: Resident, names: list[str]) -> None:
    """Write these fields (with marks, sources, version) of a locked resident; counts follow where they must."""
    columns = {*names, "field_sources", "verified_on", "version"} | {
        f"{name}_blind" for name in names if name in MARKED
    }
    resident.version += 1
    try:
        with transaction.atomic():
            resident.save(update_fields=sorted(columns))
    except IntegrityError as error:
        if "one_present_resident_per_id_number" in str(error):
            raise PeopleRefusedError(Refusal.ID_TAKEN) from None
        raise
    if COUNTED & set(names):
        recount_soon([resident.dwelling.building_id])


def _set(resident: Resident, name: str, value: Any, source: str, on: date) -> None:
    setattr(resident, name, value)
    resident.field_sources = {**resident.field_sources, name: {"source": source, "on": on.isoformat()}}
    resident.verified_on = on


def source_of(resident: Resident, name: str) -> str:
    """Where a field of the record comes from."""
    return str(resident.field_sources.get(name, {}).get("source", resident.source))


def _disagree(resident: Resident, name: str, new: Any, source: str) -> None:
    held = getattr(resident, name)
    text = held.reveal() if name in SEALED else str(held)
    known = Conflict.objects.open().filter(resident=resident, field=name, offered_source=source).first()
    conflict = known or Conflict(resident=resident, field=name, offered_source=source)
    conflict.held, conflict.offered, conflict.held_source = text, str(new), source_of(resident, name)
    conflict.save()


def decide(*, conflict: Conflict, take: bool, seen: str, by: User) -> None:
    """Keep what is held, or take over what was offered; the field then carries that source. `seen` is the mark of what
    the person was shown (`seen_of`): PeopleRefusedError STALE where something else is held or offered by now."""
    if not may_edit(by, conflict):
        raise PermissionDenied
    number = text_of(conflict, "offered") if take and conflict.field == "id_number" else ""
    with watching_for_taken(number, by=by), transaction.atomic():
        resident = (
            Resident.objects.select_for_update(of=("self",)).select_related("dwelling").get(pk=conflict.resident_id)
        )
        conflict = Conflict.objects.select_for_update().get(pk=conflict.pk)
        if conflict.state != Conflict.State.OPEN:
            raise PeopleRefusedError(Refusal.DECIDED)
        if not still_so(conflict, resident, seen):
            raise PeopleRefusedError(Refusal.STALE)
        if take:
            _take(conflict, resident, by)
        conflict.state = Conflict.State.TAKEN if take else Conflict.State.KEPT
        conflict.decided_by, conflict.decided_at = by, timezone.now()
        conflict.save(update_fields=["state", "decided_by", "decided_at"])


def _take(conflict: Conflict, resident: Resident, by: User) -> None:
    text = open_text("population_conflict", "offered", conflict.pk, conflict.offered.blob())
    if conflict.field == FIELD:
        _move(resident, text, conflict.offered_source, by)
        return
    value = int(text) if conflict.field == "birth_year" else text
    _set(resident, conflict.field, value, conflict.offered_source, timezone.localdate())
    save_fields(resident, [conflict.field])


def _move(resident: Resident, code: str, source: str, by: User) -> None:
    """Somebody lives where the other source says."""
    there = dwelling_at(code, source=source, by=by)
    today = timezone.localdate()
    resident.field_sources = {**resident.field_sources, FIELD: {"source": source, "on": today.isoformat()}}
    resident.save(update_fields=["field_sources"])
    move_within(resident=resident, dwelling=there, household=None, version=resident.version, by=by, on=today)


def declare_authority(*, name: str, area: str, source: str, by: User | None) -> FieldAuthority:
    """Say that `source` is believed about the field `name` (`resident.phone`) in an area from now on."""
    if by is not None and not may_declare_source(by, area):
        raise PermissionDenied
    authority, _new = FieldAuthority.objects.update_or_create(
        field=name, area=area, defaults={"source": source, "declared_by": by}
    )
    return authority
