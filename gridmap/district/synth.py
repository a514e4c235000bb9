"""The generated district: a seed and a size in, a whole town in plain data out. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gridmap.district.addresses import DoorBook
from gridmap.district.city import grown_city
from gridmap.district.community import compose
from gridmap.district.layout import Layout, Survey, bank_green, survey
from gridmap.district.names import Namer
from gridmap.district.plane import to_degrees
from gridmap.district.records import (
    Building,
    Camera,
    Compound,
    District,
    Facility,
    Geometry,
    Ground,
    GroundKind,
    Level,
    Region,
    StreetLamp,
)
from gridmap.district.settle import Settled, settle
from gridmap.district.streets import union_of_faces
from gridmap.district.town import county_town
from gridmap.geometry.order import reading_order

PROVINCE, CITY, COUNTY = "990000000000", "990100000000", "990101000000"
PROVINCE_NAME, CITY_NAME = "示例省", "示例市"


@dataclass(frozen=True)
class StreetPart:
    """Everything inside one subdistrict (街道), for writing a big city piece by piece."""

    street: Region
    communities: tuple[Region, ...]
    ground: tuple[Ground, ...]
    compounds: tuple[Compound, ...]
    buildings: tuple[Building, ...]
    cameras: tuple[Camera, ...]
    lamps: tuple[StreetLamp, ...]
    facilities: tuple[Facility, ...]


def generate(*, seed: int, households: int | None = None, rng: np.random.Generator | None = None) -> District:
    """The small county town (``households`` None) or a city of about that many resident households.

    ``rng`` replaces the generator made from ``seed``. ValueError for fewer than 3000 households or more than
    1 500 000."""
    regions, ground, parts = open_district(seed=seed, households=households, rng=rng)
    made = list(parts)
    return District(
        seed=seed,
        regions=(*regions, *(region for part in made for region in (part.street, *part.communities))),
        ground=(*ground, *(item for part in made for item in part.ground)),
        compounds=tuple(item for part in made for item in part.compounds),
        buildings=tuple(item for part in made for item in part.buildings),
        cameras=tuple(item for part in made for item in part.cameras),
        lamps=tuple(item for part in made for item in part.lamps),
        facilities=tuple(item for part in made for item in part.facilities),
    )


def open_district(
    *, seed: int, households: int | None = None, rng: np.random.Generator | None = None
) -> tuple[tuple[Region, ...], tuple[Ground, ...], Iterator[StreetPart]]:
    """Province, city and county; the roads, water and rail that cross them; and the streets one after another."""
    rng = np.random.default_rng(seed) if rng is None else rng
    layout = county_town() if households is None else grown_city(households, rng)
    drawn = survey(layout, rng)
    ordered = _ordered_streets(layout, drawn)
    county = union_of_faces([polygon for _, polygon, _ in ordered])
    outline = to_degrees([county])[0]
    regions = (
        Region(PROVINCE, PROVINCE_NAME, Level.PROVINCE, None, outline),
        Region(CITY, CITY_NAME, Level.CITY, PROVINCE, outline),
        Region(COUNTY, layout.county, Level.COUNTY, CITY, outline),
    )
    return regions, _main_ground(drawn, county), _streets(layout, drawn, ordered, rng)


def _ordered_streets(layout: Layout, drawn: Survey) -> list[tuple[str, Geometry, list[str]]]:
    """Streets and their communities in the order of their codes."""
    polygons = [union_of_faces([drawn.polygons[name] for name in names]) for _, names in layout.streets]
    found = []
    for i in reading_order(to_degrees(polygons)):
        street, names = layout.streets[i]
        inner = reading_order(to_degrees([drawn.polygons[name] for name in names]))
        found.append((street, polygons[i], [names[j] for j in inner]))
    return found


def _main_ground(drawn: Survey, county: Geometry) -> tuple[Ground, ...]:
    items = [*drawn.ground, *((road.kind, road.name, road.line) for road in drawn.roads)]
    clipped = [(kind, name, g.intersection(county) if g.geom_type == "LineString" else g) for kind, name, g in items]
    return _ground([item for item in clipped if not item[2].is_empty])


def _ground(items: list[tuple[GroundKind, str, Geometry]]) -> tuple[Ground, ...]:
    shapes = to_degrees([geometry for _, _, geometry in items])
    return tuple(Ground(kind, name, shape) for (kind, name, _), shape in zip(items, shapes, strict=True))


def _streets(
    layout: Layout, drawn: Survey, ordered: list[tuple[str, Geometry, list[str]]], rng: np.random.Generator
) -> Iterator[StreetPart]:
    for number, (street, polygon, names) in enumerate(ordered, start=1):
        code = f"{COUNTY[:6]}{number:03d}000"
        region = Region(code, street, Level.STREET, COUNTY, to_degrees([polygon])[0])
        yield _street_part(layout, drawn, street=region, names=names, rng=rng.spawn(1)[0])


def _street_part(
    layout: Layout, drawn: Survey, *, street: Region, names: list[str], rng: np.random.Generator
) -> StreetPart:
    namer, book = Namer(rng), DoorBook()
    beds = [geometry for kind, _, geometry in drawn.ground if kind is GroundKind.RIVER]
    for course in layout.courses:
        namer.claim(course.name)
    chain = f"{PROVINCE_NAME}{CITY_NAME}{layout.county}{street.name}"
    programmes = {programme.name: programme for programme in layout.programmes}
    communities: list[Region] = []
    parts: list[Settled] = []
    for number, name in enumerate(names, start=1):
        code = f"{street.code[:9]}{number:03d}"
        outline = to_degrees([drawn.polygons[name]])[0]
        communities.append(Region(code, f"{name}社区", Level.COMMUNITY, street.code, outline))
        own = rng.spawn(1)[0]
        made = compose(drawn.sites[name], programmes[name], namer, own)
        made.ground += [(GroundKind.GREEN, "滨江绿带", part) for part in bank_green(drawn.sites[name], beds)]
        parts.append(settle(made, code, chain, book, own, with_police=number == 1))
    return StreetPart(
        street=street,
        communities=tuple(communities),
        ground=tuple(item for part in parts for item in _ground(part.ground)),
        compounds=tuple(item for part in parts for item in part.compounds),
        buildings=tuple(item for part in parts for item in part.buildings),
        cameras=tuple(item for part in parts for item in part.cameras),
        lamps=tuple(item for part in parts for item in part.lamps),
        facilities=tuple(item for part in parts for item in part.facilities),
    )
