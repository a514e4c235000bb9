"""Opening clear values of one person: with a right, a reason, a limit per hour, and a trace. Called inside a door."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils.translation import gettext_noop

from gridmap.accounts.models import User
from gridmap.population.models import Conflict, Resident, RevealUse
from gridmap.population.models.placed import Located
from gridmap.population.permissions import may_reveal
from gridmap.population.refusals import PeopleRefusedError, Refusal

#: Why somebody may need a clear value; a sentence of their own is asked for as well.
REASONS = {
    "visit": gettext_noop("visit or call"),
    "emergency": gettext_noop("emergency"),
    "verify": gettext_noop("checking who somebody is"),
    "correct": gettext_noop("correcting the record"),
    "request": gettext_noop("at the resident's own request"),
    "other": gettext_noop("other"),
}
SHORTEST_REASON = 4
#: Field of the form → where it stands.
OWN = ("name", "id_number", "phone", "health")
OF_DWELLING = ("owner_name", "owner_phone")
OF_HOUSEHOLD = ("number",)
FIELDS = (*OWN, *OF_DWELLING, *OF_HOUSEHOLD)


def purpose_of(*, reason: str, text: str) -> str:
    """The reason as the trace holds it. PeopleRefusedError where there is none."""
    text = " ".join(text.split())
    if reason not in REASONS or len(text) < SHORTEST_REASON:
        raise PeopleRefusedError(Refusal.NO_REASON)
    return f"{reason}: {text[:200]}"


def count_use(*, by: User, at: datetime) -> None:
    """Count one opening against the person's hour, one at a time. PeopleRefusedError beyond the limit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('gridmap.population.reveal'), %s)", [by.pk])
    used = RevealUse.objects.filter(person=by, at__gt=at - timedelta(hours=1)).count()
    if used >= settings.REVEALS_PER_HOUR:
        raise PeopleRefusedError(Refusal.TOO_MANY_REVEALS)
    RevealUse.objects.create(person=by, at=at)


def reveal(*, resident: Resident, names: list[str], by: User, at: datetime) -> dict[str, str]:
    """Clear values by field name. PermissionDenied without the right, PeopleRefusedError for no field or too many."""
    if not may_reveal(by, resident):
        raise PermissionDenied
    chosen = [name for name in FIELDS if name in names]
    if not chosen:
        raise PeopleRefusedError(Refusal.NO_FIELD)
    count_use(by=by, at=at)
    holders: dict[str, Located | None] = {
        **dict.fromkeys(OWN, resident),
        **dict.fromkeys(OF_DWELLING, resident.dwelling),
        **dict.fromkeys(OF_HOUSEHOLD, resident.household),
    }
    return {name: getattr(holders[name], name).reveal() for name in chosen if holders[name] is not None}


def reveal_conflict(*, conflict: Conflict, by: User, at: datetime) -> dict[str, str]:
    """What two sources say, and what was held when they were found to differ, clear: `held`, `offered`, `held_then`.
    It counts as one opening. PermissionDenied without the right, PeopleRefusedError for a field that is never masked
    or too many openings."""
    if not may_reveal(by, conflict):
        raise PermissionDenied
    if conflict.field not in OWN:
        raise PeopleRefusedError(Refusal.NO_FIELD)
    count_use(by=by, at=at)
    held = getattr(conflict.resident, conflict.field)
    return {
        "held": held.reveal() if held else "",
        "offered": conflict.offered.reveal(),
        "held_then": conflict.held.reveal() if conflict.held else "",
    }
