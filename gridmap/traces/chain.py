"""The chain over the entries: sealed, checked, anchored and pruned by functions of the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from gridmap.traces.models import Anchor, Seal

#: Entries sealed in one transaction.
BATCH = 50_000
MOST_FAULTS = 100


@dataclass(frozen=True)
class Fault:
    """One place where the trail is not what it was.

    `kind` is altered, missing, inserted, early (removed before its time), broken (a link that does not follow from the
    one before), gap (links are missing) or anchor (a link is not what was noted of it). `position` counts links.
    """

    kind: str
    position: int | None
    entry: int | None


@dataclass(frozen=True)
class Head:
    """The end of the chain: what is kept outside, as `position:digest`."""

    position: int
    digest: str

    def __str__(self) -> str:
        return f"{self.position}:{self.digest}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Of `123:ab…` (64 hexadecimal digits). ValueError for anything else."""
        position, _colon, digest = text.strip().partition(":")
        if not position.isdecimal() or len(digest) != 64:
            raise ValueError(text)
        return cls(int(position), bytes.fromhex(digest).hex())


def seal_new() -> int:
    """Seal everything that was committed before the oldest transaction that still runs; returns how many entries."""
    sealed = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT traces_seal_entries(%s)", [BATCH])
            made = int(cursor.fetchone()[0])
        sealed += made
        if made < BATCH:
            return sealed


def faults(*, first: int = 1, anchors: tuple[Head, ...] = ()) -> list[Fault]:
    """What is wrong from link `first` on, at most 100; also where the chain differs from `anchors` kept outside."""
    found = list(_disagreements(anchors))
    with connection.cursor() as cursor:
        cursor.execute("SELECT fault, place, entry FROM traces_check(%s, %s)", [first, MOST_FAULTS])
        return found + [Fault(*row) for row in cursor.fetchall()]


def _disagreements(anchors: tuple[Head, ...]) -> Iterator[Fault]:
    """Anchors that the chain does not have. What was pruned since is told by where pruning cut it off, if at all."""
    for anchor in anchors:
        known = {bytes(seal.digest).hex() for seal in Seal.objects.filter(position=anchor.position)}
        known |= {bytes(cut.digest).hex() for cut in Anchor.objects.filter(position=anchor.position)}
        if anchor.digest not in known:
            yield Fault("anchor", anchor.position, None)


def head() -> Head | None:
    """Where the chain ends; None before the first link."""
    last = Seal.objects.order_by("-position").first()
    return Head(last.position, bytes(last.digest).hex()) if last else None


def anchor_now() -> Head | None:
    """Note where the chain ends, and return it to be kept outside."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT place, head FROM traces_anchor_now()")
        position, digest = cursor.fetchone()
    return Head(position, bytes(digest).hex()) if position is not None else None


def prune(now: datetime) -> int:
    """Forget entries that were kept as long as the settings say; only the owner may. Returns how many."""
    limits = [now - timedelta(days=days) for days in (settings.TRACE_KEEP_DAYS, settings.TRACE_KEEP_PERSONAL_DAYS)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT traces_prune(%s, %s)", limits)
        return int(cursor.fetchone()[0])
