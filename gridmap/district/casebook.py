"""Writing invented cases of a generated district into the database, and taking them away again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
from django.db import connection, transaction
from django.utils import timezone

from gridmap.casework.bins import fold_all
from gridmap.casework.models import Case, Category
from gridmap.casework.numbers import next_numbers
from gridmap.district.cases import Casebook, Places, Spot, invent_cases
from gridmap.territory.models.sourced import GENERATED
from gridmap.traces.statistics import analyze

#: Cases of one statement: as many as fit well into memory.
BATCH = 50_000
#: Places on roads that cases happen at.
ROAD_PLACES = 20_000
BUILDINGS = "SELECT ST_X(point), ST_Y(point), address FROM territory_building WHERE active AND source = %s ORDER BY id"
LAMPS = "SELECT ST_X(geom), ST_Y(geom), '' FROM territory_streetlamp WHERE active AND source = %s ORDER BY id"
ROADS = """
SELECT g.name, ST_AsBinary(line.geom) FROM territory_groundfeature g, ST_Dump(g.geom) line
WHERE g.active AND g.source = %s AND g.kind LIKE 'road%%' ORDER BY g.id, line.path
"""
COLUMNS = (
    "number network category_id description stage urgent reported_at due_at closed_at overdue geom address area"
    " source source_ref version"
)


def settle_cases(*, count: int, now: datetime, seed: int = 7, days: int = 90) -> int:
    """Invent that many cases of the last `days` days in the generated district and record them; returns how many.

    Nothing happens where there is no generated district.
    """
    rng = np.random.default_rng(seed)
    places = {Spot.ROAD: _roads(rng), Spot.LAMP: _points(LAMPS), Spot.BUILDING: _points(BUILDINGS)}
    if not any(len(known.names) for known in places.values()):
        return 0
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    made = invent_cases(
        places, _categories(), rng, count=count, now=now.timestamp(), midnight=midnight.timestamp(), days=days
    )
    known = {code: (pk, network) for code, pk, network in Category.objects.values_list("code", "pk", "network")}
    for first in range(0, count, BATCH):
        with transaction.atomic():
            _copy(made, range(first, min(first + BATCH, count)), known)
        fold_all()
    with transaction.atomic():
        analyze("casework_case", "casework_bin")
    return count


def remove_cases() -> None:
    """Take away every invented case, in the caller's transaction."""
    Case.objects.filter(source=GENERATED)._raw_delete(connection.alias)


def _categories() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    rows = Category.objects.filter(parent__isnull=False).order_by("code").values_list("parent__code", "code", "name")
    for above, code, name in rows:
        found.setdefault(above, []).append((code, name))
    return found


def _points(statement: str) -> Places:
    with connection.cursor() as cursor:
        cursor.execute(statement, [GENERATED])
        rows = cursor.fetchall()
    lon, lat, names = zip(*rows, strict=True) if rows else ((), (), ())
    return Places(np.array(lon), np.array(lat), names)


def _roads(rng: np.random.Generator) -> Places:
    """Places along the roads, the more the longer the road."""
    with connection.cursor() as cursor:
        cursor.execute(ROADS, [GENERATED])
        rows = cursor.fetchall()
    if not rows:
        return Places(np.array([]), np.array([]), ())
    lines = shapely.from_wkb([bytes(line) for _name, line in rows])
    lengths = shapely.length(lines)
    chosen = rng.choice(len(lines), size=ROAD_PLACES, p=lengths / lengths.sum())
    spots = shapely.line_interpolate_point(lines[chosen], rng.random(ROAD_PLACES), normalized=True)
    return Places(shapely.get_x(spots), shapely.get_y(spots), [rows[i][0] for i in chosen])


def _copy(made: Casebook, rows: range, known: dict[str, tuple[int, str]]) -> None:
    """COPY some of the cases; the database finds where each lies."""
    reported = [_at(made.reported[i]) for i in rows]
    numbers = next_numbers([timezone.localdate(at) for at in reported])
    names = ", ".join(COLUMNS.split())
    with connection.cursor() as cursor, cursor.copy(f"COPY casework_case ({names}) FROM STDIN") as copy:
        for i, number, at in zip(rows, numbers, reported, strict=True):
            copy.write_row(_row(made, i, number, at, known[made.category[i]]))


def _row(made: Casebook, i: int, number: str, reported: datetime, category: tuple[int, str]) -> Sequence[Any]:
    pk, network = category
    closed = None if np.isnan(made.closed[i]) else _at(made.closed[i])
    spot = f"SRID=4326;POINT({made.lon[i]:.7f} {made.lat[i]:.7f})"
    return (
        number, network, pk, made.description[i], made.stage[i], bool(made.urgent[i]), reported, _at(made.due[i]),
        closed, False, spot, made.place[i], "", GENERATED, number, 1,
    )  # fmt: skip


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
