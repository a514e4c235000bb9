"""Ending what a list no longer has: only whom somebody looked at, and as they were looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gridmap.population.models import CareTag, Resident
from importers.models import ImportRun
from importers.records import StalePlanError
from importers.work import apply_run
from tests.cast import Board, Cast
from tests.importers.lists.people import brought, counted, dry, estates, inside, number_of, person, quiet, write_csv

pytestmark = pytest.mark.django_db
STAYS, GOES = person(), person("李秀英", 公民身份号码=number_of("19500101", 2))
Look = Callable[..., ImportRun]


@pytest.fixture
def look(board: Board, cast: Cast, tmp_path: Path) -> Look:
    """The dry run of a list that lacks what the one before had."""
    estates(board)

    def looking(before: list[dict[str, Any]], now: list[dict[str, Any]], kind: str, source: str) -> ImportRun:
        brought(write_csv(tmp_path / "before.csv", before), cast.officer, kind, source=source)
        return dry(write_csv(tmp_path / "now.csv", now), cast.officer, kind, source=source)

    return looking


@pytest.mark.parametrize(
    "changed",
    [{"version": 2}, {"source": "housing"}, {"present": False, "gone_on": "2026-01-01"}],
    ids=["edited", "told by another source", "gone already"],
)
def test_somebody_changed_since_the_dry_run_is_not_marked_as_gone(
    look: Look, cast: Cast, changed: dict[str, Any]
) -> None:
    run = look([STAYS, GOES], [STAYS], "residents", "police")
    assert counted(run) == {"same": 1, "missing": 1}
    with inside(cast.officer):
        [gone] = [one.pk for one in Resident.objects.all() if one.name.reveal() == "李秀英"]
        Resident.objects.filter(pk=gone).update(**changed)
    with pytest.raises(StalePlanError):
        apply_run(run, deactivate=True, report=quiet)
    run.refresh_from_db()
    assert (run.status, run.stale) == ("checked", True)
    with inside(cast.officer):
        assert Resident.objects.get(pk=gone).present == changed.get("present", True)
    apply_run(run, deactivate=True, report=quiet)  # compared again, and looked at again
    with inside(cast.officer):
        assert Resident.objects.present().filter(pk=gone).exists() == ("source" in changed)


def test_who_changed_is_no_hindrance_where_nobody_is_to_be_ended(look: Look, cast: Cast) -> None:
    run = look([STAYS, GOES], [STAYS], "residents", "police")
    with inside(cast.officer):
        Resident.objects.update(version=7)
    apply_run(run, deactivate=False, report=quiet)
    with inside(cast.officer):
        assert Resident.objects.present().count() == 2


@pytest.mark.parametrize("touch", ["risk", "person", "ended"])
def test_a_care_tag_changed_since_the_dry_run_is_not_ended(look: Look, cast: Cast, tmp_path: Path, touch: str) -> None:
    brought(write_csv(tmp_path / "people.csv", [STAYS, GOES]), cast.officer)
    before = [{**one, "老人类别": "独居"} for one in (STAYS, GOES)]
    run = look(before, before[:1], "care", "civil")
    assert counted(run) == {"same": 1, "missing": 1}
    with inside(cast.officer):
        [tag] = [one for one in CareTag.objects.all() if one.resident.name.reveal() == "李秀英"]
        if touch == "risk":
            CareTag.objects.filter(pk=tag.pk).update(risk="key" if tag.risk != "key" else "general")
        elif touch == "person":
            Resident.objects.filter(pk=tag.resident_id).update(version=9)
        else:
            CareTag.objects.filter(pk=tag.pk).update(until=tag.since)
    with pytest.raises(StalePlanError):
        apply_run(run, deactivate=True, report=quiet)
    with inside(cast.officer):
        assert CareTag.objects.in_force().count() == (1 if touch == "ended" else 2)
    apply_run(run, deactivate=True, report=quiet)
    with inside(cast.officer):
        assert CareTag.objects.in_force().count() == 1
