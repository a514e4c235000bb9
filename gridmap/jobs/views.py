"""The page of one's own long work."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gridmap.jobs.answers import JobAnswer
from gridmap.jobs.models import Job

PER_PAGE = 50


@require_GET
def list_jobs(request: HttpRequest) -> HttpResponse:
    """Newest first; a script keeps the bars of running work moving."""
    pages = Paginator(Job.objects.visible_to(request.user), PER_PAGE)
    page = pages.get_page(request.GET.get("page", "")[:6])
    context: dict[str, Any] = {
        "page": page,
        "running": JobAnswer([job for job in page if not job.has_ended], many=True).data,
    }
    return render(request, "jobs/list.html", context)
