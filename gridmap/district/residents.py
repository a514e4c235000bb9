"""Who lives in a generated district: dwellings, households and residents that add up to the figures of each building.
Pure: the day and the random generator are arguments. Everybody is invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from gridmap.district.care import CareTag, Situation, tags_of
from gridmap.district.identity import Registry
from gridmap.district.people import Counts, apportion
from gridmap.district.person_names import FOREIGN, draw_name, draw_surname
from gridmap.district.records import Building, BuildingKind

ELDER_AGE = 60
LET_SHARE = 0.24
OVERSEAS_SHARE = 0.004
LARGEST_HOUSEHOLD = 7


class Occupancy(StrEnum):
    OWNER = "owner"
    LET = "let"
    VACANT = "vacant"
    OTHER = "other"


class Kind(StrEnum):
    REGISTERED = "registered"
    FLOATING = "floating"
    LEFT_BEHIND = "left_behind"
    OVERSEAS = "overseas"


class Relation(StrEnum):
    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    GRANDCHILD = "grandchild"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Dwelling:
    """``unit`` and ``room`` as digits ("2", "501"), empty in a house that is one dwelling; ``floor`` from 1."""

    code: str
    building: str
    unit: str
    floor: int
    room: str
    occupancy: Occupancy


@dataclass(frozen=True, slots=True)
class Household:
    code: str
    dwelling: str
    number: str
    registered: bool


@dataclass(frozen=True, slots=True)
class Resident:
    """``id_number`` is a citizen's number, or a passport for people from overseas."""

    code: str
    household: str
    dwelling: str
    building: str
    name: str
    male: bool
    born: date
    relation: Relation
    kind: Kind
    id_number: str
    phone: str
    tags: tuple[CareTag, ...]

    def age(self, today: date) -> int:
        return today.year - self.born.year - ((today.month, today.day) < (self.born.month, self.born.day))


@dataclass(frozen=True)
class Population:
    dwellings: tuple[Dwelling, ...]
    households: tuple[Household, ...]
    residents: tuple[Resident, ...]


def move_in(buildings: Sequence[Building], rng: np.random.Generator, *, today: date) -> Population:
    """Everybody of ``buildings``: per building exactly its ``dwellings``, ``households``, ``residents`` and ``elders``
    (60 or older on ``today``)."""
    registry = Registry()
    dwellings: list[Dwelling] = []
    households: list[Household] = []
    residents: list[Resident] = []
    for building in buildings:
        homes = _dwellings(building, rng)
        made, people = _households(building, homes, registry, rng, today)
        dwellings += homes
        households += made
        residents += people
    return Population(tuple(dwellings), tuple(households), tuple(residents))


def _dwellings(building: Building, rng: np.random.Generator) -> list[Dwelling]:
    places = _places(building)
    taken = set(rng.permutation(len(places))[: building.households].tolist())
    let = rng.random(len(places)) < LET_SHARE
    found = []
    for i, (unit, floor, room) in enumerate(places):
        empty = Occupancy.OTHER if let[i] and i % 9 == 0 else Occupancy.VACANT
        occupancy = (Occupancy.LET if let[i] else Occupancy.OWNER) if i in taken else empty
        found.append(
            Dwelling(f"{building.code}-{unit or '0'}-{room or '0'}", building.code, unit, floor, room, occupancy)
        )
    return found


def _places(building: Building) -> list[tuple[str, int, str]]:
    """Unit, floor and room of every dwelling, filled storey by storey; rooms are numbered per unit (501, 502)."""
    if building.dwellings == 1 and building.kind in (BuildingKind.VILLA, BuildingKind.OLD):
        return [("", 1, "")]
    units = 1 if building.kind is BuildingKind.OLD else building.units
    per_floor = max(1, -(-building.dwellings // (building.floors * units)))
    places = [
        ("" if building.kind is BuildingKind.OLD else str(unit), floor, f"{floor}{room:02d}")
        for floor in range(1, building.floors + 1)
        for unit in range(1, units + 1)
        for room in range(1, per_floor + 1)
    ]
    return places[: building.dwellings]


def _households(
    building: Building, homes: list[Dwelling], registry: Registry, rng: np.random.Generator, today: date
) -> tuple[list[Household], list[Resident]]:
    lived_in = [home for home in homes if home.occupancy in (Occupancy.OWNER, Occupancy.LET)]
    if not lived_in:
        return [], []
    sizes = _sizes(building.residents, len(lived_in), rng)
    elders = _elders(building.elders, sizes, rng)
    rural = building.kind is BuildingKind.OLD and building.compound is None
    households, residents = [], []
    for number, (home, size, old) in enumerate(zip(lived_in, sizes, elders, strict=True), start=1):
        settled = rng.random() < (0.1 if home.occupancy is Occupancy.LET else 0.96)
        code = f"{home.code}-H"
        households.append(Household(code, home.code, f"{building.code[-11:]}{number:03d}", settled))
        family = _Family(home, code, int(size), int(old), settled, rural)
        residents += _people(family, registry, rng, today)
    return households, residents


def _sizes(total: int, count: int, rng: np.random.Generator) -> Counts:
    """Persons per household: many of one and two, few of five and more."""
    weights = rng.choice(np.array([0.6, 1.6, 2.6, 3.4, 5.0]), count, p=(0.24, 0.31, 0.25, 0.13, 0.07))
    ones = np.ones(count, dtype=np.int64)
    return apportion(total, weights, ones, np.full(count, max(LARGEST_HOUSEHOLD, -(-total // count)), dtype=np.int64))


def _elders(total: int, sizes: Counts, rng: np.random.Generator) -> Counts:
    """Old people live together: alone, as couples, and less often with their children."""
    leaning = rng.choice(np.array([0.05, 0.6, 3.0]), len(sizes), p=(0.55, 0.2, 0.25)) * np.where(sizes <= 2, 2.0, 1.0)
    comfortable = np.minimum(sizes, 2)
    most = comfortable if comfortable.sum() >= total else sizes
    return apportion(total, leaning * sizes, np.zeros_like(sizes), most)


@dataclass(frozen=True)
class _Family:
    home: Dwelling
    code: str
    size: int
    elders: int
    registered: bool
    rural: bool


def _people(family: _Family, registry: Registry, rng: np.random.Generator, today: date) -> list[Resident]:
    surname = draw_surname(rng)
    overseas = not family.registered and rng.random() < OVERSEAS_SHARE * 4
    members = _members(family, rng)
    young_and_old = all(age >= ELDER_AGE or age < 18 for age, _, _ in members)
    left_behind = family.rural and family.registered and young_and_old
    elders = sum(age >= ELDER_AGE for age, _, _ in members)
    found = []
    for number, (age, relation, male) in enumerate(members, start=1):
        born = _birthday(age, today, rng)
        situation = Situation(age, male, family.size - 1, elders - (age >= ELDER_AGE), left_behind)
        id_number, born = (registry.passport(), born) if overseas else registry.citizen(born, male=male)
        found.append(
            Resident(
                code=f"{family.code}{number}",
                household=family.code,
                dwelling=family.home.code,
                building=family.home.building,
                name=_name(surname, relation, rng, male=male, overseas=overseas),
                male=male,
                born=born,
                relation=relation,
                kind=_kind(family, left_behind=left_behind, overseas=overseas),
                id_number=id_number,
                phone=registry.phone() if age >= 12 and rng.random() < 0.95 else "",
                tags=tags_of(situation, rng),
            )
        )
    return found


def _kind(family: _Family, *, left_behind: bool, overseas: bool) -> Kind:
    if overseas:
        return Kind.OVERSEAS
    if left_behind:
        return Kind.LEFT_BEHIND
    return Kind.REGISTERED if family.registered else Kind.FLOATING


def _name(surname: str, relation: Relation, rng: np.random.Generator, *, male: bool, overseas: bool) -> str:
    if overseas:
        return FOREIGN[int(rng.integers(len(FOREIGN)))]
    shares = relation in (Relation.HEAD, Relation.CHILD, Relation.GRANDCHILD) or (relation is Relation.PARENT and male)
    return draw_name(surname if shares else draw_surname(rng), rng, male=male)


def _members(family: _Family, rng: np.random.Generator) -> list[tuple[int, Relation, bool]]:
    """Age, relation to the head and sex of each: ``elders`` are 60 and over, the others are not, the head is grown."""
    younger = family.size - family.elders
    male = bool(rng.random() < 0.68)
    if family.elders and (younger == 0 or rng.random() < 0.5):
        return _old_household(family.elders, younger, rng, male=male)
    return _young_household(family.elders, younger, rng, male=male)


def _old_household(
    elders: int, younger: int, rng: np.random.Generator, *, male: bool
) -> list[tuple[int, Relation, bool]]:
    head = _old_age(rng)
    found = [(head, Relation.HEAD, male)]
    for i in range(1, elders):
        couple = i == 1
        age = max(ELDER_AGE, head + int(rng.integers(-5, 4))) if couple else _old_age(rng)
        found.append((age, Relation.SPOUSE if couple else Relation.OTHER, not male if couple else _coin(rng)))
    for i in range(younger):
        child = i == 0 and rng.random() < 0.7
        age = int(np.clip(head - rng.integers(22, 34), 18, ELDER_AGE - 1)) if child else int(rng.integers(0, 25))
        found.append((age, Relation.CHILD if child else Relation.GRANDCHILD, _coin(rng)))
    return found


def _young_household(
    elders: int, younger: int, rng: np.random.Generator, *, male: bool
) -> list[tuple[int, Relation, bool]]:
    head = int(rng.integers(23, ELDER_AGE))
    found = [(head, Relation.HEAD, male)]
    for i in range(1, younger):
        if i == 1 and rng.random() < 0.8:
            found.append((int(np.clip(head + rng.integers(-4, 4), 20, ELDER_AGE - 1)), Relation.SPOUSE, not male))
        else:
            found.append((max(0, head - int(rng.integers(22, 36))), Relation.CHILD, _coin(rng)))
    for _ in range(elders):
        found.append((min(100, max(ELDER_AGE, head + int(rng.integers(21, 34)))), Relation.PARENT, _coin(rng)))
    return found


def _old_age(rng: np.random.Generator) -> int:
    return ELDER_AGE + min(42, int(rng.exponential(9.0)))


def _coin(rng: np.random.Generator) -> bool:
    return bool(rng.random() < 0.5)


def _birthday(age: int, today: date, rng: np.random.Generator) -> date:
    """A day on which somebody was born who is ``age`` years old today, never so late that moving it by a few days for
    want of numbers makes them younger."""
    last = today.replace(year=today.year - age, day=min(today.day, 28))
    return last - timedelta(days=int(rng.integers(20, 360)))
