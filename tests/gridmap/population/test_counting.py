"""Counts per building come from the records, hold nothing personal, and rule only where they are the authority."""

import pytest
from django.utils import timezone

from gridmap.population.counting import count_by_records, recount_people, weigh_risk
from gridmap.population.models import BuildingCount, CareTag, Resident
from gridmap.territory.models import Building, Grid, GridEdition, LayerRevision
from tests.cast import Board
from tests.gridmap.population.people import People, everywhere, tag

pytestmark = pytest.mark.django_db
THIS_YEAR = timezone.localdate().year


def counts_of(building: int) -> BuildingCount:
    return BuildingCount.objects.get(pk=building)


def test_a_building_is_counted_by_those_present(people: People) -> None:
    count = counts_of(people.mine.dwelling.building_id)
    assert (count.dwellings, count.households, count.residents, count.elders) == (1, 1, 2, 2)
    assert (count.care_high, count.care_key, count.care_general) == (1, 0, 0)
    with everywhere():
        Resident.objects.filter(pk=people.mine.first.pk).update(present=False)
    recount_people([people.mine.dwelling.building_id])
    count = counts_of(people.mine.dwelling.building_id)
    assert (count.households, count.residents, count.care_high) == (1, 1, 0)


def test_a_household_counts_once_by_its_worst_risk(people: People) -> None:
    with everywhere():
        tag(people.mine.residents[1], "disabled", "key")
    recount_people()
    count = counts_of(people.mine.dwelling.building_id)
    assert (count.care_high, count.care_key) == (1, 0)


@pytest.mark.parametrize(("years", "elders"), [(59, 0), (60, 2), (61, 2)])
def test_an_elder_turns_sixty_this_year(people: People, years: int, elders: int) -> None:
    with everywhere():
        Resident.objects.update(birth_year=THIS_YEAR - years)
    recount_people()
    assert counts_of(people.mine.dwelling.building_id).elders == elders


def test_typed_figures_stay_until_the_records_are_declared_the_authority(people: People, board: Board) -> None:
    building = Building.objects.get(pk=people.mine.dwelling.building_id)
    assert recount_people() == []
    assert Building.objects.get(pk=building.pk).households == building.households != 1
    count_by_records(community=board.communities[0], by=None)
    counted = Building.objects.get(pk=building.pk)
    assert (counted.dwellings, counted.households, counted.residents, counted.elders) == (1, 1, 2, 2)
    foreign = Building.objects.get(pk=people.foreign.dwelling.building_id)
    assert foreign.households == people.foreign.dwelling.building.households


def test_the_grid_is_counted_with_its_buildings(people: People, board: Board, grids: list[Grid]) -> None:
    before = GridEdition.objects.in_force().get(grid=grids[0]).households
    count_by_records(community=board.communities[0], by=None)
    after = GridEdition.objects.in_force().get(grid=grids[0]).households
    assert after == before - (people.mine.dwelling.building.households or 0) + 1


def test_a_count_that_changes_nothing_makes_no_tile_stale(people: People) -> None:
    before = dict(LayerRevision.objects.values_list("layer", "number"))
    recount_people()
    assert dict(LayerRevision.objects.values_list("layer", "number")) == before
    with everywhere():
        CareTag.objects.update(until="2026-06-01")
    weigh_risk()
    recount_people()
    after = dict(LayerRevision.objects.values_list("layer", "number"))
    assert after.pop("people") > before.pop("people")
    assert after == before


@pytest.mark.parametrize(
    ("risks", "worst"), [(["general"], "general"), (["general", "key"], "key"), (["key", "high"], "high"), ([], "")]
)
def test_the_worst_tag_in_force_is_the_risk(people: People, risks: list[str], worst: str) -> None:
    resident = people.next_door.first
    with everywhere():
        CareTag.objects.filter(resident=resident).update(until="2026-06-01")
        for kind, risk in zip(("alone", "disabled"), risks, strict=False):
            CareTag.objects.create(resident=resident, kind=kind, risk=risk, since="2026-07-01", source="x")
        weigh_risk([resident.pk])
        assert Resident.objects.get(pk=resident.pk).risk == worst
