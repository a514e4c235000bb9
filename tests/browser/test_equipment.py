"""Editing a camera on the map, with the mouse and without it; two people at once; undo."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from gridmap.territory.component_classes import write_missing_classes
from gridmap.territory.models import Camera, Component, Grid
from tests.browser.conftest import Open
from tests.browser.test_console import map_at, serious
from tests.cast import COMMUNITIES, SOURCE, Board, Cast, centre_of

ONE = COMMUNITIES[0]


@pytest.fixture
def camera(board: Board, grids: list[Grid]) -> Camera:
    write_missing_classes()
    return Camera.objects.create(
        source=SOURCE, source_ref="c1", name="东门", bearing_deg=90, angle_deg=60, range_m=60, geom=centre_of(ONE)
    )


def edit(page: Page) -> None:
    page.locator("[data-card] a", has_text="编辑").click()
    expect(page.locator("[data-equipment] form")).to_be_visible()


def figure(page: Page, name: str) -> float:
    return float(page.locator(f"[data-equipment] input[name={name}]").input_value())


def middle(knob: Locator) -> tuple[float, float]:
    box = knob.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, knob: Locator, right: float, down: float) -> None:
    x, y = middle(knob)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2, steps=3)
    page.mouse.move(x + right, y + down, steps=3)
    page.mouse.up()


def save(page: Page) -> None:
    page.locator("[data-equipment] form button", has_text="保存").click()
    expect(page.locator("[data-equipment]")).to_be_hidden()


def test_a_camera_is_turned_and_widened_with_the_mouse(open_console: Open, camera: Camera, cast: Cast) -> None:
    page = open_console(cast.officer, f"/?camera={camera.pk}{map_at(ONE, east=0.5, north=0.5, zoom=18)}")
    edit(page)
    spot, turn = middle(page.locator(".knob-spot")), middle(page.locator(".knob-turn"))
    assert turn[0] > spot[0] + 50 and abs(turn[1] - spot[1]) < 2, "it looks east"
    far = turn[0] - spot[0]
    drag(page, page.locator(".knob-turn"), -far, far)
    assert figure(page, "bearing_deg") == pytest.approx(180, abs=1.5)
    turn = middle(page.locator(".knob-turn"))
    assert turn[0] == pytest.approx(spot[0], abs=3) and turn[1] == pytest.approx(spot[1] + far, abs=3)
    assert figure(page, "range_m") == 60, "turning leaves the range alone"
    x, y = middle(page.locator(".knob-reach"))
    drag(page, page.locator(".knob-reach"), spot[0] - far - x, spot[1] - y)
    assert figure(page, "angle_deg") == pytest.approx(180, abs=3)
    assert figure(page, "range_m") == pytest.approx(60, abs=1.5)
    save(page)
    camera.refresh_from_db()
    assert camera.bearing_deg == pytest.approx(180, abs=1.5) and camera.by_hand == [
        "angle_deg",
        "bearing_deg",
        "range_m",
    ]
    expect(page.locator("[data-card]")).to_contain_text("面朝南")
    page.locator("[data-notice] [data-undo]").click()
    expect(page.locator("[data-card]")).to_contain_text("面朝东")
    camera.refresh_from_db()
    assert (camera.bearing_deg, camera.angle_deg) == (90, 60)


def test_a_camera_is_moved_and_turned_with_the_keyboard_alone(open_console: Open, camera: Camera, cast: Cast) -> None:
    page = open_console(cast.officer, f"/?camera={camera.pk}{map_at(ONE, east=0.5, north=0.5, zoom=18)}")
    page.locator("[data-card] a", has_text="编辑").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-equipment] input[name=longitude]")).to_be_focused()
    before = figure(page, "longitude")
    page.locator(".knob-spot").focus()
    page.keyboard.press("Shift+ArrowRight")
    assert figure(page, "longitude") == pytest.approx(before + 1e-5)
    page.locator(".knob-turn").focus()
    for _step in range(5):
        page.keyboard.press("ArrowLeft")
    assert figure(page, "bearing_deg") == 85
    page.locator("[data-equipment] input[name=angle_deg]").fill("120")
    expect(page.locator(".knob-reach")).to_have_attribute("aria-valuetext", re.compile("^120°"))
    page.keyboard.press("Enter")
    expect(page.locator("[data-equipment]")).to_be_hidden()
    camera.refresh_from_db()
    assert (camera.bearing_deg, camera.angle_deg) == (85, 120)
    assert camera.geom.x == pytest.approx(before + 1e-5)


def test_a_value_that_is_none_is_refused_beside_its_field(
    open_console: Open, camera: Camera, cast: Cast, record: list[str]
) -> None:
    page = open_console(cast.officer, f"/?camera={camera.pk}{map_at(ONE, east=0.5, north=0.5, zoom=18)}")
    edit(page)
    assert serious(page) == []
    page.locator("[data-equipment] input[name=bearing_deg]").fill("400")
    page.locator("[data-equipment] form button", has_text="保存").click()
    expect(page.locator('[data-field="bearing_deg"] .reason')).not_to_be_empty()
    page.keyboard.press("Escape")
    expect(page.locator("[data-equipment]")).to_be_hidden()
    expect(page.locator(".knob")).to_have_count(0)
    record[:] = [line for line in record if "400 (Bad Request)" not in line]  # the refusal itself


def test_two_at_once_see_each_others_values(open_console: Open, camera: Camera, cast: Cast, record: list[str]) -> None:
    page = open_console(cast.officer, f"/?camera={camera.pk}{map_at(ONE, east=0.5, north=0.5, zoom=18)}")
    edit(page)
    Camera.objects.filter(pk=camera.pk).update(bearing_deg=200)
    page.locator("[data-equipment] input[name=bearing_deg]").fill("10")
    page.locator("[data-equipment] form button", has_text="保存").click()
    conflict = page.locator("[data-equipment] .conflict")
    expect(conflict).to_contain_text("200")
    expect(conflict).to_contain_text("10")
    conflict.locator("[data-do=mine]").click()
    expect(page.locator("[data-equipment]")).to_be_hidden()
    camera.refresh_from_db()
    assert camera.bearing_deg == 10
    record[:] = [line for line in record if "409 (Conflict)" not in line]  # the refusal itself


def test_a_component_is_put_on_the_map_and_taken_off_again(open_console: Open, camera: Camera, cast: Cast) -> None:
    page = open_console(cast.officer, f"/{map_at(ONE, east=0.4, north=0.4, zoom=18)}")
    page.keyboard.press("n")
    page.locator("[data-kind=components]").click()
    expect(page.locator("[data-type=Polygon]")).to_be_visible()
    page.mouse.click(700, 500)
    page.locator("[data-equipment] select[name=category]").select_option("0103")
    twice = "(button) => { button.click(); button.click(); }"
    page.locator("[data-equipment] form button", has_text="保存").evaluate(twice)  # it is made once all the same
    expect(page.locator("[data-card]")).to_contain_text("9901010103000001")
    edit(page)
    page.locator("[data-do=remove]").click()
    expect(page.locator("[data-notice]")).to_contain_text("已从地图上移除")
    expect(page.locator("[data-card]")).to_be_hidden()
    assert not Component.objects.get().active
    page.locator("[data-notice] [data-undo]").click()
    expect(page.locator("[data-notice]")).to_contain_text("已撤销")
    expect(page.locator("[data-card]")).to_contain_text("9901010103000001")
    assert Component.objects.get().active


def test_an_area_is_drawn_with_geoman(open_console: Open, camera: Camera, cast: Cast) -> None:
    page = open_console(cast.officer, f"/{map_at(ONE, east=0.4, north=0.4, zoom=18)}")
    page.locator("[data-add-thing]").click()
    page.locator("[data-kind=components]").click()
    page.locator("[data-type=Polygon]").click()
    for x, y in ((650, 400), (800, 400), (800, 520), (650, 400)):
        page.mouse.click(x, y)
        page.wait_for_timeout(120)
    page.locator("[data-equipment] select[name=category]").select_option("0405")
    save(page)
    assert Component.objects.get().geom.geom_type == "Polygon"


@pytest.mark.parametrize("ending", ["double click", "Enter"])
def test_an_area_is_ended_by_double_click_or_enter_and_drawn_on_the_map(
    open_console: Open, camera: Camera, cast: Cast, ending: str
) -> None:
    page = open_console(cast.officer, f"/{map_at(ONE, east=0.4, north=0.4, zoom=18)}")
    page.locator("[data-add-thing]").click()
    page.locator("[data-kind=components]").click()
    page.locator("[data-type=Polygon]").click()
    expect(page.locator("[data-equipment] p").first).to_contain_text("双击")
    for x, y in ((650, 400), (800, 400)):
        page.mouse.click(x, y)
        page.wait_for_timeout(400)
    page.mouse.click(800, 520)
    if ending == "Enter":
        page.wait_for_timeout(400)
        page.keyboard.press("Enter")
    else:
        page.mouse.dblclick(650, 520)
    page.locator("[data-equipment] select[name=category]").select_option("0405")
    save(page)
    shape = Component.objects.get().geom
    assert shape.geom_type == "Polygon" and shape.num_points == (4 if ending == "Enter" else 5)


def test_who_may_not_edit_is_offered_nothing(
    fresh: Callable[..., BrowserContext], live_server: LiveServer, open_console: Open, camera: Camera, cast: Cast
) -> None:
    page = open_console(cast.worker, f"/?camera={camera.pk}")
    expect(page.locator("[data-card] h2")).to_contain_text("东门")
    expect(page.locator("[data-add-thing]")).to_have_count(0)
    expect(page.locator("[data-card] a", has_text="编辑")).to_have_count(0)
