"""People moving in: the figures of every building are kept, households are believable, nobody is anybody."""

import re
from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.district.care import Care, Risk, Situation, risk_of, tags_of
from gridmap.district.identity import Registry, check_character
from gridmap.district.person_names import draw_name, draw_surname
from gridmap.district.records import BuildingKind, District
from gridmap.district.residents import Dwelling, Kind, Occupancy, Population, Relation, Resident, move_in
from tests.gridmap.district.conftest import TODAY


def test_every_building_has_exactly_its_people(quarter: District, population: Population) -> None:
    building_of = {dwelling.code: dwelling.building for dwelling in population.dwellings}
    dwellings = Counter(building_of.values())
    households = Counter(building_of[household.dwelling] for household in population.households)
    residents = Counter(person.building for person in population.residents)
    elders = Counter(person.building for person in population.residents if person.age(TODAY) >= 60)
    for building in quarter.buildings:
        figures = (dwellings, households, residents, elders)
        expected = (building.dwellings, building.households, building.residents, building.elders)
        assert tuple(counted[building.code] for counted in figures) == expected, building.code


def test_codes_and_numbers_are_never_given_twice(population: Population) -> None:
    people = population.residents
    assert len({dwelling.code for dwelling in population.dwellings}) == len(population.dwellings)
    assert len({household.number for household in population.households}) == len(population.households)
    assert len({person.code for person in people}) == len(people)
    assert len({person.id_number for person in people}) == len(people)
    phones = [person.phone for person in people if person.phone]
    assert len(set(phones)) == len(phones)


def test_nobody_can_be_a_real_person(population: Population) -> None:
    """The county code was never given out, and mobile phones begin with 13-19."""
    for person in population.residents:
        if person.kind is Kind.OVERSEAS:
            assert re.fullmatch(r"ZZ\d{7}", person.id_number)
        else:
            assert re.fullmatch(r"990101\d{11}[\dX]", person.id_number)
        assert not person.phone or re.fullmatch(r"129\d{8}", person.phone)


def test_numbers_of_citizens_tell_birth_and_sex_and_check(population: Population) -> None:
    for person in population.residents[:5000]:
        if person.kind is not Kind.OVERSEAS:
            assert person.id_number[6:14] == f"{person.born:%Y%m%d}"
            assert int(person.id_number[16]) % 2 == person.male
            assert check_character(person.id_number[:17]) == person.id_number[17]


def test_the_check_character_is_that_of_the_standard() -> None:
    """The example of GB 11643-1999."""
    assert check_character("11010519491231002") == "X"
    assert check_character("44052418800101001") == "4"


def test_a_day_with_too_many_births_spills_over() -> None:
    registry = Registry()
    born = [registry.citizen(date(1970, 5, 1), male=True) for _ in range(501)]
    assert born[499][1] == date(1970, 5, 1)
    assert born[500][1] == date(1970, 5, 2)
    assert len({number for number, _ in born}) == 501


def test_dwellings_stand_in_units_floors_and_rooms(quarter: District, population: Population) -> None:
    buildings = {building.code: building for building in quarter.buildings}
    for dwelling in population.dwellings:
        building = buildings[dwelling.building]
        assert 1 <= dwelling.floor <= building.floors
        if building.kind is BuildingKind.VILLA:
            assert (dwelling.unit, dwelling.room) == ("", "")
        elif building.kind is BuildingKind.OLD:
            assert dwelling.unit == ""
        else:
            assert 1 <= int(dwelling.unit) <= building.units
        assert not dwelling.room or int(dwelling.room[:-2]) == dwelling.floor


def test_people_live_where_somebody_lives(population: Population) -> None:
    occupancy = {dwelling.code: dwelling.occupancy for dwelling in population.dwellings}
    lived_in = {household.dwelling for household in population.households}
    for code, state in occupancy.items():
        assert (state in (Occupancy.OWNER, Occupancy.LET)) == (code in lived_in)


def by_household(population: Population) -> dict[str, list[Resident]]:
    found: dict[str, list[Resident]] = {}
    for person in population.residents:
        found.setdefault(person.household, []).append(person)
    return found


def test_every_household_has_one_grown_head_and_a_possible_family(population: Population) -> None:
    households = by_household(population)
    assert set(households) == {household.code for household in population.households}
    for people in households.values():
        heads = [person for person in people if person.relation is Relation.HEAD]
        assert len(heads) == 1
        age = heads[0].age(TODAY)
        assert age >= 18
        for person in people:
            if person.relation is Relation.CHILD:
                assert person.age(TODAY) <= age - 15
            if person.relation is Relation.PARENT:
                assert person.age(TODAY) >= age
            if person.relation is Relation.SPOUSE:
                assert person.male != heads[0].male


def test_the_town_is_as_old_and_as_mixed_as_towns_are(population: Population) -> None:
    people = population.residents
    ages = np.array([person.age(TODAY) for person in people])
    assert ages.max() <= 105
    assert 0.08 < (ages < 15).mean() < 0.25
    assert 0.45 < np.mean([person.male for person in people]) < 0.55
    kinds = Counter(person.kind for person in people)
    assert set(kinds) == set(Kind)
    assert 0.6 < kinds[Kind.REGISTERED] / len(people) < 0.85
    assert 0.15 < kinds[Kind.FLOATING] / len(people) < 0.35


def test_tags_follow_from_households(population: Population) -> None:
    for people in by_household(population).values():
        for person in people:
            kinds = {tag.kind for tag in person.tags}
            age = person.age(TODAY)
            assert (Care.AGED_80 in kinds) == (age >= 80)
            assert (Care.ALONE in kinds) == (age >= 60 and len(people) == 1)
            if Care.EMPTY_NEST in kinds:
                assert all(other.age(TODAY) >= 60 for other in people)


@pytest.mark.parametrize(
    ("kind", "age", "kinds", "risk"),
    [
        (Care.ALONE, 84, [Care.ALONE, Care.AGED_80], Risk.HIGH),
        (Care.AGED_80, 84, [Care.ALONE, Care.AGED_80], Risk.HIGH),
        (Care.AGED_80, 84, [Care.AGED_80], Risk.GENERAL),
        (Care.ALONE, 66, [Care.ALONE], Risk.GENERAL),
        (Care.DEMENTIA, 76, [Care.DEMENTIA], Risk.HIGH),
        (Care.SEVERE_ILLNESS, 40, [Care.SEVERE_ILLNESS], Risk.HIGH),
        (Care.DISABLED, 60, [Care.DISABLED], Risk.KEY),
        (Care.DISABLED, 59, [Care.DISABLED], Risk.GENERAL),
        (Care.DESTITUTE, 30, [Care.DESTITUTE], Risk.KEY),
        (Care.ORPHAN, 9, [Care.ORPHAN], Risk.KEY),
        (Care.LOW_INCOME, 70, [Care.LOW_INCOME], Risk.GENERAL),
    ],
)
def test_risk_is_that_of_the_visiting_rules(kind: Care, age: int, kinds: list[Care], risk: Risk) -> None:
    assert risk_of(kind, age, kinds) is risk


@given(st.integers(0, 100), st.booleans(), st.integers(0, 6), st.integers(0, 6), st.integers(0, 2**32))
def test_nobody_has_a_tag_twice(age: int, male: bool, mates: int, elders: int, seed: int) -> None:
    person = Situation(age, male, mates, min(mates, elders), left_behind=False)
    kinds = [tag.kind for tag in tags_of(person, np.random.default_rng(seed))]
    assert len(set(kinds)) == len(kinds)


def test_names_are_of_all_sorts() -> None:
    rng = np.random.default_rng(3)
    names = [draw_name(draw_surname(rng), rng, male=bool(i % 2)) for i in range(20_000)]
    lengths = Counter(len(name) for name in names if "·" not in name)
    assert lengths[3] > lengths[2] > lengths[4] > 0
    assert any("·" in name for name in names)
    assert any(name.startswith(("欧阳", "司马", "诸葛")) for name in names)
    rare = [name for name in names if any(c in name for c in "䶮㛃㐂")]
    assert rare
    assert all(name.encode("gb18030").decode("gb18030") == name for name in names)


def test_the_same_seed_makes_the_same_people(town: District) -> None:
    part = town.buildings[:200]
    first = move_in(part, np.random.default_rng(8), today=TODAY)
    assert move_in(part, np.random.default_rng(8), today=TODAY) == first
    assert move_in(part, np.random.default_rng(9), today=TODAY) != first


def test_empty_buildings_stay_empty(town: District) -> None:
    schools = [building for building in town.buildings if building.kind is BuildingKind.SCHOOL]
    made = move_in(schools, np.random.default_rng(1), today=TODAY)
    assert made == Population((), (), ())


def test_dwellings_are_plain_data(population: Population) -> None:
    assert isinstance(population.dwellings[0], Dwelling)
    with pytest.raises(AttributeError):
        population.dwellings[0].room = "1"  # type: ignore[misc]
