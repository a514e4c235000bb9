"""The process of the live stream: heartbeats, rest, trouble, beginning and end."""

import asyncio
import threading
from typing import Any

import pytest
from django.db import connections

from gridmap.outbox.services import announce, read_after
from layers import relay, stream
from layers.relay import Relay
from layers.stream import LiveStream
from tests.cast import Cast
from tests.layers.stream.listening import Listening, SignIn, listening, run, scope, write

pytestmark = pytest.mark.django_db(transaction=True)


def test_silence_is_broken_by_heartbeats_that_tell_the_place(
    cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.05)
    client = signed_in(cast.officer)

    async def story(live: LiveStream) -> None:
        async with listening(live, client) as one:
            first = one.last_id
            await write(lambda: announce(kind="test", reference="elsewhere", area="110105"))
            for _ in range(100):
                await asyncio.sleep(0.05)
                if one.last_id != first:
                    break
            assert one.last_id != first
            assert await one.silence(0.05)

    run(story)


def test_the_relay_rests_when_nobody_listens(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)

    async def story(live: LiveStream) -> None:
        async with listening(live, client), listening(live, client):
            assert live.relay._task is not None
        assert live.relay._task is None
        async with listening(live, client) as one:
            await write(lambda: announce(kind="test", reference="again"))
            assert (await one.hear())["reference"] == "again"

    run(story)


def test_the_relay_survives_a_database_that_fails_once(
    cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "AFTER_TROUBLE_S", 0.05)
    client, read, fail = signed_in(cast.planner), read_after, threading.Event()

    def sometimes(*arguments: Any, **named: Any) -> Any:
        if fail.is_set():
            fail.clear()
            raise ConnectionError
        return read(*arguments, **named)

    monkeypatch.setattr(relay, "read_after", sometimes)

    async def story(live: LiveStream) -> None:
        async with listening(live, client) as one:
            fail.set()
            await write(lambda: announce(kind="test", reference="x"))
            assert (await one.hear())["reference"] == "x"

    run(story)


def test_the_process_starts_and_stops(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)

    async def story(live: LiveStream) -> None:
        inbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        said: list[str] = []

        async def say(message: Any) -> None:
            said.append(message["type"])

        life = asyncio.create_task(live({"type": "lifespan"}, inbox.get, say))
        await inbox.put({"type": "lifespan.startup"})
        one = Listening()
        task = asyncio.create_task(live(scope(client), one.receive, one.send))
        while not one.last_id:
            await asyncio.sleep(0.01)
        await live.relay.ask(connections.close_all)
        await inbox.put({"type": "lifespan.shutdown"})
        await asyncio.wait_for(asyncio.gather(life, task), 5)
        assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
        live.relay = Relay()

    run(story)
