"""Processes that draw side by side. They know no Django, draw what they are given, and stop when they are told."""

import math
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for_end
from threading import Lock, Thread
from typing import Any, Generic, NamedTuple, TypeVar, cast

from gridmap.partition import Drawing, draw_community

Item = TypeVar("Item")
Arguments = Mapping[str, Any]
#: Seconds between two looks at whether somebody asked to stop.
PATIENCE_S = 0.25


class Signals(NamedTuple):
    """Memory that all processes see. No lock guards it: one that is killed while it holds a lock would hold up all.

    Rounds are numbered upwards, so nobody need wait until all have seen that one was stopped before the next begins.
    """

    #: The last round that was to stop with its best so far, and the last that was to be given up.
    rounds: Any
    #: Share done and score of what is drawn alone.
    seen: Any


STOPPED, CANCELLED = 0, 1
#: In a process that draws: what it is told by.
_signals: list[Signals] = []


def _begin(signals: Signals) -> None:
    """In the new process: know what tells it to stop, and do not outlive the one that started it."""
    _signals.append(signals)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait_for_end([parent.sentinel])
        os._exit(1)


def _draw(arguments: Arguments, number: int, *, alone: bool) -> Drawing | None:
    """The drawing, its best so far where its round is stopped. None where that was before it began, unless `alone`."""
    (signals,) = _signals

    def go_on(share: float, score: float | None) -> bool:
        if signals.rounds[CANCELLED] >= number:
            raise CancelledError
        if alone:
            signals.seen[:] = (share, math.nan if score is None else score)
        return bool(signals.rounds[STOPPED] < number)

    if not alone and max(signals.rounds) >= number:
        return None
    return draw_community(**arguments, progress=go_on)


class _Order(NamedTuple, Generic[Item]):
    """What is under way: whose it is, and what it is drawn from."""

    item: Item
    arguments: Arguments | None


Running = dict["Future[Drawing | None]", _Order[Item]]


class Drawers:
    """So many processes, kept between drawings: to start one takes longer than to draw a small community."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._lock = Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._context = get_context("spawn")
        self._signals = Signals(self._context.RawArray("q", 2), self._context.RawArray("d", 2))
        self._number = 0

    def draw(
        self, waiting: Iterator[tuple[Item, Arguments | None]], go_on: Callable[[], bool]
    ) -> Iterator[tuple[Item, "Future[Drawing | None]"]]:
        """Draw what waits, a few at a time, and give each back as it is ready; at once where there is nothing to draw.

        `go_on` is asked a few times a second, also while others draw here. Once it says no, those under way give their
        best so far and no more are begun; where it (or the caller) raises, those under way are given up and lost.
        Where a process is killed, whatever was under way is drawn again, each alone; which kills again is broken.
        """
        if not self._has_turn(go_on):
            return
        running: Running[Item] = {}
        broken: list[_Order[Item]] = []
        try:
            going = True
            while going or running:
                if going:
                    going = self._fill(running, waiting)
                for order, future in self._ready(running, go_on):
                    if isinstance(future.exception(), BrokenProcessPool):
                        broken.append(order)
                    else:
                        yield order.item, future
                going = going and not self._is_stopped()
            while broken:
                order = broken.pop()
                yield order.item, self._done(order, running, go_on)
        finally:
            self._end_turn(running)

    def draw_alone(self, arguments: Arguments, go_on: Callable[[float, float | None], bool]) -> Drawing:
        """Draw one community; `go_on` is told the share done and the score, and where it says no the best is given.

        Raises `BrokenProcessPool` where the process was killed twice, and what `go_on` raises.
        """

        def look() -> bool:
            share, score = self._signals.seen
            return go_on(share, None if math.isnan(score) else score)

        while not self._has_turn(lambda: go_on(0.0, None)):
            pass
        self._signals.seen[:] = (0.0, math.nan)
        running: Running[None] = {}
        try:
            future = self._done(_Order(None, arguments), running, look, alone=True)
            if isinstance(future.exception(), BrokenProcessPool):
                future = self._done(_Order(None, arguments), running, look, alone=True)
        finally:
            self._end_turn(running)
        return cast(Drawing, future.result())

    def _has_turn(self, go_on: Callable[[], bool]) -> bool:
        """Wait until nobody else draws here; False where `go_on` says no before that."""
        while not self._lock.acquire(timeout=PATIENCE_S):
            if not go_on():
                return False
        self._number += 1
        return True

    def _end_turn(self, running: Running[Item]) -> None:
        """What is still under way is given up; nobody waits until it has seen that."""
        self._signals.rounds[CANCELLED] = self._number
        for future in running:
            future.cancel()
        self._lock.release()

    def _is_stopped(self) -> bool:
        return bool(self._signals.rounds[STOPPED] == self._number)

    def _look(self, go_on: Callable[[], bool]) -> None:
        if not go_on():
            self._signals.rounds[STOPPED] = self._number

    def _ready(
        self, running: Running[Item], go_on: Callable[[], bool]
    ) -> list[tuple[_Order[Item], "Future[Drawing | None]"]]:
        """What is ready after one look at whether to go on."""
        done, _ = wait(running, timeout=PATIENCE_S, return_when=FIRST_COMPLETED)
        self._look(go_on)
        return [(running.pop(future), future) for future in done]

    def _done(
        self, order: _Order[Item], running: Running[Item], go_on: Callable[[], bool], *, alone: bool = False
    ) -> "Future[Drawing | None]":
        """Draw it with nothing beside it."""
        self._look(go_on)
        future = self._submit(order, running, alone=alone)
        while running:
            self._ready(running, go_on)
        return future

    def _fill(self, running: Running[Item], waiting: Iterator[tuple[Item, Arguments | None]]) -> bool:
        """Begin as many as there should be under way, one more for each process; False where none waits any more."""
        while len(running) < 2 * self._count:
            found = next(waiting, None)
            if found is None:
                return False
            self._submit(_Order(*found), running)
        return True

    def _submit(self, order: _Order[Item], running: Running[Item], *, alone: bool = False) -> "Future[Drawing | None]":
        if order.arguments is None:
            future: Future[Drawing | None] = Future()
            future.set_result(None)
        else:
            try:
                future = self._processes().submit(_draw, order.arguments, self._number, alone=alone)
            except BrokenProcessPool:
                self._pool = None
                future = self._processes().submit(_draw, order.arguments, self._number, alone=alone)
        running[future] = order
        return future

    def _processes(self) -> ProcessPoolExecutor:
        if self._pool is None:
            signals = (self._signals,)
            self._pool = ProcessPoolExecutor(self._count, self._context, initializer=_begin, initargs=signals)
        return self._pool
