"""What a generated district is made of: frozen plain data, geometries in lon/lat degrees (EPSG:4326)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Geometry = Any  # shapely ships no type information

SOURCE = "generated"


class Level(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    STREET = "street"
    COMMUNITY = "community"


class GroundKind(StrEnum):
    ROAD_ARTERIAL = "road_arterial"
    ROAD_LOCAL = "road_local"
    ROAD_LANE = "road_lane"
    RIVER = "river"
    WATER = "water"
    RAIL = "rail"
    WALL = "wall"
    GREEN = "green"
    BLOCK = "block"
    SQUARE = "square"


ROADS = (GroundKind.ROAD_ARTERIAL, GroundKind.ROAD_LOCAL, GroundKind.ROAD_LANE)


class CompoundKind(StrEnum):
    SLAB = "slab"
    TOWER = "tower"
    VILLA = "villa"
    OLD_TOWN = "old_town"
    RESETTLEMENT = "resettlement"
    WORK_UNIT = "work_unit"


class BuildingKind(StrEnum):
    SLAB = "slab"
    TOWER = "tower"
    VILLA = "villa"
    OLD = "old"
    RESETTLEMENT = "resettlement"
    SCHOOL = "school"
    MARKET = "market"
    OFFICE = "office"
    HOSPITAL = "hospital"
    FACTORY = "factory"
    PUBLIC = "public"


RESIDENTIAL = frozenset(
    {BuildingKind.SLAB, BuildingKind.TOWER, BuildingKind.VILLA, BuildingKind.OLD, BuildingKind.RESETTLEMENT}
)


@dataclass(frozen=True, slots=True)
class Region:
    code: str
    name: str
    level: Level
    parent: str | None
    polygon: Geometry


@dataclass(frozen=True, slots=True)
class Ground:
    kind: GroundKind
    name: str
    geometry: Geometry


@dataclass(frozen=True, slots=True)
class Compound:
    code: str
    name: str
    kind: CompoundKind
    community: str
    walled: bool
    gates: tuple[Geometry, ...]
    polygon: Geometry


@dataclass(frozen=True, slots=True)
class Building:
    """One building; ``households`` are resident, ``dwellings`` include the empty ones, ``elders`` are 60 or older."""

    code: str
    number: str
    name: str
    kind: BuildingKind
    community: str
    compound: str | None
    footprint: Geometry
    floors: int
    units: int
    dwellings: int
    households: int
    residents: int
    elders: int
    address: str


@dataclass(frozen=True, slots=True)
class Camera:
    """``bearing_deg`` clockwise from north, ``angle_deg`` the full horizontal opening; status working or broken;
    ``place`` is the sort of place it watches (大门, 广场 …); ``pole`` the number of a pole that carries several.
    """

    code: str
    name: str
    place: str
    community: str
    point: Geometry
    bearing_deg: float
    angle_deg: float
    range_m: float
    height_m: float
    status: str
    key_area: bool
    night_ok: bool
    pole: str = ""


@dataclass(frozen=True, slots=True)
class StreetLamp:
    code: str
    community: str
    point: Geometry
    lit: bool


@dataclass(frozen=True, slots=True)
class Facility:
    code: str
    kind: str
    name: str
    community: str
    point: Geometry


@dataclass(frozen=True, slots=True)
class District:
    seed: int
    regions: tuple[Region, ...]
    ground: tuple[Ground, ...]
    compounds: tuple[Compound, ...]
    buildings: tuple[Building, ...]
    cameras: tuple[Camera, ...]
    lamps: tuple[StreetLamp, ...]
    facilities: tuple[Facility, ...]
    source: str = SOURCE

    def communities(self) -> tuple[Region, ...]:
        return tuple(region for region in self.regions if region.level is Level.COMMUNITY)

    def community(self, name: str) -> Region:
        """The community called ``name`` without its suffix 社区; KeyError where there is none."""
        for region in self.communities():
            if region.name.removesuffix("社区") == name:
                return region
        raise KeyError(name)

    def buildings_of(self, community: str) -> tuple[Building, ...]:
        return tuple(building for building in self.buildings if building.community == community)
