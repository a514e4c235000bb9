"""Addresses as departments keep them, with the truth beside each: which building is meant, what went wrong, and
whether what was written still says enough.

What a row says is kept as facts while it is written (regions, street, door, estate, number). It says *enough* when
exactly one surveyed building of the district fits all its facts and that one is the true one; an estate fits by its
name, a known former name, either with or without 小区, by the name without the word for its kind, and, where none in
the named region fits so, by a name that differs in one character. No reader of addresses is asked.

The chances of errors are assumptions from what clerks tell about such lists, not counts: there are no open figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from gridmap.district.mistakes import (
    core_of,
    mistype,
    other_figure,
    somewhere_else,
    swap_figures,
    with_or_without_word,
)
from gridmap.district.residents import Dwelling
from gridmap.district.spelling import INDOORS, VILLA_MARKS, Hand, Indoors, handle, write_regions
from gridmap.district.whereabouts import Whereabouts

Weights = Mapping[str, float]


@dataclass(frozen=True)
class Clerk:
    """Habits of the department that keeps a list: weights of region words and indoor styles, how often the street is
    named and the community stands in a column of its own, the hand, and the chance of each mistake."""

    prefixes: Weights
    indoors: Weights
    with_street: float
    community_column: float
    hand: Hand
    mistakes: Weights


@dataclass(frozen=True, slots=True)
class Facts:
    """What an address says; empty where it says nothing. ``region`` is a code prefix."""

    region: str = ""
    street: str = ""
    door: str = ""
    compound: str = ""
    number: str = ""
    unit: str = ""
    room: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """``kinds`` names mistakes, ``habits`` ways of writing; ``community`` is the column's code ("" without one);
    ``enough`` as above; ``misleading``: what is said fits exactly one building, and it is another; ``dwelling_enough``:
    enough, and unit and room are there and right."""

    text: str
    community: str
    facts: Facts
    kinds: tuple[str, ...]
    habits: tuple[str, ...]
    enough: bool
    misleading: bool
    dwelling_enough: bool


@dataclass
class Scene:
    """The district as it is known: surveyed buildings, names in use and former names that somebody wrote down."""

    places: Mapping[str, Whereabouts]
    former: Mapping[str, str]
    known_former: Mapping[str, str]
    unsurveyed: Collection[str] = frozenset()
    by_door: dict[tuple[str, str], list[Whereabouts]] = field(default_factory=dict)
    by_compound: dict[str, list[Whereabouts]] = field(default_factory=dict)
    neighbours: dict[str, list[str]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for place in self.places.values():
            self.neighbours.setdefault(place.community, [])
            if place.compound and not place.by_door and place.compound not in self.neighbours[place.community]:
                self.neighbours[place.community].append(place.compound)
            if place.building in self.unsurveyed:
                continue
            self.by_door.setdefault((place.street, place.door), []).append(place)
            if place.compound_code:
                self.by_compound.setdefault(place.compound_code, []).append(place)
        self.names = frozenset(place.compound for place in self.places.values())
        self.streets = frozenset(street for street, _ in self.by_door)

    def fitting(self, facts: Facts) -> set[str]:
        """Codes of the surveyed buildings that fit all that is said; none where only a region is."""
        if facts.street:
            found = [place for street in self._streets(facts) for place in self.by_door.get((street, facts.door), [])]
        elif facts.compound:
            found = [place for code in self._compounds(facts) for place in self.by_compound[code]]
        else:
            return set()
        if facts.street and facts.compound:
            known = self._compounds(facts)
            found = [place for place in found if place.compound_code in known]
        return {
            place.building
            for place in found
            if place.community.startswith(facts.region) and (not facts.number or place.number == facts.number)
        }

    def _streets(self, facts: Facts) -> list[str]:
        if facts.street in self.streets:
            return [facts.street]
        return [street for street in self.streets if one_apart(street, facts.street)]

    def _compounds(self, facts: Facts) -> set[str]:
        inside = {
            code: self._names(places[0])
            for code, places in self.by_compound.items()
            if places[0].community.startswith(facts.region)
        }
        exact = {code for code, names in inside.items() if _fits(facts.compound, names)}
        return exact or {code for code, names in inside.items() if any(one_apart(facts.compound, n) for n in names)}

    def _names(self, place: Whereabouts) -> list[str]:
        former = self.known_former.get(place.compound_code)
        return [place.compound, *([former] if former else [])]


def _fits(text: str, names: Iterable[str]) -> bool:
    return any(text in (name, core_of(name), with_or_without_word(name)) for name in names)


def one_apart(one: str, other: str) -> bool:
    """Whether one character was replaced, left out or added, or two neighbours swapped, to make one of the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    head = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[head:], other[head:]
    if len(a) != len(b):
        return a[1:] == b or a == b[1:]
    return a[1:] == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


def write_address(
    place: Whereabouts, dwelling: Dwelling, clerk: Clerk, scene: Scene, rng: np.random.Generator
) -> Written:
    """One dwelling's address as ``clerk`` would have it in the list."""
    made = {name for name, chance in clerk.mistakes.items() if rng.random() < chance}
    if "elsewhere" in made:
        return _elsewhere(clerk, scene, rng)
    facts, region, kinds = _outdoors(place, made, clerk, scene, rng)
    facts, indoor_kinds = _inner_facts(place, dwelling, made, facts, rng)
    indoors, habit = _indoors(place, dwelling, facts, clerk, rng)
    door = f"{facts.door}号" if facts.street else ""
    text, habits = handle(f"{region}{facts.street}{door}{facts.compound}{indoors}", clerk.hand, rng)
    community, column_kinds = _column(place, made, clerk, scene, rng)
    told = replace(facts, region=max(facts.region, community, key=len))
    if column_kinds and facts.region:
        told = replace(told, region="contradiction")
    fitting = scene.fitting(told)
    enough = fitting == {place.building}
    kinds = (*kinds, *indoor_kinds, *column_kinds)
    if place.building in scene.unsurveyed:
        kinds = (*kinds, "unsurveyed")
    inside = enough and _says_dwelling(place, dwelling, facts)
    misleading = len(fitting) == 1 and not enough
    return Written(text, community, told, kinds, (*habits, habit), enough, misleading, inside)


def _says_dwelling(place: Whereabouts, dwelling: Dwelling, facts: Facts) -> bool:
    unit_clear = facts.unit == dwelling.unit or (not facts.unit and place.units == 1)
    return unit_clear and facts.room == dwelling.room


def _elsewhere(clerk: Clerk, scene: Scene, rng: np.random.Generator) -> Written:
    """An address outside the district (somebody who is registered here and lives there)."""
    region, name = somewhere_else(scene.names, rng)
    style = _pick(clerk.indoors, rng)
    indoors = INDOORS[style](
        Indoors(
            str(rng.integers(1, 30)),
            str(rng.integers(1, 4)),
            str(f := int(rng.integers(1, 7))),
            f"{f}0{rng.integers(1, 4)}",
        )
    )
    text, habits = handle(f"{region}{name}{indoors}", clerk.hand, rng)
    return Written(text, "", Facts(compound=name), ("elsewhere",), (*habits, style), False, False, False)


def _outdoors(
    place: Whereabouts, made: Collection[str], clerk: Clerk, scene: Scene, rng: np.random.Generator
) -> tuple[Facts, str, tuple[str, ...]]:
    """Regions, street with door, and the name of the estate."""
    kinds: list[str] = []
    region, code = write_regions(place, _pick(clerk.prefixes, rng))
    door_only = not place.by_door and "door_only" in made
    compound = ""
    if door_only:
        kinds.append("door_only")
    elif not place.by_door:
        compound, kind = _estate(place, made, scene, rng)
        kinds += [kind] if kind else []
    street, door = "", ""
    if place.by_door or door_only or rng.random() < clerk.with_street:
        street, door = place.street, place.door
        if "typo_street" in made:
            street = mistype(street[:-1], rng) + street[-1]
            kinds.append("typo_street")
        if "other_door" in made:
            door = other_figure(door, rng)
            kinds.append("other_door")
    return Facts(region=code, street=street, door=door, compound=compound), region, tuple(kinds)


def _estate(place: Whereabouts, made: Collection[str], scene: Scene, rng: np.random.Generator) -> tuple[str, str]:
    """The name of the estate as written, and what is wrong with it."""
    name = place.compound
    others = [other for other in scene.neighbours[place.community] if other != name]
    if "wrong_compound" in made and others:
        return others[int(rng.integers(len(others)))], "wrong_compound"
    if "former_name" in made and place.compound_code in scene.former:
        name = scene.former[place.compound_code]
        return name, "former_name" if place.compound_code in scene.known_former else "former_name_unknown"
    if "core_name" in made and core_of(name) != name:
        return core_of(name), "core_name"
    if "word_changed" in made:
        return with_or_without_word(name), "word_changed"
    if "typo_compound" in made:
        return mistype(name, rng), "typo_compound"
    return name, ""


def _inner_facts(
    place: Whereabouts, dwelling: Dwelling, made: Collection[str], facts: Facts, rng: np.random.Generator
) -> tuple[Facts, tuple[str, ...]]:
    """``facts`` with number, unit and room as they will be written, and what is wrong with them."""
    kinds: list[str] = []
    number, unit, room = "" if place.by_door else place.number, dwelling.unit, dwelling.room
    if number and "wrong_number" in made:
        number = other_figure(number, rng)
        kinds.append("wrong_number")
    if number and "no_number" in made and not place.villa:
        number = ""
        kinds.append("no_number")
    if unit and place.units > 1 and "no_unit" in made:
        unit = ""
        kinds.append("no_unit")
    elif place.units == 1 and rng.random() < 0.55:
        unit = ""
    if room and "swapped_room" in made:
        room = swap_figures(room, rng)
        kinds.append("swapped_room")
    elif room and "no_room" in made:
        room = ""
        kinds.append("no_room")
    return replace(facts, number=number, unit=unit, room=room), tuple(kinds)


def _indoors(
    place: Whereabouts, dwelling: Dwelling, facts: Facts, clerk: Clerk, rng: np.random.Generator
) -> tuple[str, str]:
    """The words for number, unit and room, and the style they are in."""
    if place.by_door:
        return _room_behind_a_door(facts.room, dwelling, rng), "door"
    if place.villa:
        mark = VILLA_MARKS[int(rng.integers(len(VILLA_MARKS)) * (rng.random() < 0.5))]
        return f"{facts.number}{mark}", "villa"
    style = _pick(clerk.indoors, rng)
    if not facts.number and "dashes" in style:
        style = "dong_unit"  # who leaves the building out still says that the next figure is a unit
    room = facts.room
    floor = room[:-2] if len(room) > 2 else str(dwelling.floor)
    shown = f"0{room}" if len(room) == 3 and rng.random() < clerk.hand.zero_room else room
    return INDOORS[style](Indoors(facts.number, facts.unit, floor, shown)), style


def _room_behind_a_door(room: str, dwelling: Dwelling, rng: np.random.Generator) -> str:
    styles = (room, f"{room}室", f"{dwelling.floor}楼{room}", f"-{room}")
    return styles[int(rng.integers(len(styles)))] if room else ""


def _column(
    place: Whereabouts, made: Collection[str], clerk: Clerk, scene: Scene, rng: np.random.Generator
) -> tuple[str, tuple[str, ...]]:
    if rng.random() >= clerk.community_column:
        return "", ()
    if "wrong_community" in made:
        others = sorted(code for code in scene.neighbours if code != place.community)
        return others[int(rng.integers(len(others)))], ("wrong_community",)
    return place.community, ()


def _pick(weights: Weights, rng: np.random.Generator) -> str:
    names = list(weights)
    shares = np.cumsum(np.fromiter(weights.values(), dtype=float))
    return names[int(np.searchsorted(shares, rng.random() * shares[-1], side="right"))]
