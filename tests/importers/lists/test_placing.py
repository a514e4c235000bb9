"""Which building a row means: addresses in one column or several, other communities, decided spellings."""

from __future__ import annotations

from typing import Any

import pytest

from gridmap.accounts.models import User
from gridmap.territory.models import Building, Compound
from importers.lists.models import CompoundAlias, ListRow
from importers.lists.picking import name_in
from importers.lists.placing import Places, address_of
from tests.cast import COMMUNITIES, Board
from tests.importers.lists.people import AREA, ESTATE, OTHER_ESTATE, estates

pytestmark = pytest.mark.django_db
State = ListRow.State


@pytest.fixture
def buildings(board: Board) -> list[Building]:
    return estates(board)


def where(values: dict[str, Any], area: str = AREA) -> tuple[Any, ...]:
    found = Places(area).find(values)
    return found.state, found.building, found.unit, found.room


@pytest.mark.parametrize(
    "address",
    [
        "3-2-501",
        "3幢2单元501室",
        "３号楼２单元５０１",
        "3栋二单元501",
        "3#2-501",
        "3号楼2门501",
        "3-2-0501",
        "三号楼二单元501室",
    ],
)
def test_every_spelling_of_a_door_means_the_same_one(buildings: list[Building], address: str) -> None:
    assert where({"address": f"{ESTATE}{address}"}) == (State.MATCHED, buildings[2].pk, "2", "501")


@pytest.mark.parametrize(
    "values",
    [
        {"compound": ESTATE, "building": "3", "unit": "2", "room": "501"},
        {"compound": ESTATE, "building": "3号楼", "unit": "2单元", "room": "501室"},
        {"address": ESTATE, "building": "3幢", "unit": "二单元", "room": "501"},
        {"address": f"{ESTATE}3号楼", "unit": "2", "room": "501"},
        {"community": "一社区", "compound": ESTATE, "building": "3", "unit": "2", "room": "501"},
        {"address": f"一社区长宁路12号{ESTATE}3号楼2单元501室"},
    ],
)
def test_an_address_may_stand_in_several_columns(buildings: list[Building], values: dict[str, str]) -> None:
    assert where(values) == (State.MATCHED, buildings[2].pk, "2", "501")


def test_what_the_address_says_already_is_not_added_twice() -> None:
    values = {"address": f"{ESTATE}3幢2单元501室", "compound": ESTATE, "building": "3", "unit": "2", "room": "501"}
    assert address_of(values) == f"{ESTATE}3幢2单元501室"
    assert address_of({}) == ""


def test_nothing_is_guessed(buildings: list[Building]) -> None:
    assert where({})[0] == State.UNMATCHED
    assert where({"address": "不知道"})[:2] == (State.UNMATCHED, None)
    state, building, *_door = where({"address": f"{ESTATE}9幢101"})
    assert (state, building) == (State.UNMATCHED, None)
    found = Places(AREA).find({"address": f"{ESTATE}2单元501"})
    assert found.state == State.AMBIGUOUS
    assert len(found.candidates) == 4
    assert found.building is None


def test_the_community_of_the_row_decides_or_contradicts(board: Board, buildings: list[Building]) -> None:
    other = Building.objects.get(pk=buildings[0].pk)
    other.pk, other.source_ref, other.community = None, "twin", board.communities[1]
    twin = Compound.objects.create(source="x", source_ref="twin", name=ESTATE, community=board.communities[1])
    other.compound = twin
    other.save()
    address = {"address": f"{ESTATE}1幢1单元101"}
    assert where(address, "990101")[0] == State.AMBIGUOUS
    assert where({**address, "community": "二社区"}, "990101")[:2] == (State.MATCHED, other.pk)
    assert where({**address, "community": "一社区"}, "990101")[:2] == (State.MATCHED, buildings[0].pk)
    assert where(address, COMMUNITIES[1])[:2] == (State.MATCHED, other.pk)
    lone = {"address": f"{OTHER_ESTATE}1幢1单元101"}
    assert where(lone, "990101")[0] == State.MATCHED
    contradicting = Places("990101").find({**lone, "community": "二社区"})
    assert contradicting.state == State.AMBIGUOUS
    assert contradicting.doubts == ("region_differs",)


def test_only_buildings_of_the_area_are_proposed(buildings: list[Building]) -> None:
    found = Places(COMMUNITIES[1]).find({"address": f"{ESTATE}3-2-501"})
    assert found.state == State.UNMATCHED
    assert not found.candidates


def test_a_decided_spelling_counts_in_its_area_and_further_out_only_for_rows_that_point_there(
    buildings: list[Building],
) -> None:
    somebody = User.objects.create(username="x")
    row = {"address": "老机床厂宿舍3-2-501"}
    assert where(row)[0] != State.MATCHED
    CompoundAlias.objects.create(
        area=AREA, spelling="老机床厂宿舍", compound=Compound.objects.get(name=ESTATE), decided_by=somebody
    )
    found = (State.MATCHED, buildings[2].pk, "2", "501")
    assert where(row) == found
    for area in (AREA[:9], AREA[:6]):
        assert where(row, area)[0] != State.MATCHED, area
        assert where({**row, "community": "二社区"}, area)[0] != State.MATCHED, area
        assert where({**row, "community": "一社区"}, area) == found, area
        assert where({"address": "一社区老机床厂宿舍3-2-501"}, area) == found, area
        assert where({"address": "二社区老机床厂宿舍3-2-501"}, area)[0] != State.MATCHED, area
    CompoundAlias.objects.update(area=COMMUNITIES[1])
    assert where(row)[0] != State.MATCHED
    assert where({**row, "community": "一社区"}, AREA[:6])[0] != State.MATCHED
    CompoundAlias.objects.update(area=AREA[:6])
    for area in (AREA, AREA[:9], AREA[:6]):
        assert where(row, area) == found, area


def test_buildings_that_all_lie_in_the_area_of_a_spelling_point_there(buildings: list[Building]) -> None:
    row = {"address": "长宁路12号老机床厂宿舍3-2-501"}
    CompoundAlias.objects.create(area=AREA, spelling="老机床厂宿舍", compound=Compound.objects.get(name=ESTATE))
    found = Places(AREA[:6]).find(row)
    assert (found.state, found.building) == (State.MATCHED, buildings[2].pk)
    CompoundAlias.objects.all().delete()
    assert Places(AREA[:6]).find(row).state == State.AMBIGUOUS


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("爱民小镇", "爱民小镇"), ("三里家园", "三里家园"), ("老机床厂宿舍", "老机床厂宿舍"),
        ("爱民小镇3", ""), ("爱民小镇３号", ""), ("爱民小镇二单元", ""), ("爱民小镇501室", ""),
        ("爱民小镇三号楼王家", ""),
        ("长宁路12号", ""), ("镇", ""), ("", ""),
        ("小区", ""), ("本小区", ""), ("家属院", ""), ("花园", ""), ("花园小区", "花园小区"),
    ],
)  # fmt: skip
def test_only_the_name_of_a_compound_is_remembered(written: str, kept: str) -> None:
    assert name_in(written) == kept


def test_the_spelling_of_an_unknown_compound_is_told(buildings: list[Building]) -> None:
    assert Places(AREA).find({"address": "老机床厂宿舍3-2-501"}).spelling == "老机床厂宿舍"
