"""Making the file of an approved export: all of it, or nothing; again from the start after a restart."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gridmap.jobs.models import Job
from gridmap.jobs.progress import JobCancelledError, Progress
from gridmap.jobs.services import JobRefusedError
from gridmap.population.exports import store
from gridmap.population.exports.asking import lapse_of, residents_of
from gridmap.population.exports.columns import header_of, keys_of, rows_of
from gridmap.population.exports.sheets import WRITERS
from gridmap.population.models import ExportRequest
from gridmap.traces.door import door

State = ExportRequest.State


def make_as_job(job: Job, progress: Progress) -> Mapping[str, Any]:
    """The handler: refused where the approval or the right no longer holds; a stop leaves no file."""
    key = job.parameters["request"]
    try:
        rows = make(ExportRequest.objects.select_related("requested_by").get(pk=key), progress)
    except JobCancelledError:
        _end(key, State.WITHDRAWN)
        raise
    except JobRefusedError:
        _end(key, State.FAILED)
        raise
    return {"request": key, "rows": rows}


def make(request: ExportRequest, progress: Progress) -> int:
    """Read, write, seal; returns the number of rows. JobRefusedError, JobCancelledError."""
    _refuse_unless_allowed(request, rows=0)
    purpose = f"export {request}: {request.purpose}"
    person = request.requested_by
    with (
        transaction.atomic(),
        door(by=person, areas=[request.area], kind="export", purpose=purpose, place=request.area),
    ):
        keys = keys_of(residents_of(request))
        _refuse_unless_allowed(request, rows=len(keys))
        counted = _Counted(rows_of(request, keys), len(keys), progress)
        content = WRITERS[request.format](header_of(request), counted, watermark=watermark_of(request, len(keys)))
        store.put(request.pk, content)
        made = ExportRequest.objects.filter(pk=request.pk, state=State.APPROVED)
        if not made.update(state=State.READY, rows_written=counted.rows, ready_at=timezone.now(), downloads=0):
            raise JobRefusedError(_("This export is no longer approved."))
    return counted.rows


def _refuse_unless_allowed(request: ExportRequest, *, rows: int) -> None:
    in_time = request.valid_until is not None and timezone.now() < request.valid_until
    if request.state != State.APPROVED or not in_time:
        raise JobRefusedError(_("This export is no longer approved."))
    if why := lapse_of(request, rows=rows):
        raise JobRefusedError(str(why))


def _end(key: str, state: str) -> None:
    """No file is left behind but the one of an export that is ready."""
    ExportRequest.objects.filter(pk=key, state=State.APPROVED).update(state=state)
    if not ExportRequest.objects.filter(pk=key, state=State.READY).exists():
        store.forget(UUID(key))


def watermark_of(request: ExportRequest, rows: int) -> str:
    """Who, when, which request, how many rows, what for."""
    return _("Export %(number)s · %(person)s (%(username)s) · %(time)s · %(rows)d rows · purpose: %(purpose)s") % {
        "number": request,
        "person": request.requested_by,
        "username": request.requested_by.username,
        "time": timezone.localtime().strftime("%Y-%m-%d %H:%M"),
        "rows": rows,
        "purpose": request.purpose,
    }


class _Counted:
    """Rows that are counted and reported while they pass."""

    def __init__(self, rows: Iterator[list[str]], total: int, progress: Progress) -> None:
        self._source, self._total, self._progress = rows, max(total, 1), progress
        self.rows = 0

    def __iter__(self) -> Iterator[list[str]]:
        for row in self._source:
            self.rows += 1
            self._progress.report(0.95 * self.rows / self._total)
            yield row
