"""Work in shares: a job that is more than one machine's work is cut up, and any worker takes the next share.

A share is a task of the queue of its own. Whoever ends the last one ends the job; where they die, `conclude_all`
does it a minute later.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob

from gridmap.jobs.ending import JobRefusedError, connection_lost, finish, why_given_up
from gridmap.jobs.models import Job, Share
from gridmap.jobs.progress import JobCancelledError, Progress, ShareProgress
from gridmap.traces.actor import acting, actor_of

log = logging.getLogger(__name__)

#: Behind everything else that waits: an import should not stand in line after a whole province.
PRIORITY = -1


@dataclass(frozen=True)
class NewShare:
    """What one share is to do, how much of the whole it is, and figures to show; the job shows their sums."""

    parameters: Mapping[str, Any]
    weight: float = 1.0
    detail: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class InShares:
    """What a handler returns instead of a result where the work is to be spread."""

    shares: Sequence[NewShare]


@dataclass(frozen=True)
class ShareWork:
    """How one kind of work is done in shares.

    `work` does one share and must be safe to run twice. `gather` makes the result of the job from what the shares left
    behind (it may refuse), `undo` removes that where the job was cancelled, and what the job left behind where it was
    done in one piece; both run while the job is locked.
    """

    work: Callable[[Share, Progress], Mapping[str, Any]]
    gather: Callable[[Job], Mapping[str, Any]]
    undo: Callable[[Job], None]


_works: dict[str, ShareWork] = {}


def register_shares(kind: str, work: ShareWork) -> None:
    """Say how shares of `kind` are done."""
    _works[kind] = work


def spread(job: Job, orders: InShares) -> None:
    """Put the shares in the queue, all or none; a job that has them already, or was cancelled meanwhile, gets none."""
    from gridmap.jobs.tasks import run_share  # noqa: PLC0415  (the task queue is ready only after all apps are)

    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.has_ended:
            return
        if job.cancel_requested or job.stop_requested:
            finish(job, Job.State.CANCELLED)
        elif not job.shares.exists():
            made = Share.objects.bulk_create(
                Share(job=job, number=number, parameters=one.parameters, weight=one.weight, detail=one.detail)
                for number, one in enumerate(orders.shares, 1)
            )
            language = translation.get_language() or ""
            tasks: list[dict[str, Any]] = [{"share_id": share.pk, "language": language} for share in made]
            run_share.configure(priority=PRIORITY).batch_defer(*tasks)


def work_on(share: Share) -> None:
    """Do one share now, in this process, and end the job if it was the last."""
    share = Share.objects.select_related("job__created_by").get(pk=share.pk)
    job = share.job
    if not (share.has_ended or job.has_ended):
        with acting(f"job:{job.pk} {actor_of(job.created_by)}".strip()), ShareProgress(share) as progress:
            if progress.begin():
                _end(share, *_outcome(share, progress))
    conclude(job)


def _outcome(share: Share, progress: Progress) -> tuple[Job.State, Mapping[str, Any]]:
    try:
        return Job.State.SUCCEEDED, _works[share.job.kind].work(share, progress)
    except JobCancelledError:
        return Job.State.CANCELLED, {}
    except JobRefusedError as refusal:
        return Job.State.FAILED, {"refusals": [str(refusal)]}
    except Exception:
        if connection_lost():
            raise
        log.exception("share %s of job %s failed", share.number, share.job_id)
        return Job.State.FAILED, {"refusals": [translation.gettext("Something went wrong; see the log.")]}


def _end(share: Share, state: Job.State, result: Mapping[str, Any]) -> None:
    waiting = Share.objects.filter(pk=share.pk).exclude(state__in=Job.ENDED)
    waiting.update(state=state, progress=1.0, result=dict(result), finished_at=timezone.now())


def hold(key: UUID) -> None:
    """Until the end of the transaction the job does not end; raises `JobCancelledError` where it has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM jobs_job WHERE id = %s FOR KEY SHARE", [key])
        found = cursor.fetchone()
    if found is None or found[0] in Job.ENDED:
        raise JobCancelledError


def let_go(job: Job) -> None:
    """Nobody begins what has not begun; to be called with the job locked."""
    job.shares.filter(state=Job.State.QUEUED).update(state=Job.State.CANCELLED, finished_at=timezone.now())


def end_cancelled(job: Job) -> Job:
    """End a job that was cancelled, and remove what it left behind."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if not job.has_ended and job.kind in _works:
            _works[job.kind].undo(job)
        return finish(job, Job.State.CANCELLED)


def succeed(job: Job, result: Mapping[str, Any]) -> Job:
    """End a job that was done in one piece. A cancel after its last report counts where what was done can be undone."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.cancel_requested and job.kind in _works:
            return end_cancelled(job)
        return finish(job, Job.State.SUCCEEDED, result=result)


def conclude(job: Job) -> None:
    """End a job whose shares have all ended; whoever comes second finds it ended. A fault in that ends it too."""
    try:
        _conclude(job)
    except Exception:
        if connection_lost():
            raise
        log.exception("job %s (%s) could not be concluded", job.pk, job.kind)
        finish(job, Job.State.FAILED, message=translation.gettext("Something went wrong; see the log."))


def _conclude(job: Job) -> None:
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        shares = list(job.shares.all())
        if job.has_ended or not shares or not all(share.has_ended for share in shares):
            return
        if job.cancel_requested:
            end_cancelled(job)
            return
        try:
            result = _works[job.kind].gather(job)
        except JobRefusedError as refusal:
            finish(job, Job.State.FAILED, message=str(refusal))
        else:
            finish(job, Job.State.SUCCEEDED, result=result)


def conclude_all() -> int:
    """End shares that no worker has and none will take up, and jobs whose shares have ended; how many jobs had such."""
    running = Share.objects.exclude(state__in=Job.ENDED).values_list("pk", flat=True)
    unfinished = list(running)
    held = ProcrastinateJob.objects.filter(status__in=["todo", "doing"], task_name="run_share")
    known = {
        int(one) for one in held.annotate(share=KeyTextTransform("share_id", "args")).values_list("share", flat=True)
    }
    lost = [pk for pk in unfinished if pk not in known]
    for share in Share.objects.filter(pk__in=lost):
        _end(share, Job.State.FAILED, {"refusals": [why_given_up()]})
    waiting = Share.objects.filter(job=OuterRef("pk")).exclude(state__in=Job.ENDED)
    jobs = Job.objects.exclude(state__in=Job.ENDED).filter(shares__isnull=False).exclude(Exists(waiting)).distinct()
    found = list(jobs)
    for job in found:
        conclude(job)
    return len(found)
