"""Tokens with which other programs read the map in the name of a person: made, looked at with each request, revoked.

A token opens looking at the map (`Verb.VIEW`) and nothing else, so nothing that asks for a second factor; only where
`ROUTES` says so, only to read; and only while its person is switched on and holds a post. `Authorization: Bearer` and
HTTP Basic (the token as the password, with any user name) are one and the same, because QGIS and GDAL speak the latter.
"""

import re
import secrets
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from gridmap.accounts.addresses import client_address, neighbourhood
from gridmap.accounts.models import AREA_PATTERN, AccessToken, Post, User, WrongToken
from gridmap.accounts.permissions import Bounds, areas_of, inside
from gridmap.accounts.roles import Verb
from gridmap.accounts.sessions import SEEN_EVERY
from gridmap.accounts.staff.refusals import StaffForbiddenError
from gridmap.accounts.staff.scope import demand_charge, people_seen_by
from gridmap.accounts.tickets import hash_of

#: So that a scanner of files knows one when it sees one.
PREFIX = "gm_"
KEY_BYTES = 32
SHOWN = re.compile(r"gm_[A-Za-z0-9_-]{40,64}", re.ASCII)
LONGEST_HEADER = 1_000
LONGEST_DAYS = 365
MOST_OF_PERSON = 20
#: Addresses that take tokens: all of OGC API – Features, tiles of public layers with their descriptions, and what of
#: /api/v1/ says which layers and tiles there are and finds places. Cards and lists, which say more, are for people.
NAMESPACE = "ogc"
ROUTES = frozenset(
    f"layers:{name}" for name in ("tile", "tilejson", "map", "grids", "grid", "region", "search", "openapi")
)
#: Wrong tokens from one address within the hour; beyond them only a token that was right there before is looked at.
WRONG_FROM_ADDRESS = 20
WINDOW = timedelta(hours=1)
KEPT = timedelta(days=1)
#: How long a pause makes the next use an entry of its own in the traces; each day has one in any case.
PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class Refusal:
    """Why nothing is answered: 401 for what opens nothing (or not any more), 429 for too many of those."""

    status: int


# --- making and ending ------------------------------------------------------------------------------------------------
def make(*, person: User, name: str, area: str, days: int, now: datetime) -> tuple[AccessToken, str]:
    """A token and its key, which is told once. ValueError for an area outside the person's, or too many tokens."""
    if not may_narrow_to(person, area) or not 1 <= days <= LONGEST_DAYS or not has_room(person, now=now):
        raise ValueError("no such token can be made")
    key = f"{PREFIX}{secrets.token_urlsafe(KEY_BYTES)}"
    token = AccessToken.objects.create(
        person=person,
        name=name,
        area=area,
        key_hash=hash_of(key),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return token, key


def may_narrow_to(person: User, area: str) -> bool:
    """Whether it is an area at all and lies inside what the person sees; "" is all of that."""
    if not re.fullmatch(AREA_PATTERN, area):
        return False
    held = areas_of(person, Verb.VIEW)
    return bool(held) if not area else inside(area, held)


def has_room(person: User, *, now: datetime) -> bool:
    """Whether the person may have one more."""
    return AccessToken.objects.alive(now).filter(person=person).count() < MOST_OF_PERSON


def revoke(token: AccessToken, *, now: datetime) -> None:
    """End a token for good."""
    AccessToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now)


def revoke_as(by: User, token: AccessToken, *, now: datetime) -> None:
    """The same by an administrator in charge of the person. StaffForbiddenError."""
    if by.pk != token.person_id:
        demand_charge(by, token.person, today=timezone.localdate(now))
    revoke(token, now=now)


def tokens_seen_by(by: User) -> "QuerySet[AccessToken]":
    """Tokens of the people that an administrator sees, those that still open something first."""
    rows = AccessToken.objects.filter(person__in=people_seen_by(by)).select_related("person")
    return rows.order_by("revoked_at", "-expires_at", "pk")


def is_in_charge(by: User, token: AccessToken, *, now: datetime) -> bool:
    """Whether the administrator may revoke it."""
    try:
        demand_charge(by, token.person, today=timezone.localdate(now))
    except StaffForbiddenError:
        return by.pk == token.person_id
    return True


# --- looking ----------------------------------------------------------------------------------------------------------
def shown_in(request: HttpRequest) -> str | None:
    """What a request shows as a token; None where it shows no credentials, "" where they can be no token."""
    header = request.headers.get("Authorization", "")
    scheme, _space, rest = header.partition(" ")
    if scheme.lower() not in {"bearer", "basic"} or len(header) > LONGEST_HEADER:
        return "" if header else None
    key = rest.strip() if scheme.lower() == "bearer" else _password_in(rest.strip())
    return key if SHOWN.fullmatch(key) else ""


def _password_in(credentials: str) -> str:
    try:
        text = b64decode(credentials, validate=True).decode()
    except (NotBase64, UnicodeDecodeError, ValueError):
        return ""
    return text.partition(":")[2]


def takes_tokens(route: str) -> bool:
    """Whether a token opens this route at all."""
    return route in ROUTES or route.startswith(f"{NAMESPACE}:")


def look(request: HttpRequest, key: str, *, at: datetime) -> AccessToken | Refusal:
    """The token behind `key` if it stands now. All that does not is told alike; keys that nobody has are counted."""
    address = neighbourhood(request)
    token = AccessToken.objects.select_related("person").filter(key_hash=hash_of(key)).first() if key else None
    used_here = token is not None and token.last_address == (client_address(request) or None)
    if not used_here and _guesses_too_often(address, at=at):
        return Refusal(429)
    if token is None:
        _count_wrong(address, key, at=at)
        return Refusal(401)
    return token if _stands(token, at=at) else Refusal(401)


def _stands(token: AccessToken, *, at: datetime) -> bool:
    held = Post.objects.filter(person=OuterRef("person")).in_force(timezone.localdate(at))
    return AccessToken.objects.alive(at).filter(Exists(held), pk=token.pk).exists()


def bounds_of(token: AccessToken) -> Bounds:
    """What the token leaves of the rights of its person."""
    return Bounds(frozenset({Verb.VIEW}), token.area)


def _guesses_too_often(address: str, *, at: datetime) -> bool:
    return WrongToken.objects.filter(address=address, at__gt=at - WINDOW).count() >= WRONG_FROM_ADDRESS


def _count_wrong(address: str, key: str, *, at: datetime) -> None:
    WrongToken.objects.update_or_create(address=address, mark=hash_of(key), defaults={"at": at})


def note_use(token: AccessToken, request: HttpRequest, *, at: datetime) -> bool:
    """Write down that the token is used, at most once a minute; whether that is news: the first time for an hour, on
    a day, or from another address."""
    address = client_address(request) or None
    due = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - SEEN_EVERY)
    if not AccessToken.objects.filter(due, pk=token.pk).update(last_used_at=at, last_address=address):
        return False
    before = token.last_used_at
    return (
        before is None
        or at - before >= PAUSE
        or token.last_address != address
        or timezone.localdate(before) != timezone.localdate(at)
    )


def forget_before(now: datetime) -> int:
    """Delete wrong tokens older than a day; returns how many."""
    return WrongToken.objects.filter(at__lt=now - KEPT).delete()[0]
