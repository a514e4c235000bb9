"""Watching and stopping work over HTTP: one's own only."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from gridmap.accounts.models import User
from gridmap.jobs import outcomes, services
from gridmap.jobs.models import Job
from gridmap.planning.drawing_job import KIND as DRAW
from importers.models import ImportRun
from importers.services import APPLY, CHECK
from tests.cast import Cast

SignIn = Callable[[User], Client]
KIND = "count_lamps"


@pytest.fixture
def job(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setattr(services, "_handlers", {KIND: lambda _job, _progress: {"lamps": 7}})
    return services.enqueue(kind=KIND, title="数路灯", by=cast.planner)


def test_a_job_tells_its_state(job: Job, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)
    client.cookies["django_language"] = "en"
    answer = client.get(f"/jobs/{job.pk}").json()
    assert answer["id"] == str(job.pk)
    assert (answer["title"], answer["state"], answer["stateLabel"]) == ("数路灯", "queued", "queued")
    assert (answer["progress"], answer["result"], answer["finishedAt"]) == (0, {}, None)
    assert answer["cancellable"] is True
    services.run(job)
    answer = client.get(f"/jobs/{job.pk}").json()
    assert (answer["state"], answer["progress"], answer["result"]) == ("succeeded", 1, {"lamps": 7})
    assert answer["cancellable"] is False
    assert answer["createdAt"] <= answer["finishedAt"]


def test_a_job_can_be_cancelled_by_its_owner(job: Job, cast: Cast, signed_in: SignIn) -> None:
    response = signed_in(cast.planner).post(f"/jobs/{job.pk}/cancel")
    assert response.status_code == 200
    assert response.json()["state"] == "cancelled"


def test_a_running_job_can_be_asked_once_to_stop(job: Job, cast: Cast, signed_in: SignIn) -> None:
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    answer = signed_in(cast.planner).post(f"/jobs/{job.pk}/cancel").json()
    assert (answer["state"], answer["cancellable"]) == ("running", False)


def test_nobody_else_sees_or_stops_it(job: Job, cast: Cast, signed_in: SignIn) -> None:
    for part, who in cast.everyone().items():
        if part == "planner":
            continue
        client = signed_in(who)
        nothing = client.get(f"/jobs/{uuid4()}").json()
        assert client.get(f"/jobs/{job.pk}").json() == nothing
        assert client.post(f"/jobs/{job.pk}/cancel").status_code == (401 if part in {"stranger", "former"} else 404)
        assert "数路灯" not in client.get("/jobs/").content.decode()
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_a_stop_from_another_site_is_refused(job: Job, cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.planner, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/jobs/{job.pk}/cancel").status_code == 403
    assert client.get(f"/jobs/{job.pk}/cancel").status_code == 405
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_the_page_lists_ones_own_work_newest_first(job: Job, cast: Cast, signed_in: SignIn) -> None:
    services.enqueue(kind=KIND, title="再数一遍", by=cast.planner)
    page = signed_in(cast.planner).get("/jobs/").content.decode()
    assert 0 < page.index("再数一遍") < page.index("数路灯")
    assert f'data-job="{job.pk}"' in page


def test_a_row_names_who_started_it_and_leads_to_what_it_made(
    job: Job, cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "_finders", {KIND: lambda jobs: {one.pk: f"/lamps/{one.pk}" for one in jobs}})
    page = signed_in(cast.planner).get("/jobs/").content.decode()
    assert f'<a href="/lamps/{job.pk}">数路灯</a>' in page
    assert f"<td>{cast.planner}</td>" in page
    assert f'data-address="/jobs/{job.pk}"' in page
    services.run(job)
    assert "data-address" not in signed_in(cast.planner).get("/jobs/").content.decode()


def test_drawings_lead_to_their_drafts_and_imports_to_their_rows_while_they_are_kept(
    cast: Cast, signed_in: SignIn
) -> None:
    run = ImportRun.objects.create(
        kind="buildings", source="x", file_name="x.csv", size_bytes=1, created_by=cast.planner
    )
    drawing = Job.objects.create(kind=DRAW, title="划分", created_by=cast.planner)
    kept = Job.objects.create(kind=CHECK, title="检查", created_by=cast.planner, parameters={"run": str(run.pk)})
    gone = Job.objects.create(kind=APPLY, title="应用", created_by=cast.planner, parameters={"run": str(uuid4())})
    assert outcomes.outcomes_of([drawing, kept, gone]) == {
        drawing.pk: f"/plans/work/{drawing.pk}/",
        kept.pk: f"/import/{run.pk}/",
    }


def test_an_empty_page_says_what_to_do(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.officer)
    client.cookies["django_language"] = "en"
    page = client.get("/jobs/").content.decode()
    assert "Imports and drawings that you start appear here" in page


def test_who_is_not_signed_in_is_sent_to_sign_in(db: None) -> None:
    assert Client().get("/jobs/", headers={"Accept": "text/html"}).status_code == 302
    assert Client().get(f"/jobs/{uuid4()}").status_code == 401
