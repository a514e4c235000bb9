"""Sheets of paper: their size, their scale, their words, kept in a real browser."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from gridmap.territory.models import Grid
from tests.browser.test_console import serious
from tests.cast import SIDE, SOUTH, WEST, Board, Cast, centre_of

ONE = "990101001001"
POINTS_PER_MM = 72 / 25.4
CSS_PER_MM = 96 / 25.4
#: Metres of ground to 0.01° eastwards at 30.115° on the ellipsoid of WGS 84, and northwards.
SIDE_EAST_M, SIDE_NORTH_M = 963.7, 1108.6

Open = Callable[[str], Page]

#: Where pixels of the colour of region lines lie on the picture, as shares of its width along a row, and of
#: its height along a column.
LINES = """([across, share]) => {
  const canvas = document.querySelector('.frame canvas'), context = canvas.getContext('2d');
  const length = across ? canvas.width : canvas.height;
  const data = across ? context.getImageData(0, Math.round(canvas.height * share), canvas.width, 1).data
                      : context.getImageData(Math.round(canvas.width * share), 0, 1, canvas.height).data;
  const runs = [];
  for (let i = 0; i < length; i += 1) {
    const near = Math.hypot(data[4 * i] - 0x7a, data[4 * i + 1] - 0x5c, data[4 * i + 2] - 0x8e) < 60;
    if (!near) continue;
    const last = runs[runs.length - 1];
    if (last && i - last.end <= 3) last.end = i;
    else runs.push({ start: i, end: i });
  }
  return runs.map(({ start, end }) => (start + end + 1) / 2 / length);
}"""


@pytest.fixture
def open_print(fresh: Callable[..., BrowserContext], live_server: LiveServer, grids: list[Grid], cast: Cast) -> Open:
    """`open_print("?paper=a3#map=…")` is the page once its sheets are drawn."""

    def open_page(address: str) -> Page:
        page = fresh(cast.planner).new_page()
        page.goto(f"{live_server.url}/print/{address}")
        page.wait_for_selector('[data-pages][data-ready="true"]', timeout=60_000)
        return page

    return open_page


def middle(code: str = ONE) -> str:
    point = centre_of(code)
    return f"#map=15/{point.y:.6f}/{point.x:.6f}"


def width_mm(page: Page, selector: str) -> float:
    page.emulate_media(media="print")
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["width"] / CSS_PER_MM


def boxes_of(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page, millimetres."""
    found = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    return [(float(width) / POINTS_PER_MM, float(height) / POINTS_PER_MM) for width, height in found]


def pdf_of(page: Page) -> bytes:
    return page.pdf(prefer_css_page_size=True, print_background=True)


def test_paper_has_the_size_that_was_chosen(open_print: Open) -> None:
    page = open_print(f"?paper=a4&upright=0&scale=10000&layers=regions{middle()}")
    sizes = {("a4", "0"): (297, 210), ("a4", "1"): (210, 297), ("a3", "1"): (297, 420), ("a3", "0"): (420, 297)}
    for (paper, upright), expected in sizes.items():
        page.select_option('[name="paper"]', paper)
        page.select_option('[name="upright"]', upright)
        expect(page.locator(f".page.{paper}.{'upright' if upright == '1' else 'lying'}")).to_be_visible(timeout=60_000)
        [box] = boxes_of(pdf_of(page))
        assert box == pytest.approx(expected, abs=0.5)


def test_a_known_length_of_ground_is_as_long_as_the_scale_says(open_print: Open) -> None:
    """The sides of a community, 0.01° by 0.01°, at 1:10 000, on the picture itself; and the scale bar beside it."""
    page = open_print(f"?scale=10000&upright=0&layers=regions&hatched=0{middle()}")
    frame_mm = width_mm(page, ".frame")
    height_mm = page.evaluate("document.querySelector('.frame').getBoundingClientRect().height") / CSS_PER_MM
    lines = [share * frame_mm for share in page.evaluate(LINES, [True, 0.4])]
    assert len(lines) >= 2, lines
    nearest = sorted(sorted(lines, key=lambda mm: abs(abs(mm - frame_mm / 2) - SIDE_EAST_M / 20))[:2])
    assert nearest[1] - nearest[0] == pytest.approx(SIDE_EAST_M / 10, abs=0.5)
    rows = [share * height_mm for share in page.evaluate(LINES, [False, 0.4])]
    nearest = sorted(sorted(rows, key=lambda mm: abs(abs(mm - height_mm / 2) - SIDE_NORTH_M / 20))[:2])
    assert nearest[1] - nearest[0] == pytest.approx(SIDE_NORTH_M / 10, abs=0.5)
    metres = float(page.locator(".bar").get_attribute("data-bar-metres") or 0)
    assert width_mm(page, ".bar") == pytest.approx(metres / 10, abs=0.2)


def test_a_sheet_tells_all_that_a_reader_of_paper_needs(open_print: Open, tmp_path: Path) -> None:
    page = open_print(f"?scale=5000&title=一社区总图&subtitle=十一月{middle()}")
    sheet = page.locator(".page")
    for words in ("一社区总图", "十一月", "1:5,000", "每网格常住户", "数据截至", "社区"):
        expect(sheet).to_contain_text(words)
    expect(sheet.locator(".north")).to_have_count(1)
    assert sheet.locator(".legend-row").count() >= 5
    assert serious(page) == []
    pdf = pdf_of(page)
    assert len(boxes_of(pdf)) == 1
    if shutil.which("pdftotext"):
        path = tmp_path / "sheet.pdf"
        path.write_bytes(pdf)
        text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout.decode()
        assert "一社区总图" in text


def test_an_area_is_split_into_sheets_behind_one_of_the_whole(open_print: Open, board: Board) -> None:
    page = open_print(f"?sheet=region:{ONE}&scale=2000&paper=a4&upright=0")
    pages = page.locator(".page")
    count = pages.count()
    assert count > 3
    expect(pages.first.locator(".piece")).to_have_count(count - 1)
    expect(pages.first.locator("h2")).to_have_text("一社区")
    expect(pages.nth(1).locator(".scale-text")).to_have_text("1:2,000")
    expect(pages.last.locator(".page-number")).to_contain_text(str(count))
    assert len(boxes_of(pdf_of(page))) == count
    page.locator('[name="overview"]').uncheck()
    page.wait_for_selector('[data-pages][data-ready=""]')
    page.wait_for_selector('[data-pages][data-ready="true"]', timeout=60_000)
    assert page.locator(".page").count() == count - 1
    assert "overview=0" in page.url


def test_what_would_be_too_many_sheets_is_said(
    fresh: Callable[..., BrowserContext], live_server: LiveServer, grids: list[Grid], cast: Cast
) -> None:
    page = fresh(cast.planner).new_page()
    page.goto(f"{live_server.url}/print/?sheet=region:{ONE}&scale=200")
    expect(page.locator("[data-print-status]")).to_contain_text("40")
    assert page.locator(".page").count() == 0


def test_classes_of_load_differ_without_colour(open_print: Open) -> None:
    """In grey, a grid above the band and one below are told apart by their hatching, not by their tone."""
    tones: dict[str, Any] = {}
    for name, (east, north) in {"over": (0.25, 0.25), "under": (0.75, 0.75)}.items():
        west, south = WEST + SIDE * east, SOUTH + SIDE + SIDE * north
        page = open_print(f"?scale=1000&upright=0&layers=grids,load#map=18/{south:.6f}/{west:.6f}")
        tones[name] = page.evaluate(
            """() => { const c = document.querySelector('.frame canvas'), x = c.getContext('2d');
              const data = x.getImageData(c.width * .3 | 0, c.height * .3 | 0, 200, 200).data; let low = 255, high = 0;
              for (let i = 0; i < data.length; i += 4) { const g = .3 * data[i] + .59 * data[i + 1] + .11 * data[i + 2];
                low = Math.min(low, g); high = Math.max(high, g); } return high - low; }"""
        )
    assert all(contrast > 25 for contrast in tones.values()), tones
