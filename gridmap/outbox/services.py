"""Writing news and reading it in an order that loses nothing."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection

from gridmap.outbox.models import News

#: How long news is kept for readers that come back.
KEPT = timedelta(hours=24)

#: What one snapshot shows and another does not; the present snapshot where `until` is null. One statement, so that the
#: present snapshot is the very one that decides which rows are there.
UNSEEN = """
SELECT now.snapshot::text, n.area, n.kind, n.reference, n.data
FROM (SELECT coalesce(%(until)s::pg_snapshot, pg_current_snapshot()) AS snapshot) now
LEFT JOIN (
    SELECT * FROM outbox_news
    WHERE (%(until)s IS NULL OR pg_visible_in_snapshot(transaction::text::xid8, %(until)s::pg_snapshot))
      AND transaction >= pg_snapshot_xmin(%(seen)s::pg_snapshot)::text::bigint
      AND NOT pg_visible_in_snapshot(transaction::text::xid8, %(seen)s::pg_snapshot)
    ORDER BY transaction, id LIMIT %(limit)s
) n ON TRUE
ORDER BY n.transaction, n.id
"""
WRITTEN = re.compile(r"(\d{1,11});((\d{1,18}):(\d{1,18}):((?:\d{1,18}(?:,\d{1,18}){0,999})?))", re.ASCII)


@dataclass(frozen=True)
class Place:
    """Where a reader stands: a database snapshot, and when it was taken (seconds since 1970).

    `id > last` loses rows that commit late, and waiting until every older transaction has ended makes one long import
    hold up everybody's news. A snapshot names exactly the transactions whose rows the reader has had.
    """

    at: int
    snapshot: str

    def __str__(self) -> str:
        return f"{self.at};{self.snapshot}"

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """The place named by an event id, or None where the text is none."""
        found = WRITTEN.fullmatch(text)
        if found is None:
            return None
        at, snapshot, low, high, running = found.groups()
        between = [int(one) for one in running.split(",")] if running else []
        ascending = all(one < other for one, other in pairwise(between))
        inside = all(int(low) <= one < int(high) for one in between)
        return cls(int(at), snapshot) if 0 < int(low) <= int(high) and ascending and inside else None

    @property
    def newest(self) -> int:
        """The first transaction that is surely not seen."""
        return int(self.snapshot.split(":")[1])


@dataclass(frozen=True)
class Line:
    """One line of news as it is told."""

    kind: str
    reference: str
    area: str
    data: Any


@dataclass(frozen=True)
class Reading:
    """What a reader had not seen. `complete` is False where there was too much of it, or some is forgotten already."""

    lines: list[Line]
    place: Place
    complete: bool


def announce(*, kind: str, reference: str, area: str = "", data: Mapping[str, Any] | None = None) -> None:
    """Append one line of news to the caller's transaction; it is heard when, and only if, that commits."""
    News.objects.create(kind=kind, reference=reference, area=area, data=dict(data or {}))


def latest_place(now: datetime) -> Place:
    """Where a reader who wants only what comes from now on starts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return Place(int(now.timestamp()), cursor.fetchone()[0])


def read_after(place: Place, *, now: datetime, until: Place | None = None, limit: int = 500) -> Reading:
    """News that `place` has not seen (and `until` has), in the order of its transactions.

    Of more than `limit` lines none is told: the reader had better look at everything afresh.
    """
    snapshot = until.snapshot if until else None
    with connection.cursor() as cursor:
        cursor.execute(UNSEEN, {"seen": place.snapshot, "until": snapshot, "limit": limit + 1})
        rows = cursor.fetchall()
    reached = until or Place(int(now.timestamp()), rows[0][0])
    known = datetime.fromtimestamp(place.at, UTC) >= now - KEPT and place.newest <= reached.newest
    if len(rows) > limit or not known:
        return Reading([], reached, complete=False)
    lines = [Line(kind, reference, area, json.loads(data)) for _at, area, kind, reference, data in rows if kind]
    return Reading(lines, reached, complete=True)


def forget_before(now: datetime, *, keep: timedelta = KEPT) -> int:
    """Delete news older than `keep`; returns how many rows went."""
    return News.objects.filter(at__lt=now - keep).delete()[0]
