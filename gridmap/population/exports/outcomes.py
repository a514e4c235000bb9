"""Where the outcome of an export is looked at."""

from collections.abc import Mapping
from uuid import UUID

from django.urls import reverse

from gridmap.jobs.models import Job


def pages_of_exports(jobs: list[Job]) -> Mapping[UUID, str]:
    """Job → the page of its request."""
    return {job.pk: reverse("population:export", args=[job.parameters["request"]]) for job in jobs}
