"""Packed files: looked through before anything is unpacked, and unpacked under names of our own.

RefusedError: entries outside the folder, links, more than a hundredfold swelling, too many or too large entries,
entries that unpack to more than their own header promised.
"""

from __future__ import annotations

import gzip
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from importers.records import RefusedError

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
GZIP_MAGIC = b"\x1f\x8b"
MAX_ENTRIES = 2000
MAX_UNPACKED_BYTES = 1 << 30
MAX_RATIO = 100
RATIO_FREE_BYTES = 1 << 20  # small texts may shrink further than a hundredfold without doing harm
CHUNK_BYTES = 1 << 20
WORKBOOK_PART = "[Content_Types].xml"
UTF8_NAME = 0x800
ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive: the name it came with and its checked header."""

    name: PurePosixPath
    info: zipfile.ZipInfo


def is_zip(path: Path) -> bool:
    return path.is_file() and _head(path) in ZIP_MAGIC


def is_gzip(path: Path) -> bool:
    return path.is_file() and _head(path)[:2] == GZIP_MAGIC


def is_workbook(path: Path) -> bool:
    """Whether a zip is an office document, which its reader opens itself."""
    if not is_zip(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return WORKBOOK_PART in archive.namelist()[:MAX_ENTRIES]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def check(path: Path) -> list[Entry]:
    """Every entry that may be unpacked; RefusedError(code) where the archive could do harm. Nothing is written."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise RefusedError("archive_broken") from None
    if len(infos) > MAX_ENTRIES:
        raise RefusedError("archive_too_many_entries", entries=len(infos), limit=MAX_ENTRIES)
    entries = [Entry(_name(info), info) for info in infos]
    for entry in entries:
        _check_entry(entry)
    total = sum(entry.info.file_size for entry in entries)
    if total > MAX_UNPACKED_BYTES:
        raise RefusedError("archive_too_large", bytes=total, limit=MAX_UNPACKED_BYTES)
    if total > RATIO_FREE_BYTES and total > MAX_RATIO * max(path.stat().st_size, 1):
        raise RefusedError("archive_swells", ratio=total // max(path.stat().st_size, 1), limit=MAX_RATIO)
    return [entry for entry in entries if not entry.info.is_dir() and not _is_litter(entry.name)]


def unpack(path: Path, into: Path) -> Path:
    """The folder `into` filled with the files of a checked zip, or with the one file of a gzip.

    Names are kept (decoded from UTF-8 or GB18030) but flattened, so that a folder of shapefiles stays together.
    """
    if is_gzip(path):
        return _unpack_gzip(path, into)
    left = MAX_UNPACKED_BYTES
    entries = check(path)
    with zipfile.ZipFile(path) as archive:
        for entry in entries:
            target = into / safe_name(entry.name)
            if target.exists():
                raise RefusedError("archive_name_twice", name=str(entry.name)[:120])
            try:
                with archive.open(entry.info) as source:
                    left -= _copy(source, target, min(left, entry.info.file_size))
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
                raise RefusedError("archive_broken", name=str(entry.name)[:120]) from None
    return into


def safe_name(name: PurePosixPath) -> str:
    """A flat file name that keeps letters of every script, digits, dots, hyphens and underscores."""
    kept = "".join(letter if letter.isalnum() or letter in "._- " else "_" for letter in name.name)
    return kept.lstrip(".")[-120:] or "unnamed"


def _unpack_gzip(path: Path, into: Path) -> Path:
    target = into / (safe_name(PurePosixPath(path.stem)) or "unnamed")
    limit = min(MAX_UNPACKED_BYTES, max(MAX_RATIO * path.stat().st_size, RATIO_FREE_BYTES))
    try:
        with gzip.open(path) as source:
            _copy(source, target, limit)
    except (OSError, EOFError, zlib.error):
        raise RefusedError("archive_broken") from None
    return into


def _copy(source: IO[bytes] | gzip.GzipFile, target: Path, limit: int) -> int:
    written = 0
    with target.open("xb") as sink:
        while chunk := source.read(CHUNK_BYTES):
            written += len(chunk)
            if written > limit:
                raise RefusedError("archive_swells", limit=limit)
            sink.write(chunk)
    return written


def _name(info: zipfile.ZipInfo) -> PurePosixPath:
    """The entry's name; those without the UTF-8 flag come from the packer's own code page, here mostly GBK."""
    name = info.filename
    if not info.flag_bits & UTF8_NAME:
        raw = name.encode("cp437", errors="replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return PurePosixPath(name.replace("\\", "/"))


def _check_entry(entry: Entry) -> None:
    name, info = entry.name, entry.info
    if name.is_absolute() or ".." in name.parts or "\x00" in str(name) or ":" in str(name)[:3]:
        raise RefusedError("archive_entry_outside", name=str(name)[:120])
    if stat.S_ISLNK(info.external_attr >> 16):
        raise RefusedError("archive_entry_link", name=str(name)[:120])
    if info.flag_bits & ENCRYPTED:
        raise RefusedError("archive_encrypted", name=str(name)[:120])
    if info.file_size > RATIO_FREE_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise RefusedError("archive_swells", ratio=info.file_size // max(info.compress_size, 1), limit=MAX_RATIO)


def _is_litter(name: PurePosixPath) -> bool:
    return "__MACOSX" in name.parts or name.name in {".DS_Store", "Thumbs.db"} or name.name.startswith("._")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)
