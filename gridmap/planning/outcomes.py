"""Which page shows what a drawing job made."""

from uuid import UUID

from django.urls import reverse

from gridmap.jobs.models import Job


def pages_of_work(jobs: list[Job]) -> dict[UUID, str]:
    """The address of each drawing: its progress, then its drafts."""
    return {job.pk: reverse("planning:work", args=[job.pk]) for job in jobs}
