"""A list of people as it lies on the disk: sealed piece by piece under a key of its own, which the vault seals.

Pieces are bound to their place in the file and the last one says so: none can be left out, added or moved unnoticed.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from gridmap.vault.ciphers import KEY_BYTES, Cipher, Place, Seal, SealError
from gridmap.vault.keyring import keyring
from importers.records import RefusedError

PIECE_BYTES = 1 << 18
LENGTH_BYTES = 4
#: Memory instead of a disk, where the machine has such a folder: what lies there is gone with the power.
MEMORY = Path("/dev/shm")  # noqa: S108
PREFIX = "gridmap-list-"
#: A folder that is older was left by a process that was killed.
STRAY_S = 3600


def new_key() -> str:
    """A key for one file, and the cipher it is for, as text that the vault can seal."""
    cipher = keyring().cipher
    return f"{cipher}:{base64.b64encode(secrets.token_bytes(KEY_BYTES[cipher])).decode()}"


def _seal(key: str) -> Seal:
    cipher, _colon, secret = key.rpartition(":")
    return Seal(Cipher(cipher), 1, base64.b64decode(secret))


class SealedWriter:
    """Takes the bytes of one file, leaves them sealed at `path`; `size` and the digest are those of the plain bytes."""

    def __init__(self, path: Path, key: str, *, limit: int) -> None:
        self.path, self.size, self.closed = path, 0, False
        self._seal, self._limit = _seal(key), limit
        self._digest, self._rest, self._pieces = hashlib.sha256(), bytearray(), 0
        self._file = path.open("xb")
        path.chmod(0o600)

    def write(self, chunk: bytes) -> None:
        """RefusedError("file_too_large") as soon as the file passes the limit."""
        self.size += len(chunk)
        if self.size > self._limit:
            raise RefusedError("file_too_large", bytes=self.size, limit=self._limit)
        self._digest.update(chunk)
        self._rest += chunk
        while len(self._rest) > PIECE_BYTES:
            self._put(bytes(self._rest[:PIECE_BYTES]), last=False)
            del self._rest[:PIECE_BYTES]

    def close(self) -> str:
        """Write the last piece; returns the SHA-256 of the whole in hexadecimal."""
        if not self.closed:
            self._put(bytes(self._rest), last=True)
            self._rest.clear()
            self._file.close()
            self.closed = True
        return self._digest.hexdigest()

    def abandon(self) -> None:
        """Leave nothing behind."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        blob = self._seal.close(base64.b64encode(piece).decode(), _place(self._pieces, last))
        self._file.write(len(blob).to_bytes(LENGTH_BYTES, "big") + blob)
        self._pieces += 1


def pieces(path: Path, key: str) -> Iterator[bytes]:
    """The plain bytes; RefusedError("file_damaged") where they are not what was sealed, and all of it."""
    seal, number = _seal(key), 0
    with path.open("rb") as file:
        blob = _next(file)
        while blob is not None:
            following = _next(file)
            try:
                yield base64.b64decode(seal.open(blob, _place(number, following is None)))
            except SealError:
                raise RefusedError("file_damaged") from None
            blob, number = following, number + 1
    if number == 0:
        raise RefusedError("file_damaged")


def _next(file: BinaryIO) -> bytes | None:
    head = file.read(LENGTH_BYTES)
    return file.read(int.from_bytes(head, "big")) if len(head) == LENGTH_BYTES else None


def _place(number: int, last: bool) -> Place:
    return Place("importers_importrun", "file", f"{number}{'.' if last else ''}")


@contextmanager
def opened(path: Path, key: str) -> Iterator[Path]:
    """The plain file for the reading process, in memory where there is such a folder, and gone when the block ends."""
    if not path.exists():
        raise RefusedError("file_missing")
    folder = MEMORY if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    _sweep(folder)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=folder) as room:
        plain = Path(room) / f"list{path.suffix}"
        with plain.open("xb") as file:
            plain.chmod(0o600)
            for piece in pieces(path, key):
                file.write(piece)
        yield plain


def _sweep(folder: Path) -> None:
    """What a killed process left."""
    for room in folder.glob(f"{PREFIX}*"):
        try:
            if room.stat().st_mtime < time.time() - STRAY_S:
                for child in room.iterdir():
                    child.unlink()
                room.rmdir()
        except OSError:  # somebody else's, or gone already
            continue
