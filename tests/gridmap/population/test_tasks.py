"""What the worker does: counts that could not be made at once, files that are over."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.utils import timezone

from gridmap.population import counting, tasks
from gridmap.population.exports import store
from gridmap.population.models import BuildingCount, ExportRequest, Resident
from tests.cast import Cast
from tests.gridmap.population.people import People, everywhere

pytestmark = pytest.mark.django_db


def test_while_somebody_writes_the_ground_the_worker_counts_later(
    people: People, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    deferred: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.count_later, "defer", lambda **arguments: deferred.append(arguments))

    def busy(**_patience: int) -> None:
        raise OperationalError("lock timeout")

    monkeypatch.setattr(counting, "wait_for_other_writers", busy)
    building = people.mine.dwelling.building_id
    with django_capture_on_commit_callbacks(execute=True):
        with everywhere():
            Resident.objects.filter(pk=people.mine.first.pk).update(present=False)
        counting.recount_soon([building, building])
    assert deferred == [{"building_ids": [building]}]
    assert BuildingCount.objects.get(pk=building).residents == 2
    tasks.count_later(building_ids=[building])
    assert BuildingCount.objects.get(pk=building).residents == 1


def test_every_ten_minutes_exports_that_are_over_are_forgotten(cast: Cast) -> None:
    asked = timezone.now() - timedelta(days=20)
    request = ExportRequest.objects.create(
        number=1, area="99", purpose="x", row_count=1, requested_by=cast.officer, requested_at=asked
    )
    assert tasks.expire_exports(timestamp=0) == 1
    request.refresh_from_db()
    assert request.state == "expired"
    assert tasks.expire_exports(timestamp=0) == 0


def test_every_night_files_without_a_request_are_taken_away(cast: Cast) -> None:
    key = uuid4()
    store.put(key, b"left behind")
    assert tasks.sweep_exports(timestamp=0) == 1
    assert tasks.sweep_exports(timestamp=0) == 0
    assert not store.path_of(key).exists()
