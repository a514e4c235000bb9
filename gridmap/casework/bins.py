"""Counts for the overview: folded every minute, and counted anew where they are wanted from scratch."""

from django.db import connection, transaction

from gridmap.casework.models.bins import KEPT, NEAREST, SIDE

#: Changes that one transaction folds.
BATCH = 50_000

_NAMES = ", ".join(KEPT)
_SUMS = ", ".join(f"sum({name})" for name in KEPT)
#: All cases that are not private in squares of the nearest zoom, and from them those of every other zoom.
COUNT_ALL = f"""
WITH squares AS (
    SELECT casework_square(ST_X(r.geom_3857)) AS x, casework_square(-ST_Y(r.geom_3857)) AS y, left(r.area, 12) AS area,
           count(*) FILTER (WHERE r.network = 'social_work' AND r.is_open) AS social_open,
           count(*) FILTER (WHERE r.network = 'social_work' AND NOT r.is_open) AS social_closed,
           count(*) FILTER (WHERE r.network = 'city_management' AND r.is_open) AS city_open,
           count(*) FILTER (WHERE r.network = 'city_management' AND NOT r.is_open) AS city_closed,
           count(*) FILTER (WHERE r.network = 'governance' AND r.is_open) AS governance_open,
           count(*) FILTER (WHERE r.network = 'governance' AND NOT r.is_open) AS governance_closed,
           count(*) FILTER (WHERE r.urgent AND r.is_open) AS urgent, count(*) FILTER (WHERE r.overdue) AS overdue,
           sum(casework_place(ST_X(r.geom_3857)) * r.is_open::int) AS open_x,
           sum(casework_place(-ST_Y(r.geom_3857)) * r.is_open::int) AS open_y
    FROM casework_case r WHERE NOT r.private GROUP BY 1, 2, 3
)
INSERT INTO casework_bin (z, x, y, cell, area, {_NAMES})
SELECT z, x >> {NEAREST + 4} - z, y >> {NEAREST + 4} - z,
       (y >> {NEAREST} - z & 15) * {SIDE} + (x >> {NEAREST} - z & 15), area, {_SUMS}
FROM squares CROSS JOIN generate_series(0, {NEAREST}) z GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608  (constant pieces alone)


def fold(*, most: int = BATCH) -> int:
    """Add up to `most` noted changes to the bins; returns how many (none while somebody else folds)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT casework_fold(%s)", [most])
        return int(cursor.fetchone()[0])


def fold_all() -> int:
    """Add every change that is noted by now, in transactions of their own; returns how many."""
    folded = done = fold()
    while done == BATCH:
        done = fold()
        folded += done
    return folded


def count_anew() -> None:
    """Throw the bins away and count all cases. Writers of cases wait; readers see the old counts until the commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE casework_case IN SHARE MODE")  # first, as where the table is emptied
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('gridmap.casework.fold'))")
        cursor.execute("DELETE FROM casework_binchange")
        cursor.execute("DELETE FROM casework_bin")
        cursor.execute(COUNT_ALL)
