"""What stands on a block: housing estates behind their walls and gates, schools, markets, hospitals, works, parks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import shapely

from gridmap.district.blocks import Cut, CutStyle, join_ends, lines_of, polygons_of, rounded, subdivide
from gridmap.district.oldtown import old_houses, villa_loops
from gridmap.district.records import BuildingKind, CompoundKind, Geometry, GroundKind
from gridmap.district.slabs import House, RowStyle, row_houses


class Use(StrEnum):
    SLAB = "slab"
    MIDRISE = "midrise"
    TOWER = "tower"
    VILLA = "villa"
    OLD_TOWN = "old_town"
    RESETTLEMENT = "resettlement"
    WORK_UNIT = "work_unit"
    SCHOOL = "school"
    MARKET = "market"
    HOSPITAL = "hospital"
    OFFICE = "office"
    FACTORY = "factory"
    PARK = "park"
    SQUARE = "square"
    GREEN = "green"
    HIGHRISE = "highrise"


HOUSING = {
    Use.SLAB: CompoundKind.SLAB,
    Use.MIDRISE: CompoundKind.SLAB,
    Use.TOWER: CompoundKind.TOWER,
    Use.HIGHRISE: CompoundKind.TOWER,
    Use.VILLA: CompoundKind.VILLA,
    Use.OLD_TOWN: CompoundKind.OLD_TOWN,
    Use.RESETTLEMENT: CompoundKind.RESETTLEMENT,
    Use.WORK_UNIT: CompoundKind.WORK_UNIT,
}
OPEN = (Use.PARK, Use.SQUARE, Use.GREEN)
ROWS = {
    Use.SLAB: RowStyle((34.0, 62.0), 12.5, 11.0, 33.0, "stepped"),
    Use.MIDRISE: RowStyle((36.0, 58.0), 14.5, 15.0, 45.0, "stepped"),
    Use.TOWER: RowStyle((25.0, 31.0), 22.0, 26.0, 58.0, "tower"),
    Use.HIGHRISE: RowStyle((62.0, 78.0), 18.0, 24.0, 64.0, "stepped"),
    Use.RESETTLEMENT: RowStyle((44.0, 52.0), 13.5, 8.0, 29.0),
    Use.WORK_UNIT: RowStyle((30.0, 50.0), 11.0, 9.0, 26.0),
    Use.SCHOOL: RowStyle((46.0, 70.0), 15.0, 18.0, 34.0),
    Use.MARKET: RowStyle((40.0, 72.0), 26.0, 9.0, 36.0),
    Use.HOSPITAL: RowStyle((44.0, 66.0), 21.0, 17.0, 44.0),
    Use.OFFICE: RowStyle((32.0, 46.0), 24.0, 20.0, 50.0),
    Use.FACTORY: RowStyle((56.0, 104.0), 30.0, 13.0, 44.0),
}
_BUILT_AS = {
    Use.SLAB: BuildingKind.SLAB,
    Use.MIDRISE: BuildingKind.SLAB,
    Use.TOWER: BuildingKind.TOWER,
    Use.HIGHRISE: BuildingKind.TOWER,
    Use.RESETTLEMENT: BuildingKind.RESETTLEMENT,
    Use.WORK_UNIT: BuildingKind.SLAB,
    Use.SCHOOL: BuildingKind.SCHOOL,
    Use.MARKET: BuildingKind.MARKET,
    Use.HOSPITAL: BuildingKind.HOSPITAL,
    Use.OFFICE: BuildingKind.OFFICE,
    Use.FACTORY: BuildingKind.FACTORY,
}
_CLUSTER_M2 = {Use.VILLA: 42_000.0, Use.OLD_TOWN: 5_500.0, Use.TOWER: 26_000.0}
_MOST_HOUSES = {Use.SCHOOL: 4, Use.MARKET: 5, Use.HOSPITAL: 5, Use.OFFICE: 4, Use.FACTORY: 9}


@dataclass
class Lot:
    """A block with everything on it, in board metres."""

    use: Use
    block: Geometry
    plot: Geometry
    houses: list[House] = field(default_factory=list)
    lanes: list[Geometry] = field(default_factory=list)
    gates: list[Geometry] = field(default_factory=list)
    extras: list[tuple[GroundKind, Geometry]] = field(default_factory=list)
    name: str = ""

    @property
    def housing(self) -> CompoundKind | None:
        return HOUSING.get(self.use)

    @property
    def walled(self) -> bool:
        return self.use not in (Use.OLD_TOWN, Use.MARKET, Use.OFFICE, *OPEN)

    def wall(self) -> Geometry:
        """The boundary of the compound, open six metres at every gate."""
        return self.plot.exterior.difference(shapely.union_all([gate.buffer(3.0) for gate in self.gates]))


def lay_out(
    use: Use,
    block: Geometry,
    streets: list[Geometry],
    rng: np.random.Generator,
    *,
    squeeze: float = 1.0,
    gates: int = 0,
) -> Lot:
    """Build a lot of ``use`` on ``block``; ``streets`` are the axes its gates may open to. ``squeeze`` < 1 packs the
    houses closer, ``gates`` fixes their number (otherwise by size)."""
    margin = 1.0 if use is Use.OLD_TOWN else 3.0
    inner = polygons_of(block.buffer(-margin, join_style="mitre"), 200.0)
    plot = max(inner, key=lambda part: part.area) if inner else block
    lot = Lot(use, block, plot)
    if use in OPEN:
        _plant(lot, rng)
        return lot
    clusters = _clusters(lot, streets, rng, gates)
    if use is Use.VILLA:
        for cluster in clusters:
            villas, lanes = villa_loops(cluster, rng, squeeze)
            lot.houses.extend(villas)
            lot.lanes.extend(lanes)
    elif use is Use.OLD_TOWN:
        lot.houses = [house for cluster in clusters for house in old_houses(cluster, rng, squeeze)]
    else:
        _raise_rows(lot, clusters, rng, squeeze)
    if not lot.houses:
        return lay_out(Use.GREEN, block, streets, rng)
    return lot


def _clusters(lot: Lot, streets: list[Geometry], rng: np.random.Generator, gates: int) -> list[Geometry]:
    """Parts of the plot between its inner lanes, set back from wall and lane; lanes lead out through the gates."""
    target = _CLUSTER_M2.get(lot.use, 17_000.0)
    width = 4.0 if lot.use is Use.OLD_TOWN else 9.0
    single = lot.housing is None
    style = CutStyle(target, (width, width if lot.use is not Use.OLD_TOWN else 3.0), 0.006, 1.5, 62.0)
    parts, cuts = ([lot.plot], []) if single else subdivide(lot.plot, style, rng)
    axes = join_ends(cuts, [lot.plot.exterior])
    wanted = gates or (1 + int(lot.plot.area > 22_000) + int(lot.plot.area > 70_000) + int(lot.plot.area > 160_000))
    lot.gates, lot.lanes = _gates(lot, cuts, axes, streets, wanted)
    setback = {Use.OLD_TOWN: 0.4, Use.VILLA: 0.0}.get(lot.use, 4.5)
    return [inner for part in parts for inner in polygons_of(part.buffer(-setback, join_style="mitre"), 150.0)]


def _gates(
    lot: Lot, cuts: list[Cut], axes: list[Geometry], streets: list[Geometry], wanted: int
) -> tuple[list[Geometry], list[Geometry]]:
    """Gates where inner lanes meet the wall, else in the middle of the sides nearest to a street; far apart."""
    ring = lot.plot.exterior
    ends = [point for axis in axes for point in shapely.points(shapely.get_coordinates(axis)[[0, -1]])]
    candidates = [point for point in ends if ring.distance(point) < 0.5]
    spare = [ring.interpolate((i + 0.5) / 16, normalized=True) for i in range(16)]
    web = shapely.MultiLineString(streets) if streets else ring
    spare.sort(key=lambda point: round(float(web.distance(point)), 1))
    gates: list[Geometry] = []
    for apart in (90.0, 40.0, 5.0):
        for point in [*candidates, *spare]:
            if len(gates) < wanted and all(point.distance(gate) > apart for gate in gates):
                gates.append(point)
    lanes = list(axes)
    for gate in gates:
        exit_line = shapely.shortest_line(gate, web)
        if streets and 0.5 < exit_line.length < 48.0:
            lanes.append(exit_line)
    return gates, lanes


def _raise_rows(lot: Lot, clusters: list[Geometry], rng: np.random.Generator, squeeze: float) -> None:
    use, style = lot.use, ROWS[lot.use].tighter(squeeze)
    footprints = [house for cluster in clusters for house in row_houses(cluster, style, rng)]
    most = _MOST_HOUSES.get(use)
    if most is not None and len(footprints) > most:
        footprints = footprints[: most + int(lot.plot.area // 45_000)]
    lot.houses = [_house(use, footprint, rng) for footprint in footprints]
    if use is Use.SCHOOL:
        _playground(lot)


def _house(use: Use, footprint: Geometry, rng: np.random.Generator) -> House:
    kind = _BUILT_AS[use]
    length = float(np.max(np.ptp(shapely.get_coordinates(footprint), axis=0)))
    stairs = max(1, round(length / 16))
    if use is Use.TOWER:
        return House(footprint, kind, int(rng.integers(16, 34)), 1, int(rng.integers(4, 7)))
    if use is Use.HIGHRISE:
        return House(footprint, kind, int(rng.integers(28, 34)), 4, 5)
    if use is Use.MIDRISE:
        return House(footprint, kind, int(rng.integers(9, 15)), stairs, 2)
    if use in (Use.SLAB, Use.RESETTLEMENT, Use.WORK_UNIT):
        floors = {Use.SLAB: (6, 8), Use.RESETTLEMENT: (6, 8), Use.WORK_UNIT: (4, 7)}[use]
        return House(footprint, kind, int(rng.integers(*floors)), stairs, 2)
    floors = {Use.OFFICE: (4, 13), Use.HOSPITAL: (4, 12), Use.SCHOOL: (3, 6)}.get(use, (1, 3))
    return House(footprint, kind, int(rng.integers(*floors)), 1, 0)


def _playground(lot: Lot) -> None:
    """The biggest free part of a school's plot becomes its sports ground."""
    taken = shapely.union_all([house.footprint.buffer(6.0) for house in lot.houses])
    free = polygons_of(lot.plot.buffer(-4.0).difference(taken).buffer(-9.0).buffer(9.0).simplify(0.4), 900.0)
    if free:
        lot.extras.append((GroundKind.GREEN, rounded(max(free, key=lambda part: part.area), 8.0).simplify(0.3)))


def _plant(lot: Lot, rng: np.random.Generator) -> None:
    """A park with a pond and a path, a paved square, or grass."""
    if lot.use is Use.SQUARE:
        lot.extras.append((GroundKind.SQUARE, lot.plot))
        return
    if lot.use is Use.GREEN and lot.plot.area > 15_000:
        woods = blob_in(lot.plot, rng.uniform(0.6, 1.3), rng).intersection(lot.plot.buffer(-6.0))
        lot.extras.extend((GroundKind.GREEN, part) for part in polygons_of(woods.buffer(-9).buffer(9), 900.0))
        return
    lot.extras.append((GroundKind.GREEN, lot.plot))
    if lot.use is Use.GREEN:
        return
    if lot.plot.area > 9_000:
        pond = blob_in(lot.plot, 0.2, rng).intersection(lot.plot.buffer(-22.0))
        lot.extras.extend((GroundKind.WATER, part) for part in polygons_of(pond, 200.0))
    path = lot.plot.buffer(-14.0)
    for part in polygons_of(path, 1500.0):
        lot.lanes.extend(lines_of(part.simplify(4).buffer(-6).buffer(6).exterior, 60.0))


def blob_in(plot: Geometry, share: float, rng: np.random.Generator) -> Geometry:
    """A rounded, wobbling patch of about ``share`` of the plot's area about a point deep inside it."""
    circle = shapely.maximum_inscribed_circle(plot, tolerance=2.0)
    centre = shapely.get_coordinates(circle)[0]
    radius = float(np.sqrt(plot.area * share / np.pi))
    turn = np.linspace(0, 2 * np.pi, 56, endpoint=False)
    phase = rng.uniform(0, 2 * np.pi, 3)
    wobble = (
        1 + 0.2 * np.sin(2 * turn + phase[0]) + 0.11 * np.sin(3 * turn + phase[1]) + 0.05 * np.sin(7 * turn + phase[2])
    )
    flat, heading = rng.uniform(0.6, 0.9), rng.uniform(0, np.pi)
    ring = np.column_stack([np.cos(turn) * wobble, np.sin(turn) * wobble * flat]) * radius
    c, s = np.cos(heading), np.sin(heading)
    return shapely.Polygon(centre + ring @ np.array([[c, s], [-s, c]])).buffer(0)
