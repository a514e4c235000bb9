"""Reading processes without the wait: forked from one that has its libraries loaded, then the very same program with
the very same locks. What the start itself does is shown by `test_sandbox.py`, which starts them as the product does."""

import os
import signal
import socket
import struct
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import IO, NoReturn

from importers.sandbox import ROOT

NUMBER = struct.Struct("i")
ROOM_BYTES = 4096


class Reading:
    """A forked reading process, as far as the sandbox needs one."""

    def __init__(self, server: socket.socket, room: str, errors: int) -> None:
        asked, stdin = os.pipe()
        stdout, answered = os.pipe()
        self._told, tells = os.pipe()
        socket.send_fds(server, [room.encode()], [asked, answered, errors, tells])
        for handle in (asked, answered, tells):
            os.close(handle)
        self.stdin: IO[bytes] = os.fdopen(stdin, "wb")
        self.stdout: IO[bytes] = os.fdopen(stdout, "rb")
        self._pid = self._number()
        self._code: int | None = None

    def _number(self) -> int:
        found: int = NUMBER.unpack(os.read(self._told, NUMBER.size))[0]
        return found

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):  # it may have ended by itself
            if self._code is None:
                os.kill(self._pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit code, or the negative number of the signal that ended it."""
        if self._code is None:
            self._code = self._number()
            os.close(self._told)
        return self._code


@cache
def _server() -> socket.socket:
    """The other end of the process that has everything loaded; it ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        "PROJ_NETWORK": "OFF",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }
    environment |= {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    subprocess.Popen(
        [sys.executable, "-P", "-s", "-m", "tests.importers.forking", str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    theirs.close()
    return ours


def start(room: str, errors: int) -> Reading:
    """In place of `importers.sandbox._start`."""
    return Reading(_server(), room, errors)


# --- in the other process ---------------------------------------------------------------------------------------------
def serve(handle: int) -> None:
    """Fork a reading process for each room that is named."""
    from importers import child

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=handle) as requests:
        while True:
            room, handles, _flags, _address = socket.recv_fds(requests, ROOM_BYTES, 4)
            if not room:
                return
            if os.fork() == 0:
                requests.close()
                _watch(child.main, room.decode(), handles)
            for one in handles:
                os.close(one)


def _watch(program: Callable[[], None], room: str, handles: list[int]) -> NoReturn:
    """Fork the reader, and tell its number and how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *pipes, tells = handles
    reader = os.fork()
    if reader == 0:
        os.close(tells)
        _read(program, room, pipes)
    os.write(tells, NUMBER.pack(reader))
    for one in pipes:
        os.close(one)
    _pid, status = os.waitpid(reader, 0)
    os.write(tells, NUMBER.pack(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _read(program: Callable[[], None], room: str, pipes: list[int]) -> NoReturn:
    os.setsid()
    for target, one in enumerate(pipes):
        os.dup2(one, target)
        os.close(one)
    os.chdir(room)
    os.environ.update(HOME=room, TMPDIR=room)
    code = 0
    try:
        program()
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
        code = 1
    os._exit(code)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
