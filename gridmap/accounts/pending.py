"""The steps between a right password and a session: second factor, enrolling for it, a password of one's own.

Whoever stands between is not signed in: the browser holds an anonymous session that knows whose password was right, for
ten minutes. No page but those of the steps asks for it, so nothing else is open to half a sign-in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils import timezone

from gridmap.accounts import limits, second_factor
from gridmap.accounts.models import User
from gridmap.accounts.sessions import mark_of
from gridmap.accounts.staff.resets import tell_resets

KEY = "signing_in"
BACKEND = "django.contrib.auth.backends.ModelBackend"
PENDING_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Pending:
    """Somebody whose password was right. `factor`: the one whose code was right too, "" for none; it holds only while
    the person has that very factor. `goes_to`: where they wanted to go."""

    person: User
    goes_to: str
    factor: str = ""

    @property
    def has_given_factor(self) -> bool:
        """Whether a code was right too."""
        return bool(self.factor)


def begin(request: HttpRequest, person: User, *, goes_to: str, at: datetime) -> Pending:
    """Remember whose password was right, in a session of another key than before."""
    request.session.flush()
    pending = Pending(person, goes_to)
    _keep(request, pending, began_at=at.timestamp())
    return pending


def pending_of(request: HttpRequest, *, at: datetime) -> Pending | None:
    """Who stands between in this browser; None after ten minutes, or where account, password or second factor changed
    or all sessions of the person were ended meanwhile."""
    kept = request.session.get(KEY)
    if kept is None:
        return None
    person = User.objects.filter(pk=kept["person"], is_active=True).first()
    began = datetime.fromtimestamp(kept["began_at"], UTC)
    if person is None or at - began > PENDING_FOR or not _holds(kept, person):
        drop(request)
        return None
    return Pending(person, kept["goes_to"], kept["factor"])


def signing_in(request: HttpRequest) -> int | None:
    """The number of who stands between in this browser, as far as its session says: for the traces, not for rights."""
    kept = request.session.get(KEY)
    return int(kept["person"]) if kept else None


def step_of(pending: Pending, *, at: datetime) -> str | None:
    """The route of what is still to be done, or None."""
    if not pending.has_given_factor:
        if second_factor.in_use(pending.person):
            return "accounts:code"
        if second_factor.is_required(pending.person, at=at):
            return "accounts:second_factor"
    return "accounts:password" if pending.person.must_choose_password else None


def with_factor(request: HttpRequest, pending: Pending) -> Pending:
    """The same person, whose code was right."""
    factor = second_factor.in_use(pending.person)
    given = replace(pending, factor=str(factor.pk) if factor else "")
    _keep(request, given, began_at=request.session[KEY]["began_at"])
    return given


def with_password(request: HttpRequest, pending: Pending, person: User) -> Pending:
    """The same person with the password that they have just chosen."""
    chosen = replace(pending, person=person)
    _keep(request, chosen, began_at=request.session[KEY]["began_at"])
    return chosen


def go_on(request: HttpRequest, pending: Pending, *, at: datetime) -> HttpResponseRedirect:
    """To the next step, or in."""
    step = step_of(pending, at=at)
    if step:
        return redirect(step)
    let_in(request, pending)
    response = redirect(pending.goes_to or resolve_url(settings.LOGIN_REDIRECT_URL))
    limits.remember(request, response, pending.person.username)
    return response


def let_in(request: HttpRequest, pending: Pending) -> None:
    """Make it a session; the signal `user_logged_in` writes it down."""
    drop(request)
    request.second_factor_given = pending.has_given_factor  # type: ignore[attr-defined]
    login(request, pending.person, backend=BACKEND)
    tell_resets(request, pending.person, at=timezone.now())


def drop(request: HttpRequest) -> None:
    """Nobody stands between any more."""
    request.session.pop(KEY, None)


def _holds(kept: Mapping[str, Any], person: User) -> bool:
    if (kept.get("password"), kept.get("epoch")) != (mark_of(person), person.sign_in_epoch):
        return False
    factor = second_factor.in_use(person) if kept["factor"] else None
    return not kept["factor"] or (factor is not None and str(factor.pk) == kept["factor"])


def _keep(request: HttpRequest, pending: Pending, *, began_at: float) -> None:
    request.session[KEY] = {
        "person": pending.person.pk,
        "password": mark_of(pending.person),
        "epoch": pending.person.sign_in_epoch,
        "began_at": began_at,
        "goes_to": pending.goes_to,
        "factor": pending.factor,
    }
