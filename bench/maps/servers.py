"""The servers that are compared, each on a free port of this machine, ended with the run."""

import contextlib
import http.client
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120.0
WEB = {
    "gunicorn": "{python} -m gunicorn gridmap.wsgi:application --bind 127.0.0.1:{port} --worker-class gthread"
    " --workers 2 --threads 4 --max-requests 100000 --no-control-socket",
    "granian": "{python} -m granian gridmap.wsgi:application --interface wsgi --http 1 --no-ws --host 127.0.0.1"
    " --port {port} --workers 2 --blocking-threads 4 --blocking-threads-idle-timeout 10m --workers-kill-timeout 10"
    " --log-level warning",
}
#: Which of them the installation runs.
OURS = "granian"
NGINX = """
worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn; {user}
events {{ worker_connections 256; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; etag off;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{
        listen 127.0.0.1:{port};
        location = /nothing {{ return 204; }}
        location / {{
            root {tiles}; default_type application/vnd.mapbox-vector-tile;
            add_header Content-Encoding gzip; add_header Cache-Control "private, max-age=31536000, immutable";
        }}
    }}
}}
"""


def peers_python() -> Path:
    """The interpreter that has the peers' packages."""
    return Path(os.environ.get("GRIDMAP_VAR", ROOT / "var")) / "peers" / "bin" / "python"


@contextlib.contextmanager
def web(server: str, database: str, var: Path) -> Iterator[str]:
    """Our web process as in production, keeping its files in `var`; its address."""
    port = free_port()
    command = WEB[server].format(python=sys.executable, port=port).split()
    environment = os.environ | {"GRIDMAP_VAR": str(var), "DATABASE_URL": database, "LOG_LEVEL": "WARNING"}
    with running(command, environment, port, "/healthz") as base:
        yield base


@contextlib.contextmanager
def nginx(tiles: Path) -> Iterator[str]:
    """nginx on the files of the tile cache."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "nginx.conf")
        user = "user root;" if os.geteuid() == 0 else ""
        config.write_text(NGINX.format(folder=folder, port=port, tiles=tiles, user=user), encoding="ascii")
        with running(["nginx", "-c", str(config)], dict(os.environ), port, "/nothing") as base:
            yield base


def lacks(server: str) -> str:
    """Why one of `WEB` cannot run here; empty where it can."""
    return "" if importlib.util.find_spec(server) else f"{server} is not installed (pip install {server})"


def has_nginx() -> bool:
    """Whether there is an nginx (apt-get install nginx-light)."""
    return shutil.which("nginx") is not None


def lacks_tipg() -> str:
    """Why tipg cannot run here; empty where it can."""
    python = peers_python()
    if not python.exists() or not any(python.parents[1].glob("lib/python3*/site-packages/tipg")):
        return "tipg is not installed (bench/requirements.txt)"
    return ""


@contextlib.contextmanager
def tipg(database: Mapping[str, Any]) -> Iterator[str]:
    """tipg with two processes of uvicorn; `database` are the connection parameters as libpq names them."""
    port = free_port()
    command = [str(peers_python()), "-m", "uvicorn", "tipg.main:app", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "2", "--no-access-log", "--log-level", "warning"]
    names = {part: quote(str(database.get(part) or ""), safe="") for part in ("user", "password", "host", "port")}
    user = f"{names['user']}:{names['password']}".rstrip(":")
    place = f"{names['host'] or 'localhost'}:{names['port']}".rstrip(":")
    environment = os.environ | {"DATABASE_URL": f"postgresql://{user}@{place}/{database['dbname']}"}
    with running(command, environment, port, "/healthz") as base:
        yield base


@contextlib.contextmanager
def running(command: list[str], environment: Mapping[str, str], port: int, path: str) -> Iterator[str]:
    """A process from when it answers `path` to the end of the block; its address."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    _pids[f"http://127.0.0.1:{port}"] = process.pid
    try:
        wait_for(port, path, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


_pids: dict[str, int] = {}


def cpu_s(base: str) -> float:
    """Seconds of processor that the server and its processes have used so far: what a busy machine does not change."""
    ticks = 0
    for pid in _family(_pids[base]):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text("ascii", errors="replace").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    found = [pid]
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [one for child in path.read_text("ascii").split() for one in _family(int(child))]
    return found


def wait_for(port: int, path: str, process: "subprocess.Popen[bytes]") -> None:
    """Return when the server answers; TimeoutError where it does not."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            line.request("GET", path)
            if line.getresponse().status < 500:
                return
        time.sleep(0.2)
    raise TimeoutError(f"{process.args!s:.80} does not answer")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
