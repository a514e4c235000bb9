"""Nothing that is told on the live stream is lost, however often the line is."""

import asyncio
import threading
from functools import partial

import pytest
from django.db import transaction

from gridmap.accounts.tickets import Ticket
from gridmap.outbox.services import announce
from layers import relay
from layers.audience import Listener
from layers.relay import Stream
from layers.stream import LiveStream
from tests.cast import Cast
from tests.layers.stream.listening import SignIn, in_thread, listening, run, write

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_comes_back_hears_what_was_missed_once(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)

    async def story(live: LiveStream) -> None:
        async with listening(live, client) as one:
            await write(lambda: announce(kind="test", reference="before"))
            assert (await one.hear())["reference"] == "before"
            place = one.last_id
        for reference in ("missed 1", "missed 2"):
            await write(partial(announce, kind="test", reference=reference))
        async with listening(live, client, last_event_id=place) as again:
            await write(lambda: announce(kind="test", reference="after"))
            heard = [(await again.hear())["reference"] for _ in range(3)]
            assert heard == ["missed 1", "missed 2", "after"]
            assert await again.silence()

    run(story)


def test_what_commits_late_is_heard_by_who_listens_and_by_who_comes_back(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)
    written, may_commit = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            announce(kind="test", reference="late")
            written.set()
            may_commit.wait(10)

    async def story(live: LiveStream) -> None:
        async with listening(live, client) as one:
            writing = asyncio.create_task(write(late))
            await in_thread(written.wait)()
            await write(lambda: announce(kind="test", reference="early"))
            assert (await one.hear())["reference"] == "early"
            place = one.last_id
            may_commit.set()
            await writing
            assert (await one.hear())["reference"] == "late"
        async with listening(live, client, last_event_id=place) as again:
            assert (await again.hear())["reference"] == "late"
            assert await again.silence()

    run(story)


def test_cut_again_and_again_nothing_is_lost(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)
    everything = [f"{writer}-{index}" for writer in range(4) for index in range(25)]

    def burst(writer: int) -> None:
        for index in range(25):
            announce(kind="test", reference=f"{writer}-{index}")

    async def story(live: LiveStream) -> None:
        heard: list[str] = []
        async with listening(live, client) as one:
            place = one.last_id
        writers = [asyncio.create_task(write(partial(burst, writer))) for writer in range(4)]
        while len(heard) < len(everything):
            async with listening(live, client, last_event_id=place) as one:
                await asyncio.sleep(0.02)
                while not one.events.empty():
                    event, data = one.events.get_nowait()
                    assert event == "news"
                    heard += [data["reference"]] if data["kind"] == "test" else []
                place = one.last_id
        await asyncio.gather(*writers)
        assert sorted(heard) == sorted(everything)

    run(story)


@pytest.mark.parametrize("place", ["812-44", "nonsense", "1;3:3:", "1;9:3:"])
def test_who_comes_back_with_an_unknown_place_is_told_to_begin_afresh(
    cast: Cast, signed_in: SignIn, place: str
) -> None:
    client = signed_in(cast.planner)

    async def story(live: LiveStream) -> None:
        async with listening(live, client, last_event_id=place) as one:
            assert (await one.hear())["event"] == "resync"
            await write(lambda: announce(kind="test", reference="after"))
            assert (await one.hear())["reference"] == "after"

    run(story)


def test_a_slow_reader_is_dropped_and_told_so() -> None:
    async def story() -> None:
        slow = Stream(Listener(1, ("",)), Ticket(False, "x"))
        for index in range(relay.WAITING + 1):
            slow.put(f"id: {index}\n\n".encode())
        assert await slow.next(within_s=1) == relay.resync() + f"id: {relay.WAITING}\n\n".encode()
        assert await slow.next(within_s=0.01) is None

    asyncio.run(story())
