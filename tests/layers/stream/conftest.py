"""A relay that looks often."""

from collections.abc import Callable

import pytest
from django.test import Client

from gridmap.accounts.models import User
from layers import relay
from tests.cast import Cast


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "POLL_S", 0.01)
    monkeypatch.setattr(relay, "LOOK_S", 0.1)


@pytest.fixture
def planner(cast: Cast, signed_in: Callable[[User], Client]) -> Client:
    """The planner's browser."""
    return signed_in(cast.planner)
