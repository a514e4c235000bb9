"""The OpenAPI document of the REST API: valid, complete, and true about refusals."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import OpenAPIV30SpecValidator
from pytest_django import Settings
from rest_framework.schemas.generators import EndpointEnumerator

from gridmap.accounts.models import User
from gridmap.territory.models import Grid
from layers.basemaps import BaseMap
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def document(cast: Cast, signed_in: SignIn) -> dict[str, Any]:
    """As a program reads it."""
    found: dict[str, Any] = signed_in(cast.planner).get("/api/v1/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and what is said of them."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_it_is_valid(document: dict[str, Any]) -> None:
    assert [error.message[:200] for error in OpenAPIV30SpecValidator(document).iter_errors()] == []


def test_it_holds_every_address_below_the_api(document: dict[str, Any]) -> None:
    described = set(document["paths"])
    enumerator = EndpointEnumerator(patterns=())
    for pattern in _patterns(get_resolver(), ""):
        path = enumerator.get_path_from_regex(pattern)
        if path.startswith("/api/v1/") and path != "/api/v1/openapi.json":
            assert path in described, path


def _patterns(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _patterns(one, prefix + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield prefix + str(one.pattern).removeprefix("^" if prefix else "")


def test_every_operation_tells_its_answers_and_refusals(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        told = set(operation["responses"])
        where = f"{method} {path}"
        assert any(status.startswith("2") for status in told), where
        assert {"401", "405"} <= told, where
        assert "{" not in path or "404" in told, where
        assert not (operation.get("parameters") or "requestBody" in operation) or "400" in told, where
        assert all(answer["description"] for answer in operation["responses"].values()), where


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _path, _method, operation in operations(document)]
    assert len(names) == len(set(names))


def test_it_says_where_a_token_is_taken(document: dict[str, Any]) -> None:
    by_token = {
        path for path, _method, operation in operations(document) if {"token": []} in operation.get("security", [])
    }
    assert {"/api/v1/map", "/api/v1/grids", "/api/v1/search"} <= by_token
    assert not any(path.startswith(("/api/v1/equipment", "/api/v1/views", "/exports", "/jobs")) for path in by_token)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/v1/grids?page=0", 400), ("/api/v1/grids/990101001001099", 404), ("/api/v1/at", 400)],
)
def test_what_it_says_of_refusals_is_so(cast: Cast, signed_in: SignIn, path: str, status: int) -> None:
    answer = signed_in(cast.planner).get(path)
    assert answer.status_code == status and set(answer.json()) == {"error"}
    assert Client().get(path).status_code == 401
    assert signed_in(cast.planner).patch(path.partition("?")[0]).status_code == 405


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v1/map", "MapAnswer"),
        ("/api/v1/at?lon=119.905&lat=30.115&z=16", "AtAnswer"),
        ("/api/v1/search?q=社区", "SearchAnswer"),
        ("/api/v1/grids", "GridsAnswer"),
        ("/api/v1/regions/990101001001", "CardAnswer"),
    ],
)
def test_answers_are_as_it_says(
    cast: Cast, signed_in: SignIn, grids: list[Grid], settings: Settings, path: str, name: str
) -> None:
    """Each word of the answer is described, and each that is described is there."""
    settings.BASEMAPS = [BaseMap("streets", "街道图", ("/{z}/{x}/{y}.png",), "来源")]
    browser = signed_in(cast.planner)
    parts = browser.get("/api/v1/openapi.json").json()["components"]
    for one in parts["schemas"].values():
        one["additionalProperties"] = False
    answer = browser.get(path)
    assert answer.status_code == 200, answer.content
    validator = OAS30Validator({**parts["schemas"][name], "components": parts})
    assert [error.message[:200] for error in validator.iter_errors(answer.json())] == []
