"""The page of one's own long work."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gridmap.jobs.models import Job
from gridmap.jobs.outcomes import outcomes_of

PER_PAGE = 50


@require_GET
def list_jobs(request: HttpRequest) -> HttpResponse:
    """Newest first; a script keeps the bars of running work moving."""
    pages = Paginator(Job.objects.visible_to(request.user).select_related("created_by"), PER_PAGE)
    page = pages.get_page(request.GET.get("page", "")[:6])
    outcomes = outcomes_of(page)
    for job in page:
        job.outcome = outcomes.get(job.pk, "")  # type: ignore[attr-defined]
    return render(request, "jobs/list.html", {"page": page})
