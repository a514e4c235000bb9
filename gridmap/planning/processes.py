"""Processes that draw side by side. They know no Django, draw what they are given, and stop when they are told."""

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for_end
from multiprocessing.synchronize import Event
from threading import Lock, Thread
from typing import Any, TypeVar

from gridmap.partition import Drawing, draw_community

Item = TypeVar("Item")
#: Seconds between two looks at whether somebody asked to stop.
PATIENCE_S = 0.25

#: In a process that draws: what it is told to stop by.
_told: list[Event] = []


def _begin(stop: Event) -> None:
    """In the new process: know the event that stops it, and do not outlive the one that started it."""
    _told.append(stop)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait_for_end([parent.sentinel])
        os._exit(1)


def _draw(arguments: Mapping[str, Any]) -> Drawing | None:
    """The drawing, its best so far where it is stopped; None where that was before it began."""
    if _asked_to_stop():
        return None
    return draw_community(**arguments, progress=lambda _share, _score: not _asked_to_stop())


def _asked_to_stop() -> bool:
    return any(stop.is_set() for stop in _told)


class Drawers:
    """So many processes, kept between drawings: to start one takes longer than to draw a small community."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._lock = Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._context = get_context("spawn")
        self._stop = self._context.Event()

    def draw(
        self, waiting: Iterator[tuple[Item, Mapping[str, Any]]], go_on: Callable[[], bool]
    ) -> Iterator[tuple[Item, "Future[Drawing | None]"]]:
        """Draw what waits, a few at a time, and give each back as it is ready.

        `go_on` is asked a few times a second. Once it says no, those under way give their best so far and no more are
        begun; where it (or the caller) raises, those under way are ended and lost.
        """
        with self._lock:
            self._stop.clear()
            running: dict[Future[Drawing | None], Item] = {}
            try:
                going = True
                while going or running:
                    if going:
                        going = self._fill(running, waiting)
                    done, _ = wait(running, timeout=PATIENCE_S, return_when=FIRST_COMPLETED)
                    if not self._stop.is_set() and not go_on():
                        going = False
                        self._stop.set()
                    for future in done:
                        yield running.pop(future), future
            finally:
                self._stop.set()
                wait(running)

    def _fill(
        self,
        running: dict["Future[Drawing | None]", Item],
        waiting: Iterator[tuple[Item, Mapping[str, Any]]],
    ) -> bool:
        """Begin as many as there should be under way, one more for each process; False where none waits any more."""
        while len(running) < 2 * self._count:
            item = next(waiting, None)
            if item is None:
                return False
            running[self._submit(item[1])] = item[0]
        return True

    def _submit(self, arguments: Mapping[str, Any]) -> "Future[Drawing | None]":
        try:
            return self._processes().submit(_draw, arguments)
        except BrokenProcessPool:
            self._pool = None
            return self._processes().submit(_draw, arguments)

    def _processes(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._count, self._context, initializer=_begin, initargs=(self._stop,))
        return self._pool
