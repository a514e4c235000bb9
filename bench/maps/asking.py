"""Who asks: wrk for servers, pgbench for the database alone. Both cost next to nothing beside what they ask."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from bench.maps.servers import cpu_s

#: All connections go on through one list; `again` tells whether they came to its end.
SCRIPT = """
local asked, from, seen = {}, 0, nil
again = 0
function setup(thread) seen = thread end
function init()
    for line in io.lines(os.getenv("URLS")) do asked[#asked + 1] = wrk.format("GET", line) end
end
function request()
    from = from + 1
    if from > #asked then
        again, from = 1, 1
    end
    return asked[from]
end
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '\\n@ {"requests": %d, "seconds": %f, "bytes": %d, "errors": %d, "again": %d, "p50_ms": %f, "p95_ms": %f}\\n',
        summary.requests, summary.duration / 1e6, summary.bytes,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout,
        seen:get("again"),
        latency:percentile(50) / 1000, latency:percentile(95) / 1000))
end
"""


@dataclass(frozen=True)
class Found:
    """Requests per second, milliseconds, size, and the server's own processor time for one request."""

    rps: float
    p50_ms: float
    p95_ms: float
    kb: float = 0.0
    front_ms: float = 0.0


def has_wrk() -> bool:
    """Whether the load generator is there (apt-get install wrk)."""
    return shutil.which("wrk") is not None


def ask_server(
    base: str,
    paths: Sequence[str],
    *,
    connections: int,
    seconds: float,
    headers: dict[str, str] | None = None,
    once: bool = False,
) -> Found:
    """Ask a server for `paths`, in their order; SystemExit where one answer is an error, or `once` is not kept."""
    with tempfile.TemporaryDirectory() as folder:
        script, urls = Path(folder, "ask.lua"), Path(folder, "urls")
        script.write_text(SCRIPT, encoding="utf-8")
        urls.write_text("\n".join(paths), encoding="utf-8")
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{max(1, round(seconds))}s",
            "--timeout",
            "20s",
            "-s",
            str(script),
        ]
        for name, value in (headers or {}).items():
            command += ["-H", f"{name}: {value}"]
        environment = os.environ | {"URLS": str(urls)}
        before_s = cpu_s(base)
        told = subprocess.run([*command, base], env=environment, capture_output=True, text=True, check=True).stdout
    found = json.loads(told.rpartition("@ ")[2])
    if found["errors"]:
        raise SystemExit(f"{base}{paths[0]}: {found['errors']} of {found['requests']} requests failed\n{told}")
    if once and found["again"]:
        raise SystemExit(f"all {len(paths)} tiles were asked for before the time was over: take fewer --seconds")
    requests = max(1, found["requests"])
    front_ms = (cpu_s(base) - before_s) * 1000 / requests
    sent_kb = found["bytes"] / requests / 1000
    return Found(requests / found["seconds"], found["p50_ms"], found["p95_ms"], sent_kb, front_ms)


@dataclass(frozen=True)
class Share:
    """Tiles of one zoom: the statement that cuts them ($1, $2: column and row), how many there are, and where."""

    sql: str
    tiles: int
    columns: tuple[int, int]
    rows: tuple[int, int]


def ask_database(shares: Sequence[Share], *, connections: int, seconds: float) -> Found:
    """pgbench, prepared: tiles of the shares at random, each share as often as it has tiles."""
    there = connection.get_connection_params()
    where = {"PGDATABASE": there["dbname"], "PGOPTIONS": "-c jit=off"}
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    where |= {variable: str(there[name]) for name, variable in names.items() if there.get(name)}
    with tempfile.TemporaryDirectory() as folder:
        command = ["pgbench", "-n", "-M", "prepared", f"-c{connections}", "-j1", f"-T{max(1, round(seconds))}", "-l"]
        for number, share in enumerate(shares):
            script = Path(folder, f"{number}.sql")
            chosen = [
                rf"\set {name} random({low}, {high})"
                for name, (low, high) in zip("xy", (share.columns, share.rows), strict=True)
            ]
            sql = share.sql.replace("$1", ":x").replace("$2", ":y").replace("\n", " ")
            script.write_text("\n".join([*chosen, f"{sql};", ""]), encoding="utf-8")
            command += ["-f", f"{script}@{share.tiles}"]
        subprocess.run(command, cwd=folder, env=os.environ | where, capture_output=True, check=True)
        logs = [
            line.split() for log in Path(folder).glob("pgbench_log.*") for line in log.read_text("ascii").splitlines()
        ]
    taken = sorted(int(line[2]) / 1000 for line in logs)
    ends = [int(line[4]) + int(line[5]) / 1e6 for line in logs]
    lasted = max(ends) - min(
        end - ms / 1000 for end, ms in zip(ends, (int(line[2]) / 1000 for line in logs), strict=True)
    )
    return Found(len(taken) / lasted, taken[len(taken) // 2], taken[len(taken) * 95 // 100])
