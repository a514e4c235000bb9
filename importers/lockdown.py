"""What a reading process gives up before it opens a file: memory, time, network, other files, new rights.

Each step that the kernel does not offer is reported, not silently skipped. Linux only; the numbers are those of
asm-generic/unistd.h and linux/landlock.h, the same on x86-64, arm64, riscv64 and loongarch64.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

WRITTEN_BYTES = 1_100_000_000
OPEN_FILES = 128

_NO_NEW_PRIVILEGES = 38
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_FIRST_ABI_RIGHTS = 0x1FFF  # the thirteen rights every Landlock knows


def limit(*, cpu_s: int, memory_bytes: int) -> None:
    """Hard limits on memory, processor time, written bytes, open files; no core dump."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_BYTES, WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))


def lock(*, readable: Iterable[Path], writable: Path, listable: Iterable[Path] = ()) -> list[str]:
    """No new privileges, no network, no file but the named ones. Returns the names of steps that did not work.

    Of `listable` folders only the names of what lies in them can be read.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    failed = []
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        failed.append("no_new_privileges")
    if libc.unshare(_NEW_NETWORK) != 0 and libc.unshare(_NEW_USER | _NEW_NETWORK) != 0:
        failed.append("network")
    if not _fence(libc, readable, writable, listable):
        failed.append("files")
    return failed


def program_folders() -> list[Path]:
    """What Python and its libraries themselves must be able to read."""
    root = Path(__file__).resolve().parents[1]
    system = [Path(name) for name in ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/urandom", "/dev/null")]
    own = [root / "importers", root / "gridmap", Path(sys.prefix), Path(sys.base_prefix)]
    return [path for path in [*system, *own, *map(Path, sys.path)] if path.exists() and path != root]


def _fence(libc: ctypes.CDLL, readable: Iterable[Path], writable: Path, listable: Iterable[Path]) -> bool:
    """Landlock: from here on only files below the named folders can be opened."""
    if libc.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG) < 1:
        return False
    handled = struct.pack("Q", _FIRST_ABI_RIGHTS)
    ruleset = libc.syscall(_CREATE_RULESET, handled, len(handled), 0)
    if ruleset < 0:
        return False
    for path in readable:
        _allow(libc, ruleset, path, _READ_FILE | _EXECUTE | (_READ_DIR if path.is_dir() else 0))
    for path in listable:
        _allow(libc, ruleset, path, _READ_DIR)
    _allow(libc, ruleset, writable, _FIRST_ABI_RIGHTS)
    fenced = libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return bool(fenced)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = struct.pack("=Qi", rights, handle)
    libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    os.close(handle)
