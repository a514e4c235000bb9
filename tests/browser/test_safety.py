"""What the browser itself refuses: inline code, text as markup, programs from elsewhere. No page of ours needs them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from gridmap.planning.models import Plan
from gridmap.territory.models import Grid
from tests.browser.test_importing import SOUTH, WEST, do_the_waiting_work, upload
from tests.cast import Board, Cast
from tests.gridmap.safety.routes import routes

Fresh = Callable[..., BrowserContext]
BAIT = "<img src=/healthz onerror=document.title=1>"
SCRIPTS = sorted((settings.BASE_DIR / "static" / "js").rglob("*.js"))
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


def refused(page: Page, code: str) -> bool:
    """Whether the page's own policy stops what `code` tries."""
    return bool(page.evaluate(f"() => {{ try {{ {code}; return false }} catch (fault) {{ return true }} }}"))


def test_every_page_keeps_to_the_policy(
    fresh: Fresh, live_server: LiveServer, grids: list[Grid], one_plan: Plan, cast: Cast
) -> None:
    """The fixture reads the record of violations; here all pages that three kinds of staff can open are, each once."""
    opened = set[str]()
    for person in (cast.planner, cast.administrator, cast.officer):
        page = fresh(person).new_page()
        shown = 0
        for route in routes():
            if not route.path.endswith(("/", "new")) or "logout" in route.path or "0a11" in route.path:
                continue
            if route.path in opened:
                continue
            answer = page.request.get(live_server.url + route.path)
            if answer.status == 200 and "text/html" in answer.headers.get("content-type", ""):
                page.goto(live_server.url + route.path)
                page.evaluate("() => new Promise(requestAnimationFrame)")
                opened.add(route.path)
                shown += 1
        assert shown >= 1
    assert len(opened) >= 12
    page = fresh(cast.planner).new_page()
    page.goto(f"{live_server.url}/plans/{one_plan.pk}/")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(
    "code",
    [
        f"document.body.innerHTML = '{BAIT}'",
        f"document.body.insertAdjacentHTML('beforeend', '{BAIT}')",
        f"new DOMParser().parseFromString('{BAIT}', 'text/html')",
        "document.createElement('script').text = 'document.title = 1'",
        "document.createElement('script').src = '/static/js/frame.js'",
        "new Worker('/static/js/frame.js')",
        "new Worker('https://elsewhere.example/js/map/worker.js')",
        "document.createElement('iframe').srcdoc = '<p>'",
        "trustedTypes.createPolicy('mine', {})",
    ],
)
def test_text_becomes_neither_markup_nor_program(browser: Browser, live_server: LiveServer, code: str) -> None:
    context = browser.new_context()  # without the record of faults: here the browser shall complain
    page = context.new_page()
    page.goto(live_server.url + "/accounts/login/")
    page.wait_for_load_state("networkidle")
    assert refused(page, code)
    context.close()


def test_a_name_from_a_file_stays_text_on_the_map(
    fresh: Fresh, live_server: LiveServer, board: Board, cast: Cast, tmp_path: Path
) -> None:
    path = tmp_path / "names.csv"
    path.write_text(
        f"楼栋编号,名称,户数,经度,纬度\nB1,{BAIT},20,{WEST + 0.004:.6f},{SOUTH + 0.004:.6f}\n", encoding="utf-8"
    )
    page = fresh(cast.planner).new_page()
    upload(page, live_server.url, path)
    do_the_waiting_work()
    page.locator('button[name="check"]').click()
    do_the_waiting_work()
    mark = page.locator("[data-map] path.leaflet-interactive").first
    mark.wait_for()
    mark.hover(force=True)
    expect(page.locator(".leaflet-tooltip")).to_contain_text("<img src=/healthz")
    assert page.locator(".leaflet-tooltip img").count() == 0


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_markup_or_code_of_text(script: Path) -> None:
    found = re.findall(
        r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|DOMParser|document\.write|eval|createContextualFragment|srcdoc)\b"
        r"|new Function|setAttribute\(\s*[\"'](?:style|on)|bindTooltip\(\s*[`\"']|bindPopup\(\s*[`\"']",
        script.read_text(encoding="utf-8"),
    )
    assert found == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_inline_code_or_styles(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<[^>]+\s(?:style|on[a-z]+)\s*=", text), "an inline style or handler"
    assert not re.search(r"<style\b|javascript:", text)
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script, script
