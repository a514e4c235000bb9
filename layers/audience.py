"""Who may hear the live stream, and which news: sessions, screens and posts, looked at again while streams run."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from gridmap.accounts.permissions import area_prefix
from gridmap.accounts.sessions import look, note_screens_seen
from gridmap.accounts.tickets import Ticket
from gridmap.jobs.models import Job
from gridmap.outbox.services import Line


@dataclass(frozen=True)
class Listener:
    """A signed-in person, or a screen, as session and posts stand now."""

    person: int
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """One line of news as it is sent: its event bytes, and whom it concerns."""

    event: bytes
    area: str
    person: int | None = None

    def concerns(self, listener: Listener) -> bool:
        """News for one person is theirs alone; other news is for areas above, below and at its own."""
        if self.person is not None:
            return self.person == listener.person
        return any(self.area.startswith(area) or area.startswith(self.area) for area in listener.areas)


def listeners_of(tickets: Collection[Ticket]) -> dict[Ticket, Listener]:
    """Who stands behind these tickets now; those that have ended, been revoked or lost their post are left out."""
    now = timezone.now()
    note_screens_seen(tickets, at=now)
    return {ticket: Listener(one.person, one.areas) for ticket, one in look(tickets, at=now).items()}


def owners_of(news: Iterable[Line]) -> dict[str, int | None]:
    """Job → the person who started it, for news about jobs: nobody else hears of them."""
    jobs = [row.reference for row in news if row.kind == "job"]
    found: Any = Job.objects.filter(pk__in=jobs).values_list("pk", "created_by_id") if jobs else ()
    return {str(job): person for job, person in found}


def area_of(row: Line) -> str:
    """The code prefix that news is about."""
    return area_prefix(row.area)
