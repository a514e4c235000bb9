"""Watching and stopping work over HTTP: one's own only."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from gridmap.accounts.models import User
from gridmap.jobs import services
from gridmap.jobs.models import Job
from tests.cast import Cast

SignIn = Callable[[User], Client]
KIND = "count_lamps"


@pytest.fixture
def job(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setattr(services, "_handlers", {KIND: lambda _job, _progress: {"lamps": 7}})
    return services.enqueue(kind=KIND, title="数路灯", by=cast.planner)


def test_a_job_tells_its_state(job: Job, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)
    answer = client.get(f"/jobs/{job.pk}", headers={"Accept-Language": "en"}).json()
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
        assert client.post(f"/jobs/{job.pk}/cancel").status_code == 404
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


def test_an_empty_page_says_what_to_do(cast: Cast, signed_in: SignIn) -> None:
    page = signed_in(cast.officer).get("/jobs/", headers={"Accept-Language": "en"}).content.decode()
    assert "Imports and drawings that you start appear here" in page


def test_who_is_not_signed_in_is_sent_to_sign_in(db: None) -> None:
    assert Client().get("/jobs/").status_code == 302
    assert Client().get(f"/jobs/{uuid4()}").status_code == 401
