"""What a drawing is asked for: from the form to the draft, with grids that stay as they are."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest
import shapely
from django.http import QueryDict
from django.test import Client
from django.utils import timezone, translation

from gridmap.accounts.models import User
from gridmap.jobs.models import Job
from gridmap.partition import SizeRule, Weights
from gridmap.planning.forms import DrawForm, initial_figures
from gridmap.planning.ground import grids_in_force, read_ground
from gridmap.planning.models import Plan
from gridmap.planning.refusals import NOT_KEPT, PlanRefusedError, why_not_kept
from gridmap.planning.services import adopt_plan, draw_plan
from gridmap.planning.terms import EFFORTS, Terms
from gridmap.planning.work import Order, draw_all
from gridmap.territory.checks import check_territory
from gridmap.territory.models import Building, Grid, GridEdition, Region
from gridmap.territory.services import locate_buildings
from tests.cast import Board, Cast, draw_grids
from tests.gridmap.planning.conftest import CODE

SignIn = Callable[[User], Client]
ASKED = f"community={CODE}&target=300&minimum=240&maximum=360&seed=3"
TERMS = Terms(SizeRule(), effort="quick")


@pytest.fixture
def drawn(town: Region, cast: Cast) -> list[str]:
    """Codes of the four grids in force."""
    plan = draw_plan(community=town, terms=TERMS, by=cast.planner)
    return [grid.code for grid in adopt_plan(plan=plan, by=cast.approver, at=timezone.now())]


def terms_said(text: str) -> Terms:
    form = DrawForm(QueryDict(f"{ASKED}&{text}"))
    assert form.is_valid(), form.errors
    return form.terms()


def test_a_form_that_says_little_asks_for_the_usual(db: None) -> None:
    assert terms_said("") == Terms(SizeRule(), seed=3)


def test_a_form_that_says_everything(db: None) -> None:
    said = terms_said(
        "effort=thorough&balance=0&compactness=2.5&stability=5&redraw_dedicated=on"
        f"&keep={CODE}002&keep={CODE}001&keep={CODE}002"
    )
    weights = Weights(0.0, 2.5, 5.0)
    assert said == Terms(SizeRule(), 3, "thorough", weights, (f"{CODE}001", f"{CODE}002"), redraw_dedicated=True)


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        ("balance=6", "balance", "5"),
        ("compactness=-1", "compactness", "0"),
        ("stability=inf", "stability", "number"),
        ("effort=endless", "effort", "endless"),
        ("keep=99", "keep", "15 digits"),
        ("keep=９９０１０１００１００１００１", "keep", "15 digits"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field_and_reason(db: None, text: str, field: str, reason: str) -> None:
    with translation.override("en"):
        form = DrawForm(QueryDict(f"{ASKED}&{text}"))
        assert list(form.errors) == [field]
        assert reason in form.errors[field][0]


def test_the_form_begins_with_what_another_drawing_was_asked_for(db: None) -> None:
    terms = replace(TERMS, weights=Weights(2.0, 1.0, 0.5), keep=(f"{CODE}001",))
    first = initial_figures(terms)
    assert (first["balance"], first["stability"], first["effort"]) == (2.0, 0.5, "quick")
    assert first["keep"] == [f"{CODE}001"]
    assert initial_figures() | {"keep": []} == initial_figures(Terms(SizeRule()))
    assert set(EFFORTS) == {name for name, _label in DrawForm().fields["effort"].choices}  # type: ignore[attr-defined]


def test_the_engine_is_told_all_of_it(town: Region, drawn: list[str]) -> None:
    terms = replace(TERMS, seed=9, weights=Weights(3.0, 1.0, 0.0), keep=(drawn[1],))
    told = read_ground(town, terms).arguments(terms, curve=True)
    assert (told["seed"], told["effort"], told["curve"]) == (9, EFFORTS["quick"], True)
    assert told["weights"] == terms.weights
    assert [grid.ref for grid in told["fixed"]] == [drawn[1]]
    assert set(told["before"].values()) == set(drawn)
    assert len(told["before"]) == 40


def test_a_new_building_has_no_grid_before(town: Region, drawn: list[str]) -> None:
    Building.objects.filter(source_ref=f"{CODE}/1").update(grid=None)
    assert len(read_ground(town, TERMS).before) == 39


def test_dedicated_grids_stay_unless_somebody_lives_there_or_asks(board: Board) -> None:
    community = board.communities[0]
    grids = draw_grids(community)
    park = grids[3].code
    assert [(one.ref, one.dedicated) for one in read_ground(community, TERMS).fixed] == [(park, True)]
    assert read_ground(community, replace(TERMS, redraw_dedicated=True)).fixed == ()
    Building.objects.filter(grid=grids[3]).update(households=9)
    locate_buildings()
    assert read_ground(community, TERMS).fixed == ()
    kept = read_ground(community, replace(TERMS, keep=(park,))).fixed
    assert [one.ref for one in kept] == [park]


def test_a_grid_that_is_no_more_cannot_be_kept(town: Region, drawn: list[str]) -> None:
    with pytest.raises(PlanRefusedError, match=f"{CODE}777"):
        read_ground(town, replace(TERMS, keep=(f"{CODE}777",)))
    assert read_ground(town, replace(TERMS, keep=("990101001002001",))).fixed == ()


def test_a_kept_grid_comes_out_as_it_is_and_keeps_its_code(town: Region, drawn: list[str], cast: Cast) -> None:
    before = GridEdition.objects.in_force().get(grid__code=drawn[0])
    members = set(Building.objects.filter(grid__code=drawn[0]).values_list("pk", flat=True))
    Building.objects.filter(community=town).exclude(pk__in=members).update(households=60)
    terms = replace(TERMS, keep=(drawn[0],))
    plan = draw_plan(community=town, terms=terms, by=cast.planner)
    (kept,) = plan.grids.filter(kept=True)
    assert (kept.was_id, kept.moved_households, set(kept.building_ids)) == (before.grid_id, 0, members)
    adopt_plan(plan=plan, by=cast.approver, at=timezone.now())
    after = GridEdition.objects.in_force().get(grid__code=drawn[0])
    assert shapely.from_wkt(after.geom.wkt).symmetric_difference(shapely.from_wkt(before.geom.wkt)).area < 1e-12
    assert set(Building.objects.filter(grid__code=drawn[0]).values_list("pk", flat=True)) == members
    assert not set(drawn[1:]) & set(GridEdition.objects.in_force().values_list("grid__code", flat=True))
    assert list(check_territory()) == []


def test_a_plan_knows_which_grids_its_own_follow_and_who_moves(town: Region, drawn: list[str], cast: Cast) -> None:
    plan = draw_plan(community=town, terms=TERMS, by=cast.planner)
    assert {grid.was.code for grid in plan.grids.select_related("was") if grid.was} == set(drawn)
    assert sum(grid.moved_households for grid in plan.grids.all()) == plan.figures["moved_households"]
    first = draw_plan(community=Region.objects.get(code="990101001002"), terms=TERMS, by=cast.planner)
    assert [grid.was for grid in first.grids.all()] == [None]


def test_a_grid_that_cannot_be_kept_is_named_with_the_reason(town: Region, drawn: list[str]) -> None:
    edition = GridEdition.objects.in_force().get(grid__code=drawn[0])
    other = Grid.objects.create(code=f"{CODE}900", kind="general", community=town)
    outcomes: list[Any] = []
    terms = replace(TERMS, keep=(drawn[0], other.code))
    with pytest.MonkeyPatch.context() as patch:
        now = [*grids_in_force(town), GridEdition(grid=other, geom=edition.geom)]
        patch.setattr("gridmap.planning.ground.grids_in_force", lambda _community: now)
        outcomes += draw_all(communities=[town], order=Order(terms), report=lambda *_: True)
    assert outcomes[0].plan is None
    assert drawn[0] in outcomes[0].refusal
    assert other.code in outcomes[0].refusal


@pytest.mark.parametrize("code", NOT_KEPT)
def test_every_reason_against_keeping_has_a_sentence(code: str) -> None:
    text = why_not_kept(code, {"ref": "甲", "other": "乙", "area_m2": 2.5})
    assert "甲" in text
    assert "%(" not in text


def test_what_the_form_says_reaches_the_job(town: Region, drawn: list[str], cast: Cast, signed_in: SignIn) -> None:
    body = {"community": [CODE], **asdict(SizeRule()), "seed": 4, "effort": "quick", "stability": 3, "keep": drawn[:2]}
    assert signed_in(cast.planner).post("/plans/draw", body).status_code == 302
    job = Job.objects.get()
    terms = Terms.of(job.parameters, SizeRule())
    assert terms == Terms(SizeRule(), 4, "quick", Weights(1.0, 1.0, 3.0), tuple(drawn[:2]))
    assert job.stoppable
    assert job.parameters["command"] is False


@pytest.mark.parametrize("forged", ["990101001002001", f"{CODE}777", "1" * 15])
def test_a_forged_grid_code_is_not_found(
    town: Region, drawn: list[str], cast: Cast, signed_in: SignIn, forged: str
) -> None:
    body = {"community": [CODE], **asdict(SizeRule()), "seed": 4, "keep": [drawn[0], forged]}
    assert signed_in(cast.planner).post("/plans/draw", body).status_code == 404
    assert not Job.objects.exists()


def test_the_form_lists_the_grids_in_force_and_begins_with_a_plan(
    town: Region, drawn: list[str], board: Board, cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(cast.planner)
    plan = draw_plan(community=town, terms=replace(TERMS, seed=8, keep=(drawn[2],)), by=cast.planner)
    page = client.get("/plans/new", {"community": CODE, "from": str(plan.pk)})
    assert page.context["form"]["seed"].value() == 8
    assert [one["kept"] for one in page.context["in_force"]] == [False, False, True, False]
    assert [one["number"] for one in page.context["in_force"]] == ["001", "002", "003", "004"]
    assert client.get(page.context["shapes_now"]).status_code == 200
    assert client.get("/plans/new", {"community": "990101001000"}).context["in_force"] == []
    for wrong in ("x", "00000000-0000-0000-0000-000000000000"):
        assert client.get("/plans/new", {"community": CODE, "from": wrong}).status_code == 404
    elsewhere = {"community": board.communities[1].code, "from": str(plan.pk)}
    assert client.get("/plans/new", elsewhere).status_code == 404
    assert Plan.objects.count() == 2
