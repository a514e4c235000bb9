"""An approval is good for what was allowed, by whom it was allowed; and no file is left that nobody may fetch."""

from collections.abc import Callable
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from pytest_django import Settings

from gridmap.accounts.models import User
from gridmap.jobs.progress import Progress
from gridmap.jobs.services import JobRefusedError, run
from gridmap.population.exports import asking, store, work
from gridmap.population.models import ExportRequest, Resident
from gridmap.population.refusals import Refusal
from gridmap.traces.models import Entry
from tests.cast import Cast
from tests.gridmap.population.exports.steps import SignIn, ask, decide, fetch, job_of, ready
from tests.gridmap.population.people import People, everywhere, tag

pytestmark = pytest.mark.django_db


def dismiss(somebody: User) -> None:
    somebody.posts.update(ends_on="2026-01-01")


def switch_off(somebody: User) -> None:
    User.objects.filter(pk=somebody.pk).update(is_active=False)


def send_elsewhere(somebody: User) -> None:
    somebody.posts.update(area="990101002")


def narrow_down(somebody: User) -> None:
    somebody.posts.update(area="990101001001001")


LAPSES = [dismiss, switch_off, send_elsewhere, narrow_down]


@pytest.mark.parametrize("lapse", LAPSES)
def test_where_the_decider_has_lost_the_right_nothing_is_made(
    people: People, cast: Cast, street: User, signed_in: SignIn, lapse: Callable[[User], None]
) -> None:
    request = decide(signed_in(street), ask(signed_in(cast.officer)))
    lapse(street)
    job = run(job_of(request))
    assert job.state == "failed" and job.message == str(Refusal.DECIDER_LAPSED.value)
    assert ExportRequest.objects.get(pk=request.pk).state == "failed"
    assert not store.path_of(request.pk).exists()


@pytest.mark.parametrize("lapse", LAPSES)
def test_where_the_decider_has_lost_the_right_nothing_is_fetched(
    people: People, cast: Cast, street: User, signed_in: SignIn, lapse: Callable[[User], None]
) -> None:
    request = ready(cast, street, signed_in)
    lapse(street)
    client = signed_in(cast.officer)
    page = client.get(f"/people/exports/{request.pk}/")
    assert not page.context["may_fetch"] and page.context["lapse"].refusal is Refusal.DECIDER_LAPSED
    assert fetch(client, request).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.downloads) == ("failed", 0)
    assert not store.path_of(request.pk).exists()


def test_where_more_people_fit_than_were_allowed_nothing_is_made(
    people: People, cast: Cast, street: User, signed_in: SignIn
) -> None:
    request = decide(signed_in(street), ask(signed_in(cast.officer), risk="high"))
    assert request.row_count == 2
    with everywhere():
        tag(people.mine.residents[1])
    job = run(job_of(request))
    assert job.state == "failed" and "3" in job.message and "2" in job.message
    assert ExportRequest.objects.get(pk=request.pk).state == "failed"
    assert not Entry.objects.filter(kind="export").exists()


def test_a_bound_that_is_lower_now_bounds_what_was_allowed(
    people: People, cast: Cast, street: User, signed_in: SignIn, settings: Settings
) -> None:
    made = ready(cast, street, signed_in)
    waiting = decide(signed_in(street), ask(signed_in(cast.officer)))
    settings.EXPORT_MAX_ROWS = 2
    assert run(job_of(waiting)).state == "failed"
    assert fetch(signed_in(cast.officer), made).status_code == 302
    assert not store.path_of(made.pk).exists()


def test_fewer_people_than_allowed_are_no_hindrance(
    people: People, cast: Cast, street: User, signed_in: SignIn
) -> None:
    request = decide(signed_in(street), ask(signed_in(cast.officer)))
    with everywhere():
        Resident.objects.filter(pk=people.mine.first.pk).update(present=False)
    assert run(job_of(request)).state == "succeeded"
    assert ExportRequest.objects.get(pk=request.pk).rows_written == 2


def test_what_ends_while_its_file_is_written_leaves_none(
    people: People, cast: Cast, street: User, signed_in: SignIn
) -> None:
    request = decide(signed_in(street), ask(signed_in(cast.officer)))
    put = store.put

    def put_late(key: UUID, content: bytes) -> None:
        put(key, content)
        ExportRequest.objects.filter(pk=key).update(state="expired")

    with patch.object(store, "put", put_late):
        assert run(job_of(request)).state == "failed"
    assert not store.path_of(request.pk).exists()


def test_work_begun_again_on_a_file_that_is_ready_leaves_it(
    people: People, cast: Cast, street: User, signed_in: SignIn
) -> None:
    request = ready(cast, street, signed_in)
    job = job_of(request)
    with pytest.raises(JobRefusedError):
        work.make_as_job(job, Progress(job))
    assert fetch(signed_in(cast.officer), request).status_code == 200


def test_files_that_no_request_stands_for_are_swept_away(
    people: People, cast: Cast, street: User, signed_in: SignIn
) -> None:
    live = ready(cast, street, signed_in)
    lost, half, strange = (store.path_of(uuid4()) for _ in range(3))
    half, strange = half.with_suffix(".new"), strange.with_name("read-me")
    for path in (lost, half, strange):
        path.write_bytes(b"x")
    assert asking.sweep() == 2
    assert [path.exists() for path in (store.path_of(live.pk), lost, half, strange)] == [True, False, False, True]
    ExportRequest.objects.filter(pk=live.pk).update(state="failed")
    assert asking.sweep() == 1
    assert not store.path_of(live.pk).exists()
