"""Asking for an export, deciding about it, and fetching it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gridmap.accounts.models import User
from gridmap.jobs.services import enqueue
from gridmap.population.exports import store
from gridmap.population.exports.columns import ORDER
from gridmap.population.models import ExportRequest, Resident
from gridmap.population.narrowing import Narrowing
from gridmap.population.permissions import may_ask_for_export, may_decide_export
from gridmap.population.querysets import ResidentQuerySet
from gridmap.population.refusals import PeopleRefusedError, Refusal
from gridmap.traces.services import note

KIND = "people_export"
#: How long an approval holds, how long a file may be fetched, and how often.
APPROVAL_HOLDS = timedelta(hours=72)
FILE_LIVES = timedelta(hours=24)
MOST_DOWNLOADS = 3
#: A request that nobody has decided by then is forgotten.
DECIDE_WITHIN = timedelta(days=14)
State = ExportRequest.State


def residents_of(request: ExportRequest) -> ResidentQuerySet:
    """Those whom an export is about; they are there only inside a door of its area."""
    on = timezone.localdate(request.requested_at)
    return Narrowing(**request.narrowing).narrow(Resident.objects.within(request.area), on=on)


def ask(
    *,
    area: str,
    narrowing: Narrowing,
    fields: Sequence[str],
    clear: bool,
    file_format: str,
    purpose: str,
    by: User,
    at: datetime,
) -> ExportRequest:
    """Ask for an export, inside a door of the area; how many rows it would hold is counted now. Refused for none, or
    for more than one file may hold."""
    if not may_ask_for_export(by, area):
        raise PermissionDenied
    request = ExportRequest(
        number=_next_number(),
        area=area,
        narrowing=narrowing.as_query() | {"place": area},
        fields=[name for name in ORDER if name in fields],
        clear=clear,
        format=file_format,
        purpose=purpose,
        requested_by=by,
        requested_at=at,
    )
    request.row_count = residents_of(request).count()
    if request.row_count == 0 or not request.fields:
        raise PeopleRefusedError(Refusal.EMPTY_EXPORT)
    if request.row_count > settings.EXPORT_MAX_ROWS:
        raise PeopleRefusedError(Refusal.TOO_LARGE, most=settings.EXPORT_MAX_ROWS)
    request.save(force_insert=True)
    return request


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('population_export_number')")
        return int(cursor.fetchone()[0])


def decide(*, request: ExportRequest, approve: bool, text: str, by: User, at: datetime) -> ExportRequest:
    """Allow or refuse, as a second person; an allowed one is made by the worker at once."""
    if not may_decide_export(by, request):
        raise PermissionDenied
    if not approve and not text:
        raise PeopleRefusedError(Refusal.NO_DECISION_REASON)
    with transaction.atomic():
        request = ExportRequest.objects.select_for_update().get(pk=request.pk)
        if request.state != State.ASKED:
            raise PeopleRefusedError(Refusal.NOT_ASKED)
        request.decided_by, request.decided_at, request.decision_note = by, at, text[:300]
        request.state = State.REFUSED
        if approve:
            request.state, request.valid_until = State.APPROVED, at + APPROVAL_HOLDS
            request.job = _enqueue(request)
        request.save()
    return request


def _enqueue(request: ExportRequest) -> Any:
    title = _("Export of people's data %(number)s") % {"number": request}
    job = enqueue(
        kind=KIND,
        title=title,
        by=request.requested_by,
        area=request.area,
        parameters={"request": str(request.pk)},
    )
    return job.pk


def withdraw(*, request: ExportRequest, by: User) -> None:
    """Take one's own request back as long as nobody has decided."""
    with transaction.atomic():
        request = ExportRequest.objects.select_for_update().get(pk=request.pk)
        if request.requested_by_id != by.pk:
            raise PermissionDenied
        if request.state != State.ASKED:
            raise PeopleRefusedError(Refusal.NOT_ASKED)
        request.state = State.WITHDRAWN
        request.save(update_fields=["state"])


def lapse_of(request: ExportRequest, *, rows: int) -> PeopleRefusedError | None:
    """Why an approval holds no more, for a file of so many rows: both persons are to have their rights still, and
    there are to be no more people than the second one allowed."""
    if not may_ask_for_export(request.requested_by, request.area):
        return PeopleRefusedError(Refusal.ASKER_LAPSED)
    if request.decided_by is None or not may_decide_export(request.decided_by, request):
        return PeopleRefusedError(Refusal.DECIDER_LAPSED)
    if rows > request.row_count:
        return PeopleRefusedError(Refusal.GROWN, now=rows, then=request.row_count)
    if rows > settings.EXPORT_MAX_ROWS:
        return PeopleRefusedError(Refusal.TOO_LARGE, most=settings.EXPORT_MAX_ROWS)
    return None


def lapse_of_file(request: ExportRequest) -> PeopleRefusedError | None:
    """Why the approval of a file that is there holds no more."""
    return lapse_of(request, rows=request.rows_written or 0) if request.state == State.READY else None


def may_fetch(request: ExportRequest, by: User, at: datetime) -> bool:
    """Whether the file is there for this person now: theirs, allowed still, and not fetched too often."""
    return (
        request.requested_by_id == by.pk
        and request.state == State.READY
        and lapse_of_file(request) is None
        and request.valid_until is not None
        and request.ready_at is not None
        and at < min(request.valid_until, request.ready_at + FILE_LIVES)
        and request.downloads < MOST_DOWNLOADS
    )


def fetch(*, request: ExportRequest, by: User, at: datetime) -> bytes:
    """The content of the file, counted and written down. PeopleRefusedError where it is not to be had (any more); an
    approval that holds no more ends with its file."""
    if request.requested_by_id == by.pk and (why := _end_lapsed(request.pk)):
        raise why
    with transaction.atomic():
        request = ExportRequest.objects.select_for_update().get(pk=request.pk)
        if not may_fetch(request, by, at):
            raise PeopleRefusedError(Refusal.NOT_READY)
        try:
            content = store.get(request.pk)
        except FileNotFoundError:
            raise PeopleRefusedError(Refusal.NOT_READY) from None
        request.downloads += 1
        request.save(update_fields=["downloads"])
        detail = {
            "export": str(request),
            "rows": request.rows_written,
            "clear": request.clear,
            "fields": request.fields,
        }
        note(
            kind="export",
            by=by,
            table="population_exportrequest",
            row=str(request.pk),
            area=request.area,
            detail=detail | {"download": request.downloads, "purpose": request.purpose},
        )
    return content


def _end_lapsed(key: UUID) -> PeopleRefusedError | None:
    """End a file whose approval holds no more, and tell why."""
    with transaction.atomic():
        request = ExportRequest.objects.select_for_update().get(pk=key)
        why = lapse_of_file(request)
        if why is not None:
            request.state = State.FAILED
            request.save(update_fields=["state"])
            store.forget(key)
    return why


def sweep() -> int:
    """Take away the files that no request stands for, as a lost worker leaves them; returns how many. One that is
    approved may have its file just now."""
    found = store.keys()
    live = ExportRequest.objects.filter(pk__in=found, state__in=[State.APPROVED, State.READY])
    orphans = found - set(live.values_list("pk", flat=True))
    for key in orphans:
        store.forget(key)
    return len(orphans)


def expire(*, at: datetime) -> int:
    """Forget files that may no longer be fetched and requests that nobody decided; returns how many."""
    ended = 0
    with transaction.atomic():
        for request in ExportRequest.objects.select_for_update().filter(
            state__in=[State.ASKED, State.APPROVED, State.READY]
        ):
            if _is_over(request, at):
                store.forget(request.pk)
                request.state = State.EXPIRED
                request.save(update_fields=["state"])
                ended += 1
    return ended


def _is_over(request: ExportRequest, at: datetime) -> bool:
    if request.state == State.ASKED:
        return at >= request.requested_at + DECIDE_WITHIN
    if request.valid_until is not None and at >= request.valid_until:
        return True
    if request.state == State.READY and request.ready_at is not None:
        return at >= request.ready_at + FILE_LIVES or request.downloads >= MOST_DOWNLOADS
    return False
