"""Building one community: its land less roads and water, cut into blocks, each block put to use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import shapely

from gridmap.district.blocks import Cut, CutStyle, join_ends, lines_of, polygons_of, rounded, subdivide
from gridmap.district.compounds import HOUSING, Lot, Use, blob_in, lay_out
from gridmap.district.names import Namer, chinese_number
from gridmap.district.oldtown import farmhouses
from gridmap.district.programme import Programme, Setting
from gridmap.district.records import BuildingKind, Geometry, GroundKind
from gridmap.district.slabs import House

_AREA_M2 = {
    Use.SCHOOL: 19_000.0,
    Use.PARK: 32_000.0,
    Use.MARKET: 9_000.0,
    Use.HOSPITAL: 16_000.0,
    Use.OFFICE: 9_000.0,
    Use.FACTORY: 42_000.0,
    Use.SQUARE: 7_000.0,
}
T = TypeVar("T")
CENTRE_RADIUS_M = 47.0


@dataclass
class Street:
    name: str
    kind: GroundKind
    line: Geometry


@dataclass
class Site:
    """The land of a community: ``ground`` without what is reserved for main roads, water and rail; ``streets`` are the
    main roads around; ``promenade`` the riverside road, where there is one."""

    polygon: Geometry
    ground: Geometry
    streets: list[Street]
    promenade: list[Geometry] = field(default_factory=list)


@dataclass
class Composition:
    programme: Programme
    polygon: Geometry
    lots: list[Lot] = field(default_factory=list)
    loose: list[House] = field(default_factory=list)
    streets: list[Street] = field(default_factory=list)
    surroundings: list[Street] = field(default_factory=list)
    ground: list[tuple[GroundKind, str, Geometry]] = field(default_factory=list)


def compose(site: Site, programme: Programme, namer: Namer, rng: np.random.Generator) -> Composition:
    made = Composition(programme, site.polygon, surroundings=site.streets)
    made.streets = [Street("滨江路", GroundKind.ROAD_LOCAL, line) for line in site.promenade]
    build = {Setting.URBAN: _urban, Setting.ESTATE: _estate, Setting.RURAL: _rural}[programme.setting]
    build(made, site, namer, rng)
    return made


def _urban(made: Composition, site: Site, namer: Namer, rng: np.random.Generator) -> None:
    style = CutStyle(made.programme.block_m2, (14.0, 14.0, 11.0, 8.0), 0.025, 3.0, 95.0)
    blocks = _blocks(made, site, style, namer, rng)
    jobs = _assign(blocks, made.programme, rng)
    axes = _axes(made)
    villas = [job for job in jobs if job[0] is Use.VILLA]
    others = [job for job in jobs if job[0] is not Use.VILLA]
    exact = made.programme.buildings
    if exact is None:
        made.lots = _roomy(jobs, axes, made.programme.dwellings)
    else:
        made.lots = _fitted(villas, axes, made.programme.villas, rng) if villas else []
        made.lots += _fitted(others, axes, exact - made.programme.villas, rng)
    _name_lots(made, namer)


def _estate(made: Composition, site: Site, namer: Namer, rng: np.random.Generator) -> None:
    """One big walled estate: slabs about a square with the service centre, four gates."""
    block = rounded(max(polygons_of(site.ground), key=lambda part: part.area), 9.0)
    axes = [street.line for street in made.surroundings]
    seed = int(rng.integers(2**62))

    def build(squeeze: float) -> Lot:
        lot = lay_out(Use.SLAB, block, axes, np.random.default_rng(seed), squeeze=squeeze, gates=4)
        return _with_centre(lot)

    exact = made.programme.buildings or 0
    lot = _loosest(build, exact, lambda lot: len(lot.houses))
    homes = [house for house in lot.houses if house.kind is not BuildingKind.PUBLIC]
    centre = [house for house in lot.houses if house.kind is BuildingKind.PUBLIC]
    lot.houses = centre + _thinned(homes, exact - len(centre), rng)
    lot.name = namer.claim(made.programme.homestead)
    made.lots = [lot]


def _with_centre(lot: Lot) -> Lot:
    """Clear a place near the middle, between the lanes, for a square and the service centre on its north side."""
    lanes = shapely.union_all([lane.buffer(5.5) for lane in lot.lanes])
    parts = polygons_of(lot.plot.buffer(-8.0).difference(lanes), 1000.0)
    circles = [shapely.maximum_inscribed_circle(part) for part in parts]
    middle = lot.plot.centroid
    _, _, best = min(
        (
            (-min(circle.length, CENTRE_RADIUS_M), round(float(circle.distance(middle)), 1), i)
            for i, circle in enumerate(circles)
        )
    )
    spoke = circles[best]
    x, y = shapely.get_coordinates(spoke)[0]
    scale = min(1.0, spoke.length / CENTRE_RADIUS_M)
    square = rounded(shapely.box(x - 32 * scale, y - 33 * scale, x + 32 * scale, y + 13 * scale), 4.0)
    centre = shapely.box(x - 21 * scale, y + 19 * scale, x + 21 * scale, y + 33 * scale)
    cleared = shapely.union_all([square, centre]).buffer(7.0)
    lot.houses = [house for house in lot.houses if not house.footprint.intersects(cleared)]
    lot.houses.insert(0, House(centre, BuildingKind.PUBLIC, 3, 1, 0, "党群服务中心"))
    lot.extras.append((GroundKind.SQUARE, square))
    return lot


def _blocks(made: Composition, site: Site, style: CutStyle, namer: Namer, rng: np.random.Generator) -> list[Geometry]:
    """Cut the ground; streets join the composition under names of their own, slivers turn green."""
    blocks: list[Geometry] = []
    cuts: list[Cut] = []
    for part in polygons_of(site.ground, 300.0):
        pieces, lines = subdivide(part, style, rng)
        blocks.extend(pieces)
        cuts.extend(lines)
    for cut, axis in zip(cuts, join_ends(cuts, _axes(made)), strict=True):
        kind = GroundKind.ROAD_LOCAL if cut.width_m >= 10 else GroundKind.ROAD_LANE
        made.streets.append(Street(namer.street(cut.width_m), kind, axis))
    return blocks


def _axes(made: Composition) -> list[Geometry]:
    return [street.line for street in [*made.surroundings, *made.streets]]


def _assign(
    blocks: Sequence[Geometry], programme: Programme, rng: np.random.Generator
) -> list[tuple[Use, Geometry, int]]:
    """A use and a seed for every block: civic uses where the size suits, homes of a kind side by side."""
    usable = [rounded(block, 7.0) for block in blocks]
    homes = [b for b in usable if b.area > 3_000 and not b.buffer(-19.0).is_empty]
    jobs = [(Use.GREEN, b) for b in usable if not (b.area > 3_000 and not b.buffer(-19.0).is_empty)]
    for use in programme.civic[: max(1, len(homes) // 3)]:
        wanted = _AREA_M2[use]
        best = min(range(len(homes)), key=lambda i: abs(np.log(homes[i].area / wanted)) + 0.5 * float(rng.random()))
        jobs.append((use, homes.pop(best)))
    turn = rng.uniform(0, 2 * np.pi)
    homes.sort(key=lambda b: b.centroid.x * np.cos(turn) + b.centroid.y * np.sin(turn))
    weights = np.cumsum([weight for _, weight in programme.mix])
    total, done = sum(b.area for b in homes), 0.0
    for block in homes:
        rank = int(np.searchsorted(weights, (done + block.area / 2) / total * weights[-1]))
        jobs.append((programme.mix[min(rank, len(weights) - 1)][0], block))
        done += block.area
    return [(use, block, int(rng.integers(2**62))) for use, block in jobs]


def _roomy(jobs: list[tuple[Use, Geometry, int]], axes: list[Geometry], dwellings: int) -> list[Lot]:
    """Lots at the natural spacing, or closer where they could not hold most of the dwellings."""
    lots: list[Lot] = []
    for squeeze in (1.0, 0.8, 0.62):
        lots = [lay_out(use, b, axes, np.random.default_rng(seed), squeeze=squeeze) for use, b, seed in jobs]
        if sum(house.capacity for lot in lots for house in lot.houses) >= 0.85 * dwellings:
            break
    return lots


def _fitted(
    jobs: list[tuple[Use, Geometry, int]], axes: list[Geometry], target: int, rng: np.random.Generator
) -> list[Lot]:
    """Lots with exactly ``target`` houses between them: packed as loosely as possible, the surplus left out."""

    def build(squeeze: float) -> list[Lot]:
        return [lay_out(use, b, axes, np.random.default_rng(seed), squeeze=squeeze) for use, b, seed in jobs]

    lots = _loosest(build, target, lambda lots: sum(len(lot.houses) for lot in lots))
    homes = [(lot, house) for lot in lots if lot.housing for house in lot.houses]
    surplus = sum(len(lot.houses) for lot in lots) - target
    dropped = {id(homes[i][1]) for i in rng.permutation(len(homes))[: max(0, surplus)]}
    for lot in lots:
        lot.houses = [house for house in lot.houses if id(house) not in dropped]
    return lots


def _loosest(build: Callable[[float], T], target: int, count: Callable[[T], int]) -> T:
    """A packing found by bisection that holds ``target`` houses and hardly more; ValueError where none does."""
    tight, loose = 0.45, 2.4
    best: T | None = None
    for _ in range(8):
        middle = (tight + loose) / 2
        made = build(middle)
        if count(made) < target:
            loose = middle
            continue
        tight, best = middle, made
        if count(made) <= 1.06 * target:
            break
    if best is None:
        best = build(tight)
    if count(best) < target:
        raise ValueError(f"only {count(best)} of {target} houses fit")
    return best


def _thinned(houses: list[House], keep: int, rng: np.random.Generator) -> list[House]:
    chosen = sorted(rng.permutation(len(houses))[:keep].tolist())
    return [houses[i] for i in chosen]


def _name_lots(made: Composition, namer: Namer) -> None:
    """Estates get names; the biggest carries the name of the community where it has a homestead."""
    estates = sorted((lot for lot in made.lots if lot.housing), key=lambda lot: -lot.plot.area)
    for rank, lot in enumerate(estates):
        home = made.programme.homestead if rank == 0 else ""
        lot.name = namer.claim(home) if home else namer.estate(HOUSING[lot.use])
    title = {
        Use.SCHOOL: "小学",
        Use.MARKET: "农贸市场",
        Use.HOSPITAL: "人民医院",
        Use.OFFICE: "政务大楼",
        Use.PARK: "公园",
        Use.SQUARE: "广场",
    }
    counts: dict[Use, int] = {}
    for lot in made.lots:
        if lot.use is Use.FACTORY:
            lot.name = namer.works()
        elif lot.use in title:
            counts[lot.use] = counts.get(lot.use, 0) + 1
            number = "" if counts[lot.use] == 1 else f"第{chinese_number(counts[lot.use])}"
            lot.name = f"{made.programme.name}{number}{title[lot.use]}"


def _rural(made: Composition, site: Site, namer: Namer, rng: np.random.Generator) -> None:
    """Winding lanes between fields, woods and ponds; hamlets along them."""
    style = CutStyle(made.programme.block_m2, (7.0, 5.0, 4.0), 0.10, 7.0, 150.0)
    pieces, cuts = [], []
    for part in polygons_of(site.ground, 300.0):
        cells, lines = subdivide(part, style, rng)
        pieces.extend(cells)
        cuts.extend(lines)
    kept = [cut for cut in cuts if cut.depth < 3 or rng.random() < 0.75]
    axes = join_ends(kept, _axes(made))
    for i, axis in enumerate(axes):
        name = f"{made.programme.name}村{chinese_number(i + 1)}组路"
        made.streets.append(Street(name, GroundKind.ROAD_LANE, axis))
    wanted = made.programme.buildings or max(1, round(made.programme.households / 2.2))
    parts = sorted(polygons_of(site.ground.buffer(-3.0), 2000.0), key=lambda part: part.area)
    whole = sum(part.area for part in parts)
    for i, part in enumerate(parts):
        left = wanted - len(made.loose)
        share = left if i == len(parts) - 1 else min(left, round(wanted * part.area / whole))
        inside = [line for axis in axes for line in lines_of(axis.intersection(part), 40.0)]
        if inside and share > 0:
            made.loose.extend(farmhouses(part, inside, share, rng))
    _landscape(made, pieces, rng)


def _landscape(made: Composition, cells: list[Geometry], rng: np.random.Generator) -> None:
    houses = shapely.union_all([house.footprint.buffer(9.0) for house in made.loose])
    lanes = shapely.union_all([street.line.buffer(7.0) for street in made.streets])
    for cell in cells:
        open_land = cell.difference(houses).difference(lanes)
        draw = rng.random()
        if draw < 0.5:
            wood = blob_in(cell, rng.uniform(0.45, 1.1), rng).intersection(open_land.buffer(-11.0))
            wood = wood.buffer(-9.0).buffer(9.0, quad_segs=4)
            made.ground.extend((GroundKind.GREEN, "", part.simplify(0.8)) for part in polygons_of(wood, 2500.0))
        elif draw < 0.68 and cell.area > 9_000:
            pond = blob_in(cell, rng.uniform(0.03, 0.09), rng).intersection(open_land.buffer(-22.0))
            made.ground.extend((GroundKind.WATER, "", part) for part in polygons_of(pond, 300.0))
