"""Programs with a token, and the answers they read."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.utils import timezone

from gridmap.accounts import tokens
from gridmap.accounts.models import User
from tests.cast import Cast


@dataclass(frozen=True)
class Reader:
    """A program that reads with somebody's token."""

    client: Client

    def raw(self, path: str, **headers: str) -> HttpResponseBase:
        """The answer to `/ogc` and what follows, or to a whole address that a link gave."""
        address = path.removeprefix("http://testserver") if path.startswith("http") else f"/ogc{path}"
        return self.client.get(address, headers=headers or None)

    def get(self, path: str, **headers: str) -> Any:
        """The document, read."""
        answer: Any = self.raw(path, **headers)
        assert answer.status_code == 200, answer.getvalue().decode()
        return json.loads(answer.getvalue())

    def refused(self, path: str) -> dict[str, str]:
        """What is said of a bad request; the standard's exception and nothing else."""
        answer: Any = self.raw(path)
        assert answer.status_code == 400 and answer["Content-Type"] == "application/json"
        said: dict[str, str] = answer.json()
        assert set(said) == {"code", "description"}
        return said


@pytest.fixture
def reader_of() -> Callable[..., Reader]:
    """`reader_of(person, area="")`: a program with a token of theirs."""

    def make(person: User, area: str = "") -> Reader:
        key = tokens.make(person=person, name="test", area=area, days=1, now=timezone.now())[1]
        return Reader(Client(headers={"Authorization": f"Bearer {key}"}))

    return make


@pytest.fixture
def reader(cast: Cast, reader_of: Callable[..., Reader]) -> Reader:
    """A program of the planner of the county."""
    return reader_of(cast.planner)
