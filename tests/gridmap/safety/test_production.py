"""A real installation: Django's own checks say nothing, and the offline Observatory gives its best mark."""

import json
import re
from functools import cache

import pytest
from pytest_django import Settings

from gridmap.safety.checks import database_is_reached_safely, role_owns_nothing
from tests.gridmap.safety import observatory
from tests.gridmap.safety.production import PLAIN, SAFE, Answer, answers, run
from tests.owner import as_owner

GOOD_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; object-src 'none'; frame-ancestors 'none'"


@cache
def asked() -> dict[tuple[str, str], Answer]:
    return {(answer.origin, answer.path): answer for answer in answers()}


def test_the_checks_of_a_deployment_find_nothing() -> None:
    process = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert process.returncode == 0, process.stderr
    assert "no issues (0 silenced)" in process.stdout


def test_the_checks_find_what_is_forgotten() -> None:
    forgotten = {
        "SECRET_KEY": "",
        "HTTPS": "false",
        "ALLOWED_HOSTS": "*",
        "SANDBOX_STRICT": "false",
        "DEBUG": "true",
        "SECOND_FACTOR": "offered",
        "FIELD_KEYS": "",
        "BREACHED_PASSWORDS": "/nowhere/hashes",
        "DATABASE_URL": "postgis://nobody@database.example.org/nowhere?sslmode=require",
    }
    process = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **forgotten)
    assert process.returncode == 1
    said = set(re.findall(r"\((\w+\.\w\d+)\)", process.stderr))
    assert {"gridmap.W001", "gridmap.W002", "gridmap.W003", "gridmap.W005", "gridmap.W007"} <= said
    assert {"gridmap.E001", "gridmap.E002", "vault.E010", "security.W018"} <= said


@pytest.mark.parametrize(
    ("host", "options", "safe"),
    [
        ("", {}, True),
        ("/run/postgresql", {}, True),
        ("127.0.0.1", {}, True),
        ("db.example.org", {"sslmode": "verify-full"}, True),
        ("db.example.org", {"sslmode": "require"}, False),
        ("db.example.org", {}, False),
        ("", {"host": "/run/postgresql"}, True),
    ],
)
def test_a_database_over_a_network_needs_verified_tls(
    settings: Settings, host: str, options: dict[str, str], safe: bool
) -> None:
    settings.DATABASES = {"default": {"HOST": host, "OPTIONS": options}}
    assert (database_is_reached_safely(None) == []) is safe


def test_the_role_of_the_application_owns_nothing(db: None) -> None:
    assert role_owns_nothing(None, databases=["default"]) == []
    with as_owner():
        [said] = role_owns_nothing(None, databases=["default"])
    assert said.id == "gridmap.W006"
    assert "owner of tables" in said.msg


def test_the_database_is_asked_only_on_demand() -> None:
    assert role_owns_nothing(None, databases=None) == []


def test_the_observatory_gives_at_least_130() -> None:
    found = asked()
    total, points = observatory.score(found[PLAIN, "/"], found[SAFE, "/accounts/login/"], found[SAFE, "/api/v1/map"])
    assert total >= 130, points
    assert min(points.values()) == 0, points
    assert points["content-security-policy"] == 10
    assert points["cookies"] == 5


def test_a_stranger_is_sent_to_https_but_a_program_is_told() -> None:
    assert asked()[PLAIN, "/"].headers["location"] == f"{SAFE}/"
    refused = asked()[PLAIN, "/api/v1/map"]
    assert refused.status == 403
    assert json.loads(refused.text)["error"]["code"] == "https_only"


def test_every_answer_carries_the_headers_under_https() -> None:
    for (origin, path), answer in asked().items():
        assert answer.headers["strict-transport-security"].startswith("max-age=31536000; includeSubDomains"), path
        assert answer.headers["x-content-type-options"] == "nosniff", (origin, path)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], (origin, path)


def test_the_policy_of_pages_holds_no_exception() -> None:
    policy = asked()[SAFE, "/accounts/login/"].headers["content-security-policy"]
    assert "upgrade-insecure-requests" in policy
    for hole in ("unsafe-inline", "unsafe-eval", "unsafe-hashes", "data:", "blob:", "http:", "*"):
        assert hole not in policy, hole
    given = observatory.directives(policy)
    assert given["default-src"] == given["object-src"] == given["base-uri"] == given["frame-ancestors"] == {"'none'"}
    assert given["script-src"] == given["style-src"] == {"'self'"}


def test_the_base_map_of_the_settings_is_the_only_stranger() -> None:
    found = {answer.path: answer for answer in answers(BASEMAP_URL="https://t{s}.maps.example/{z}/{x}/{y}.png")}
    given = observatory.directives(found["/accounts/login/"].headers["content-security-policy"])
    assert given["img-src"] == {"'self'", "data:", "https://*.maps.example"}
    assert given["script-src"] == {"'self'"}


def test_cookies_are_bound_to_the_host() -> None:
    sent = [cookie for answer in asked().values() if answer.origin == SAFE for cookie in answer.cookies]
    assert any("csrftoken" in cookie for cookie in sent)
    for cookie in sent:
        assert cookie.startswith("__Host-"), cookie
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= flags, cookie
        assert not any(flag.startswith("domain") for flag in flags), cookie


def test_every_cookie_of_the_settings_is_bound_to_the_host() -> None:
    told = (
        "import json; from django.conf import settings as s;"
        "print(json.dumps({n: getattr(s, n) for n in dir(s) if '_COOKIE_' in n}))"
    )
    process = run("-c", told, DJANGO_SETTINGS_MODULE="gridmap.settings")
    given = json.loads(process.stdout)
    names = {name: value for name, value in given.items() if name.endswith("_NAME")}
    assert len(names) >= 6
    assert [name for name, value in names.items() if not value.startswith("__Host-")] == []
    for kind in ("SESSION", "CSRF", "LANGUAGE"):
        assert given[f"{kind}_COOKIE_SECURE"] is given[f"{kind}_COOKIE_HTTPONLY"] is True, kind
        assert given[f"{kind}_COOKIE_SAMESITE"] == "Lax"
        assert given[f"{kind}_COOKIE_PATH"] == "/"
        assert given[f"{kind}_COOKIE_DOMAIN"] is None


# --- the rules themselves: each fault costs what the Observatory takes for it ---


@pytest.mark.parametrize(
    ("header", "points"),
    [
        ("", -25),
        (GOOD_POLICY, 10),
        (GOOD_POLICY.replace("default-src 'none'", "default-src 'self'"), 5),
        (GOOD_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"), 0),
        (GOOD_POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'"), -20),
        (GOOD_POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-inline' 'nonce-abc'"), 10),
        (GOOD_POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'"), -10),
        (GOOD_POLICY.replace("script-src 'self'", "script-src https:"), -20),
        (GOOD_POLICY + "; img-src http://pictures.example", -10),
        (GOOD_POLICY + "; connect-src http://data.example", -20),
        ("script-src 'self'", -20),
    ],
)
def test_points_of_policies(header: str, points: int) -> None:
    assert observatory.policy(header) == points


@pytest.mark.parametrize(
    ("cookie", "hsts", "points"),
    [
        ("__Host-sessionid=1; HttpOnly; Path=/; SameSite=Lax; Secure", True, 5),
        ("sessionid=1; HttpOnly; Path=/; Secure", True, 0),
        ("sessionid=1; HttpOnly; SameSite=Lax", True, -10),
        ("sessionid=1; HttpOnly; SameSite=Lax", False, -40),
        ("sessionid=1; Secure; SameSite=Lax", True, -30),
        ("theme=1; SameSite=Lax", False, -20),
        ("csrftoken=1; Secure", True, -20),
        ("theme=1; Secure; SameSite=Sometimes", True, -20),
    ],
)
def test_points_of_cookies(cookie: str, hsts: bool, points: int) -> None:
    assert observatory.cookies([cookie], hsts=hsts) == points


def test_gifts_do_not_make_up_for_a_real_fault() -> None:
    found = asked()
    page = found[SAFE, "/accounts/login/"]
    bare = Answer(page.origin, page.path, 200, {**page.headers, "content-security-policy": ""}, page.cookies, page.text)
    total, _points = observatory.score(found[PLAIN, "/"], bare, found[SAFE, "/api/v1/map"])
    assert total == 75
