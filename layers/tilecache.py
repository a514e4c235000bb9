"""Tiles on disk, compressed, in a folder per revision: a new revision starts empty and the folder before it goes.

Layout: `<set>/<revision>/<z>/<x>/<y>`; an empty file is an empty tile. Every process may read, write and sweep at once.
"""

import gzip
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

#: Level 4 costs a quarter of level 9 and saves within 2 % as much.
GZIP_LEVEL = 4
#: A process looks at the size of the whole cache after this many tiles written.
SWEEP_EVERY = 500
#: What a file takes at least, however small: empty tiles count too, or a crawler could fill the disk with names.
BLOCK_BYTES = 4096
_written = itertools.count(1)


def compress(tile: bytes) -> bytes:
    """The tile as it is sent; an empty one stays empty. The same tile gives the same bytes."""
    return gzip.compress(tile, GZIP_LEVEL, mtime=0) if tile else b""


def read(path: str) -> bytes | None:
    """The compressed tile kept under `path`, or None where there is none."""
    try:
        return (_root() / path).read_bytes()
    except OSError:
        return None


def write(path: str, data: bytes) -> None:
    """Keep a compressed tile. A full or read-only disk costs speed, not the answer."""
    target = _root() / path
    try:
        if not target.parent.is_dir():
            _begin(target)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as draft:
            draft.write(data)
        Path(draft.name).replace(target)
    except OSError:
        return
    if next(_written) % SWEEP_EVERY == 0:
        sweep(settings.TILE_CACHE_MAX_BYTES)


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
