"""Who may listen to the live stream, and that who may not is written down."""

from functools import partial
from ipaddress import ip_network
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from layers import stream
from layers.stream import LiveStream
from tests.cast import Cast
from tests.layers.stream.listening import SignIn, ask, listening, run, scope, write
from tests.owner import as_owner

pytestmark = pytest.mark.django_db(transaction=True)


def test_without_a_session_or_a_post_there_is_no_stream(cast: Cast, signed_in: SignIn) -> None:
    async def story(live: LiveStream) -> None:
        for cookie in ("", "sessionid=", "sessionid=forged", "sessionid=\x00", "sessionid=" + "a" * 5000, "=;=;\xff"):
            assert (await ask(live, scope(cookie=cookie))).status == 401
        for who in (cast.stranger, cast.former):
            assert (await ask(live, scope(await write(partial(signed_in, who))))).status == 401

    run(story)


def test_other_paths_and_methods_are_404(cast: Cast) -> None:
    async def story(live: LiveStream) -> None:
        assert (await ask(live, scope(path="/stream/secrets"))).status == 404
        assert (await ask(live, scope(method="POST"))).status == 404
        assert (await ask(live, scope(path="/healthz"))).status == 200

    run(story)


@pytest.mark.parametrize(
    ("origin", "host", "status"),
    [
        (None, "127.0.0.1:8001", 200),
        ("http://127.0.0.1:8000", "127.0.0.1:8001", 200),
        ("http://127.0.0.1", "127.0.0.1:8001", 200),
        ("http://localhost:8000", "127.0.0.1:8001", 403),
        ("https://evil.example", "127.0.0.1:8001", 403),
        ("http://127.0.0.1.evil.example", "127.0.0.1:8001", 403),
        ("null", "127.0.0.1:8001", 403),
        ("http://[", "127.0.0.1:8001", 403),
        ("https://evil.example", "evil.example", 403),
        ("https://map.example", "127.0.0.1:8001", 200),
    ],
)
def test_only_our_own_pages_may_listen(
    planner: Client, settings: Any, origin: str | None, host: str, status: int
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://map.example"]
    client = planner

    async def story(live: LiveStream) -> None:
        headers = {"host": host} | ({"origin": origin} if origin else {})
        if status != 200:
            assert (await ask(live, scope(client, **headers))).status == 403
            return
        async with listening(live, client, **headers) as one:
            assert one.status == 200
            assert one.headers["content-type"].startswith("text/event-stream")
            assert one.headers.get("access-control-allow-origin") == origin
            assert origin is None or one.headers["access-control-allow-credentials"] == "true"

    run(story)


@pytest.fixture
def nothing_counted(transactional_db: None) -> None:
    """Counts of tests before; no model knows their table, so it is not emptied between tests."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM traces_refusals")


def refusals() -> list[tuple[int, str, str, int]]:
    """What was counted of refused streams: status, method, address, how often."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT status, method, address, count FROM traces_refusals WHERE route = 'stream' ORDER BY status, address"
        )
        return [(int(status), method, address, int(count)) for status, method, address, count in cursor.fetchall()]


@pytest.mark.usefixtures("nothing_counted")
def test_who_is_refused_a_stream_is_counted_as_everybody_is(cast: Cast, planner: Client, settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]

    async def story(live: LiveStream) -> None:
        for _time in range(2):
            await ask(live, scope(cookie="sessionid=forged") | {"client": ("192.0.2.7", 4000)})
        await ask(live, scope(x_forwarded_for="192.0.2.9") | {"client": ("10.1.2.3", 4000)})
        await ask(live, scope(planner, origin="https://evil.example") | {"client": ("192.0.2.7", 4000)})
        await ask(live, scope(path="/stream/secrets") | {"client": ("192.0.2.7", 4000)})
        async with listening(live, planner):
            pass

    run(story)
    seen: dict[tuple[int, str], int] = {}
    for status, method, address, count in refusals():
        assert method == "GET"
        seen[status, address] = seen.get((status, address), 0) + count
    assert seen == {(401, "192.0.2.7"): 2, (401, "192.0.2.9"): 1, (403, "192.0.2.7"): 1}


@pytest.mark.usefixtures("nothing_counted")
def test_whose_post_is_over_is_refused_and_counted(cast: Cast, signed_in: SignIn) -> None:
    clients = [signed_in(who) for who in (cast.stranger, cast.former)]

    async def story(live: LiveStream) -> None:
        for client in clients:
            assert (await ask(live, scope(client))).status == 401

    run(story)
    assert sum(count for status, _method, _address, count in refusals() if status == 401) == 2


def test_a_refusal_that_cannot_be_noted_is_a_refusal(planner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_refused: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(stream, "count_refusal", fails)

    async def story(live: LiveStream) -> None:
        assert (await ask(live, scope())).status == 401

    run(story)
