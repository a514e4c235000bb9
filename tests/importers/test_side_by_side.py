"""What one import must not do to another, or to areas that are not its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.models import User
from gridmap.jobs.models import Job
from gridmap.jobs.services import cancel
from gridmap.territory.models import Building, Camera, Region
from importers.forms import ReadingForm
from importers.models import ImportRun, StagedRow
from importers.records import RefusedError, StalePlanError
from importers.sentences import sentence
from importers.services import APPLY, CHECK, ask, look
from importers.work import apply_run
from tests.cast import COMMUNITIES, Board, Cast, corner_of
from tests.importers import files
from tests.importers.bringing import brought, cells, counted, dry, homes, quiet, said

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
COMPARED_AGAIN = _(
    "The data changed since the dry run, so the rows were compared again. Look at them and apply once more."
)


def camera_at(community: str, path: Path) -> Path:
    west, south = corner_of(community)
    place = shapely.Point(west + 0.004, south + 0.004)
    return files.geojson(path / "cameras.geojson", [({"编号": "C1", "名称": "东门"}, place)])


def test_the_same_file_checked_anew_replaces_the_earlier_plan(board: Board, tmp_path: Path) -> None:
    first = dry(files.geojson(tmp_path / "homes.geojson", homes(3)))
    dry(files.geojson(tmp_path / "homes.geojson", homes(3)))
    with pytest.raises(RefusedError) as refusal:
        apply_run(first, deactivate=False, report=quiet)
    assert refusal.value.code == "not_checked_yet"
    first.refresh_from_db()
    assert (first.status, first.counts) == (ImportRun.Status.READ, {})
    assert not Building.objects.exists()


def test_a_plan_keeps_its_rows_when_another_file_of_its_source_is_applied_first(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    runs = [
        dry(files.geojson(tmp_path / f"s{households}.geojson", homes(1, 户数=households)), source="s", area="990101")
        for households in (5, 6)
    ]
    ImportRun.objects.update(created_by=cast.planner)
    first, second = runs
    apply_run(second, deactivate=False, report=quiet)
    with pytest.raises(StalePlanError):
        apply_run(first, deactivate=False, report=quiet)
    first.refresh_from_db()
    assert (counted(first), first.stale) == ({"changed": 1}, True)
    assert StagedRow.objects.get(run=first).before == {"households": 6}
    job = Job.objects.create(kind=APPLY, title="x", state=Job.State.FAILED, message=str(COMPARED_AGAIN))
    ImportRun.objects.filter(pk=first.pk).update(job=job)
    page = signed_in(cast.planner).get(reverse("importers:run", args=[first.pk]))
    assert page.content.decode().count(str(COMPARED_AGAIN)) == 1
    apply_run(first, deactivate=False, report=quiet)
    assert Building.objects.get().households == 5


def test_applying_what_is_not_checked_says_so(board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path) -> None:
    run = dry(files.geojson(tmp_path / "homes.geojson", homes(3)), area="990101")
    ImportRun.objects.filter(pk=run.pk).update(created_by=cast.planner, status=ImportRun.Status.READ)
    answer = signed_in(cast.planner).post(reverse("importers:apply", args=[run.pk]), follow=True)
    assert sentence("not_checked_yet") in answer.content.decode()


def test_an_applied_import_stays_applied_when_a_later_one_is_checked(board: Board, tmp_path: Path) -> None:
    first = brought(files.geojson(tmp_path / "homes.geojson", homes(3)))
    dry(files.geojson(tmp_path / "homes.geojson", homes(1)))
    first.refresh_from_db()
    assert first.status == ImportRun.Status.APPLIED
    assert counted(first) == {"created": 3}


def test_no_import_takes_a_camera_out_of_another_area(board: Board, tmp_path: Path) -> None:
    brought(camera_at(COMMUNITIES[3], tmp_path), "cameras")
    run = dry(camera_at(COMMUNITIES[0], tmp_path), "cameras", area=COMMUNITIES[0])
    assert said(run) == {1: [("source_ref", "held_by_another_area")]}
    assert counted(dry(camera_at(COMMUNITIES[3], tmp_path), "cameras", area=COMMUNITIES[3])) == {"same": 1}
    assert counted(dry(camera_at(COMMUNITIES[0], tmp_path), "cameras")) == {"changed": 1}
    assert Camera.objects.count() == 1


def test_no_region_is_made_below_a_parent_of_another_area(board: Board, tmp_path: Path) -> None:
    before = Region.objects.count()
    path = files.geojson(tmp_path / "new.geojson", cells("甲"))
    run = dry(path, "regions", area="990102", parent=board.streets[0].code)
    assert counted(run) == {"refused": 1}
    unknown = dry(path, "regions", area="990102", parent="980203001000", parent_name="东")
    assert (counted(unknown), unknown.above) == ({"refused": 1}, [])
    assert Region.objects.count() == before
    assert counted(dry(path, "regions", area="990101001", parent=board.streets[0].code)) == {"created": 1}


def test_the_form_refuses_a_parent_of_another_area(board: Board, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "new.geojson", cells("甲"))
    run = dry(path, "regions", area="990101001", parent=board.streets[0].code)
    assert "parent" in ReadingForm({"parent": "990101002"}, run=run).errors
    form = ReadingForm({"parent": "990101001"}, run=run)
    assert "parent" not in form.errors
    assert form.cleaned_data["parent"] == board.streets[0].code


STEP_BEFORE = {APPLY: ImportRun.Status.CHECKED, CHECK: ImportRun.Status.READ}


@pytest.mark.parametrize("kind", STEP_BEFORE)
def test_an_import_stopped_in_the_queue_goes_back_a_step(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path, kind: str
) -> None:
    run = dry(files.geojson(tmp_path / "homes.geojson", homes(3)))
    ImportRun.objects.filter(pk=run.pk).update(created_by=cast.planner, area="990101")
    cancel(ask(run, kind, by=cast.planner))
    page = signed_in(cast.planner).get(reverse("importers:run", args=[run.pk]))
    run.refresh_from_db()
    assert run.status == STEP_BEFORE[kind]
    assert page.context["can_apply"] is (kind == APPLY)


def test_deciding_anew_does_not_undo_what_was_applied_meanwhile(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = dry(files.geojson(tmp_path / "homes.geojson", homes(3)))
    ImportRun.objects.filter(pk=run.pk).update(created_by=cast.planner, area="990101")

    def slowly(*arguments: Any, **more: Any) -> None:
        look(*arguments, **more)
        apply_run(ImportRun.objects.get(pk=run.pk), deactivate=False, report=quiet)

    monkeypatch.setattr("importers.views.look", slowly)
    sent = {f"column_{target}": column for target, column in run.mapping.items()}
    signed_in(cast.planner).post(
        reverse("importers:settle", args=[run.pk]), {"layer": run.layer, "encoding": "", "check": "1", **sent}
    )
    run.refresh_from_db()
    assert run.status == ImportRun.Status.APPLIED
    assert not Job.objects.exists()
    assert StagedRow.objects.filter(run=run).count() == 3
