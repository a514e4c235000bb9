"""Records stand where their building stands, are one per door, and nobody is put where one may not look."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from gridmap.population.models import CareTag, Conflict, Dwelling, Household, Resident
from gridmap.population.placing import place_people
from gridmap.territory.models import Building, Grid
from gridmap.territory.services import NewGrid, locate_buildings, replace_grids
from gridmap.traces.door import door
from tests.cast import Board, corner_of, square
from tests.gridmap.population.people import People, everywhere, settle

pytestmark = pytest.mark.django_db


def areas_of(home_residents: list[Resident]) -> set[str]:
    with everywhere():
        return set(Resident.objects.filter(pk__in=[one.pk for one in home_residents]).values_list("area", flat=True))


def test_a_record_takes_area_place_and_order_from_its_building(people: People, grids: list[Grid]) -> None:
    building = Building.objects.get(pk=people.mine.dwelling.building_id)
    with everywhere():
        for record in (
            Dwelling.objects.get(pk=people.mine.dwelling.pk),
            Household.objects.get(pk=people.mine.household.pk),
            Resident.objects.get(pk=people.mine.first.pk),
        ):
            assert record.area == grids[0].code
            assert record.location == building.point
            assert record.door_order.endswith("/00011/000101101")
        assert CareTag.objects.get(resident=people.mine.first).area == grids[0].code


def test_without_a_grid_the_area_is_the_community_and_without_both_it_is_nowhere(grids: list[Grid]) -> None:
    building = Building.objects.filter(grid=grids[0]).earliest("pk")
    Building.objects.filter(pk=building.pk).update(grid=None)
    with everywhere():
        home = settle(building, ["甲"])
        assert Dwelling.objects.get(pk=home.dwelling.pk).area == grids[0].community.code
    Building.objects.filter(pk=building.pk).update(community=None)
    assert place_people([building.pk]) == 3
    assert areas_of(home.residents) == {""}


def test_everything_follows_when_grids_are_drawn_again(people: People, board: Board) -> None:
    community = board.communities[0]
    with everywhere():
        Conflict.objects.create(
            resident=people.mine.first, field="phone", held="1", offered="2", held_source="a", offered_source="b"
        )
    buildings = list(Building.objects.filter(community=community).values_list("pk", flat=True))
    shape = square(*corner_of(community.code), 0.01)
    (grid,) = replace_grids(
        community=community, grids=[NewGrid(shape, "general", buildings)], source="test", at=timezone.now()
    )
    assert areas_of(people.mine.residents + people.next_door.residents) == {grid.code}
    with everywhere():
        for model in (Dwelling, Household, CareTag, Conflict):
            found = set(model.objects.exclude(area__startswith="990101001002").values_list("area", flat=True))
            assert found == {grid.code}, model


def test_a_building_that_an_import_moves_takes_its_people_along(people: People, grids: list[Grid]) -> None:
    building = Building.objects.get(pk=people.mine.dwelling.building_id)
    other = Building.objects.filter(grid=grids[1]).latest("pk")
    west, south, _east, _north = other.geom.extent
    building.geom = square(west, south, 0.0004, 0.0001)
    building.save(update_fields=["geom"])
    locate_buildings(building_ids=[building.pk])
    building.refresh_from_db()
    with everywhere():
        moved = Resident.objects.get(pk=people.mine.first.pk)
    assert moved.area == grids[1].code
    assert moved.location == building.point


def test_placing_without_buildings_does_nothing_and_again_changes_nothing(people: People) -> None:
    assert place_people([]) == 0
    assert place_people() == 0


def test_following_is_one_call_for_all(people: People, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        place_people()


@pytest.mark.parametrize(("unit", "room"), [("１", "101"), ("1", "１０１"), ("1", "101 "), (" 1", "101")])
def test_one_door_is_one_row_however_it_is_written(people: People, unit: str, room: str) -> None:
    with pytest.raises(IntegrityError), everywhere(), transaction.atomic():
        Dwelling.objects.create(building=people.mine.dwelling.building, unit=unit, room=room, source="x")


def test_an_id_number_belongs_to_one_present_resident(people: People) -> None:
    with everywhere():
        number = people.mine.first.id_number.reveal()
        twin = Resident(dwelling=people.foreign.dwelling, name="冒名", id_number=number, source="x")
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save()
        Resident.objects.filter(pk=people.mine.first.pk).update(present=False)
        twin.save(force_insert=True)


def test_a_tag_is_in_force_once_per_resident(people: People) -> None:
    again = CareTag(resident=people.mine.first, kind="alone", risk="key", since="2026-02-01", source="x")
    with everywhere(), pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_nobody_is_put_into_a_dwelling_out_of_reach(people: People) -> None:
    reach = door(by=None, areas=[people.mine.first.area or "990101001001001"], kind="read", command="test")
    with reach, pytest.raises(IntegrityError), transaction.atomic():
        Resident.objects.create(dwelling_id=people.foreign.dwelling.pk, name="偷渡", source="x")


def test_no_index_of_the_area_is_left_out(people: People) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'area'"
            " WHERE c.relname LIKE 'population_%' AND c.relkind = 'r' AND c.relrowsecurity AND c.relforcerowsecurity"
        )
        assert cursor.fetchone()[0] == 5
