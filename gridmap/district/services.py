"""Writing a generated district into the database: everything in one transaction, everything marked as generated."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connection, transaction
from django.utils.translation import gettext as _

from gridmap.district import records
from gridmap.district.casebook import remove_cases
from gridmap.district.components import COMPONENT_COLUMNS, components_beside
from gridmap.district.inhabitants import remove_people
from gridmap.district.synth import StreetPart
from gridmap.territory.hours_text import read_hours
from gridmap.territory.models import (
    Building,
    Camera,
    Component,
    Compound,
    Facility,
    GroundFeature,
    Region,
    RegionEdition,
    StreetLamp,
)
from gridmap.territory.models.sourced import GENERATED
from gridmap.territory.services import open_region_edition, retire_region, wait_for_other_writers
from gridmap.traces.statistics import analyze

LEVELS = {
    records.Level.PROVINCE: Region.Level.PROVINCE,
    records.Level.CITY: Region.Level.CITY,
    records.Level.COUNTY: Region.Level.COUNTY,
    records.Level.STREET: Region.Level.STREET,
    records.Level.COMMUNITY: Region.Level.COMMUNITY,
}
COMPOUND_KINDS = {
    records.CompoundKind.SLAB: Compound.Kind.COMMERCIAL,
    records.CompoundKind.TOWER: Compound.Kind.COMMERCIAL,
    records.CompoundKind.VILLA: Compound.Kind.VILLA,
    records.CompoundKind.OLD_TOWN: Compound.Kind.OLD_TOWN,
    records.CompoundKind.RESETTLEMENT: Compound.Kind.RESETTLEMENT,
    records.CompoundKind.WORK_UNIT: Compound.Kind.WORK_UNIT,
}
BUILDING_KINDS = {
    records.BuildingKind.OLD: Building.Kind.HOUSE,
    records.BuildingKind.RESETTLEMENT: Building.Kind.SLAB,
}
THINGS = (Building, Compound, GroundFeature, Camera, StreetLamp, Facility, Component)
#: When each kind of facility is open.
HOURS = {
    "health_station": "Mo-Sa 08:00-12:00,13:30-17:00",
    "hospital": "24/7",
    "police": "24/7",
    "eldercare": "Mo-Su 08:00-18:00",
    "committee": "Mo-Fr 08:30-12:00,13:30-17:30",
    "pharmacy": "08:00-21:30",
    "market": "06:00-20:00",
    "park": "05:30-22:00",
}

Row = Sequence[Any]


class Contents(Protocol):
    """What a whole district and one of its streets have in common."""

    @property
    def ground(self) -> tuple[records.Ground, ...]: ...
    @property
    def compounds(self) -> tuple[records.Compound, ...]: ...
    @property
    def buildings(self) -> tuple[records.Building, ...]: ...
    @property
    def cameras(self) -> tuple[records.Camera, ...]: ...
    @property
    def lamps(self) -> tuple[records.StreetLamp, ...]: ...
    @property
    def facilities(self) -> tuple[records.Facility, ...]: ...


class DistrictRefusedError(Exception):
    """The district cannot be written as asked; the message is for the person."""


def load_district(district: records.District, *, at: datetime, replace: bool = False) -> None:
    """Write a whole district whose boundaries are in force from ``at``; ``replace`` puts it in the place of a
    generated one. DistrictRefusedError where it would get in the way of other data."""
    with transaction.atomic():
        make_room(at=at, replace=replace)
        open_regions(district.regions, at=at)
        load_contents(district)
        settle_in(at=at)


def load_streets(
    regions: Sequence[records.Region],
    ground: Iterable[records.Ground],
    streets: Iterable[StreetPart],
    *,
    at: datetime,
    replace: bool = False,
) -> tuple[int, int]:
    """The same for a district that comes street by street, which need not fit into memory; returns how many buildings
    and resident households it has."""
    buildings = households = 0
    with transaction.atomic():
        make_room(at=at, replace=replace)
        open_regions(regions, at=at)
        _copy_ground(ground)
        for street in streets:
            open_regions((street.street, *street.communities), at=at)
            load_contents(street)
            buildings += len(street.buildings)
            households += sum(building.households for building in street.buildings)
        settle_in(at=at)
    return buildings, households


def make_room(*, at: datetime, replace: bool) -> None:
    """Refuse a second generated district, or take the first away: its things go and the grids drawn on it end."""
    wait_for_other_writers()
    former = Region.objects.filter(source=GENERATED)
    if former.exists() and not replace:
        raise DistrictRefusedError(_("There is a generated district already; --replace puts another in its place."))
    remove_people()
    remove_cases()
    for model in THINGS:
        model.objects.filter(source=GENERATED).delete()
    for region in former:
        retire_region(region=region, at=at)


def open_regions(regions: Sequence[records.Region], *, at: datetime) -> None:
    """Regions with their boundaries, from the top down. Refuses a code that somebody else's region carries."""
    codes = [region.code for region in regions]
    stranger = Region.objects.filter(code__in=codes).exclude(source=GENERATED).order_by("code").first()
    if stranger is not None:
        raise DistrictRefusedError(
            _("The code %(code)s belongs to %(name)s, which was not generated.")
            % {"code": stranger.code, "name": stranger.name}
        )
    for region in regions:
        _open_region(region, at)


def _open_region(region: records.Region, at: datetime) -> None:
    parent = Region.objects.get(code=region.parent) if region.parent else None
    row, _new = Region.objects.update_or_create(
        code=region.code,
        defaults={
            "name": region.name,
            "level": LEVELS[region.level],
            "parent": parent,
            "source": GENERATED,
            "source_ref": region.code,
        },
    )
    polygon = GEOSGeometry(memoryview(shapely.to_wkb(region.polygon)), srid=4326)
    open_region_edition(region=row, shape=MultiPolygon(polygon, srid=4326), source=GENERATED, at=at)


def load_contents(contents: Contents) -> None:
    """Write ground, compounds, buildings and equipment; their communities must be there."""
    communities = dict(Region.objects.communities().values_list("code", "pk"))
    _copy_ground(contents.ground)
    _copy(Compound, "name kind walled community_id geom", _compounds(contents.compounds, communities))
    compounds = dict(Compound.objects.filter(source=GENERATED).values_list("source_ref", "pk"))
    _copy(
        Building,
        "number name kind address community_id compound_id households dwellings residents elders floors entrances geom",
        _buildings(contents.buildings, communities, compounds),
    )
    _copy(
        Camera,
        "name place bearing_deg angle_deg range_m height_m status sees_at_night pole owner geom",
        _cameras(contents.cameras),
    )
    _copy(
        StreetLamp,
        "lit status geom",
        ((lamp.code, lamp.lit, "working" if lamp.lit else "broken", _ewkb(lamp.point)) for lamp in contents.lamps),
    )
    _copy(Facility, "kind name address hours hours_text geom", _facilities(contents.facilities))
    _copy(Component, COMPONENT_COLUMNS, components_beside(contents.lamps))


def settle_in(*, at: datetime) -> None:
    """Remove the regions of a former district that did not come back (those with grids or plans keep their code), and
    let the database count what it has, so that its query plans fit from the first question on."""
    gone = Region.objects.filter(source=GENERATED).exclude(editions__in=RegionEdition.objects.in_force(at))
    for level in sorted(Region.Level.values, reverse=True):
        gone.filter(
            level=level, grids__isnull=True, children__isnull=True, plans__isnull=True, cases__isnull=True
        ).delete()
    analyze(*(model._meta.db_table for model in (Region, RegionEdition, *THINGS)))


def _copy(model: type[Any], columns: str, rows: Iterable[Row]) -> None:
    """COPY rows that start with their number in the source."""
    names = ["source", "active", "source_ref", *columns.split()]
    statement = f"COPY {model._meta.db_table} ({', '.join(names)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row((GENERATED, True, *row))


def _ewkb(geometry: Any) -> str:
    return str(shapely.to_wkb(shapely.set_srid(geometry, 4326), hex=True, include_srid=True))


def _copy_ground(items: Iterable[records.Ground]) -> None:
    """Ground has no code of its own: it is numbered in the order it comes."""
    first = GroundFeature.objects.filter(source=GENERATED).count() + 1
    rows = (
        (
            f"{number:07d}",
            item.kind.value,
            item.name,
            GroundFeature.WEIGHTS.get(item.kind.value, 0),
            _ewkb(item.geometry),
        )
        for number, item in enumerate(items, start=first)
    )
    _copy(GroundFeature, "kind name weight geom", rows)


def _compounds(items: Iterable[records.Compound], communities: dict[str, int]) -> Iterator[Row]:
    for item in items:
        shape = shapely.MultiPolygon([item.polygon])
        yield (item.code, item.name, COMPOUND_KINDS[item.kind], item.walled, communities[item.community], _ewkb(shape))


def _buildings(
    items: Iterable[records.Building], communities: dict[str, int], compounds: dict[str, int]
) -> Iterator[Row]:
    for item in items:
        yield (
            item.code,
            item.number,
            item.name,
            BUILDING_KINDS.get(item.kind, item.kind.value),
            item.address,
            communities[item.community],
            compounds[item.compound] if item.compound else None,
            item.households,
            item.dwellings,
            item.residents,
            item.elders,
            item.floors,
            item.units,
            _ewkb(item.footprint),
        )


def _cameras(items: Iterable[records.Camera]) -> Iterator[Row]:
    for item in items:
        yield (
            item.code,
            item.name,
            item.place,
            item.bearing_deg % 360,
            item.angle_deg,
            item.range_m,
            item.height_m,
            item.status,
            item.night_ok,
            item.pole,
            "公安分局" if item.key_area else "社区居民委员会",
            _ewkb(item.point),
        )


def _facilities(items: Iterable[records.Facility]) -> Iterator[Row]:
    known = set(Facility.Kind.values)
    for item in items:
        text = HOURS.get(item.kind, "")
        hours = read_hours(text).hours
        table = json.dumps(hours.as_json()) if hours else None
        kind = item.kind if item.kind in known else Facility.Kind.OTHER
        yield (item.code, kind, item.name, "", table, text, _ewkb(item.point))
