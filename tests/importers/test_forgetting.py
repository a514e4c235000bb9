"""Uploads and compared rows do not stay for ever."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from gridmap.jobs.models import Job
from gridmap.territory.models import Building
from importers.models import ImportRun, StagedRow
from importers.records import RefusedError
from importers.services import CHECK, Choices, ask, discard, keep, start
from importers.tasks import forget_old_imports
from importers.work import apply_run, check_run
from tests.cast import Board, Cast
from tests.importers import files
from tests.importers.bringing import brought, homes, quiet

pytestmark = pytest.mark.django_db


def uploaded(tmp_path: Path, cast: Cast, name: str = "homes") -> ImportRun:
    """A checked import of an upload by the planner."""
    content = files.geojson(tmp_path / f"{name}.geojson", homes()).read_bytes()
    path, sha256, size = keep(f"{name}.geojson", [content])
    choices = Choices(kind="buildings", source=name)
    run = start(path=path, name=path.name, sha256=sha256, size=size, choices=choices, by=cast.planner)
    return check_run(run, report=quiet)


def age(run: ImportRun, days: int) -> None:
    then = timezone.now() - timedelta(days=days)
    ImportRun.objects.filter(pk=run.pk).update(created_at=then)
    if run.job:
        Job.objects.filter(pk=run.job.pk).update(created_at=then)


def test_the_upload_goes_when_it_is_applied(board: Board, cast: Cast, tmp_path: Path) -> None:
    run = uploaded(tmp_path, cast)
    assert Path(run.path).exists()
    apply_run(run, deactivate=False, report=quiet)
    assert not Path(run.path).exists()
    assert StagedRow.objects.filter(run=run).count() == 3


def test_a_file_of_the_administrators_own_stays(board: Board, tmp_path: Path) -> None:
    run = brought(files.geojson(tmp_path / "homes.geojson", homes()))
    assert Path(run.path).exists()


def test_old_imports_are_forgotten_and_new_ones_kept(
    board: Board, cast: Cast, tmp_path: Path, settings: Settings
) -> None:
    settings.IMPORT_KEEP_DAYS = 10
    applied, left, fresh = (uploaded(tmp_path, cast, name) for name in ("applied", "left", "fresh"))
    apply_run(applied, deactivate=False, report=quiet)
    age(applied, 11)
    age(left, 11)
    age(fresh, 9)
    assert forget_old_imports(timestamp=0) == 2
    assert set(ImportRun.objects.values_list("source", flat=True)) == {"applied", "fresh"}
    assert set(StagedRow.objects.values_list("run__source", flat=True)) == {"fresh"}
    assert not Path(left.path).exists()
    assert Path(fresh.path).exists()
    assert Building.objects.count() == 3
    assert forget_old_imports(timestamp=0) == 0


def test_an_old_import_that_a_job_is_working_on_is_left_alone(board: Board, cast: Cast, tmp_path: Path) -> None:
    run = uploaded(tmp_path, cast)
    job = ask(run, CHECK, by=cast.planner)
    age(run, 100)
    assert forget_old_imports(timestamp=0) == 0
    assert Path(run.path).exists()
    Job.objects.filter(pk=job.pk).update(state=Job.State.SUCCEEDED)
    assert forget_old_imports(timestamp=0) == 1


def test_an_import_looked_into_again_lately_is_not_old(board: Board, cast: Cast, tmp_path: Path) -> None:
    run = uploaded(tmp_path, cast)
    job = ask(run, CHECK, by=cast.planner)
    age(run, 100)
    Job.objects.filter(pk=job.pk).update(state=Job.State.SUCCEEDED, created_at=timezone.now())
    assert forget_old_imports(timestamp=0) == 0


def test_uploads_that_belong_to_no_import_are_forgotten(board: Board, cast: Cast, tmp_path: Path) -> None:
    stray, young = (keep("x.csv", [b"a,b"])[0] for _ in range(2))
    long_ago = (timezone.now() - timedelta(days=40)).timestamp()
    os.utime(stray, (long_ago, long_ago))
    held = uploaded(tmp_path, cast)
    os.utime(held.path, (long_ago, long_ago))
    forget_old_imports(timestamp=0)
    assert not stray.exists()
    assert young.exists()
    assert Path(held.path).exists()


def test_a_person_has_only_so_many_open_imports(
    board: Board, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importers.services.MOST_OPEN", 2)
    first, _second = uploaded(tmp_path, cast, "one"), uploaded(tmp_path, cast, "two")
    with pytest.raises(RefusedError, match="too_many_open"):
        uploaded(tmp_path, cast, "three")
    brought(files.geojson(tmp_path / "command.geojson", homes()))
    apply_run(first, deactivate=False, report=quiet)
    third = uploaded(tmp_path, cast, "three")
    discard(third)
    uploaded(tmp_path, cast, "four")
