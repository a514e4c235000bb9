"""Telling the page how far long work is, from inside the transaction that does it."""

import json
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from django.db import connections
from django.utils import timezone

from gridmap.jobs.models import Job, Share

#: Seconds between two writes: a bar that moves four times a second looks alive, and costs nothing.
INTERVAL_S = 0.25
WRITE = """
UPDATE jobs_job SET progress = %(share)s, message = coalesce(nullif(%(message)s, ''), message),
    detail = coalesce(%(detail)s::jsonb, detail)
WHERE id = %(job)s AND state NOT IN ('succeeded', 'failed', 'cancelled') RETURNING cancel_requested, stop_requested
"""
WRITE_SHARE = """
UPDATE jobs_share SET progress = %(share)s, detail = coalesce(%(detail)s::jsonb, detail)
WHERE id = %(part)s AND state = 'running'
"""
#: A job in shares is as far as they are by weight, and shows the sums of what they show.
WRITE_SUM = """
UPDATE jobs_job SET message = coalesce(nullif(%(message)s, ''), message),
    progress = (SELECT least(1, sum(weight * progress) / sum(weight)) FROM jobs_share WHERE job_id = %(job)s),
    detail = (
        SELECT coalesce(jsonb_object_agg(key, total), '{}') FROM (
            SELECT key, sum(value::numeric) AS total
            FROM jobs_share, jsonb_each_text(detail) WHERE job_id = %(job)s GROUP BY key
        ) sums
    )
WHERE id = %(job)s AND state = 'running' RETURNING cancel_requested, stop_requested
"""


class JobCancelledError(Exception):
    """The person asked to stop; whoever catches it must leave nothing half-done."""


class Progress:
    """Writes progress on a connection of its own, so that it is seen before the work commits.

    Raises `JobCancelledError` from `report` when the person has asked to cancel.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._last = 0.0
        self._stop = False
        self._connection = connections.create_connection("default")

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def report(self, share: float, message: str = "", detail: Mapping[str, Any] | None = None) -> bool:
        """Say that `share` (0–1) is done and what is to be seen; cheap to call often.

        Returns whether to go on: False once the person has asked to stop and keep what there is.
        """
        now = time.monotonic()
        if now - self._last < INTERVAL_S and share < 1:
            return not self._stop
        self._last = now
        values = {
            "share": min(max(share, 0.0), 1.0),
            "message": message[:300],
            "detail": None if detail is None else json.dumps(dict(detail)),
            "job": self._job.pk,
        }
        asked = self._write(values)
        if asked is None or asked[0]:
            raise JobCancelledError
        self._stop = asked[1]
        return not self._stop

    def _write(self, values: dict[str, Any]) -> tuple[bool, bool] | None:
        """Whether a cancel and a stop were asked for; None where the job is gone or has ended."""
        with self._connection.cursor() as cursor:
            cursor.execute(WRITE, values)
            found: tuple[bool, bool] | None = cursor.fetchone()
        return found

    def begin(self) -> bool:
        """Mark the work as running (again, after a restart); False where it has ended meanwhile."""
        waiting = Job.objects.filter(pk=self._job.pk).exclude(state__in=Job.ENDED)
        return bool(waiting.update(state=Job.State.RUNNING, started_at=timezone.now(), progress=0))


class ShareProgress(Progress):
    """Progress of one share: the job shows the sum over all of them. Who works on after the job has ended is told."""

    def __init__(self, share: Share) -> None:
        super().__init__(share.job)
        self._share = share

    def _write(self, values: dict[str, Any]) -> tuple[bool, bool] | None:
        values["part"] = self._share.pk
        with self._connection.cursor() as cursor:
            cursor.execute(WRITE_SHARE, values)
            if not cursor.rowcount:
                return None
            cursor.execute(WRITE_SUM, values)
            found: tuple[bool, bool] | None = cursor.fetchone()
        return found

    def begin(self) -> bool:
        """Mark the share as running (again, after a restart); False where it has ended meanwhile."""
        waiting = Share.objects.filter(pk=self._share.pk).exclude(state__in=Job.ENDED)
        return bool(waiting.update(state=Job.State.RUNNING, started_at=timezone.now()))
