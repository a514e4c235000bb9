"""Promises of the planner's pages, kept in a real browser."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect
from pytest_django.live_server_helper import LiveServer

from gridmap.jobs.models import Job
from gridmap.jobs.services import run
from gridmap.planning.models import Plan
from gridmap.territory.models import GridEdition, Region
from tests.browser.test_console import serious
from tests.cast import Board, Cast
from tests.gridmap.planning.conftest import CODE, populate

Fresh = Callable[..., BrowserContext]


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
    run(Job.objects.get())
    expect(planner).to_have_url(re.compile(r"/plans/[0-9a-f-]{36}/$"))
    expect(planner.locator("[data-grids] [data-number]")).to_have_count(4)
    expect(planner.locator(".planned")).to_have_count(4)
    expect(planner.get_by_role("button", name=re.compile("Adopt|采用"))).to_have_count(0)

    approver = fresh(cast.approver).new_page()
    approver.goto(planner.url)
    assert serious(approver) == []
    approver.locator('form[action$="/adopt"] button').click()
    expect(approver.locator(".mark.done").first).to_be_visible()
    assert GridEdition.objects.in_force().of_community(CODE).count() == 4


def test_a_row_and_its_grid_point_at_each_other(
    fresh: Fresh, live_server: LiveServer, board: Board, cast: Cast, one_plan: Plan
) -> None:
    page = fresh(cast.planner).new_page()
    page.goto(f"{live_server.url}/plans/{one_plan.pk}/")
    expect(page.locator(".planned")).to_have_count(4)
    row = page.locator('[data-number="3"]')
    row.hover()
    expect(row).to_have_class(re.compile("chosen"))
    row.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".planned").first).to_be_attached()


def test_a_running_drawing_can_be_cancelled(fresh: Fresh, live_server: LiveServer, board: Board, cast: Cast) -> None:
    populate(board.communities[0])
    page = fresh(cast.planner).new_page()
    page.goto(f"{live_server.url}/plans/new?community={CODE}")
    page.locator('form[action="/plans/draw"] button').click()
    page.locator("[data-job-cancel]").click()
    expect(page.locator(".mark.cancelled")).to_be_visible()
    assert Job.objects.get().state == Job.State.CANCELLED
    assert not Plan.objects.exists()


def test_the_plan_fits_a_phone(fresh: Fresh, live_server: LiveServer, cast: Cast, one_plan: Plan) -> None:
    page = fresh(cast.planner, width=390, height=844).new_page()
    page.goto(f"{live_server.url}/plans/{one_plan.pk}/")
    expect(page.locator(".planned")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert Region.objects.get(code=CODE).plans.get() == one_plan
