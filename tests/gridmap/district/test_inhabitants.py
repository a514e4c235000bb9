"""Invented residents in the database: as many as their buildings say, all sealed, and gone with their buildings."""

from datetime import date

import pytest

from gridmap.district.inhabitants import remove_people, settle_people
from gridmap.population.models import BuildingCount, CareTag, Dwelling, Household, Resident
from gridmap.special_groups.door import special_rows
from gridmap.special_groups.models import SpecialRecord
from gridmap.territory.models import Building, Grid
from gridmap.territory.models.sourced import GENERATED
from tests.cast import Board
from tests.gridmap.population.people import everywhere, move_everybody_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def generated(grids: list[Grid]) -> list[Grid]:
    """The chessboard's buildings as if the generator had made them, small."""
    Building.objects.update(source=GENERATED, households=6, dwellings=8, residents=15, elders=5)
    return grids


def test_a_whole_community_is_counted_as_its_buildings_said(generated: list[Grid], board: Board) -> None:
    settle_people(today=TODAY, whole=("一社区",))
    for building in Building.objects.filter(community=board.communities[0]):
        count = BuildingCount.objects.get(pk=building.pk)
        assert (count.dwellings, count.households, count.residents) == (8, 6, 15)
        assert (building.dwellings, building.households, building.residents) == (8, 6, 15)
        assert building.elders == count.elders and abs(count.elders - 5) <= 1
        assert count.care_high + count.care_key + count.care_general <= 6


def test_elsewhere_only_who_is_cared_for_is_recorded_and_the_figures_stay(generated: list[Grid], board: Board) -> None:
    settle_people(today=TODAY, whole=("一社区",))
    second = board.communities[1].code
    with everywhere():
        people = Resident.objects.within(second)
        assert people.exists() and not people.filter(risk="").exists()
        assert Household.objects.within(second).count() <= people.count()
    assert set(Building.objects.filter(community=board.communities[1]).values_list("residents", flat=True)) == {15}


def test_everybody_can_be_opened_found_and_is_marked_as_generated(generated: list[Grid]) -> None:
    written = settle_people(today=TODAY, whole=("一社区", "二社区"))
    with everywhere():
        residents = list(Resident.objects.all())
        assert len(residents) == written == 16 * 15
        assert {one.source for one in residents} == {GENERATED}
        numbers = [one.id_number.reveal() for one in residents]
        assert all(numbers) and len(set(numbers)) == len(numbers)
        assert all(one.name.reveal() and one.area for one in residents)
        assert {tag.risk for tag in CareTag.objects.all()} <= {"high", "key", "general"}


def test_the_same_district_has_the_same_people(generated: list[Grid]) -> None:
    settle_people(today=TODAY, whole=("一社区",))
    with everywhere():
        first = sorted(one.name.reveal() for one in Resident.objects.all())
    remove_people()
    settle_people(today=TODAY, whole=("一社区",))
    with everywhere():
        assert sorted(one.name.reveal() for one in Resident.objects.all()) == first


def test_they_go_with_their_buildings_and_nobody_else_does(grids: list[Grid]) -> None:
    people = move_everybody_in(grids)
    Building.objects.filter(community=grids[0].community).update(source=GENERATED)
    with everywhere(), special_rows():
        SpecialRecord.objects.create(resident=people.mine.first, group="drugs", source="x", since="2026-01-01")
    remove_people()
    with everywhere(), special_rows():
        assert [one.pk for one in Resident.objects.all()] == [people.foreign.first.pk]
        assert Dwelling.objects.count() == Household.objects.count() == CareTag.objects.count() == 1
        assert not SpecialRecord.objects.exists()
    Building.objects.filter(source=GENERATED).delete()
