"""Where one request ends and the next begins: the servers refuse what two of them could read differently."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shared import ROOT

SERVERS = {
    "web": ("granian", "tests.gridmap.safety.echo:wsgi", "--interface", "wsgi", "--uds", "{socket}", "--http", "1"),
    "stream": ("uvicorn", "tests.gridmap.safety.echo:asgi", "--uds", "{socket}", "--lifespan", "off"),
}
END = "\r\n\r\n"
START = "POST / HTTP/1.1\r\nHost: localhost\r\n"
SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
AMBIGUOUS = {
    "length and chunks": f"{START}Content-Length: 6\r\nTransfer-Encoding: chunked{END}0{END}" + SMUGGLED,
    "two lengths": f"{START}Content-Length: 0\r\nContent-Length: {len(SMUGGLED)}{END}" + SMUGGLED,
    "length with a sign": f"{START}Content-Length: +0{END}" + SMUGGLED,
    "length in words": f"{START}Content-Length: none{END}" + SMUGGLED,
    "an unknown coding": f"{START}Transfer-Encoding: xchunked{END}" + SMUGGLED,
    "a size that is none": f"{START}Transfer-Encoding: chunked{END}0x0{END}" + SMUGGLED,
    "a blank before the colon": f"{START}Content-Length : {len(SMUGGLED)}{END}" + SMUGGLED,
}


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The socket of a server with the worker that the site uses, which answers every request with its address."""
    path = tmp_path_factory.mktemp("s") / "s"
    words = [word.format(socket=path) for word in SERVERS[request.param]]
    process = subprocess.Popen(
        [sys.executable, "-m", *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(200):
        if path.exists() and b"/ready" in ask(
            path, f"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close{END}"
        ):
            break
        time.sleep(0.1)
    else:
        process.kill()
        pytest.fail("the server did not start")
    yield path
    process.terminate()
    process.wait(10)


def ask(path: Path, request: str) -> bytes:
    """All that comes back for these bytes, before the server closes the connection or says nothing for a second."""
    return talk(path, request)[0]


def talk(path: Path, request: str) -> tuple[bytes, bool]:
    """What comes back, and whether the server closed the connection then."""
    found = b""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(request.encode("latin-1"))
            while part := connection.recv(4096):
                found += part
        except OSError:
            return found, False
    return found, True


@pytest.mark.parametrize("request_", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_an_ambiguous_request_brings_no_second_one_in(server: Path, request_: str) -> None:
    """It is refused, or is the last of its connection (RFC 9112, 6.1)."""
    answer, closed = talk(server, request_)
    assert b"asked for /smuggled" not in answer
    assert closed or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 501"))


def test_an_ordinary_request_is_answered(server: Path) -> None:
    answer = ask(server, f"{START}Content-Length: 2\r\nConnection: close{END}ab")
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"asked for /" in answer
