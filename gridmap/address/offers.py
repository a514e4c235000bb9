"""Known buildings near to what an address says, for a person to pick from where none fits."""

from __future__ import annotations

from gridmap.address.gazetteer import Building, Gazetteer
from gridmap.address.naming import is_generic
from gridmap.address.reading import Reading, words_of

_ESTATES = 8


def nearest(reading: Reading, gazetteer: Gazetteer, limit: int) -> list[Building]:
    """Other numbers of the same estate, other doors of the same street, the same number in estates with a similar
    name, and in the only estate there is where none is named; nearest first."""
    near: dict[int, float] = {}
    for likeness, member in (
        *_same_estate(reading, gazetteer),
        *_same_street(reading, gazetteer),
        *_similar_estates(reading, gazetteer),
        *_only_estate(reading, gazetteer),
    ):
        near[member] = max(near.get(member, 0.0), likeness)
    inside = [
        (likeness, gazetteer.buildings[index])
        for index, likeness in near.items()
        if gazetteer.buildings[index].entry.area.startswith(reading.within)
    ]
    inside.sort(key=lambda item: (-item[0], str(item[1].entry.id)))
    return [building for _, building in inside[:limit]]


def _same_estate(reading: Reading, gazetteer: Gazetteer) -> list[tuple[float, int]]:
    return [
        (0.8 - _apart(gazetteer.buildings[member].number, reading.address.building), member)
        for index, _ in reading.estates
        for member in gazetteer.estates[index].members
    ]


def _same_street(reading: Reading, gazetteer: Gazetteer) -> list[tuple[float, int]]:
    return [
        (0.7 - _apart(door, reading.address.door), member)
        for street in reading.streets
        for door in set(gazetteer.street_doors[street])
        for member in gazetteer.at(street, door)
    ]


def _similar_estates(reading: Reading, gazetteer: Gazetteer) -> list[tuple[float, int]]:
    found = []
    for words in {reading.address.compound, words_of(reading.address)} - {""}:
        for name, likeness in gazetteer.near_estates.nearest(words, _ESTATES):
            for index in gazetteer.estates_called(name):
                estate = gazetteer.estates[index]
                members = estate.numbers.get(reading.address.building)
                found += [(likeness * (0.9 if members else 0.5), member) for member in members or estate.members[:1]]
    return found


def _only_estate(reading: Reading, gazetteer: Gazetteer) -> list[tuple[float, int]]:
    words = words_of(reading.address)
    if (words and not is_generic(words)) or not reading.address.building:
        return []
    there = [estate for estate in gazetteer.estates if estate.area.startswith(reading.within)]
    return [(0.5, member) for member in there[0].numbers.get(reading.address.building, ())] if len(there) == 1 else []


def _apart(one: str, other: str) -> float:
    """0 for equal numbers, up to 0.4 for those far from each other."""
    if one == other:
        return 0.0
    if one.isdigit() and other.isdigit():
        return min(0.4, 0.05 + abs(int(one) - int(other)) / 100)
    return 0.4
