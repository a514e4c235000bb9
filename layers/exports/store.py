"""Files of layers on disk: one per export, gone when nobody may fetch it any more."""

from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings

#: What a file is called while it is being written.
UNDER_WAY = ".part"


def path_of(key: UUID) -> Path:
    """Where the file of an export lies."""
    return Path(settings.MEDIA_ROOT) / "layers" / str(key)


def begin(key: UUID) -> Path:
    """Where the file is written before it is ready; what a former try left there is gone."""
    path = path_of(key).with_suffix(UNDER_WAY)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return path


def keep(key: UUID) -> int:
    """Put what was written in its place at once; its bytes."""
    path = path_of(key).with_suffix(UNDER_WAY)
    path.chmod(0o600)
    path.replace(path_of(key))
    return path_of(key).stat().st_size


def forget(key: UUID) -> None:
    """Take the file away, half-written or whole."""
    for path in (path_of(key), path_of(key).with_suffix(UNDER_WAY)):
        path.unlink(missing_ok=True)


def keys() -> set[UUID]:
    """Of which exports there are files, half-written ones too."""
    found = set()
    for path in path_of(UUID(int=0)).parent.glob("*"):
        with suppress(ValueError):
            found.add(UUID(path.stem))
    return found
