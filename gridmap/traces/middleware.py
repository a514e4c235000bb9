"""Every request has a name; who writes in it is known to the database; every refusal is written down."""

import logging
import uuid
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError
from django.db.transaction import TransactionManagementError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gridmap.accounts.addresses import client_address
from gridmap.accounts.models import User
from gridmap.accounts.pending import signing_in
from gridmap.traces.actor import acting, acting_if_written, actor_of, actor_with_token, current_request, named
from gridmap.traces.places import area_of
from gridmap.traces.services import note
from gridmap.traces.strangers import count_refusal

log = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponseBase]
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
REFUSED = frozenset({401, 403, 429})
LONGEST_PATH = 300


class NamedRequests:
    """Gives each request an id (also in the answer's `X-Request-ID`), and notes what was refused."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer with its name."""
        with named(None, uuid.uuid4().hex):
            response = self._get_response(request)
            if is_refusal(request, response.status_code):
                _note_refusal(request, response.status_code)
            response.headers["X-Request-ID"] = current_request()
            return response


class Actors:
    """After sign-in is known: tells the database who acts, where something may be written."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer."""
        if request.method in SAFE:  # what is noted asks for the actor itself; a look costs no question more
            with acting_if_written(lambda: _actor_in(request)):
                return self._get_response(request)
        with acting(_actor_in(request)):
            return self._get_response(request)


def _actor_in(request: HttpRequest) -> str:
    """Who is signed in, by what token, or whose password was right but who is not signed in yet."""
    if token := getattr(request, "token", None):
        return actor_with_token(token)
    waiting = signing_in(request) if request.user.is_anonymous else None
    return f"user:{waiting} (signing in)" if waiting else actor_of(request.user)


def is_refusal(request: HttpRequest, status: int) -> bool:
    """Whether an answer refuses: also a 404 where a signed-in person asked something that exists as a route."""
    if status in REFUSED:
        return True
    known = getattr(request, "resolver_match", None) is not None and isinstance(getattr(request, "user", None), User)
    return status == 404 and known and request.user.is_authenticated


def _note_refusal(request: HttpRequest, status: int) -> None:
    match = getattr(request, "resolver_match", None)
    user = getattr(request, "user", None)
    detail: dict[str, Any] = {
        "status": status,
        "method": request.method or "",
        "route": match.view_name if match else "",
        "path": request.path[:LONGEST_PATH].replace("\0", ""),  # no text column takes NUL
        "address": client_address(request),
    }
    try:
        if isinstance(user, User):
            note(kind="refusal", by=user, area=area_of(user), detail=detail)
        else:  # an entry for each would let anybody fill the trail
            count_refusal(**detail)
    except (DatabaseError, TransactionManagementError):  # refused all the same
        log.exception("a refusal could not be noted")
