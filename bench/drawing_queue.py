"""Drawing a province through the job queue: generated communities in a database, several workers, one job.

    ./run bench drawing_queue [--buildings N]… [--workers N] [--effort quick|normal|thorough] [--kill] [--json]

For each size a database of its own is filled with the generated city of `bench/grids/city.py` (COPY, triggers asleep),
then `manage.py worker` is started so often, each drawing in one process, and one job is put in the queue. `wall_s` is
from there to the end of the job: starting up, reading the ground, drawing, keeping the drafts. `times_first` is the
ratio to the first size. `--kill` ends the first worker with SIGKILL once a third is done and starts another, which must
lose nothing. Needs DATABASE_URL to name a server where databases can be made; its own are dropped afterwards.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")
os.environ["TEST_DATABASE_NAME"] = "bench_drawing_queue"

import django
import shapely
from shapely.geometry import MultiPolygon

django.setup()

from django.db import connection  # noqa: E402
from django.db.models import Sum  # noqa: E402

from bench.grids.city import city  # noqa: E402
from bench.grids.communities import Community  # noqa: E402
from gridmap.jobs.models import Job  # noqa: E402
from gridmap.partition import SizeRule  # noqa: E402
from gridmap.partition.measures import load_figures  # noqa: E402
from gridmap.planning.drawing_job import enqueue_drawing  # noqa: E402
from gridmap.planning.models import Plan, PlannedGrid  # noqa: E402
from gridmap.planning.terms import EFFORTS, Terms  # noqa: E402
from gridmap.territory.models import GroundFeature, Region  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
SOURCE, COUNTY = "bench", "990101000000"
KINDS = {"arterial road": "road_arterial", "river": "river", "railway": "rail"}
ABOVE = (("990000000000", 1, "省"), ("990100000000", 2, "市"), (COUNTY, 3, "县"))
PER_STREET = 999
BATCH = 50
PAUSE_S = 0.5
Row = tuple[Any, ...]


def code_of(number: int) -> str:
    """The region code of a community."""
    return f"990101{number // PER_STREET + 1:03d}{number % PER_STREET + 1:03d}"


def copy(table: str, columns: str, rows: Iterable[Row]) -> None:
    """COPY rows into a table; geometries are hex EWKB."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as into:
        for row in rows:
            into.write_row(row)


def ewkb(shape: Any) -> str:
    """As PostGIS reads it, in EPSG:4326."""
    return str(shapely.to_wkb(shapely.set_srid(shape, 4326), hex=True, include_srid=True))


def fill(buildings: int, seed: int) -> tuple[int, int]:
    """Regions, compounds, buildings and ground of a generated city; how many communities and buildings."""
    parent = None
    for code, level, name in ABOVE:
        parent = Region.objects.create(code=code, level=level, name=name, parent=parent, source=SOURCE)
    communities = units = 0
    batch: list[Community] = []
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    for community in city(buildings, seed):
        batch.append(community)
        units += len(community.units)
        if len(batch) == BATCH:
            write(batch, communities, parent)
            communities += len(batch)
            batch = []
    write(batch, communities, parent)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")
    return communities + len(batch), units


def write(batch: Sequence[Community], before: int, county: Region | None) -> None:
    """Rows of some communities; a street stands above every 999 of them."""
    regions, editions, buildings, ground = [], [], [], []
    compounds: dict[str, tuple[int, str, int]] = {}
    for number, community in enumerate(batch, before):
        code, key = code_of(number), 1000 + number
        street = Region.objects.get_or_create(
            code=f"{code[:9]}000", defaults={"level": 4, "name": code[:9], "parent": county, "source": SOURCE}
        )[0]
        regions.append((key, code, 5, f"社区{number}", street.pk, SOURCE, code))
        editions.append((key, key, ewkb(MultiPolygon([community.shape])), "[2026-01-01,)", SOURCE))
        for unit in community.units:
            home = None
            if unit.compound is not None:
                home = compounds.setdefault(unit.compound, (key * 1000 + len(compounds) % 1000, unit.compound, key))[0]
            buildings.append(
                (SOURCE, unit.ref, True, "", "", "other", "", unit.households, ewkb(unit.shape), home, key)
            )
        ground += [
            (SOURCE, f"{number}/s{n}", True, "road_local", "", 0.0, ewkb(one))
            for n, one in enumerate(community.streets)
        ]
        ground += [
            (
                SOURCE,
                f"{number}/b{n}",
                True,
                KINDS[one.kind],
                "",
                GroundFeature.WEIGHTS[KINDS[one.kind]],
                ewkb(one.shape),
            )
            for n, one in enumerate(community.barriers)
        ]
    copy("territory_region", "id, code, level, name, parent_id, source, source_ref", regions)
    copy("territory_regionedition", "id, region_id, geom, valid, source", editions)
    copy(
        "territory_compound",
        "id, source, source_ref, active, name, kind, walled, community_id",
        ((pk, SOURCE, name, True, name, "other", True, key) for pk, name, key in compounds.values()),
    )
    copy(
        "territory_building",
        "source, source_ref, active, number, name, kind, address, households, geom, compound_id, community_id",
        buildings,
    )
    copy("territory_groundfeature", "source, source_ref, active, kind, name, weight, geom", ground)


@contextmanager
def own_database() -> Iterator[None]:
    """A fresh database of our own for what is inside."""
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def start_worker() -> "subprocess.Popen[bytes]":
    """A worker as on a machine of one core."""
    there = connection.get_connection_params()
    known = {name: there[name] for name in ("user", "password", "host", "port") if there.get(name)}
    address = f"postgis:///{there['dbname']}?{urlencode(known)}"
    environment = os.environ | {"DATABASE_URL": address, "DRAW_PROCESSES": "1"}
    return subprocess.Popen([sys.executable, str(ROOT / "manage.py"), "worker"], env=environment)


class Workers:
    """The workers of one run, and the most memory that any of them and the processes below it had."""

    def __init__(self, count: int) -> None:
        self.running = [start_worker() for _ in range(count)]
        self.peak_mb: dict[int, int] = {}

    def look(self) -> None:
        """Note how much memory they have had; refused where one has gone away by itself."""
        for worker in self.running:
            if worker.poll() is not None:
                raise SystemExit(f"a worker ended with {worker.returncode}")
            for pid in family(worker.pid):
                self.peak_mb[pid] = max(self.peak_mb.get(pid, 0), resident_mb(pid))

    def kill_one(self) -> None:
        """As when a machine loses its power; another takes its place."""
        self.running[0].send_signal(signal.SIGKILL)
        self.running[0].wait()
        self.running[0] = start_worker()

    def end(self) -> None:
        """All of them."""
        for worker in self.running:
            worker.terminate()
        for worker in self.running:
            worker.wait(timeout=60)


def family(pid: int) -> list[int]:
    """A process and those it started."""
    found = [pid]
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [one for child in path.read_text("ascii").split() for one in family(int(child))]
    return found


def resident_mb(pid: int) -> int:
    """The high-water mark of a process, 0 where it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    return 0


def run(options: argparse.Namespace, buildings: int) -> dict[str, Any]:
    """One size: fill a database, draw it, and say how long it took and how good it is."""
    with own_database():
        began = time.perf_counter()
        communities, units = fill(buildings, options.seed)
        filled_s = time.perf_counter() - began
        workers = Workers(options.workers)
        try:
            wall_s, job = draw(workers, options)
        finally:
            workers.end()
        return {
            "buildings": units,
            "communities": communities,
            "fill_s": round(filled_s, 1),
            "wall_s": round(wall_s, 1),
            "buildings_per_s": round(units / wall_s),
            "shares": job.shares.count(),
            "worker_peak_mb": max(workers.peak_mb.values(), default=0),
            "all_peak_mb": sum(workers.peak_mb.values()),
            **outcome(job, communities),
        }


def draw(workers: Workers, options: argparse.Namespace) -> tuple[float, Job]:
    """Seconds from the order to the end of the job, and the job."""
    terms = Terms(SizeRule(), options.seed, options.effort)
    began = time.perf_counter()
    job = enqueue_drawing(codes=[COUNTY], terms=terms, by=None, title="bench")
    to_kill = options.kill
    while not job.has_ended:
        time.sleep(PAUSE_S)
        workers.look()
        job.refresh_from_db()
        if to_kill and job.progress > 1 / 3:
            workers.kill_one()
            to_kill = False
    return time.perf_counter() - began, job


def outcome(job: Job, communities: int) -> dict[str, Any]:
    """How good the drafts are; refused where a community is missing or there twice."""
    plans = Plan.objects.filter(job=job.pk)
    drawn = plans.values("community").distinct().count()
    if job.state != Job.State.SUCCEEDED or not drawn == plans.count() == communities:
        raise SystemExit(f"{job.state} {job.message}: {plans.count()} plans of {drawn} of {communities} communities")
    loads = list(PlannedGrid.objects.filter(plan__job=job.pk).values_list("households", flat=True))
    figures = load_figures(loads, SizeRule())
    broken = sum(plan["not_contiguous"] for plan in plans.values_list("figures", flat=True).iterator())
    return {
        "refused": len(job.result["refusals"]),
        "grids": len(loads),
        "households": PlannedGrid.objects.filter(plan__job=job.pk).aggregate(all=Sum("households"))["all"],
        "within_10": round(float(figures["within_10"]), 4),
        "within_20": round(float(figures["within_20"]), 4),
        "not_contiguous": broken,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--buildings", type=int, action="append", help="size of the city (10000); may be repeated")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--effort", choices=list(EFFORTS), default="normal")
    parser.add_argument("--seed", type=int, default=11, help="of the city and of the drawing")
    parser.add_argument("--kill", action="store_true", help="kill a worker on the way")
    parser.add_argument("--json", action="store_true", help="one JSON line last")
    options = parser.parse_args()
    rows = []
    for buildings in options.buildings or [10_000]:
        rows.append(run(options, buildings))
        rows[-1]["times_first"] = round(rows[-1]["wall_s"] / rows[0]["wall_s"], 2)
        print(*(f"{name}={value}" for name, value in rows[-1].items()), flush=True)
    if options.json:
        print(
            json.dumps({"bench": "drawing_queue", "workers": options.workers, "effort": options.effort, "runs": rows})
        )


if __name__ == "__main__":
    main()
