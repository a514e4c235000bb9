"""Views about one's own account: for people in a session of their own, not for screens."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gridmap.accounts.models import SignedIn

OwnView = Callable[..., HttpResponseBase]


def session_in(request: HttpRequest) -> SignedIn | None:
    """The session of the person who asks; None for nobody and for screens."""
    found: SignedIn | None = getattr(request, "signed_in", None)
    return found


def people_only(view: OwnView) -> OwnView:
    """Hands the session of who asks to `view(request, signed_in, …)`; a screen is told that it may not."""

    @wraps(view)
    def guarded(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        signed_in = session_in(request)
        if signed_in is None:
            raise PermissionDenied
        return view(request, signed_in, **arguments)

    return guarded
