"""An address read with the names of a gazetteer: which regions, streets and estates its words stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gridmap.address.gazetteer import Gazetteer
from gridmap.address.naming import may_be_misspelt
from gridmap.address.normal import name_key
from gridmap.address.parts import Address
from gridmap.address.segments import Segment

_FILLERS = re.compile(r"^(?:的|内|院内|里面|小区内|本?小区|住宅区|院)$")
_SECTION = re.compile(r"第?(?:[0-9A-Z]{1,2}|[东西南北中])(?:期|区|组团)")
TYPO, OTHER_KIND = "typo", "kind"


@dataclass(frozen=True)
class Reading:
    """``regions``: per region named, the code prefixes it may be. ``estates``: index and quality of each that the words
    may mean. ``street``: its key, with ``street_quality`` exact, typo or unknown ("" where none is named).
    ``unknown``: words that no name explains."""

    address: Address
    regions: tuple[frozenset[str], ...] = ()
    estates: tuple[tuple[int, str], ...] = ()
    streets: tuple[str, ...] = ()
    street_quality: str = ""
    passing_streets: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    named: bool = False
    within: str = ""

    def allows(self, area: str) -> bool:
        """Whether ``area`` lies in what was asked for and in every region named."""
        inside = all(any(area.startswith(prefix) for prefix in prefixes) for prefixes in self.regions)
        return inside and area.startswith(self.within)


def read(address: Address, gazetteer: Gazetteer, within: str = "") -> Reading:
    """The reading of ``address``; where its door is not on a known street but behind a known estate, the door is the
    number of a building (平安里12号)."""
    if address.door:
        moved = _door_is_a_building(address, gazetteer)
        if moved is not None:
            address = moved
    before = gazetteer.segments(address.before) if address.door else ()
    place = gazetteer.segments(address.place)
    reading = _with_street(Reading(address, within=within), before, gazetteer)
    return _room_is_a_house(_with_estate(reading, place, gazetteer), gazetteer)


def _room_is_a_house(reading: Reading, gazetteer: Gazetteer) -> Reading:
    """A figure alone behind an estate of villas is the number of one (国泰山庄123)."""
    address = reading.address
    if address.building or address.unit or not address.room:
        return reading
    houses = [
        gazetteer.buildings[member].entry.dwellings == 1
        for index, _ in reading.estates
        for member in gazetteer.estates[index].numbers.get(address.room, ())
    ]
    if not houses or not all(houses):
        return reading
    return replace(reading, address=replace(address, building=address.room, floor="", room=""))


def _door_is_a_building(address: Address, gazetteer: Gazetteer) -> Address | None:
    segments = gazetteer.segments(address.before)
    if not segments or address.building or address.place or segments[-1].has("street"):
        return None
    tails = [words for _, words in _tails(segments)]
    misspelt = any(_misspelt(words, gazetteer) for words in tails)
    street = any(gazetteer.near_streets.one_apart(words) for words in tails)
    if not segments[-1].has("estate") and (street or not misspelt):
        return None
    return replace(address, place=address.before, before="", door="", building=address.door, mark="号")


def _regions(segments: tuple[Segment, ...]) -> tuple[frozenset[str], ...]:
    found = []
    for segment in segments:
        prefixes = frozenset(str(meaning.value) for meaning in segment.meanings if meaning.kind == "region")
        if prefixes:
            found.append(prefixes)
    return tuple(found)


def _unknown(segments: tuple[Segment, ...]) -> tuple[str, ...]:
    return tuple(
        segment.text
        for segment in segments
        if not segment.meanings and not _FILLERS.match(segment.text) and not _SECTION.fullmatch(segment.text)
    )


def _with_street(reading: Reading, segments: tuple[Segment, ...], gazetteer: Gazetteer) -> Reading:
    """The street is what stands right before the door; a misspelt one is looked for behind the regions."""
    if not segments:
        return reading
    last = segments[-1]
    if last.has("street"):
        rest = segments[:-1]
        return replace(
            reading,
            regions=_regions(rest),
            streets=(last.text,),
            street_quality="exact",
            unknown=_unknown(rest),
        )
    for position, words in _tails(segments):
        near = gazetteer.near_streets.one_apart(words)
        if near:
            rest = segments[:position]
            return replace(
                reading,
                regions=_regions(rest),
                streets=tuple(near),
                street_quality=TYPO,
                unknown=_unknown(rest),
            )
    return replace(reading, regions=_regions(segments), street_quality="unknown", unknown=_unknown(segments))


def _with_estate(reading: Reading, segments: tuple[Segment, ...], gazetteer: Gazetteer) -> Reading:
    """The estate is the last known one; where none is known, a misspelt one behind the regions."""
    if not segments:
        return reading
    at = next((i for i in range(len(segments) - 1, -1, -1) if segments[i].has("estate")), None)
    if at is None:
        return _with_misspelt(reading, segments, gazetteer)
    rest = (*segments[:at], *segments[at + 1 :])
    estates = tuple(
        (int(meaning.value), meaning.quality) for meaning in segments[at].meanings if meaning.kind == "estate"
    )
    others = tuple(s.text for s in rest if s.has("estate") and not s.has("region") and not s.has("street"))
    section = any(_SECTION.fullmatch(s.text) for s in segments[at + 1 :])
    if section:
        estates = tuple((index, "phase") for index, _ in estates)
    return replace(
        reading,
        regions=(*reading.regions, *_regions(rest)),
        estates=estates,
        passing_streets=_streets(rest),
        unknown=(*reading.unknown, *_unknown(rest), *others),
        named=True,
    )


def _with_misspelt(reading: Reading, segments: tuple[Segment, ...], gazetteer: Gazetteer) -> Reading:
    for position, words in _tails(segments):
        near = _misspelt(words, gazetteer)
        if near:
            return replace(
                reading,
                regions=(*reading.regions, *_regions(segments[:position])),
                estates=near,
                passing_streets=_streets(segments[:position]),
                unknown=(*reading.unknown, *_unknown(segments[:position])),
                named=True,
            )
    unknown = _unknown(segments)
    return replace(
        reading,
        regions=(*reading.regions, *_regions(segments)),
        passing_streets=_streets(segments),
        unknown=(*reading.unknown, *unknown),
        named=bool(unknown),
    )


def _misspelt(words: str, gazetteer: Gazetteer) -> tuple[tuple[int, str], ...]:
    """Estates whose name is one character from ``words``: a slip of the pen, or another kind of estate."""
    return tuple(
        (index, TYPO if may_be_misspelt(words, name) else OTHER_KIND)
        for name in gazetteer.near_estates.one_apart(words)
        for index in gazetteer.estates_called(name)
    )


def _tails(segments: tuple[Segment, ...]) -> list[tuple[int, str]]:
    """The words from each place on that only regions stand before, longest first."""
    found = []
    for position, segment in enumerate(segments):
        found.append((position, "".join(s.text for s in segments[position:])))
        if not segment.has("region"):
            break
    return found


def _streets(segments: tuple[Segment, ...]) -> tuple[str, ...]:
    return tuple(segment.text for segment in segments if segment.has("street"))


def words_of(address: Address) -> str:
    """All place words of an address as one key."""
    return name_key(address.before + address.place)
