"""How long work ends: what is written on the job, announced and noted."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gridmap.jobs.models import Job
from gridmap.outbox.services import announce
from gridmap.traces.services import note


class JobRefusedError(Exception):
    """The work can't be done as asked; the message is for the person who asked, in their language."""


def finish(job: Job, state: Job.State, *, message: str = "", result: Mapping[str, Any] | None = None) -> Job:
    """Write the end of a job and tell those who watch it; one that has ended stays as it is."""
    changes: dict[str, Any] = {"state": state, "finished_at": timezone.now()}
    if message:
        changes["message"] = message[:300]
    if state == Job.State.SUCCEEDED:
        changes |= {"progress": 1.0, "message": "", "result": dict(result or {})}
    with transaction.atomic():
        if Job.objects.filter(pk=job.pk).exclude(state__in=Job.ENDED).update(**changes):
            announce(kind="job", reference=str(job.pk), area=job.area, data={"state": state.value})
            note_state(job, state)
    job.refresh_from_db()
    return job


def why_given_up() -> str:
    """What is said of work that was begun several times and never came to its end."""
    return _(
        "Given up: the work was interrupted each time it was begun, for want of memory or because the database"
        " went away. See the log."
    )


def note_state(job: Job, state: Job.State) -> None:
    """One entry of the trail for the beginning and the end of work."""
    detail = {"work": job.kind, "state": state.value}
    note(kind="job", table="jobs_job", row=str(job.pk), area=job.area, detail=detail)


def connection_lost() -> bool:
    """Whether the server ended this thread's connection; it is closed then, so that the next use opens another."""
    lost = connection.connection is not None and bool(connection.connection.closed)
    if lost:
        connection.close()
    return lost
