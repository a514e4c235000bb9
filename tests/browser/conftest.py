"""A real browser on the live site. It keeps a record of all that must never happen; every test ends by reading it."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Route,
    WebError,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from gridmap.accounts.models import SignedIn, User
from gridmap.partition import SizeRule
from gridmap.planning.models import Plan
from gridmap.planning.services import draw_plan
from gridmap.planning.terms import Terms
from tests.cast import Board, Cast
from tests.gridmap.planning.conftest import populate

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CSP_WATCH = """document.addEventListener('securitypolicyviolation', (event) => {
    console.error('CSP', event.violatedDirective, event.blockedURI);
})"""
PATIENCE_MS = 15_000

Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them commit what they write, because the server reads it in another thread."""
    for item in items:
        if "tests/browser" in item.nodeid:
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="package")  # it ends before other tests run an event loop of their own in this process
def browser() -> Iterator[Browser]:
    """Chromium: the one of the environment, or the distribution's."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(path).exists():
        pytest.skip("no Chromium: install it or name it in CHROMIUM")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in the thread that sets up the data
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def record() -> list[str]:
    """What went wrong in any page of the test."""
    return []


@pytest.fixture
def fresh(browser: Browser, live_server: LiveServer, record: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """`fresh(user, width=…, height=…)` is another browser profile, signed in where a user is named."""
    contexts = []

    def make(user: User | None = None, *, width: int = 1440, height: int = 900) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", has_touch=width < 600
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(CSP_WATCH)
        context.route("**/stream/events", _quiet_stream)
        context.on("request", lambda request: _same_origin(request, live_server.url, record))
        context.on("console", lambda message: _note_console(message, record))
        context.on("weberror", lambda error: _note_error(error, record))
        if user:
            context.add_cookies([_session(user, live_server.url)])
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    _wait_for_the_server()
    assert record == []


def _wait_for_the_server() -> None:
    """Until it has answered what closed pages still asked for: emptying the tables under its feet could deadlock."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while any("process_request_thread" in one.name for one in threading.enumerate()) and time.monotonic() < end:
        time.sleep(0.02)


@pytest.fixture
def open_console(fresh: Callable[..., BrowserContext], live_server: LiveServer) -> Open:
    """`open_console(user, "/?grid=…")` is the page once lists and card are there."""

    def open_page(user: User, address: str = "/", **size: int) -> Page:
        page = fresh(user, **size).new_page()
        page.goto(live_server.url + address)
        page.wait_for_selector("[data-ready]")
        return page

    return open_page


def _quiet_stream(route: Route) -> None:
    """The live stream is another process, which these tests do not start."""
    route.fulfill(status=200, content_type="text/event-stream", body="retry: 60000\n\n")


def _note_console(message: ConsoleMessage, record: list[str]) -> None:
    if message.type == "error":
        record.append(f"console: {message.text}")


def _note_error(error: WebError, record: list[str]) -> None:
    record.append(f"error: {error.error}")


def _same_origin(request: Request, origin: str, record: list[str]) -> None:
    address = urlsplit(request.url)
    if address.scheme in ("http", "https", "ws", "wss") and address.netloc != urlsplit(origin).netloc:
        record.append(f"outside request: {request.url}")


def _session(user: User, url: str) -> SetCookieParam:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    SignedIn.objects.filter(person=user).update(second_factor_at=timezone.now())
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}


@pytest.fixture
def one_plan(board: Board, cast: Cast) -> Plan:
    """A draft of four grids for the first community."""
    populate(board.communities[0])
    return draw_plan(community=board.communities[0], terms=Terms(SizeRule()), by=cast.planner)
