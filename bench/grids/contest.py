"""Runs one contender in child processes: their time, their peak memory, and what became of them."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.grids.contender import OURS, PEERS

ROOT = Path(__file__).resolve().parents[2]
_POLL_S = 0.1
# Waiting is no fault of a contender on a busy machine; one that does not get on at all is stopped.
_WARMING_S, _PATIENCE = 600.0, 10.0


@dataclass(frozen=True)
class Ran:
    """Seconds and peak memory of one contender; `failure` is empty where it answered everything."""

    cpu_s: float
    wall_s: float
    warm_s: float
    peak_mb: float
    failure: str = ""


def peers_python() -> Path:
    """The interpreter that has the peers' packages."""
    return Path(os.environ.get("GRIDMAP_VAR", ROOT / "var")) / "peers" / "bin" / "python"


def absent(name: str) -> str:
    """Why a method cannot run here, or an empty text."""
    if name == OURS or not PEERS[name][1]:
        return ""
    package, python = PEERS[name][1], peers_python()
    if not python.exists():
        return f"{package} is not installed (bench/requirements.txt)"
    return (
        ""
        if any(python.parents[1].glob(f"lib/python3*/site-packages/{package}*"))
        else f"{package} is not installed (bench/requirements.txt)"
    )


def run_contender(name: str, folder: Path, *, seed: int, effort: str, processes: int, limit_s: float) -> Ran:
    """Let a method answer all batches, each process its share.

    A process that has used `limit_s` seconds of processor since it was warm is stopped.
    """
    out = folder / f"{name}-{seed}"
    out.mkdir()
    python = peers_python() if name != OURS and PEERS[name][1] else Path(sys.executable)
    batches = len(list((folder / "problems").glob("*.npz")))
    shares = min(processes, batches)
    children = [_started(python, (name, folder, share, shares, seed, effort), out) for share in range(shares)]
    ends, peak_mb = _wait(children, out, limit_s)
    failure = next((why for why in ends if why), "")
    if failure == "stopped":
        failure = f"no answer in {limit_s:g} CPU s ({len(list(out.glob('[0-9]*.npz')))} of {batches} batches)"
    times = [json.loads(path.read_text()) for path in sorted(out.glob("times-*.json"))]
    return Ran(
        cpu_s=sum(one["cpu_s"] for one in times),
        wall_s=max((one["wall_s"] for one in times), default=0.0),
        warm_s=max((one["warm_s"] for one in times), default=0.0),
        peak_mb=peak_mb,
        failure=failure,
    )


def _started(python: Path, arguments: tuple[object, ...], out: Path) -> "subprocess.Popen[bytes]":
    command = [str(python), "-m", "bench.grids.contender", *map(str, arguments)]
    environment = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    with (out / f"said-{arguments[2]}.txt").open("wb") as said:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT)


@dataclass
class _Watched:
    """A child and what it has used: seconds of processor when it was warm, and peak memory in MB."""

    child: "subprocess.Popen[bytes]"
    begun: float
    warm_s: float | None = None
    peak_mb: float = 0.0
    late: bool = False

    def look(self, is_warm: bool, limit_s: float) -> None:
        """Take its figures, and stop it where it has used more than it may."""
        used, peak = _used(self.child.pid)
        self.peak_mb = max(self.peak_mb, peak)
        if self.warm_s is None and is_warm:
            self.warm_s, self.begun = used, time.monotonic()
        waited = time.monotonic() - self.begun
        over = used - self.warm_s > limit_s if self.warm_s is not None else waited > _WARMING_S
        if self.child.poll() is None and (over or waited > max(_WARMING_S, _PATIENCE * limit_s)):
            self.late = True
            self.child.kill()


def _wait(children: list["subprocess.Popen[bytes]"], out: Path, limit_s: float) -> tuple[list[str], float]:
    """Why each child failed (or nothing), and the peak memory of all together in MB."""
    watched = [_Watched(child, time.monotonic()) for child in children]
    while any(child.poll() is None for child in children):
        for number, one in enumerate(watched):
            one.look((out / f"warm-{number}").exists(), limit_s)
        time.sleep(_POLL_S)
    ends = ["stopped" if one.late else _complaint(one.child.returncode) for one in watched]
    return ends, sum(one.peak_mb for one in watched)


def _used(pid: int) -> tuple[float, float]:
    """Seconds of processor of a process, and the most memory in MB that it has held; 0, 0 once it has ended."""
    try:
        status, times = Path(f"/proc/{pid}/status").read_text(), Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0, 0.0
    user, system = times.rpartition(")")[2].split()[11:13]
    # The kernel's own account of an ended child would count the memory of its parent before exec.
    peak = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK"), int(peak[1]) / 1024.0 if peak else 0.0


def _complaint(code: int) -> str:
    if code < 0:
        return f"crashed ({signal.Signals(-code).name})"
    return f"failed (exit status {code})" if code else ""


def last_words(folder: Path, name: str, seed: int) -> str:
    """The last line that a contender printed."""
    lines = [line for path in (folder / f"{name}-{seed}").glob("said-*.txt") for line in path.read_text().splitlines()]
    return lines[-1][:160] if lines else ""
