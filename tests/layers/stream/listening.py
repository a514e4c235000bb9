"""Streams as a browser sees them, played on a stream process of their own."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.test import Client

from gridmap.accounts.models import User
from layers.stream import LiveStream

SignIn = Callable[[User], Client]


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
