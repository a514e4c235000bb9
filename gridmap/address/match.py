"""Finding the building that an address means. Careful on purpose: people sent to a wrong door are worse off than a row
that waits for a person to pick, so every doubt makes a row ambiguous."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from gridmap.address.evidence import LEAD, MATCHED, Evidence, Reason
from gridmap.address.gazetteer import Building, Gazetteer
from gridmap.address.parts import Address, Dwelling
from gridmap.address.reading import Reading, read, words_of

MOST_CANDIDATES = 8
MOST_LOOKED_AT = 400
_VAGUE = re.compile(r"附近|旁边|旁|对面|隔壁|后面|对过|路口|交叉口|背后")
_QUALITY = {
    "exact": Reason.COMPOUND_AGREES,
    "alias": Reason.COMPOUND_ALIAS,
    "word": Reason.COMPOUND_WORD,
    "phase": Reason.COMPOUND_PHASE,
    "core": Reason.COMPOUND_CORE,
    "typo": Reason.COMPOUND_TYPO,
}


class Kind(StrEnum):
    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A building with its score (0-1) and reasons; ``dwelling`` is what the address would mean there."""

    id: int | str
    score: float
    reasons: tuple[Reason, ...]
    dwelling: Dwelling


@dataclass(frozen=True, slots=True)
class Match:
    """``candidates`` best first; the first one is the building where ``kind`` is matched. ``reasons`` say why a row is
    not matched although it has candidates."""

    kind: Kind
    candidates: tuple[Candidate, ...]
    reasons: tuple[Reason, ...] = ()

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None

    @property
    def dwelling(self) -> Dwelling | None:
        """The dwelling of a matched row."""
        return self.candidates[0].dwelling if self.kind is Kind.MATCHED else None


def match(address: Address, gazetteer: Gazetteer, within: str | None = None) -> Match:
    """The building of ``address`` among those whose area begins with ``within`` (everywhere for None).

    Matched: one building is identified (compound and number, or a door of its own), nothing that is written speaks
    against it, a weak name has a second witness, and no other building comes near. Ambiguous: some building fits in
    what identifies it, but one of these fails. Unmatched: none fits; the candidates are the nearest known ones."""
    reading = read(address, gazetteer)
    found = _candidates(reading, gazetteer, within or "")
    if not found:
        return Match(Kind.UNMATCHED, _nearest(reading, gazetteer, within or ""))
    ranked = sorted(found, key=lambda item: (-item[1].score, str(item[0].entry.id)))
    shown = tuple(_candidate(reading.address, *item) for item in ranked[:MOST_CANDIDATES])
    doubts = _doubts(ranked)
    return Match(Kind.AMBIGUOUS if doubts else Kind.MATCHED, shown, doubts)


Weighed = tuple[Building, Evidence]


def _doubts(ranked: list[Weighed]) -> tuple[Reason, ...]:
    """Why the best of the candidates cannot be taken; nothing where it can."""
    _, best = ranked[0]
    doubts = [reason for reason in best.reasons if best.contradicted and reason in _SPOKEN_AGAINST]
    if best.weak and not best.seconded:
        doubts.append(Reason.NOT_CONFIRMED)
    if len(ranked) > 1 and ranked[1][1].score > best.score - LEAD:
        doubts.append(Reason.SEVERAL)
    if not doubts and best.score < MATCHED:
        doubts.append(Reason.NOT_CONFIRMED)
    return tuple(doubts)


def _candidates(reading: Reading, gazetteer: Gazetteer, within: str) -> list[Weighed]:
    """Every building that the compound with the number, or the door, points at, weighed."""
    pool = {**_by_estate(reading, gazetteer), **_by_door(reading, gazetteer)}
    qualities = dict(reading.estates)
    weighed = []
    for index in list(pool)[:MOST_LOOKED_AT]:
        building = gazetteer.buildings[index]
        if building.entry.area.startswith(within):
            weighed.append((building, _weigh(building, reading, gazetteer, qualities, within)))
    identified = [item for item in weighed if _is_identified(item[1])]
    return identified


def _is_identified(evidence: Evidence) -> bool:
    """Whether the number of the building, or a door of its own, is among what fits."""
    fits = {Reason.NUMBER_AGREES, Reason.ONLY_BUILDING, Reason.NUMBER_MISSING}
    return not fits.isdisjoint(evidence.reasons)


def _by_estate(reading: Reading, gazetteer: Gazetteer) -> dict[int, None]:
    found: dict[int, None] = {}
    for index, _ in reading.estates:
        estate = gazetteer.estates[index]
        number = reading.address.building
        found.update(dict.fromkeys(estate.numbers.get(number, ()) if number else estate.members))
        if len(estate.members) == 1:
            found.update(dict.fromkeys(estate.members))
    return found


def _by_door(reading: Reading, gazetteer: Gazetteer) -> dict[int, None]:
    found: dict[int, None] = {}
    for street in reading.streets:
        for door in {reading.address.door, reading.address.door.split("-")[0]}:
            found.update(dict.fromkeys(gazetteer.doors.get((street, door), ())))
    return found


def _weigh(
    building: Building, reading: Reading, gazetteer: Gazetteer, qualities: dict[int, str], within: str
) -> Evidence:
    evidence = Evidence(seconded=len(within) >= 9)
    _weigh_regions(evidence, building, reading)
    _weigh_compound(evidence, building, reading, qualities)
    _weigh_street(evidence, building, reading, gazetteer)
    _weigh_number(evidence, building, reading, gazetteer)
    _weigh_inside(evidence, building, reading.address)
    if reading.unknown:
        evidence.note("", Reason.WORDS_UNKNOWN)
    if {"building", "room"} & set(reading.address.unclear):
        evidence.note("", Reason.UNCLEAR)
    if _VAGUE.search(reading.address.text):
        evidence.note("", Reason.VAGUE)
    return evidence


def _weigh_regions(evidence: Evidence, building: Building, reading: Reading) -> None:
    area = building.entry.area
    for prefixes in reading.regions:
        fitting = [prefix for prefix in prefixes if area.startswith(prefix)]
        if not fitting:
            evidence.note("region", Reason.REGION_DIFFERS)
            return
        evidence.seconded |= max(map(len, fitting)) >= 9
    if reading.regions:
        evidence.note("region", Reason.REGION_AGREES)


def _weigh_compound(evidence: Evidence, building: Building, reading: Reading, qualities: dict[int, str]) -> None:
    if building.compound in qualities:
        evidence.note("compound", _QUALITY[qualities[building.compound]])
    elif reading.named:
        evidence.note("compound", Reason.COMPOUND_DIFFERS)


def _weigh_street(evidence: Evidence, building: Building, reading: Reading, gazetteer: Gazetteer) -> None:
    if reading.passing_streets and not reading.street_quality:
        agrees = building.street in reading.passing_streets
        evidence.note("street", Reason.STREET_AGREES if agrees else Reason.STREET_DIFFERS)
        evidence.seconded |= agrees
    if not reading.street_quality:
        return
    if building.street not in reading.streets:
        evidence.note("street", Reason.STREET_DIFFERS)
        return
    exact = reading.street_quality == "exact"
    evidence.note("street", Reason.STREET_AGREES if exact else Reason.STREET_TYPO)
    evidence.seconded |= exact
    door = reading.address.door
    if building.door == door:
        evidence.note("door", Reason.DOOR_AGREES)
        evidence.seconded = True
    elif building.door == door.split("-")[0]:
        evidence.note("door", Reason.DOOR_SUB)
    else:
        evidence.note("door", Reason.DOOR_DIFFERS)


def _weigh_number(evidence: Evidence, building: Building, reading: Reading, gazetteer: Gazetteer) -> None:
    number = reading.address.building
    alone = _stands_alone(building, reading, gazetteer)
    if number and number == building.number:
        evidence.note("number", Reason.NUMBER_AGREES)
    elif not number and alone:
        evidence.note("number", Reason.ONLY_BUILDING)
    elif number:
        evidence.note("number", Reason.NUMBER_DIFFERS)
    else:
        evidence.note("number", Reason.NUMBER_MISSING)


def _stands_alone(building: Building, reading: Reading, gazetteer: Gazetteer) -> bool:
    """Whether its door or its compound holds no other building."""
    if reading.streets and building.street in reading.streets:
        here = gazetteer.doors.get((building.street, building.door), ())
        return len(here) == 1 and building.door in (reading.address.door, reading.address.door.split("-")[0])
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


def _candidate(address: Address, building: Building, evidence: Evidence) -> Candidate:
    dwelling = dwelling_in(building, address)
    reasons = list(evidence.reasons)
    if not dwelling.complete:
        reasons.append(Reason.UNIT_MISSING if dwelling.room else Reason.ROOM_MISSING)
    return Candidate(building.entry.id, evidence.score, tuple(reasons), dwelling)


def dwelling_in(building: Building, address: Address) -> Dwelling:
    """The dwelling that ``address`` names inside ``building``: no unit where there is one entrance, nothing at all
    where the building is one dwelling."""
    entry = building.entry
    if entry.dwellings == 1 and not address.room:
        return Dwelling("", address.floor, "", complete=True)
    unit = "" if entry.entrances == 1 else address.unit
    clear = "unit" not in address.unclear and "floor" not in address.unclear
    complete = bool(address.room) and clear and bool(unit or entry.entrances == 1)
    return Dwelling(unit, address.floor, address.room, complete=complete)


_SPOKEN_AGAINST = frozenset(
    {
        Reason.REGION_DIFFERS, Reason.COMPOUND_DIFFERS, Reason.STREET_DIFFERS, Reason.DOOR_DIFFERS,
        Reason.NUMBER_DIFFERS, Reason.NUMBER_MISSING, Reason.UNIT_BEYOND, Reason.FLOOR_BEYOND, Reason.WORDS_UNKNOWN,
        Reason.UNCLEAR, Reason.VAGUE, Reason.COMPOUND_NEAR,
    }
)  # fmt: skip


def _nearest(reading: Reading, gazetteer: Gazetteer, within: str) -> tuple[Candidate, ...]:
    """Buildings to pick from where none fits: other numbers of the same estate or other doors of the same street, else
    estates of a similar name."""
    near: dict[int, float] = {}
    for index, _ in reading.estates:
        for member in gazetteer.estates[index].members:
            near[member] = 0.5 - _apart(gazetteer.buildings[member].number, reading.address.building)
    for street in reading.streets:
        for door in set(gazetteer.street_doors[street]):
            for member in gazetteer.doors[street, door]:
                near[member] = max(near.get(member, 0.0), 0.45 - _apart(door, reading.address.door))
    if not near:
        near = _similar(reading, gazetteer)
    inside = [
        (score, gazetteer.buildings[index])
        for index, score in near.items()
        if gazetteer.buildings[index].entry.area.startswith(within)
    ]
    inside.sort(key=lambda item: (-item[0], str(item[1].entry.id)))
    return tuple(
        Candidate(building.entry.id, round(score, 4), (Reason.COMPOUND_NEAR,), dwelling_in(building, reading.address))
        for score, building in inside[:MOST_CANDIDATES]
    )


def _similar(reading: Reading, gazetteer: Gazetteer) -> dict[int, float]:
    near: dict[int, float] = {}
    for name, likeness in gazetteer.near_estates.nearest(words_of(reading.address)):
        for index in gazetteer.estates_called(name):
            estate = gazetteer.estates[index]
            for member in estate.numbers.get(reading.address.building) or estate.members[:1]:
                near[member] = 0.5 * likeness
    return near


def _apart(one: str, other: str) -> float:
    """0 for equal numbers, up to 0.3 for those far from each other."""
    if one == other:
        return 0.0
    if one.isdigit() and other.isdigit():
        return min(0.3, 0.02 + abs(int(one) - int(other)) / 100)
    return 0.3
