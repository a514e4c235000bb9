"""Tiles that lie on disk, answered before Django's middleware: most of a map's requests, each a file to hand over.

A pass in a cookie says which areas its session sees. Django's tile view gives it, for half a minute, after it has
looked at the session and the posts itself; without one, or for anything but a present tile on disk, Django answers.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.core import signing
from django.db import DatabaseError, connection
from django.http import HttpResponse

from gridmap.safety.headers import headers_for
from layers import tilecache
from layers.revisions import revisions

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

COOKIE = settings.TILES_COOKIE_NAME
SALT = "layers.thin"
#: How long a revoked post may still see tiles that it had seen before.
PASS_S = 30
FOR_A_YEAR = "private, max-age=31536000, immutable"
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


def give_pass(response: HttpResponse, session_key: str, areas: Sequence[str]) -> None:
    """Let this session fetch tiles of `areas` for a while without being looked at again."""
    value = signing.dumps({"session": _digest(session_key), "areas": list(areas)}, salt=SALT)
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
    """The areas of a valid pass that belongs to the session of the same request."""
    try:
        cookies = SimpleCookie(environ.get("HTTP_COOKIE", ""))
        given = signing.loads(cookies[COOKIE].value, salt=SALT, max_age=PASS_S)
        session = cookies[settings.SESSION_COOKIE_NAME].value
    except (CookieError, KeyError, signing.BadSignature):
        return None
    return list(given["areas"]) if given["session"] == _digest(session) else None


def _revisions(areas: Sequence[str]) -> dict[str, str]:
    try:
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        return revisions(areas)
    except DatabaseError:
        return {}


def _digest(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()[:16]


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
