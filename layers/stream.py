"""The live stream: server-sent events over plain ASGI, in a process of its own.

`GET …/events` with the cookie of a session or a screen. Answers 401 without one that stands, 403 to other sites.
The stream ends within two seconds of the session, the screen or the post; an event `ended` says so. Where only the
areas have changed the browser asks again and is answered by what holds now.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.http.request import split_domain_port, validate_host

from gridmap.accounts.addresses import address_behind
from gridmap.accounts.tickets import Ticket, tickets_in
from gridmap.outbox.services import Place
from gridmap.safety.headers import headers_for
from gridmap.traces.middleware import LONGEST_PATH, REFUSED
from gridmap.traces.strangers import count_refusal
from layers.audience import Listener, listeners_of
from layers.relay import Relay, Stream, mark, resync

log = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

EVENTS = "text/event-stream; charset=utf-8"
#: What the trail calls it; the stream has no route of Django's.
ROUTE = "stream"
HEARTBEAT_S = 15.0
#: What the browser waits before it asks again.
RETRY_MS = 3000


class LiveStream:
    """The ASGI application."""

    def __init__(self, relay: Relay | None = None) -> None:
        self.relay = relay or Relay()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, or the life of the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self.relay.close()
                await send({"type": "lifespan.shutdown.complete"})
                return
            await send({"type": "lifespan.startup.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            status, admitted = await self._admit(scope, headers)
        except DatabaseError:
            status, admitted = 503, None
        cors = _cors(headers) if status != 403 else []
        if admitted is None:
            await self._note(status, scope, headers)
            await _refuse(send, status, cors)
            return
        stream = Stream(*admitted)
        said = headers.get("last-event-id", "")
        since = Place.parse(said)
        if said and since is None:
            stream.put(resync())
        await send({"type": "http.response.start", "status": status, "headers": [*_safe(EVENTS), _NO_BUFFER, *cors]})
        await self._run(stream, since, receive, send)

    async def _admit(self, scope: Scope, headers: dict[str, str]) -> tuple[int, tuple[Listener, Ticket] | None]:
        """The status to answer with, and who will listen where that is 200 on a stream."""
        if scope["method"] != "GET" or not scope["path"].endswith(("/events", "/healthz")):
            return 404, None
        if scope["path"].endswith("/healthz"):
            return 200, None
        if not _from_own_page(headers):
            return 403, None
        tickets = tickets_in(headers.get("cookie", ""))
        found = await self.relay.ask(listeners_of, tickets) if tickets else {}
        ticket = next((one for one in tickets if one in found), None)
        return (200, (found[ticket], ticket)) if ticket else (401, None)

    async def _note(self, status: int, scope: Scope, headers: dict[str, str]) -> None:
        """Write down that somebody was refused: counted, as refusals of who is not signed in are everywhere."""
        if status not in REFUSED:
            return
        peer = (scope.get("client") or ("",))[0]
        address = address_behind(str(peer), headers.get("x-forwarded-for", ""))
        known: dict[str, Any] = {"status": status, "method": scope["method"], "path": scope["path"][:LONGEST_PATH]}
        try:
            await self.relay.ask(partial(count_refusal, route=ROUTE, address=address, **known))
        except DatabaseError:  # refused all the same
            log.exception("a refusal could not be noted")

    async def _run(self, stream: Stream, since: Place | None, receive: Receive, send: Send) -> None:
        await self.relay.join(stream, since)
        watcher = asyncio.create_task(_hang_up(stream, receive))
        try:
            await _body(send, f"retry: {RETRY_MS}\n\n".encode())
            await self._pump(stream, send)
            await _body(send, stream.last_words, more=False)
        except OSError:
            return
        finally:
            self.relay.leave(stream)
            watcher.cancel()

    async def _pump(self, stream: Stream, send: Send) -> None:
        """Send what comes until the stream ends; in silence a heartbeat, which tells the reader's place by the way."""
        ended = asyncio.create_task(stream.ended.wait())
        try:
            while not ended.done():
                coming = asyncio.create_task(stream.next(within_s=HEARTBEAT_S))
                await asyncio.wait([coming, ended], return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    coming.cancel()
                    return
                events = coming.result()
                if events is None and stream.is_behind:
                    continue  # news came as the silence ended: its place must not be told before it
                await _body(send, events or b": still here\n" + mark(self.relay.place))
        finally:
            ended.cancel()


async def _hang_up(stream: Stream, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.ended.set()


def _safe(content_type: str) -> list[tuple[bytes, bytes]]:
    """The headers of every answer of the site, of this media type, never kept."""
    safe = {"content-type": content_type, "cache-control": "private, no-store", **headers_for(content_type)}
    return [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in safe.items()]


_NO_BUFFER = (b"x-accel-buffering", b"no")


async def _body(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _refuse(send: Send, status: int, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    plain = [*_safe("text/plain; charset=utf-8"), (b"content-length", b"0"), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": plain})
    await _body(send, b"", more=False)


def _from_own_page(headers: dict[str, str]) -> bool:
    """Our own pages only: the same host on any port, or an origin that the settings trust."""
    host, _port = split_domain_port(headers.get("host", ""))
    allowed = settings.ALLOWED_HOSTS or [".localhost", "127.0.0.1", "[::1]"]
    if not validate_host(host, allowed):
        return False
    origin = headers.get("origin")
    return origin is None or origin in settings.CSRF_TRUSTED_ORIGINS or _host_of(origin) == host


def _host_of(origin: str) -> str:
    try:
        return split_domain_port(urlsplit(origin).netloc)[0]
    except ValueError:
        return ""


def _cors(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    origin = headers.get("origin")
    if origin is None:
        return []
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]
