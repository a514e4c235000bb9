"""Promises of the administrators' room, kept in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from gridmap.accounts.models import Post
from gridmap.accounts.roles import Role
from tests.browser.test_console import serious
from tests.cast import Board, Cast, draw_grids, give_post, person
from tests.gridmap.accounts.staff.conftest import FIRST, Office, in_days, office

__all__ = ["office"]
Fresh = Callable[..., BrowserContext]
GRID = FIRST + "001"


@pytest.fixture
def ground(board: Board) -> None:
    """Grids in the first community."""
    draw_grids(board.communities[0])


def opened(fresh: Fresh, live_server: LiveServer, who: object, address: str, **size: int) -> Page:
    page = fresh(who, **size).new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(live_server.url + address)
    return page


def test_a_deputy_sees_the_area_until_the_post_is_ended(
    fresh: Fresh, live_server: LiveServer, office: Office, ground: None
) -> None:
    helper = person("sun", "孙帮手")
    give_post(helper, Role.BUILDING_LEADER, "990101001002")
    answer = fresh(helper).request.get(f"{live_server.url}/api/v1/grids/{GRID}")
    assert answer.status == 404

    keeper = opened(fresh, live_server, office.keeper, f"/staff/posts/{office.post.pk}/")
    assert serious(keeper) == []
    keeper.locator("#id_person").press_sequentially("孙帮")
    expect(keeper.locator('[role="option"]')).to_have_text(["孙帮手 · sun "])
    keeper.keyboard.press("ArrowDown")
    keeper.keyboard.press("Enter")
    expect(keeper.locator("#id_person")).to_have_value("孙帮手 · sun")
    keeper.locator('form[action$="/deputy"] input[name="ends_on"]').fill(str(in_days(3)))
    keeper.locator('form[action$="/deputy"] button').click()
    expect(keeper.locator(".deputies")).to_contain_text("孙帮手")

    theirs = fresh(helper)
    assert theirs.request.get(f"{live_server.url}/api/v1/grids/{GRID}").status == 200
    keeper.locator(".deputies a").first.click()
    expect(keeper.locator("h1")).to_contain_text("网格员")
    keeper.locator('form[action$="/end-now"] button').click()
    expect(keeper.locator(".toast.success")).to_be_visible()
    assert theirs.request.get(f"{live_server.url}/api/v1/grids/{GRID}").status == 404
    assert Post.objects.get(person=helper, role=Role.GRID_WORKER).ended_at is not None


def test_an_area_is_picked_down_the_tree_with_the_keyboard(
    fresh: Fresh, live_server: LiveServer, office: Office, ground: None
) -> None:
    page = opened(fresh, live_server, office.keeper, "/staff/people/new/")
    page.locator("#id_area").fill("")
    options = page.locator('[role="option"]')
    page.keyboard.press("ArrowDown")
    expect(options).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(options).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(options).to_have_count(4)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#id_area")).to_have_value(re.compile(GRID))
    expect(options.first).to_be_hidden()
    page.locator("#id_area").fill("二社")
    expect(options).to_have_count(1)
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    assert serious(page) == []


def test_a_new_person_is_handed_a_code(fresh: Fresh, live_server: LiveServer, office: Office) -> None:
    page = opened(fresh, live_server, office.keeper, "/staff/people/new/")
    page.locator("#id_name").fill("孙新人")
    page.locator("#id_username").fill("sun")
    page.locator("#id_area").fill(FIRST)
    page.locator("form.post-form button.primary").click()
    code = page.locator("[data-code]").inner_text()
    stranger = fresh().new_page()
    stranger.goto(live_server.url + "/accounts/login/")
    stranger.locator('input[name="username"]').fill("sun")
    stranger.locator('input[name="password"]').fill(code)
    stranger.locator("form button.primary").click()
    expect(stranger).to_have_url(re.compile("/accounts/(password|second-factor)/"))


@pytest.mark.parametrize(
    "address", ["/staff/", "/staff/organisations/", f"/staff/access/?place={FIRST}", "/staff/import/"]
)
def test_the_room_fits_a_phone_and_has_no_serious_fault(
    fresh: Fresh, live_server: LiveServer, office: Office, cast: Cast, address: str
) -> None:
    page = opened(fresh, live_server, office.keeper, address, width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert serious(page) == []
