"""Work in shares: spread, done by whoever comes, cancelled, stopped, lost and concluded."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.utils import translation
from procrastinate.contrib.django.models import ProcrastinateJob

from gridmap.jobs import services, shares, tasks
from gridmap.jobs.ending import finish
from gridmap.jobs.models import Job, Share
from gridmap.jobs.progress import INTERVAL_S, JobCancelledError, Progress, ShareProgress
from gridmap.jobs.services import JobRefusedError
from gridmap.jobs.shares import InShares, NewShare, ShareWork
from gridmap.outbox.models import News
from tests.cast import Cast, person
from tests.gridmap.jobs.test_services import cut_connection

KIND = "count_lamps"
STREETS = (("长宁路", 10), ("和平路", 20), ("解放路", 30))
Work = Callable[[Share, Progress], Mapping[str, Any]]
pytestmark = pytest.mark.django_db(transaction=True)


class Lamps:
    """What the shares count, and what was called."""

    def __init__(self) -> None:
        self.counted: list[str] = []
        self.undone = 0

    def spread(self, job: Job, progress: Progress) -> InShares:
        return InShares([NewShare({"street": street}, lamps, {"lamps": lamps}) for street, lamps in STREETS])

    def count(self, share: Share, progress: Progress) -> Mapping[str, Any]:
        self.counted.append(share.parameters["street"])
        return {"lamps": share.weight}

    def gather(self, job: Job) -> Mapping[str, Any]:
        if not self.counted:
            raise JobRefusedError("没有路灯")
        return {"lamps": sum(share.result.get("lamps", 0) for share in job.shares.all())}

    def undo(self, job: Job) -> None:
        self.undone += 1


@pytest.fixture(autouse=True)
def lamps(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lamps]:
    monkeypatch.setattr(services, "_handlers", {})
    monkeypatch.setattr(shares, "_works", {})
    found = Lamps()
    services.register(KIND, found.spread)
    do(found, found.count)
    yield found


def do(lamps: Lamps, work: Work) -> None:
    shares.register_shares(KIND, ShareWork(work=work, gather=lamps.gather, undo=lamps.undo))


def count_nothing(share: Share, progress: Progress) -> Mapping[str, Any]:
    return {}


def spread_job() -> Job:
    by = person("counter", "数灯人")
    return services.run(services.enqueue(kind=KIND, title="数路灯", by=by, area="990101", keeps_best=True))


def work_all(job: Job) -> None:
    for share in job.shares.all():
        shares.work_on(share)
    job.refresh_from_db()


def in_queue(job: Job) -> list[ProcrastinateJob]:
    """The tasks of its shares: those of other tests may still be there."""
    keys = list(job.shares.values_list("pk", flat=True))
    return list(ProcrastinateJob.objects.filter(task_name="run_share", args__share_id__in=keys))


def test_shares_are_put_in_the_queue_behind_other_work() -> None:
    job = spread_job()
    assert job.state == Job.State.RUNNING
    assert [share.parameters["street"] for share in job.shares.all()] == [street for street, _ in STREETS]
    assert [(task.status, task.priority) for task in in_queue(job)] == [("todo", -1)] * 3
    assert ProcrastinateJob.objects.get(task_name="run_job", args__job_id=str(job.pk)).priority == 0


def test_the_last_share_ends_the_job(lamps: Lamps) -> None:
    job = spread_job()
    first, *rest = job.shares.all()
    shares.work_on(first)
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    for share in rest:
        shares.work_on(share)
    job.refresh_from_db()
    assert (job.state, job.progress, job.result) == (Job.State.SUCCEEDED, 1.0, {"lamps": 60})
    assert News.objects.get().data == {"state": "succeeded"}


def test_a_task_of_the_queue_does_its_share_in_the_language_of_who_asked(lamps: Lamps) -> None:
    heard: list[str | None] = []

    def listen(share: Share, progress: Progress) -> Mapping[str, Any]:
        heard.append(translation.get_language())
        return {}

    do(lamps, listen)
    job = spread_job()
    tasks.run_share(share_id=job.shares.all()[0].pk, language="en")
    assert heard == ["en"]
    tasks.run_share(share_id=10**9, language="en")


def test_a_job_is_as_far_as_its_shares_by_weight_and_shows_their_sums(lamps: Lamps) -> None:
    seen: list[tuple[float, dict[str, Any], str]] = []

    def count(share: Share, progress: Progress) -> Mapping[str, Any]:
        assert progress.report(1.0, f"在{share.parameters['street']}", {"lamps": 1})
        job = Job.objects.get()
        seen.append((round(job.progress, 3), job.detail, job.message))
        return {}

    do(lamps, count)
    lamps.counted.append("some")
    work_all(spread_job())
    assert [share for share, *_ in seen] == [0.167, 0.5, 1.0]
    assert [detail for _, detail, _ in seen] == [{"lamps": 51}, {"lamps": 32}, {"lamps": 3}]
    assert seen[0][2] == "在长宁路"


def test_a_share_that_is_run_twice_counts_once(lamps: Lamps) -> None:
    job = spread_job()
    share = job.shares.all()[0]
    shares.work_on(share)
    share.refresh_from_db()
    shares.work_on(share)
    assert lamps.counted == ["长宁路"]
    work_all(job)
    assert sorted(lamps.counted) == sorted(street for street, _ in STREETS)


def test_a_job_that_is_run_again_is_not_spread_again() -> None:
    job = spread_job()
    services.run(job)
    shares.spread(job, InShares([NewShare({})]))
    assert (job.shares.count(), len(in_queue(job))) == (3, 3)


def test_a_cancel_before_any_share_is_begun_ends_the_job_at_once(lamps: Lamps) -> None:
    job = spread_job()
    services.cancel(job)
    job.refresh_from_db()
    assert (job.state, lamps.undone) == (Job.State.CANCELLED, 1)
    work_all(job)
    assert lamps.counted == []


def test_a_cancel_reaches_the_share_that_runs_and_undoes_what_others_did(lamps: Lamps) -> None:
    def count(share: Share, progress: Progress) -> Mapping[str, Any]:
        lamps.counted.append(share.parameters["street"])
        if len(lamps.counted) == 2:
            services.cancel(share.job)
            progress.report(1.0)
            pytest.fail("went on")
        return {}

    do(lamps, count)
    job = spread_job()
    work_all(job)
    assert (job.state, lamps.undone, len(lamps.counted)) == (Job.State.CANCELLED, 1, 2)
    assert {share.state for share in job.shares.all()} == {Job.State.SUCCEEDED, Job.State.CANCELLED}


def test_a_stop_keeps_what_there_is_and_begins_nothing_more(lamps: Lamps) -> None:
    def count(share: Share, progress: Progress) -> Mapping[str, Any]:
        lamps.counted.append(share.parameters["street"])
        services.stop(share.job)
        return {"lamps": 4} if progress.report(1.0) is False else {}

    do(lamps, count)
    job = spread_job()
    work_all(job)
    assert (job.state, job.result) == (Job.State.SUCCEEDED, {"lamps": 4})
    assert (lamps.counted, lamps.undone) == (["长宁路"], 0)


def test_a_stop_of_work_that_keeps_nothing_changes_nothing() -> None:
    job = services.run(services.enqueue(kind=KIND, title="x", by=None))
    assert not job.stoppable
    services.stop(job)
    job.refresh_from_db()
    assert (job.state, job.stop_requested) == (Job.State.RUNNING, False)


def test_a_job_that_is_asked_to_stop_while_it_is_spread_gets_no_shares() -> None:
    def ask(job: Job, progress: Progress) -> InShares:
        services.stop(job)
        return InShares([NewShare({})])

    services.register(KIND, ask)
    job = spread_job()
    assert (job.state, job.shares.count()) == (Job.State.CANCELLED, 0)


def test_a_fault_in_one_share_does_not_hold_up_the_others(lamps: Lamps) -> None:
    def count(share: Share, progress: Progress) -> Mapping[str, Any]:
        if share.number == 2:
            raise ZeroDivisionError("secret inside")
        if share.number == 3:
            raise JobRefusedError("路灯坏了")
        return lamps.count(share, progress)

    do(lamps, count)
    job = spread_job()
    with translation.override("en"):
        work_all(job)
    assert (job.state, job.result) == (Job.State.SUCCEEDED, {"lamps": 10})
    said = [share.result.get("refusals") for share in job.shares.all()]
    assert said == [None, ["Something went wrong; see the log."], ["路灯坏了"]]


def test_a_job_whose_shares_made_nothing_is_refused_in_words(lamps: Lamps) -> None:
    do(lamps, count_nothing)
    job = spread_job()
    work_all(job)
    assert (job.state, job.message) == (Job.State.FAILED, "没有路灯")


def test_a_killed_share_is_taken_up_again(lamps: Lamps) -> None:
    kills = iter([True, False, False, False])

    def count(share: Share, progress: Progress) -> Mapping[str, Any]:
        if next(kills):
            raise KeyboardInterrupt
        return lamps.count(share, progress)

    do(lamps, count)
    job = spread_job()
    with pytest.raises(KeyboardInterrupt):
        shares.work_on(job.shares.all()[0])
    assert job.shares.all()[0].state == Job.State.RUNNING
    work_all(job)
    assert (job.state, len(lamps.counted)) == (Job.State.SUCCEEDED, 3)


def test_a_database_that_goes_away_makes_the_share_run_again(lamps: Lamps) -> None:
    cuts = iter([True, False, False, False])

    def count(share: Share, progress: Progress) -> Mapping[str, Any]:
        if next(cuts):
            cut_connection()
        return {"here": Job.objects.count()}

    do(lamps, count)
    lamps.counted.append("some")
    job = spread_job()
    with pytest.raises((OperationalError, InterfaceError)):
        shares.work_on(job.shares.all()[0])
    work_all(job)
    assert job.state == Job.State.SUCCEEDED


def test_shares_that_no_queue_holds_end_and_the_job_with_them(lamps: Lamps) -> None:
    job = spread_job()
    shares.work_on(job.shares.all()[0])
    assert services.end_lost() == 0
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert services.end_lost() == 1
    job.refresh_from_db()
    assert (job.state, job.result) == (Job.State.SUCCEEDED, {"lamps": 10})
    assert [share.state for share in job.shares.all()] == [Job.State.SUCCEEDED, Job.State.FAILED, Job.State.FAILED]


def test_a_job_whose_last_worker_died_before_it_could_say_so_is_ended(lamps: Lamps) -> None:
    job = spread_job()
    lamps.counted.append("some")
    job.shares.update(state=Job.State.SUCCEEDED, result={"lamps": 1})
    assert services.end_lost() == 1
    job.refresh_from_db()
    assert (job.state, job.result) == (Job.State.SUCCEEDED, {"lamps": 3})
    assert services.end_lost() == 0


def test_who_works_on_after_the_end_is_told(monkeypatch: pytest.MonkeyPatch, lamps: Lamps) -> None:
    job = spread_job()
    share = job.shares.all()[0]
    with ShareProgress(share) as late:
        late.begin()
        assert late.report(0.1)
        work_all(job)
        late._last -= 2 * INTERVAL_S
        with pytest.raises(JobCancelledError):
            late.report(0.5)
        late.begin()
    share.refresh_from_db()
    assert share.state == Job.State.SUCCEEDED


def test_a_job_does_not_end_while_something_is_kept_for_it(lamps: Lamps) -> None:
    job = spread_job()
    shares.hold(job.pk)
    work_all(job)
    with pytest.raises(JobCancelledError):
        shares.hold(job.pk)


def test_one_stops_ones_own_work_over_http(cast: Cast, signed_in: Any) -> None:
    job = services.enqueue(kind=KIND, title="x", by=cast.planner, keeps_best=True)
    services.run(job)
    assert signed_in(cast.approver).post(f"/jobs/{job.pk}/stop").status_code == 404
    client = signed_in(cast.planner)
    assert client.get(f"/jobs/{job.pk}").json()["stoppable"] is True
    assert client.get(f"/jobs/{job.pk}").json()["detail"] == {}
    answer = client.post(f"/jobs/{job.pk}/stop").json()
    assert (answer["state"], answer["stoppable"]) == ("failed", False)  # nothing was counted: nothing is kept
    assert client.get(f"/jobs/{job.pk}/stop").status_code == 405


def test_a_cancel_after_the_last_report_of_one_piece_is_undone(lamps: Lamps) -> None:
    def whole(job: Job, progress: Progress) -> Mapping[str, Any]:
        services.cancel(job)
        return {"lamps": 60}

    services.register(KIND, whole)
    job = spread_job()
    assert (job.state, job.result, lamps.undone) == (Job.State.CANCELLED, {}, 1)


def test_a_cancelled_piece_that_is_run_again_is_undone(lamps: Lamps) -> None:
    job = services.enqueue(kind=KIND, title="x", by=None)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, cancel_requested=True)
    assert services.run(job).state == Job.State.CANCELLED
    assert lamps.undone == 1


def test_a_job_that_has_ended_while_it_is_spread_gets_no_shares() -> None:
    def ask(job: Job, progress: Progress) -> InShares:
        finish(job, Job.State.FAILED, message="given up")
        return InShares([NewShare({})])

    services.register(KIND, ask)
    job = spread_job()
    assert (job.state, job.message, job.shares.count()) == (Job.State.FAILED, "given up", 0)


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_fault_while_a_job_is_concluded_ends_it_and_holds_up_no_other(
    lamps: Lamps, monkeypatch: pytest.MonkeyPatch, cancelled: bool
) -> None:
    def gather(job: Job) -> Mapping[str, Any]:
        undo(job)
        return {"lamps": 1}

    def undo(job: Job) -> None:
        if job.title == "bad":
            Job.objects.filter(pk=job.pk).update(title="half done")
            raise ZeroDivisionError("secret inside")

    shares.register_shares(KIND, ShareWork(work=lamps.count, gather=gather, undo=undo))
    bad, good = (services.run(services.enqueue(kind=KIND, title=title, by=None)) for title in ("bad", "good"))
    Share.objects.update(state=Job.State.SUCCEEDED)
    Job.objects.update(cancel_requested=cancelled)
    with translation.override("en"):
        assert services.end_lost() == 2
    for job in (bad, good):
        job.refresh_from_db()
    assert (bad.state, bad.title, bad.message) == (Job.State.FAILED, "bad", "Something went wrong; see the log.")
    assert good.state == (Job.State.CANCELLED if cancelled else Job.State.SUCCEEDED)
    assert services.end_lost() == 0
