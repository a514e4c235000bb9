"""Several files as one: packed as they are made, so that nothing waits in memory."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from layers.exports.tables import About

#: Half the time of the usual level for a few per cent more bytes.
LEVEL = 3


@contextmanager
def packed(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip to write into."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        yield archive


@contextmanager
def text_in(archive: zipfile.ZipFile, name: str, *, mark: bool = False) -> Iterator[TextIO]:
    """A text file of the archive; with the byte order mark by which spreadsheets know UTF-8."""
    encoding = "utf-8-sig" if mark else "utf-8"
    with (
        archive.open(name, "w", force_zip64=True) as entry,
        TextIOWrapper(entry, encoding=encoding, newline="") as file,
    ):
        yield file


def tell(archive: zipfile.ZipFile, about: About, *more: str) -> None:
    """What the files are about, as a text beside them."""
    lines = [f"{label}: {value}" for label, value in about.lines()]
    with text_in(archive, "about.txt", mark=True) as file:
        file.write("\r\n".join([*lines, *more]) + "\r\n")
