"""An import and an adoption at the same moment: one after the other, and neither is ended by the database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from gridmap.partition import SizeRule
from gridmap.planning.refusals import StalePlanError
from gridmap.planning.services import adopt_plan, draw_plan
from gridmap.planning.terms import Terms
from gridmap.territory.models import Building, Grid
from importers import apply
from importers.models import ImportRun
from importers.work import apply_run
from tests.cast import Board
from tests.gridmap.planning.conftest import populate
from tests.importers import files
from tests.importers.bringing import dry, homes, quiet

pytestmark = pytest.mark.django_db(transaction=True)
#: Long enough for the other side to reach its first lock.
HEAD_START_S = 0.7


def beside(act: Callable[[], object]) -> tuple[threading.Thread, list[BaseException]]:
    """`act` in a thread with a connection of its own, and what it raised."""
    raised: list[BaseException] = []

    def work() -> None:
        try:
            act()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread, raised


def test_an_adoption_waits_for_an_import_and_then_says_that_the_ground_has_changed(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    populate(board.communities[0])
    plan = draw_plan(community=board.communities[0], terms=Terms(SizeRule()), by=None)
    run = dry(files.geojson(tmp_path / "homes.geojson", homes(3)))
    write, others = apply._write, []

    def write_late(*arguments: Any) -> None:
        others.append(beside(lambda: adopt_plan(plan=plan, by=None, at=timezone.now())))
        others[0][0].join(HEAD_START_S)
        write(*arguments)

    monkeypatch.setattr(apply, "_write", write_late)
    apply_run(run, deactivate=False, report=quiet)
    ((adoption, raised),) = others
    adoption.join(20)
    assert [type(error) for error in raised] == [StalePlanError]
    assert Building.objects.filter(source="homes", community=board.communities[0]).count() == 3
    assert not Grid.objects.exists()
    run.refresh_from_db()
    assert run.status == ImportRun.Status.APPLIED
