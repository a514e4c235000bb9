# ruff: noqa: E402
"""The search over a city of half a million buildings, beside plain ILIKE over the same tables.

    bench/search.py [--buildings N] [--times N] [--filled] [--json]

Fills an EMPTY, migrated database (DATABASE_URL, as its owner) with communities, compounds, streets, buildings,
facilities and cameras that are called as such things are, and asks the same questions of both: of `layers.search` with
the middle of the view, as the page does, and of `ILIKE '%…%'` over names, numbers and addresses (twenty rows, no
order). Median and 95th percentile in milliseconds over all questions of a kind, each asked `--times` times after one
that is not counted.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")

import django

django.setup()

from django.contrib.gis.geos import Point
from django.db import connection

from gridmap.accounts.models import Post, User
from gridmap.accounts.permissions import asked_once
from gridmap.accounts.roles import Role
from layers.search import search

WEST, SOUTH, STEP = 120.0, 30.0, 0.00035
FIRST = "和平人民建设解放中山长宁爱国胜利文化学院新华青年光明友谊东风红旗曙光向阳翠竹银杏海棠梧桐枫林云锦锦绣"
LAST = {
    "street": ["路", "街", "巷", "弄", "大道"],
    "compound": ["佳苑", "花园", "新村", "家园", "小区", "雅居", "公寓"],
}
FACILITIES = ["卫生服务站", "便民药房", "幼儿园", "农贸市场", "派出所", "日间照料中心"]

CITY = """
SET session_replication_role = replica;
INSERT INTO territory_region (id, code, level, name, parent_id, source, source_ref) VALUES
    (1, '330000000000', 1, '浙江省', NULL, 'bench', ''), (2, '330100000000', 2, '杭州市', 1, 'bench', ''),
    (3, '330105000000', 3, '拱墅区', 2, 'bench', '');
INSERT INTO territory_region (id, code, level, name, parent_id, source, source_ref)
    SELECT 3 + n, '330105' || lpad(n::text, 3, '0') || '000', 4, (%(words)s::text[])[n] || '街道', 3, 'bench', ''
    FROM generate_series(1, 15) n;
INSERT INTO territory_region (id, code, level, name, parent_id, source, source_ref)
    SELECT 19 + n, '330105' || lpad((1 + n / 10)::text, 3, '0') || lpad((1 + n %% 10)::text, 3, '0'), 5,
           (%(words)s::text[])[1 + n %% 60] || (ARRAY['东', '西', '南', '北'])[1 + n %% 4] || '社区',
           4 + n / 10, 'bench', ''
    FROM generate_series(0, 149) n;
INSERT INTO territory_compound (id, source, source_ref, active, name, kind, community_id, walled)
    SELECT n + 1, 'bench', n::text, true, (%(compounds)s::text[])[1 + n %% array_length(%(compounds)s::text[], 1)],
           'commercial', 19 + n %% 150, true
    FROM generate_series(0, %(buildings)s / 40) n;
INSERT INTO territory_building (source, source_ref, active, number, name, kind, address, community_id, compound_id,
                                households, dwellings, geom)
    SELECT 'bench', n::text, true, (1 + n %% 40) || '栋', '', 'slab',
           '浙江省杭州市拱墅区' || (%(streets)s::text[])[1 + (n / 150) %% array_length(%(streets)s::text[], 1)]
           || (1 + n %% 150) || '号',
           19 + (n / 40) %% 150, 1 + n / 40, 48, 50,
           ST_MakeEnvelope(x, y, x + 0.0002, y + 0.00012, 4326)
    FROM (SELECT n, %(west)s + %(step)s * (n %% 1000) AS x, %(south)s + %(step)s * (n / 1000) AS y
          FROM generate_series(0, %(buildings)s - 1) n) spots;
INSERT INTO territory_facility (source, source_ref, active, kind, name, address, geom)
    SELECT 'bench', n::text, true, 'other', (%(words)s::text[])[1 + n %% 60] || (%(facilities)s::text[])[1 + n %% 6],
           (%(streets)s::text[])[1 + n %% array_length(%(streets)s::text[], 1)] || (1 + n %% 200) || '号',
           ST_SetSRID(ST_Point(%(west)s + random() * 0.35, %(south)s + random() * 0.17), 4326)
    FROM generate_series(1, 8000) n;
INSERT INTO territory_camera (source, source_ref, active, name, place, status, geom)
    SELECT 'bench', 'C' || lpad(n::text, 6, '0'), true,
           (%(streets)s::text[])[1 + n %% array_length(%(streets)s::text[], 1)] || '口' || n %% 9, '道路', 'working',
           ST_SetSRID(ST_Point(%(west)s + random() * 0.35, %(south)s + random() * 0.17), 4326)
    FROM generate_series(1, 20000) n;
INSERT INTO territory_groundfeature (source, source_ref, active, kind, name, weight, geom)
    SELECT 'bench', n::text, true, 'road_local', (%(streets)s::text[])[n], 0,
           ST_SetSRID(ST_MakeLine(ST_Point(%(west)s, %(south)s + n * 0.0001),
                                  ST_Point(%(west)s + 0.3, %(south)s + n * 0.0001)), 4326)
    FROM generate_series(1, array_length(%(streets)s::text[], 1)) n;
SET session_replication_role = DEFAULT;
"""
PLAIN = """
SELECT id, number, address FROM territory_building
WHERE active AND (number ILIKE %(q)s OR name ILIKE %(q)s OR address ILIKE %(q)s) LIMIT 20
"""
PLAIN_OTHERS = [
    f"SELECT id, name FROM {table} WHERE active AND name ILIKE %(q)s LIMIT 20"  # noqa: S608
    for table in ("territory_compound", "territory_facility", "territory_camera", "territory_groundfeature")
]


def names(kind: str, count: int, rng: random.Random) -> list[str]:
    """So many names of two to four characters and an ending."""
    found: dict[str, None] = {}
    while len(found) < count:
        length = rng.choice((2, 2, 3, 4))
        found["".join(rng.choice(FIRST) for _ in range(length)) + rng.choice(LAST[kind])] = None
    return list(found)


def present() -> dict[str, list[str]]:
    """The names of streets and compounds of a city that was filled before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM territory_groundfeature ORDER BY id")
        streets = [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT DISTINCT name FROM territory_compound ORDER BY name")
        return {"streets": streets, "compounds": [name for (name,) in cursor.fetchall()]}


def fill(buildings: int, rng: random.Random) -> dict[str, list[str]]:
    """The city; its words and statistics as after an import."""
    made = {"streets": names("street", 2500, rng), "compounds": names("compound", 4000, rng)}
    words = ["".join(rng.sample(FIRST, 2)) for _ in range(60)]
    where = {"west": WEST, "south": SOUTH, "step": STEP, "buildings": buildings}
    with connection.cursor() as cursor:
        cursor.execute(CITY, {"words": words, "facilities": FACILITIES, **made, **where})
        cursor.execute(import_module("gridmap.finding.migrations.0001_initial").PRESENT)
        cursor.execute("ANALYZE")
    return made


def initials(word: str) -> str:
    """As the database spells it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT letters, initials FROM finding_spell(%s) WHERE place = 0 LIMIT 1", [word])
        return str(cursor.fetchone()[1])


def questions(made: dict[str, list[str]], rng: random.Random) -> dict[str, list[tuple[str, str]]]:
    """Kind → (what is asked of ours, what ILIKE looks for)."""
    streets, compounds = rng.sample(made["streets"], 8), rng.sample(made["compounds"], 8)
    return {
        "street and door": [(f"{one}12号", f"{one}12号") for one in streets],
        "compound": [(one, one) for one in compounds],
        "compound and building": [(f"{one}3栋", one) for one in compounds],
        "number alone (3-2-501)": [(f"{n}-2-501", f"{n}栋") for n in range(1, 9)],
        "piece of a name": [(one[1:3], one[1:3]) for one in streets],
        "initials": [(initials(one), one) for one in streets],
        "nothing there": [(f"{one}不存在", f"{one}不存在") for one in streets],
    }


def timed(ask: Callable[[], Any], times: int) -> list[float]:
    """Milliseconds of each of `times`, after one that is not counted."""
    ask()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    return took


def plain(text: str) -> None:
    """The same by ILIKE alone."""
    with connection.cursor() as cursor:
        for statement in (PLAIN, *PLAIN_OTHERS):
            cursor.execute(statement, {"q": f"%{text}%"})
            cursor.fetchall()


def measure(person: User, made: dict[str, list[str]], times: int, rng: random.Random) -> list[dict[str, Any]]:
    """One row for each kind of question."""
    rows = []
    for kind, asked in questions(made, rng).items():
        near = Point(WEST + rng.random() * 0.3, SOUTH + rng.random() * 0.15, srid=4326)
        ours = [ms for q, _piece in asked for ms in timed(partial(search, q, person, near), times)]
        theirs = [ms for _q, piece in asked for ms in timed(partial(plain, piece), max(times // 3, 1))]
        found = sum(bool(search(q, person, near).rows) for q, _piece in asked)
        rows.append({"kind": kind, "found": f"{found}/{len(asked)}", **_told("ours", ours), **_told("ilike", theirs)})
    return rows


def _told(name: str, took: list[float]) -> dict[str, float]:
    ordered = sorted(took)
    return {f"{name}_ms": round(median(ordered), 1), f"{name}_p95_ms": round(ordered[int(len(ordered) * 0.95)], 1)}


def main() -> None:
    """Fills, asks, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--buildings", type=int, default=500_000)
    parser.add_argument("--filled", action="store_true", help="the database has the city already")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rng = random.Random(1)
    made = present() if options.filled else fill(options.buildings, rng)
    person, _new = User.objects.get_or_create(username="bench")
    Post.objects.get_or_create(person=person, role=Role.PLANNER, area="330105", starts_on=date(2026, 1, 1))
    with asked_once(person):  # as in a request
        rows = measure(person, made, options.times, rng)
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    print(f"{options.buildings} buildings; milliseconds, median / p95")
    for row in rows:
        ours, ilike = f"{row['ours_ms']} / {row['ours_p95_ms']}", f"{row['ilike_ms']} / {row['ilike_p95_ms']}"
        print(f"{row['kind']:<24} found {row['found']:<5} ours {ours:<16} ILIKE {ilike}")


if __name__ == "__main__":
    main()
