"""What the accounts may ask of the ground."""

import pytest

from gridmap.accounts.places import Place, atlas
from gridmap.territory.atlas import TerritoryAtlas
from gridmap.territory.models import Building, Grid
from tests.cast import COMMUNITIES, Board

pytestmark = pytest.mark.django_db
NORTH, SOUTH, FIRST = "990101001", "990101002", COMMUNITIES[0]
ATLAS = TerritoryAtlas()


def areas(found: list[Place]) -> list[str]:
    return [place.area for place in found]


def test_the_site_hands_its_atlas_to_the_accounts() -> None:
    assert isinstance(atlas(), TerritoryAtlas)


def test_names(grids: list[Grid]) -> None:
    names = ATLAS.names_of(["", "99", "9901", "990101", NORTH, FIRST, grids[0].code, "990101009", "990101001001099"])
    assert names == {
        "99": "样例省", "9901": "样例市", "990101": "样例县", NORTH: "北街道", FIRST: "一社区",
        grids[0].code: "一社区 网格 001",
    }  # fmt: skip
    Grid.objects.filter(pk=grids[0].pk).update(name="东院")
    assert ATLAS.names_of([grids[0].code]) == {grids[0].code: "一社区 网格 001 东院"}
    assert ATLAS.names_of([]) == {}


def test_search_stays_inside(grids: list[Grid]) -> None:
    assert areas(ATLAS.search("社区", [""]))[:4] == list(COMMUNITIES)
    assert set(areas(ATLAS.search("社区", [NORTH]))) == {*COMMUNITIES[:2], *(grid.code for grid in grids)}
    assert areas(ATLAS.search("街道", [SOUTH])) == [SOUTH]
    assert ATLAS.search("街道", [FIRST]) == ATLAS.search("街道", []) == []
    assert areas(ATLAS.search("社区", [grids[2].code])) == [grids[2].code]


def test_search_by_code_and_by_several_words(grids: list[Grid]) -> None:
    assert areas(ATLAS.search("990101002", [""]))[:1] == [SOUTH]
    assert areas(ATLAS.search(grids[1].code, [""])) == [grids[1].code]
    assert areas(ATLAS.search("一社区 003", [""])) == [grids[2].code]
    for nothing in ("", "  ", "\x00", "%", "一社区 火星"):
        assert ATLAS.search(nothing, [""]) == []


def test_down_the_tree(board: Board, grids: list[Grid]) -> None:
    assert areas(ATLAS.below("", [""])) == ["99"]
    assert areas(ATLAS.below("99", [""])) == ["9901"]
    assert areas(ATLAS.below("990101", [""])) == [NORTH, SOUTH]
    assert areas(ATLAS.below("990101", [NORTH])) == [NORTH]
    assert areas(ATLAS.below(NORTH, [""])) == list(COMMUNITIES[:2])
    assert areas(ATLAS.below(FIRST, [""])) == [grid.code for grid in grids[:4]]
    assert areas(ATLAS.below(FIRST, [grids[1].code])) == [grids[1].code]
    assert areas(ATLAS.below("", [NORTH, grids[5].code])) == [NORTH, grids[5].code]
    assert ATLAS.below(SOUTH, [NORTH]) == ATLAS.below(grids[0].code, [""]) == ATLAS.below("", []) == []


def test_each_place_says_what_it_is(grids: list[Grid]) -> None:
    (street,) = ATLAS.below("", [NORTH])
    assert (street.name, street.kind, street.path) == ("北街道", "街道", "样例县")
    grid = ATLAS.below(FIRST, [""])[0]
    assert (grid.name, grid.kind, grid.path) == ("一社区 网格 001", "网格", "北街道")


@pytest.mark.parametrize("text", ["一社区", FIRST, " 一社区 "])
def test_a_region_by_its_whole_name_or_code(grids: list[Grid], text: str) -> None:
    assert areas(ATLAS.find(text, [""])) == [FIRST]
    assert ATLAS.find(text, [SOUTH]) == []


@pytest.mark.parametrize("text", ["一社区001", "一社区 001", "一社区第001网格", "一社区，网格001", "一社区001号网格"])
def test_a_grid_as_people_write_it(grids: list[Grid], text: str) -> None:
    assert areas(ATLAS.find(text, [""])) == [grids[0].code]


def test_half_a_name_finds_nothing(grids: list[Grid]) -> None:
    for text in ("社区", "一", "", "\x00", "一社区009"):
        assert ATLAS.find(text, [""]) == []


def test_a_building_stands_for_the_grid_that_decides_who_sees_it(grids: list[Grid]) -> None:
    found = ATLAS.find("一社区长宁路3号", [""])
    assert [(place.area, place.kind) for place in found] == [(grids[1].code, "楼栋")]
    assert len(ATLAS.find("1号楼", [""])) == 2
    assert areas(ATLAS.find("1号楼", [FIRST])) == [grids[0].code]
    building = Building.objects.get(address="一社区长宁路3号")
    Building.objects.filter(pk=building.pk).update(grid=None)
    assert areas(ATLAS.find("一社区长宁路3号", [""])) == [FIRST]
    Building.objects.filter(pk=building.pk).update(community=None)
    assert areas(ATLAS.find("一社区长宁路3号", [""])) == [""]
    assert ATLAS.find("一社区长宁路3号", ["990101"]) == []
    Building.objects.filter(pk=building.pk).update(active=False)
    assert ATLAS.find("一社区长宁路3号", [""]) == []
