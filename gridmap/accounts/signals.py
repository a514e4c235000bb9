"""What follows from Django's own signals of signing in, out, and in vain."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils import timezone

from gridmap.accounts import limits, sessions
from gridmap.accounts.models import User

#: In the credentials of `user_login_failed`: what was wrong, where it was not the password.
STEP = "step"
CODE, NO_POST = "code", "no_post"
#: `request` and `token`: the first time for a while that a token is used.
token_used = Signal()


def begins(sender: object, request: HttpRequest, user: User, **_more: Any) -> None:
    """Write the session down and forget what was mistyped before."""
    given = bool(getattr(request, "second_factor_given", False))
    sessions.note_beginning(request, user, at=timezone.now(), second_factor=given)
    limits.forgive(request, user.username)


def ends(sender: object, request: HttpRequest, **_more: Any) -> None:
    """Write down that the session is over; sent before its key is thrown away."""
    session = sessions.session_of(request)
    if session is not None:
        sessions.end(session, sessions.Ended.SIGNED_OUT, at=timezone.now())


def fails(sender: object, credentials: Mapping[str, Any], request: HttpRequest | None = None, **_more: Any) -> None:
    """Count a password that was really tried; who is locked out tries nothing. Codes are counted before the look."""
    if credentials.get(STEP) == CODE or request is None or getattr(request, "axes_locked_out", False):
        return
    limits.note_failure(request, str(credentials.get("username") or ""), now=timezone.now())


def connect() -> None:
    """Listen."""
    user_logged_in.connect(begins, dispatch_uid="gridmap.accounts.begins")
    user_logged_out.connect(ends, dispatch_uid="gridmap.accounts.ends")
    user_login_failed.connect(fails, dispatch_uid="gridmap.accounts.fails")
