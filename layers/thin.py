"""Tiles that lie on disk, answered before Django's middleware: most of a map's requests, each a file to hand over.

A pass in a cookie says which areas its session, or its screen, sees. Django's tile view gives it, for half a minute,
after it has looked itself; whether the session still stands and sees the same is looked at again every second.
Without a pass, or for anything but a present tile on disk, Django answers.
"""

from collections.abc import Callable, Iterable, Sequence
from http.cookies import CookieError, SimpleCookie
from math import inf
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.core import signing
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.utils import timezone

from gridmap.accounts.sessions import Standing, look
from gridmap.accounts.tickets import Ticket, tickets_in
from gridmap.safety.headers import headers_for
from layers import tilecache
from layers.revisions import revisions

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

COOKIE = settings.TILES_COOKIE_NAME
SALT = "layers.thin"
#: After this long Django looks itself, and notes that the person is still there.
PASS_S = 30
#: How long a right that has ended still opens tiles that were seen before.
LOOK_S = 1.0
MOST_LOOKED_AT = 10_000
FOR_A_YEAR = "private, max-age=31536000, immutable"
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


def give_pass(response: HttpResponse, ticket: Ticket, areas: Sequence[str]) -> None:
    """Let the session or screen of `ticket` fetch tiles of `areas` for a while without Django."""
    value = signing.dumps({"for": ticket.key_hash[:16], "areas": list(areas)}, salt=SALT)
    response.set_cookie(
        COOKIE,
        value,
        max_age=PASS_S,
        path=settings.TILES_COOKIE_PATH,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


class TilesFirst:
    """WSGI: present tiles on disk for whoever holds a pass, everything else by the site."""

    def __init__(self, site: Application) -> None:
        self._site = site

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """The tile, or what the site answers."""
        if environ["PATH_INFO"].startswith("/tiles/") and environ["REQUEST_METHOD"] == "GET":
            data = _kept(environ)
            if data is not None:
                start_response("200 OK" if data else "204 No Content", _headers(data))
                return [data]
        return self._site(environ, start_response)


def _kept(environ: Environ) -> bytes | None:
    """The compressed tile, if it is of the present revision, on disk, and may be seen; None otherwise."""
    name, _slash, rest = environ["PATH_INFO"].removeprefix("/tiles/").partition("/")
    address = rest.removesuffix(".mvt").split("/")
    asked = parse_qs(environ.get("QUERY_STRING", "")).get("v", [""])[0]
    plain_address = len(address) == 3 and all(part.isascii() and part.isdigit() for part in address)
    if not asked or not plain_address or "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", ""):
        return None
    areas = _areas(environ)
    if areas is None or _revisions(areas).get(name) != asked:
        return None
    return tilecache.read(f"{name}/{asked}/{'/'.join(address)}")


def _areas(environ: Environ) -> list[str] | None:
    """The areas of a valid pass whose session or screen, in the same request, still sees just these."""
    header = environ.get("HTTP_COOKIE", "")
    try:
        given = signing.loads(SimpleCookie(header)[COOKIE].value, salt=SALT, max_age=PASS_S)
    except (CookieError, KeyError, signing.BadSignature):
        return None
    ticket = next((one for one in tickets_in(header) if one.key_hash[:16] == given["for"]), None)
    standing = _looked_at(ticket) if ticket else None
    return list(standing.areas) if standing and list(standing.areas) == given["areas"] else None


_looks: dict[Ticket, tuple[float, Standing | None]] = {}


def _looked_at(ticket: Ticket) -> Standing | None:
    """Who stands behind a ticket, as of a second ago at most. A database that can't say leaves it to Django."""
    now = monotonic()
    at, standing = _looks.get(ticket, (-inf, None))
    if now - at <= LOOK_S:
        return standing
    try:
        _usable()
        standing = look([ticket], at=timezone.now()).get(ticket)
    except DatabaseError:
        return None
    if len(_looks) >= MOST_LOOKED_AT:
        _looks.clear()
    _looks[ticket] = (now, standing)
    return standing


def _revisions(areas: Sequence[str]) -> dict[str, str]:
    try:
        _usable()
        return revisions(areas)
    except DatabaseError:
        return {}


def _usable() -> None:
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _headers(data: bytes) -> list[tuple[str, str]]:
    headers = [
        ("Content-Type", MEDIA_TYPE),
        ("Content-Encoding", "gzip"),
        ("Content-Length", str(len(data))),
        ("Cache-Control", FOR_A_YEAR),
        ("Vary", "Accept-Encoding"),
        *headers_for(MEDIA_TYPE).items(),
    ]
    return headers if data else headers[3:]
