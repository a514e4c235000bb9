"""Writing special records, inside a door, for whom a post is opened to special groups."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from gridmap.accounts.models import User
from gridmap.accounts.permissions import may
from gridmap.accounts.roles import Verb
from gridmap.population.models import Resident
from gridmap.population.refusals import PeopleRefusedError, Refusal
from gridmap.special_groups.models import SpecialRecord

FIELDS = ("group", "details", "source", "since", "until", "next_visit_on")


def may_work_on(user: User, area: str) -> bool:
    """Whether the person may see and write special records of an area."""
    return may(user, Verb.SPECIAL_GROUPS, area)


def add_record(*, resident: Resident, values: Mapping[str, Any], by: User) -> SpecialRecord:
    """Put somebody under special attention."""
    if not may_work_on(by, resident.area):
        raise PermissionDenied
    record = SpecialRecord(resident=resident, **{name: values[name] for name in FIELDS if name in values})
    record.save(force_insert=True)
    return record


def change_record(*, record: SpecialRecord, values: Mapping[str, Any], version: int, by: User) -> None:
    """Write what a person changed on the version they saw; empty details stay as they are."""
    if not may_work_on(by, record.area):
        raise PermissionDenied
    given = {name: values[name] for name in FIELDS if name in values and (name != "details" or values[name])}
    with transaction.atomic():
        locked = SpecialRecord.objects.select_for_update().get(pk=record.pk)
        if locked.version != version:
            raise PeopleRefusedError(Refusal.STALE)
        for name, value in given.items():
            setattr(locked, name, value)
        locked.version += 1
        locked.save(update_fields=[*given, "version"])


def place_records(building_ids: Iterable[int] | None = None) -> None:
    """Give records the area of their resident after the buildings have moved; needs no door and reads nothing."""
    chosen = None if building_ids is None else list(building_ids)
    with connection.cursor() as cursor:
        cursor.execute("SELECT special_groups_place(%s::bigint[])", [chosen])
