"""Moving in, within and out. Everything here is called inside a door."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from gridmap.accounts.models import User
from gridmap.population.columns import room_text, unit_text
from gridmap.population.counting import recount_soon, weigh_risk
from gridmap.population.models import CareTag, Dwelling, Household, Resident
from gridmap.population.permissions import may_edit
from gridmap.population.refusals import PeopleRefusedError, Refusal
from gridmap.population.taken import watching_for_taken
from gridmap.territory.models import Building
from gridmap.vault.ledger import How
from gridmap.vault.sealing import open_text


def find_dwelling(*, building: Building, unit: str, room: str) -> Dwelling:
    """The dwelling behind a door as somebody writes it (２单元, 501室). PeopleRefusedError where there is none."""
    found = Dwelling.objects.filter(building=building, unit=unit_text(unit), room=room_text(room)).first()
    if found is None:
        raise PeopleRefusedError(Refusal.NO_DWELLING)
    return found


def move_in(
    *, dwelling: Dwelling, household: Household | None, values: Mapping[str, Any], source: str, by: User, on: date
) -> Resident:
    """Record somebody new in a dwelling, in a household there or in one of their own."""
    if not may_edit(by, dwelling):
        raise PermissionDenied
    _refuse_other_dwelling(dwelling, household)
    with watching_for_taken(str(values.get("id_number") or ""), by=by), transaction.atomic():
        home = household or Household.objects.create(dwelling=dwelling, source=source, verified_on=on)
        resident = Resident(dwelling=dwelling, household=home, source=source, verified_on=on, **values)
        _insert(resident)
        recount_soon([dwelling.building_id])
    return resident


@contextmanager
def _refusing_taken_numbers() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "one_present_resident_per_id_number" in str(error):
            raise PeopleRefusedError(Refusal.ID_TAKEN) from None
        raise


def _insert(resident: Resident) -> None:
    with _refusing_taken_numbers():
        resident.save(force_insert=True)
    resident.refresh_from_db(fields=["area", "location", "door_order"])


def move_within(
    *, resident: Resident, dwelling: Dwelling, household: Household | None, version: int, by: User, on: date
) -> None:
    """Somebody present moves to another dwelling in reach, into a household there or one of their own."""
    if not may_edit(by, resident) or not may_edit(by, dwelling):
        raise PermissionDenied
    _refuse_other_dwelling(dwelling, household)
    with transaction.atomic():
        locked = _locked(resident, version)
        former = locked.dwelling.building_id
        locked.dwelling = dwelling
        locked.household = household or Household.objects.create(
            dwelling=dwelling, source=locked.source, verified_on=on
        )
        locked.verified_on, locked.version = on, locked.version + 1
        locked.save(update_fields=["dwelling", "household", "verified_on", "version"])
        for hanging in (CareTag.objects.filter(resident=locked), locked.conflicts.all()):
            hanging.update(resident=locked)  # the database takes their area from the resident again
        recount_soon([former, dwelling.building_id])


def refuse_day_before_birth(resident: Resident, on: date) -> None:
    """PeopleRefusedError where somebody would be gone before they were born."""
    if resident.birth_year and on.year < resident.birth_year:
        raise PeopleRefusedError(Refusal.GONE_BEFORE)


def mark_gone(*, resident: Resident, version: int, by: User, on: date) -> None:
    """Somebody has moved away or died on a day not before their birth: the record stays, their care tags end."""
    if not may_edit(by, resident):
        raise PermissionDenied
    refuse_day_before_birth(resident, on)
    with transaction.atomic():
        locked = _locked(resident, version)
        locked.present, locked.gone_on, locked.version = False, on, locked.version + 1
        locked.save(update_fields=["present", "gone_on", "version"])
        for tag in CareTag.objects.in_force().filter(resident=locked):
            tag.until = max(on, tag.since)
            tag.save(update_fields=["until"])
        weigh_risk([locked.pk])
        recount_soon([locked.dwelling.building_id])


def mark_present(*, resident: Resident, version: int, by: User) -> None:
    """Somebody marked as gone is back, or never left: care tags that ended with their going are in force again."""
    if not may_edit(by, resident):
        raise PermissionDenied
    with watching_for_taken(_id_number_of(resident), by=by), transaction.atomic():
        locked = Resident.objects.select_for_update(of=("self",)).select_related("dwelling").get(pk=resident.pk)
        if locked.version != version or locked.present:
            raise PeopleRefusedError(Refusal.STALE)
        left = locked.gone_on
        locked.present, locked.gone_on, locked.version = True, None, version + 1
        with _refusing_taken_numbers():
            locked.save(update_fields=["present", "gone_on", "version"])
        if left:
            _reopen_tags(locked, left)
        weigh_risk([locked.pk])
        recount_soon([locked.dwelling.building_id])


def _id_number_of(resident: Resident) -> str:
    """Only to be compared by its mark; nobody is shown it."""
    sealed = resident.id_number
    return open_text("population_resident", "id_number", resident.pk, sealed.blob(), How.MASKED) if sealed else ""


def _reopen_tags(resident: Resident, left: date) -> None:
    kinds = set(CareTag.objects.in_force().filter(resident=resident).values_list("kind", flat=True))
    for tag in CareTag.objects.filter(resident=resident, until__gte=left).order_by("-since", "pk"):
        if tag.until == max(left, tag.since) and tag.kind not in kinds:
            tag.until = None
            tag.save(update_fields=["until"])
            kinds.add(tag.kind)


def _locked(resident: Resident, version: int) -> Resident:
    locked = Resident.objects.select_for_update(of=("self",)).select_related("dwelling").get(pk=resident.pk)
    if locked.version != version:
        raise PeopleRefusedError(Refusal.STALE)
    if not locked.present:
        raise PeopleRefusedError(Refusal.GONE)
    return locked


def _refuse_other_dwelling(dwelling: Dwelling, household: Household | None) -> None:
    if household is not None and household.dwelling_id != dwelling.pk:
        raise PeopleRefusedError(Refusal.OTHER_DWELLING)
