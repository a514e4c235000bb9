"""Which entries an auditor sees, and which of them are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from gridmap.accounts.models import User
from gridmap.accounts.permissions import areas_of, codes_in
from gridmap.accounts.roles import Verb
from gridmap.traces.models import Entry

#: Who audits a county or more sees what has no place, too: settings, sign-ins of nobody, things between communities.
WHOLE = 6
PER_PAGE = 50


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
    return list(found.order_by("-id")[: PER_PAGE + 1])


def _condition(wish: Wish) -> Q:
    condition = Q()
    exact = {"kind": wish.kind, "table_name": wish.table, "row_id": wish.row, "request": wish.request}
    for field, value in exact.items():
        condition &= Q(**{field: value}) if value else Q()
    if wish.person is not None:
        condition &= _by_or_about(wish.person)
    if wish.place:
        condition &= Q(area__startswith=wish.place)
    if wish.since:
        condition &= Q(at__gte=_begin(wish.since))
    if wish.until:
        condition &= Q(at__lt=_begin(wish.until + timedelta(days=1)))
    return condition & (Q(id__lt=wish.before) if wish.before else Q())


def _by_or_about(person: int) -> Q:
    """What somebody did, alone or through work and commands, and what was done to their account."""
    named = f"user:{person}"
    about = Q(table_name="accounts_user", row_id=str(person))
    return Q(actor=named) | Q(actor__endswith=f" {named}") | about


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
