"""Passwords and second factors that somebody took away: no one administrator takes both, and the person is told.

Who resets both holds a code for the password and the next phone that is enrolled: they could sign in as the person.
"""

from datetime import datetime, timedelta

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gridmap.accounts.models import Post, User
from gridmap.accounts.roles import SECOND_FACTOR_ROLES
from gridmap.accounts.staff.models import AccountReset
from gridmap.accounts.staff.refusals import StaffRefusedError

#: How long one administrator who took the one may not take the other.
APART_FOR = timedelta(hours=72)


def taken_before(person: User, *, by: User, at: datetime) -> AccountReset | None:
    """What `by` took away from `person` in the last three days, the latest; None where one may take both.

    Posts that are over count too: ending them first helps nobody.
    """
    if not Post.objects.filter(person=person, role__in=SECOND_FACTOR_ROLES).exists():
        return None
    return AccountReset.objects.filter(person=person, by=by, at__gt=at - APART_FOR).order_by("at").last()


def demand_other_hands(person: User, kind: str, *, by: User, at: datetime) -> None:
    """StaffRefusedError where `by` would have reset both. Whoever calls holds the person's row."""
    found = taken_before(person, by=by, at=at)
    if found is not None and found.kind != kind:
        raise StaffRefusedError("both_resets", hours=APART_FOR // timedelta(hours=1))


def note_reset(person: User, kind: str, *, by: User | None, at: datetime) -> None:
    """Write down who took what away."""
    AccountReset.objects.create(person=person, kind=kind, by=by, at=at)


def tell_resets(request: HttpRequest, person: User, *, at: datetime) -> None:
    """Tell who has just signed in what was taken away, by whom and when.

    What is news, and what is younger than three days once more: the one who signed in before may have been another.
    """
    untold = Q(told_at__isnull=True) | Q(at__gt=at - APART_FOR)
    rows = list(AccountReset.objects.filter(untold, person=person).select_related("by").order_by("at"))
    for row in rows:
        messages.warning(request, _sentence(row), fail_silently=True)
    AccountReset.objects.filter(pk__in=[row.pk for row in rows], told_at__isnull=True).update(told_at=at)


def _sentence(row: AccountReset) -> str:
    sentences = {
        AccountReset.Kind.PASSWORD: _(
            "%(who)s reset your password on %(when)s. Was that not agreed? Tell the auditor."
        ),
        AccountReset.Kind.SECOND_FACTOR: _(
            "%(who)s took your second factor away on %(when)s. Was that not agreed? Tell the auditor."
        ),
    }
    who = str(row.by) if row.by else _("The owner of the machine")
    when = date_format(timezone.localtime(row.at), "Y-m-d H:i")
    return sentences[AccountReset.Kind(row.kind)] % {"who": who, "when": when}
