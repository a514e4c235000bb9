"""Which building a row means: its address read and matched inside the area of the import, with what people decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from gridmap.accounts.permissions import codes_in
from gridmap.address.evidence import Reason
from gridmap.address.gazetteer import Entry, Gazetteer
from gridmap.address.match import Kind, Match, match
from gridmap.address.parse import parse
from gridmap.address.parts import Address
from gridmap.address.reading import read
from gridmap.territory.models import Building, Region
from importers.lists.doors import floor_of
from importers.lists.models import CompoundAlias, ListRow
from importers.lists.plan import spoken

State = ListRow.State
STATES = {Kind.MATCHED: State.MATCHED, Kind.AMBIGUOUS: State.AMBIGUOUS, Kind.UNMATCHED: State.UNMATCHED}
COUNTY_DIGITS, COMMUNITY_DIGITS = 6, 12
SPELLING_CHARACTERS = 60
#: Addresses remembered while a list is read: a family is written one row after the other.
REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a row belongs, or the buildings it may mean: (building, score 0–1, reason codes), best first."""

    state: ListRow.State
    building: int | None = None
    unit: str = ""
    floor: int | None = None
    room: str = ""
    spelling: str = ""
    candidates: tuple[dict[str, Any], ...] = ()
    doubts: tuple[str, ...] = field(default=())


class Places:
    """The buildings of an area by every name they go by there.

    A spelling decided for a part of the area counts for addresses alone that point into that part by themselves.
    """

    def __init__(self, area: str) -> None:
        self.area = area
        self._parts = _areas_with_spellings(area)
        self._within = cache(lambda part: Gazetteer(_entries(part), _regions(part)))
        self._gazetteer = Gazetteer(_entries(area), _regions(area))
        self._areas = {building.entry.id: building.entry.area for building in self._gazetteer.buildings}
        self._find = lru_cache(maxsize=REMEMBERED)(self._found)

    def find(self, values: Mapping[str, Any]) -> Placement:
        """Where the address of a row points; its columns are put together where it stands in several."""
        return self._find(address_of(values), spoken(values, "community"), spoken(values, "floor"))

    def _found(self, text: str, community: str, floor: str) -> Placement:
        if not text:
            return Placement(State.UNMATCHED)
        address = parse(text)
        found = self._with_community(address, community)
        spelling = self._spelling(address)
        candidates = tuple(
            {"building": one.id, "score": round(one.score, 2), "reasons": [str(reason) for reason in one.reasons]}
            for one in found.candidates
        )
        state, best = STATES[found.kind], found.best
        if state != State.MATCHED or best is None:
            return Placement(
                state,
                unit=address.unit[:20],
                floor=floor_of(floor, ""),
                room=address.room[:20],
                spelling=spelling,
                candidates=candidates,
                doubts=tuple(str(reason) for reason in found.reasons),
            )
        there = best.dwelling
        level = floor_of(floor or there.floor, there.room)
        return Placement(state, int(best.id), there.unit[:20], level, there.room[:20], spelling, candidates)

    def _spelling(self, address: Address) -> str:
        """The words that should name the compound: those that no known name explains, else what stands in its place."""
        unknown = read(address, self._gazetteer).unknown
        return (unknown[-1] if unknown else address.compound)[:SPELLING_CHARACTERS]

    def _with_community(self, address: Address, community: str) -> Match:
        """The match in the area; a column that names the community decides between several, and must not disagree."""
        found = match(address, self._gazetteer, self.area)
        hint = self._gazetteer.area_named(community) if community else None
        if hint is not None and not hint.startswith(self.area):
            hint = None
        found = self._with_spellings(address, found, hint)
        if hint is None:
            return found
        if found.kind is Kind.MATCHED and found.best is not None:
            inside = self._areas[found.best.id].startswith(hint)
            return found if inside else Match(Kind.AMBIGUOUS, found.candidates, (Reason.REGION_DIFFERS,))
        narrow = match(address, self._gazetteer, hint)
        better = narrow.kind is Kind.MATCHED or (narrow.candidates and found.kind is Kind.UNMATCHED)
        return narrow if better else found

    def _with_spellings(self, address: Address, found: Match, hint: str | None) -> Match:
        """The match by a spelling of the part into which all that is known of the row points; else `found`."""
        if found.kind is Kind.MATCHED or not self._parts:
            return found
        pointed = {hint} if hint else self._pointed(address, found)
        for part in self._parts:
            if pointed and all(area.startswith(part) for area in pointed):
                known = match(address, self._within(part), part)
                best = known.best
                if known.kind is Kind.MATCHED and best is not None and Reason.COMPOUND_ALIAS in best.reasons:
                    return known
        return found

    def _pointed(self, address: Address, found: Match) -> set[str]:
        """The smallest areas that an address names, else those of the buildings it may mean."""
        named = {area for areas in read(address, self._gazetteer).regions for area in areas}
        digits = max(map(len, named), default=0)
        if digits > len(self.area):
            return {area for area in named if len(area) == digits}
        return {self._areas[one.id] for one in found.candidates}


def address_of(values: Mapping[str, Any]) -> str:
    """One address out of the columns of a row: what the address itself does not say is added from the others."""
    text, compound = spoken(values, "address"), spoken(values, "compound")
    if compound and compound not in text:
        text += compound
    read = parse(text)
    for name, there, word in (
        ("building", read.building, "号楼"), ("unit", read.unit, "单元"), ("room", read.room, "室")
    ):  # fmt: skip
        part = spoken(values, name)
        if part and not there:
            text += part + (word if part[-1:].isdigit() or part.isascii() else "")
    return text


def _entries(area: str) -> list[Entry]:
    aliases: dict[int, list[str]] = defaultdict(list)
    for alias in CompoundAlias.objects.all():
        if area.startswith(alias.area):
            aliases[alias.compound_id].append(alias.spelling)
    column = "grid__code" if len(area) > COMMUNITY_DIGITS else "community__code"
    rows = Building.objects.filter(active=True).filter(codes_in([area], column))
    named = rows.values_list(
        "pk", "grid__code", "community__code", "compound_id", "compound__name", "number", "name", "address",
        "entrances", "floors", "dwellings",
    )  # fmt: skip
    return [
        Entry(
            id=pk,
            area=grid or community or "",
            compound=compound_name or "",
            aliases=tuple(aliases.get(compound, ())) if compound else (),
            number=number or name,
            address=address,
            entrances=entrances,
            floors=floors,
            dwellings=dwellings,
        )
        for pk, grid, community, compound, compound_name, number, name, address, entrances, floors, dwellings in named
    ]


def _areas_with_spellings(area: str) -> list[str]:
    """The parts of an area for which spellings were decided, narrow ones first."""
    parts = CompoundAlias.objects.filter(area__startswith=area).exclude(area=area)
    return sorted(set(parts.values_list("area", flat=True)), key=lambda part: (-len(part), part))


def _regions(area: str) -> dict[str, str]:
    """Names of the regions of the county and of those above, so that another community's address is seen as such."""
    above = [area[:length].ljust(12, "0") for length in (2, 4) if length <= len(area)]
    inside = codes_in([area[:COUNTY_DIGITS]], "code")
    rows = Region.objects.filter(code__in=above) | Region.objects.filter(inside)
    return dict(rows.values_list("code", "name"))
