"""Which entries an auditor sees, and which of them are asked for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.lookups import Exact
from django.utils import timezone
from psycopg.errors import QueryCanceled

from gridmap.accounts.models import User
from gridmap.accounts.permissions import areas_of, codes_in
from gridmap.accounts.roles import Verb
from gridmap.traces.models import Entry

#: Word for word the expression that is indexed.
PERSON = Func(F("actor"), Value(r"\muser:\d+"), function="substring", output_field=TextField())
#: A search that would read through all of the trail is ended.
LONGEST_S = 5.0
SET_TIMEOUT = "SELECT set_config('statement_timeout', %s, true)"
#: Who audits a county or more sees what has no place, too: settings, sign-ins of nobody, things between communities.
WHOLE = 6
PER_PAGE = 50
#: What auditors leave in the trail by reading it.
OWN_LOOKS = Q(kind="read", table_name="traces_entry")


@dataclass(frozen=True)
class Wish:
    """What an auditor looks for; empty is everything."""

    person: int | None = None
    kind: str = ""
    table: str = ""
    row: str = ""
    place: str = ""
    request: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None
    looks: bool = False


class TooLongError(Exception):
    """What was asked reads more of the trail than the time allows."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let no question inside take longer. TooLongError."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            (former,) = cursor.fetchone()
            cursor.execute(SET_TIMEOUT, [f"{round(seconds * 1000)}ms"])
            yield
            cursor.execute(SET_TIMEOUT, [former])
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooLongError from error
        raise


def audited_areas(user: User) -> list[str]:
    """The areas whose traces a person may look at."""
    return areas_of(user, Verb.AUDIT)


def entries_for(areas: Sequence[str]) -> "QuerySet[Entry]":
    """The entries inside these areas."""
    inside = codes_in(areas, "area")
    if any(len(area) <= WHOLE for area in areas):
        inside |= Q(area="")
    return Entry.objects.filter(inside)


def search(areas: Sequence[str], wish: Wish) -> list[Entry]:
    """One page of what is asked for, newest first, and one entry more where there are older ones."""
    found = entries_for(areas).filter(_condition(wish))
    parts = [found] if wish.person is None else [found.filter(part) for part in _by_or_about(wish.person)]
    newest = {entry.pk: entry for part in parts for entry in part.order_by("-id")[: PER_PAGE + 1]}
    return sorted(newest.values(), key=lambda entry: entry.pk, reverse=True)[: PER_PAGE + 1]


def _condition(wish: Wish) -> Q:
    condition = Q()
    exact = {"kind": wish.kind, "table_name": wish.table, "row_id": wish.row, "request": wish.request}
    for field, value in exact.items():
        condition &= Q(**{field: value}) if value else Q()
    if not wish.looks:
        condition &= ~OWN_LOOKS
    if wish.place:
        condition &= Q(area__startswith=wish.place)
    if wish.since:
        condition &= Q(at__gte=_begin(wish.since))
    if wish.until:
        condition &= Q(at__lt=_begin(wish.until + timedelta(days=1)))
    return condition & (Q(id__lt=wish.before) if wish.before else Q())


def _by_or_about(person: int) -> tuple[Q, Q]:
    """What somebody did, alone or through work and commands; what was done to their account. Each has its index."""
    return Q(Exact(PERSON, f"user:{person}"), ~Q(actor="")), Q(table_name="accounts_user", row_id=str(person))


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
