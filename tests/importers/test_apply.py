"""Writing a plan: in batches that can be watched and stopped, inside one transaction."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridmap.jobs.progress import JobCancelledError
from gridmap.territory.models import Building
from importers import apply as applying
from importers.models import ImportRun
from importers.work import apply_run
from tests.cast import Board
from tests.importers import files
from tests.importers.bringing import brought, counted, dry, homes, quiet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "BATCH_ROWS", 2)


def test_the_bar_moves_while_rows_are_written(board: Board, tmp_path: Path) -> None:
    seen: list[float] = []
    apply_run(dry(files.geojson(tmp_path / "homes.geojson", homes(5))), deactivate=False, report=seen.append)
    assert seen == sorted(seen)
    assert [round(share, 2) for share in seen] == [0.32, 0.64, 0.8, 1.0]
    assert Building.objects.count() == 5
    assert list(Building.objects.order_by("pk").values_list("source_ref", flat=True)) == [f"B{n}" for n in range(5)]


def test_stopping_between_two_batches_leaves_nothing(board: Board, tmp_path: Path) -> None:
    run = dry(files.geojson(tmp_path / "homes.geojson", homes(5)))
    there: list[int] = []

    def stop(_share: float) -> None:
        there.append(Building.objects.count())
        if len(there) == 2:
            raise JobCancelledError

    with pytest.raises(JobCancelledError):
        apply_run(run, deactivate=False, report=stop)
    assert there == [2, 4]
    assert not Building.objects.exists()
    run.refresh_from_db()
    assert run.status == ImportRun.Status.CHECKED
    assert apply_run(run, deactivate=False, report=quiet)["created"] == 5
    assert Building.objects.count() == 5


def test_new_changed_and_missing_rows_are_written_whatever_batch_they_are_in(board: Board, tmp_path: Path) -> None:
    brought(files.geojson(tmp_path / "homes.geojson", homes(7)))
    data = homes(9)
    for fields, _shape in data[3:6]:
        fields["户数"] = 77
    run = dry(files.geojson(tmp_path / "homes.geojson", data[2:]))
    assert counted(run) == {"created": 2, "changed": 3, "same": 2, "missing": 2}
    assert apply_run(run, deactivate=True, report=quiet)["deactivated"] == 2
    active = dict(Building.objects.active().values_list("source_ref", "households"))
    assert active == {"B2": 30, "B3": 77, "B4": 77, "B5": 77, "B6": 70, "B7": 80, "B8": 90}


def test_a_second_plan_beside_it_is_not_written(board: Board, tmp_path: Path) -> None:
    first = dry(files.geojson(tmp_path / "first.geojson", homes(3)))
    dry(files.geojson(tmp_path / "second.geojson", homes(4)))
    apply_run(first, deactivate=False, report=quiet)
    assert set(Building.objects.values_list("source", flat=True)) == {"first"}
    assert Building.objects.count() == 3
