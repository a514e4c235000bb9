"""An uploaded list of people never lies open on a disk: every piece is sealed as it comes in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from importers.lists.sealed_file import SealedWriter, new_key
from importers.records import RefusedError
from importers.services import imports_folder, safe_suffix

#: A list of 100 000 people has about a tenth of this.
LIST_MAX_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class Stored:
    """A sealed file, its key, and what is known of its plain bytes."""

    path: Path
    key: str
    sha256: str
    size: int
    suffix: str


class SealedUpload(UploadedFile):  # type: ignore[type-arg]  # generic for type checkers alone
    """What the form gets: a file that was stored already."""

    def __init__(self, stored: Stored) -> None:
        super().__init__(file=None, name=f"list{stored.suffix}", content_type="", size=stored.size)
        self.stored = stored


def open_writer(name: str) -> tuple[SealedWriter, str, str]:
    """A writer for a new file, its key and its suffix."""
    folder, suffix, key = imports_folder(), safe_suffix(name), new_key()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    limit = min(LIST_MAX_BYTES, settings.UPLOAD_MAX_BYTES)
    return SealedWriter(folder / f"{secrets.token_hex(16)}{suffix}", key, limit=limit), key, suffix


class SealingHandler(FileUploadHandler):
    """Seals what a browser sends; the only handler that stores. Nothing is left of an upload that breaks off."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._writer: SealedWriter | None = None
        #: Whether an import has the file, or has deleted it.
        self.taken = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """One file per request; a second one is not stored."""
        super().new_file(*args, **kwargs)
        if self._writer is not None:
            raise StopUpload(connection_reset=False)
        self._writer, self._key, self._suffix = open_writer(self.file_name or "")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Nothing for later handlers."""
        assert self._writer is not None  # noqa: S101  (Django calls new_file first)
        try:
            self._writer.write(raw_data)
        except RefusedError:
            self._writer.abandon()
            raise StopUpload(connection_reset=False) from None

    def file_complete(self, file_size: int) -> SealedUpload | None:
        """The stored file."""
        writer = self._writer
        if writer is None or not writer.path.exists():
            return None
        return SealedUpload(Stored(writer.path, self._key, writer.close(), writer.size, self._suffix))

    def upload_interrupted(self) -> None:
        """The browser went away."""
        self.drop()

    def drop(self) -> None:
        """Leave nothing of a file that no import took: another field's, one without the form's token."""
        if self._writer is not None and not self.taken:
            self._writer.abandon()
