"""Nobody learns from the work that a sign-in makes whether a name exists and whether its password is a code."""

from typing import Any

import argon2
import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.test import RequestFactory

from gridmap.accounts.hashers import EvenArgon2, QuickArgon2
from gridmap.accounts.models import User
from gridmap.accounts.staff.codes import give_code
from tests.cast import PASSWORD, Cast

COST = {name: getattr(Argon2PasswordHasher, name) for name in ("time_cost", "memory_cost", "parallelism")}
OWN = frozenset(vars(EvenArgon2))  # before the suite makes it cheap
FULL = COST["memory_cost"] * COST["time_cost"]


@pytest.fixture(autouse=True)
def _as_the_product_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite has cheaper passwords elsewhere; the class itself gives none of these, so Django's hold."""
    for name, value in COST.items():
        monkeypatch.setattr(EvenArgon2, name, value)


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Memory times passes of every hash that is computed; nothing is in fact."""
    found: list[int] = []

    def hash_secret(_secret: bytes, _salt: bytes, **cost: Any) -> bytes:
        found.append(cost["memory_cost"] * cost["time_cost"])
        return b"$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA"

    def verify(_self: object, encoded: str, _text: str) -> bool:
        cost = argon2.extract_parameters(encoded)
        found.append(cost.memory_cost * cost.time_cost)
        raise argon2.exceptions.VerifyMismatchError

    monkeypatch.setattr(argon2.low_level, "hash_secret", hash_secret)
    monkeypatch.setattr(argon2.PasswordHasher, "verify", verify)
    return found


@pytest.mark.django_db
def test_a_name_with_a_code_costs_as_much_as_any_other(cast: Cast, request: pytest.FixtureRequest) -> None:
    User.objects.filter(pk=cast.planner.pk).update(password=make_password(PASSWORD))
    give_code(cast.officer)
    found: list[int] = request.getfixturevalue("costs")
    quick = QuickArgon2.memory_cost * QuickArgon2.time_cost
    for name, made in {"planner": [FULL], "nobody-at-all": [FULL], "officer": [FULL, quick]}.items():
        found.clear()
        assert authenticate(RequestFactory().post("/"), username=name, password="wrong and long enough") is None
        assert found == made, name
    assert quick < FULL / 10_000


def test_a_password_costs_what_the_library_advises() -> None:
    assert not OWN & COST.keys()
    assert COST["memory_cost"] >= 19_456 and COST["time_cost"] >= 2  # OWASP, password storage, 2024


def test_a_thousand_codes_are_hashed_quickly(costs: list[int]) -> None:
    make_password("ABCD", hasher=QuickArgon2())
    assert sum(costs) * 1000 < FULL


def test_the_hash_of_a_code_is_no_old_one_and_one_of_a_password_may_be() -> None:
    class Former(Argon2PasswordHasher):
        time_cost, memory_cost = 1, 1024

    renewed: list[str] = []
    code, former = make_password("ABCD", hasher=QuickArgon2()), make_password("ABCD", hasher=Former())
    assert check_password("ABCD", code, renewed.append) and not renewed
    assert not check_password("abcd", code)
    assert check_password("ABCD", former, renewed.append) and renewed == ["ABCD"]
