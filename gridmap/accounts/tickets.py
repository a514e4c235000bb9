"""What a browser shows to be let in: the key of a person's session, or the token of a screen."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from django.conf import settings
from django.http import HttpRequest

#: What session keys and tokens look like.
KEY = re.compile(r"[A-Za-z0-9_-]{16,128}", re.ASCII)


@dataclass(frozen=True)
class Ticket:
    """`key` opens the door to whoever holds it, so it is neither shown nor logged."""

    is_screen: bool
    key: str = field(repr=False)

    @property
    def key_hash(self) -> str:
        """What the database knows of it."""
        return hash_of(self.key)


def hash_of(key: str) -> str:
    """SHA-256 in hex: enough for keys of 128 random bits and more, which nobody can guess."""
    return hashlib.sha256(key.encode()).hexdigest()


def tickets_of(cookies: Mapping[str, str]) -> list[Ticket]:
    """The tickets among a browser's cookies; a person's session goes before the screen that it was opened on."""
    named = ((settings.SESSION_COOKIE_NAME, False), (settings.SCREEN_COOKIE_NAME, True))
    found = [Ticket(is_screen, cookies[name]) for name, is_screen in named if cookies.get(name)]
    return [one for one in found if KEY.fullmatch(one.key)]


def ticket_behind(request: HttpRequest) -> Ticket | None:
    """The ticket that let this very request in; None where a token did."""
    if getattr(request, "token", None):
        return None
    if getattr(request, "screen", None):
        return Ticket(is_screen=True, key=request.COOKIES[settings.SCREEN_COOKIE_NAME])
    key = request.session.session_key
    return Ticket(is_screen=False, key=key) if key else None


def tickets_in(header: str) -> list[Ticket]:
    """The tickets of a raw `Cookie` header."""
    try:
        return tickets_of({name: morsel.value for name, morsel in SimpleCookie(header).items()})
    except CookieError:
        return []
