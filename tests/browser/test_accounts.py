"""Signing in with a phone, one's own account and wall screens, in a real browser."""

import base64
import re
import time
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from gridmap.accounts import devices, second_factor
from gridmap.accounts.models import SignedIn
from gridmap.accounts.sessions import end_sessions
from gridmap.territory.models import Grid
from tests.browser.conftest import Open
from tests.browser.test_console import serious
from tests.cast import PASSWORD, Cast

Fresh = Callable[..., BrowserContext]
PHONE_PX = 390


def present_code(key: str) -> str:
    """The code of the present step; waits where it is nearly over."""
    left = second_factor.STEP_S - time.time() % second_factor.STEP_S
    if left < 6:
        time.sleep(left + 0.1)
    totp = TOTP(base64.b32decode(key.replace(" ", "")), 6, SHA1(), second_factor.STEP_S)  # noqa: S303  (RFC 6238)
    return totp.generate(time.time()).decode()


def fits(page: Page) -> bool:
    """Whether nothing hangs over the right edge."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("width", [1440, PHONE_PX])
def test_the_first_sign_in_leads_through_the_phone_to_the_map(
    fresh: Fresh, live_server: LiveServer, grids: list[Grid], cast: Cast, width: int
) -> None:
    page = fresh(width=width, height=844).new_page()
    page.goto(live_server.url + "/")
    page.fill("#id_username", "officer")
    page.fill("#id_password", PASSWORD)
    page.get_by_label("显示密码").check()
    expect(page.locator("#id_password")).to_have_attribute("type", "text")
    assert serious(page) == [] and fits(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="设置第二步验证")).to_be_visible()
    assert serious(page) == [] and fits(page)
    squares = page.locator(".qr svg").bounding_box()
    assert squares and squares["width"] >= 180 and abs(squares["width"] - squares["height"]) < 1
    drawn = page.locator(".qr svg path").last.bounding_box()
    assert drawn and squares["x"] < drawn["x"] and drawn["x"] + drawn["width"] < squares["x"] + squares["width"]
    page.fill("#id_code", present_code(page.locator(".secret").inner_text()))
    page.keyboard.press("Enter")
    expect(page.locator(".recovery-codes li")).to_have_count(second_factor.CODES)
    assert serious(page) == [] and fits(page)
    page.get_by_role("link", name="已妥善保存，继续").click()
    page.wait_for_selector("[data-ready]")


def test_the_code_page_and_ones_own_pages(fresh: Fresh, live_server: LiveServer, cast: Cast) -> None:
    now = timezone.now()
    key = second_factor.key_of(second_factor.begin(cast.officer, at=now))
    second_factor.confirm(cast.officer, present_code(key), at=timezone.now())
    [recovery, *_more] = second_factor.renew_recovery_codes(cast.officer)
    page = fresh(width=PHONE_PX, height=844).new_page()
    page.goto(live_server.url + "/accounts/login/?next=/accounts/sessions/")
    page.fill("#id_username", "officer")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="第二步验证")).to_be_visible()
    page.fill("#id_code", "000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert serious(page) == [] and fits(page)
    page.fill("#id_code", recovery)
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/sessions/")
    for path in ("sessions/", "password/", "second-factor/", "recovery-codes/", "second-factor/new/"):
        page.goto(f"{live_server.url}/accounts/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert serious(page) == [], path
        assert fits(page), path
    SignedIn.objects.update(confirmed_at=None)
    page.goto(f"{live_server.url}/accounts/recovery-codes/")
    expect(page.get_by_role("heading", name="确认是您本人")).to_be_visible()
    assert serious(page) == [] and fits(page)


def test_an_open_map_leaves_when_its_session_ends(
    open_console: Open, grids: list[Grid], cast: Cast, record: list[str]
) -> None:
    page = open_console(cast.planner)
    end_sessions(cast.planner)
    page.context.unroute("**/stream/events")
    farewell = 'event: ended\ndata: {"kind": "ended", "reference": "", "area": "", "data": {}}\n\n'
    page.context.route(
        "**/stream/events",
        lambda route: route.fulfill(status=200, content_type="text/event-stream", body=farewell),
    )
    page.evaluate("import('/static/js/stream.js').then((stream) => stream.followNews('/stream/events', () => {}))")
    expect(page).to_have_url(re.compile("/accounts/login/\\?why=signed_out"))
    expect(page.locator(".gate-card [role=status]")).to_contain_text("已在别处被退出")
    assert [line for line in record if "401" not in line] == []
    record.clear()


def test_a_screens_link_opens_the_map_and_is_gone_from_the_address(
    fresh: Fresh, live_server: LiveServer, grids: list[Grid], cast: Cast, record: list[str]
) -> None:
    device, token = devices.register(name="大厅东墙", area="990101", by=cast.administrator, now=timezone.now())
    context = fresh()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url + (request.headers.get("referer") or "")))
    page = context.new_page()
    page.goto(f"{live_server.url}/screens/enter/#{token}")
    page.wait_for_selector("[data-ready]")
    expect(page.locator('[data-rows="grids"] .row')).to_have_count(8)
    expect(page.locator(".topbar")).to_contain_text("大厅东墙")
    expect(page.locator(".rooms")).to_have_count(0)
    assert not any(token in url for url in asked if "/enter/#" not in url) and token not in page.url
    assert serious(page) == []
    devices.revoke(device=device, now=timezone.now())
    page.reload()
    expect(page.get_by_role("heading", name="此大屏已停用")).to_be_visible()
    assert page.locator("#map").count() == 0
    assert [line for line in record if "401" not in line] == []
    record.clear()


@pytest.mark.parametrize("width", [1440, PHONE_PX])
def test_the_administrators_pages_of_screens(
    open_console: Open, live_server: LiveServer, grids: list[Grid], cast: Cast, width: int
) -> None:
    page = open_console(cast.administrator, width=width, height=844)
    page.goto(f"{live_server.url}/staff/screens/new/")
    page.fill("#id_name", "治理中心东墙")
    page.fill("#id_area", "990101001001")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="生成链接").click()
    expect(page.locator(".qr svg")).to_be_visible()
    assert serious(page) == [] and fits(page)
    page.get_by_role("link", name="完成").click()
    expect(page.get_by_role("row", name="治理中心东墙")).to_contain_text("尚未进入")
    assert serious(page) == [] and fits(page)
