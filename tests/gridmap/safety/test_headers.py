"""Every answer of every route, whoever asks, carries the headers; only what is listed may be kept by a browser."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from gridmap.accounts.models import User
from gridmap.safety.headers import EVERYWHERE, headers_for, policy_for
from gridmap.safety.middleware import KEPT, SafeHeaders
from gridmap.territory.models import Grid
from layers.stream import LiveStream
from layers.thin import TilesFirst
from tests.cast import Cast
from tests.gridmap.safety.routes import Route, routes

SignIn = Callable[[User], Client]
METHODS = ("get", "post", "delete")


def faults(response: Any) -> list[str]:
    """The headers that an answer lacks or has wrong."""
    wrong = [name for name, value in EVERYWHERE.items() if response.headers.get(name) != value]
    policy = response.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy or "unsafe" in policy:
        wrong.append(f"policy {policy!r}")
    if "no-store" not in response.headers.get("Cache-Control", ""):
        wrong.append("kept")
    if response.content and "Content-Type" not in response.headers:
        wrong.append("no type")
    open_ = [one.key for one in response.cookies.values() if not (one["httponly"] and one["samesite"]) and one.value]
    wrong += [f"cookie {name}" for name in open_]
    return wrong


def ask(client: Client, method: str, path: str) -> Any:
    client.raise_request_exception = False
    return getattr(client, method)(path)


def test_no_route_is_without_a_name() -> None:
    names = [route.name for route in routes()]
    assert len(names) > 30
    assert {"healthz", "console:map", "layers:tile", "jobs:list", "accounts:login"} <= set(names)
    assert set(names) >= KEPT


def test_every_route_for_a_stranger(db: None) -> None:
    wrong = {route.path: faults(ask(Client(), "get", route.path)) for route in routes()}
    assert {path: said for path, said in wrong.items() if said} == {}


@pytest.mark.parametrize("method", METHODS)
def test_every_route_for_who_is_signed_in(cast: Cast, signed_in: SignIn, method: str) -> None:
    def found(route: Route) -> list[str]:
        said = faults(ask(signed_in(cast.planner), method, route.path))
        return [one for one in said if not (one == "kept" and route.name in KEPT)]

    wrong = {route.path: found(route) for route in routes()}
    assert {path: said for path, said in wrong.items() if said} == {}


def test_nothing_is_trusted_for_a_method_of_old(db: None) -> None:
    assert Client().trace("/").status_code in (302, 405)
    assert b"TRACE" not in Client().trace("/accounts/login/").content


def test_errors_carry_them_too(cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_: object) -> None:
        raise ValueError("inside")

    monkeypatch.setattr("layers.api.describe_map", fault)
    client = signed_in(cast.planner)
    for path, status in (("/api/v1/map", 500), ("/nowhere/at/all", 404), ("/static/nowhere.js", 404)):
        response = ask(client, "get", path)
        assert response.status_code == status
        assert faults(response) == [], path


def test_a_host_that_is_not_ours_is_refused_with_headers(db: None) -> None:
    response = Client(raise_request_exception=False).get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert faults(response) == []


def test_a_script_that_has_not_changed_keeps_its_policy(db: None) -> None:
    """What a 304 says replaces what the browser has kept: a worker under the policy of data could fetch nothing."""
    path = "/static/js/map/worker.js"
    first = Client().get(path)
    again = Client().get(path, headers={"if-none-match": first.headers["ETag"]})
    assert again.status_code == 304
    assert "connect-src 'self'" in first.headers["Content-Security-Policy"]
    assert again.headers.get("Content-Security-Policy") in {None, first.headers["Content-Security-Policy"]}
    assert again.headers["Cross-Origin-Embedder-Policy"] == first.headers["Cross-Origin-Embedder-Policy"]


def test_static_files_may_be_kept_and_run_nothing(db: None) -> None:
    for path, needed in (
        ("js/map/worker.js", "script-src 'self'"),
        ("css/base.css", "sandbox"),
        ("img/mark.svg", "sandbox"),
    ):
        response = Client().get(f"/static/{path}")
        assert response.status_code == 200
        assert "max-age" in response["Cache-Control"]
        assert needed in response["Content-Security-Policy"], path
        assert response["X-Content-Type-Options"] == "nosniff"


def test_a_tile_may_be_kept_by_its_session_and_carries_the_headers(
    cast: Cast, grids: list[Grid], signed_in: SignIn
) -> None:
    response = signed_in(cast.planner).get("/tiles/areas/14/13649/6753.mvt", headers={"accept-encoding": "gzip"})
    assert response.status_code in (200, 204)
    assert response["Cache-Control"].startswith("private")
    assert [one for one in faults(response) if one != "kept"] == []


def test_a_tile_from_disk_carries_the_same_headers(cast: Cast, grids: list[Grid], signed_in: SignIn) -> None:
    client = signed_in(cast.planner)
    revision = client.get("/api/v1/map").json()["revisions"]["areas"]
    said = client.get(f"/tiles/areas/14/13649/6753.mvt?v={revision}", headers={"accept-encoding": "gzip"})
    sent: dict[str, str] = {}

    def start(_status: str, headers: Iterable[tuple[str, str]]) -> None:
        sent.update(headers)

    def site(*_: object) -> list[bytes]:
        raise AssertionError("the tile is on disk")

    environ = {
        "PATH_INFO": "/tiles/areas/14/13649/6753.mvt",
        "QUERY_STRING": f"v={revision}",
        "REQUEST_METHOD": "GET",
        "HTTP_ACCEPT_ENCODING": "gzip",
        "HTTP_COOKIE": "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()),
    }
    TilesFirst(site)(environ, start)
    for name in (*EVERYWHERE, "Content-Security-Policy", "Cache-Control"):
        assert sent[name] == said[name], name


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/stream/nowhere", 404)])
def test_the_stream_carries_them_also_where_it_refuses(path: str, status: int) -> None:
    import asyncio

    sent: list[dict[str, Any]] = []

    async def go() -> None:
        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            raise AssertionError("a refusal reads nothing")

        scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"host", b"testserver")]}
        await LiveStream()(scope, receive, send)

    asyncio.run(go())
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    assert sent[0]["status"] == status
    assert headers["cache-control"] == "private, no-store"
    for name, value in EVERYWHERE.items():
        assert headers[name.lower()] == value
    assert "default-src 'none'" in headers["content-security-policy"]


def test_who_signs_out_leaves_nothing_in_the_browser(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)
    client.get("/tiles/areas/14/13649/6753.mvt")
    response = client.post("/accounts/logout/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.TILES_COOKIE_NAME):
        assert response.cookies[name]["max-age"] == 0, name
    assert "Clear-Site-Data" not in signed_in(cast.planner).get("/")


def test_an_attachment_may_be_saved_and_shows_nothing() -> None:
    shown, saved = policy_for("text/csv; charset=utf-8"), policy_for("text/csv", attachment=True)
    assert shown.endswith("sandbox")
    assert "sandbox" not in saved
    assert "script-src" not in policy_for("text/html", attachment=True)


@pytest.mark.parametrize("kind", ["application/json", "image/svg+xml", "application/xml", "text/plain", "", "TEXT/CSS"])
def test_data_gets_a_policy_that_allows_nothing(kind: str) -> None:
    policy = headers_for(kind)["Content-Security-Policy"]
    assert "'self'" not in policy
    assert "sandbox" in policy


def test_a_view_cannot_weaken_them(rf: RequestFactory) -> None:
    weak = {"X-Frame-Options": "ALLOWALL", "Content-Security-Policy": "default-src *", "Cache-Control": "public"}
    middleware = SafeHeaders(lambda _request: HttpResponse("{}", content_type="application/json", headers=weak))
    assert faults(middleware(rf.get("/"))) == []


def test_the_page_for_developers_keeps_its_styles(rf: RequestFactory, settings: Settings) -> None:
    settings.DEBUG = True
    broken = SafeHeaders(lambda _request: HttpResponse("fault", status=500))(rf.get("/"))
    assert "Content-Security-Policy" not in broken.headers
    assert "Content-Security-Policy" in SafeHeaders(lambda _request: HttpResponse("page"))(rf.get("/")).headers
