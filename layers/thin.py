"""Tiles answered before Django's middleware: most of a map's requests, each a file to hand over or one statement.

A pass in a cookie says which areas its session, or its screen, sees. Django's tile view gives it, for half a minute,
after it has looked itself; whether the session still stands and sees the same is looked at again every second. A tile
is never older than the revision in its address, and the address of a revision that is over opens nothing GOOD_S later.
Without a pass, with credentials of another kind (a token), or for anything but the present revision of a tile, Django
answers.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from http.cookies import CookieError, SimpleCookie
from math import inf
from threading import Lock
from time import monotonic
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import DatabaseError, OperationalError, connection
from django.http import HttpResponse
from django.utils import timezone

from gridmap.accounts.sessions import look
from gridmap.accounts.tickets import Ticket, tickets_in
from gridmap.safety.headers import headers_for
from layers import lines, tilecache, tiles
from layers.cuts.cut import Address
from layers.errors import TOO_SLOW, refusal
from layers.revisions import for_viewer, numbers

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

COOKIE = settings.TILES_COOKIE_NAME
SALT = "layers.thin"
#: After this long Django looks itself, and notes that the person is still there.
PASS_S = 30
#: How long a right that has ended still opens tiles.
LOOK_S = 1.0
#: For so long a revision counts as the present one: less than a request is under way, and hundreds share one look.
GOOD_S = 0.01
MOST_LOOKED_AT, LONGEST_COOKIE = 2000, 4000
FOR_A_YEAR = "private, max-age=31536000, immutable"
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
PATH = re.compile(r"/tiles/([a-z_]{1,40})/(\d{1,2})/(\d{1,7})/(\d{1,7})\.mvt", re.ASCII)
ASKED = re.compile(r"v=([a-z0-9.-]{1,80})", re.ASCII)
REVISIONS = "SELECT string_agg(layer || ' ' || number, ' ') FROM territory_layerrevision"

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Request:
    """A tile of the revision that a page asks for."""

    name: str
    tile: Address
    revision: str

    @property
    def path(self) -> str:
        """Where the tile lies on disk."""
        return f"{self.name}/{self.revision}/{self.tile.z}/{self.tile.x}/{self.tile.y}"


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    status: str
    headers: Headers
    body: bytes = b""


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
    """WSGI: tiles for whoever holds a pass, everything else by the site."""

    def __init__(self, site: Application) -> None:
        self._site = site

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """The tile, or what the site answers."""
        if environ["PATH_INFO"].startswith("/tiles/") and environ["REQUEST_METHOD"] == "GET":
            answer = _answer(environ)
            if answer is not None:
                start_response(answer.status, answer.headers)
                return [answer.body]
        return self._site(environ, start_response)


def _answer(environ: Environ) -> Answer | None:
    """The tile, if it is of the present revision and may be seen; None where Django is to say more."""
    request = _request(environ)
    areas = _areas(environ) if request else None
    if request is None or not areas or not _is_present(request.name, areas, request.revision):
        return None
    if environ.get("HTTP_IF_NONE_MATCH") == f'"{request.revision}"':
        return Answer("304 Not Modified", _headers(request.revision)[1:])
    data = tilecache.read(request.path)
    if data is None:
        try:
            data = tilecache.compress(tiles.draw(request.name, request.tile, areas, lines.ask))
        except OperationalError:
            return _too_slow()
        tilecache.write(request.path, data)
    if not data:
        return Answer("204 No Content", _headers(request.revision)[1:])
    encoding = [("Content-Encoding", "gzip"), ("Content-Length", str(len(data)))]
    return Answer("200 OK", [*_headers(request.revision), *encoding], data)


def _request(environ: Environ) -> Request | None:
    """What is asked for, where it is plain: an address of the pyramid, its revision, a reader of gzip, no token."""
    path, asked = PATH.fullmatch(environ["PATH_INFO"]), ASKED.fullmatch(environ.get("QUERY_STRING", ""))
    if not path or not asked or "HTTP_AUTHORIZATION" in environ:
        return None
    if "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", ""):
        return None
    tile = Address(*map(int, path.groups()[1:]))
    return Request(path[1], tile, asked[1]) if tile.exists else None


# --- who asks ---------------------------------------------------------------------------------------------------------
#: Cookies → when they were looked at, and the areas that they open.
_looks: dict[str, tuple[float, tuple[str, ...]]] = {}


def _areas(environ: Environ) -> tuple[str, ...]:
    """What a valid pass opens whose session or screen, in the same request, still sees just this, as of a second ago at
    most; nothing where the database can't say: Django will."""
    header, now = environ.get("HTTP_COOKIE", ""), monotonic()
    at, areas = _looks.get(header, (now - LOOK_S - 1, ()))
    if now - at <= LOOK_S:
        return areas
    given = _given(header)
    if given is None:
        return ()
    ticket = next((one for one in tickets_in(header) if one.key_hash[:16] == given["for"]), None)
    try:
        areas = _seen_by(ticket) if ticket else ()
    except DatabaseError:
        return ()
    areas = areas if list(areas) == given["areas"] else ()
    if len(_looks) >= MOST_LOOKED_AT:
        _looks.clear()
    _looks[header] = (now, areas)
    return areas


def _given(header: str) -> dict[str, Any] | None:
    """What the pass among the cookies says, if we made it."""
    try:
        given: dict[str, Any] = signing.loads(SimpleCookie(header)[COOKIE].value, salt=SALT, max_age=PASS_S)
    except (CookieError, KeyError, signing.BadSignature):
        return None
    return given if len(header) <= LONGEST_COOKIE else None


def _seen_by(ticket: Ticket) -> tuple[str, ...]:
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    standing = look([ticket], at=timezone.now()).get(ticket)
    return standing.areas if standing else ()


# --- of which revision ------------------------------------------------------------------------------------------------
class Latest:
    """The revisions, for many threads at once: as of now, or of `good_s` ago for whom that will do. Who comes for those
    of now while a look runs waits for one that begins after they came, and shares it with all who wait."""

    def __init__(self, read: Callable[[], str], clock: Callable[[], float] = monotonic) -> None:
        self._read = read
        self._clock = clock
        self._turn = Lock()
        self._begun = 0
        self._found = (0, "")
        self._as_of = -inf

    def __call__(self, good_s: float = 0.0) -> str:
        """What a look found that began after this call, or at most `good_s` before."""
        if self._clock() - self._as_of < good_s:
            return self._found[1]
        wanted = self._begun + 1
        with self._turn:
            number, found = self._found
            if number < wanted:
                self._begun += 1
                number, as_of = self._begun, self._clock()
                found = self._read()
                self._found = (number, found)
                self._as_of = as_of
        return found


_latest = Latest(lambda: lines.ask(REVISIONS) or "")


def _is_present(name: str, areas: tuple[str, ...], revision: str) -> bool:
    """Whether it is the revision of the tiles of a set. One that nobody has heard of yet may have just begun."""
    try:
        return any(_revisions(_latest(good_s), areas).get(name) == revision for good_s in (GOOD_S, 0.0))
    except DatabaseError:
        return False


@lru_cache(1000)
def _revisions(told: str, areas: tuple[str, ...]) -> dict[str, str]:
    words = told.split()
    return for_viewer(numbers(dict(zip(words[::2], map(int, words[1::2]), strict=True))), areas)


# --- what is said -----------------------------------------------------------------------------------------------------
@lru_cache(100)
def _headers(revision: str) -> Headers:
    """The first one is for answers with a body."""
    return [
        ("Content-Type", MEDIA_TYPE),
        ("ETag", f'"{revision}"'),
        ("Cache-Control", FOR_A_YEAR),
        ("Vary", "Accept-Encoding"),
        *headers_for(MEDIA_TYPE).items(),
    ]


@cache
def _too_slow() -> Answer:
    body = json.dumps(refusal("busy", str(TOO_SLOW)), ensure_ascii=False).encode()
    own = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    return Answer("503 Service Unavailable", [*own, *headers_for("application/json").items()], body)
