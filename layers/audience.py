"""Who may hear the live stream, and which news: the session and the posts, looked at again while the stream runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from gridmap.accounts.models import User
from gridmap.accounts.permissions import area_prefix, areas_of
from gridmap.accounts.roles import Verb
from gridmap.jobs.models import Job
from gridmap.outbox.services import Line


@dataclass(frozen=True)
class Listener:
    """A signed-in person as their session and posts stand now."""

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


def listener_of(session_key: str) -> Listener | None:
    """Who a session belongs to, or None where it has ended, been revoked, or its person switched off."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key or None)
    person = get_user(request)
    if not isinstance(person, User) or not person.is_active:
        return None
    return Listener(person.pk, tuple(areas_of(person, Verb.VIEW)))


def owners_of(news: Iterable[Line]) -> dict[str, int | None]:
    """Job → the person who started it, for news about jobs: nobody else hears of them."""
    jobs = [row.reference for row in news if row.kind == "job"]
    found: Any = Job.objects.filter(pk__in=jobs).values_list("pk", "created_by_id") if jobs else ()
    return {str(job): person for job, person in found}


def area_of(row: Line) -> str:
    """The code prefix that news is about."""
    return area_prefix(row.area)
