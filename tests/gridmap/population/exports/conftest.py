"""Who decides about exports, and a bar that needs no connection."""

import pytest

from gridmap.accounts.models import User
from gridmap.accounts.roles import Role
from tests.cast import Cast, give_post, person


@pytest.fixture(autouse=True)
def _bar_without_a_connection_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar is written on another connection, which does not see what a test has not committed."""
    monkeypatch.setattr("gridmap.jobs.progress.Progress.report", lambda *_share: None)


@pytest.fixture
def street(cast: Cast) -> User:
    """A second person who may decide for the street."""
    officer = person("street", "街道老陈")
    give_post(officer, Role.STREET_OFFICER, "990101001")
    return officer
