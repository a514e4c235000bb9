"""Every form of every page, each field in turn filled with what hurts: a reason comes back, never a fault of ours."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from gridmap.accounts.models import User
from gridmap.territory.models import Grid
from tests.cast import Cast
from tests.gridmap.population.people import People, move_everybody_in
from tests.gridmap.safety.routes import SOME_UUID, routes

SignIn = Callable[[User], Client]
HOSTILE = ("a\x00b", "9" * 400, "' OR 1=1 --\"><b>", "\udcff", "2026-02-30", "-1")
#: Each field gets the first and one of the others in turn.
HOSTILE_IN_TURN = HOSTILE[1:]
#: What ends the session, which is what these forms are for.
LEFT_OUT = ("/logout/", "/sessions/end/")


@dataclass
class Form:
    """Where a form of a page goes, how, and its fields with the values that they come with."""

    action: str
    method: str
    fields: dict[str, str]


class Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Forms and what stands in them."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower(), {}))
        elif tag in ("input", "select", "textarea", "button") and self.forms and given.get("name"):
            self.forms[-1].fields[given["name"]] = given.get("value", "")


def forms_of(page: bytes) -> list[Form]:
    parser = Forms()
    parser.feed(page.decode())
    return parser.forms


def pages(client: Client, people: People | None) -> Iterator[tuple[str, bytes]]:
    """Every page that the person can open, with its address."""
    known = {str(SOME_UUID): str(people.mine.first.pk)} if people else {}
    for route in routes():
        for path in {route.path, *(route.path.replace(*pair) for pair in known.items())}:
            answer = client.get(path)
            assert answer.status_code < 500, path
            if answer.status_code == 200 and "text/html" in answer["Content-Type"]:
                yield path, answer.content


def send(client: Client, form: Form, at: str, fields: dict[str, str]) -> Any:
    """Submit the form; what it changes is undone."""
    target = (form.action or at).partition("#")[0]
    data = {name: value.encode("utf-8", "surrogateescape") for name, value in fields.items()}
    with transaction.atomic():
        answer = client.post(target, data) if form.method == "post" else client.get(target, data)
        transaction.set_rollback(True)
    return answer


def try_everything(client: Client, people: People | None) -> tuple[int, list[str]]:
    """Number of forms sent, and those that broke."""
    client.raise_request_exception = False
    sent, broken, seen = 0, [], set()
    for path, page in pages(client, people):
        for form in forms_of(page):
            key = (re.sub(r"[0-9a-f-]{36}|\d+", "…", form.action or path), tuple(form.fields))
            if key in seen or (form.action or path).endswith(LEFT_OUT):
                continue
            seen.add(key)
            for number, name in enumerate(form.fields):
                for value in (HOSTILE[0], HOSTILE_IN_TURN[number % len(HOSTILE_IN_TURN)]):
                    status = send(client, form, path, {**form.fields, name: value}).status_code
                    sent += 1
                    if status >= 500:
                        broken.append(f"{form.method} {form.action or path} {name}={value[:12]!r}: {status}")
    return sent, broken


@pytest.mark.parametrize("role", ["administrator", "officer"])
def test_no_field_of_any_form_breaks_anything(
    cast: Cast,
    grids: list[Grid],
    signed_in: SignIn,
    role: str,
) -> None:
    sent, broken = try_everything(signed_in(getattr(cast, role)), move_everybody_in(grids))
    assert sent > 20
    assert broken == []


def test_no_field_of_the_door_breaks_anything(db: None) -> None:
    sent, broken = try_everything(Client(), None)
    assert sent >= 12
    assert broken == []


def test_forms_are_found() -> None:
    page = (
        b'<form method="post" action="/a/"><input name="x" value="1"><select name="y"></select></form><input name="z">'
    )
    assert forms_of(page) == [Form("/a/", "post", {"x": "1", "y": "", "z": ""})]
