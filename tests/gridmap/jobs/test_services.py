"""The life of a job: run, fail, refused, cancelled, taken up again; what is announced to whom."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import translation
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from gridmap.jobs import services, tasks
from gridmap.jobs.ending import finish, why_given_up
from gridmap.jobs.models import Job
from gridmap.jobs.progress import JobCancelledError, Progress
from gridmap.jobs.services import JobRefusedError
from gridmap.outbox.models import News
from tests.cast import Cast, person

KIND = "count_lamps"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(services, "_handlers", {})
    yield


def make_job() -> Job:
    return services.enqueue(kind=KIND, title="Count the lamps", by=person("counter", "数灯人"), area="990101")


def do_nothing(job: Job, progress: Progress) -> dict[str, int]:
    return {}


def must_not_run(job: Job, progress: Progress) -> dict[str, int]:
    pytest.fail("ran")


def test_a_job_runs_and_keeps_its_result() -> None:
    seen: list[str | float] = []

    def count(job: Job, progress: Progress) -> dict[str, int]:
        seen.append(Job.objects.get(pk=job.pk).state)
        progress.report(0.5, "half")
        seen.append(Job.objects.get(pk=job.pk).progress)
        return {"lamps": 7}

    services.register(KIND, count)
    job = services.run(make_job())
    assert seen == [Job.State.RUNNING, 0.5]
    assert (job.state, job.progress, job.result) == (Job.State.SUCCEEDED, 1.0, {"lamps": 7})
    assert job.started_at and job.finished_at and job.started_at <= job.finished_at
    assert (News.objects.get().kind, News.objects.get().data) == ("job", {"state": "succeeded"})


def test_progress_is_seen_while_the_work_is_still_in_its_transaction() -> None:
    heard: list[float] = []

    def look(job: Job) -> None:
        heard.append(Job.objects.values_list("progress", flat=True).get(pk=job.pk))
        connection.close()

    def work(job: Job, progress: Progress) -> dict[str, int]:
        with transaction.atomic():
            progress.report(0.3)
            looker = threading.Thread(target=look, args=[job])
            looker.start()
            looker.join()
        return {}

    services.register(KIND, work)
    services.run(make_job())
    assert heard == [0.3]


def test_a_refusal_is_told_in_its_words_and_a_fault_is_not() -> None:
    def refuse(job: Job, progress: Progress) -> dict[str, int]:
        raise JobRefusedError("第 3 行：户数不是数字")

    def fault(job: Job, progress: Progress) -> dict[str, int]:
        raise RuntimeError("secret inside")

    services.register(KIND, refuse)
    job = make_job()
    services.run(job)
    job.refresh_from_db()
    assert (job.state, job.message) == (Job.State.FAILED, "第 3 行：户数不是数字")
    services.register(KIND, fault)
    other = services.enqueue(kind=KIND, title="again", by=None)
    with translation.override("en"):
        services.run(other)
    other.refresh_from_db()
    assert (other.state, other.message) == (Job.State.FAILED, "Something went wrong; see the log.")


def test_what_failed_leaves_nothing_half_done() -> None:
    def half(job: Job, progress: Progress) -> dict[str, int]:
        with transaction.atomic():
            person("half", "半成品")
            progress.report(0.5)
            raise RuntimeError

    services.register(KIND, half)
    services.run(make_job())
    assert not News.objects.filter(data__state="succeeded").exists()
    assert list(Job.objects.values_list("created_by__username", flat=True)) == ["counter"]


def test_a_waiting_job_is_cancelled_at_once_and_never_runs() -> None:
    services.register(KIND, must_not_run)
    job = make_job()
    services.cancel(job)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert services.run(job).state == Job.State.CANCELLED


def test_a_running_job_stops_at_its_next_report() -> None:
    steps = []

    def work(job: Job, progress: Progress) -> dict[str, int]:
        for step in range(5):
            steps.append(step)
            if step == 1:
                services.cancel(job)
            progress.report(1.0)
        return {}

    services.register(KIND, work)
    job = services.run(make_job())
    assert (job.state, steps) == (Job.State.CANCELLED, [0, 1])


def test_cancelling_what_has_ended_changes_nothing() -> None:
    services.register(KIND, do_nothing)
    job = services.run(make_job())
    services.cancel(job)
    job.refresh_from_db()
    assert (job.state, job.cancel_requested) == (Job.State.SUCCEEDED, False)


def test_a_job_that_has_ended_is_not_run_again() -> None:
    runs = []

    def count(job: Job, progress: Progress) -> dict[str, int]:
        runs.append(1)
        return {}

    services.register(KIND, count)
    job = make_job()
    services.run(job)
    services.run(job)
    assert runs == [1]


def test_a_killed_run_is_taken_up_again() -> None:
    outcomes = iter([KeyboardInterrupt, None])

    def work(job: Job, progress: Progress) -> dict[str, int]:
        outcome = next(outcomes)
        if outcome:
            raise outcome  # as a kill: nothing is written about the job
        return {"done": 1}

    services.register(KIND, work)
    job = make_job()
    with pytest.raises(KeyboardInterrupt):
        services.run(job)
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    assert services.run(job).result == {"done": 1}


def cut_connection() -> None:
    """As when the server is killed: the connection of this thread is gone."""
    with connection.cursor() as cursor, pytest.raises(OperationalError):
        cursor.execute("SET ROLE NONE")
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_a_database_that_goes_away_does_not_end_the_job_but_makes_it_run_again() -> None:
    cuts = iter([True, False])

    def work(job: Job, progress: Progress) -> dict[str, int]:
        if next(cuts):
            cut_connection()
        return {"here": Job.objects.count()}

    services.register(KIND, work)
    job = make_job()
    with pytest.raises((OperationalError, InterfaceError)) as loss:
        services.run(job)
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    assert tasks.run_job.get_retry_exception(loss.value, in_queue(attempts=1)) is not None
    assert services.run(job).result == {"here": 1}


def in_queue(*, attempts: int) -> Any:
    """The queue's own record of a job that was tried so often."""
    return ProcrastinateJob(attempts=attempts, priority=0, queue_name="default", lock=None)


def test_a_fault_of_the_work_is_not_tried_again() -> None:
    assert tasks.run_job.get_retry_exception(ZeroDivisionError(), in_queue(attempts=1)) is None
    assert tasks.run_job.get_retry_exception(OperationalError(), in_queue(attempts=99)) is None


@pytest.mark.parametrize(
    ("queue", "ended"), [("todo", False), ("doing", False), ("failed", True), ("succeeded", True), (None, True)]
)
def test_a_job_that_no_queue_holds_any_more_ends(queue: str | None, ended: bool) -> None:
    services.register(KIND, do_nothing)
    job = make_job()
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    with connection.cursor() as cursor:
        if queue is None:
            cursor.execute("DELETE FROM procrastinate_jobs")
        else:
            cursor.execute("UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status", [queue])
    assert services.end_lost() == int(ended)
    job.refresh_from_db()
    assert job.state == (Job.State.FAILED if ended else Job.State.RUNNING)
    assert bool(job.message) is ended


def test_a_rolled_back_request_starts_nothing() -> None:
    services.register(KIND, do_nothing)
    before = ProcrastinateJob.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make_job()
        assert ProcrastinateJob.objects.count() == before + 1
        raise ZeroDivisionError
    assert not Job.objects.exists()
    assert ProcrastinateJob.objects.count() == before


def test_an_unknown_kind_is_not_queued() -> None:
    with pytest.raises(KeyError):
        services.enqueue(kind="nonsense", title="x", by=None)


def test_a_job_deleted_meanwhile_stops_its_work() -> None:
    def work(job: Job, progress: Progress) -> dict[str, int]:
        Job.objects.filter(pk=job.pk).delete()
        with pytest.raises(JobCancelledError):
            progress.report(1.0)
        return {}

    services.register(KIND, work)
    with pytest.raises(Job.DoesNotExist):
        services.run(make_job())


def test_each_sees_their_own_jobs(cast: Cast) -> None:
    services.register(KIND, do_nothing)
    job = services.enqueue(kind=KIND, title="x", by=cast.planner)
    assert list(Job.objects.visible_to(cast.planner)) == [job]
    assert not Job.objects.visible_to(cast.administrator).exists()


def test_a_cancel_just_before_the_work_begins_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    services.register(KIND, must_not_run)
    job = make_job()
    begin = Progress.begin

    def cancelled_first(progress: Progress) -> bool:
        services.cancel(job)
        return begin(progress)

    monkeypatch.setattr(Progress, "begin", cancelled_first)
    assert services.run(job).state == Job.State.CANCELLED
    assert [news.data for news in News.objects.all()] == [{"state": "cancelled"}]


def test_a_cancel_after_the_last_report_of_what_cannot_be_undone_comes_too_late() -> None:
    def work(job: Job, progress: Progress) -> dict[str, int]:
        services.cancel(job)
        return {"lamps": 7}

    services.register(KIND, work)
    job = services.run(make_job())
    assert (job.state, job.result) == (Job.State.SUCCEEDED, {"lamps": 7})


def test_work_that_goes_on_after_its_job_has_ended_is_told_and_changes_nothing() -> None:
    def work(job: Job, progress: Progress) -> dict[str, int]:
        finish(job, Job.State.FAILED, message="given up")
        with pytest.raises(JobCancelledError):
            progress.report(1.0)
        return {"lamps": 7}

    services.register(KIND, work)
    job = services.run(make_job())
    assert (job.state, job.message, job.result) == (Job.State.FAILED, "given up", {})
    assert [news.data for news in News.objects.all()] == [{"state": "failed"}]


def test_a_cancelled_job_that_no_queue_holds_any_more_ends_as_cancelled() -> None:
    services.register(KIND, do_nothing)
    job = make_job()
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, cancel_requested=True)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert services.end_lost() == 1
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_work_that_kills_its_worker_each_time_is_given_up() -> None:
    services.register(KIND, do_nothing)
    job = make_job()
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    begun = 0
    while status_in_queue(job) == "todo" and begun < 9:
        begun += 1
        kill_worker_of(job)
        take_up_stalled()
    job.refresh_from_db()
    assert (begun, status_in_queue(job)) == (tasks.MOST_STARTS, "failed")
    assert (job.state, job.message) == (Job.State.FAILED, why_given_up())


def status_in_queue(job: Job) -> str:
    return str(ProcrastinateJob.objects.get(task_name="run_job", args__job_id=str(job.pk)).status)


def kill_worker_of(job: Job) -> None:
    """As when a worker that took it up is gone without a word."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL WHERE args->>'job_id' = %s", [str(job.pk)]
        )


def take_up_stalled() -> None:
    context = cast(JobContext, SimpleNamespace(app=app))
    async_to_sync(tasks.take_up_stalled.func)(context, timestamp=0)
