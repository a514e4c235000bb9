"""Processes that draw: told to stop, given up, killed, waited for; nothing to draw."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest
from shapely.geometry import box

from gridmap.partition import NORMAL, QUICK, Drawing, SizeRule, Unit, Weights
from gridmap.planning import processes
from gridmap.planning.processes import CANCELLED, PATIENCE_S, STOPPED, Drawers, Signals

SIDE = 0.01
NAMES = ("甲", "乙", "丙", "丁")


def ground(effort: Any = QUICK, rows: int = 4) -> dict[str, Any]:
    """A square community with `rows` × `rows` buildings of 60 households."""
    step = SIDE / rows
    units = [
        Unit(
            f"{row}-{column}",
            box(x := column * step + step / 4, y := row * step + step / 4, x + step / 3, y + step / 3),
            60,
        )
        for row in range(rows)
        for column in range(rows)
    ]
    usual = {"rule": SizeRule(), "weights": Weights(), "seed": 0, "before": {}, "fixed": (), "curve": False}
    return {"community": box(0, 0, SIDE, SIDE), "units": units, "streets": (), "barriers": (), "effort": effort} | usual


@pytest.fixture(scope="module")
def drawers() -> Iterator[Drawers]:
    found = Drawers(1)
    yield found
    if found._pool:
        found._pool.shutdown(cancel_futures=True)


def fatal() -> dict[str, Any]:
    """What kills the process that reads it, as one that takes too much memory does."""
    return {"community": Killing()}


class Killing:
    def __reduce__(self) -> tuple[Callable[..., None], tuple[int]]:
        return _kill_child, (os.getpid(),)


def _kill_child(parent: int) -> None:
    assert os.getpid() != parent
    os.kill(os.getpid(), signal.SIGKILL)


def test_one_that_kills_its_process_does_not_take_the_others_along(drawers: Drawers) -> None:
    waiting = [("甲", ground()), ("乙", fatal()), ("丙", ground()), ("丁", ground())]
    found = dict(drawers.draw(iter(waiting), lambda: True))
    assert set(found) == set(NAMES)
    assert isinstance(found["乙"].exception(), BrokenProcessPool)
    for name in "甲丙丁":
        drawing = found[name].result()
        assert drawing is not None and not drawing.stopped


def test_one_alone_that_kills_its_process_is_tried_twice_and_the_next_is_drawn(drawers: Drawers) -> None:
    with pytest.raises(BrokenProcessPool):
        drawers.draw_alone(fatal(), lambda *_: True)
    assert sum(grid.households for grid in drawers.draw_alone(ground(), lambda *_: True).grids) == 16 * 60


def test_what_cannot_be_drawn_is_given_back_with_a_look_between(drawers: Drawers) -> None:
    looks: list[int] = []
    found: list[int] = []

    def go_on() -> bool:
        looks.append(len(found))
        return True

    for name, future in drawers.draw(((number, None) for number in range(9)), go_on):
        assert future.result() is None
        found.append(name)
    assert sorted(found) == list(range(9))
    assert len(set(looks)) > 2


def test_the_score_of_one_alone_is_to_be_seen(drawers: Drawers) -> None:
    told: list[tuple[float, float | None]] = []

    def tell(share: float, score: float | None) -> bool:
        told.append((share, score))
        return True

    drawing = drawers.draw_alone(ground(NORMAL, rows=8), tell)
    assert not drawing.stopped
    share, score = told[-1]
    assert 0 < share <= 1
    assert score is not None and score >= 0


def test_one_alone_that_is_stopped_at_once_is_drawn_nevertheless(drawers: Drawers) -> None:
    drawing = drawers.draw_alone(ground(NORMAL, rows=8), lambda *_: False)
    assert drawing.stopped
    assert sum(grid.households for grid in drawing.grids) == 64 * 60


def test_a_cancel_is_not_waited_for_and_the_next_is_not_disturbed(drawers: Drawers) -> None:
    def cancel(*_: Any) -> bool:
        raise InterruptedError

    began = time.monotonic()
    with pytest.raises(InterruptedError):
        drawers.draw_alone(ground(NORMAL, rows=30), cancel)
    assert time.monotonic() - began < 4 * PATIENCE_S
    drawing = drawers.draw_alone(ground(), lambda *_: True)
    assert not drawing.stopped


@pytest.mark.parametrize(("signal_", "outcome"), [(STOPPED, False), (CANCELLED, CancelledError)])
def test_a_drawing_under_way_hears_of_its_own_round_only(
    monkeypatch: pytest.MonkeyPatch, signal_: int, outcome: Any
) -> None:
    signals = Signals([0, 0], [0.0, 0.0])
    monkeypatch.setattr(processes, "_signals", [signals])

    def draw(*, progress: Callable[[float, float | None], bool]) -> Drawing | None:
        signals.rounds[signal_] = 6
        assert progress(0.5, 3.0) is True
        signals.rounds[signal_] = 7
        if outcome is False:
            assert progress(0.6, None) is False
        else:
            with pytest.raises(outcome):
                progress(0.6, None)
        return None

    monkeypatch.setattr(processes, "draw_community", draw)
    processes._draw({}, 7, alone=True)
    assert signals.seen[0] == (0.6 if outcome is False else 0.5)
    assert processes._draw({}, 7, alone=False) is None


@pytest.mark.parametrize("alone", [True, False])
def test_who_waits_for_the_processes_sees_a_cancel(alone: bool) -> None:
    busy = Drawers(1)
    assert busy._lock.acquire(blocking=False)

    def cancel(*_: Any) -> bool:
        raise InterruptedError

    def wait() -> None:
        if alone:
            busy.draw_alone(ground(), cancel)
        else:
            list(busy.draw(iter([("甲", ground())]), cancel))

    seen: list[bool] = []

    def look() -> None:
        try:
            wait()
        except InterruptedError:
            seen.append(True)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(20 * PATIENCE_S)
    assert seen == [True]
    assert busy._lock.locked()


def test_who_waits_and_is_stopped_has_nothing_to_draw() -> None:
    busy = Drawers(1)
    assert busy._lock.acquire(blocking=False)
    assert list(busy.draw(iter([("甲", ground())]), lambda: False)) == []
