"""Starting, running and stopping long work. Rooms above register how each kind of work is done."""

import logging
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob

from gridmap.accounts.models import User
from gridmap.jobs.models import Job
from gridmap.jobs.progress import JobCancelledError, Progress
from gridmap.outbox.services import announce
from gridmap.traces.actor import acting, actor_of
from gridmap.traces.services import note

log = logging.getLogger(__name__)

Handler = Callable[[Job, Progress], Mapping[str, Any]]
_handlers: dict[str, Handler] = {}


class JobRefusedError(Exception):
    """The work can't be done as asked; the message is for the person who asked, in their language."""


def register(kind: str, handler: Handler) -> None:
    """Say how work of `kind` is done. It must be safe to run twice: one transaction, or steps that skip."""
    _handlers[kind] = handler


def enqueue(
    *, kind: str, title: str, by: User | None, parameters: Mapping[str, Any] | None = None, area: str = ""
) -> Job:
    """Put work in the queue, in the caller's transaction: a rolled-back request starts nothing."""
    from gridmap.jobs.tasks import run_job  # noqa: PLC0415  (the task queue is ready only after all apps are)

    if kind not in _handlers:
        raise KeyError(kind)
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind, title=title[:200], created_by=by, parameters=dict(parameters or {}), area=area
        )
        run_job.defer(job_id=str(job.pk), language=translation.get_language() or "")
    return job


def run(job: Job) -> Job:
    """Do the work now, in this process; what happens is written on the job.

    Where the database goes away meanwhile nothing can be written: its error is passed on, and the work can run again.
    """
    job.refresh_from_db()
    if job.has_ended:
        return job
    if job.cancel_requested:
        return _finish(job, Job.State.CANCELLED)
    with acting(f"job:{job.pk} {actor_of(job.created_by)}".strip()):
        return _work(job)


def _work(job: Job) -> Job:
    with Progress(job) as progress:
        progress.begin()
        _note(job, Job.State.RUNNING)
        try:
            result = _handlers[job.kind](job, progress)
        except JobCancelledError:
            return _finish(job, Job.State.CANCELLED)
        except JobRefusedError as refusal:
            return _finish(job, Job.State.FAILED, message=str(refusal))
        except Exception:
            if _connection_lost():
                raise
            log.exception("job %s (%s) failed", job.pk, job.kind)
            return _finish(job, Job.State.FAILED, message=translation.gettext("Something went wrong; see the log."))
    return _finish(job, Job.State.SUCCEEDED, result=result)


def cancel(job: Job) -> None:
    """Ask for a stop: at once where the work has not begun, at its next report where it has."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.state == Job.State.QUEUED:
            _finish(job, Job.State.CANCELLED)
        elif not job.has_ended:
            Job.objects.filter(pk=job.pk).update(cancel_requested=True)


def end_lost() -> int:
    """End the jobs that no worker has and none will take up (their queue gave up on them); how many there were."""
    waiting = ProcrastinateJob.objects.filter(status__in=["todo", "doing"], task_name="run_job")
    kept = waiting.annotate(job_id=KeyTextTransform("job_id", "args")).values_list("job_id", flat=True)
    unfinished = Job.objects.exclude(state__in=Job.ENDED).exclude(pk__in=[UUID(one) for one in kept])
    for job in (lost := list(unfinished)):
        _finish(job, Job.State.FAILED, message=translation.gettext("Something went wrong; see the log."))
    return len(lost)


def _connection_lost() -> bool:
    """Whether the server ended this thread's connection; it is closed then, so that the next use opens another."""
    lost = connection.connection is not None and bool(connection.connection.closed)
    if lost:
        connection.close()
    return lost


def _finish(job: Job, state: Job.State, *, message: str = "", result: Mapping[str, Any] | None = None) -> Job:
    changes: dict[str, Any] = {"state": state, "finished_at": timezone.now()}
    if message:
        changes["message"] = message[:300]
    if state == Job.State.SUCCEEDED:
        changes |= {"progress": 1.0, "message": "", "result": dict(result or {})}
    with transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**changes)
        announce(kind="job", reference=str(job.pk), area=job.area, data={"state": state.value})
        _note(job, state)
    job.refresh_from_db()
    return job


def _note(job: Job, state: Job.State) -> None:
    detail = {"work": job.kind, "state": state.value}
    note(kind="job", table="jobs_job", row=str(job.pk), area=job.area, detail=detail)
