"""A clock that tests wind, people with phones, and signing in through the pages."""

import base64
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from gridmap.accounts import second_factor
from gridmap.accounts.models import User
from tests.cast import PASSWORD

LOGIN, CODE, FACTOR = "/accounts/login/", "/accounts/login/code/", "/accounts/second-factor/"


class Clock:
    """Stands for `timezone.now`: five seconds into a step of the codes, and moved by hand."""

    def __init__(self) -> None:
        now = datetime.now(tz=timezone.get_current_timezone())
        self.present = now - timedelta(seconds=now.timestamp() % second_factor.STEP_S - 5)

    def __call__(self) -> datetime:
        return self.present

    def advance(self, **by: float) -> None:
        """So much later."""
        self.present += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What time it is in this test."""
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


class Phone:
    """Computes codes from the key that the page showed."""

    def __init__(self, key: str, clock: Clock) -> None:
        self._totp = TOTP(base64.b32decode(key.replace(" ", "")), 6, SHA1(), 30)  # noqa: S303  (RFC 6238)
        self._clock = clock

    def code(self, *, steps: int = 0) -> str:
        """The code of the present step, or of one before or after."""
        return self._totp.generate(self._clock.present.timestamp() + 30 * steps).decode()


@pytest.fixture
def phone_of(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Callable[[User], Phone]:
    """`phone_of(person)` enrols somebody and gives their phone; the step of the first code is over."""
    monkeypatch.setattr(second_factor, "CODES", 2)  # an argon2 hash each

    def enrol(person: User) -> Phone:
        phone = Phone(second_factor.key_of(second_factor.begin(person, at=clock())), clock)
        assert second_factor.confirm(person, phone.code(), at=clock()) is not None
        clock.advance(seconds=30)
        return phone

    return enrol


def give_password(client: Client, username: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    """Post the sign-in form."""
    return client.post(LOGIN, {"username": username, "password": password, **more})  # type: ignore[return-value]


def sign_in(client: Client, username: str, phone: Phone) -> HttpResponse:
    """Password and code."""
    assert give_password(client, username)["Location"] == CODE
    return client.post(CODE, {"code": phone.code()})  # type: ignore[return-value]
