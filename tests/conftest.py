"""What every test may ask for: the cast, the chessboard, and signed-in clients."""

import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management.commands.flush import Command as Flush
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import Client
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker, Settings
from whitenoise.middleware import WhiteNoiseMiddleware

from gridmap.accounts.hashers import EvenArgon2
from gridmap.accounts.models import SignedIn, User
from gridmap.territory.component_classes import write_missing_classes
from gridmap.territory.defaults import write_missing_rules
from gridmap.territory.models import Grid
from importers import sandbox
from tests.cast import Board, Cast, draw_grids, set_up_board, set_up_cast
from tests.importers import forking
from tests.owner import as_owner, wear_application_role

SECRET_KEY = "a key for tests that guards nothing"  # also for processes that a test starts
FIELD_KEYS = "1:" + b64encode(b"a key of 32 bytes for tests only").decode()
BLIND_KEYS = "1:" + b64encode(b"another of 32 bytes for tests on").decode()

#: The same examples every time, and no deadline, because a busy machine is no failure.
#: `--hypothesis-profile=fresh` looks for new ones.
hypothesis_settings.register_profile("gridmap", deadline=None, derandomize=True)
hypothesis_settings.register_profile("fresh", deadline=None)
hypothesis_settings.load_profile("gridmap")


def pytest_configure() -> None:
    """One key for this process and those it starts."""
    os.environ["SECRET_KEY"] = settings.SECRET_KEY = SECRET_KEY
    os.environ["FIELD_KEYS"] = settings.FIELD_KEYS = FIELD_KEYS
    os.environ["BLIND_KEYS"] = settings.BLIND_KEYS = BLIND_KEYS


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Whatever the tests ask of the database, they ask as the application's role; only migrations are the owner's."""
    with django_db_blocker.unblock():
        wear_application_role(connection=connection)
    connection_created.connect(wear_application_role)
    flush = Flush.handle

    def flush_as_owner(self: Flush, **options: Any) -> None:
        """Of all that follows a migration only rules and classes are needed; the rest takes longer than emptying."""
        with as_owner():
            flush(self, **options | {"inhibit_post_migrate": True})
            write_missing_rules()
            write_missing_classes()

    Flush.handle = flush_as_owner  # type: ignore[method-assign]
    yield
    Flush.handle = flush  # type: ignore[method-assign]
    connection_created.disconnect(wear_application_role)


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_listed_once() -> Iterator[None]:
    """Every client makes the middleware anew, which looks through all folders; no file comes between two tests."""
    listed: dict[tuple[str, int | None], dict[str, Any]] = {}
    look_through = WhiteNoiseMiddleware.add_files_from_finders

    def remember(self: WhiteNoiseMiddleware) -> None:
        known = listed.get((self.static_prefix, self.max_age))
        if known is None:
            look_through(self)
            listed[self.static_prefix, self.max_age] = dict(self.files)
        else:
            self.files.update(known)

    WhiteNoiseMiddleware.add_files_from_finders = remember
    yield
    WhiteNoiseMiddleware.add_files_from_finders = look_through


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_quick() -> Iterator[None]:
    """Argon2 as the product has it, but for its cost, of which `test_hashers.py` tells."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"time_cost": 1, "memory_cost": 16, "parallelism": 1}.items():
            patch.setattr(EvenArgon2, name, value, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _readers_are_forked() -> Iterator[None]:
    """Files are read by the same locked program as ever; what takes long is only that Python loads its libraries."""
    started, sandbox._start = sandbox._start, forking.start  # type: ignore[assignment]
    yield
    sandbox._start = started


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
    """`signed_in(person)` is a client with that person's session, a second factor given."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        SignedIn.objects.filter(person=person).update(second_factor_at=timezone.now())
        return client

    return sign_in
