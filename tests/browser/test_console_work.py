"""What grid staff do on the console all day: narrow, list, measure, select, keep views; with mouse, finger and keys."""

import re
from collections.abc import Callable

import pytest
from django.contrib.gis.geos import Point
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from gridmap.console.models import SavedView
from gridmap.territory.component_classes import write_missing_classes
from gridmap.territory.models import Camera, Component, Facility, Grid, StreetLamp
from tests.browser.conftest import Open
from tests.browser.test_console import ONE, map_at, serious
from tests.cast import SOURCE, Board, Cast, corner_of
from tests.gridmap.casework.making import make_case

Fresh = Callable[..., BrowserContext]
MIDDLE = map_at(ONE, east=0.5, north=0.5, zoom=17)


@pytest.fixture
def cameras(grids: list[Grid]) -> list[Camera]:
    """Four of them around the middle of the first community, the last one broken; and a hospital."""
    west, south = corner_of(ONE)
    names = (
        ("东门", 0.0, "working"),
        ("西门", 0.0004, "working"),
        ("南门", 0.0008, "unknown"),
        ("北门", 0.0012, "broken"),
    )
    Facility.objects.create(
        source=SOURCE,
        source_ref="h",
        name="医院",
        kind="hospital",
        geom=Point(west + 0.0052, south + 0.0048, srid=4326),
    )
    return [
        Camera.objects.create(
            source=SOURCE,
            source_ref=name,
            name=name,
            status=status,
            geom=Point(west + 0.0045 + aside, south + 0.005, srid=4326),
        )
        for name, aside, status in names
    ]


def tab_to(page: Page, selector: str, most: int = 80) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(most):
        if page.evaluate("(wanted) => document.activeElement?.matches(wanted) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def view_of(page: Page) -> tuple[float, float, float]:
    """Zoom, latitude and longitude of the address."""
    found = re.search(r"#map=([\d.]+)/([-\d.]+)/([-\d.]+)", page.url)
    assert found
    return float(found[1]), float(found[2]), float(found[3])


def things(page: Page) -> list[str]:
    """Titles of the list of things."""
    return page.locator('[data-rows="things"] .row b:first-child').all_inner_texts()


def test_any_layer_is_listed_narrowed_and_counted(open_console: Open, cameras: list[Camera], cast: Cast) -> None:
    page = open_console(cast.planner, "/?tab=things&list=cameras" + MIDDLE)
    rows = page.locator('[data-rows="things"] .row')
    expect(rows).to_have_count(4)
    page.locator("[data-list-filters] summary").click()
    page.locator('[data-panel="things"] [data-filter-value="cameras.status=broken"]').click()
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("北门")
    page.locator("#tab-layers").click()
    expect(page.locator('[data-layer="cameras"] .tree-row .figure')).to_have_text("1")
    expect(page.locator('[data-layer="facilities"] .tree-row .figure')).to_have_text("1")
    assert "cameras.status=broken" in page.url


def test_only_what_is_in_view_is_listed_on_wish(open_console: Open, cameras: list[Camera], cast: Cast) -> None:
    page = open_console(cast.planner, "/?tab=things&list=cameras&near=1" + map_at("990101002002", east=0.5, north=0.3))
    expect(page.locator('[data-rows="things"] .empty')).to_contain_text("视野")
    page.locator("[data-list-near]").uncheck()
    expect(page.locator('[data-rows="things"] .row')).to_have_count(4)


def test_an_area_narrows_lists_and_counts(open_console: Open, cameras: list[Camera], cast: Cast) -> None:
    page = open_console(cast.planner, "/?region=990101001002" + MIDDLE)
    page.locator("[data-narrow-to]").click()
    expect(page.locator("[data-place-name]")).to_have_text("二社区")
    expect(page.locator("[data-count]")).to_contain_text("4")
    page.locator("#tab-layers").click()
    expect(page.locator('[data-layer="cameras"] .tree-row .figure')).to_have_text("0")
    page.locator("[data-place-all]").click()
    expect(page.locator('[data-layer="cameras"] .tree-row .figure')).to_have_text("4")
    page.keyboard.press("a")
    page.keyboard.type("一社区")
    expect(page.locator("[data-place-options] button").first).to_contain_text("一社区")
    tab_to(page, "[data-place-options] button")
    page.keyboard.press("Enter")
    expect(page.locator("[data-place-name]")).to_have_text("一社区")
    assert f"area={ONE}" in page.url


def test_things_of_the_list_are_walked_on_the_map_in_its_order(
    open_console: Open, cameras: list[Camera], cast: Cast
) -> None:
    page = open_console(cast.planner, "/?tab=things&list=cameras&order=name" + MIDDLE)
    expect(page.locator("button.stop")).to_have_count(4)
    listed = things(page)
    page.keyboard.press("m")
    walked = []
    for _ in range(4):
        page.keyboard.press("Tab")
        walked.append(page.evaluate("document.activeElement.getAttribute('aria-label')") or "")
    assert [words.split(",")[0] for words in walked] == listed
    assert "故障" in next(words for words in walked if words.startswith("北门"))
    page.keyboard.press("Enter")
    expect(page.locator("[data-card] h2")).to_have_text(listed[3])
    page.wait_for_timeout(700)  # the map, which lies under the button, chooses nothing
    expect(page.locator("[data-card] h2")).to_have_text(listed[3])
    assert page.evaluate("document.activeElement.classList.contains('stop')")


def test_a_grid_of_the_list_is_opened_from_the_map_with_the_keyboard(
    open_console: Open, grids: list[Grid], cast: Cast
) -> None:
    page = open_console(cast.planner, "/")
    expect(page.locator("button.stop").first).to_be_attached()
    page.keyboard.press("m")
    for _ in range(3):
        page.keyboard.press("Tab")
    stop = page.evaluate("document.activeElement.dataset.stopId")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1000)
    assert f"grid={stop}" in page.url
    assert page.evaluate("document.activeElement !== document.body")


def test_who_is_on_duty_is_listed_and_opened(open_console: Open, grids: list[Grid], cast: Cast) -> None:
    page = open_console(cast.planner, "/?tab=things&list=duty")
    row = page.locator('[data-rows="things"] .row').first
    row.click()
    expect(page.locator("[data-card] h2")).to_be_visible()
    expect(page.locator("[data-card]")).not_to_contain_text("不存在")
    assert "sel=duty:" in page.url


def test_the_area_is_typed_and_taken_with_the_enter_key(open_console: Open, grids: list[Grid], cast: Cast) -> None:
    page = open_console(cast.planner, "/")
    page.keyboard.press("a")
    page.keyboard.type("二社区")
    page.keyboard.press("Enter")
    expect(page.locator("[data-place-name]")).to_have_text("二社区")
    assert f"area={grids[4].code[:12]}" in page.url


def test_a_first_view_is_not_laid_over_an_address_that_says_where(
    open_console: Open, grids: list[Grid], cast: Cast
) -> None:
    SavedView.objects.create(owner=cast.planner, name="一", first=True, address=f"/?area={grids[4].code[:12]}")
    assert "area=" in open_console(cast.planner, "/").url
    assert "area=" not in open_console(cast.planner, "/" + MIDDLE).url


def test_a_length_is_measured_with_mouse_and_with_keys(open_console: Open, cameras: list[Camera], cast: Cast) -> None:
    page = open_console(cast.planner, "/" + MIDDLE)
    page.keyboard.press("d")
    page.mouse.click(700, 300)
    page.mouse.click(900, 300)
    figure = page.locator("[data-measure-figure]")
    with_mouse = float(figure.inner_text().split()[0])
    assert 150 < with_mouse < 250  # 200 pixels of 1.03 m
    expect(page.locator(".measure-figure")).to_have_count(1)
    expect(page.locator("[data-card]")).to_be_hidden()
    page.locator('[data-measure-do="again"]').click()
    page.keyboard.press("m")
    page.keyboard.press("Space")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(600)
    page.keyboard.press("Space")
    expect(figure).not_to_have_text("0 米")
    page.keyboard.press("Enter")
    expect(page.locator('[data-measure-do="end"]')).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.locator("[data-measure]")).to_be_hidden()


def test_an_area_is_measured(open_console: Open, cameras: list[Camera], cast: Cast) -> None:
    page = open_console(cast.planner, "/" + MIDDLE)
    page.locator('[data-tool="measure"]').click()
    page.locator('[data-measure-kind="ring"]').click()
    for x, y in ((600, 400), (800, 400), (800, 600)):
        page.mouse.click(x, y)
    page.locator('[data-measure-do="end"]').click()
    expect(page.locator("[data-measure-figure]")).to_contain_text("公顷")
    expect(page.locator("[data-measure-sides] li")).to_have_count(3)


def test_a_lasso_selects_and_its_end_chooses_nothing(open_console: Open, cameras: list[Camera], cast: Cast) -> None:
    page = open_console(cast.planner, "/" + MIDDLE)
    page.keyboard.press("s")
    page.mouse.move(500, 300)
    page.mouse.down()
    for x, y in ((1000, 300), (1000, 650), (500, 650)):
        page.mouse.move(x, y, steps=5)
    page.mouse.up()
    expect(page.locator("[data-selection-count]")).to_contain_text(re.compile("[1-9]"))
    expect(page.locator("[data-card]")).to_be_hidden()
    page.locator('[data-unfold="cameras"]').click()
    expect(page.locator('[data-selection] .row[data-layer="cameras"]')).to_have_count(4)
    page.locator("[data-select-clear]").click()
    expect(page.locator("#tab-selection")).to_be_hidden()
    assert "within=" not in page.url


def test_everything_inside_a_grid_is_selected_from_its_card(
    open_console: Open, cameras: list[Camera], cast: Cast
) -> None:
    page = open_console(cast.planner, f"/?grid={ONE}003" + MIDDLE)
    page.locator("[data-select-in]").click()
    expect(page.locator('[data-unfold="buildings"]')).to_contain_text("2")
    assert f"within=a{ONE}003" in page.url


def test_a_view_is_saved_opened_shared_and_forgotten(
    open_console: Open, fresh: Fresh, live_server: LiveServer, cameras: list[Camera], cast: Cast
) -> None:
    page = open_console(cast.planner, "/?tab=things&list=cameras&cameras.status=broken" + MIDDLE)
    saved = page.url
    page.keyboard.press("v")
    page.keyboard.type("坏摄像机")
    page.locator('[data-views-form] input[name="shared"]').check()
    page.locator("[data-views-form] button").click()
    row = page.locator(".saved-view")
    expect(row).to_have_count(1)
    page.locator('[data-view-do="first"]').click()
    expect(page.locator('[data-view-do="first"]')).to_have_attribute("aria-pressed", "true")
    key = row.locator("[data-view-id]").first.get_attribute("data-view-id")
    again = open_console(cast.planner, "/")
    expect(again.locator('[data-rows="things"] .row')).to_have_count(1)
    other = open_console(cast.approver, f"/?view={key}")
    expect(other.locator('[data-rows="things"] .row')).to_have_count(1)
    other.wait_for_url(saved)
    page.locator('[data-view-do="delete"]').click()
    page.locator('[data-view-do="delete"]').click()
    expect(row).to_have_count(0)
    gone = open_console(cast.approver, f"/?view={key}")
    expect(gone.locator("[data-notice]")).to_contain_text("不存在")


def test_opacity_theme_and_switches_are_restored(open_console: Open, cameras: list[Camera], cast: Cast) -> None:
    page = open_console(cast.planner, "/?tab=layers" + MIDDLE)
    page.locator('[data-open-layer="cameras"]').click()
    page.locator('[data-fade="cameras"]').fill("40")
    page.locator("[data-layers] input[name=facilities]").uncheck()
    page.locator("[data-look-menu] summary").click()
    page.locator('input[name="theme"][value="dark"]').check()
    page.wait_for_url(re.compile("theme=dark"))
    assert "fade=cameras:40" in page.url
    assert serious(page) == []
    other = open_console(cast.approver, page.url.removeprefix(page.url.split("/?")[0]))
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    expect(other.locator("[data-layers] input[name=facilities]")).not_to_be_checked()
    other.locator('[data-open-layer="cameras"]').click()
    expect(other.locator('[data-fade="cameras"]')).to_have_value("40")
    assert other.evaluate("localStorage.getItem('gridmap.theme')") is None


def ring(page: Page) -> dict[str, float]:
    """The box of the mark around what is chosen, pixels."""
    mark = page.locator(".leaflet-selection-pane path").last
    mark.wait_for()
    box: dict[str, float] = mark.evaluate("(path) => path.getBoundingClientRect().toJSON()")
    return box


def find(page: Page, words: str, first: str) -> None:
    """Type into the search and take the first that is found."""
    page.keyboard.press("/")
    page.keyboard.type(words)
    expect(page.locator("#search-results [role=option]").first).to_contain_text(first)
    page.keyboard.press("Enter")


def test_what_is_found_is_marked_around_its_symbol(open_console: Open, cameras: list[Camera], cast: Cast) -> None:
    Facility.objects.update(name="仁爱医院")
    lamp = StreetLamp.objects.create(source=SOURCE, source_ref="L-0001", geom=cameras[0].geom)
    write_missing_classes()
    Component.objects.create(
        source=SOURCE, source_ref="k", code="9901010103000001", category_id="0103", geom=cameras[1].geom
    )
    case = make_case(number="20261122-000123", at=cameras[2].geom)
    page = open_console(cast.planner, "/" + MIDDLE)
    found = ("仁爱医院", "东门", lamp.source_ref, "9901010103000001", case.number)
    for words in found:
        find(page, words, words)
        expect(page.locator("[data-card]")).to_contain_text(words)
        expect(page.locator(".leaflet-selection-pane path")).to_have_count(2)
        box = ring(page)
        assert box["width"] >= 30 and abs(box["width"] - box["height"]) < 1, "clear of a symbol of 22 pixels"
    page.keyboard.press("Escape")
    expect(page.locator(".leaflet-selection-pane path")).to_have_count(0)


def test_a_kind_of_things_leads_to_its_list(open_console: Open, cameras: list[Camera], cast: Cast) -> None:
    Facility.objects.create(source=SOURCE, source_ref="a", name="便民药房", kind="pharmacy", geom=cameras[0].geom)
    page = open_console(cast.planner, "/?facilities.kind=market" + MIDDLE)
    find(page, "药店", "共 1 个 · 打开清单")
    expect(page.locator('[data-rows="things"] .row')).to_have_count(1)
    assert things(page) == ["便民药房"]
    assert "tab=things" in page.url and "list=facilities" in page.url and "facilities.kind=pharmacy" in page.url
    expect(page.locator("[data-card]")).to_be_hidden()
    find(page, "摄像头", "共 4 个 · 打开清单")
    expect(page.locator('[data-rows="things"] .row')).to_have_count(4)
    assert page.evaluate("document.activeElement.matches('[data-list-pick]')")


def test_the_search_says_where_it_cuts(open_console: Open, board: Board, cast: Cast) -> None:
    page = open_console(cast.planner)
    page.locator("#search").fill("")
    page.locator("#search").press_sequentially("长" * 105)
    expect(page.locator("#search")).to_have_value("长" * 100)
    expect(page.locator("#search-results")).to_contain_text("只搜索前 100 个字。")


def search_open_and_walk(page: Page) -> None:
    """G8, first part: search, open, walk the list, into a card and back to its row."""
    page.keyboard.press("/")
    page.keyboard.type("一社区")
    expect(page.locator("#search-results [role=option]").first).to_contain_text("一社区")
    page.keyboard.press("Enter")
    expect(page.locator("[data-card] h2")).to_have_text("一社区")
    for key in ("1", "j", "j", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[data-card] h2")).to_contain_text("网格")
    page.keyboard.press("Enter")
    expect(page.locator("[data-card]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-card]")).to_be_hidden()
    assert page.evaluate("document.activeElement.classList.contains('row')")


def list_and_filter(page: Page) -> None:
    """Second part: the list of cameras, those that work."""
    page.keyboard.press("3")
    tab_to(page, "[data-list-pick]")
    choose(page, "[data-list-pick]", "cameras")
    expect(page.locator('[data-rows="things"] .row')).to_have_count(4)
    tab_to(page, "[data-list-filters] summary")
    page.keyboard.press("Enter")
    tab_to(page, '[data-filter-value="cameras.status=working"]')
    page.keyboard.press("Enter")
    expect(page.locator('[data-rows="things"] .row')).to_have_count(2)
    assert page.evaluate("document.activeElement.dataset.filterValue") == "cameras.status=working"


def choose(page: Page, selector: str, value: str) -> None:
    """Arrow down in a box with choices until it has the value."""
    page.keyboard.press("Home")
    for _ in range(25):
        if page.locator(selector).input_value() == value:
            return
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(100)
    raise AssertionError(f"{selector} offers no {value}")


def select_around(page: Page, metres: int) -> str:
    """Third part: everything around the middle of the map; what the page says was found."""
    page.keyboard.press("s")
    tab_to(page, '[data-select-kind="circle"]')
    page.keyboard.press("Enter")
    tab_to(page, "[data-select-radius]")
    page.keyboard.press("Control+a")
    page.keyboard.type(str(metres))
    page.keyboard.press("Enter")
    expect(page.locator('[data-unfold="cameras"] .figure')).to_have_text("2")
    return page.locator("[data-selection-count]").inner_text()


def export_selected(page: Page) -> int:
    """Fourth part: the file; how many bytes it has."""
    page.keyboard.press("5")
    tab_to(page, "#export-format")
    choose(page, "#export-format", "geojson")
    tab_to(page, "[data-export] [type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-export-link]")).to_be_visible()
    tab_to(page, "[data-export-link]")
    with page.expect_download() as fetched:
        page.keyboard.press("Enter")
    return int(fetched.value.path().stat().st_size)


def test_g8_all_of_it_with_the_keyboard_alone(
    open_console: Open, cameras: list[Camera], cast: Cast, live_server: LiveServer
) -> None:
    page = open_console(cast.planner, "/" + MIDDLE)
    search_open_and_walk(page)
    list_and_filter(page)
    page.keyboard.press("m")
    before = page.url
    page.keyboard.press("+")
    page.wait_for_url(lambda url: url != before)
    selected = select_around(page, 2000)
    assert export_selected(page) > 100
    assert serious(page) == []
    other = open_console(cast.approver, page.url.removeprefix(live_server.url))
    assert view_of(other) == pytest.approx(view_of(page), abs=1e-6)  # a tenth of a metre
    expect(other.locator("[data-selection-count]")).to_have_text(selected)
    other.keyboard.press("3")
    expect(other.locator('[data-rows="things"] .row')).to_have_count(2)


def test_axe_finds_nothing_serious_in_any_state(open_console: Open, cameras: list[Camera], cast: Cast) -> None:
    page = open_console(cast.planner, "/?list=cameras" + MIDDLE)
    for key in ("1", "2", "3", "4", "s", "d", "v", "a", "t", "?"):
        page.keyboard.press(key)
        page.wait_for_timeout(500)
        assert serious(page) == [], key
        page.keyboard.press("Escape")


def test_on_a_phone_the_sheet_has_three_heights_and_targets_are_large(
    open_console: Open, cameras: list[Camera], cast: Cast
) -> None:
    page = open_console(cast.planner, "/?tab=layers" + MIDDLE, width=390, height=844)
    frame = page.locator("[data-console]")
    heights = {}
    for height in ("half", "full", "low"):
        page.evaluate("(height) => { document.querySelector('[data-console]').dataset.sheet = height; }", height)
        box = page.locator("[data-left]").bounding_box()
        assert box
        heights[height] = box["height"]
        assert serious(page) == []
    assert heights["low"] < 100
    assert 300 < heights["half"] < 500 < heights["full"]
    page.locator("#tab-grids").tap()
    expect(frame).to_have_attribute("data-sheet", "half")
    targets = page.locator(".tools button, .tools summary, .tools a, .zoom button, [role=tab]")
    boxes = [target.bounding_box() for target in targets.all() if target.is_visible()]
    assert len(boxes) > 10
    assert [box for box in boxes if box and min(box["width"], box["height"]) < 43.5] == []
