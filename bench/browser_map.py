"""The map in the browser beside its peers: the same tiles of 300 000 buildings, and 200 000 points that come and go.

    bench/browser_map.py [--runs N] [--buildings N] [--zooms 14,16] [--sizes 1440x900,3840x2160] [--json]

Needs Chromium (CHROMIUM, or on the PATH), npm for the peers (protomaps-leaflet 5.1, Leaflet.VectorGrid 1.3: into the
folder of the application's own files, no part of the product), and a database, where the district is a temporary table.

Every figure is of a fresh page of a fresh browser, in turn; printed are medians. CPU is what the page's main thread
took from the call that makes the map until its last tile is painted; heap is what that added to it after a collection
of rubbish, process what the renderer's process holds, workers and pictures included; frames are those of a mouse that
drags the map to all four sides: 95 % of its time was in frames no longer than p95, 95 % of their number no longer than
p95 counted; stall is the time in frames of more than a tenth of a second.
"""
# ruff: noqa: E402  (settings come before what reads them)

import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")
os.environ.setdefault("SECRET_KEY", "a key for one run of the benchmark")

import django

django.setup()

from django.conf import settings
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.browser import district
from bench.browser.stage import ROOT, stage

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--enable-precise-memory-info"]
RENDERERS = ("ours", "protomaps", "vectorgrid")
POINTS = ("pixels", "circles")
#: The dragging mouse: which ways, in how many steps, how far.
DRAGS = [(1, 0), (1, 0), (0, 1), (0, 1), (-1, 0), (-1, 0), (0, -1), (0, -1)]
STEPS, STEP_PX = 16, 28
#: A person sees that the map stops.
STALL_MS = 100
PATIENCE_MS = 180_000
Figures = dict[str, float]

#: What is aimed at: our figure divided by the peer's.
TARGETS = (
    ("protomaps", "cpu_ms", 0.4),
    ("vectorgrid", "cpu_ms", 0.25),
    ("protomaps", "frame_p95_ms", 0.7),
    ("vectorgrid", "frame_p95_ms", 0.7),
    ("protomaps", "heap_mb", 0.1),
    ("vectorgrid", "heap_mb", 0.1),
)


def peers() -> Path:
    """The folder of the peers, installed from the lock if it is not there or another."""
    folder, lock = Path(settings.VAR_DIR) / "browser_peers", ROOT / "bench" / "browser" / "package-lock.json"
    kept = folder / "package-lock.json"
    if not (folder / "node_modules").is_dir() or kept.read_bytes() != lock.read_bytes():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(lock.with_name(name), folder / name)
        subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder


def measure(browser: Browser, address: str, size: tuple[int, int], *, drag: bool = True) -> Figures:
    """One page from its making to the end of dragging."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address)
    page.wait_for_function("window.prepared")
    probe = context.new_cdp_session(page)
    probe.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.wait_for_timeout(500)
    before, heap = _cpu_ms(probe), _heap_mb(probe)
    painted = page.evaluate("() => window.start()")
    figures = {"cpu_ms": _cpu_ms(probe) - before, "painted_ms": float(painted)}
    page.wait_for_timeout(300)
    figures |= {"heap_mb": _heap_mb(probe) - heap, "process_mb": _process_mb()}
    if drag:
        figures |= _drag(page, size)
    context.close()
    if faults:
        raise RuntimeError(f"{address}: {faults[0]}")
    return figures


def _cpu_ms(probe: CDPSession) -> float:
    metrics = {one["name"]: one["value"] for one in probe.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"]) * 1000


def _heap_mb(probe: CDPSession) -> float:
    probe.send("HeapProfiler.collectGarbage")
    return float(probe.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def _process_mb() -> float:
    """What the largest renderer process that this one has started holds."""
    held = [0.0]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            if b"--type=renderer" in command and _descends(int(folder.name), os.getpid()):
                pages = int((folder / "statm").read_text().split()[1])
                held.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
        except OSError:
            continue
    return max(held)


def _descends(process: int, ancestor: int) -> bool:
    while process > 1:
        if process == ancestor:
            return True
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return False


def _drag(page: Page, size: tuple[int, int]) -> Figures:
    """Intervals between frames while a mouse drags the map around, twice to each side; the first is of no drag yet."""
    page.evaluate("() => window.watchFrames()")
    for east, south in DRAGS:
        x, y = (0.5 - 0.3 * east) * size[0], (0.5 - 0.3 * south) * size[1]
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(1, STEPS + 1):
            page.mouse.move(x + east * step * STEP_PX, y + south * step * STEP_PX)
            page.wait_for_timeout(16)
        page.mouse.up()
    frames = sorted(page.evaluate("() => window.framesNow()"))
    page.wait_for_timeout(400)
    return {
        "frame_p95_ms": _within(frames, 0.95 * sum(frames)),
        "frame_p95_counted_ms": frames[int(len(frames) * 0.95)],
        "frame_max_ms": frames[-1],
        "stall_ms": sum(frame for frame in frames if frame > STALL_MS),
        "fps": 1000 * len(frames) / sum(frames),
    }


def _within(frames: list[float], time_ms: float) -> float:
    """The longest of the shortest frames that fill so much time; counted alone, a long halt is one frame of many."""
    filled = itertools.accumulate(frames)
    return next(frame for frame, time in zip(frames, filled, strict=True) if time >= time_ms)


def run(args: argparse.Namespace, base: str) -> Iterator[tuple[str, str, Figures]]:
    """(what, who, figures) of every page, the renderers in turn."""
    lon, lat = district.middle()
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        for number in range(args.runs):
            for size in args.sizes:
                for zoom, who in [(z, who) for z in args.zooms for who in RENDERERS] + [(14, who) for who in POINTS]:
                    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
                    address = f"{base}/pages/page.html?renderer={who}&z={zoom}&lon={lon}&lat={lat}"
                    what = "200 000 points" if who in POINTS else f"z{zoom}"
                    figures = measure(browser, address, size)
                    browser.close()
                    print(f"run {number + 1}: {what} {size[0]}×{size[1]} {who}", figures, file=sys.stderr, flush=True)
                    yield f"{what}, {size[0]}×{size[1]}", who, figures


def medians(found: list[tuple[str, str, Figures]]) -> dict[str, dict[str, Figures]]:
    """Figures by what was drawn and by whom."""
    table: dict[str, dict[str, list[Figures]]] = {}
    for what, who, figures in found:
        table.setdefault(what, {}).setdefault(who, []).append(figures)
    return {
        what: {
            who: {name: statistics.median(one[name] for one in runs) for name in runs[0]} for who, runs in by.items()
        }
        for what, by in table.items()
    }


def verdicts(table: dict[str, dict[str, Figures]]) -> list[dict[str, Any]]:
    """Each target with the ratio that was reached, where most of the buildings are in view."""
    found = []
    farthest = min(what.partition(",")[0] for what, by in table.items() if "ours" in by)
    for what, by in table.items():
        if "ours" in by and what.startswith(farthest):
            for peer, name, most in TARGETS:
                found.append(_verdict(f"{what}: {name} / {peer}", by["ours"][name] / max(by[peer][name], 1e-9), most))
        elif "pixels" in by:
            found.append(
                _verdict(
                    f"{what}: painted_ms / circles", by["pixels"]["painted_ms"] / by["circles"]["painted_ms"], 0.15
                )
            )
            found.append(_verdict(f"{what}: longest frame, ms", by["pixels"]["frame_max_ms"], 100))
    return found


def _verdict(name: str, value: float, most: float) -> dict[str, Any]:
    return {"name": name, "value": round(value, 3), "most": most, "met": value <= most}


def show(table: dict[str, dict[str, Figures]], found: list[dict[str, Any]]) -> None:
    """The table as text."""
    columns = (
        "painted_ms",
        "cpu_ms",
        "heap_mb",
        "process_mb",
        "fps",
        "frame_p95_ms",
        "frame_p95_counted_ms",
        "frame_max_ms",
        "stall_ms",
    )
    print(f"{'':24}{'':12}" + "".join(f"{name:>22}" for name in columns))
    for what, by in table.items():
        for who, figures in by.items():
            print(f"{what:24}{who:12}" + "".join(f"{figures[name]:22.1f}" for name in columns))
    for one in found:
        print(f"{'met   ' if one['met'] else 'MISSED'}  {one['name']:56} {one['value']:8.3f}  (≤ {one['most']})")


def size_of(text: str) -> tuple[int, int]:
    """`1440x900` as two numbers."""
    width, _x, height = text.partition("x")
    return int(width), int(height)


def main() -> None:
    """Lay the district out, cut its tiles, and let each renderer draw them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--buildings", type=int, default=300_000)
    parser.add_argument("--zooms", type=lambda text: tuple(map(int, text.split(","))), default=(14, 16))
    parser.add_argument(
        "--sizes", type=lambda text: [size_of(one) for one in text.split(",")], default="1440x900,3840x2160"
    )
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        district.lay_out(args.buildings)
        written = district.cut(Path(folder), tuple(zoom - 1 for zoom in args.zooms))
        print(f"{args.buildings} buildings in {written} tiles", file=sys.stderr, flush=True)
        with stage(Path(folder), peers()) as base:
            table = medians(list(run(args, base)))
    found = verdicts(table)
    show(table, found)
    if args.json:
        print(json.dumps({"table": table, "targets": found}))


if __name__ == "__main__":
    main()
