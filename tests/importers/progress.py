"""Progress of a job that runs in the test's own transaction."""

from collections.abc import Mapping
from typing import Any

from gridmap.jobs.models import Job
from gridmap.jobs.progress import Progress


class SameConnection(Progress):
    """Progress written inside the test's own transaction, where another connection could not see the job."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def report(self, share: float, message: str = "", detail: Mapping[str, Any] | None = None) -> bool:
        Job.objects.filter(pk=self._job.pk).update(progress=share, message=message)
        return True

    def __exit__(self, *_problem: object) -> None:
        return None
