"""Promises of the console, kept in a real browser."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from gridmap.territory.models import Building, Grid
from gridmap.territory.services import recount_grids
from tests.browser.conftest import Open
from tests.cast import PASSWORD, Board, Cast, corner_of, put_building
from tests.layers.places import revision_for

ONE = "990101001001"
FULLEST = f"{ONE}003"
AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"


def map_at(code: str, *, east: float, north: float, zoom: int = 16) -> str:
    """A hash that puts a place of a community (shares of its side) in the middle of the map."""
    west, south = corner_of(code)
    return f"#map={zoom}/{south + 0.01 * north:.6f}/{west + 0.01 * east:.6f}"


def serious(page: Page) -> list[str]:
    """What axe holds against the page, serious and critical."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


def test_one_signs_in_with_the_keyboard_and_sees_the_grids(
    fresh: Callable[..., BrowserContext], live_server: LiveServer, grids: list[Grid], cast: Cast
) -> None:
    page = fresh().new_page()
    page.goto(live_server.url + f"/?grid={FULLEST}")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.locator("#id_username").focus()
    page.keyboard.type("planner")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-ready]")
    assert f"grid={FULLEST}" in page.url
    expect(page.locator('[data-rows="grids"] .row')).to_have_count(8)
    expect(page.locator('[data-rows="grids"] .row').first).to_contain_text("480")
    expect(page.locator("[data-card] h2")).to_contain_text("003")


def test_a_wrong_password_is_refused_in_words(
    fresh: Callable[..., BrowserContext], live_server: LiveServer, cast: Cast
) -> None:
    page = fresh().new_page()
    page.goto(live_server.url + "/accounts/login/")
    page.fill("#id_username", "planner")
    page.fill("#id_password", "not this one")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert serious(page) == []


def test_a_click_on_the_map_opens_the_card_of_the_grid(open_console: Open, grids: list[Grid], cast: Cast) -> None:
    page = open_console(cast.planner, "/" + map_at(ONE, east=0.25, north=0.1))
    page.locator("#map").click(position={"x": 720, "y": 400})
    expect(page.locator("[data-card] h2")).to_contain_text("003")
    assert f"grid={FULLEST}" in page.url
    expect(page.locator(f'[data-id="{FULLEST}"]')).to_have_attribute("aria-current", "true")
    expect(page.locator("[data-crumbs]")).to_contain_text("一社区")


def test_a_row_and_its_grid_on_the_map_light_up_together(open_console: Open, grids: list[Grid], cast: Cast) -> None:
    page = open_console(cast.planner, "/" + map_at(ONE, east=0.25, north=0.25))
    row = page.locator(f'[data-id="{FULLEST}"]')
    for step in range(60):  # the pointer wanders until the tiles under it have come, however busy the machine
        page.mouse.move(700 + step % 20, 470)
        if "lit" in (row.get_attribute("class") or "").split():
            break
        page.wait_for_timeout(250)
    expect(row).to_have_class(re.compile(r"\blit\b"))
    page.locator(f'[data-id="{ONE}001"]').hover()
    expect(page.locator(f'[data-id="{ONE}001"]')).to_have_class(re.compile(r"\blit\b"))
    expect(page.locator(f'[data-id="{FULLEST}"]')).not_to_have_class(re.compile(r"\blit\b"))


def test_search_finds_a_community_and_goes_there(open_console: Open, board: Board, cast: Cast) -> None:
    page = open_console(cast.planner)
    page.keyboard.press("/")
    page.keyboard.type("四社区")
    expect(page.locator("#search-results [role=option]").first).to_contain_text("四社区")
    page.keyboard.press("Enter")
    expect(page.locator("[data-card] h2")).to_have_text("四社区")
    assert "region=990101002002" in page.url
    expect(page.locator("#search")).to_have_value("")


def test_generated_is_said_only_where_something_generated_is_in_view(
    open_console: Open, grids: list[Grid], cast: Cast
) -> None:
    Building.objects.filter(community__code=ONE).update(source="generated")
    mark = ".scalebar .mark"
    page = open_console(cast.planner, "/" + map_at(ONE, east=0.5, north=0.5, zoom=17))
    expect(page.locator(mark)).to_have_count(1)
    page = open_console(cast.planner, "/" + map_at("990101002002", east=0.5, north=0.3, zoom=17))
    expect(page.locator(mark)).to_have_count(0)
    building = Building.objects.filter(community__code=ONE)[0]
    page = open_console(
        cast.planner, f"/?building={building.pk}" + map_at("990101002002", east=0.5, north=0.3, zoom=17)
    )
    expect(page.locator(mark)).to_have_count(1)


def test_the_address_restores_everything_in_another_browser(open_console: Open, grids: list[Grid], cast: Cast) -> None:
    page = open_console(cast.planner, "/" + map_at(ONE, east=0.3, north=0.4, zoom=17))
    page.locator("[data-filter=over]").click()
    page.locator(f'[data-id="{FULLEST}"]').click()
    expect(page.locator("[data-card] h2")).to_contain_text("003")
    page.locator("#tab-layers").click()
    page.locator("[data-layers] input[name=cameras]").uncheck()
    page.wait_for_url(re.compile("layers="))
    other = open_console(cast.approver, page.url.removeprefix(page.url.split("/?")[0]))
    expect(other.locator("[data-card] h2")).to_contain_text("003")
    expect(other.locator("#tab-layers")).to_have_attribute("aria-selected", "true")
    expect(other.locator("[data-layers] input[name=cameras]")).not_to_be_checked()
    expect(other.locator("[data-filter=over]")).to_have_attribute("aria-pressed", "true")
    assert other.url == page.url


def test_back_and_forward_step_through_what_was_chosen(open_console: Open, grids: list[Grid], cast: Cast) -> None:
    page = open_console(cast.planner)
    title = page.locator("[data-card] h2")
    page.locator(f'[data-id="{FULLEST}"]').click()
    expect(title).to_contain_text("003")
    page.locator(f'[data-id="{ONE}001"]').click()
    expect(title).to_contain_text("001")
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    page.go_back()
    expect(title).to_contain_text("003")
    page.go_back()
    expect(page.locator("[data-card]")).to_be_hidden()
    page.go_forward()
    expect(title).to_contain_text("003")


def test_a_place_typed_into_the_address_bar_moves_the_map(open_console: Open, grids: list[Grid], cast: Cast) -> None:
    page = open_console(cast.planner, f"/?grid={FULLEST}")
    place = map_at(ONE, east=0.7, north=0.7, zoom=18)
    page.evaluate(f"location.hash = '{place}'")
    page.wait_for_timeout(600)
    assert place.split("/")[0] in page.url and place.split("/")[1][:7] in page.url
    expect(page.locator("[data-card] h2")).to_contain_text("003")


def test_the_keyboard_alone_is_enough(open_console: Open, grids: list[Grid], cast: Cast) -> None:
    page = open_console(cast.planner)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("[data-card]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-card]")).to_be_hidden()
    page.keyboard.press("[")
    expect(page.locator(".left")).to_be_hidden()
    page.keyboard.press("[")
    page.keyboard.press("2")
    expect(page.locator('[data-rows="communities"] .row').first).to_be_visible()
    page.keyboard.press("m")
    expect(page.locator("#map")).to_be_focused()
    before = page.url
    page.keyboard.press("+")
    page.wait_for_url(lambda url: url != before)
    page.keyboard.press("?")
    expect(page.locator("[data-help]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-help]")).to_be_hidden()


def test_shortcuts_are_silent_while_one_types(open_console: Open, grids: list[Grid], cast: Cast) -> None:
    page = open_console(cast.planner)
    page.locator("#search").focus()
    page.keyboard.type("j[2m")
    expect(page.locator("#search")).to_have_value("j[2m")
    expect(page.locator("#tab-grids")).to_have_attribute("aria-selected", "true")


def test_axe_finds_nothing_serious_with_a_card_open(open_console: Open, grids: list[Grid], cast: Cast) -> None:
    page = open_console(cast.planner, f"/?grid={FULLEST}")
    assert serious(page) == []
    page.keyboard.press("4")
    page.locator("details.menu summary").click()
    assert serious(page) == []


def test_tiles_are_drawn_in_colour_and_labels_above_them(open_console: Open, grids: list[Grid], cast: Cast) -> None:
    page = open_console(cast.planner, "/" + map_at(ONE, east=0.5, north=0.5))
    page.wait_for_timeout(3000)
    painted = """() => [...document.querySelectorAll('.leaflet-map-pane canvas')].map((canvas) => {
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
        copy.drawImage(canvas, 0, 0);
        return copy.getImageData(0, 0, canvas.width, canvas.height).data.some((value, i) => i % 4 === 3 && value > 0);
    })"""
    shown = page.evaluate(painted)
    assert shown[-1], "no lettering"
    assert any(shown[:-1]), "no tile"


def test_a_change_on_the_server_redraws_the_map_without_a_reload(
    open_console: Open, grids: list[Grid], cast: Cast
) -> None:
    page = open_console(cast.planner, "/" + map_at(ONE, east=0.5, north=0.5))
    stream = {"body": "retry: 200\n\n"}
    page.context.unroute("**/stream/events")
    page.context.route(
        "**/stream/events",
        lambda route: route.fulfill(status=200, content_type="text/event-stream", body=stream["body"]),
    )
    page.reload()
    page.wait_for_selector("[data-ready]")
    before = page.evaluate("fetch('/api/v1/map').then((answer) => answer.json())")["revisions"]["areas"]
    put_building(grids[0], 119.9045, 30.1135, households=99)
    recount_grids()
    revision = revision_for(cast.planner, "areas")
    news = json.dumps({"kind": "layer", "reference": "areas", "area": "", "data": {"revision": revision}})
    with page.expect_request(lambda request: "/tiles/areas/" in request.url and before not in request.url):
        stream["body"] = f"retry: 200\nid: 1-1\nevent: news\ndata: {news}\n\n"
    expect(page.locator(f'[data-id="{ONE}001"]')).to_contain_text("399")


def test_a_grid_worker_sees_their_own_grid_alone(
    open_console: Open, grids: list[Grid], cast: Cast, record: list[str]
) -> None:
    page = open_console(cast.worker)
    expect(page.locator('[data-rows="grids"] .row')).to_have_count(1)
    page = open_console(cast.worker, f"/?grid={FULLEST}")
    expect(page.locator("[data-card]")).to_be_visible()
    expect(page.locator("[data-card] h2")).to_have_count(0)
    assert len(record) == 1 and "404" in record.pop()


def test_an_empty_database_says_what_to_do_next(open_console: Open, cast: Cast) -> None:
    page = open_console(cast.administrator)
    expect(page.locator("[data-welcome]")).to_be_visible()
    expect(page.locator("[data-welcome] a.primary")).to_have_attribute("href", re.compile("/import/"))


def test_it_fits_a_phone(open_console: Open, grids: list[Grid], cast: Cast) -> None:
    page = open_console(cast.officer, width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(f'[data-id="{FULLEST}"]').tap()
    card = page.locator("[data-card]")
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box and box["width"] == 390 and box["y"] + box["height"] >= 843


def test_the_language_switches_and_stays(open_console: Open, grids: list[Grid], cast: Cast) -> None:
    page = open_console(cast.planner)
    expect(page.locator("#tab-layers")).to_have_text("图层")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("[data-ready]")
    expect(page.locator("#tab-layers")).to_have_text("Layers")
