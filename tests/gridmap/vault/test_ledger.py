"""Nothing opens without a ledger, and a ledger knows exactly what was opened."""

import asyncio
import json
import threading
from uuid import UUID

import pytest

from gridmap.vault import ledger
from gridmap.vault.ledger import How, Ledger, OutsideDoorError, activate
from gridmap.vault.sealing import open_secret, open_text, seal_text

ROW = UUID(int=5)


def test_outside_a_door_nothing_opens() -> None:
    blob = seal_text("t", "name", ROW, "张三")
    with pytest.raises(OutsideDoorError):
        open_text("t", "name", ROW, blob)
    with pytest.raises(OutsideDoorError):
        ledger.current()
    assert open_secret("t", "name", ROW, blob) == "张三", "the platform's own secrets need no door"


def test_what_was_opened_stands_in_the_ledger() -> None:
    blob = seal_text("t", "name", ROW, "张三")
    with activate(Ledger()) as active:
        assert not active
        assert open_text("t", "name", ROW, blob) == "张三"
        assert open_text("t", "name", ROW, memoryview(blob), How.MASKED) == "张三"  # type: ignore[arg-type]
    assert active.summary() == [{"table": "t", "masked": ["name"], "clear": ["name"], "rows": [str(ROW)]}]


def test_the_opening_is_noted_also_where_it_fails() -> None:
    with activate(Ledger()) as active, pytest.raises(Exception, match="too short"):
        open_text("t", "name", ROW, b"nonsense")
    assert len(active) == 1


def test_rows_of_which_the_same_was_opened_stand_together() -> None:
    active = Ledger()
    for number in range(50):
        active.opened("people", "name", number, How.MASKED)
        active.opened("people", "phone", number, How.MASKED)
        active.opened("people", "phone", number, How.MASKED)
    active.opened("people", "id_number", 7, How.CLEAR)
    active.saw("dwellings", 3)
    active.saw("people", 7)
    summary = active.summary()
    assert json.loads(json.dumps(summary)) == summary
    assert {"table": "people", "masked": ["name", "phone"], "clear": ["id_number"], "rows": ["7"]} in summary
    assert {"table": "dwellings", "masked": [], "clear": [], "rows": ["3"]} in summary
    [others] = [one for one in summary if len(one["rows"]) > 1]
    assert others["rows"] == [str(number) for number in range(50) if number != 7]
    assert len(active) == 51


def test_a_door_inside_a_door_keeps_its_own_list() -> None:
    with activate(Ledger()) as outer:
        ledger.current().saw("t", 1)
        with activate(Ledger()) as inner:
            ledger.current().saw("t", 2)
        ledger.current().saw("t", 3)
    assert [one["rows"] for one in outer.summary()] == [["1", "3"]]
    assert [one["rows"] for one in inner.summary()] == [["2"]]


def test_an_error_closes_the_door() -> None:
    with pytest.raises(ZeroDivisionError), activate(Ledger()):
        raise ZeroDivisionError
    with pytest.raises(OutsideDoorError):
        ledger.current()


def test_another_thread_stands_outside() -> None:
    said: list[str] = []

    def ask() -> None:
        try:
            ledger.current()
        except OutsideDoorError as error:
            said.append(str(error))

    with activate(Ledger()):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert len(said) == 1


def test_two_tasks_keep_their_lists_apart() -> None:
    async def step_in(number: int, meet: asyncio.Barrier) -> Ledger:
        with activate(Ledger()) as active:
            await meet.wait()
            ledger.current().saw("t", number)
            await meet.wait()
        return active

    async def both() -> list[Ledger]:
        meet = asyncio.Barrier(2)
        return list(await asyncio.gather(step_in(1, meet), step_in(2, meet)))

    lists = [one.summary()[0]["rows"] for one in asyncio.run(both())]
    assert lists == [["1"], ["2"]]


def test_what_is_read_after_the_door_has_closed_does_not_open() -> None:
    """A streamed answer would open values when nobody writes them down any more."""
    blob = seal_text("t", "name", ROW, "张三")
    with activate(Ledger()):
        lazily = (open_text("t", "name", ROW, one) for one in [blob])
    with pytest.raises(OutsideDoorError):
        next(lazily)
