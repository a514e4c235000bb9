"""The steps of an export as two people and the worker take them."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from gridmap.accounts.models import User
from gridmap.jobs.models import Job
from gridmap.jobs.services import run
from gridmap.population.models import ExportRequest
from tests.cast import Cast

SignIn = Callable[[User], Client]
COMMUNITY = "990101001001"
ASKED = {
    "place": COMMUNITY,
    "columns": ["name", "phone", "door", "tags"],
    "format": "xlsx",
    "purpose": "高温天走访名单",
}


def ask(client: Client, **more: Any) -> ExportRequest:
    answer = client.post("/people/exports/new/", ASKED | more)
    assert answer.status_code == 302, answer.content.decode()
    return ExportRequest.objects.latest("number")


def decide(client: Client, request: ExportRequest, choice: str = "approve") -> ExportRequest:
    client.post(f"/people/exports/{request.pk}/decide/", {"choice": choice, "note": "同意"})
    return ExportRequest.objects.get(pk=request.pk)


def ready(cast: Cast, street: User, signed_in: SignIn, **more: Any) -> ExportRequest:
    request = decide(signed_in(street), ask(signed_in(cast.officer), **more))
    job = run(job_of(request))
    assert job.state == "succeeded", job.message
    return ExportRequest.objects.get(pk=request.pk)


def fetch(client: Client, request: ExportRequest) -> Any:
    return client.post(f"/people/exports/{request.pk}/file/")


def job_of(request: ExportRequest) -> Job:
    """The work that makes its file."""
    assert request.job is not None
    return Job.objects.get(pk=request.job)
