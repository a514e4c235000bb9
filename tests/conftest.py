"""What every test may ask for: the cast, the chessboard, and signed-in clients."""

import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings

from gridmap.accounts.models import User
from gridmap.territory.models import Grid
from tests.cast import Board, Cast, draw_grids, set_up_board, set_up_cast

SECRET_KEY = "a key for tests that guards nothing"  # also for processes that a test starts
FIELD_KEYS = "1:" + b64encode(b"a key of 32 bytes for tests only").decode()
BLIND_KEYS = "1:" + b64encode(b"another of 32 bytes for tests on").decode()


def pytest_configure() -> None:
    """One key for this process and those it starts."""
    os.environ["SECRET_KEY"] = settings.SECRET_KEY = SECRET_KEY
    os.environ["FIELD_KEYS"] = settings.FIELD_KEYS = FIELD_KEYS
    os.environ["BLIND_KEYS"] = settings.BLIND_KEYS = BLIND_KEYS
    hypothesis_settings.register_profile("gridmap", deadline=None)  # a busy machine is no failure
    hypothesis_settings.load_profile("gridmap")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[None]:
    """No test reads or leaves files in the checkout, or what another one cached."""
    folder: Path = tmp_path_factory.mktemp("var")
    settings.MEDIA_ROOT = folder / "media"
    settings.TILE_CACHE_DIR = folder / "tiles"
    cache.clear()
    yield


@pytest.fixture
def board(db: None) -> Board:
    """Four communities with boundaries and no grids."""
    return set_up_board()


@pytest.fixture
def grids(board: Board) -> list[Grid]:
    """Four grids with two buildings each in 990101001001, then four in 990101001002."""
    return draw_grids(board.communities[0]) + draw_grids(board.communities[1])


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of the stories."""
    return set_up_cast()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """`signed_in(person)` is a client with that person's session."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
