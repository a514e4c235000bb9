"""ID numbers that are somebody's already, perhaps in a place one may not see: each hit is written down at that place,
and nobody gets many a day, so that who is recorded can't be tried out."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.utils import timezone

from gridmap.accounts.models import User
from gridmap.population.refusals import PeopleRefusedError, Refusal
from gridmap.traces.actor import actor_for
from gridmap.traces.models import Entry, Kind
from gridmap.traces.services import note
from gridmap.vault.blind import blind_of

TABLE = "population_resident"
WHY = "id_number_taken"


@contextmanager
def watching_for_taken(number: str, *, by: User, at: datetime | None = None) -> Iterator[None]:
    """Around the transaction of a change that gives somebody this ID number (or none), inside a door.

    PeopleRefusedError TOO_MANY_TAKEN after so many hits within a day that the number is not even tried.
    """
    if not number:
        yield
        return
    _refuse_too_many(by, at or timezone.now())
    try:
        yield
    except PeopleRefusedError as refused:
        if refused.refusal is Refusal.ID_TAKEN:
            _note_hit(number, by)
        raise


def _refuse_too_many(by: User, at: datetime) -> None:
    """One at a time for each person, so that none slips past the count."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('gridmap.population.taken'), %s)", [by.pk])
    day = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    hits = Entry.objects.filter(
        actor=actor_for(by), kind=Kind.REFUSAL, table_name=TABLE, at__gte=day, detail__reason=WHY
    )
    if hits.count() >= settings.TAKEN_ID_NUMBERS_PER_DAY:
        raise PeopleRefusedError(Refusal.TOO_MANY_TAKEN)


def _note_hit(number: str, by: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT resident, place FROM population_present_with(%s)", [blind_of(f"{TABLE}.id_number", number)]
        )
        for resident, place in cursor.fetchall():
            note(kind=Kind.REFUSAL, by=by, table=TABLE, row=str(resident), area=place, detail={"reason": WHY})
