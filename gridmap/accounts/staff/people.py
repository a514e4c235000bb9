"""Accounts: opening them with a first post, switching them off and on, new passwords, lost second factors."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from gridmap.accounts.models import Post, User
from gridmap.accounts.second_factor import reset
from gridmap.accounts.sessions import Ended, end_all
from gridmap.accounts.staff.codes import give_code
from gridmap.accounts.staff.models import AccountReset
from gridmap.accounts.staff.posts import PostDetails, open_post
from gridmap.accounts.staff.refusals import StaffRefusedError
from gridmap.accounts.staff.resets import demand_other_hands, note_reset
from gridmap.accounts.staff.scope import demand_charge

USERNAME_LETTERS = 150


@dataclass(frozen=True)
class NewPerson:
    """An account just opened: its first post, and the one-time code, which is told once and kept nowhere."""

    person: User
    post: Post
    code: str


def username_fits(username: str) -> bool:
    """Whether an account can have this name: letters, digits and @/./+/-/_."""
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        return False
    return 0 < len(username) <= USERNAME_LETTERS


@transaction.atomic
def open_account(*, username: str, name: str, details: PostDetails, by: User, now: datetime) -> NewPerson:
    """A person with a first post inside the administrator's area, and the code for their own password."""
    person = add_person(username=username, name=name)
    post = open_post(person=person, details=details, by=by, now=now)
    return NewPerson(person, post, give_code(person))


def add_person(*, username: str, name: str) -> User:
    """An account that nobody can sign in to yet and that holds nothing; the caller's transaction gives it both."""
    person = User(username=User.normalize_username(username), name=name)
    person.set_unusable_password()
    if User.objects.filter(username__iexact=person.username).exists():
        raise StaffRefusedError("username_taken", "username")
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise StaffRefusedError("username_taken", "username") from None
    return person


@transaction.atomic
def rename_person(*, person: User, name: str, by: User, now: datetime) -> User:
    """Put another name on an account."""
    held = _lock(person, by=by, now=now)
    held.name = name
    held.save(update_fields=["name"])
    return held


@transaction.atomic
def switch_person(*, person: User, on: bool, by: User, now: datetime) -> User:
    """Switch an account on or off; off ends its sessions. Posts stay as they are: nothing counts while it is off."""
    held = _lock(person, by=by, now=now)
    held.is_active = on
    held.save(update_fields=["is_active"])
    if not on:
        end_all(held, Ended.SWITCHED_OFF, at=now)
    return held


@transaction.atomic
def reset_password(*, person: User, by: User, now: datetime) -> str:
    """Close the old password, end all sessions, and give a one-time code for a new one.

    Not for who took the second factor away within three days.
    """
    held = _lock(person, by=by, now=now)
    if not held.is_active:
        raise StaffRefusedError("switched_off")
    _take(held, AccountReset.Kind.PASSWORD, by=by, now=now)
    code = give_code(held)
    end_all(held, Ended.PASSWORD, at=now)
    return code


@transaction.atomic
def reset_second_factor(*, person: User, by: User, now: datetime) -> None:
    """Take away the second factor of who lost phone and codes, and end all sessions; the next sign-in asks for one.

    Not for who reset the password within three days.
    """
    held = _lock(person, by=by, now=now)
    _take(held, AccountReset.Kind.SECOND_FACTOR, by=by, now=now)
    reset(held, at=now)
    end_all(held, Ended.SECOND_FACTOR, at=now)


@transaction.atomic
def close_sessions(*, person: User, by: User, now: datetime) -> None:
    """Sign a person out everywhere."""
    end_all(_lock(person, by=by, now=now), Ended.REVOKED, at=now)


def _take(held: User, kind: str, *, by: User, now: datetime) -> None:
    demand_other_hands(held, kind, by=by, at=now)
    note_reset(held, kind, by=by, at=now)


def _lock(person: User, *, by: User, now: datetime) -> User:
    held = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    demand_charge(by, held, today=timezone.localdate(now))
    return held
