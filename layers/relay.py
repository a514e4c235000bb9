"""One relay per process: reads settled news and layer revisions and hands them to all open streams."""

import asyncio
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import close_old_connections

from gridmap.outbox.models import News
from gridmap.outbox.services import Place, latest_place, read_after
from gridmap.territory.models import LayerRevision
from layers.audience import Item, Listener, area_of, owners_of
from layers.revisions import SCOPED, numbers, scope_of

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

POLL_S = 0.1
#: Layers change in bursts (an import commits often); pages need not redraw more often than this.
LAYERS_EVERY = 5
AFTER_TROUBLE_S = 2.0
#: News a stream may have waiting; a slower reader is told to fetch everything afresh.
WAITING = 256
BATCH = 500


class Stream:
    """What one listener has not been sent yet."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.ended = asyncio.Event()
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

    async def next(self, *, within_s: float) -> bytes | None:
        """All events waiting, in one piece; None where none comes in time."""
        try:
            first = await asyncio.wait_for(self._waiting.get(), within_s)
        except TimeoutError:
            return None
        rest = [self._waiting.get_nowait() for _ in range(self._waiting.qsize())]
        return b"".join([first, *rest])


def encode(
    *, kind: str, reference: str = "", area: str = "", data: Any = None, place: Place | None = None, event: str = "news"
) -> bytes:
    """One server-sent event; without a place it leaves the reader's place as it is."""
    body = json.dumps({"kind": kind, "reference": reference, "area": area, "data": data}, ensure_ascii=False)
    head = f"id: {place}\n" if place else ""
    return f"{head}event: {event}\ndata: {body}\n\n".encode()


def resync(place: Place | None = None) -> bytes:
    """Tells a page that it has missed news and must fetch what it shows."""
    return encode(kind="resync", data={}, place=place, event="resync")


def as_items(news: list[News]) -> list[tuple[Place, Item]]:
    """News as events with their audience, encoded once for all streams."""
    owners = owners_of(news)
    items = []
    for row in news:
        place = Place(row.transaction, row.pk)
        event = encode(kind=row.kind, reference=row.reference, area=row.area, data=row.data, place=place)
        # A job that is gone, or that nobody started, is nobody's news.
        person = (owners.get(row.reference) or 0) if row.kind == "job" else None
        items.append((place, Item(event, area_of(row), person)))
    return items


def layer_events(changed: dict[str, str], listener: Listener) -> list[bytes]:
    """The news of changed tile sets for one listener: `data.revision` is what its tiles' address needs."""
    scope = scope_of(listener.areas)
    return [
        encode(kind="layer", reference=name, data={"revision": f"{number}-{scope}" if name in SCOPED else number})
        for name, number in changed.items()
    ]


class Relay:
    """Polls while anyone listens. All database work runs in one thread with one connection."""

    def __init__(self) -> None:
        self._present: set[Stream] = set()
        self._hearing: set[Stream] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="relay")
        self._beginning = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._place = Place(0, 0)
        self._layers: dict[str, str] = {}

    async def ask(self, question: Callable[..., Answer], *arguments: Any) -> Answer:
        """Run a database question in the relay's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _fresh, question, *arguments)

    async def join(self, stream: Stream, since: Place | None) -> None:
        """Add a stream: first what it missed since `since`, then the present layers and everything new, each once."""
        self._present.add(stream)
        await self._begin()
        while since is not None and since < self._place:
            since = await self._catch_up(stream, since, self._place)
        # Nothing awaits between the last comparison and here, so nothing is delivered between.
        self._hearing.add(stream)
        for event in layer_events(self._layers, stream.listener):
            stream.put(event)

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
                self._place = await self.ask(latest_place)
                self._layers = await self.ask(_layer_numbers)
                self._task = asyncio.create_task(self._poll())

    async def _catch_up(self, stream: Stream, since: Place, until: Place) -> Place:
        """Hand over what was missed after `since` and up to `until`; returns how far that went."""
        if await self.ask(_forgotten, since):
            stream.put(resync(until))
            return until
        items = await self.ask(_read_items, since)
        for place, item in items:
            if place <= until and item.concerns(stream.listener):
                stream.put(item.event)
        return min(items[-1][0], until) if len(items) == BATCH else until

    async def _poll(self) -> None:
        turn = 0
        while True:
            try:
                await self._deliver()
                if turn % LAYERS_EVERY == 0:
                    await self._deliver_layers()
                turn += 1
                await asyncio.sleep(POLL_S)
            except Exception:
                log.exception("the relay could not read; it tries again")
                await asyncio.sleep(AFTER_TROUBLE_S)

    async def _deliver(self) -> None:
        items = await self.ask(_read_items, self._place)
        for place, item in items:
            self._place = place
            for stream in self._hearing:
                if item.concerns(stream.listener):
                    stream.put(item.event)

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


def _read_items(place: Place) -> list[tuple[Place, Item]]:
    return as_items(read_after(place, limit=BATCH))


def _layer_numbers() -> dict[str, str]:
    return numbers(dict(LayerRevision.objects.values_list("layer", "number")))


def _forgotten(place: Place) -> bool:
    """Whether news after `place` may have been pruned already: nothing as old is kept any more."""
    oldest = News.objects.order_by("transaction", "id").values_list("transaction", "id").first()
    return oldest is None or Place(*oldest) > place
