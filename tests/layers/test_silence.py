"""The end of a silence: a heartbeat tells the relay's place, but never before the news that led there."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from gridmap.accounts.tickets import Ticket
from layers.audience import Listener
from layers.relay import Relay, Stream, mark
from layers.stream import LiveStream

NEWS = b"event: news\ndata: {}\n\n"


class NewsAtTheLastMoment(Stream):
    """A stream whose first silence ends just as news comes in."""

    heard = 0

    async def next(self, *, within_s: float) -> bytes | None:
        self.heard += 1
        if self.heard == 1:
            self.put(NEWS)
            return None
        return await super().next(within_s=0.01)


def test_a_heartbeat_does_not_overtake_news() -> None:
    sent: list[bytes] = []

    async def listen() -> None:
        stream = NewsAtTheLastMoment(Listener(1, ("990101",)), Ticket(False, "x"))
        relay = Relay()

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message["body"])
            if len(sent) == 2:
                stream.ended.set()

        await asyncio.wait_for(LiveStream(relay)._pump(stream, send), 5)
        sent.append(mark(relay.place))

    asyncio.run(listen())
    assert sent[0] == NEWS
    assert sent[1] == b": still here\n" + sent[2]
