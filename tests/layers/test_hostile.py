"""No input gives a 500: every route × every hostile value is answered with a reason."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.test import Client

from gridmap.accounts.models import User
from tests.cast import Cast

VALUES = [
    "",
    "\x00",
    "a\x00b",
    "nan",
    "inf",
    "-inf",
    "1e400",
    "-1e308",
    "9" * 30,
    "-" + "9" * 30,
    "9" * 5000,
    "0x10",
    "१२३",
    "𝟡𝟡𝟘𝟙",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "%",
    "\\",
    "' OR 1=1 --",
    '"><script>alert(1)</script>',
    "cD1ub3Q=",
    "[]",
    "{}",
    "null",
    "../../etc/passwd",
    "\u202e\u0000\uffff",
    "长" * 300,
]
QUESTIONS = [
    "/api/v1/at?lon={}&lat=30",
    "/api/v1/at?lon=120&lat={}",
    "/api/v1/at?lon=120&lat=30&z={}",
    "/api/v1/grids?community={}",
    "/api/v1/grids?area={}",
    "/api/v1/grids?q={}",
    "/api/v1/grids?kind={}",
    "/api/v1/grids?sort={}",
    "/api/v1/grids?page={}",
    "/api/v1/search?q={}",
    "/api/v1/layers/buildings/rows?kind={}",
    "/api/v1/layers/buildings/rows?area={}",
    "/api/v1/layers/buildings/rows?bbox={}",
    "/api/v1/layers/buildings/rows?bbox={},30,121,31",
    "/api/v1/layers/buildings/rows?ids={}",
    "/api/v1/layers/buildings/rows?q={}",
    "/api/v1/layers/buildings/rows?sort={}",
    "/api/v1/layers/buildings/rows?cursor={}",
    "/api/v1/layers/buildings/rows?limit={}",
    "/api/v1/layers/grids/rows?at={}",
    "/api/v1/layers/lamps/rows?lit={}",
    "/api/v1/layers/counts?area={}",
    "/api/v1/layers/counts?buildings.kind={}",
    "/tiles/areas/12/3411/1693.mvt?v={}",
    "/jobs/?page={}",
]
PATHS = [
    "/api/v1/layers/{}/rows",
    "/api/v1/select/{}",
    "/exports/{}",
    "/exports/{}/file",
    "/api/v1/regions/{}",
    "/api/v1/grids/{}",
    "/api/v1/buildings/{}",
    "/api/v1/compounds/{}",
    "/api/v1/cameras/{}",
    "/api/v1/facilities/{}",
    "/api/v1/{}",
    "/tiles/{}/1/1/1.mvt",
    "/tiles/ground/{}/1/1.mvt",
    "/tiles/ground/1/{}/1.mvt",
    "/jobs/{}",
    "/{}",
]


def ask(client: Client, address: str) -> int:
    return client.get(address).status_code


@pytest.fixture
def planner(cast: Cast, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(cast.planner)


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_parameter_breaks_anything(planner: Client, question: str) -> None:
    for value in VALUES:
        status = ask(planner, question.format(quote(value, safe="")))
        assert status in {200, 204, 400}, (question, value[:40], status)


@pytest.mark.parametrize("path", PATHS)
def test_no_path_breaks_anything(planner: Client, path: str) -> None:
    for value in VALUES:
        status = ask(planner, path.format(quote(value, safe="")))
        assert status in {200, 204, 301, 302, 400, 404}, (path, value[:40], status)


@pytest.mark.parametrize("raw", ["%ff%fe", "%c0%80", "%ED%A0%80", "%", "%zz", "&&&&", "=", "lon=1&lon=2", "a" * 8000])
def test_no_raw_query_breaks_anything(planner: Client, raw: str) -> None:
    for question in QUESTIONS:
        head, _equals, _tail = question.partition("={}")
        for address in (f"{head}={raw}", f"{head.partition('?')[0]}?{raw}"):
            assert ask(planner, address) in {200, 204, 400}, address


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("at?lon=nan&lat=1", "lon"),
        ("at?lon=181&lat=1", "lon"),
        ("at?lon=1&lat=90", "lat"),
        ("at?lat=1", "lon"),
        ("at?lon=1&lat=1&z=inf", "z"),
        ("grids?page=0", "page"),
        ("grids?page=x", "page"),
        ("grids?sort=households", "sort"),
        ("grids?community=99", "community"),
        ("grids?area=9901011", "area"),
        ("search?q=%00", "q"),
    ],
)
def test_a_refusal_names_the_field(planner: Client, question: str, field: str) -> None:
    response = planner.get(f"/api/v1/{question}")
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["code"] == "invalid"
    assert list(error["fields"]) == [field]
    assert error["message"].startswith(f"{field}: ")


@pytest.mark.parametrize(
    "path", ["map", "at?lon=1&lat=1", "grids", "search?q=x", "regions/990101000000", "buildings/1", "openapi.json"]
)
def test_who_is_not_signed_in_gets_401_and_a_reason(db: None, path: str) -> None:
    response = Client().get(f"/api/v1/{path}")
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "signed_out"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written_here(planner: Client, method: str) -> None:
    for path in ("/api/v1/map", "/api/v1/grids", "/api/v1/search", "/api/v1/buildings/1", "/tiles/ground/1/1/1.mvt"):
        assert getattr(planner, method)(path, b"{", content_type="application/json").status_code == 405


def test_people_get_a_page_and_programs_get_data_where_nothing_is(planner: Client) -> None:
    page = planner.get("/no/such/page", headers={"Accept": "text/html,*/*"})
    assert page.status_code == 404
    assert page["Content-Type"].startswith("text/html")
    data = planner.get("/api/v1/no/such", headers={"Accept": "application/json"})
    assert data.status_code == 404
    assert data.json()["error"]["code"] == "not_found"


def test_a_fault_of_ours_is_a_page_without_its_inside(planner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    planner.raise_request_exception = False

    def fault(*_: object) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr("layers.api.describe_map", fault)
    for accept in ("text/html", "application/json"):
        response = planner.get("/api/v1/map", headers={"Accept": accept})
        assert response.status_code == 500
        assert b"the inside" not in response.content


def test_the_document_describes_every_route(planner: Client) -> None:
    document = planner.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.")
    for path in ("map", "at", "grids", "search", "regions/{key}", "grids/{key}", "buildings/{key}", "cameras/{key}"):
        operation = document["paths"][f"/api/v1/{path}"]["get"]
        assert {"200", "401"} <= set(operation["responses"]), path
