"""Tiles of 300 000 buildings and 1 000 000 cases: our web process, tipg, nginx, a plain Django view, and pgbench.

    ./run bench tiles [--seconds S] [--rounds N] [--connections N]… [--server gunicorn|granian]…
                      [--buildings N] [--cases N] [--only cold|warm|overview|pyramid]…
                      [--keep] [--json]

Makes and fills a database of its own on the server of DATABASE_URL (`--keep` leaves it for the next run) and starts the
servers on free ports. Cold: every tile of the district at zooms 15 to 17, no tile twice and none on disk, drawn,
compressed, kept and sent; pgbench runs the same statements prepared, at random places of the same zooms; tipg gives the
buildings of the same tiles with the same attributes. Warm: tiles on disk, as many of each zoom from 13 to 17; nginx has
the same files, and the plain Django view is our own, asked without the pass that lets a tile out before Django.
Overview: the database's time for the counted cases of zooms 9 to 13 beside all points of the same tiles. Pyramid: the
seeding of the ground beside the same statements alone. All ways take turns, `--rounds` times; the figures are medians;
`front` is the server's own processor time for one request, which a busy machine stretches least. wrk asks (apt-get
install wrk); nginx (apt-get install nginx-light) and tipg (`bench/requirements.txt`) are left out, with a word, where
they are absent.
"""

import argparse
import itertools
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")
os.environ.setdefault("SECRET_KEY", "a key for one run of the benchmark, which signs in a person made for it")
os.environ["TEST_DATABASE_NAME"] = "bench_tiles"
os.environ["ALLOWED_HOSTS"] = "127.0.0.1"
os.environ["SECOND_FACTOR"] = "offered"  # the person of the benchmark has a password's session alone

import django

django.setup()

from django.contrib.gis.geos import Point  # noqa: E402
from django.test import Client, override_settings  # noqa: E402

from bench.maps import filling, servers  # noqa: E402
from bench.maps.asking import Found, Share, ask_database, ask_server, has_wrk  # noqa: E402
from bench.maps.database import overview, pyramid  # noqa: E402
from gridmap.accounts.models import Post, User  # noqa: E402
from gridmap.accounts.roles import Role  # noqa: E402
from layers import lines, tilecache, tiles  # noqa: E402
from layers.cuts.cut import Address  # noqa: E402
from layers.revisions import revisions  # noqa: E402
from layers.thin import COOKIE  # noqa: E402
from tests.layers.places import address_of  # noqa: E402

EVERYWHERE = ("",)
ZOOMS = (15, 16, 17)
SET = "ground"
#: What lies on disk is asked for as a console does: as many tiles of each of these zooms, again and again.
CONSOLE, EACH = (13, 14, 15, 16, 17), 200
PARTS = ("cold", "warm", "overview", "pyramid")
#: What tipg is asked for: the same column in EPSG:3857, the same attributes.
TIPG = (
    "/collections/public.territory_building/tiles/WebMercatorQuad/{path}"
    "?geom-column=geom_3857&properties=id,kind,number"
)
Way = Callable[[int], Found]


def ranges(z: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last column, first and last row of the district's tiles."""
    _z, left, top = address_of(Point(filling.WEST, filling.NORTH), z)
    _z, right, bottom = address_of(Point(filling.EAST, filling.SOUTH), z)
    return (left, right), (top, bottom)


def paths() -> list[str]:
    """`z/x/y` of all tiles of the district at the zooms of streets, as good as shuffled."""
    found = [
        f"{z}/{x}/{y}"
        for z in ZOOMS
        for (left, right), (top, bottom) in [ranges(z)]
        for x in range(left, right + 1)
        for y in range(top, bottom + 1)
    ]
    random.Random(7).shuffle(found)
    return found


def console() -> list[str]:
    """`z/x/y` of what consoles ask for, zoom after zoom in turn."""
    chance, found = random.Random(7), []
    for _turn, z in itertools.product(range(EACH), CONSOLE):
        columns, rows = ranges(z)
        found.append(f"{z}/{chance.randint(*columns)}/{chance.randint(*rows)}")
    return found


def shares() -> list[Share]:
    """The same tiles for pgbench."""
    found = []
    for z in ZOOMS:
        columns, rows = ranges(z)
        many = (columns[1] - columns[0] + 1) * (rows[1] - rows[0] + 1)
        found.append(Share(tiles.statement(SET, z, EVERYWHERE), many, columns, rows))
    return found


def visitor() -> Client:
    """A browser in which a person is signed in who may see everything."""
    user, _made = User.objects.get_or_create(username="bench", defaults={"name": "bench"})
    Post.objects.get_or_create(person=user, role=Role.ADMINISTRATOR, area="", starts_on=date(2020, 1, 1))
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


class Contest:
    """Servers that run for the whole contest, and the ways to ask them."""

    def __init__(self, options: argparse.Namespace, stack: ExitStack) -> None:
        self.options = options
        self.client = visitor()
        self.all = paths()
        self.revision = revisions(EVERYWHERE)[SET]
        self.urls = [self.url(path) for path in self.all]
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tiles-")))
        self.folders = {name: folder / name for name in options.server}
        address = filling.address()
        self.bases = {
            name: stack.enter_context(servers.web(name, address, self.folders[name])) for name in options.server
        }
        self.stack = stack

    def url(self, path: str) -> str:
        """The address of a tile."""
        return f"/tiles/{SET}/{path}.mvt?v={self.revision}"

    def cookies(self, *, thin: bool) -> dict[str, str]:
        """What the browser sends: its session, and the pass for tiles, given anew."""
        self.client.get(f"/tiles/{SET}/5/5/5.mvt")
        jar = {name: morsel.value for name, morsel in self.client.cookies.items()}
        if not thin:
            jar.pop(COOKIE, None)
        return {
            "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()),
            "Accept-Encoding": "gzip",
        }

    def tiles_of(self, name: str, *, thin: bool, cold: bool) -> Way:
        """Our own tiles: cold ones are removed before, and none is asked for twice."""

        def ask(connections: int) -> Found:
            if cold:
                shutil.rmtree(self.folders[name] / "tiles", ignore_errors=True)
            headers = self.cookies(thin=thin)
            return ask_server(
                self.bases[name],
                self.urls if cold else [self.url(path) for path in console()],
                connections=connections,
                seconds=self.options.seconds,
                headers=headers,
                once=cold,
            )

        return ask

    def cold(self) -> dict[str, Way]:
        """Ways to a tile that nobody has drawn yet; threads have connected and prepared their statements before."""
        seconds = self.options.seconds
        for name in self.options.server:
            ask_server(self.bases[name], self.urls, connections=16, seconds=4, headers=self.cookies(thin=True))
        ways: dict[str, Way] = {
            "pgbench": lambda connections: ask_database(shares(), connections=connections, seconds=seconds)
        }
        ways |= {f"ours, {name}": self.tiles_of(name, thin=True, cold=True) for name in self.options.server}
        if missing := servers.lacks_tipg():
            print(missing, file=sys.stderr)
        else:
            base = self.stack.enter_context(servers.tipg(filling.parameters()))
            asked = [TIPG.format(path=path) for path in self.all]
            ways["tipg"] = lambda connections: ask_server(base, asked, connections=connections, seconds=seconds)
        return ways

    def warm(self) -> dict[str, Way]:
        """Ways to a tile that lies on disk. The empty answers tell what the asking itself can."""
        first, *others = self.options.server
        self.fill_cache(first)
        for name in others:
            shutil.rmtree(self.folders[name] / "tiles", ignore_errors=True)
            shutil.copytree(self.folders[first] / "tiles", self.folders[name] / "tiles")
        ways = {f"ours, {name}": self.tiles_of(name, thin=True, cold=False) for name in self.options.server}
        ways |= {f"Django view, {name}": self.tiles_of(name, thin=False, cold=False) for name in self.options.server}
        if servers.has_nginx():
            folder = self.folders[self.options.server[0]] / "tiles"
            base = self.stack.enter_context(servers.nginx(folder))
            asked = [f"/{SET}/{self.revision}/{path}" for path in console()]
            seconds = self.options.seconds
            ways["nginx"] = lambda connections: ask_server(base, asked, connections=connections, seconds=seconds)
            ways["wrk, empty answers"] = lambda connections: ask_server(
                base, ["/nothing"], connections=connections, seconds=seconds
            )
        else:
            print("nginx is not installed (apt-get install nginx-light)", file=sys.stderr)
        return ways

    def fill_cache(self, name: str) -> None:
        """Every tile of the contest on disk."""
        with override_settings(TILE_CACHE_DIR=self.folders[name] / "tiles"):
            for path in sorted(set(console())):
                data = tiles.draw(SET, Address(*map(int, path.split("/"))), EVERYWHERE, lines.ask)
                tilecache.write(f"{SET}/{self.revision}/{path}", tilecache.compress(data))

    def run(self, part: str) -> Iterator[dict[str, Any]]:
        """Each way in turn, so often; medians, one row for each way and number of connections."""
        ways = self.cold() if part == "cold" else self.warm()
        for connections in self.options.connections:
            found: dict[str, list[Found]] = {name: [] for name in ways}
            for _round, (name, way) in itertools.product(range(self.options.rounds), ways.items()):
                found[name].append(way(connections))
            for name, rows in found.items():
                medians = {
                    key: round(statistics.median(getattr(row, key) for row in rows), 3) for key in asdict(rows[0])
                }
                row = {"part": part, "way": name, "connections": connections, **medians, "load": os.getloadavg()[0]}
                show(row)
                yield row


def show(row: dict[str, Any]) -> None:
    """One line of the table."""
    print(
        f"{row['part']:5} {row['connections']:3}  {row['way']:22} {row['rps']:8.0f} rps  p50 {row['p50_ms']:7.2f} ms"
        f"  p95 {row['p95_ms']:7.2f} ms  {row['kb']:5.1f} kB  front {row['front_ms']:6.3f} ms  load {row['load']:.1f}",
        flush=True,
    )


def ratios(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """What the targets ask: ours (the best server that ran) beside the others, at 8 connections where they were."""
    found: dict[str, float] = {}
    for part, others in (("cold", ("pgbench", "tipg")), ("warm", ("nginx", "Django view"))):
        for connections in sorted({row["connections"] for row in rows}):
            speeds = {
                row["way"]: row["rps"] for row in rows if (row["part"], row["connections"]) == (part, connections)
            }
            for way, speed in speeds.items():
                server = way.removeprefix("ours, ")
                for other in others if way.startswith("ours, ") else ():
                    beside = speeds.get(other) or speeds.get(f"{other}, {server}")
                    if beside:
                        found[f"{part}, {connections} connections: {server} / {other}"] = round(speed / beside, 3)
    return found


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """All parts that were asked for."""
    result: dict[str, Any] = {"rows": []}
    serving = [part for part in options.only if part in {"cold", "warm"}]
    if serving and not has_wrk():
        raise SystemExit("wrk is not installed (apt-get install wrk)")
    if missing := [why for server in options.server if (why := servers.lacks(server))]:
        raise SystemExit("; ".join(missing))
    if serving:
        with ExitStack() as stack:
            contest = Contest(options, stack)
            for part in serving:
                result["rows"] += contest.run(part)
        result["ratios"] = ratios(result["rows"])
    if "overview" in options.only:
        result["overview"] = overview()
    if "pyramid" in options.only:
        result["pyramid"] = pyramid()
    for name in ("ratios", "pyramid"):
        for key, value in result.get(name, {}).items():
            print(f"{key}: {value}")
    return result


@contextmanager
def district(options: argparse.Namespace) -> Iterator[None]:
    """The filled database: one that was kept, or a new one."""
    if filling.use_kept(options.buildings, options.cases):
        yield
        return
    with filling.own_database(keep=options.keep):
        print(f"filled in {filling.fill(options.buildings, options.cases):.0f} s", flush=True)
        yield


def options_of(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="of one run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, action="append", help="1, 8 and 32; may be repeated")
    parser.add_argument("--server", action="append", choices=list(servers.WEB), help="ours; may be repeated")
    parser.add_argument("--buildings", type=int, default=300_000)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--only", action="append", choices=PARTS, help="may be repeated; else all")
    parser.add_argument("--keep", action="store_true", help="leave the database for the next run")
    parser.add_argument("--json", action="store_true", help="one JSON line last")
    options = parser.parse_args(argv)
    options.connections = options.connections or [1, 8, 32]
    options.server = options.server or [servers.OURS]
    options.only = options.only or list(PARTS)
    return options


def main(argv: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = options_of(argv)
    with district(options):
        result = measure(options)
    if options.json:
        print(json.dumps({"bench": "tiles", "buildings": options.buildings, "cases": options.cases, **result}))


if __name__ == "__main__":
    main()
