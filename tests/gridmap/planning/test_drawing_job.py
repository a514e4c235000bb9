"""Drawing as long work: shares, twice, stopped, cancelled, by two workers at once."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from gridmap.accounts.models import User
from gridmap.jobs import services as jobs
from gridmap.jobs import shares
from gridmap.jobs.models import Job
from gridmap.jobs.progress import JobCancelledError
from gridmap.partition import SizeRule, Weights
from gridmap.planning import drawing_job, work
from gridmap.planning.drawing_job import MOST_POINTS, FallingScore, enqueue_drawing, shared_out, with_buildings
from gridmap.planning.keeping import save_drawing
from gridmap.planning.models import Plan
from gridmap.planning.services import adopt_plan, draw_plan
from gridmap.planning.terms import Terms
from gridmap.territory.models import Grid, GridEdition, Region
from tests.cast import Board, Cast
from tests.gridmap.planning.conftest import CODE, populate
from tests.shared import ROOT

TERMS = Terms(SizeRule(), effort="quick")
STREET = "990101001000"
COUNTY = "990101000000"


def ordered(codes: list[str], by: User | None, terms: Terms = TERMS) -> Job:
    return jobs.run(enqueue_drawing(codes=codes, terms=terms, by=by, title="划分"))


def work_all(job: Job) -> Job:
    for share in job.shares.all():
        shares.work_on(share)
    job.refresh_from_db()
    return job


@given(st.lists(st.floats(0, 1000), max_size=400))
def test_a_falling_score_keeps_few_points_and_the_newest(scores: list[float]) -> None:
    falling = FallingScore()
    for index, score in enumerate(scores):
        falling.add(index / 400, score)
    falling.add(1.0, None)
    assert len(falling.points) <= MOST_POINTS
    assert all(a[0] <= b[0] for a, b in pairwise(falling.points))
    if scores:
        assert falling.points[-1] == (round((len(scores) - 1) / 400, 4), scores[-1])


def test_terms_go_through_plain_data_and_back() -> None:
    rule = SizeRule(100, 80, 120)
    terms = Terms(rule, 7, "thorough", Weights(0.5, 2.0, 0.0), (f"{CODE}001",), redraw_dedicated=True)
    assert Terms.of(terms.as_json(), SizeRule()) == terms
    assert Terms.of({}, rule) == Terms(rule)


def test_communities_are_shared_out_by_their_buildings(
    board: Board, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    for community, rows in zip(board.communities, (6, 3, 2, 1), strict=True):
        populate(community, rows=rows, columns=5)
    monkeypatch.setattr(drawing_job, "SHARE_BUILDINGS", 30)
    with django_assert_max_num_queries(1):
        found = shared_out(with_buildings(board.communities))
    assert [[(one.code, count) for one, count in share] for share in found] == [
        [("990101001001", 30)],
        [("990101001002", 15), ("990101002001", 10), ("990101002002", 5)],
    ]


@pytest.mark.parametrize(
    ("buildings", "number"), [([1] * 9, 2), ([1], 1), ([600] * 4, 4), ([300] * 50, 8), ([300] * 200, 12)]
)
def test_there_are_as_many_shares_as_are_worth_while(buildings: list[int], number: int) -> None:
    communities = [Region(pk=index, code=f"{index:012d}") for index in range(len(buildings))]
    found = shared_out(list(zip(communities, buildings, strict=True)))
    assert len(found) == number
    assert sorted(one.pk for share in found for one, _count in share) == list(range(len(buildings)))
    loads = [sum(count for _one, count in share) for share in found]
    assert max(loads) - min(loads) <= max(buildings)


@pytest.mark.django_db(transaction=True)
def test_one_community_is_drawn_with_its_score_to_be_seen(town: Region, cast: Cast) -> None:
    job = ordered([CODE], cast.planner, replace(TERMS, effort="normal"))
    plan = Plan.objects.get()
    assert (job.state, job.result["plans"], job.result["stopped"]) == (Job.State.SUCCEEDED, [str(plan.pk)], False)
    assert job.detail["scores"]
    assert plan.parameters == replace(TERMS, effort="normal").as_json()
    assert plan.figures["curve"]


@pytest.mark.django_db(transaction=True)
def test_a_stop_keeps_the_best_so_far_of_one_community(
    town: Region, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridmap.jobs.progress.INTERVAL_S", 0.0)
    job = enqueue_drawing(codes=[CODE], terms=TERMS, by=cast.planner, title="划分")
    Job.objects.filter(pk=job.pk).update(stop_requested=True)
    job = jobs.run(job)
    plan = Plan.objects.get()
    assert (job.state, job.result["stopped"]) == (Job.State.SUCCEEDED, True)
    assert plan.figures["stopped"] is True
    assert sum(grid.households for grid in plan.grids.all()) == 1200


@pytest.mark.django_db(transaction=True)
def test_a_cancel_keeps_nothing_of_one_community(town: Region, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridmap.jobs.progress.INTERVAL_S", 0.0)
    job = enqueue_drawing(codes=[CODE], terms=TERMS, by=cast.planner, title="划分")
    read = draw_plan

    def cancelled(**wanted: Any) -> Plan:
        jobs.cancel(job)
        return read(**wanted)

    monkeypatch.setattr(work, "draw_plan", cancelled)
    assert jobs.run(job).state == Job.State.CANCELLED
    assert not Plan.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_communities_are_drawn_in_shares_and_a_share_run_twice_makes_nothing_twice(
    town: Region, board: Board, cast: Cast
) -> None:
    job = ordered([COUNTY], cast.planner)
    assert job.state == Job.State.RUNNING
    assert job.shares.count() == 2
    first = job.shares.all()[0]
    shares.work_on(first)
    made = set(Plan.objects.values_list("pk", flat=True))
    job.shares.filter(pk=first.pk).update(state=Job.State.RUNNING, progress=0)
    job = work_all(job)
    assert job.state == Job.State.SUCCEEDED
    assert made < set(Plan.objects.values_list("pk", flat=True))
    assert Plan.objects.count() == Plan.objects.values("community").distinct().count() == 4
    assert job.result["plans"] == [str(plan.pk) for plan in Plan.objects.order_by("community__code")]
    assert job.detail == {"communities": 4, "drawn": 4, "refused": 0}


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_do_the_same_share_at_once_make_one_plan(town: Region, cast: Cast) -> None:
    job = Job.objects.create(kind="draw_grids", title="x", created_by=cast.planner)
    order = work.Order(TERMS, by=cast.planner, job=job.pk)
    for _ in range(2):
        found = list(work.draw_side_by_side(communities=[town], order=order, report=lambda *_: True))
        assert [outcome.plan for outcome in found] == list(Plan.objects.all())
    assert Plan.objects.get().grids.count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_share_whose_worker_is_killed_goes_on_where_it_was(
    town: Region, board: Board, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing_job, "FEWEST_SHARES", 1)
    job = ordered([STREET], cast.planner)
    (share,) = job.shares.all()
    calls = iter(range(9))

    def killed(**wanted: Any) -> Plan:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return save_drawing(**wanted)

    monkeypatch.setattr(work, "save_drawing", killed)
    with pytest.raises(KeyboardInterrupt):
        shares.work_on(share)
    (first,) = Plan.objects.all()
    job = work_all(job)
    assert job.state == Job.State.SUCCEEDED
    assert str(first.pk) in job.result["plans"]
    assert Plan.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_cancel_removes_the_drafts_that_shares_have_made_but_not_what_is_in_force(
    town: Region, board: Board, cast: Cast
) -> None:
    job = ordered([COUNTY], cast.planner)
    first, second = job.shares.all()
    shares.work_on(first)
    drafts = list(Plan.objects.all())
    assert drafts
    adopt_plan(plan=drafts[0], by=cast.approver, at=drafts[0].created_at)
    jobs.cancel(job)
    shares.work_on(second)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert list(Plan.objects.all()) == drafts[:1]


@pytest.mark.django_db(transaction=True)
def test_a_stop_keeps_what_is_drawn_and_names_what_is_not(
    town: Region, board: Board, cast: Cast, signed_in: Callable[[User], Any]
) -> None:
    job = ordered([COUNTY], cast.planner)
    shares.work_on(job.shares.all()[0])
    jobs.stop(job)
    job = work_all(job)
    drawn = set(Plan.objects.values_list("community__code", flat=True))
    assert (job.state, job.result["stopped"]) == (Job.State.SUCCEEDED, True)
    assert drawn
    assert drawn | set(job.result["not_drawn"]) == {one.code for one in board.communities}
    page = signed_in(cast.planner).get(f"/plans/work/{job.pk}/")
    assert page.context["stopped"]
    assert set(page.context["not_drawn"]) == {one.name for one in board.communities if one.code not in drawn}


@pytest.mark.django_db(transaction=True)
def test_a_stop_while_communities_are_drawn_side_by_side_keeps_those_under_way(
    town: Region, board: Board, cast: Cast
) -> None:
    order = work.Order(TERMS, by=cast.planner)
    for community in board.communities[1:]:
        populate(community)
    found = list(work.draw_side_by_side(communities=board.communities, order=order, report=lambda *_: False))
    assert len(found) < 4
    assert all(outcome.plan and not outcome.refusal for outcome in found)
    again = list(work.draw_side_by_side(communities=board.communities, order=order, report=lambda *_: True))
    assert len(again) == 4


@pytest.mark.django_db(transaction=True)
def test_a_community_that_is_refused_is_named_and_the_others_are_drawn(town: Region, board: Board, cast: Cast) -> None:
    Region.objects.create(code="990101001009", level=5, name="无界", parent=board.streets[0], source="x")
    job = work_all(ordered([STREET], cast.planner))
    assert (job.state, len(job.result["plans"]), len(job.result["refusals"])) == (Job.State.SUCCEEDED, 2, 1)
    assert "无界" in job.result["refusals"][0]
    assert job.result["not_drawn"] == []


@pytest.mark.django_db(transaction=True)
def test_who_may_no_longer_draw_gets_nothing_from_shares_that_still_wait(
    town: Region, board: Board, cast: Cast
) -> None:
    job = ordered([STREET], cast.planner)
    Job.objects.filter(pk=job.pk).update(created_by=cast.former)
    with translation.override("en"):
        job = work_all(job)
    assert (job.state, job.message) == (Job.State.FAILED, "You may not draw here any more.")
    assert not Plan.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_worker_processes_draw_the_county_and_adopt_it(town: Region, board: Board) -> None:
    ProcrastinateJob.objects.filter(status="todo").update(queue_name="left over from other tests")
    for community in board.communities[1:]:
        populate(community)
    job = enqueue_drawing(codes=[COUNTY], terms=TERMS, by=None, title="划分", adopt=True)
    workers = [start_worker() for _ in range(2)]
    assert [worker.wait(timeout=200) for worker in workers] == [0, 0]
    job.refresh_from_db()
    assert (job.state, job.message, job.result["refusals"]) == (Job.State.SUCCEEDED, "", [])
    assert Plan.objects.filter(state=Plan.State.ADOPTED).count() == 4
    assert GridEdition.objects.in_force().values("grid__community").distinct().count() == 4


def start_worker() -> "subprocess.Popen[bytes]":
    """A worker as another machine would run it, on the database of the tests."""
    there = connection.get_connection_params()
    known = {name: there[name] for name in ("user", "password", "host", "port") if there.get(name)}
    address = f"postgis:///{there['dbname']}?{urlencode(known)}"
    environment = os.environ | {"DATABASE_URL": address, "DRAW_PROCESSES": "1"}
    return subprocess.Popen([sys.executable, str(ROOT / "manage.py"), "worker", "--once"], env=environment)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("code", [CODE, STREET])
def test_a_worker_that_is_killed_between_draft_and_adoption_adopts_when_it_goes_on(
    town: Region, board: Board, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(drawing_job, "FEWEST_SHARES", 1)
    job = enqueue_drawing(codes=[code], terms=TERMS, by=None, title="划分", adopt=True)
    kills = iter([True])

    def killed(**wanted: Any) -> list[Grid]:
        if next(kills, False):
            raise KeyboardInterrupt
        return adopt_plan(**wanted)

    monkeypatch.setattr(work, "adopt_plan", killed)
    with pytest.raises(KeyboardInterrupt):
        work_all(jobs.run(job))
    assert Plan.objects.get().state == Plan.State.DRAFT
    job = work_all(jobs.run(job))
    assert (job.state, job.result["refusals"]) == (Job.State.SUCCEEDED, [])
    assert {plan.state for plan in Plan.objects.all()} == {Plan.State.ADOPTED}
    assert len(job.result["plans"]) == Plan.objects.count() == (1 if code == CODE else 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("code", [CODE, STREET])
def test_what_cannot_be_adopted_when_it_goes_on_says_why(
    town: Region, board: Board, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(drawing_job, "FEWEST_SHARES", 1)
    job = jobs.run(enqueue_drawing(codes=[STREET], terms=TERMS, by=None, title="划分", adopt=True))
    job.shares.all().delete()
    Job.objects.filter(pk=job.pk).update(parameters={**job.parameters, "communities": [code]})
    draw_plan(community=town, terms=TERMS, by=None, job=job.pk)
    town.buildings.filter(households=30).update(households=31)
    job = work_all(jobs.run(job))
    assert (job.state, len(job.result["refusals"])) == (Job.State.SUCCEEDED, 1)
    assert Plan.objects.get(community=town).state == Plan.State.DRAFT


@pytest.mark.django_db(transaction=True)
def test_a_cancel_after_the_last_report_removes_the_draft_of_one_community(
    town: Region, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = enqueue_drawing(codes=[CODE], terms=TERMS, by=cast.planner, title="划分")
    kept: list[Plan] = []

    def cancelled(**wanted: Any) -> Plan:
        kept.append(draw_plan(**wanted))
        jobs.cancel(job)
        return kept[0]

    monkeypatch.setattr(work, "draw_plan", cancelled)
    assert jobs.run(job).state == Job.State.CANCELLED
    assert kept and not Plan.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_kept_for_a_job_that_has_ended(town: Region, cast: Cast) -> None:
    job = Job.objects.create(kind="draw_grids", title="x", created_by=cast.planner, state=Job.State.FAILED)
    with pytest.raises(JobCancelledError):
        draw_plan(community=town, terms=TERMS, by=cast.planner, job=job.pk)
    assert not Plan.objects.exists()
