"""The live stream: who may listen, what they hear, that nothing is lost, and when it ends."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gridmap.accounts.devices import register, revoke
from gridmap.accounts.models import SignedIn, User
from gridmap.accounts.roles import Role
from gridmap.accounts.sessions import Ended, end_all
from gridmap.accounts.tickets import Ticket
from gridmap.jobs.models import Job
from gridmap.outbox.services import announce, read_after
from gridmap.territory.models import Building, Grid
from layers import relay, stream
from layers.audience import Item, Listener, listeners_of
from layers.relay import Relay, Stream
from layers.stream import LiveStream
from tests.cast import COMMUNITIES, Cast
from tests.layers.places import revision_for

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "POLL_S", 0.01)
    monkeypatch.setattr(relay, "LOOK_S", 0.1)


@pytest.fixture
def planner(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast.planner)


def run(story: Callable[[LiveStream], Coroutine[Any, Any, None]]) -> None:
    """Play a story on a stream process of its own."""

    async def play() -> None:
        live = LiveStream()
        try:
            await asyncio.wait_for(story(live), 20)
        finally:
            await live.relay.ask(connections.close_all)
            live.relay.close()

    asyncio.run(play())


in_thread = sync_to_async(thread_sensitive=False)


def write(action: Callable[[], Any]) -> Coroutine[Any, Any, Any]:
    """Do something to the database in a thread of its own."""

    def act() -> Any:
        try:
            return action()
        finally:
            connection.close()

    return in_thread(act)()


class Listening:
    """One open stream, as a browser sees it."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.last_id = ""
        self.ended = asyncio.Event()
        self.events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self.raw = b""
        self.gone = asyncio.Event()

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        self.raw += message["body"]
        while b"\n\n" in self.raw:
            block, self.raw = self.raw.split(b"\n\n", 1)
            self._take(block.decode())
        if not message.get("more_body"):
            self.ended.set()

    def _take(self, block: str) -> None:
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        self.last_id = fields.get("id", self.last_id)
        if "data" in fields:
            self.events.put_nowait((fields["event"], json.loads(fields["data"])))

    async def receive(self) -> dict[str, str]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def hear(self, *, kind: str = "news", within_s: float = 10) -> dict[str, Any]:
        """The next event that is not about layers (or is, where asked for)."""
        while True:
            event, data = await asyncio.wait_for(self.events.get(), within_s)
            if (data["kind"] == "layer") == (kind == "layer"):
                return data | {"event": event}

    async def silence(self, for_s: float = 0.3) -> bool:
        try:
            await self.hear(within_s=for_s)
        except TimeoutError:
            return True
        return False


def scope(client: Client | None = None, *, path: str = "/stream/events", method: str = "GET", **headers: str) -> Any:
    """An ASGI request with the client's session."""
    sent = {"host": "127.0.0.1:8001", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if client:
        sent.setdefault("cookie", f"sessionid={client.cookies['sessionid'].value}")
    raw = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
    return {"type": "http", "method": method, "path": path, "query_string": b"", "headers": raw}


@asynccontextmanager
async def listening(live: LiveStream, client: Client, **headers: str) -> AsyncIterator[Listening]:
    """A stream that has begun, hung up at the end."""
    one = Listening()
    task = asyncio.create_task(live(scope(client, **headers), one.receive, one.send))
    while not one.last_id and not one.ended.is_set():
        await asyncio.sleep(0.005)
    try:
        yield one
    finally:
        one.gone.set()
        await asyncio.wait_for(task, 5)


async def ask(live: LiveStream, request: Any) -> Listening:
    """The answer to a request that gets no stream."""
    one = Listening()
    await asyncio.wait_for(live(request, one.receive, one.send), 5)
    return one


# --- who may listen ---------------------------------------------------------------------------------------------------
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


# --- what they hear ---------------------------------------------------------------------------------------------------
def test_news_reaches_those_above_below_and_at_its_area(cast: Cast, signed_in: SignIn) -> None:
    clients = {part: signed_in(getattr(cast, part)) for part in ("planner", "officer", "worker", "administrator")}

    async def story(live: LiveStream) -> None:
        for area, hear in (
            ("990101001001", {"planner", "officer", "worker", "administrator"}),
            ("990101001000", {"planner", "officer", "worker", "administrator"}),
            ("990101001001002", {"planner", "officer", "administrator"}),
            ("990101002001", {"planner", "administrator"}),
            ("110105", {"administrator"}),
        ):
            heard = set()
            for part, client in clients.items():
                async with listening(live, client) as one:
                    await write(partial(announce, kind="test", reference="x", area=area, data={"n": 1}))
                    await write(lambda: announce(kind="test", reference="end"))
                    first = await one.hear()
                    if first["reference"] == "x":
                        assert first["data"] == {"n": 1}
                        heard.add(part)
            assert heard == hear, area

    run(story)


def test_news_of_a_job_is_its_owners_alone(cast: Cast, signed_in: SignIn) -> None:
    planner, boss = signed_in(cast.planner), signed_in(cast.administrator)

    async def story(live: LiveStream) -> None:
        async with listening(live, planner) as own, listening(live, boss) as other:
            job = await write(lambda: Job.objects.create(kind="x", title="x", created_by=cast.planner))
            await write(lambda: announce(kind="job", reference=str(job.pk), data={"state": "succeeded"}))
            assert (await own.hear())["data"] == {"state": "succeeded"}
            assert await other.silence()

    run(story)


def test_a_changed_layer_is_told_with_the_revision_of_its_tiles(
    grids: list[Grid], cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(cast.officer)

    async def story(live: LiveStream) -> None:
        async with listening(live, client) as one:
            begin = [await one.hear(kind="layer") for _ in range(4)]
            assert {row["reference"] for row in begin} == {"ground", "areas", "things", "people"}
            await write(lambda: Building.objects.update(number="7号"))
            both = [await one.hear(kind="layer") for _ in range(2)]  # buildings are drawn in two sets
            assert {row["reference"]: row["data"]["revision"] for row in both} == {
                name: await write(partial(revision_for, cast.officer, name)) for name in ("ground", "people")
            }
            await write(lambda: Grid.objects.filter(code__startswith=COMMUNITIES[0]).update(name="甲"))
            told = await one.hear(kind="layer")
            assert told["data"] == {"revision": await write(lambda: revision_for(cast.officer, "areas"))}

    run(story)


# --- nothing is lost --------------------------------------------------------------------------------------------------
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


# --- when it ends -----------------------------------------------------------------------------------------------------
def changed_password(person: User) -> None:
    person.set_password("another one altogether")
    person.save()


AN_HOUR = timedelta(hours=1, minutes=1)
#: What ends a session, with whatever statement it is done: nobody has to tell the streams.
ENDS: dict[str, Callable[[User], Any]] = {
    "signed out": lambda _person: Session.objects.all().delete(),
    "signed out elsewhere": lambda person: end_all(person, Ended.SIGNED_OUT, at=timezone.now()),
    "expired": lambda _person: Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1)),
    "idle": lambda _person: SignedIn.objects.update(seen_at=timezone.now() - AN_HOUR),
    "too long": lambda _person: SignedIn.objects.update(began_at=timezone.now() - timedelta(hours=13)),
    "switched off": lambda person: User.objects.filter(pk=person.pk).update(is_active=False),
    "password changed": changed_password,
    "post over": lambda person: person.posts.update(ends_on=timezone.localdate() - timedelta(days=1)),
    "post ended early": lambda person: person.posts.update(ended_at=timezone.now()),
    "post not begun": lambda person: person.posts.update(starts_on=timezone.localdate() + timedelta(days=1)),
    "post deleted": lambda person: person.posts.all().delete(),
    "second factor asked for": lambda person: (
        SignedIn.objects.update(second_factor_at=None),
        person.posts.update(role=Role.AUDITOR),
    ),
}


@pytest.mark.parametrize("end", ENDS)
def test_the_stream_ends_with_the_session_and_the_post_and_says_so(cast: Cast, signed_in: SignIn, end: str) -> None:
    client = signed_in(cast.planner)

    async def story(live: LiveStream) -> None:
        async with listening(live, client) as one:
            await asyncio.sleep(0.3)
            assert not one.ended.is_set()
            await write(lambda: ENDS[end](cast.planner))
            await asyncio.wait_for(one.ended.wait(), 3)
            assert (await one.hear())["event"] == "ended"
        assert (await ask(live, scope(client))).status == 401

    run(story)


def test_with_another_area_the_stream_is_asked_for_again_and_hears_the_new_one(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)

    async def story(live: LiveStream) -> None:
        async with listening(live, client) as one:
            await write(lambda: cast.planner.posts.update(area="990101002"))
            await asyncio.wait_for(one.ended.wait(), 3)
            assert await one.silence(0.05)
        async with listening(live, client, last_event_id=one.last_id) as again:
            await write(lambda: announce(kind="test", reference="former", area="990101001001"))
            await write(lambda: announce(kind="test", reference="present", area="990101002001"))
            assert (await again.hear())["reference"] == "present"

    run(story)


def test_a_right_that_ends_ends_the_stream_within_two_seconds(
    cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "LOOK_S", 1.0)
    monkeypatch.setattr(relay, "POLL_S", 0.1)
    clients = [signed_in(who) for who in (cast.planner, cast.officer, cast.worker)]

    async def story(live: LiveStream) -> None:
        for client, who in zip(clients, (cast.planner, cast.officer, cast.worker), strict=True):
            async with listening(live, client) as one:
                await write(partial(who.posts.update, ended_at=timezone.now()))
                began = time.monotonic()
                await asyncio.wait_for(one.ended.wait(), 5)
                assert time.monotonic() - began < 2

    run(story)


def test_a_screen_listens_to_its_area_until_it_is_revoked(cast: Cast) -> None:
    device, token = register(name="大厅", area="990101001", by=cast.administrator, now=timezone.now())

    async def story(live: LiveStream) -> None:
        assert (await ask(live, scope(cookie=f"screen={token[:-1]}"))).status == 401
        request = scope(cookie=f"screen={token}")
        one = Listening()
        task = asyncio.create_task(live(request, one.receive, one.send))
        await asyncio.sleep(0.2)
        await write(lambda: announce(kind="test", reference="elsewhere", area="990101002001"))
        await write(lambda: announce(kind="test", reference="here", area="990101001001"))
        assert (await one.hear())["reference"] == "here"
        await write(device.refresh_from_db)
        assert device.last_seen_at is not None
        await write(lambda: revoke(device=device, now=timezone.now()))
        await asyncio.wait_for(one.ended.wait(), 3)
        assert (await one.hear())["event"] == "ended"
        assert (await ask(live, request)).status == 401
        await task

    run(story)


def test_a_hundred_streams_are_looked_at_in_a_few_statements(cast: Cast, signed_in: SignIn) -> None:
    tickets = [
        Ticket(False, signed_in(who).cookies["sessionid"].value)
        for who in (cast.planner, cast.officer, cast.worker, cast.approver, cast.stranger)
        for _ in range(4)
    ]
    with CaptureQueriesContext(connection) as statements:
        found = listeners_of(tickets)
    assert len(found) == 16
    assert len(statements) <= 4


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


@pytest.mark.parametrize(
    ("area", "areas", "concerned"),
    [("", ("990101",), True), ("990101", ("",), True), ("990101", (), False), ("990102", ("990101",), False)],
)
def test_an_area_concerns(area: str, areas: tuple[str, ...], concerned: bool) -> None:
    assert Item(b"", area).concerns(Listener(1, areas)) is concerned
