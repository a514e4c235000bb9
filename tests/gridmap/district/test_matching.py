"""Messy lists of the generated district against its surveyed buildings: what `gridmap.address` promises, in numbers."""

from collections.abc import Iterator

import pytest

from gridmap.address import Entry, Gazetteer, Kind, Match, match, parse
from gridmap.district.lists import Sources, Truth
from gridmap.district.records import District

Answers = list[tuple[Truth, Match]]


def entries_of(district: District, sources: Sources) -> Iterator[Entry]:
    compounds = {compound.code: compound.name for compound in district.compounds}
    for building in district.buildings:
        if building.code not in sources.unsurveyed:
            former = sources.known_former.get(building.compound or "")
            yield Entry(
                id=building.code,
                area=building.community,
                compound=compounds.get(building.compound or "", ""),
                aliases=(former,) if former else (),
                number=building.number,
                address=building.address,
                entrances=building.units,
                floors=building.floors,
                dwellings=building.dwellings,
            )


@pytest.fixture(scope="module")
def answers(quarter: District, sources: Sources) -> Answers:
    gazetteer = Gazetteer(entries_of(quarter, sources), {region.code: region.name for region in quarter.regions})
    found: Answers = []
    for people in sources.lists:
        address = people.columns.index(people.address_column)
        for row, truth in zip(people.rows, people.truths, strict=True):
            community = row[people.columns.index(people.community_column)] if people.community_column else ""
            found.append((truth, match(parse(community + row[address]), gazetteer)))
    return found


def is_right(truth: Truth, found: Match) -> bool:
    return found.kind is Kind.MATCHED and found.candidates[0].id == truth.building


def test_no_row_is_taken_to_a_wrong_house_but_by_its_own_words(answers: Answers) -> None:
    assert len(answers) > 2000
    wrong = [truth for truth, found in answers if found.kind is Kind.MATCHED and not is_right(truth, found)]
    assert [truth.written.text for truth in wrong if not truth.written.misleading] == []
    assert len(wrong) <= 0.004 * len(answers)


@pytest.mark.parametrize("sheet", ["police", "elders", "disabled", "tenants"])
def test_rows_that_say_enough_are_found(answers: Answers, sheet: str) -> None:
    enough = [(truth, found) for truth, found in answers if truth.sheet == sheet and truth.written.enough]
    assert sum(is_right(truth, found) for truth, found in enough) >= 0.97 * len(enough)


def test_the_dwelling_is_found_where_it_is_written(answers: Answers) -> None:
    for truth, found in answers:
        if truth.written.dwelling_enough and is_right(truth, found):
            dwelling = found.dwelling
            assert dwelling is not None
            assert dwelling.complete
            unit = "" if truth.one_entrance else truth.unit
            assert (dwelling.unit, dwelling.room) == (unit, truth.room), truth.written.text


@pytest.mark.parametrize("kind", ["elsewhere", "unsurveyed", "no_number"])
def test_what_cannot_be_known_is_left_to_people(answers: Answers, kind: str) -> None:
    about = [found for truth, found in answers if kind in truth.written.kinds and not truth.written.misleading]
    assert about
    assert all(found.kind is not Kind.MATCHED for found in about)


def test_doubtful_rows_offer_the_true_house(answers: Answers) -> None:
    doubtful = [(t, f) for t, f in answers if f.kind is Kind.AMBIGUOUS and "unsurveyed" not in t.written.kinds]
    offered = [t.building in {candidate.id for candidate in f.candidates} for t, f in doubtful]
    assert sum(offered) >= 0.8 * len(offered)
