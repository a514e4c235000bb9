"""A list of people that lies in a file on this machine, taken in as an upload is: sealed, and read from there."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db.models import Sum

from gridmap.accounts.models import User
from gridmap.accounts.permissions import may
from gridmap.accounts.roles import Verb
from importers.lists.uploads import Stored, open_writer
from importers.models import ImportRun
from importers.records import RefusedError
from importers.sandbox import Limits
from importers.services import CHUNK_BYTES, Choices, start


def bring_list(*, path: Path, choices: Choices, by: User) -> ImportRun:
    """A new import of the list at `path`, which stays where it is. RefusedError."""
    if not path.is_file():
        raise RefusedError("file_missing")
    writer, key, suffix = open_writer(path.name)
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                writer.write(chunk)
        stored = Stored(writer.path, key, writer.close(), writer.size, suffix)
    except BaseException:
        writer.abandon()
        raise
    return start_list(stored, choices, by=by)


def start_list(stored: Stored, choices: Choices, *, by: User, limits: Limits | None = None) -> ImportRun:
    """A new import of a stored list; nothing is left of one that cannot be read. RefusedError."""
    try:
        if not choices.source:
            raise RefusedError("source_missing")
        if not may(by, Verb.IMPORT_PEOPLE, choices.area):
            raise RefusedError("area_not_yours")
        _refuse_beyond_share(stored, by)
        return start(
            path=stored.path,
            name=f"list{stored.suffix}",
            sha256=stored.sha256,
            size=stored.size,
            choices=choices,
            by=by,
            key=stored.key,
            limits=limits,
        )
    except BaseException:
        stored.path.unlink(missing_ok=True)
        raise


def _refuse_beyond_share(stored: Stored, by: User) -> None:
    """RefusedError("too_many_bytes_open") where the person's lists, with this one, would hold more than one may."""
    lists = ImportRun.objects.open_of(by).filter(kind__in=ImportRun.PERSONAL)
    held = lists.aggregate(held=Sum("size_bytes"))["held"] or 0
    if held + stored.size > settings.LIST_OPEN_MAX_BYTES:
        raise RefusedError("too_many_bytes_open", bytes=held + stored.size, limit=settings.LIST_OPEN_MAX_BYTES)
