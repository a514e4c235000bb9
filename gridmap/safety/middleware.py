"""The outermost middleware: headers, what a browser may keep, and no API over plain HTTP."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from gridmap.safety.headers import CSP, headers_for

#: The one list of routes whose answers a browser may keep: tiles say themselves how long, by session and revision.
#: Static files are the other thing it may keep; everything else is private.
KEPT = frozenset({"layers:tile"})
#: Addresses that programs ask. A redirect would hide that they sent a cookie or a token in the clear (ASVS 4.1.2).
FOR_PROGRAMS = ("/api/", "/tiles/", "/ogc")
#: What a browser throws away at sign-out. Not "cookies": it would also end the person's sessions in other systems of
#: the same registered domain. Ours are deleted by name.
CLEARED = '"cache", "storage"'
Answer = Callable[[HttpRequest], HttpResponseBase]


class SafeHeaders:
    """Puts the headers of `gridmap.safety.headers` on every answer, static files and errors too."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer with its headers."""
        if settings.HTTPS and not request.is_secure() and request.path.startswith(FOR_PROGRAMS):
            refusal = {"error": {"code": "https_only", "message": _("Please use HTTPS.")}}
            response: HttpResponseBase = JsonResponse(refusal, status=403)
        else:
            response = self._get_response(request)
        _harden(response)
        if not may_be_kept(request, response):
            response.headers["Cache-Control"] = "private, no-store"
        if getattr(request, "signed_out", False):
            forget(response)
        return response


def _harden(response: HttpResponseBase) -> None:
    content_type = response.headers.get("Content-Type", "")
    attachment = response.headers.get("Content-Disposition", "").startswith("attachment")
    # What "not modified" says replaces what the browser has kept (RFC 9111, 3.2), and it names no type to judge by.
    keeps_policy = response.status_code == 304
    developers = settings.DEBUG and response.status_code >= 400  # Django's page has its styles and scripts inline
    for name, value in headers_for(content_type, attachment=attachment).items():
        if name != CSP or not (keeps_policy or developers):
            response.headers[name] = value


def may_be_kept(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the browser may keep the answer as the answer itself says."""
    if response.status_code >= 400:
        return False
    if request.path.startswith(settings.STATIC_URL):
        return True
    match = getattr(request, "resolver_match", None)
    return match is not None and match.view_name in KEPT and "Cache-Control" in response.headers


def forget(response: HttpResponseBase) -> None:
    """Leave nothing of the person in the browser."""
    response.headers["Clear-Site-Data"] = CLEARED
    paths = {
        settings.SESSION_COOKIE_NAME: settings.SESSION_COOKIE_PATH,
        settings.CSRF_COOKIE_NAME: settings.CSRF_COOKIE_PATH,
        settings.TILES_COOKIE_NAME: settings.TILES_COOKIE_PATH,
    }
    for name, path in paths.items():
        response.delete_cookie(name, path=path, samesite="Lax")


def note_sign_out(sender: object, request: HttpRequest | None = None, **_more: object) -> None:
    """Receiver of `user_logged_out`: the answer to this request clears the browser."""
    if request is not None:
        request.signed_out = True  # type: ignore[attr-defined]
