"""Tiles per second: through the site, before Django (thin), and the bare SQL of the same tiles, in the same run.

    bench/tiles.py [--seconds S] [--connections N] [--rounds N] [--json]

Measures the database that DATABASE_URL names (fill it first, `./run demo`). Starts a web process of its own on a free
port and signs in as a person made for the run and removed after it. "street": tiles of zoom 16–17, none kept on disk.
"""
# ruff: noqa: E402  (settings come before what reads them)

import argparse
import contextlib
import http.client
import itertools
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")
os.environ.setdefault("SECRET_KEY", "a key for one run of the benchmark")

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections

from gridmap.accounts.models import Post, User
from gridmap.accounts.roles import Role
from gridmap.territory.models import Building
from layers import tiles
from layers.revisions import revisions
from layers.thin import COOKIE
from tests.layers.places import address_of

EVERYWHERE = [""]
Ask = Callable[[str], int]


def addresses(count: int, seed: int = 1) -> list[tiles.Address]:
    """Tiles of zoom 16 and 17 around buildings, as a person walking through the streets asks for them."""
    chance = random.Random(seed)
    points = list(Building.objects.order_by("pk").values_list("point", flat=True)[:200_000])
    return [tiles.Address(*address_of(chance.choice(points), chance.choice((16, 17)))) for _ in range(count)]


@contextlib.contextmanager
def visitor() -> Iterator[str]:
    """The session of a person who may see everything; both gone afterwards."""
    user = User.objects.create(username=f"bench-{os.getpid()}", name="bench")
    Post.objects.create(person=user, role=Role.ADMINISTRATOR, area="", starts_on=date(2020, 1, 1))
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    try:
        yield str(session.session_key)
    finally:
        session.delete()
        user.delete()


@contextlib.contextmanager
def web(var: str) -> Iterator[int]:
    """A gunicorn as in production, keeping its files in `var`; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    command = [sys.executable, "-m", "gunicorn", "gridmap.wsgi:application", *arguments, "--no-control-socket"]
    process = subprocess.Popen(command, env=os.environ | {"GRIDMAP_VAR": var}, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int) -> None:
    """Return when the web process answers; TimeoutError where it does not within two minutes."""
    for _ in range(600):
        with contextlib.suppress(OSError, http.client.HTTPException):
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise TimeoutError(port)


def measure(make: Callable[[], Ask], work: list[str], *, connections_: int, seconds: float) -> dict[str, float]:
    """Requests per second and milliseconds (p50, p95) of `connections_` askers that work through a list."""
    taken: list[float] = []
    turns = itertools.cycle(work)
    lock = threading.Lock()
    end = time.perf_counter() + seconds

    def ask_on() -> None:
        ask = make()
        while (began := time.perf_counter()) < end:
            with lock:
                what = next(turns)
            ask(what)
            taken.append((time.perf_counter() - began) * 1000)
        connections.close_all()

    askers = [threading.Thread(target=ask_on) for _ in range(connections_)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    taken.sort()
    return {"rps": len(taken) / seconds, "p50_ms": taken[len(taken) // 2], "p95_ms": taken[len(taken) * 95 // 100]}


def over_http(port: int, session: str, *, thin: bool) -> Callable[[], Ask]:
    """Askers with one connection each; a thin one shows its pass, the other never does."""

    def make() -> Ask:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        cookies = {settings.SESSION_COOKIE_NAME: session}

        def ask(url: str) -> int:
            cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
            line.request("GET", url, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
            answer = line.getresponse()
            answer.read()
            given = answer.headers.get("Set-Cookie", "")
            if thin and given.startswith(f"{COOKIE}="):
                cookies[COOKIE] = given.split(";")[0].split("=", 1)[1]
            if answer.status not in {200, 204}:
                raise RuntimeError(f"{answer.status} {url}")
            return answer.status

        return ask

    return make


def bare_sql(by_url: dict[str, tiles.Address]) -> Callable[[], Ask]:
    """Askers that run the tile's statement on a connection of their own."""

    def make() -> Ask:
        return lambda url: len(tiles.draw("ground", by_url[url], EVERYWHERE))

    return make


def run(seconds: float, connections_: int, rounds: int) -> dict[str, dict[str, float]]:
    """Each way in turn, `rounds` times; the medians."""
    with visitor() as session, tempfile.TemporaryDirectory() as var, web(var) as port, web("/dev/null") as bare:
        revision = revisions(EVERYWHERE)["ground"]
        by_url = {f"/tiles/ground/{a.z}/{a.x}/{a.y}.mvt?v={revision}": a for a in addresses(300)}
        warm = over_http(port, session, thin=False)()
        for url in by_url:
            warm(url)
        ways = {
            "street, bare SQL": bare_sql(by_url),
            "street, Django view": over_http(bare, session, thin=False),
            "on disk, Django view": over_http(port, session, thin=False),
            "on disk, before Django": over_http(port, session, thin=True),
        }
        found: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                found[name].append(measure(way, list(by_url), connections_=connections_, seconds=seconds))
    return {
        name: {key: round(statistics.median(one[key] for one in rows), 2) for key in rows[0]}
        for name, rows in found.items()
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print one JSON line last")
    options = parser.parse_args()
    figures = run(options.seconds, options.connections, options.rounds)
    for name, row in figures.items():
        print(f"{name:24} {row['rps']:8.1f} rps   p50 {row['p50_ms']:7.2f} ms   p95 {row['p95_ms']:7.2f} ms")
    if options.json:
        print(json.dumps({"benchmark": "tiles", "connections": options.connections, "figures": figures}))


if __name__ == "__main__":
    main()
