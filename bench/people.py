# ruff: noqa: E402
"""Pages about people over a district of a million residents, through the whole stack but the socket.

    bench/people.py [--residents N] [--rounds N] [--keep] [--json]

Fills an EMPTY, migrated database (DATABASE_URL, its owner a superuser) with 20 streets × 20 communities × 10 grids,
five buildings to a grid, two and a half residents to a dwelling; then asks as the application's role: the masked list
of 50 rows, exact search, masked points near a place, one resident, a reveal. Times are of the view with all middleware,
traces and row rights, without the network.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gridmap.accounts.models import Post, SignedIn, User
from gridmap.accounts.roles import Role
from gridmap.population.counting import recount_people, weigh_risk
from gridmap.population.models import Resident
from gridmap.traces.door import door
from gridmap.vault.blind import mark_of
from gridmap.vault.sealing import seal_text

STREETS, COMMUNITIES, GRIDS, BUILDINGS = 20, 20, 10, 5
WEST, SOUTH, STEP = 119.0, 30.0, 0.0006
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚英华"
TABLES = "population_dwelling, population_household, population_resident, population_caretag"
GROUND = """
INSERT INTO territory_region (code, level, name, parent_id, source, source_ref)
SELECT v.code, v.level, v.code, NULL, 'bench', v.code
FROM (VALUES ('990000000000', 1)) v (code, level);
INSERT INTO territory_region (code, level, name, parent_id, source, source_ref)
SELECT '990100000000', 2, 'city', id, 'bench', '990100000000' FROM territory_region WHERE level = 1;
INSERT INTO territory_region (code, level, name, parent_id, source, source_ref)
SELECT '990101000000', 3, 'county', id, 'bench', '990101000000' FROM territory_region WHERE level = 2;
INSERT INTO territory_region (code, level, name, parent_id, source, source_ref)
SELECT code, 4, code, parent, 'bench', code FROM (
    SELECT '990101' || lpad(s::text, 3, '0') || '000' AS code, r.id AS parent
    FROM generate_series(1, %(streets)s) s, territory_region r WHERE r.level = 3) t;
INSERT INTO territory_region (code, level, name, parent_id, source, source_ref)
SELECT left(r.code, 9) || lpad(c::text, 3, '0'), 5, 'community', r.id, 'bench', left(r.code, 9) || lpad(c::text, 3, '0')
FROM territory_region r, generate_series(1, %(communities)s) c WHERE r.level = 4;
INSERT INTO territory_grid (code, kind, name, community_id)
SELECT r.code || lpad(g::text, 3, '0'), 'general', '', r.id
FROM territory_region r, generate_series(1, %(grids)s) g WHERE r.level = 5;
INSERT INTO territory_building (source, source_ref, active, number, name, kind, address, community_id, grid_id, geom,
                                households, dwellings, residents, elders)
SELECT 'bench', g.code || '-' || b, TRUE, b || '号楼', '', 'slab', '', g.community_id, g.id,
       ST_MakeEnvelope(x, y, x + %(step)s / 2, y + %(step)s / 4, 4326), 20, 20, 50, 9
FROM (SELECT *, row_number() OVER (ORDER BY code) - 1 AS i FROM territory_grid) g
CROSS JOIN generate_series(1, %(buildings)s) b
CROSS JOIN LATERAL (SELECT g.i * %(buildings)s + b AS n) k
CROSS JOIN LATERAL (SELECT %(west)s + %(step)s * (n %% 200) AS x, %(south)s + %(step)s * (n / 200) AS y) p;
"""
HOMES = """
INSERT INTO population_dwelling (id, area, location, door_order, source, field_sources, version, unit, floor, room,
                                 occupancy, purpose, owner_name, owner_phone, building_id)
SELECT gen_random_uuid(), g.code, b.point, population_door_order(NULL, b.number, b.id, u::text, f || '0' || r), 'bench',
       '{}', 1, u::text, f, f || '0' || r, 'owner', 'home', '', '', b.id
FROM territory_building b JOIN territory_grid g ON g.id = b.grid_id,
     generate_series(1, 2) u, generate_series(1, %(floors)s) f, generate_series(1, 2) r;
INSERT INTO population_household (id, area, location, door_order, source, field_sources, version, number, registered,
                                  dwelling_id)
SELECT gen_random_uuid(), area, location, door_order, 'bench', '{}', 1, '', TRUE, id FROM population_dwelling;
"""
PEOPLE = """
INSERT INTO population_resident (id, area, location, door_order, source, field_sources, version, kind, name, name_blind,
    id_number, id_number_blind, phone, phone_blind, gender, birth_year, relation, health, present, risk, dwelling_id,
    household_id)
SELECT p.id, d.area, d.location, d.door_order, 'bench', '{}', 1, 'registered', p.name, p.name_blind, p.id_number,
       p.id_number_blind, p.phone, p.phone_blind, 'female', p.birth_year, 'head', '', TRUE, '', d.id, h.id
FROM bench_people p JOIN population_dwelling d ON d.id = p.dwelling JOIN population_household h ON h.dwelling_id = d.id;
INSERT INTO population_caretag (id, area, resident_id, kind, risk, since, source)
SELECT gen_random_uuid(), area, id, 'alone', (ARRAY['high', 'key', 'general'])[1 + abs(hashtext(id::text)) % 3],
       '2026-01-01', 'bench' FROM population_resident WHERE birth_year < 1956;
"""


def fill(residents: int) -> float:
    """The district and its people; returns the seconds that sealing and writing took."""
    dwellings = STREETS * COMMUNITIES * GRIDS * BUILDINGS * 4
    floors = max(1, round(residents / 2.5 / dwellings))
    figures: dict[str, float] = {"streets": STREETS, "communities": COMMUNITIES, "grids": GRIDS, "buildings": BUILDINGS}
    place = {"west": WEST, "south": SOUTH, "step": STEP, "floors": floors}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the bench writes what triggers would
        cursor.execute(GROUND, figures | place)
        cursor.execute(HOMES, figures | place)
        cursor.execute("SELECT id FROM population_dwelling ORDER BY area, door_order")
        doors = [row[0] for row in cursor.fetchall()]
        began = time.perf_counter()
        cursor.execute(
            "CREATE TEMP TABLE bench_people (id uuid, dwelling uuid, name bytea, name_blind text, id_number bytea,"
            " id_number_blind text, phone bytea, phone_blind text, birth_year int)"
        )
        with cursor.copy("COPY bench_people FROM STDIN") as copy:
            for row in sealed(residents, doors):
                copy.write_row(row)
        cursor.execute("ANALYZE population_dwelling, population_household, bench_people")
        cursor.execute(PEOPLE)
        took = time.perf_counter() - began
        cursor.execute("SET session_replication_role = origin")
        cursor.execute(f"ANALYZE {TABLES}, territory_building, territory_grid, territory_region")
    weigh_risk()
    recount_people()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) population_resident")
    return took


def sealed(residents: int, doors: list[UUID]) -> Iterator[tuple[Any, ...]]:
    """Rows with sealed values and their marks."""
    draw = random.Random(1)
    table = "population_resident"
    for index in range(residents):
        key, year = uuid4(), 1930 + draw.randrange(90)
        texts = {
            "name": draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=draw.choice((1, 2)))),
            "id_number": f"990101{year}{index:08d}",
            "phone": f"129{index:08d}",
        }
        row: list[Any] = [key, doors[index * len(doors) // residents]]
        for column, text in texts.items():
            row += [seal_text(table, column, key, text), mark_of(f"{table}.{column}", text)]
        yield (*row, year)


def sign_in(role: Role, area: str) -> Client:
    """A client with a post and a second factor given."""
    person, _new = User.objects.get_or_create(username=f"bench-{role}", defaults={"name": "量度"})
    Post.objects.get_or_create(person=person, role=role, area=area, defaults={"starts_on": timezone.localdate()})
    client = Client(headers={"host": "localhost"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    SignedIn.objects.filter(person=person).update(second_factor_at=timezone.now())
    return client


def measure(ask: Callable[[int], Any], rounds: int) -> dict[str, float]:
    """p50 and p95 in ms, and the queries of one question."""
    with CaptureQueriesContext(connection) as captured:
        answer = ask(0)
    queries = len(captured)
    if answer.status_code != 200:
        raise SystemExit(f"answered {answer.status_code}")
    times = []
    for index in range(rounds):
        began = time.perf_counter()
        ask(index)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    return {"p50_ms": round(statistics.median(times), 1), "p95_ms": round(p95, 1), "queries": queries}


def questions(keys: list[UUID], points: list[tuple[float, float]]) -> dict[str, Callable[[int], Any]]:
    """What is asked, by name."""
    county = sign_in(Role.CENTRE_OPERATOR, "990101")
    community, grid = sign_in(Role.COMMUNITY_OFFICER, "990101001001"), sign_in(Role.GRID_WORKER, "990101001001001")
    reason = {"field": ["name", "phone"], "reason": "visit", "text": "量度 bench"}

    def near(index: int) -> Any:
        x, y = points[index % len(points)]
        body = json.dumps({"bbox": [x - 0.005, y - 0.003, x + 0.005, y + 0.003], "zoom": 17})
        return county.post("/people/near.json", body, content_type="application/json")

    return {
        "list, county of all": lambda _i: county.get("/people/"),
        "list, deep in the county": lambda i: county.get(f"/people/?after={keys[i % len(keys)]}"),
        "list, high risk, county": lambda _i: county.get("/people/?risk=high"),
        "list, aged 80, tagged, county": lambda _i: county.get("/people/?age=80&tag=alone"),
        "list, one community": lambda _i: community.get("/people/"),
        "list, one grid": lambda _i: grid.get("/people/"),
        "exact search by telephone": lambda i: county.post("/people/search/", {"text": f"129{i * 37:08d}"}),
        "exact search by a name many have": lambda _i: county.post("/people/search/", {"text": "王伟"}),
        "near.json, zoom 17": near,
        "one resident": lambda i: county.get(f"/people/{keys[i % len(keys)]}/"),
        "reveal": lambda i: county.post(f"/people/{keys[i % len(keys)]}/reveal/", reason),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--keep", action="store_true", help="ask a database that is filled already")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    settings.REVEALS_PER_HOUR = 10**6
    filled = 0.0 if options.keep else fill(options.residents)
    with door(by=None, areas=[""], kind="read", command="bench"):
        some = Resident.objects.order_by("pk")[:500]
        keys, points = [one.pk for one in some], [(one.location.x, one.location.y) for one in some if one.location]
        count = Resident.objects.count()
    asked = questions(keys, points)
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {settings.APP_DATABASE_ROLE}")
    found = {name: measure(ask, options.rounds) for name, ask in asked.items()}
    if options.json:
        print(json.dumps({"residents": count, "filled_s": round(filled, 1), "found": found}))
        return
    print(f"{count} residents; sealing, marking and writing them took {filled:.0f} s")
    for name, figures in found.items():
        times = f"p50 {figures['p50_ms']:8.1f} ms  p95 {figures['p95_ms']:8.1f} ms"
        print(f"{name:36} {times}  {figures['queries']:3.0f} queries")


if __name__ == "__main__":
    main()
