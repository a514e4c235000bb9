"""Telling the page how far long work is, from inside the transaction that does it."""

import time
from types import TracebackType

from django.db import connections
from django.utils import timezone

from gridmap.jobs.models import Job

#: Seconds between two writes: a bar that moves four times a second looks alive, and costs nothing.
INTERVAL_S = 0.25


class JobCancelledError(Exception):
    """The person asked to stop; whoever catches it must leave nothing half-done."""


class Progress:
    """Writes progress on a connection of its own, so that it is seen before the work commits.

    Raises `JobCancelledError` from `report` when the person has asked to stop.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._last = 0.0
        self._connection = connections.create_connection("default")

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def report(self, share: float, message: str = "") -> None:
        """Say that `share` (0–1) is done; cheap to call often."""
        now = time.monotonic()
        if now - self._last < INTERVAL_S and share < 1:
            return
        self._last = now
        with self._connection.cursor() as cursor:
            cursor.execute(
                "UPDATE jobs_job SET progress = %s, message = CASE WHEN %s = '' THEN message ELSE %s END"
                " WHERE id = %s RETURNING cancel_requested",
                [min(max(share, 0.0), 1.0), message, message[:300], self._job.pk],
            )
            row = cursor.fetchone()
        if row is None or row[0]:
            raise JobCancelledError

    def begin(self) -> None:
        """Mark the work as running (again, after a restart)."""
        Job.objects.filter(pk=self._job.pk).update(state=Job.State.RUNNING, started_at=timezone.now(), progress=0)
