"""Tiles on disk, compressed, in a folder per revision: a new revision starts empty and the folder before it goes.

Layout: `<set>/<revision>/<z>/<x>/<y>`; an empty file is an empty tile. Every process may read, write and sweep at once.
"""

import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import get_ident

from django.conf import settings
from isal import igzip

#: Intel's coder at its best level takes a fifth of the time of zlib at level 4, and 4 % more bytes.
GZIP_LEVEL = 3
#: A process looks at the size of the whole cache after this many tiles written.
SWEEP_EVERY = 2000
#: What a file takes at least, however small: empty tiles count too, or a crawler could fill the disk with names.
BLOCK_BYTES = 4096
_written = itertools.count(1)


def compress(tile: bytes) -> bytes:
    """The tile as it is sent; an empty one stays empty. The same tile gives the same bytes."""
    return igzip.compress(tile, GZIP_LEVEL, mtime=0) if tile else b""


def read(path: str) -> bytes | None:
    """The compressed tile kept under `path`, or None where there is none."""
    try:
        number = os.open(f"{settings.TILE_CACHE_DIR}/{path}", os.O_RDONLY)
    except OSError:
        return None
    try:
        return os.read(number, os.fstat(number).st_size)
    except OSError:
        return None
    finally:
        os.close(number)


def write(path: str, data: bytes) -> None:
    """Keep a compressed tile. A full or read-only disk costs speed, not the answer."""
    target = f"{settings.TILE_CACHE_DIR}/{path}"
    draft = f"{target}.{os.getpid()}-{get_ident()}"
    try:
        try:
            _fill(draft, data)
        except FileNotFoundError:
            _begin(Path(target))
            _fill(draft, data)
        os.rename(draft, target)  # noqa: PTH104  (half the time of what Path does, for every tile that is drawn)
    except OSError:
        return
    if next(_written) % SWEEP_EVERY == 0:
        sweep(settings.TILE_CACHE_MAX_BYTES)


def _fill(draft: str, data: bytes) -> None:
    number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        written = os.write(number, data)
    finally:
        os.close(number)
    if written < len(data):  # the disk is full
        os.unlink(draft)  # noqa: PTH108
        raise OSError(draft)


def _begin(target: Path) -> None:
    revision = target.parents[2]
    fresh = not revision.exists()
    target.parent.mkdir(parents=True, exist_ok=True)
    if fresh:
        _drop_older(revision)


def _drop_older(revision: Path) -> None:
    """Remove the folders of earlier revisions of the same scope (`1.7-ab12` replaces `1.6-ab12`, not `1.6-cd34`)."""
    number, _dash, scope = revision.name.partition("-")
    for other in revision.parent.iterdir():
        earlier, _dash, its_scope = other.name.partition("-")
        if its_scope == scope and _count(earlier) < _count(number):
            shutil.rmtree(other, ignore_errors=True)


def _count(number: str) -> int:
    last = number.rpartition(".")[2]
    return int(last) if last.isdigit() else 0


def sweep(limit_bytes: int) -> int:
    """Where the cache is larger than `limit_bytes`, remove the oldest files down to 4/5 of it; bytes removed."""
    files = sorted(_files())
    total = sum(size for _at, size, _path in files)
    removed = 0
    if total > limit_bytes:
        for _at, size, path in files:
            if total - removed <= limit_bytes * 4 // 5:
                break
            Path(path).unlink(missing_ok=True)
            removed += size
    return removed


def _files() -> Iterator[tuple[float, int, str]]:
    for folder, _folders, names in os.walk(_root()):
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118  (a sweep may meet a hundred thousand files)
            try:
                status = os.stat(path)  # noqa: PTH116
            except OSError:
                continue
            yield status.st_mtime, max(status.st_size, BLOCK_BYTES), path


def _root() -> Path:
    return Path(settings.TILE_CACHE_DIR)
