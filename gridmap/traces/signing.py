"""Signing in and out, in vain too. Of a typed name only a keyed mark is kept: people type passwords into that field."""

from collections.abc import Mapping
from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from gridmap.accounts.addresses import client_address
from gridmap.accounts.limits import mark_of
from gridmap.accounts.models import AccessToken, User
from gridmap.accounts.signals import token_used
from gridmap.traces.actor import actor_with_token, become, named
from gridmap.traces.places import area_of, area_of_number
from gridmap.traces.services import note

TABLE = "accounts_user"


def signed_in(sender: object, user: User, request: HttpRequest | None = None, **_more: Any) -> None:
    """A session began."""
    note(kind="sign_in", by=user, table=TABLE, row=str(user.pk), area=area_of(user), detail=_from(request))
    become(user)


def signed_out(sender: object, user: User | None = None, request: HttpRequest | None = None, **_more: Any) -> None:
    """A session ended, by the person or because its time was over."""
    if isinstance(user, User):
        note(kind="sign_out", by=user, table=TABLE, row=str(user.pk), area=area_of(user), detail=_from(request))


def failed(sender: object, credentials: Mapping[str, Any], request: HttpRequest | None = None, **_more: Any) -> None:
    """Name and password, or a code, did not fit."""
    _note_attempt("sign_in_failed", str(credentials.get("username") or ""), request, step=credentials.get("step"))


def locked(sender: object, request: HttpRequest | None = None, username: str = "", **_more: Any) -> None:
    """Too many tries: nothing is looked at for a while."""
    _note_attempt("locked", str(username or ""), request)


def _note_attempt(kind: str, name: str, request: HttpRequest | None, *, step: Any = None) -> None:
    found = User.objects.filter(username=name.replace("\0", "")).values_list("pk", flat=True).first()
    detail: dict[str, Any] = {"name_mark": mark_of(name), "known": found is not None, **_from(request)}
    if step:
        detail["step"] = str(step)
    area = area_of_number(found or 0)  # asked in any case: nobody is to learn from the time it takes which names exist
    note(kind=kind, table=TABLE, row=str(found or ""), area=area, detail=detail)


def _from(request: HttpRequest | None) -> dict[str, Any]:
    return {"address": client_address(request)} if request is not None and "REMOTE_ADDR" in request.META else {}


def token_came(sender: object, request: HttpRequest, token: AccessToken, **_more: Any) -> None:
    """Receiver of `token_used`: one entry, not one for each tile."""
    detail = {"address": client_address(request), "areas": [token.area]}
    with named(actor_with_token(token)):
        note(kind="sign_in", table="accounts_accesstoken", row=str(token.pk), area=area_of(token.person), detail=detail)


def connect() -> None:
    """Listen."""
    user_logged_in.connect(signed_in, dispatch_uid="gridmap.traces.signed_in")
    user_logged_out.connect(signed_out, dispatch_uid="gridmap.traces.signed_out")
    user_login_failed.connect(failed, dispatch_uid="gridmap.traces.failed")
    user_locked_out.connect(locked, dispatch_uid="gridmap.traces.locked")
    token_used.connect(token_came, dispatch_uid="gridmap.traces.token_came")
