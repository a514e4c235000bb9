"""Nobody can forge a line of the log, and nobody's data stands in one."""

import io
import logging
import logging.config
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from gridmap.accounts.models import User
from gridmap.safety.logs import CleanLine, clean
from tests.cast import Cast

LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ \S+ .+", re.DOTALL)
SECRET = "张三丰"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that goes to the log while the test runs, as the settings format it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(CleanLine())
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def lines(act: Callable[[logging.Logger], Any]) -> str:
    """What one call writes."""
    stream = io.StringIO()
    log = logging.Logger("gridmap.test")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(CleanLine())
    log.addHandler(handler)
    act(log)
    return stream.getvalue()


def fail(fault: Exception) -> Callable[[logging.Logger], None]:
    def act(log: logging.Logger) -> None:
        try:
            raise fault
        except Exception:
            log.exception("it broke")

    return act


def test_a_line_tells_when_how_bad_and_where() -> None:
    assert LINE.match(lines(lambda log: log.warning("tiles are late")))


@pytest.mark.parametrize("bait", ["\n", "\r\n", "\r", "\x1b[2J", "\x00", "\u2028", "\u0085", "\x0b", "\u202e", "\x7f"])
def test_a_name_with_a_line_break_forges_nothing(bait: str) -> None:
    text = lines(
        lambda log: log.warning("no user %s", f"eve{bait}2026-01-01T00:00:00.000Z INFO django signed in: root")
    )
    assert text.count("\n") == 1
    assert bait not in text.removesuffix("\n")


@given(st.text())
def test_whatever_is_logged_is_one_line(text: str) -> None:
    assert len(clean(text).splitlines()) <= 1
    assert len(clean(text)) <= 4000


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Not Found: /people/?name=张三&phone=13800138000", "Not Found: /people/?…"),
        ("GET /api/v1/search?q=%E5%BC%A0%E4%B8%89 500", "GET /api/v1/search?… 500"),
        ("told 110101199003074514 off", "told [identity] off"),
        ("told 11010119900307451X off", "told [identity] off"),
        ("call 13800138000 now", "call [telephone] now"),
    ],
)
def test_what_tells_of_a_person_is_cut(text: str, left: str) -> None:
    assert clean(text) == left


@pytest.mark.parametrize("text", ["grid 990101001001003 of 480", "is it? a=b", "12,345,678 rows", "tile 14/13649/6753"])
def test_what_tells_of_nobody_stays(text: str) -> None:
    assert clean(text) == text


def test_an_error_tells_its_places_but_not_the_value_that_broke_it() -> None:
    text = lines(fail(ValueError(f"could not read {SECRET}")))
    assert SECRET not in text
    assert "builtins.ValueError" in text
    assert "test_logs.py" in text


def test_what_an_error_came_from_is_told_the_same_way() -> None:
    def act(log: logging.Logger) -> None:
        try:
            try:
                raise KeyError(SECRET)
            except KeyError as cause:
                raise RuntimeError(SECRET) from cause
        except RuntimeError:
            log.exception("it broke")

    text = lines(act)
    assert SECRET not in text
    assert text.index("KeyError") < text.index("RuntimeError")


def test_an_error_of_the_machine_tells_its_reason() -> None:
    assert "no space left" in lines(fail(OSError("no space left on device")))
    assert "server closed" in lines(fail(OperationalError("server closed the connection\nunexpectedly")))


def test_an_error_of_the_database_names_the_rule_and_not_the_row(cast: Cast) -> None:
    def act(log: logging.Logger) -> None:
        try:
            with transaction.atomic():
                User.objects.create(username=cast.planner.username)
        except IntegrityError:
            log.exception("it broke")

    text = lines(act)
    assert "23505" in text
    assert "accounts_user" in text
    assert cast.planner.username not in text
    assert "DETAIL" not in text


def test_a_value_that_does_not_fit_is_not_repeated(db: None) -> None:
    def act(log: logging.Logger) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT %s::integer", [SECRET])
        except Exception:
            log.exception("it broke")

    text = lines(act)
    assert SECRET not in text
    assert "22P02" in text


def test_developers_see_it_all(settings: Settings) -> None:
    settings.DEBUG = True
    assert SECRET in lines(fail(ValueError(SECRET)))


def test_a_fault_of_ours_leaves_no_question_in_the_log(
    cast: Cast, signed_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch, written: io.StringIO
) -> None:
    def fault(*_: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr("layers.api.search", fault)
    client = signed_in(cast.planner)
    client.raise_request_exception = False
    assert client.get("/api/v1/search", {"q": SECRET}).status_code == 500
    client.get("/nowhere/", {"name": SECRET})
    text = written.getvalue()
    assert "/api/v1/search" in text
    assert SECRET not in text
    assert "%E5%BC%A0" not in text


def test_the_settings_give_every_line_this_form() -> None:
    used: dict[str, Any] = settings.LOGGING
    assert used["formatters"] == {"line": {"()": "gridmap.safety.logs.CleanLine"}}
    assert {handler["formatter"] for handler in used["handlers"].values()} == {"line"}
    assert {"_granian", "uvicorn.error"} <= set(used["loggers"])
    for name in used["loggers"]:
        own = [one for one in logging.getLogger(name).handlers if not type(one).__module__.startswith("_pytest")]
        assert [type(one.formatter) for one in own] == [CleanLine], name
