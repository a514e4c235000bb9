"""One relay per process: reads settled news and layer revisions and hands them to all open streams."""

import asyncio
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import close_old_connections
from django.utils import timezone

from gridmap.accounts.tickets import Ticket
from gridmap.outbox.services import Line, Place, Reading, latest_place, read_after
from gridmap.territory.models import LayerRevision
from layers.audience import Item, Listener, area_of, listeners_of, owners_of
from layers.revisions import for_viewer, numbers

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

POLL_S = 0.1
#: A right that has ended ends its streams within this time and that of one look, however it ended.
LOOK_S = 1.0
#: Layers change in bursts (an import commits often); pages need not redraw more often than this.
LAYERS_EVERY = 5
AFTER_TROUBLE_S = 2.0
#: News a stream may have waiting; a slower reader is told to fetch everything afresh.
WAITING = 256
#: News read at once; of more at a time pages had better fetch everything afresh.
MOST_LINES = 1000


class Stream:
    """What one listener has not been sent yet. `last_words` are said when the stream ends because the right has."""

    def __init__(self, listener: Listener, ticket: Ticket) -> None:
        self.listener = listener
        self.ticket = ticket
        self.ended = asyncio.Event()
        self.last_words = b""
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(WAITING)

    def put(self, event: bytes) -> None:
        """Add an event; a full queue is dropped, and the reader told to begin afresh."""
        try:
            self._waiting.put_nowait(event)
        except asyncio.QueueFull:
            while not self._waiting.empty():
                self._waiting.get_nowait()
            self._waiting.put_nowait(resync())
            self._waiting.put_nowait(event)

    @property
    def is_behind(self) -> bool:
        """Whether anything waits to be sent."""
        return not self._waiting.empty()

    async def next(self, *, within_s: float) -> bytes | None:
        """All events waiting, in one piece; None where none comes in time."""
        try:
            first = await asyncio.wait_for(self._waiting.get(), within_s)
        except TimeoutError:
            return None
        rest = [self._waiting.get_nowait() for _ in range(self._waiting.qsize())]
        return b"".join([first, *rest])


def encode(*, kind: str, reference: str = "", area: str = "", data: Any = None, event: str = "news") -> bytes:
    """One server-sent event."""
    body = json.dumps({"kind": kind, "reference": reference, "area": area, "data": data}, ensure_ascii=False)
    return f"event: {event}\ndata: {body}\n\n".encode()


def resync() -> bytes:
    """Tells a page that it has missed news and must fetch what it shows."""
    return encode(kind="resync", data={}, event="resync")


def farewell() -> bytes:
    """Tells a page that its session or its screen's link has ended, so that it shows nothing any more."""
    return encode(kind="ended", data={}, event="ended")


def as_items(lines: list[Line]) -> list[Item]:
    """News as events with their audience, encoded once for all streams."""
    owners = owners_of(lines)
    items = []
    for line in lines:
        # A job that is gone, or that nobody started, is nobody's news.
        person = (owners.get(line.reference) or 0) if line.kind == "job" else None
        event = encode(kind=line.kind, reference=line.reference, area=line.area, data=line.data)
        items.append(Item(event, area_of(line), person))
    return items


def mark(place: Place) -> bytes:
    """An event without data: the browser takes over its id and tells nobody.

    It follows a batch as a whole, so whoever loses the line inside one is told that batch again, and nothing is missed.
    """
    return f"id: {place}\n\n".encode()


def layer_events(changed: dict[str, str], listener: Listener) -> list[bytes]:
    """The news of changed tile sets for one listener: `data.revision` is what its tiles' address needs."""
    return [
        encode(kind="layer", reference=name, data={"revision": revision})
        for name, revision in for_viewer(changed, listener.areas).items()
    ]


class Relay:
    """Polls while anyone listens. All database work runs in one thread with one connection."""

    def __init__(self) -> None:
        self._present: set[Stream] = set()
        self._hearing: set[Stream] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="relay")
        self._beginning = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._place = Place(0, "1:1:")
        self._layers: dict[str, str] = {}

    async def ask(self, question: Callable[..., Answer], *arguments: Any) -> Answer:
        """Run a database question in the relay's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _fresh, question, *arguments)

    @property
    def place(self) -> Place:
        """Up to where every hearing stream has been told."""
        return self._place

    async def join(self, stream: Stream, since: Place | None) -> None:
        """Add a stream: first what it missed since `since`, then the present layers and everything new, each once."""
        self._present.add(stream)
        await self._begin()
        while since is not None and since.snapshot != self._place.snapshot:
            until = self._place
            self._tell(stream, *await self.ask(_read, since, until))
            since = until
        # Nothing awaits between that comparison and here, so nothing is told to the others between.
        self._hearing.add(stream)
        for event in layer_events(self._layers, stream.listener):
            stream.put(event)
        stream.put(mark(self._place))

    def leave(self, stream: Stream) -> None:
        """Take a stream away; the last one stops the polling."""
        self._present.discard(stream)
        self._hearing.discard(stream)
        if not self._present and self._task:
            self._task.cancel()
            self._task = None

    def close(self) -> None:
        """End all streams and the polling."""
        for stream in list(self._present):
            stream.ended.set()
            self.leave(stream)
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _begin(self) -> None:
        """Start polling from now, unless it runs already."""
        async with self._beginning:
            if self._task is None:
                self._place = await self.ask(_present_place)
                self._layers = await self.ask(_layer_numbers)
                self._task = asyncio.create_task(self._poll())

    @staticmethod
    def _tell(stream: Stream, reading: Reading, items: list[Item]) -> None:
        if not reading.complete:
            stream.put(resync())
        concerning = [item.event for item in items if item.concerns(stream.listener)]
        if concerning or not reading.complete:
            stream.put(b"".join([*concerning, mark(reading.place)]))

    async def _poll(self) -> None:
        turn = 0
        clock = asyncio.get_running_loop().time
        looked = clock()
        while True:
            try:
                if clock() - looked >= LOOK_S:
                    looked = clock()
                    await self._look_again()
                await self._deliver()
                if turn % LAYERS_EVERY == 0:
                    await self._deliver_layers()
                turn += 1
                await asyncio.sleep(POLL_S)
            except Exception:
                log.exception("the relay could not read; it tries again")
                await asyncio.sleep(AFTER_TROUBLE_S)

    async def _look_again(self) -> None:
        """End the streams whose listeners are not who they were; those who still may listen come back by themselves."""
        streams = list(self._present)
        found = await self.ask(listeners_of, {stream.ticket for stream in streams})
        for stream in streams:
            now = found.get(stream.ticket)
            if now == stream.listener:
                continue
            stream.last_words = b"" if now else farewell()
            stream.ended.set()

    async def _deliver(self) -> None:
        reading, items = await self.ask(_read, self._place)
        self._place = reading.place
        if items or not reading.complete:
            for stream in self._hearing:
                self._tell(stream, reading, items)

    async def _deliver_layers(self) -> None:
        layers = await self.ask(_layer_numbers)
        changed = {name: number for name, number in layers.items() if self._layers.get(name) != number}
        self._layers = layers
        if changed:
            for stream in self._hearing:
                for event in layer_events(changed, stream.listener):
                    stream.put(event)


def _fresh(question: Callable[..., Answer], *arguments: Any) -> Answer:
    close_old_connections()
    return question(*arguments)


def _read(place: Place, until: Place | None = None) -> tuple[Reading, list[Item]]:
    reading = read_after(place, now=timezone.now(), until=until, limit=MOST_LINES)
    return reading, as_items(reading.lines)


def _present_place() -> Place:
    return latest_place(timezone.now())


def _layer_numbers() -> dict[str, str]:
    return numbers(dict(LayerRevision.objects.values_list("layer", "number")))
