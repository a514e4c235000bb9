"""Moving in, within and out; care tags; dwellings and households."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from gridmap.population.care import add_tag, end_tag, first_visit_due, usual_risk, visit_interval_days
from gridmap.population.homes import change_dwelling, change_household
from gridmap.population.models import BuildingCount, CareTag, Dwelling, Household, Resident
from gridmap.population.moving import find_dwelling, mark_gone, move_in, move_within
from gridmap.population.refusals import PeopleRefusedError, Refusal
from gridmap.territory.models import Rule
from gridmap.traces.door import door
from tests.cast import Cast
from tests.gridmap.population.people import SINCE, People, everywhere, id_number

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def refused(error: Any) -> Refusal:
    found: Refusal = error.value.refusal
    return found


def test_somebody_new_gets_a_household_and_a_place(people: People, cast: Cast) -> None:
    with everywhere():
        dwelling = Dwelling.objects.get(pk=people.mine.dwelling.pk)
        made = move_in(
            dwelling=dwelling, household=None, values={"name": "新来"}, source="社区", by=cast.worker, on=TODAY
        )
        assert made.area == dwelling.area and made.household and made.household.dwelling_id == dwelling.pk
        same = move_in(
            dwelling=dwelling,
            household=people.mine.household,
            values={"name": "又来", "id_number": id_number(700)},
            source="社区",
            by=cast.worker,
            on=TODAY,
        )
        assert same.household_id == people.mine.household.pk


def test_moving_in_refuses_another_dwellings_household_and_a_taken_number(people: People, cast: Cast) -> None:
    with everywhere():
        arguments: dict[str, Any] = {"dwelling": people.mine.dwelling, "source": "x", "by": cast.worker, "on": TODAY}
        arguments["dwelling"] = Dwelling.objects.get(pk=people.mine.dwelling.pk)
        with pytest.raises(PeopleRefusedError) as other:
            move_in(household=people.next_door.household, values={"name": "甲"}, **arguments)
        assert refused(other) is Refusal.OTHER_DWELLING
        number = people.foreign.first.id_number.reveal()
        with pytest.raises(PeopleRefusedError) as taken:
            move_in(household=None, values={"name": "甲", "id_number": number}, **arguments)
        assert refused(taken) is Refusal.ID_TAKEN


def test_nobody_is_moved_into_or_out_of_a_foreign_place(people: People, cast: Cast) -> None:
    with everywhere():
        target = Dwelling.objects.get(pk=people.next_door.dwelling.pk)
        with pytest.raises(PermissionDenied):
            move_in(dwelling=target, household=None, values={"name": "甲"}, source="x", by=cast.worker, on=TODAY)
        arguments: dict[str, Any] = {"household": None, "version": 1, "by": cast.worker, "on": TODAY}
        with pytest.raises(PermissionDenied):
            move_within(resident=Resident.objects.get(pk=people.mine.first.pk), dwelling=target, **arguments)
        with pytest.raises(PermissionDenied):
            mark_gone(resident=Resident.objects.get(pk=people.foreign.first.pk), version=1, by=cast.worker, on=TODAY)


def test_who_moves_within_takes_tags_along_and_leaves_the_household(people: People, cast: Cast) -> None:
    with door(by=cast.officer, areas=["990101001001"], kind="read"):
        resident = Resident.objects.get(pk=people.mine.first.pk)
        target = Dwelling.objects.get(pk=people.next_door.dwelling.pk)
        move_within(resident=resident, dwelling=target, household=None, version=1, by=cast.officer, on=TODAY)
        moved = Resident.objects.get(pk=resident.pk)
        assert moved.dwelling_id == target.pk and moved.household_id != people.mine.household.pk
        assert moved.area == target.area == CareTag.objects.get(resident=moved).area
        assert moved.door_order == target.door_order


def test_who_is_gone_stays_recorded_without_tags(people: People, cast: Cast) -> None:
    with everywhere():
        mark_gone(resident=Resident.objects.get(pk=people.mine.first.pk), version=1, by=cast.worker, on=TODAY)
        gone = Resident.objects.get(pk=people.mine.first.pk)
        assert (gone.present, gone.gone_on, gone.risk) == (False, TODAY, "")
        assert CareTag.objects.get(resident=gone).until == TODAY
        with pytest.raises(PeopleRefusedError) as again:
            mark_gone(resident=gone, version=2, by=cast.worker, on=TODAY)
        assert refused(again) is Refusal.GONE
        with pytest.raises(PeopleRefusedError):
            add_tag(resident=gone, kind="orphan", risk="key", since=TODAY, source="x", by=cast.worker)


def test_counts_follow_after_the_commit(people: People, cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True), everywhere():
        mark_gone(resident=Resident.objects.get(pk=people.mine.first.pk), version=1, by=cast.worker, on=TODAY)
    count = BuildingCount.objects.get(pk=people.mine.dwelling.building_id)
    assert (count.residents, count.care_high) == (1, 0)


@pytest.mark.parametrize(("unit", "room"), [("1", "101"), ("１单元", "101室"), (" 1 ", "１０１"), ("1", "101房")])
def test_a_door_is_found_however_it_is_written(people: People, unit: str, room: str) -> None:
    with everywhere():
        found = find_dwelling(building=people.mine.dwelling.building, unit=unit, room=room)
    assert found.pk == people.mine.dwelling.pk


def test_a_door_that_is_not_there_is_refused(people: People) -> None:
    with everywhere(), pytest.raises(PeopleRefusedError) as error:
        find_dwelling(building=people.mine.dwelling.building, unit="9", room="101")
    assert refused(error) is Refusal.NO_DWELLING


def test_a_tag_is_given_once_and_ended(people: People, cast: Cast) -> None:
    with everywhere():
        resident = Resident.objects.get(pk=people.mine.residents[1].pk)
        made = add_tag(resident=resident, kind="disabled", risk="key", since=SINCE, source="残联", by=cast.worker)
        assert Resident.objects.get(pk=resident.pk).risk == "key" and made.area == resident.area
        with pytest.raises(PeopleRefusedError) as twice:
            add_tag(resident=resident, kind="disabled", risk="high", since=SINCE, source="x", by=cast.worker)
        assert refused(twice) is Refusal.TAGGED_ALREADY
        end_tag(tag=made, on=SINCE - timedelta(days=9), by=cast.worker)
        assert Resident.objects.get(pk=resident.pk).risk == ""
        assert CareTag.objects.get(pk=made.pk).until == SINCE


@pytest.mark.parametrize(
    ("kind", "age", "risk"),
    [("dementia", 70, "high"), ("alone", 80, "high"), ("alone", 79, "general"), ("alone", None, "general"),
     ("disabled", 62, "key"), ("orphan", 9, "key"), ("empty_nest", 85, "general"), ("severe_illness", None, "high")],
)  # fmt: skip
def test_the_usual_risk_of_a_tag(kind: str, age: int | None, risk: str) -> None:
    assert usual_risk(kind, age=age) == risk


def test_the_interval_of_visits_is_a_rule() -> None:
    assert [visit_interval_days(risk) for risk in ("high", "key", "general")] == [7, 30, 90]
    assert first_visit_due(risk="key", since=date(2026, 1, 1)) == date(2026, 1, 31)
    Rule.objects.filter(pk="care_visit_high_days").update(value=5)
    assert visit_interval_days("high") == 5
    Rule.objects.all().delete()
    assert visit_interval_days("high") == 7


def test_a_dwelling_and_a_household_change_on_their_version(people: People, cast: Cast) -> None:
    with everywhere():
        dwelling = Dwelling.objects.get(pk=people.mine.dwelling.pk)
        values = {"occupancy": "let", "purpose": "home", "floor": 1, "owner_name": "", "owner_phone": "13700000000"}
        change_dwelling(dwelling=dwelling, values=values, version=1, by=cast.worker, on=TODAY)
        changed = Dwelling.objects.get(pk=dwelling.pk)
        assert (changed.occupancy, changed.owner_name.reveal(), changed.owner_phone.reveal()) == (
            "let", "张桂英", "13700000000",
        )  # fmt: skip
        with pytest.raises(PeopleRefusedError):
            change_dwelling(dwelling=dwelling, values=values, version=1, by=cast.worker, on=TODAY)
        household = Household.objects.get(pk=people.mine.household.pk)
        change_household(
            household=household, values={"number": "", "registered": False}, version=1, by=cast.worker, on=TODAY
        )
        assert Household.objects.get(pk=household.pk).number.reveal() == "H-0001"
        with pytest.raises(PermissionDenied):
            change_household(household=household, values={}, version=2, by=cast.planner, on=TODAY)
