"""Starting, running and stopping long work. Rooms above register how each kind of work is done."""

import logging
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.fields.json import KeyTextTransform
from django.utils import translation
from procrastinate.contrib.django.models import ProcrastinateJob

from gridmap.accounts.models import User
from gridmap.jobs.ending import JobRefusedError, connection_lost, finish, note_state, why_given_up
from gridmap.jobs.models import Job
from gridmap.jobs.progress import JobCancelledError, Progress
from gridmap.jobs.shares import InShares, conclude, conclude_all, end_cancelled, let_go, spread, succeed
from gridmap.traces.actor import acting, actor_of

log = logging.getLogger(__name__)

__all__ = ["JobRefusedError", "cancel", "end_lost", "enqueue", "register", "run", "stop"]

Handler = Callable[[Job, Progress], Mapping[str, Any] | InShares]
_handlers: dict[str, Handler] = {}


def register(kind: str, handler: Handler) -> None:
    """Say how work of `kind` is done. It must be safe to run twice: one transaction, or steps that skip."""
    _handlers[kind] = handler


def enqueue(
    *,
    kind: str,
    title: str,
    by: User | None,
    parameters: Mapping[str, Any] | None = None,
    area: str = "",
    keeps_best: bool = False,
) -> Job:
    """Put work in the queue, in the caller's transaction: a rolled-back request starts nothing.

    `keeps_best` says that the work may be stopped with what it has so far.
    """
    from gridmap.jobs.tasks import run_job  # noqa: PLC0415  (the task queue is ready only after all apps are)

    if kind not in _handlers:
        raise KeyError(kind)
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind,
            title=title[:200],
            created_by=by,
            parameters=dict(parameters or {}),
            area=area,
            keeps_best=keeps_best,
        )
        run_job.defer(job_id=str(job.pk), language=translation.get_language() or "")
    return job


def run(job: Job) -> Job:
    """Do the work now, in this process; what happens is written on the job. Work in shares is put in the queue.

    Where the database goes away meanwhile nothing can be written: its error is passed on, and the work can run again.
    """
    job.refresh_from_db()
    if job.has_ended or job.shares.exists():
        return job
    if job.cancel_requested:
        return end_cancelled(job)
    with acting(f"job:{job.pk} {actor_of(job.created_by)}".strip()):
        return _work(job)


def _work(job: Job) -> Job:
    with Progress(job) as progress:
        if not progress.begin():
            job.refresh_from_db()
            return job
        note_state(job, Job.State.RUNNING)
        try:
            result = _handlers[job.kind](job, progress)
        except JobCancelledError:
            return end_cancelled(job)
        except JobRefusedError as refusal:
            return finish(job, Job.State.FAILED, message=str(refusal))
        except Exception:
            if connection_lost():
                raise
            log.exception("job %s (%s) failed", job.pk, job.kind)
            return finish(job, Job.State.FAILED, message=translation.gettext("Something went wrong; see the log."))
    if isinstance(result, InShares):
        spread(job, result)
        job.refresh_from_db()
        return job
    return succeed(job, result)


def cancel(job: Job) -> None:
    """Ask to leave nothing behind: at once where the work has not begun, at its next report where it has."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.state == Job.State.QUEUED:
            finish(job, Job.State.CANCELLED)
        elif not job.has_ended:
            Job.objects.filter(pk=job.pk).update(cancel_requested=True)
            let_go(job)
            conclude(job)


def stop(job: Job) -> None:
    """Ask to stop with what there is. Work that has not begun has nothing; work that can't keep its best goes on."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if not job.stoppable:
            return
        if job.state == Job.State.QUEUED:
            finish(job, Job.State.CANCELLED)
            return
        Job.objects.filter(pk=job.pk).update(stop_requested=True)
        let_go(job)
        conclude(job)


def end_lost() -> int:
    """End the jobs that no worker has and none will take up (their queue gave up on them); how many there were."""
    unfinished = list(Job.objects.exclude(state__in=Job.ENDED).filter(shares__isnull=True).values_list("pk", flat=True))
    held = ProcrastinateJob.objects.filter(status__in=["todo", "doing"], task_name="run_job")
    kept = {
        UUID(one) for one in held.annotate(job_id=KeyTextTransform("job_id", "args")).values_list("job_id", flat=True)
    }
    ended = 0
    for key in unfinished:
        with transaction.atomic():
            job = Job.objects.select_for_update().get(pk=key)
            if key not in kept and not job.has_ended and not job.shares.exists():
                if job.cancel_requested:
                    end_cancelled(job)
                else:
                    finish(job, Job.State.FAILED, message=why_given_up())
                ended += 1
    return ended + conclude_all()
