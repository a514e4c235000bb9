"""Which page shows what an import job did: the one of its import, while that is kept."""

from uuid import UUID

from django.urls import reverse

from gridmap.jobs.models import Job
from importers.models import ImportRun


def runs_of_jobs(jobs: list[Job]) -> dict[UUID, str]:
    """The address of each job's import; none for an import that was thrown away."""
    named = {job.pk: str(job.parameters.get("run", "")) for job in jobs}
    runs = ImportRun.objects.filter(pk__in=[run for run in named.values() if run]).only("pk", "kind")
    kept = {str(run.pk): "population_lists:run" if run.personal else "importers:run" for run in runs}
    return {job: reverse(kept[run], args=[run]) for job, run in named.items() if run in kept}
