"""Rows of lists against a town: what must be found, what must be left to a person, what must not be found."""

import pytest

from gridmap.address import Entry, Gazetteer, Kind, Reason, match, parse
from importers.lists.sentences import PLACE_SENTENCES
from tests.gridmap.address.conftest import BEIMEN, GUOTAI, LONGHAI, REGIONS

FOUND = [
    # text, building, unit, floor, room, complete
    ("示例省示例市澄江区城北街道长宁路12号锦绣花园3栋2单元501室", "锦绣花园-1001-3", "2", "5", "501", True),
    ("锦绣花园3-2-501", "锦绣花园-1001-3", "2", "5", "501", True),
    ("锦绣花园三号楼二单元五楼501（租户）", "锦绣花园-1001-3", "2", "5", "501", True),
    ("陇海社区锦绣花园3#2-0501", "锦绣花园-1001-3", "2", "5", "501", True),
    ("陇海锦绣花园3幢2单元501", "锦绣花园-1001-3", "2", "5", "501", True),
    ("澄江陇海锦绣花园3幢2单元501", "锦绣花园-1001-3", "2", "5", "501", True),
    ("城北街道办陇海居委会锦绣花园３幢２单元５０１", "锦绣花园-1001-3", "2", "5", "501", True),
    ("錦繡花園3號樓2單元501", "锦绣花园-1001-3", "2", "5", "501", True),
    ("锦绣花园小区3栋2单元501", "锦绣花园-1001-3", "2", "5", "501", True),
    ("长宁路锦绣花园3栋2单元501", "锦绣花园-1001-3", "2", "5", "501", True),
    ("长宁路12号3栋2单元501", "锦绣花园-1001-3", "2", "5", "501", True),
    ("长宁路12号院3号楼2门501", "锦绣花园-1001-3", "2", "5", "501", True),
    ("陇海社区锦秀花园3栋2单元501", "锦绣花园-1001-3", "2", "5", "501", True),
    ("长宁路12号锦绣花圆3栋2单元501", "锦绣花园-1001-3", "2", "5", "501", True),
    ("陇海社区锦绣花院3栋2单元501", "锦绣花园-1001-3", "2", "5", "501", True),
    ("锦绣花园3栋2单元501、502", "锦绣花园-1001-3", "2", "5", "501", False),
    ("锦绣花园12栋", "锦绣花园-1001-12", "", "", "", False),
    ("锦绣花园12栋301", "锦绣花园-1001-12", "", "3", "301", False),
    ("北门社区银杏苑3栋1单元201", "银杏苑-1002-3", "1", "2", "201", True),
    ("北门街8号银杏苑3栋1单元201", "银杏苑-1002-3", "1", "2", "201", True),
    ("银杏苑7栋1单元201", "银杏苑-1002-7", "1", "2", "201", True),
    ("红星二村2-1-402", "听涛雅居-1002-2", "1", "4", "402", True),
    ("红星2村2幢1单元402", "听涛雅居-1002-2", "1", "4", "402", True),
    ("机械厂宿舍2栋1单元402", "听涛雅居-1002-2", "1", "4", "402", True),
    ("阳光花园二期8栋1单元201", "阳光花园二期-1002-8", "1", "2", "201", True),
    ("阳光花园2期4栋1单元201", "阳光花园二期-1002-4", "1", "2", "201", True),
    ("阳光花园（一期）4栋1单元201", "阳光花园一期-1002-4", "1", "2", "201", True),
    ("北门社区阳光花园8栋1单元201", "阳光花园二期-1002-8", "1", "2", "201", True),
    ("朝阳公馆2203", "朝阳公馆-1002-1", "", "22", "2203", True),
    ("朝阳公馆1栋1单元2203室", "朝阳公馆-1002-1", "", "22", "2203", True),
    ("东风路9号2203", "朝阳公馆-1002-1", "", "22", "2203", True),
    ("平安里3号2单元501", "平安里-1001-3", "2", "5", "501", True),
    ("平安里三号", "平安里-1001-3", "", "", "", False),
    ("平安里3号楼501", "平安里-1001-3", "", "5", "501", False),
    ("爱民佳苑61-1-302".replace("61", "51"), "爱民佳苑-2001-51", "1", "3", "302", True),
    ("爱民佳苑社区爱民佳苑51栋丁单元302", "爱民佳苑-2001-51", "4", "3", "302", True),
    ("国泰山庄123号", "国泰山庄-2002-123", "", "", "", True),
    ("国泰社区国泰山庄123#", "国泰山庄-2002-123", "", "", "", True),
    ("国泰山庄123号别墅", "国泰山庄-2002-123", "", "", "", True),
    ("国泰山庄123", "国泰山庄-2002-123", "", "", "", True),
    ("世纪城2座1503", "世纪城-2002-2", "", "15", "1503", True),
    ("鼓楼街17号", "鼓楼街-17", "", "", "", False),
    ("鼓楼街十七号", "鼓楼街-17", "", "", "", False),
    ("鼓楼街17号2楼", "鼓楼街-17", "", "2", "", False),
    ("鼓楼街17号201", "鼓楼街-17", "", "2", "201", True),
    ("鼓楼街17-201", None, "", "", "", False),
    ("鼓楼街17号附2号", "鼓楼街-17", "", "", "", False),
    ("陇海社区鼓楼街21号201", "鼓楼街-21", "", "2", "201", True),
    ("鼓楼街21号丝绸厂宿舍2栋1单元201", "丝绸厂宿舍-1002-2", "1", "2", "201", True),
    ("五一路3号201", "五一路-3", "", "2", "201", True),
    ("陇海村3组7号", "陇海村三组-7", "", "", "", False),
    ("陇海社区陇海村三组7号", "陇海村三组-7", "", "", "", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "building", "unit", "floor", "room", "complete"), FOUND)
def test_found(
    town: Gazetteer, text: str, building: str | None, unit: str, floor: str, room: str, complete: bool
) -> None:
    found = match(parse(text), town)
    if building is None:
        assert found.kind is not Kind.MATCHED
        return
    assert found.kind is Kind.MATCHED, found
    assert found.best is not None
    assert found.best.id == building
    assert found.best.score >= 0.85
    dwelling = found.dwelling
    assert dwelling is not None
    assert (dwelling.unit, dwelling.floor, dwelling.room, dwelling.complete) == (unit, floor, room, complete)


DOUBTFUL = [
    # text, buildings that must be offered, why
    ("银杏苑3栋1单元201", ("银杏苑-1001-3", "银杏苑-1002-3"), Reason.SEVERAL),
    ("锦绣3栋2单元501", ("锦绣花园-1001-3", "锦绣家园-1001-3"), Reason.SEVERAL),
    ("阳光花园4栋1单元201", ("阳光花园一期-1002-4", "阳光花园二期-1002-4"), Reason.SEVERAL),
    ("锦秀花园3栋2单元501", ("锦绣花园-1001-3",), Reason.NOT_CONFIRMED),
    ("江南街道锦绣花园3栋2单元501", ("锦绣花园-1001-3",), Reason.REGION_DIFFERS),
    ("北门社区锦绣花园3栋2单元501", ("锦绣花园-1001-3",), Reason.REGION_DIFFERS),
    ("北门街8号锦绣花园3栋2单元501", ("锦绣花园-1001-3", "银杏苑-1002-3"), Reason.STREET_DIFFERS),
    ("长宁路20号锦绣花园3栋2单元501", ("锦绣花园-1001-3", "锦绣家园-1001-3"), Reason.DOOR_DIFFERS),
    ("外省某市锦绣花园3栋2单元501", ("锦绣花园-1001-3",), Reason.WORDS_UNKNOWN),
    ("锦绣花园西苑3栋2单元501", ("锦绣花园-1001-3",), Reason.WORDS_UNKNOWN),
    ("锦绣花园3栋5单元501", ("锦绣花园-1001-3",), Reason.UNIT_BEYOND),
    ("锦绣花园3栋2单元1101", ("锦绣花园-1001-3",), Reason.FLOOR_BEYOND),
    ("锦绣花园3栋旁小卖部", ("锦绣花园-1001-3",), Reason.VAGUE),
    ("锦绣花园1-3-2-501", ("锦绣花园-1001-1",), Reason.UNCLEAR),
    ("锦绣花园3栋5幢501", ("锦绣花园-1001-3",), Reason.UNCLEAR),
    ("锦绣花园2单元501", (), Reason.NUMBER_MISSING),
    ("锦绣花园", (), Reason.NUMBER_MISSING),
    ("鼓楼街21号201", ("鼓楼街-21",), Reason.NUMBER_MISSING),
    ("长宁路12号红旗新村3栋2单元501", ("锦绣花园-1001-3",), Reason.COMPOUND_DIFFERS),
    ("城北街道鼓搂街17号", ("鼓楼街-17",), Reason.NOT_CONFIRMED),
    ("陇海社区锦绣佳园3栋2单元501", ("锦绣家园-1001-3",), Reason.NOT_CONFIRMED),
]


@pytest.mark.parametrize(("text", "offered", "why"), DOUBTFUL)
def test_left_to_a_person(town: Gazetteer, text: str, offered: tuple[str, ...], why: Reason) -> None:
    found = match(parse(text), town)
    assert found.kind is Kind.AMBIGUOUS, found
    assert why in found.reasons
    assert set(offered) <= {candidate.id for candidate in found.candidates}


UNKNOWN = [
    # text, a building that must be among the near ones ("" where nothing is near)
    ("锦绣花园33栋2单元501", "锦绣花园-1001-12"),
    ("锦绣公寓3栋2单元501", "锦绣花园-1001-3"),
    ("锦绣公寓3栋2单元501", "锦绣家园-1001-3"),
    ("长宁路99号", "平安里-1001-1"),
    ("鼓楼街18号", "鼓楼街-17"),
    ("听涛别院2栋1单元402", "听涛雅居-1002-2"),
    ("外省南城区金水湾3栋2单元501", ""),
    ("金水湾3-2-501", ""),
    ("不详", ""),
    ("", ""),
    ("3-2-501", ""),
    ("长宁路12号33栋501", "锦绣花园-1001-12"),
]


@pytest.mark.parametrize(("text", "near"), UNKNOWN)
def test_unknown_buildings_are_not_found_but_near_ones_offered(town: Gazetteer, text: str, near: str) -> None:
    found = match(parse(text), town)
    assert found.kind is Kind.UNMATCHED, found
    assert found.dwelling is None
    if near:
        assert near in {candidate.id for candidate in found.candidates}


def test_within_an_area_only_its_buildings_count(town: Gazetteer) -> None:
    address = parse("银杏苑3栋1单元201")
    inside = match(address, town, within=BEIMEN)
    assert inside.kind is Kind.MATCHED
    assert inside.best is not None
    assert inside.best.id == "银杏苑-1002-3"
    outside = match(parse("锦绣花园3-2-501"), town, within=GUOTAI)
    assert outside.kind is Kind.UNMATCHED
    areas = {str(candidate.id).split("-")[1] for candidate in (*inside.candidates, *outside.candidates)}
    assert areas <= {"1002", "2002"}


def test_within_a_community_is_a_witness_for_a_misspelt_name(town: Gazetteer) -> None:
    address = parse("锦秀花园3栋2单元501")
    assert match(address, town).kind is Kind.AMBIGUOUS
    assert match(address, town, within="990101").kind is Kind.AMBIGUOUS
    assert match(address, town, within=LONGHAI).kind is Kind.MATCHED


def test_a_community_named_against_the_area_is_not_ignored(town: Gazetteer) -> None:
    assert match(parse("陇海社区银杏苑3栋1单元201"), town, within=BEIMEN).kind is Kind.AMBIGUOUS


def test_candidates_come_best_first_with_scores_and_reasons(town: Gazetteer) -> None:
    found = match(parse("北门街8号锦绣花园3栋2单元501"), town)
    scores = [candidate.score for candidate in found.candidates]
    assert all(0 <= score <= 1 for score in scores)
    assert len(found.candidates) <= 8
    best = found.candidates[0]
    assert Reason.NUMBER_AGREES in best.reasons


def test_missing_parts_of_the_dwelling_are_named(town: Gazetteer) -> None:
    no_unit = match(parse("锦绣花园3栋501"), town).candidates[0]
    no_room = match(parse("锦绣花园3栋2单元"), town).candidates[0]
    assert Reason.UNIT_MISSING in no_unit.reasons
    assert Reason.ROOM_MISSING in no_room.reasons


def test_without_regions_names_of_regions_are_unknown_words() -> None:
    bare = Gazetteer([Entry(id=1, compound="锦绣花园", number="3栋")])
    assert match(parse("锦绣花园3-2-501"), bare).kind is Kind.MATCHED
    assert match(parse("示例市锦绣花园3-2-501"), bare).kind is Kind.AMBIGUOUS


def test_entries_may_lack_everything() -> None:
    odd = Gazetteer(
        [Entry(id=1), Entry(id=2, compound="锦绣花园"), Entry(id=3, number="栋"), Entry(id=4, address="？")]
    )
    assert match(parse("锦绣花园3-2-501"), odd).kind is Kind.UNMATCHED
    assert match(parse("锦绣花园501"), odd).kind is Kind.MATCHED
    assert match(parse(""), odd).kind is Kind.UNMATCHED


def test_numbers_are_read_from_the_address_where_the_column_is_empty() -> None:
    entries = [Entry(id=n, compound="锦绣花园", address=f"长宁路12号锦绣花园{n}号楼") for n in (1, 2, 3)]
    found = match(parse("锦绣花园2-1-301"), Gazetteer(entries))
    assert found.kind is Kind.MATCHED
    assert found.candidates[0].id == 2


def test_the_same_number_twice_is_never_taken() -> None:
    entries = [Entry(id=mark, compound="锦绣花园", number=f"3{mark}") for mark in ("栋", "号")]
    assert match(parse("锦绣花园3-2-501"), Gazetteer(entries)).kind is Kind.AMBIGUOUS


def test_an_area_is_found_by_its_name(town: Gazetteer) -> None:
    assert town.area_named("陇海社区") == LONGHAI
    assert town.area_named("陇海") == LONGHAI
    assert town.area_named("陇海居委会") == LONGHAI
    assert town.area_named("城北街道") == "990101001"
    assert town.area_named("哪里") is None
    assert Gazetteer([], {**REGIONS, "990101002003": "陇海社区"}).area_named("陇海社区") is None


def test_every_reason_has_a_sentence_for_people() -> None:
    assert set(PLACE_SENTENCES) == {str(reason) for reason in Reason}


@pytest.mark.parametrize("text", ["3幢2单元502", "3-2-502", "小区3幢2单元502", "本小区3号楼"])
def test_without_a_compound_the_only_one_is_offered_and_never_taken(town: Gazetteer, text: str) -> None:
    alone = Gazetteer([Entry(id=n, area=LONGHAI, compound="锦绣花园", number=f"{n}栋") for n in (1, 2, 3, 13)])
    found = match(parse(text), alone, within=LONGHAI)
    assert found.kind is Kind.UNMATCHED
    assert [candidate.id for candidate in found.candidates] == [3]
    assert Reason.COMPOUND_DIFFERS not in found.candidates[0].reasons
    assert not match(parse("33幢2单元502"), alone, within=LONGHAI).candidates
    assert not match(parse("金水湾3幢2单元502"), alone, within=LONGHAI).candidates
    assert not match(parse(text), town, within=LONGHAI).candidates
