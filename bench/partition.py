"""How good and how fast grids are drawn, beside other methods on the same graphs in the same run.

    ./run bench partition [--data city|basic_units|hdb|FILE] [--buildings N] [--only NAME]… [--without-peers]
                          [--effort quick|normal|thorough] [--runs N] [--processes N] [--limit SECONDS]
                          [--redraw] [--json]

Every method runs in child processes of its own; it is given the neighbour graph of each community, and one measure
(`gridmap.partition.measures`) judges all. `cpu_s` and `wall_s` are the seconds of the method alone; reading, laying the
ground (the same for all), imports and a first call on a small lattice (`warm_s`: jit) stand apart. Peak memory is that
of the child, of all children together where there are several. Peers get nodes above the maximum set apart, as the
engine does, and as many grids for each connected piece as `SizeRule.count_for` says. The peers' packages are
in `bench/requirements.txt` and no dependency of the product; without them the run goes on with what there is.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.grids.city import city
from bench.grids.communities import Community
from bench.grids.contender import OURS, PEERS
from bench.grids.contest import absent, last_words, run_contender
from bench.grids.files import SHORT, Fields, UnreadableFileError, from_file
from bench.grids.judge import OwnFigures, Row, judge_all, own_figures, row_of
from bench.grids.lay import Laid, lay_all
from bench.grids.redraw import figures_of, redraw_all
from bench.grids.table import show
from gridmap.partition.units import SizeRule
from tests.shared import DATA

RULE = SizeRule()
NEW_BUILDINGS = 0.01


def options_of(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="city", help="city, basic_units, hdb, or a vector file")
    parser.add_argument("--buildings", type=int, default=10_000, help="size of the city")
    parser.add_argument("--households", help="field of a vector file: households of a unit")
    parser.add_argument("--community", help="field of a vector file: the community of a unit")
    parser.add_argument("--compound", help="field of a vector file: the compound of a unit")
    parser.add_argument("--only", action="append", choices=(OURS, *PEERS), help="this method alone; may be repeated")
    parser.add_argument("--without-peers", action="store_true", help="ours and the plain baselines")
    parser.add_argument("--effort", choices=("quick", "normal", "thorough"), default="normal")
    parser.add_argument("--runs", type=int, default=1, help="seeds; the figures are medians")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--limit", type=float, default=300.0, help="CPU seconds for a process of a method, then it is stopped"
    )
    parser.add_argument("--seed", type=int, default=11, help="of the city; run r of a method has seed r")
    parser.add_argument("--redraw", action="store_true", help="ours: draw, add 1 %% of buildings, draw again")
    parser.add_argument("--json", action="store_true", help="one JSON line last")
    return parser.parse_args(argv)


def communities_of(options: argparse.Namespace) -> Iterator[Community]:
    """The communities that were asked for, one after the other."""
    if options.data == "city":
        return city(options.buildings, options.seed)
    path = DATA.joinpath(*SHORT[options.data]) if options.data in SHORT else Path(options.data)
    return from_file(path, Fields(options.households, options.community, options.compound))


def methods_of(options: argparse.Namespace) -> list[str]:
    """The methods to run, ours first."""
    if options.only:
        return [name for name in (OURS, *PEERS) if name in options.only]
    return [OURS, *(name for name, peer in PEERS.items() if not (options.without_peers and peer[1]))]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; the last line is JSON with `--json`."""
    options = options_of(argv)
    try:
        with tempfile.TemporaryDirectory(prefix="grids-") as folder:
            result = redrawing(options) if options.redraw else contest(options, Path(folder))
    except UnreadableFileError as error:
        print(error, file=sys.stderr)
        return 2
    show(result)
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
    return 0


def contest(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Lay the ground, then every method on it; the figures of each are medians over the runs."""
    begun = time.perf_counter()
    laid = lay_all(communities_of(options), folder, RULE, options.processes)
    heading = _heading(options, laid, time.perf_counter() - begun)
    runs: dict[str, list[Row]] = {}
    failures: dict[str, str] = {}
    for seed in range(options.runs):
        for name in methods_of(options):
            if name not in failures:
                found = _one_run(name, folder, seed, options)
                if isinstance(found, str):
                    failures[name] = found
                else:
                    runs.setdefault(name, []).append(found)
                print(f"{name}: {failures.get(name, 'answered')}", file=sys.stderr)
    methods: dict[str, Any] = {name: _medians(rows) for name, rows in runs.items() if name not in failures}
    methods |= {name: {"failure": why} for name, why in failures.items()}
    return heading | {"methods": {name: methods[name] for name in methods_of(options)}}


def redrawing(options: argparse.Namespace) -> dict[str, Any]:
    """Draw, add buildings, draw again: what moved."""
    begun = time.perf_counter()
    found = redraw_all(
        communities_of(options),
        RULE,
        share=NEW_BUILDINGS,
        effort=options.effort,
        seed=options.seed,
        processes=options.processes,
    )
    if not found.added:
        raise UnreadableFileError(f"{options.data}: no free ground for new buildings; --redraw needs some")
    return {"data": options.data, "effort": options.effort, "redraw": figures_of(found, RULE)} | {
        "wall_s": round(time.perf_counter() - begun, 2)
    }


def _heading(options: argparse.Namespace, laid: Laid, seconds: float) -> dict[str, Any]:
    return {
        "data": options.data,
        **({"buildings": options.buildings, "seed": options.seed} if options.data == "city" else {}),
        "effort": options.effort,
        "processes": options.processes,
        "runs": options.runs,
        "limit_s": options.limit,
        **vars(laid),
        "ground_s": round(laid.ground_s, 2),
        "read_and_ground_wall_s": round(seconds, 2),
    }


def _one_run(name: str, folder: Path, seed: int, options: argparse.Namespace) -> Row | str:
    """The figures of one run of one method, or why there are none."""
    missing = absent(name)
    if missing:
        return missing
    ran = run_contender(
        name, folder, seed=seed, effort=options.effort, processes=options.processes, limit_s=options.limit
    )
    if ran.failure:
        return f"{ran.failure}; {last_words(folder, name, seed)}".rstrip("; ")
    tally = judge_all(folder, f"{name}-{seed}", options.processes)
    row: Row = {"cpu_s": ran.cpu_s, "wall_s": ran.wall_s, "warm_s": ran.warm_s, "peak_mb": ran.peak_mb}
    row |= row_of(tally, RULE)
    if name == OURS:
        row |= _own(own_figures(folder, f"{name}-{seed}", options.processes), len(tally.loads))
    return row


def _own(own: OwnFigures, inhabited: int) -> Row:
    """What is measured of ours alone."""
    return {
        "bound_outside": own.bound_outside,
        "proven_outside": own.proven,
        "proven_most_within_20_percent": 100.0 * (1.0 - own.bound_outside / max(1, inhabited)),
        "bounds_s": own.bounds_s,
        "polygons_s": own.polygons_s,
        "polygons_polsby_popper": own.compactness / max(1, own.polygons),
        "invalid_coverages": own.invalid_coverages,
        "area_error_m2": own.area_error_m2,
    }


def _medians(rows: list[Row]) -> Row:
    return {key: round(statistics.median(row[key] for row in rows), 4) for key in rows[0]}


if __name__ == "__main__":
    sys.exit(main())
