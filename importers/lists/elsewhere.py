"""People outside the area of a list who carry one of its ID numbers: every one asked about is named in the trail.

Whether somebody is held somewhere is told to nobody in bulk: an importer learns it of a limited number of people a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from gridmap.accounts.models import User
from gridmap.traces.models import Entry, Kind
from gridmap.traces.services import note
from importers.models import ImportRun
from importers.records import RefusedError

TABLE = "population_resident"
REASON = "held_elsewhere"
HELD = "SELECT mark, resident, area FROM importers_marks_elsewhere(%s)"
#: The lists of one person are compared one after the other from the first question on, so that all are counted.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('gridmap.people.elsewhere'), %s)"


@dataclass(frozen=True, slots=True)
class Hit:
    """A resident of another area, by the mark of their ID number."""

    mark: str
    resident: str
    area: str


class TooManyElsewhereError(RefusedError):
    """The list asks about more people of other areas than its importer may learn of in a day."""

    def __init__(self, hits: Sequence[Hit], limit: int) -> None:
        super().__init__("too_many_elsewhere", limit=limit)
        self.hits = hits


class Elsewhere:
    """Asks for the importer of `run`; people noted for them after `since` count towards the limit."""

    def __init__(self, run: ImportRun, since: datetime) -> None:
        self._run, self._since = run, since

    def ask(self, marks: Iterable[str]) -> set[str]:
        """Those of the marks that a present resident of any area carries, each noted. TooManyElsewhereError."""
        wanted, person = list(marks), self._run.created_by_id
        if not wanted or person is None:
            return set()
        limit, asked = settings.LIST_ELSEWHERE_PER_DAY, self._asked(person)
        if len(asked) > limit:
            raise TooManyElsewhereError((), limit)
        hits = _held(wanted)
        if len(asked | {hit.resident for hit in hits}) > limit:
            raise TooManyElsewhereError(hits, limit)
        note_hits(self._run, self._run.created_by, hits)
        return {hit.mark for hit in hits}

    def _asked(self, person: int) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(ONE_AT_A_TIME, [person])
        told = Entry.objects.filter(kind=Kind.REFUSAL, table_name=TABLE, at__gte=self._since)
        return set(told.filter(detail__reason=REASON, detail__importer=person).values_list("row_id", flat=True))


@contextmanager
def hits_stay_noted(run: ImportRun) -> Iterator[None]:
    """Around the transaction of a comparison: a list that asks about too many is undone, what it asked stays noted."""
    try:
        yield
    except TooManyElsewhereError as refusal:
        note_hits(run, run.created_by, refusal.hits)
        raise


def note_hits(run: ImportRun, by: User | None, hits: Iterable[Hit]) -> None:
    """One entry for each resident, in their own area."""
    detail = {"reason": REASON, "import": str(run.pk), "importer": run.created_by_id}
    for hit in hits:
        note(kind=Kind.REFUSAL, by=by, table=TABLE, row=hit.resident, area=hit.area, detail=detail)


def _held(marks: list[str]) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(HELD, [marks])
        return [Hit(str(mark), str(resident), str(area)) for mark, resident, area in cursor.fetchall()]
