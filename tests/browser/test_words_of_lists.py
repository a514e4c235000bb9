"""What lists, selections and clocks say, in a browser whose own clock is another one."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from gridmap.territory.models import Camera, Facility, LayerRevision
from tests.browser.conftest import Open
from tests.browser.test_console import ONE
from tests.browser.test_console_work import MIDDLE, cameras  # noqa: F401  (the fixture)
from tests.cast import Cast

#: 04:30 of the next day in Shanghai.
AT = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
#: What the browser believes, so that a page which asked it would be eight hours off.
IN_UTC = "Emulation.setTimezoneOverride"


def in_utc(page: Page, url: str) -> None:
    """The page in a browser set to UTC."""
    page.context.new_cdp_session(page).send(IN_UTC, {"timezoneId": "UTC"})
    page.goto(url)
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "UTC"


@pytest.mark.usefixtures("cameras")
def test_the_page_has_one_clock(fresh: Callable[..., BrowserContext], live_server: LiveServer, cast: Cast) -> None:
    LayerRevision.objects.update(changed_at=AT)
    page = fresh(cast.planner).new_page()
    in_utc(page, f"{live_server.url}/{MIDDLE}")
    expect(page.locator(".data-at")).to_contain_text("11/23 04:30")
    in_utc(page, f"{live_server.url}/print/?sheet=region:{ONE}")
    expect(page.locator(".notes").first).to_contain_text(re.compile("2026/11/23"))


@pytest.mark.usefixtures("cameras")
def test_lists_are_ordered_and_filled_in_words(open_console: Open, cast: Cast) -> None:
    Facility.objects.update(hours_text="Mo-Fr 08:30-12:00")
    page = open_console(cast.planner, "/?tab=things&list=facilities" + MIDDLE)
    row = page.locator('[data-rows="things"] .row').first
    expect(row).to_contain_text("周一至周五 08:30–12:00")
    orders = page.locator("[data-list-order] option").all_inner_texts()
    assert "名称（升序）" in orders and "名称（降序）" in orders
    assert not [text for text in orders if "来源" in text or "→" in text]


@pytest.mark.usefixtures("cameras")
def test_what_a_file_leaves_out_is_told_before_and_after(open_console: Open, cast: Cast) -> None:
    page = open_console(cast.planner, f"/?tab=selection&within=a{ONE}&of=cameras,homes" + MIDDLE)
    left = page.locator("[data-export-left]")
    expect(left).to_contain_text("不在文件中")
    expect(left).to_contain_text("居民")
    page.locator("[data-export] [type=submit]").click()
    state = page.locator("[data-export-state]")
    expect(state).to_contain_text(f"共 {Camera.objects.count()} 行")
    expect(state).to_contain_text("不在文件中")
    page.goto(page.url.replace("of=cameras%2Chomes", "of=cameras").replace("of=cameras,homes", "of=cameras"))
    expect(page.locator("[data-selection-count]")).to_contain_text(str(Camera.objects.count()))
    expect(left).to_be_hidden()


@pytest.mark.usefixtures("cameras")
def test_the_form_of_a_camera_leaves_the_buttons_of_the_map_free(open_console: Open, cast: Cast) -> None:
    camera = Camera.objects.get(name="东门")
    page = open_console(cast.planner, f"/?select=camera:{camera.pk}" + MIDDLE)
    page.locator("[data-card] .actions").get_by_text("编辑").click()
    form = page.locator("[data-equipment]")
    expect(form).to_be_visible()
    box, zoom = form.bounding_box(), page.locator(".corner .zoom").bounding_box()
    assert box and zoom and zoom["x"] + zoom["width"] <= box["x"]
