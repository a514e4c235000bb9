"""One building held against one address, part by part."""

from __future__ import annotations

import re

from gridmap.address.evidence import Evidence, Reason, Witness
from gridmap.address.gazetteer import Building, Gazetteer
from gridmap.address.parts import Address, Dwelling
from gridmap.address.reading import Reading

_VAGUE = re.compile(r"附近|旁|对面|隔壁|后面|对过|路口|交叉口|背后")
_QUALITY = {
    "exact": Reason.COMPOUND_AGREES,
    "alias": Reason.COMPOUND_ALIAS,
    "word": Reason.COMPOUND_WORD,
    "phase": Reason.COMPOUND_PHASE,
    "core": Reason.COMPOUND_CORE,
    "typo": Reason.COMPOUND_TYPO,
    "kind": Reason.COMPOUND_KIND,
}
_STREET_OFFICE, _COMMUNITY = 9, 12  # digits of their codes


def weigh(building: Building, reading: Reading, gazetteer: Gazetteer) -> Evidence:
    """Everything in ``reading`` that speaks for or against ``building``."""
    evidence = Evidence()
    evidence.confirm(_witness_of(reading.within))
    _weigh_regions(evidence, building, reading)
    _weigh_compound(evidence, building, reading)
    _weigh_street(evidence, building, reading)
    _weigh_number(evidence, building, reading, gazetteer)
    _weigh_inside(evidence, building, reading.address)
    if reading.unknown:
        evidence.note("", Reason.WORDS_UNKNOWN)
    if "building" in reading.address.unclear:
        evidence.note("", Reason.UNCLEAR)
    if _VAGUE.search(reading.address.text):
        evidence.note("", Reason.VAGUE)
    return evidence


def is_identified(evidence: Evidence) -> bool:
    """Whether the number of the building fits, is not needed, or is left out: what differs in it is another house."""
    fits = {Reason.NUMBER_AGREES, Reason.ONLY_BUILDING, Reason.NUMBER_MISSING}
    return not fits.isdisjoint(evidence.reasons)


def _witness_of(area: str) -> Witness:
    if len(area) >= _COMMUNITY:
        return Witness.NEAR
    return Witness.AREA if len(area) >= _STREET_OFFICE else Witness.NONE


def _weigh_regions(evidence: Evidence, building: Building, reading: Reading) -> None:
    area = building.entry.area
    for prefixes in reading.regions:
        fitting = [prefix for prefix in prefixes if area.startswith(prefix)]
        if not fitting:
            evidence.note("region", Reason.REGION_DIFFERS)
            return
        evidence.confirm(_witness_of(max(fitting, key=len)))
    if reading.regions:
        evidence.note("region", Reason.REGION_AGREES)


def _weigh_compound(evidence: Evidence, building: Building, reading: Reading) -> None:
    quality = next((quality for index, quality in reading.estates if index == building.compound), None)
    if quality is not None:
        evidence.note("compound", _QUALITY[quality])
    elif reading.named:
        evidence.note("compound", Reason.COMPOUND_DIFFERS)


def _weigh_street(evidence: Evidence, building: Building, reading: Reading) -> None:
    """A street without a door is named in passing (人民路锦绣花园); one with a door must be the building's."""
    if not reading.street_quality:
        if reading.passing_streets:
            agrees = building.street in reading.passing_streets
            evidence.note("street", Reason.STREET_AGREES if agrees else Reason.STREET_DIFFERS)
            evidence.confirm(Witness.NEAR if agrees else Witness.NONE)
        return
    if building.street not in reading.streets:
        evidence.note("street", Reason.STREET_DIFFERS)
        return
    exact = reading.street_quality == "exact"
    evidence.note("street", Reason.STREET_AGREES if exact else Reason.STREET_TYPO)
    evidence.confirm(Witness.NEAR if exact else Witness.NONE)
    _weigh_door(evidence, building, reading.address.door, exact=exact)


def _weigh_door(evidence: Evidence, building: Building, door: str, *, exact: bool) -> None:
    if building.door == door:
        evidence.note("door", Reason.DOOR_AGREES)
        evidence.confirm(Witness.DOOR if exact else Witness.NONE)
    elif building.door == door.partition("-")[0]:
        evidence.note("door", Reason.DOOR_SUB)
    else:
        evidence.note("door", Reason.DOOR_DIFFERS)


def _weigh_number(evidence: Evidence, building: Building, reading: Reading, gazetteer: Gazetteer) -> None:
    number = reading.address.building
    if number and number == building.number:
        evidence.note("number", Reason.NUMBER_AGREES)
    elif stands_alone(building, reading, gazetteer) and (not number or number_is_a_unit(reading)):
        evidence.note("number", Reason.ONLY_BUILDING)
    else:
        evidence.note("number", Reason.NUMBER_DIFFERS if number else Reason.NUMBER_MISSING)


def number_is_a_unit(reading: Reading) -> bool:
    """Whether the first of two bare figures behind a door can be a unit (长宁路12号2-201)."""
    address = reading.address
    return bool(address.door and not reading.named and not address.mark and not address.unit and address.room)


def stands_alone(building: Building, reading: Reading, gazetteer: Gazetteer) -> bool:
    """Whether the door that is named (streets of one name may lie in several regions), or else its compound, holds no
    other building."""
    if building.street in reading.streets:
        door = reading.address.door
        there = [gazetteer.buildings[index] for index in gazetteer.at(building.street, building.door)]
        others = any(other is not building and reading.allows(other.entry.area) for other in there)
        return building.door in (door, door.partition("-")[0]) and not others
    return building.compound >= 0 and len(gazetteer.estates[building.compound].members) == 1


def _weigh_inside(evidence: Evidence, building: Building, address: Address) -> None:
    """Units and floors that the building does not have speak against it."""
    entrances, floors = building.entry.entrances, building.entry.floors
    if address.unit.isdigit() and entrances is not None and int(address.unit) > max(1, entrances):
        evidence.note("", Reason.UNIT_BEYOND)
    if address.floor.isdigit() and floors is not None and int(address.floor) > highest_floor(floors):
        evidence.note("", Reason.FLOOR_BEYOND)


def highest_floor(floors: int) -> int:
    """The highest number a floor may carry: an attic may be counted, and tall houses leave out 4, 13 and 14."""
    return floors + (4 if floors > 12 else 1)


def dwelling_in(building: Building, reading: Reading) -> Dwelling:
    """The dwelling that is named inside ``building``: no unit where there is one entrance, nothing at all where the
    building is one dwelling."""
    entry, address = building.entry, reading.address
    if entry.dwellings == 1 and not address.room:
        return Dwelling("", address.floor, "", complete=True)
    moved = number_is_a_unit(reading) and address.building != building.number
    unit = "" if entry.entrances == 1 else address.building if moved else address.unit
    clear = not address.unclear
    complete = bool(address.room) and clear and bool(unit or entry.entrances == 1)
    return Dwelling(unit, address.floor, address.room, complete=complete)
