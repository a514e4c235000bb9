"""The true place of every building in words: regions, street and door, compound with its former names, number. What
`gridmap.district.messy` writes badly, and what a reader of those lists may know of the district."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gridmap.district.records import Building, District

FORMER_SHARE = 0.18
_STREET_AND_DOOR = re.compile(r"(?P<street>.+?)(?P<door>\d+)号")
_FORMER = ("红旗", "东风", "胜利", "前进", "建设", "跃进", "卫星", "五星", "友谊", "曙光", "光明", "和平")
_FORMER_TAIL = ("一村", "二村", "三村", "新村", "大院", "宿舍", "工房", "家属区")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """``regions`` from province to community as (code, name); ``number`` is the bare figure of the building,
    ``villa`` a house that is one dwelling, ``by_door`` a house known by street and door alone."""

    building: str
    regions: tuple[tuple[str, str], ...]
    street: str
    door: str
    compound_code: str
    compound: str
    number: str
    units: int
    villa: bool
    by_door: bool

    @property
    def community(self) -> str:
        return self.regions[-1][0]


def whereabouts_of(district: District) -> dict[str, Whereabouts]:
    """Every building that people live in, by its code."""
    names = {region.code: region for region in district.regions}
    compounds = {compound.code: compound.name for compound in district.compounds}
    found = {}
    for building in district.buildings:
        if building.dwellings:
            chain: list[tuple[str, str]] = []
            region = names.get(building.community)
            while region is not None:
                chain.insert(0, (region.code, region.name))
                region = names.get(region.parent or "")
            found[building.code] = _whereabouts(building, tuple(chain), compounds.get(building.compound or "", ""))
    return found


def _whereabouts(building: Building, regions: tuple[tuple[str, str], ...], compound: str) -> Whereabouts:
    chain = "".join(name for code, name in regions[:-1])
    rest = building.address.removeprefix(chain)
    by_door = not compound or not rest.endswith(f"{compound}{building.number}")
    rest = rest if by_door else rest.removesuffix(f"{compound}{building.number}")
    match = _STREET_AND_DOOR.fullmatch(rest)
    return Whereabouts(
        building=building.code,
        regions=regions,
        street=match["street"] if match else "",
        door=match["door"] if match else "",
        compound_code=building.compound or "",
        compound=compound,
        number=re.sub(r"\D", "", building.number),
        units=building.units,
        villa=building.dwellings == 1 and building.number.endswith("号"),
        by_door=by_door,
    )


def former_names(district: District, rng: np.random.Generator) -> Mapping[str, str]:
    """Names that some compounds had before they were renamed, by code of the compound; none is given twice, and none
    is the name of another compound."""
    used = {compound.name for compound in district.compounds}
    found: dict[str, str] = {}
    for compound in district.compounds:
        name = _FORMER[int(rng.integers(len(_FORMER)))] + _FORMER_TAIL[int(rng.integers(len(_FORMER_TAIL)))]
        if rng.random() < FORMER_SHARE and name not in used:
            used.add(name)
            found[compound.code] = name
    return found
