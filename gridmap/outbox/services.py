"""Writing news and reading it in an order that loses nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Func, Q, QuerySet

from gridmap.outbox.models import News


class OldestRunning(Func):
    """The oldest transaction that may still commit."""

    template = "(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"
    output_field = BigIntegerField()


@dataclass(frozen=True, order=True)
class Place:
    """Where a reader stands in the stream: the last transaction and row it has seen."""

    transaction: int
    row: int

    def __str__(self) -> str:
        return f"{self.transaction}-{self.row}"

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """The place named by an event id such as `812-44`, or None where the text is none."""
        transaction, _dash, row = text.partition("-")
        if not (transaction.isascii() and transaction.isdigit() and row.isascii() and row.isdigit()):
            return None
        if len(transaction) > 18 or len(row) > 18:
            return None
        return cls(int(transaction), int(row))


def announce(*, kind: str, reference: str, area: str = "", data: Mapping[str, Any] | None = None) -> None:
    """Append one line of news to the caller's transaction; it is heard when, and only if, that commits."""
    News.objects.create(kind=kind, reference=reference, area=area, data=dict(data or {}))


def latest_place() -> Place:
    """Where a reader who wants only what comes from now on starts."""
    row = _settled().order_by("-transaction", "-id").values_list("transaction", "id").first()
    return Place(*row) if row else Place(0, 0)


def read_after(place: Place, *, limit: int = 500) -> list[News]:
    """Settled news after `place`, oldest first."""
    later = Q(transaction__gt=place.transaction) | Q(transaction=place.transaction, id__gt=place.row)
    return list(_settled().filter(later).order_by("transaction", "id")[:limit])


def forget_before(now: datetime, *, keep: timedelta) -> int:
    """Delete news older than `keep`; returns how many rows went."""
    return News.objects.filter(at__lt=now - keep).delete()[0]


def _settled() -> QuerySet[News]:
    """Rows of transactions older than every one still running: `id > last` alone loses rows that commit late."""
    return News.objects.filter(transaction__lt=OldestRunning())
