"""Promises of the planner's pages, kept in a real browser."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from gridmap.jobs.models import Job
from gridmap.jobs.services import run
from gridmap.partition import SizeRule
from gridmap.planning.models import Plan
from gridmap.planning.services import adopt_plan, draw_plan
from gridmap.planning.terms import Terms
from gridmap.territory.models import Building, GridEdition, Region
from tests.browser.test_console import serious
from tests.cast import Board, Cast
from tests.gridmap.planning.conftest import CODE, populate

Fresh = Callable[..., BrowserContext]
TOWER = 412
DRAFT = re.compile(r"/plans/[0-9a-f-]{36}/")


@pytest.fixture
def towering(board: Board, cast: Cast) -> Plan:
    """A draft in which one building alone is more than a grid may hold, with a curve beside it."""
    buildings = populate(board.communities[0])
    Building.objects.filter(pk=buildings[12].pk).update(households=TOWER, name="塔楼")
    plan = draw_plan(community=board.communities[0], terms=Terms(SizeRule(), effort="quick"), by=cast.planner)
    plan.figures["curve"] = [
        {"weights": {"balance": balance, "compactness": 1.0, "stability": 1.0}, "moved_share": 0.1, **figures}
        for balance, figures in {
            1.0: {"within_10": 0.6, "within_20": 1.0, "mean_deviation": 0.08, "polsby_popper": 0.6},
            3.0: {"within_10": 0.9, "within_20": 1.0, "mean_deviation": 0.03, "polsby_popper": 0.5},
        }.items()
    ]
    plan.save(update_fields=["figures"])
    return plan


def opened(fresh: Fresh, live_server: LiveServer, cast: Cast, plan: Plan, **size: int) -> Page:
    page = fresh(cast.planner, **size).new_page()
    page.goto(f"{live_server.url}/plans/{plan.pk}/")
    expect(page.locator(".planned")).to_have_count(plan.grids.count())
    return page


def test_from_a_tick_in_the_list_to_grids_in_force(
    fresh: Fresh, live_server: LiveServer, board: Board, cast: Cast
) -> None:
    populate(board.communities[0])
    planner = fresh(cast.planner).new_page()
    planner.goto(live_server.url + "/plans/")
    button = planner.locator("[data-choose-go]")
    expect(button).to_be_disabled()
    planner.locator(f'input[value="{CODE}"]').check()
    expect(button).to_be_enabled()
    assert serious(planner) == []
    button.click()
    expect(planner).to_have_url(re.compile("/plans/work/"))
    expect(planner.locator("[data-job-bar]")).to_be_visible()
    assert serious(planner) == []
    run(Job.objects.get())
    expect(planner).to_have_url(re.compile(DRAFT.pattern + "$"))
    expect(planner.locator("[data-grids] [data-number]")).to_have_count(4)
    expect(planner.locator(".planned")).to_have_count(4)
    expect(planner.get_by_role("button", name=re.compile("^(Adopt|采用)"))).to_have_count(0)

    approver = fresh(cast.approver).new_page()
    approver.goto(planner.url)
    assert serious(approver) == []
    approver.locator("details.confirm summary").click()
    approver.locator('form[action$="/adopt"] button').click()
    expect(approver.locator(".mark.done").first).to_be_visible()
    assert GridEdition.objects.in_force().of_community(CODE).count() == 4


def test_a_row_and_its_grid_point_at_each_other(
    fresh: Fresh, live_server: LiveServer, cast: Cast, one_plan: Plan
) -> None:
    page = opened(fresh, live_server, cast, one_plan)
    row = page.locator('[data-number="3"]')
    row.hover()
    expect(row).to_have_class(re.compile("lit"))
    expect(page.locator(".planned.held")).to_have_text(re.compile("003"))
    row.locator("button").focus()
    page.keyboard.press("Enter")
    expect(row.locator("button")).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("#grid=3$"))


def test_the_address_names_the_grid_that_is_looked_at(
    fresh: Fresh, live_server: LiveServer, cast: Cast, one_plan: Plan
) -> None:
    page = fresh(cast.planner).new_page()
    page.goto(f"{live_server.url}/plans/{one_plan.pk}/#grid=2")
    expect(page.locator('[data-number="2"]')).to_have_class(re.compile("chosen"))
    expect(page.locator(".planned.held")).to_have_text(re.compile("002"))


def test_the_worst_grid_comes_first_with_its_reason_and_its_building(
    fresh: Fresh, live_server: LiveServer, cast: Cast, towering: Plan
) -> None:
    page = opened(fresh, live_server, cast, towering)
    first = page.locator("[data-grids] [data-number]").first
    expect(first).to_contain_text(str(TOWER))
    expect(first).to_contain_text("+37")
    number = first.get_attribute("data-number")
    why = page.locator(f'[data-why="{number}"]')
    expect(why).to_contain_text("塔楼")
    expect(why.locator(".mark.done")).to_be_visible()
    why.click()
    expect(page.locator(".leaflet-tooltip.named")).to_have_text(re.compile(f"塔楼.*{TOWER}"))
    page.locator('label:has(input[value="number"])').click()
    expect(page.locator("[data-grids] [data-number]").first).to_have_attribute("data-number", "1")
    assert serious(page) == []


def test_a_bar_of_the_histogram_holds_its_grids(
    fresh: Fresh, live_server: LiveServer, cast: Cast, towering: Plan
) -> None:
    page = opened(fresh, live_server, cast, towering)
    bar = page.locator(".bin.above[role=button]")
    expect(bar).to_have_count(1)
    expect(bar.locator(".bar-hatch")).to_have_count(1)
    bar.hover()
    expect(page.locator("[data-grids] .lit[data-number]")).to_contain_text(str(TOWER))
    page.locator('.bin[tabindex="0"]').focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(bar).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-grids] .chosen[data-number]")).to_contain_text(str(TOWER))
    page.keyboard.press("Enter")
    expect(page.locator("[data-grids] .chosen")).to_have_count(0)


def test_a_point_of_the_curve_sets_the_ranges_and_draws_with_them(
    fresh: Fresh, live_server: LiveServer, cast: Cast, towering: Plan
) -> None:
    page = opened(fresh, live_server, cast, towering)
    page.locator("#tab-grids").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#panel-again")).to_be_visible()
    expect(page.locator(".dot")).to_have_count(2)
    expect(page.locator(".dot.own")).to_have_count(1)
    page.locator(".dot:not(.own)").click()
    expect(page.locator("#weight-balance")).to_have_value("3")
    expect(page.locator('[data-share="balance"]')).to_have_text(re.compile("60"))
    assert serious(page) == []
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.locator("[data-again] .primary").click()
    asked = parse_qs(sent.value.post_data or "")
    assert (asked["community"], asked["balance"], asked["stability"]) == ([CODE], ["3"], ["1"])
    assert asked["target"] == ["300"]
    expect(page).to_have_url(re.compile("/plans/work/"))
    assert Job.objects.get().parameters["weights"]["balance"] == 3.0


def test_grids_in_force_are_locked_on_the_map_or_in_the_list(
    fresh: Fresh, live_server: LiveServer, cast: Cast, one_plan: Plan
) -> None:
    adopt_plan(plan=one_plan, by=cast.approver, at=timezone.now())
    page = fresh(cast.planner).new_page()
    page.goto(f"{live_server.url}/plans/new?community={CODE}")
    expect(page.locator(".planned")).to_have_count(4)
    page.locator('[data-keep="002"]').check()
    expect(page.locator(".planned .lock")).to_have_count(1)
    page.locator(".keep-map .leaflet-interactive").first.click()
    expect(page.locator("[data-keep]:checked")).to_have_count(2)
    assert serious(page) == []
    page.locator("[data-new] .primary").click()
    expect(page).to_have_url(re.compile("/plans/work/"))
    assert f"{CODE}002" in Job.objects.get().parameters["keep"]


def test_two_divisions_move_together_and_show_who_moves(
    fresh: Fresh, live_server: LiveServer, cast: Cast, one_plan: Plan
) -> None:
    other = draw_plan(
        community=one_plan.community, terms=Terms(SizeRule(target=200, minimum=150, maximum=250)), by=cast.planner
    )
    page = fresh(cast.planner).new_page()
    page.goto(f"{live_server.url}/plans/compare?a={one_plan.pk}&b={other.pk}")
    left, right = page.locator('[data-map="a"]'), page.locator('[data-map="b"]')
    expect(left.locator(".planned")).to_have_count(one_plan.grids.count())
    expect(right.locator(".planned")).to_have_count(other.grids.count())
    expect(page.locator(".pairs .better").first).to_be_visible()
    expect(page.locator("[data-moved] tbody tr").first).to_be_visible()
    assert serious(page) == []

    def places() -> list[str]:
        box = "(pane) => pane.getBoundingClientRect().x - pane.closest('[data-map]').getBoundingClientRect().x"
        return [f"{one.locator('.leaflet-map-pane').evaluate(box):.0f}" for one in (left, right)]

    before = places()
    right.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(600)
    assert places()[0] == places()[1] != before[0]
    page.locator("[data-swap]").click()
    expect(page).to_have_url(re.compile(f"a={other.pk}&b={one_plan.pk}"))


def test_a_running_drawing_can_be_cancelled(fresh: Fresh, live_server: LiveServer, board: Board, cast: Cast) -> None:
    populate(board.communities[0])
    page = fresh(cast.planner).new_page()
    page.goto(f"{live_server.url}/plans/new?community={CODE}")
    page.locator('form[action="/plans/draw"] .primary').click()
    page.locator("[data-job-cancel]").click()
    expect(page.locator(".mark.cancelled")).to_be_visible()
    assert Job.objects.get().state == Job.State.CANCELLED
    assert not Plan.objects.exists()


def test_a_running_drawing_shows_its_score_and_can_be_stopped_with_its_best(
    fresh: Fresh, live_server: LiveServer, board: Board, cast: Cast
) -> None:
    populate(board.communities[0])
    page = fresh(cast.planner).new_page()
    page.goto(f"{live_server.url}/plans/new?community={CODE}")
    page.locator('form[action="/plans/draw"] .primary').click()
    expect(page).to_have_url(re.compile("/plans/work/"))
    expect(page.locator(".falling")).to_be_hidden()
    Job.objects.update(
        state=Job.State.RUNNING, progress=0.4, detail={"scores": [[0.1, 90.0], [0.2, 40.0], [0.4, 21.0]]}
    )
    page.reload()
    expect(page.locator("[data-falling] .line")).to_be_visible()
    expect(page.locator("[data-falling] text")).to_contain_text("21")
    page.locator("[data-job-stop]").click()
    expect(page.locator("[data-job-stop]")).to_be_disabled()
    page.wait_for_timeout(300)
    assert Job.objects.get().stop_requested
    assert serious(page) == []


@pytest.mark.parametrize(
    "address", ["/plans/{plan}/", "/plans/new?community={code}", "/plans/compare?a={plan}&b={plan}"]
)
def test_the_pages_fit_a_phone(address: str, fresh: Fresh, live_server: LiveServer, cast: Cast, one_plan: Plan) -> None:
    page = fresh(cast.planner, width=390, height=844).new_page()
    page.goto(live_server.url + address.format(plan=one_plan.pk, code=CODE))
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert Region.objects.get(code=CODE).plans.get() == one_plan
