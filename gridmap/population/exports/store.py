"""Finished files on disk: always sealed, one per request, gone when they are no longer to be had."""

import base64
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings

from gridmap.vault.sealing import open_secret, seal_text

TABLE, COLUMN = "population_exportrequest", "file"


def path_of(key: UUID) -> Path:
    """Where the file of a request lies."""
    return Path(settings.MEDIA_ROOT) / "exports" / f"{key}.sealed"


def put(key: UUID, content: bytes) -> None:
    """Seal the content and put it in the place of a former one at once."""
    path = path_of(key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(seal_text(TABLE, COLUMN, key, base64.b64encode(content).decode()))
    fresh.chmod(0o600)
    fresh.replace(path)


def get(key: UUID) -> bytes:
    """The content. FileNotFoundError, TamperedError, UnknownKeyError."""
    return base64.b64decode(open_secret(TABLE, COLUMN, key, path_of(key).read_bytes()))


def keys() -> set[UUID]:
    """Of which requests there are files, half-written ones too."""
    found = set()
    for path in path_of(UUID(int=0)).parent.glob("*"):
        with suppress(ValueError):
            found.add(UUID(path.stem))
    return found


def forget(key: UUID) -> None:
    """Take the file away, if there is one."""
    for path in (path_of(key), path_of(key).with_suffix(".new")):
        path.unlink(missing_ok=True)
