# ruff: noqa: E402
"""Lists of departments through the whole import, against the truth that the generator of the lists knows.

    bench/people_lists.py [--rows N] [--households N] [--seed N] [--no-aliases] [--json]

Loads a generated district into an EMPTY database (DATABASE_URL), puts its people on the lists of four departments with
their habits and errors (`gridmap.district.lists`), and brings each list as a street officer would: sealed, checked,
placed, compared, applied. For each list: seconds and peak memory of both steps, and of all rows the share placed right,
ambiguous, not found, placed wrong, refused; after applying, the residents of one ID number against the truth.
Former names that the generator says are known stand as spellings that somebody decided; --no-aliases leaves them out.
"""

import argparse
import csv
import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")

import django

django.setup()

import numpy as np
from django.conf import settings
from django.core.management import call_command

from gridmap.accounts.models import Post, User
from gridmap.accounts.roles import Role
from gridmap.district.lists import PeopleList, Sources, make_lists
from gridmap.district.services import load_district
from gridmap.district.synth import generate
from gridmap.population.models import Resident
from gridmap.territory.models import Building, Compound, Region
from gridmap.traces.door import door
from importers.lists.bringing import bring_list
from importers.lists.models import CompoundAlias, ListRow
from importers.models import ImportRun
from importers.services import Choices
from importers.work import apply_run, check_run

AREA, TODAY = "990101", date(2026, 11, 1)
SHARES = {"police": 0.4, "elders": 0.25, "disabled": 0.1, "tenants": 0.25}
KINDS = {"police": "residents", "elders": "care", "disabled": "care", "tenants": "floating"}
MEGABYTE = 1024  # ru_maxrss is in kilobytes


def officer() -> User:
    """Who brings the lists."""
    person, _new = User.objects.get_or_create(username="bench", defaults={"name": "量度"})
    Post.objects.get_or_create(person=person, role=Role.STREET_OFFICER, area=AREA, starts_on=date(2026, 1, 1))
    return person


def settle(sources: Sources, *, aliases: bool) -> None:
    """Buildings that nobody surveyed are not there; known former names are spellings somebody decided."""
    Building.objects.filter(source_ref__in=sources.unsurveyed).update(active=False)
    if aliases:
        known = Compound.objects.filter(source_ref__in=sources.known_former)
        CompoundAlias.objects.bulk_create(
            CompoundAlias(area=AREA, spelling=sources.known_former[one.source_ref], compound=one) for one in known
        )


def write(people: PeopleList, folder: Path) -> Path:
    """The list as a CSV file."""
    path = folder / f"{people.name}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(people.columns)
        writer.writerows(people.rows)
    return path


def placed(run: ImportRun, people: PeopleList, by: User) -> Counter[str]:
    """Rows by what became of their address; the truth's row 1 is the file's row 2."""
    codes = dict(Building.objects.values_list("pk", "source_ref"))
    found: Counter[str] = Counter()
    with door(by=by, areas=[AREA], kind="read", purpose="bench"):
        rows = ListRow.objects.filter(run=run).exclude(row=0).values_list("row", "state", "building_id", "unit", "room")
        for row, state, building, unit, room in rows.iterator(chunk_size=5000):
            truth = people.truths[row - 2]
            right = codes.get(building) == truth.building
            outcome = state if state != ListRow.State.MATCHED else "right" if right else "wrong"
            found[outcome] += 1
            found["enough"] += truth.written.enough
            found["enough_right"] += truth.written.enough and outcome == "right"
            found["dwelling_enough"] += truth.written.dwelling_enough and outcome == "right"
            found["dwelling_right"] += (
                truth.written.dwelling_enough and outcome == "right" and room == truth.room and unit in (truth.unit, "")
            )
    return found


def held(by: User) -> dict[str, int]:
    """What is held after all lists."""
    with door(by=by, areas=[AREA], kind="read", purpose="bench"):
        people = Resident.objects.present()
        numbers = people.exclude(id_number_blind="").values_list("id_number_blind", flat=True)
        return {"residents": people.count(), "with_id_number": numbers.count(), "id_numbers": len(set(numbers))}


def bring(people: PeopleList, folder: Path, by: User) -> dict[str, Any]:
    """One list from the file to the tables."""
    path = write(people, folder)
    began, cpu = time.monotonic(), time.process_time()
    run = bring_list(path=path, choices=Choices(kind=KINDS[people.name], source=people.name, area=AREA), by=by)
    check_run(run, report=lambda _share: None)
    checked = time.monotonic()
    places = placed(run, people, by)
    resumed = time.monotonic()
    apply_run(run, deactivate=False, report=lambda _share: None)
    counts = {name: run.counts.get(name, 0) for name in ListRow.Action.values}
    return {
        "rows": len(people.rows),
        "check_s": round(checked - began, 1),
        "apply_s": round(time.monotonic() - resumed, 1),
        "own_cpu_s": round(time.process_time() - cpu, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEGABYTE,
        "places": dict(places),
        "counts": {name: number for name, number in counts.items() if number},
        "contradicting": run.counts.get("contradicting", 0),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Print one table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--households", type=int, help="a city of that size instead of the small county town")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="one list: police, elders, disabled, tenants")
    parser.add_argument("--no-aliases", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    call_command("migrate", verbosity=0)
    if Region.objects.exists():
        sys.stderr.write("The database is not empty; this bench fills one of its own.\n")
        return 1
    district = generate(seed=options.seed, households=options.households)
    load_district(district, at=datetime(2026, 1, 1, tzinfo=UTC))
    shares = {options.only: 1.0} if options.only else SHARES
    sizes = {name: round(options.rows * shares.get(name, 0)) for name in SHARES}
    sources = make_lists(district, np.random.default_rng(options.seed), today=TODAY, sizes=sizes)
    settle(sources, aliases=not options.no_aliases)
    by, results = officer(), {}
    with tempfile.TemporaryDirectory() as room:
        settings.MEDIA_ROOT = Path(room) / "media"
        for people in sources.lists:
            if people.rows:
                results[people.name] = bring(people, Path(room), by)
                if not options.json:
                    print(people.name, json.dumps(results[people.name], ensure_ascii=False))
    whole = {"lists": results, "all": total(results), "held": held(by)}
    print(json.dumps(whole, ensure_ascii=False) if options.json else json.dumps(whole["all"] | whole["held"]))
    return 0


def total(results: dict[str, Any]) -> dict[str, Any]:
    """All lists together, in per cent of the rows."""
    rows = sum(one["rows"] for one in results.values())
    places: Counter[str] = Counter()
    for one in results.values():
        places.update(one["places"])
    share = {name: round(100 * number / rows, 2) for name, number in places.items()}
    seconds = sum(one["check_s"] + one["apply_s"] for one in results.values())
    return {"rows": rows, "seconds": round(seconds, 1), **share}


if __name__ == "__main__":
    sys.exit(main())
