"""The known buildings with every name by which they can be asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from gridmap.address.naming import name_forms, region_forms
from gridmap.address.nearness import Neighbourhood
from gridmap.address.normal import figure_of, name_key
from gridmap.address.parse import parse
from gridmap.address.segments import Meaning, Names, Segment, cut

_NUMBER = re.compile(r"[0-9A-Z甲乙丙丁戊己庚辛壬癸]+(?:-[0-9A-Z]+)?")
_LEVELS = (2, 4, 6, 9, 12)


@dataclass(frozen=True, slots=True)
class Entry:
    """One building. ``area`` is the code of its community (or a longer one), ``number`` its number in the compound
    (3栋), ``street`` and ``door`` its or its compound's door; where they are empty they are read from ``address``.
    ``entrances`` and ``floors`` are None where nobody counted."""

    id: int | str
    area: str = ""
    compound: str = ""
    aliases: tuple[str, ...] = ()
    number: str = ""
    address: str = ""
    street: str = ""
    door: str = ""
    entrances: int | None = None
    floors: int | None = None
    dwellings: int | None = None


@dataclass(frozen=True, slots=True)
class Building:
    """An entry with its names as they are compared; ``compound`` is an index into the compounds, -1 without one."""

    entry: Entry
    compound: int
    number: str
    house: bool
    street: str
    door: str


@dataclass(slots=True)
class Estate:
    name: str
    key: str
    area: str
    numbers: dict[str, list[int]] = field(default_factory=dict)
    members: list[int] = field(default_factory=list)


class Gazetteer:
    """Buildings by compound and number and by street and door. ``regions`` names the areas: code to name, codes of any
    level padded with zeros or not; without it the regions in addresses cannot be checked."""

    def __init__(self, entries: Iterable[Entry], regions: Mapping[str, str] | None = None) -> None:
        self.buildings: list[Building] = []
        self.estates: list[Estate] = []
        self.doors: dict[tuple[str, str], list[int]] = {}
        self.street_doors: dict[str, list[str]] = {}
        self.names = Names()
        self._by_key: dict[str, list[int]] = {}
        self._chains = {area_prefix(code): name for code, name in (regions or {}).items()}
        self._estate_of: dict[tuple[str, str], int] = {}
        self._put_regions()
        for entry in entries:
            self._put(entry)
        self._put_streets()
        self.near_estates = Neighbourhood(self._by_key)
        self.near_streets = Neighbourhood(self.street_doors)
        self.segments = lru_cache(maxsize=8192)(self._segments)

    def at(self, street: str, door: str) -> list[int]:
        """Buildings at one door."""
        return self.doors.get((street, door), [])

    def estates_called(self, key: str) -> list[int]:
        """Estates whose name or alias is exactly ``key``."""
        return self._by_key.get(key, [])

    def area_named(self, name: str) -> str | None:
        """The code prefix of the one region of this name (陇海社区), None where there is none or more than one."""
        prefixes = {meaning.value for meaning in self.names.of(name_key(name)) if meaning.kind == "region"}
        return str(prefixes.pop()) if len(prefixes) == 1 else None

    def _segments(self, words: str) -> tuple[Segment, ...]:
        return cut(name_key(words), self.names)

    def _put_regions(self) -> None:
        for prefix, name in self._chains.items():
            for form, bare in region_forms(name):
                self.names.add(name_key(form), Meaning("region", prefix, "bare" if bare else "full"))

    def _put(self, entry: Entry) -> None:
        street, door, number = _whereabouts(entry, self._chain(entry.area))
        estate = self._estate(entry) if entry.compound else -1
        index = len(self.buildings)
        house = entry.number.strip().endswith("号")
        self.buildings.append(Building(entry, estate, number, house, street, door))
        if estate >= 0:
            self.estates[estate].members.append(index)
            self.estates[estate].numbers.setdefault(number, []).append(index)
        if street and door:
            self.doors.setdefault((street, door), []).append(index)
            self.street_doors.setdefault(street, []).append(door)

    def _chain(self, area: str) -> list[str]:
        return [name for size in _LEVELS if (name := self._chains.get(area[:size]))]

    def _estate(self, entry: Entry) -> int:
        where = (entry.area[:12], name_key(entry.compound))
        index = self._estate_of.get(where)
        if index is None:
            index = self._estate_of[where] = len(self.estates)
            self.estates.append(Estate(entry.compound, where[1], where[0]))
            self._put_names(where[1], index, "exact")
        for alias in entry.aliases:
            self._put_names(name_key(alias), index, "alias")
        return index

    def _put_names(self, key: str, estate: int, quality: str) -> None:
        if not key:
            return
        known = self._by_key.setdefault(key, [])
        if estate in known:
            return
        known.append(estate)
        self.names.add(key, Meaning("estate", estate, quality))
        for form, how in name_forms(key):
            self.names.add(form, Meaning("estate", estate, how))

    def _put_streets(self) -> None:
        for street in self.street_doors:
            self.names.add(street, Meaning("street", street, "exact"))


def area_prefix(code: str) -> str:
    """The significant digits of a region code: 990101002000 is 990101002."""
    significant = code.rstrip("0")
    return next((code[:size] for size in _LEVELS if len(significant) <= size <= len(code)), code)


def _whereabouts(entry: Entry, chain: list[str]) -> tuple[str, str, str]:
    """Street, door and number of a building as they are compared."""
    read = parse(entry.address) if entry.address else None
    street, door = entry.street, entry.door
    if not street and read is not None and read.door:
        street, door = read.before, read.door
        for name in chain:
            street = street.removeprefix(name)
        street = street if street != read.before else read.street
    number = _NUMBER.match(name_key(entry.number).removeprefix("第"))
    found = number.group() if number else read.building if read is not None else ""
    return name_key(street), figure_of(door.removesuffix("号")), figure_of(found)
