"""Who stands behind a request, looked at anew every time; and what is told to who does not."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from gridmap.accounts import sessions, tokens
from gridmap.accounts.askers import challenge, for_program, refuse
from gridmap.accounts.models import AccessToken, Device, User
from gridmap.accounts.permissions import asked_once
from gridmap.accounts.sessions import Ended
from gridmap.accounts.signals import token_used
from gridmap.accounts.tickets import Ticket, tickets_of
from gridmap.accounts.words import NO_TOKEN, SENTENCES, TOKEN_LOOKS, TOO_MANY_TOKENS

Answer = Callable[[HttpRequest], HttpResponseBase]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: What a screen may send.
SENT_BY_SCREENS = frozenset({"set_language"})
#: Pages that make a browser another one than it is: whoever asks for them is nobody yet, a screen too.
ENTRANCES = frozenset(
    {"screens:enter", "accounts:login", "accounts:code", "accounts:second_factor", "accounts:password"}
)


class SessionLife:
    """After Django has found the session: ends it where it no longer stands, or finds the screen that asks.

    `request.signed_in` is the session of a person, `request.screen` the screen, `request.ended` why there is neither.
    Where a token is taken and one is shown, it alone decides: `request.token`.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to who stands behind the request now."""
        request.signed_in = request.screen = request.ended = request.token = None  # type: ignore[attr-defined]
        now = timezone.now()
        shown = tokens.shown_in(request)
        if shown is not None and tokens.takes_tokens(_route_of(request)):
            return self._by_token(request, shown, at=now)
        if SESSION_KEY in request.session:
            _look_at_session(request, at=now)
        elif _route_of(request) not in ENTRANCES:
            _look_for_screen(request, at=now)
        if request.screen and request.method not in SAFE and _route_of(request) not in SENT_BY_SCREENS:  # type: ignore[attr-defined]
            return _refuse_screen(request)
        if not isinstance(request.user, User):
            return self._get_response(request)
        with asked_once(request.user):
            return self._get_response(request)

    def _by_token(self, request: HttpRequest, key: str, *, at: datetime) -> HttpResponseBase:
        """The answer to who shows a token, whatever session the browser has besides."""
        request.user = AnonymousUser()
        found = tokens.look(request, key, at=at)
        if not isinstance(found, AccessToken):
            return _refuse_token(request, found)
        if request.method not in SAFE:
            return refuse("forbidden", str(TOKEN_LOOKS), status=403, path=request.path)
        request.token, request.user = found, found.person  # type: ignore[attr-defined]
        if tokens.note_use(found, request, at=at):
            token_used.send(__name__, request=request, token=found)
        with asked_once(found.person, tokens.bounds_of(found)):
            return self._get_response(request)


class SignInRequired(LoginRequiredMiddleware):
    """Leads people to the sign-in page with the reason why; programs get 401, screens that are revoked a blank page."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """What is told to nobody."""
        why: Ended | None = request.ended  # type: ignore[attr-defined]
        if for_program(request):
            said = str(SENTENCES[why] if why else _("Please sign in."))
            return challenge(request, refuse("signed_out", said, status=401, path=request.path))
        if why is Ended.REVOKED:
            return render(request, "accounts/revoked.html", status=401)
        query = QueryDict(mutable=True)
        if why:
            query["why"] = why.value
        if request.method in SAFE:
            query["next"] = request.get_full_path()
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{query.urlencode(safe='/')}".rstrip("?"))


def _look_at_session(request: HttpRequest, *, at: datetime) -> None:
    session = sessions.session_of(request)
    if session is None:
        why: Ended | None = Ended.UNKNOWN
    else:
        why = sessions.judge(session, sessions.roles_of(session.person, at=at), at=at)
    if session is not None and why is None:
        sessions.note_seen(session, at=at)
        request.signed_in, request.user = session, session.person  # type: ignore[attr-defined]
        return
    if session is not None and why is not None:
        sessions.end(session, why, at=at)
        request.user = session.person  # whose session it was, for who listens to the signal
    request.ended = why  # type: ignore[attr-defined]
    if for_program(request):
        request.user = AnonymousUser()  # the store is left to the page, which asks next and tells the reason
    else:
        logout(request)


def _look_for_screen(request: HttpRequest, *, at: datetime) -> None:
    ticket = next((one for one in tickets_of(request.COOKIES) if one.is_screen), None)
    if ticket is None:
        return
    device = _screen_of(ticket, at=at)
    if device is None:
        request.ended = Ended.REVOKED  # type: ignore[attr-defined]
        return
    sessions.note_screens_seen([ticket], at=at)
    request.screen, request.user = device, device.account  # type: ignore[attr-defined]


def _screen_of(ticket: Ticket, *, at: datetime) -> Device | None:
    device = sessions.screens_by_ticket([ticket]).get(ticket)
    return device if device and sessions.roles_of(device.account, at=at) else None


def _refuse_screen(request: HttpRequest) -> HttpResponse:
    if for_program(request):
        return refuse("forbidden", _("A screen only shows."), status=403)
    return render(request, "403.html", status=403)


def _refuse_token(request: HttpRequest, refusal: tokens.Refusal) -> HttpResponse:
    """One and the same for wrong, expired and revoked ones, and for those of people who are switched off."""
    if refusal.status == 429:
        response = refuse("too_many", str(TOO_MANY_TOKENS), status=429, path=request.path)
        response.headers["Retry-After"] = str(round(tokens.WINDOW.total_seconds()))
        return response
    return challenge(request, refuse("signed_out", str(NO_TOKEN), status=401, path=request.path))


def _route_of(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""
