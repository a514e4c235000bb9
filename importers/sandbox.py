"""Reading other people's files in a process that can do nothing else. The parent only parses bounded JSON lines."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from importers.datum import Placing
from importers.records import Description, Reason, Record, RefusedError

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[1]
LINE_BYTES = 40 << 20
ERROR_BYTES = 4000
CPU_S = 300
WALL_S = 600
MEMORY_BYTES = 1_500_000_000
MAX_FILE_BYTES = 1 << 30
PROGRAM = ("-P", "-s", "-m", "importers.child")


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file holds and looks like: its description, sample coordinates as read, a few values per column."""

    description: Description
    points: NDArray[np.float64]
    values: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reading process may take: processor seconds, seconds on the clock, bytes of memory."""

    cpu_s: int = CPU_S
    wall_s: float = WALL_S
    memory_bytes: int = MEMORY_BYTES


def describe(path: Path, *, encoding: str | None = None, limits: Limits | None = None) -> Description:
    """Layers, columns, system and encoding of a file; RefusedError(code) where it cannot be read."""
    with _lines({"do": "describe", "encoding": encoding}, path, limits) as lines:
        return next(Description.from_json(line["description"]) for line in lines if line["t"] == "description")


def survey(
    path: Path,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    limits: Limits | None = None,
    private: bool = False,
) -> Survey:
    """The description together with a sample of rows. Of a `private` file nothing that its reader says is logged."""
    job = {"do": "describe", "layer": layer, "encoding": encoding, "sample": True, "private": private}
    description: Description | None = None
    sample: dict[str, Any] = {"points": [], "values": {}}
    with _lines(job, path, limits) as lines:
        for line in lines:
            if line["t"] == "description":
                description = Description.from_json(line["description"])
            elif line["t"] == "sample":
                sample = line
    if description is None:
        raise RefusedError("reader_crashed")
    points = np.asarray(sample["points"], dtype=np.float64).reshape(-1, 2)
    return Survey(description, points, {str(key): list(map(str, found)) for key, found in sample["values"].items()})


def read(
    path: Path,
    *,
    placing: Placing,
    layer: str | None = None,
    encoding: str | None = None,
    group_by: str | None = None,
    limits: Limits | None = None,
    private: bool = False,
) -> Iterator[Record]:
    """Every row with its geometry in WGS 84; RefusedError(code) in the midst where the file turns out broken.

    Of a `private` file nothing that its reader says is logged.
    """
    job = {
        "do": "read", "layer": layer, "encoding": encoding, "placing": placing.as_json(), "group_by": group_by,
        "private": private,
    }  # fmt: skip
    with _lines(job, path, limits) as lines:
        for line in lines:
            if line["t"] == "row":
                yield _record(line)


@cache
def missing_locks() -> tuple[str, ...]:
    """Names of the protections this machine's kernel does not give, found out once per process.

    RefusedError where the reading process does not even start.
    """
    with tempfile.TemporaryDirectory(prefix="gridmap-") as folder:
        path = Path(folder) / "empty.csv"
        path.write_text("a,b\n", encoding="ascii")
        with _lines({"do": "describe"}, path, None) as lines:
            return next(tuple(map(str, line["failed"])) for line in lines if line["t"] == "locked")


@cache
def _warn(missing: tuple[str, ...]) -> None:
    """Once per process: it is the machine that lacks them, not the file."""
    log.warning("files are read without these locks: %s (SANDBOX_STRICT refuses them)", ", ".join(missing))


def _record(line: dict[str, Any]) -> Record:
    return Record(
        row=int(line["n"]),
        fields=line["f"],
        wkb=None if line["g"] is None else bytes.fromhex(line["g"]),
        reasons=[Reason.from_json(reason) for reason in line["r"]],
        layer=str(line["l"]),
    )


@contextmanager
def _lines(job: dict[str, Any], path: Path, limits: Limits | None) -> Generator[Iterator[dict[str, Any]]]:
    """The child's answers; the child is gone, whatever happens, when the block ends."""
    if not path.exists():
        raise RefusedError("file_missing")
    if path.is_file() and path.stat().st_size > MAX_FILE_BYTES:
        raise RefusedError("file_too_large", bytes=path.stat().st_size, limit=MAX_FILE_BYTES)
    if path.is_file() and path.stat().st_size == 0:
        raise RefusedError("file_empty")
    allowed = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="gridmap-reading-") as room, tempfile.TemporaryFile() as errors:
        process = _start(room, errors.fileno())
        stopped = threading.Event()
        timer = threading.Timer(allowed.wall_s, _stop, (process, stopped))
        timer.start()
        try:
            bounds = {"cpu_s": allowed.cpu_s, "memory_bytes": allowed.memory_bytes}
            whole = {**job, **bounds, "path": str(path.resolve()), "room": room, "strict": settings.SANDBOX_STRICT}
            _hand_over(process, whole)
            yield _answers(process, stopped)
        except RefusedError as refusal:
            if refusal.code in {"reader_crashed", "reader_failed"}:
                errors.seek(0, os.SEEK_END if job.get("private") else os.SEEK_SET)
                log.warning("reading %s: %s", path.name, errors.read(ERROR_BYTES).decode(errors="replace"))
            raise
        finally:
            timer.cancel()
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()


def _start(room: str, errors: int) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        "HOME": room,
        "TMPDIR": room,
        "PROJ_NETWORK": "OFF",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }
    if "LD_LIBRARY_PATH" in os.environ:  # a Python from unpacked packages finds its libraries through it
        environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    return subprocess.Popen(
        [sys.executable, *PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
        cwd=room,
        close_fds=True,
        start_new_session=True,
    )


def _stop(process: subprocess.Popen[bytes], stopped: threading.Event) -> None:
    stopped.set()
    process.kill()


def _hand_over(process: subprocess.Popen[bytes], job: dict[str, Any]) -> None:
    assert process.stdin is not None  # noqa: S101  (a pipe by construction)
    with suppress(BrokenPipeError):  # the child is dead already; reading its answers says how
        process.stdin.write(json.dumps(job).encode() + b"\n")
        process.stdin.flush()


def _answers(process: subprocess.Popen[bytes], stopped: threading.Event) -> Iterator[dict[str, Any]]:
    assert process.stdout is not None  # noqa: S101  (a pipe by construction)
    while line := process.stdout.readline(LINE_BYTES):
        if len(line) >= LINE_BYTES:
            raise RefusedError("row_too_large", limit=LINE_BYTES)
        if not line.endswith(b"\n"):
            break
        answer = json.loads(line)
        if answer["t"] == "refused":
            raise RefusedError(str(answer["code"]), **answer["params"])
        if answer["t"] == "end":
            return
        if answer["t"] == "locked" and answer["failed"] and not settings.SANDBOX_STRICT:
            _warn(tuple(map(str, answer["failed"])))
        yield answer
    raise _death(process, stopped)


def _death(process: subprocess.Popen[bytes], stopped: threading.Event) -> RefusedError:
    """Why the child ended without saying so."""
    code = process.wait()
    if stopped.is_set() or code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return RefusedError("reader_out_of_time")
    if code == -signal.SIGXFSZ:
        return RefusedError("archive_too_large")
    return RefusedError("reader_crashed", exit_code=code)
