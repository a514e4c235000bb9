"""The planner's pages, for those who may and those who may not."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from gridmap.accounts.models import User
from gridmap.jobs import services as jobs
from gridmap.jobs.models import Job, Share
from gridmap.partition import SizeRule
from gridmap.planning.listing import progress_of
from gridmap.planning.models import Plan
from gridmap.planning.services import adopt_plan, draw_plan
from gridmap.planning.terms import Terms
from gridmap.territory.models import Building, GridEdition, Region
from tests.cast import Board, Cast
from tests.gridmap.planning.conftest import CODE

SignIn = Callable[[User], Client]
FIGURES = {"target": 300, "minimum": 240, "maximum": 360, "seed": 0}


@pytest.fixture
def plan(town: Region, cast: Cast) -> Plan:
    return draw_plan(community=town, terms=Terms(SizeRule()), by=cast.planner)


def test_the_list_judges_communities_by_the_rule(town: Region, cast: Cast, signed_in: SignIn) -> None:
    Building.objects.filter(source_ref=f"{CODE}/1").update(households=2000)
    page = signed_in(cast.planner).get("/plans/")
    assert page.status_code == 200
    first, *rest = page.context["page"]
    assert (first.code, first.households, first.size) == (CODE, 3170, "over")
    assert {row.size for row in rest} == {"under"}


def test_the_way_from_the_form_to_grids_in_force(town: Region, cast: Cast, signed_in: SignIn) -> None:
    planner, approver = signed_in(cast.planner), signed_in(cast.approver)
    assert planner.get("/plans/new", {"community": CODE}).status_code == 200
    answer = planner.post("/plans/draw", {"community": [CODE], **FIGURES})
    job = Job.objects.get()
    assert answer["Location"] == f"/plans/work/{job.pk}/"
    assert planner.get(answer["Location"]).status_code == 200
    drawn = draw_plan(community=town, terms=Terms(SizeRule()), by=cast.planner, job=job.pk)
    Job.objects.filter(pk=job.pk).update(state=Job.State.SUCCEEDED, result={"plans": [str(drawn.pk)]})
    assert planner.get(answer["Location"])["Location"] == f"/plans/{drawn.pk}/"
    page = approver.get(f"/plans/{drawn.pk}/")
    assert page.context["may_adopt"]
    assert not planner.get(f"/plans/{drawn.pk}/").context["may_adopt"]
    approver.post(f"/plans/{drawn.pk}/adopt")
    assert GridEdition.objects.in_force().count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_job_for_ground_that_cannot_be_drawn_says_why(board: Board, cast: Cast) -> None:
    Region.objects.create(code="990101001009", level=5, name="无界", parent=board.streets[0], source="x")
    job = jobs.run(
        jobs.enqueue(kind="draw_grids", title="x", by=cast.planner, parameters={"communities": ["990101001009"]})
    )
    assert job.state == Job.State.FAILED
    assert "无界" in job.message


def test_the_shapes_of_a_plan_are_geojson(plan: Plan, cast: Cast, signed_in: SignIn) -> None:
    body = signed_in(cast.planner).get(f"/plans/{plan.pk}/grids.json").json()
    assert body["type"] == "FeatureCollection"
    assert [feature["properties"]["number"] for feature in body["features"]] == [1, 2, 3, 4]
    assert body["rule"]["maximum"] == 360


def test_a_stale_plan_gets_a_sentence_and_nothing_changes(plan: Plan, cast: Cast, signed_in: SignIn) -> None:
    Building.objects.filter(source_ref=f"{CODE}/1").update(households=99)
    answer = signed_in(cast.approver).post(f"/plans/{plan.pk}/adopt", follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert not GridEdition.objects.exists()


def test_an_adopted_plan_shows_its_codes(plan: Plan, cast: Cast, signed_in: SignIn) -> None:
    adopt_plan(plan=plan, by=cast.approver, at=timezone.now())
    page = signed_in(cast.planner).get(f"/plans/{plan.pk}/")
    assert not page.context["may_adopt"]
    assert "004" in page.content.decode()


def test_discarding_leads_back_to_the_list(plan: Plan, cast: Cast, signed_in: SignIn) -> None:
    assert signed_in(cast.planner).post(f"/plans/{plan.pk}/discard")["Location"] == "/plans/"
    plan.refresh_from_db()
    assert plan.state == Plan.State.DISCARDED


@pytest.mark.parametrize("who", ["officer", "worker"])
def test_who_may_neither_draw_nor_adopt_finds_nothing(plan: Plan, cast: Cast, signed_in: SignIn, who: str) -> None:
    client = signed_in(cast.everyone()[who])
    for url in ("/plans/", f"/plans/new?community={CODE}", f"/plans/{plan.pk}/", f"/plans/{plan.pk}/grids.json"):
        assert client.get(url).status_code == 404, url
    for url in (f"/plans/{plan.pk}/adopt", f"/plans/{plan.pk}/discard"):
        assert client.post(url).status_code == 404, url
    assert client.post("/plans/draw", {"community": [CODE], **FIGURES}).status_code == 404
    assert not Job.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "former"])
def test_who_holds_no_post_is_led_to_the_sign_in_page(plan: Plan, cast: Cast, signed_in: SignIn, who: str) -> None:
    for url in ("/plans/", f"/plans/{plan.pk}/"):
        assert signed_in(cast.everyone()[who]).get(url)["Location"] == f"/accounts/login/?why=no_post&next={url}"
    answer = signed_in(cast.everyone()[who]).post(f"/plans/{plan.pk}/adopt")
    assert answer["Location"] == "/accounts/login/?why=no_post"


def test_a_planner_cannot_adopt_and_an_approver_cannot_draw(plan: Plan, cast: Cast, signed_in: SignIn) -> None:
    assert signed_in(cast.planner).post(f"/plans/{plan.pk}/adopt").status_code == 404
    approver = signed_in(cast.approver)
    assert approver.post("/plans/draw", {"community": [CODE], **FIGURES}).status_code == 404
    assert approver.get(f"/plans/new?community={CODE}").status_code == 404
    assert approver.post(f"/plans/{plan.pk}/discard").status_code == 404


def test_someone_elses_work_is_not_found(town: Region, cast: Cast, signed_in: SignIn) -> None:
    job = jobs.enqueue(kind="draw_grids", title="x", by=cast.planner, parameters={"communities": [CODE]})
    assert signed_in(cast.administrator).get(f"/plans/work/{job.pk}/").status_code == 404
    assert signed_in(cast.planner).get(f"/plans/work/{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": "abc"},
        {"target": ""},
        {"minimum": 500},
        {"maximum": -5},
        {"seed": 10**12},
        {"target": "\x00"},
        {"community": [CODE, "99"]},
        {"community": [CODE, "９９０１０１００１００１"]},
        {"community": [CODE] * 501},
        {"effort": "endless"},
        {"balance": -0.1},
        {"balance": "nan"},
        {"compactness": 5.1},
        {"stability": "viel"},
        {"keep": ["1"]},
        {"keep": [f"{CODE}001"] * 501},
    ],
)
def test_a_form_that_makes_no_sense_is_refused(
    town: Region, cast: Cast, signed_in: SignIn, wrong: dict[str, object]
) -> None:
    answer = signed_in(cast.planner).post("/plans/draw", {"community": [CODE], **FIGURES, **wrong})
    assert answer.status_code == 400
    assert not Job.objects.exists()


@pytest.mark.parametrize("code", ["", "\x00", "99", "' OR 1=1 --", "123456789012", "9" * 500])
def test_a_forged_code_is_not_found(town: Region, cast: Cast, signed_in: SignIn, code: str) -> None:
    client = signed_in(cast.planner)
    assert client.get("/plans/new", {"community": code}).status_code == 404
    assert client.post("/plans/draw", {"community": [code], **FIGURES}).status_code == 404


def test_who_is_not_signed_in_is_sent_to_the_door(plan: Plan, client: Client) -> None:
    answer = client.get(f"/plans/{plan.pk}/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.django_db(transaction=True)
def test_a_job_that_runs_again_makes_no_plan_twice(town: Region, cast: Cast) -> None:
    job = jobs.enqueue(kind="draw_grids", title="x", by=cast.planner, parameters={"communities": [CODE]})
    first = jobs.run(job).result["plans"]
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    assert jobs.run(job).result["plans"] == first
    assert Plan.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_person_who_is_gone_or_may_no_longer_does_nothing(town: Region, cast: Cast) -> None:
    for change in ({"created_by": None}, {"created_by": cast.former}):
        job = jobs.enqueue(kind="draw_grids", title="x", by=cast.planner, parameters={"communities": [CODE]})
        Job.objects.filter(pk=job.pk).update(**change)
        assert jobs.run(job).state == Job.State.FAILED
    assert not Plan.objects.exists()


def test_the_list_is_narrowed_by_street_and_words(board: Board, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.approver)

    def codes(**query: str) -> list[str]:
        return sorted(row.code for row in client.get("/plans/", query).context["page"])

    assert codes(street="990101002000") == ["990101002001", "990101002002"]
    assert codes(q="三社") == ["990101002001"]
    assert codes(q="990101001") == ["990101001001", "990101001002"]
    assert codes(q="nowhere") == []
    assert len(codes(street="\x00", q="\x00", page="x")) == 4


def test_a_stale_draft_says_so_and_offers_no_adoption(plan: Plan, cast: Cast, signed_in: SignIn) -> None:
    approver = signed_in(cast.approver)
    fresh = approver.get(f"/plans/{plan.pk}/")
    assert not fresh.context["stale"]
    assert f'action="/plans/{plan.pk}/adopt"' in fresh.content.decode()
    Building.objects.filter(source_ref=f"{CODE}/1").update(households=99)
    stale = approver.get(f"/plans/{plan.pk}/")
    assert stale.context["stale"]
    assert f'action="/plans/{plan.pk}/adopt"' not in stale.content.decode()
    assert 'id="stale"' in stale.content.decode()


def test_a_locked_grid_shows_the_code_it_keeps(plan: Plan, cast: Cast, signed_in: SignIn) -> None:
    adopt_plan(plan=plan, by=cast.approver, at=timezone.now())
    first = plan.grids.get(number=1).grid
    again = draw_plan(community=plan.community, terms=Terms(SizeRule()), by=cast.planner)
    again.grids.filter(number=4).update(kept=True, was=first)
    client = signed_in(cast.planner)
    shown = {grid.number: grid.shown for grid in client.get(f"/plans/{again.pk}/").context["grids"]}
    assert shown[4] == "001"
    features = client.get(f"/plans/{again.pk}/grids.json").json()["features"]
    assert {one["properties"]["number"]: one["properties"]["code"] for one in features}[4] == f"{CODE}001"


def test_chosen_communities_lead_to_all_settings(board: Board, town: Region, cast: Cast, signed_in: SignIn) -> None:
    chosen = [CODE, "990101001002"]
    page = signed_in(cast.planner).post(
        "/plans/new", {"community": chosen, **FIGURES, "target": 280, "effort": "quick"}
    )
    assert page.status_code == 200
    assert page.context["form"]["community"].value() == chosen
    assert (page.context["form"]["target"].value(), page.context["form"]["effort"].value()) == ("280", "quick")
    assert page.context["many"]


def test_a_cancelled_drawing_leads_back_and_to_another(town: Region, cast: Cast, signed_in: SignIn) -> None:
    job = jobs.enqueue(kind="draw_grids", title="x", by=cast.planner, parameters={"communities": [CODE]})
    Job.objects.filter(pk=job.pk).update(state=Job.State.CANCELLED)
    page = signed_in(cast.planner).get(f"/plans/work/{job.pk}/").content.decode()
    assert 'action="/plans/new"' in page
    assert f'name="community" value="{CODE}"' in page


def test_the_page_of_many_lists_them(town: Region, cast: Cast, signed_in: SignIn) -> None:
    job = jobs.enqueue(kind="draw_grids", title="x", by=cast.planner, parameters={"communities": [CODE]})
    Share.objects.create(job=job, number=1, parameters={"communities": [CODE, "990101001002"]}, weight=1)
    draw_plan(community=town, terms=Terms(SizeRule()), by=cast.planner, job=job.pk)
    rows = signed_in(cast.planner).get(f"/plans/work/{job.pk}/").context["progress"]
    assert [(row["code"], row["state"]) for row in rows] == [(CODE, "drawn"), ("990101001002", "waiting")]
    Share.objects.update(state=Job.State.RUNNING)
    assert {row["code"]: row["state"] for row in progress_of(job)}["990101001002"] == "drawing"
    Share.objects.update(state=Job.State.SUCCEEDED, result={"refused": {"990101001002": "why"}})
    assert (progress_of(job)[1]["state"], progress_of(job)[1]["why"]) == ("refused", "why")
