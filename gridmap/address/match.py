"""Finding the building that an address means. Careful on purpose: people sent to a wrong door are worse off than a row
that waits for a person to pick, so every doubt makes a row ambiguous."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gridmap.address.evidence import LEAD, MATCHED, Evidence, Reason
from gridmap.address.gazetteer import Building, Gazetteer
from gridmap.address.offers import nearest
from gridmap.address.parts import Address, Dwelling
from gridmap.address.reading import Reading, read
from gridmap.address.weighing import dwelling_in, is_identified, weigh

MOST_CANDIDATES = 8
MOST_LOOKED_AT = 400
Weighed = tuple[Building, Evidence]


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
    against it, a weak name has its witness, and no other building comes near. Ambiguous: some building fits in what
    identifies it, but one of these fails. Unmatched: none fits; the candidates are the nearest known ones."""
    reading = read(address, gazetteer, within or "")
    ranked = sorted(_weighed(reading, gazetteer), key=lambda item: (-item[1].score, str(item[0].entry.id)))
    if not ranked:
        return Match(Kind.UNMATCHED, _shown(_offered(reading, gazetteer, ranked), reading))
    doubts = _doubts(ranked)
    if not doubts:
        return Match(Kind.MATCHED, _shown(ranked, reading))
    return Match(Kind.AMBIGUOUS, _shown([*ranked, *_offered(reading, gazetteer, ranked)], reading), doubts)


def _doubts(ranked: list[Weighed]) -> tuple[Reason, ...]:
    """Why the best of the candidates cannot be taken; nothing where it can."""
    best = ranked[0][1]
    doubts = best.contradictions
    if len(ranked) > 1 and ranked[1][1].score > best.score - LEAD:
        doubts.append(Reason.SEVERAL)
    if not best.confirmed or (not doubts and best.score < MATCHED):
        doubts.append(Reason.NOT_CONFIRMED)
    return tuple(doubts)


def _weighed(reading: Reading, gazetteer: Gazetteer) -> list[Weighed]:
    """Every building that the compound with the number, or the door, points at."""
    pool = {**_by_estate(reading, gazetteer), **_by_door(reading, gazetteer)}
    found = []
    for index in list(pool)[:MOST_LOOKED_AT]:
        building = gazetteer.buildings[index]
        if building.entry.area.startswith(reading.within):
            evidence = weigh(building, reading, gazetteer)
            if is_identified(evidence):
                found.append((building, evidence))
    return found


def _by_estate(reading: Reading, gazetteer: Gazetteer) -> dict[int, None]:
    found: dict[int, None] = {}
    number = reading.address.building
    for index, _ in reading.estates:
        estate = gazetteer.estates[index]
        found.update(dict.fromkeys(estate.numbers.get(number, ()) if number else estate.members))
    return found


def _by_door(reading: Reading, gazetteer: Gazetteer) -> dict[int, None]:
    """Buildings behind the door; of several only those with the number, where one is given."""
    found: dict[int, None] = {}
    door, number = reading.address.door, reading.address.building
    for street in reading.streets:
        there = gazetteer.at(street, door) or gazetteer.at(street, door.partition("-")[0])
        if number and len(there) > 1:
            there = [index for index in there if gazetteer.buildings[index].number == number]
        found.update(dict.fromkeys(there))
    return found


def _offered(reading: Reading, gazetteer: Gazetteer, ranked: list[Weighed]) -> list[Weighed]:
    """Near buildings to pick from, behind those that fit, with what speaks for and against each."""
    if len(ranked) >= MOST_CANDIDATES:
        return []
    there = {building.entry.id for building, _ in ranked}
    return [
        (building, weigh(building, reading, gazetteer))
        for building in nearest(reading, gazetteer, MOST_CANDIDATES)
        if building.entry.id not in there
    ]


def _shown(ranked: list[Weighed], reading: Reading) -> tuple[Candidate, ...]:
    return tuple(_candidate(building, evidence, reading) for building, evidence in ranked[:MOST_CANDIDATES])


def _candidate(building: Building, evidence: Evidence, reading: Reading) -> Candidate:
    dwelling = dwelling_in(building, reading)
    reasons = list(evidence.reasons)
    if not dwelling.complete:
        reasons.append(Reason.UNIT_MISSING if dwelling.room else Reason.ROOM_MISSING)
    return Candidate(building.entry.id, evidence.score, tuple(reasons), dwelling)
