"""Messy lists of the generated district against its surveyed buildings: what `gridmap.address` promises, in numbers."""

import pytest

from bench.addresses import entries_of, judge, matcher
from gridmap.address import Gazetteer
from gridmap.district.lists import Sources
from gridmap.district.records import District

Tallies = dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def tallies(quarter: District, sources: Sources) -> Tallies:
    regions = {region.code: region.name for region in quarter.regions}
    found: Tallies = judge(sources.lists, matcher(Gazetteer(entries_of(quarter, sources), regions)))["tallies"]
    return found


def test_no_row_is_taken_to_a_wrong_house_but_by_its_own_words(tallies: Tallies) -> None:
    assert tallies["all"]["rows"] > 2000
    assert tallies["all"]["wrong_rows"] == tallies["all"]["of_them_misled"]
    assert tallies["all"]["wrong"] <= 0.4


def test_rows_that_say_enough_are_found_with_their_dwelling(tallies: Tallies) -> None:
    for name in ("all", "list police", "list elders", "list disabled", "list tenants"):
        assert tallies[name]["right_of_enough"] >= 97, name
        assert tallies[name]["dwelling_right_of_enough"] >= 97, name


def test_rows_from_elsewhere_and_of_unknown_houses_are_left_to_people(tallies: Tallies) -> None:
    for name in ("mess elsewhere", "mess unsurveyed", "mess no_number"):
        assert tallies[name]["right"] == 0, name
        assert tallies[name]["wrong"] == 0, name
