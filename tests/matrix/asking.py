"""Asking every route as every person, and comparing the answer with the tables."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from gridmap.accounts.models import SignedIn, User
from tests.matrix.people import NOBODY, account_of, personas, token_of
from tests.matrix.table import METHODS, Answer, Persona, Route, expected, routes
from tests.matrix.things import Thing, Things

#: Pages that somebody without a full session is led to.
GATES = ("/accounts/login/", "/screens/enter/")
#: Routes whose very purpose leads there.
WAYS_OUT = frozenset({"accounts:logout", "accounts:end_sessions"})


#: Routes that show clear values to whoever they let in.
CLEAR_ROUTES = frozenset({"population:reveal", "population:reveal_conflict"})


@dataclass(frozen=True)
class Check:
    """One request of one person."""

    route: str
    method: str
    who: Persona
    thing_number: int

    @property
    def row(self) -> Route:
        """The row of the table, or any of the same route where the method has none."""
        rows = routes()[self.route]
        return rows.get(self.method) or next(iter(rows.values()))

    def __str__(self) -> str:
        return f"{self.method} {self.route} #{self.thing_number} by {self.who}"


def route_names() -> set[str]:
    """Every named route of the site, as Django resolves it."""
    return set(_names(get_resolver(), ""))


def _names(resolver: URLResolver, namespace: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _names(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


class Town:
    """The people with their sessions, and the things; one database transaction holds them all."""

    def __init__(self, everyone: Iterable[Persona] | None = None) -> None:
        people = list(personas() if everyone is None else everyone)
        self.users = {who: account_of(who, number) for number, who in enumerate(people) if who != NOBODY}
        self.things = Things(list(self.users.values()))
        self._browser = Client(raise_request_exception=False)  # one: each new one would read all static files again
        self._cookies: dict[Persona, SimpleCookie] = {}

    def browser(self, who: Persona) -> Client:
        """The browser as this person left it after signing in."""
        if who not in self._cookies:
            self._browser.cookies = SimpleCookie()
            self._sign_in(who)
            self._cookies[who] = self._browser.cookies
        self._browser.cookies = SimpleCookie(self._cookies[who].output(header="", sep=";"))
        return self._browser

    def _sign_in(self, who: Persona) -> None:
        if who.role == "wall_screen":
            self._browser.cookies[settings.SCREEN_COOKIE_NAME] = token_of(self.users[who])
        elif who != NOBODY:
            self._browser.force_login(self.users[who], backend="django.contrib.auth.backends.ModelBackend")
            if who.state != "no second factor":
                SignedIn.objects.filter(person=self.users[who]).update(second_factor_at=timezone.now())

    def user(self, who: Persona) -> User | None:
        """The account of a persona; None for nobody."""
        return self.users.get(who)

    def things_of(self, check: Check) -> Thing:
        """What the check asks about."""
        return self.things.of(check.row.thing, self.user(check.who))[check.thing_number]

    def checks(self) -> list[Check]:
        """All of them: route × method × state of the thing × person."""
        return [
            Check(name, method, who, number)
            for name, rows in routes().items()
            for method in METHODS
            if method == "GET" or next(iter(rows.values())).scope != "open"
            for who in (NOBODY, *self.users)
            for number in range(len(self.things.of(next(iter(rows.values())).thing, self.user(who))))
        ]

    def ask(self, check: Check, **body: Any) -> HttpResponseBase:
        """Send the request, with more in its body where something is given; whatever it writes is undone."""
        self.browser(check.who)  # a session must outlive the undoing
        with transaction.atomic():
            response = self.do(check, **body)
            transaction.set_rollback(True)
        return response

    def do(self, check: Check, **body: Any) -> HttpResponseBase:
        """Send the request; what it writes stays."""
        thing = self.things_of(check)
        return _send(self.browser(check.who), check, replace(thing, body={**thing.body, **body}))


def _send(client: Client, check: Check, thing: Thing) -> HttpResponseBase:
    names = _arguments(check.route)
    address = reverse(check.route, kwargs={name: thing.kwargs[name] for name in names})
    headers = {"Accept": "application/json" if check.row.signed_out == "api" else "text/html"}
    if check.method == "GET":
        return client.get(address, dict(thing.query), headers=headers)
    send: Any = getattr(client, check.method.lower())
    is_form = check.method == "POST" and check.row.signed_out != "api"
    kind = {} if is_form else {"content_type": "application/json"}
    response: HttpResponseBase = send(
        address, dict(thing.body), headers=headers, query_params=dict(thing.query) or None, **kind
    )
    return response


def _arguments(name: str) -> list[str]:
    """Names of the arguments in a route's address."""
    found: dict[str, list[str]] = _known_arguments
    if not found:
        for route, pattern in _patterns(get_resolver(), ""):
            found[route] = list(pattern.pattern.converters) or list(pattern.pattern.regex.groupindex)
    return found[name]


_known_arguments: dict[str, list[str]] = {}


def _patterns(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _patterns(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", pattern


def class_of(response: HttpResponseBase) -> str:
    """The class of an answer; a status that no table knows stands for itself."""
    status = response.status_code
    if status == 302 and response.headers.get("Location", "").startswith(GATES):
        return Answer.SIGN_IN
    known = {401: Answer.SIGN_IN, 403: Answer.REFUSED, 404: Answer.HIDDEN, 405: Answer.WRONG_METHOD}
    if status in known:
        return known[status]
    return Answer.LET_IN if status < 500 else f"broken: {status}"


def mismatches(town: Town, checks: Iterable[Check]) -> list[str]:
    """Every check whose answer is not the one of the tables, or holds what it may not, as a sentence."""
    wrong = []
    for check in checks:
        wanted = expected(check.route, check.method, check.who, town.things_of(check).place)
        response = town.ask(check)
        got = class_of(response)
        if check.route in WAYS_OUT and wanted == Answer.LET_IN and got == Answer.SIGN_IN:
            got = Answer.LET_IN
        if not agree(wanted, got):
            wrong.append(f"{check}: {got}, not {wanted}")
        leaked = town.things.records.canaries.found_in(bytes_of(response))
        if leaked and not (check.route in CLEAR_ROUTES and wanted == Answer.LET_IN):
            wrong.append(f"{check}: LEAK of {len(leaked)} personal values")
    return wrong


def bytes_of(response: HttpResponseBase) -> bytes:
    """Everything that goes out: headers, cookies and body."""
    head = repr(sorted(response.headers.items())) + response.cookies.output()
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return body + head.encode()


def agree(wanted: Answer, got: str) -> bool:
    """Open routes may say anything but break; what may be seen and not done is refused one way or the other."""
    if wanted == Answer.OPEN:
        return not got.startswith("broken")
    if wanted == Answer.OUTSIDE:
        return got in {Answer.SIGN_IN, Answer.WRONG_METHOD}
    if wanted == Answer.REFUSED:
        return got in {Answer.REFUSED, Answer.HIDDEN, Answer.WRONG_METHOD}
    return wanted == got


def sample(checks: list[Check], count: int, seed: int) -> list[Check]:
    """`count` of the checks, the same for the same seed; all of them where there are fewer."""
    return random.Random(seed).sample(checks, min(count, len(checks)))
