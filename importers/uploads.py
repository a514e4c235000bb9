"""How much a browser may send: looked at before the first byte of a file is stored."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

#: What the other fields of the form and the borders between them may take.
FORM_BYTES = 1_000_000


class WithinLimit(FileUploadHandler):
    """Refuses (400) a request that announces more than an upload may hold; who is not signed in brings no file.

    The check of the form's token reads the whole request before any view, so a view's own limit comes too late to
    keep a stranger from filling the disk.
    """

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: Mapping[str, Any],  # noqa: N803  (Django's name for it)
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Nothing, which lets the next handlers go on; RequestDataTooBig where it is too much."""
        user = getattr(self.request, "user", None)
        files = settings.UPLOAD_MAX_BYTES if user is not None and user.is_authenticated else 0
        if content_length > files + FORM_BYTES:
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hands on what came."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leaves the file to the next handlers."""
