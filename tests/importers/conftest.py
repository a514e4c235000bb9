"""What tests of several kinds of files ask for."""

import pytest

from tests.importers.progress import SameConnection


@pytest.fixture
def same_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that run in the test's own transaction tell how far they are."""
    monkeypatch.setattr("gridmap.jobs.services.Progress", SameConnection)
