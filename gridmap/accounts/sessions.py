"""The life of a session: how it begins, what ends it, and who stands behind a ticket at this moment.

Nothing has to announce that a right has ended. Everything that answers looks at the facts themselves: each request
before anything else, open streams and tiles from disk once a second.

Source: ASVS 5.0.0, chapter 7.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from gridmap.accounts.addresses import client_address
from gridmap.accounts.models import AccessToken, Device, Post, SignedIn, User
from gridmap.accounts.permissions import narrowed
from gridmap.accounts.roles import VERBS, Role, Verb
from gridmap.accounts.second_factor import required_by
from gridmap.accounts.tickets import Ticket, hash_of

#: How exactly the last sight of a person or a screen is written down.
SEEN_EVERY = timedelta(minutes=1)
#: How long a password (and code) given again opens what changes the account.
CONFIRMED_FOR = timedelta(minutes=10)
#: How long ended sessions can still be looked up.
KEPT = timedelta(days=180)
LONGEST_AGENT = 200


class Ended(StrEnum):
    """Why a session does not stand any more."""

    UNKNOWN = "unknown"
    SIGNED_OUT = "signed_out"
    IDLE = "idle"
    TOO_LONG = "too_long"
    SWITCHED_OFF = "switched_off"
    PASSWORD = "password"  # noqa: S105  (a reason, not a password)
    NO_POST = "no_post"
    SECOND_FACTOR = "second_factor"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Standing:
    """Somebody who may look: a person, or the account of a screen, and the areas that they see now, in order."""

    person: int
    areas: tuple[str, ...]


# --- beginning and ending ---------------------------------------------------------------------------------------------
def note_beginning(request: HttpRequest, person: User, *, at: datetime, second_factor: bool) -> SignedIn:
    """Write down that the session of `request` is this person's from now on."""
    key = request.session.session_key or ""
    facts = {
        "person": person,
        "password_mark": mark_of(person),
        "began_at": at,
        "seen_at": at,
        "address": client_address(request) or None,
        "agent": request.headers.get("User-Agent", "")[:LONGEST_AGENT],
        "second_factor_at": at if second_factor else None,
        "confirmed_at": at,
        "ended_at": None,
        "why": "",
    }
    return SignedIn.objects.update_or_create(key_hash=hash_of(key), defaults=facts)[0]


def move(former_key: str, request: HttpRequest, person: User) -> None:
    """Keep the session of who changed their own password: its key is another one now."""
    SignedIn.objects.filter(key_hash=hash_of(former_key)).update(
        key_hash=hash_of(request.session.session_key or ""), password_mark=mark_of(person)
    )


def end(session: SignedIn, why: Ended, *, at: datetime) -> None:
    """End one session."""
    SignedIn.objects.open().filter(pk=session.pk).update(ended_at=at, why=why)


def end_all(person: User, why: Ended, *, at: datetime, but: SignedIn | None = None) -> int:
    """End all sessions of a person, `but` one, and what is half begun; returns how many were open.

    Where none is left standing the tokens of their programs end too: whoever stole the account may have made one.
    """
    User.objects.filter(pk=person.pk).update(sign_in_epoch=F("sign_in_epoch") + 1)
    person.sign_in_epoch += 1  # whoever raised it meanwhile too leaves a gap, and half a sign-in does not survive that
    if but is None:
        AccessToken.objects.filter(person=person, revoked_at__isnull=True).update(revoked_at=at)
    own = SignedIn.objects.open().filter(person=person)
    return (own.exclude(pk=but.pk) if but else own).update(ended_at=at, why=why)


def end_sessions(person: User) -> int:
    """Sign a person out everywhere, now; returns how many sessions ended."""
    return end_all(person, Ended.SIGNED_OUT, at=timezone.now())


def mark_of(person: User) -> str:
    """Changes with the password, whoever changes it and how."""
    return hash_of(person.get_session_auth_hash())


# --- looking ----------------------------------------------------------------------------------------------------------
def session_of(request: HttpRequest) -> SignedIn | None:
    """What is written down of the session of this request."""
    key = request.session.session_key
    return SignedIn.objects.select_related("person").filter(key_hash=hash_of(key)).first() if key else None


def judge(session: SignedIn, roles: Iterable[str], *, at: datetime) -> Ended | None:
    """Why this session no longer stands at `at`, or None where it does; `roles` are those of the posts in force."""
    held = set(roles)
    reasons = (
        (session.ended_at is not None, Ended(session.why or Ended.SIGNED_OUT)),
        (not session.person.is_active, Ended.SWITCHED_OFF),
        (session.password_mark != mark_of(session.person), Ended.PASSWORD),
        (not held, Ended.NO_POST),
        (at - session.began_at > timedelta(seconds=settings.SESSION_MAX_S), Ended.TOO_LONG),
        (at - session.seen_at > timedelta(seconds=settings.SESSION_IDLE_S), Ended.IDLE),
        (not _has_given_factor(session) and required_by(held), Ended.SECOND_FACTOR),
    )
    return next((why for applies, why in reasons if applies), None)


def _has_given_factor(session: SignedIn) -> bool:
    taken_at = session.person.factor_taken_at
    return session.second_factor_at is not None and (taken_at is None or session.second_factor_at >= taken_at)


def roles_of(person: User, *, at: datetime) -> list[str]:
    """The roles of the posts that a person holds at this moment."""
    posts = Post.objects.filter(person=person).in_force(timezone.localdate(at))
    return list(posts.values_list("role", flat=True))


def look(tickets: Iterable[Ticket], *, at: datetime) -> dict[Ticket, Standing]:
    """Who stands behind each ticket now, in four statements however many they are; tickets of nobody are left out."""
    asked = list(tickets)
    sessions = _sessions([one for one in asked if not one.is_screen], at=at)
    screens = screens_by_ticket([one for one in asked if one.is_screen])
    posts = _posts([*(row.person_id for row in sessions.values()), *(one.account_id for one in screens.values())], at)
    found = {
        ticket: _standing(row.person_id, posts)
        for ticket, row in sessions.items()
        if judge(row, [role for role, _area in posts.get(row.person_id, ())], at=at) is None
    }
    for ticket, device in screens.items():
        if posts.get(device.account_id):
            found[ticket] = _standing(device.account_id, posts)
    return found


def screens_by_ticket(tickets: Iterable[Ticket]) -> dict[Ticket, Device]:
    """The screens that are not revoked behind these tickets."""
    by_hash = {one.key_hash: one for one in tickets}
    devices = Device.objects.alive().filter(token_hash__in=by_hash).select_related("account") if by_hash else ()
    return {by_hash[device.token_hash]: device for device in devices}


def _sessions(tickets: Iterable[Ticket], *, at: datetime) -> dict[Ticket, SignedIn]:
    by_key = {one.key: one for one in tickets}
    if not by_key:
        return {}
    present = Session.objects.filter(session_key__in=by_key, expire_date__gt=at).values_list("session_key", flat=True)
    by_hash = {by_key[key].key_hash: by_key[key] for key in present}
    rows = SignedIn.objects.open().filter(key_hash__in=by_hash).select_related("person")
    return {by_hash[row.key_hash]: row for row in rows}


def _posts(people: Iterable[int], at: datetime) -> Mapping[int, list[tuple[str, str]]]:
    held: dict[int, list[tuple[str, str]]] = {}
    rows = Post.objects.filter(person__in=set(people)).in_force(timezone.localdate(at))
    for person, role, area in rows.values_list("person_id", "role", "area"):
        held.setdefault(person, []).append((role, area))
    return held


def _standing(person: int, posts: Mapping[int, list[tuple[str, str]]]) -> Standing:
    areas = {area for role, area in posts[person] if Verb.VIEW in VERBS[Role(role)]}
    return Standing(person, tuple(narrowed(areas)))


# --- last seen --------------------------------------------------------------------------------------------------------
def note_seen(session: SignedIn, *, at: datetime) -> None:
    """Write down that a person was here, at most once a minute."""
    if at - session.seen_at >= SEEN_EVERY:
        SignedIn.objects.filter(pk=session.pk).update(seen_at=at)


def note_screens_seen(tickets: Iterable[Ticket], *, at: datetime) -> None:
    """Write down that these screens show something, at most once a minute."""
    hashes = [one.key_hash for one in tickets if one.is_screen]
    if hashes:
        due = Device.objects.alive().filter(token_hash__in=hashes)
        (due.filter(last_seen_at__isnull=True) | due.filter(last_seen_at__lte=at - SEEN_EVERY)).update(last_seen_at=at)


def is_confirmed(session: SignedIn, *, at: datetime) -> bool:
    """Whether the person has shown who they are in the last ten minutes."""
    return session.confirmed_at is not None and at - session.confirmed_at <= CONFIRMED_FOR


def note_confirmed(session: SignedIn, *, at: datetime) -> None:
    """The person has given the password (and the code) again."""
    SignedIn.objects.filter(pk=session.pk).update(confirmed_at=at)


def forget_before(now: datetime) -> int:
    """Delete what is written down of sessions that ended half a year ago; returns how many."""
    ended = SignedIn.objects.filter(ended_at__lt=now - KEPT)
    vanished = SignedIn.objects.open().filter(began_at__lt=now - KEPT)
    return int((ended | vanished).delete()[0])
