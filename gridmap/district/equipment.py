"""Cameras, street lamps and facilities of a community, in board metres."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely

from gridmap.district.community import Composition
from gridmap.district.compounds import Lot, Use
from gridmap.district.oldtown import along
from gridmap.district.records import BuildingKind, Geometry, GroundKind

LAMP_STEP_M = {GroundKind.ROAD_ARTERIAL: 38.0, GroundKind.ROAD_LOCAL: 42.0, GroundKind.ROAD_LANE: 48.0}
_FACILITY_OF_USE = {
    Use.SCHOOL: "school",
    Use.MARKET: "market",
    Use.HOSPITAL: "hospital",
    Use.OFFICE: "office",
    Use.PARK: "park",
    Use.SQUARE: "square",
}


@dataclass(frozen=True)
class PlannedCamera:
    name: str
    place: str
    point: Geometry
    bearing_deg: float
    angle_deg: float
    range_m: float
    height_m: float
    working: bool
    key_area: bool
    night_ok: bool


@dataclass(frozen=True)
class PlannedFacility:
    kind: str
    name: str
    point: Geometry


def bearing(origin: Geometry, target: Geometry) -> float:
    """Degrees clockwise from north (board y) from one point to another."""
    return float(np.degrees(np.arctan2(target.x - origin.x, target.y - origin.y)) % 360)


def lamps(made: Composition, rng: np.random.Generator) -> list[tuple[Geometry, bool]]:
    """Lamps beside the community's own streets and inner lanes, with whether they burn at night."""
    placed: list[tuple[Geometry, bool]] = []
    own = [(street.line, LAMP_STEP_M[street.kind]) for street in made.streets]
    own += [(street.line.intersection(made.polygon), LAMP_STEP_M[street.kind]) for street in made.surroundings]
    own += [(lane, 45.0) for lot in made.lots if lot.walled for lane in lot.lanes if lane.length > 50]
    shapely.prepare(made.polygon)
    lit_share = 0.12 if made.programme.dark else 0.96
    for line, step in own:
        for part in (p for p in shapely.get_parts(line) if p.geom_type == "LineString" and p.length > 12):
            here, tangent = along(part, step, 6.0)
            side = np.where(np.arange(len(here)) % 2 == 0, 1.0, -1.0)[:, None]
            points = shapely.points(here + np.column_stack([-tangent[:, 1], tangent[:, 0]]) * side * 3.6)
            inside = points[shapely.contains(made.polygon, points)]
            placed.extend((point, bool(rng.random() < lit_share)) for point in inside)
    return placed


def _camera(
    name: str, place: str, point: Geometry, towards: float, rng: np.random.Generator, *, key: bool
) -> PlannedCamera:
    angle = float(rng.choice([46.0, 60.0, 75.0, 90.0]))
    reach = float(round({46.0: 80.0, 60.0: 60.0, 75.0: 45.0, 90.0: 35.0}[angle] * rng.uniform(0.9, 1.1), 1))
    height = float(round(rng.uniform(3.2, 6.5), 1))
    working, night = bool(rng.random() < 0.96), bool(rng.random() < 0.75)
    return PlannedCamera(name, place, point, round(towards, 1), angle, reach, height, working, key, night)


def cameras(made: Composition, rng: np.random.Generator) -> list[PlannedCamera]:
    if made.programme.dark:
        return _estate_cameras(made.lots[0], rng)
    seen = []
    for lot in made.lots:
        if lot.walled and lot.gates:
            for i, gate in enumerate(lot.gates[:2]):
                label = f"{lot.name}{'东南西北'[i] if len(lot.gates) > 1 else ''}门"
                seen.append(_camera(label, "大门", gate, bearing(lot.plot.centroid, gate), rng, key=True))
        elif lot.use in (Use.SQUARE, Use.MARKET, Use.PARK) and lot.name:
            point = shapely.get_point(lot.plot.exterior, 0)
            seen.append(_camera(lot.name, "公共场所", point, bearing(point, lot.plot.centroid), rng, key=True))
    for street in made.streets:
        if street.kind is GroundKind.ROAD_LOCAL and street.line.length > 90:
            point = street.line.interpolate(0.5, normalized=True)
            towards = bearing(point, street.line.interpolate(0.6, normalized=True))
            if made.polygon.contains(point):
                one = _camera(f"{street.name}中段", "道路", point, towards, rng, key=False)
                back = replace(one, name=f"{one.name}（反向）", bearing_deg=round((one.bearing_deg + 180) % 360, 1))
                seen += [one, back]
    return seen


def _estate_cameras(lot: Lot, rng: np.random.Generator) -> list[PlannedCamera]:
    """Sixteen: one at each gate, three about the square, one at the service centre, eight at the bicycle sheds."""
    seen = [
        _camera(f"{lot.name}{side}门", "大门", gate, bearing(gate, lot.plot.centroid), rng, key=True)
        for side, gate in zip(_sides(lot), lot.gates, strict=True)
    ]
    square = next(geometry for kind, geometry in lot.extras if kind is GroundKind.SQUARE)
    for i, share in enumerate((0.1, 0.45, 0.8)):
        corner = square.exterior.interpolate(share, normalized=True)
        seen.append(
            _camera(f"{lot.name}广场{i + 1}号", "广场", corner, bearing(corner, square.centroid), rng, key=True)
        )
    centre = next(house.footprint for house in lot.houses if house.kind is BuildingKind.PUBLIC)
    door = shapely.Point(centre.centroid.x, centre.bounds[1] - 1.0)
    seen.append(_camera(f"{lot.name}党群服务中心门口", "服务中心", door, 180.0, rng, key=True))
    for i, shed in enumerate(bicycle_sheds(lot)):
        seen.append(
            _camera(f"{lot.name}{i + 1}号自行车棚", "自行车棚", shed, float(rng.uniform(0, 360)), rng, key=False)
        )
    return seen


def _sides(lot: Lot) -> list[str]:
    """东南西北 for the gates by where they lie, each name once."""
    free = list(range(4))
    names = []
    for gate in lot.gates:
        angle = bearing(lot.plot.centroid, gate)
        best = min(free, key=lambda i: abs((angle - 90 * i + 180) % 360 - 180))
        free.remove(best)
        names.append("北东南西"[best])
    return names


def bicycle_sheds(lot: Lot) -> list[Geometry]:
    """Eight places beside houses far from each other."""
    middles = [house.footprint.centroid for house in lot.houses if house.kind is not BuildingKind.PUBLIC]
    chosen = [middles[0]]
    while len(chosen) < 8:
        chosen.append(max(middles, key=lambda p: round(min(p.distance(q) for q in chosen), 3)))
    return [shapely.Point(point.x, point.y - 10.5) for point in chosen]


def facilities(made: Composition, rng: np.random.Generator, *, with_police: bool) -> list[PlannedFacility]:
    name = made.programme.name
    found = [
        PlannedFacility(_FACILITY_OF_USE[lot.use], lot.name, lot.plot.representative_point())
        for lot in made.lots
        if lot.use in _FACILITY_OF_USE and lot.name
    ]
    if made.programme.dark:
        sheds = bicycle_sheds(made.lots[0])
        found += [PlannedFacility("bicycle_shed", f"{name}{i + 1}号自行车棚", shed) for i, shed in enumerate(sheds)]
    kinds = [("committee", "社区居民委员会"), ("health_station", "社区卫生服务站"), ("eldercare", "居家养老服务中心")]
    if made.programme.households >= 800:
        kinds += [("pharmacy", "便民药房"), ("pharmacy", "康民药房"), ("police", "警务室")]
    if with_police:
        kinds.append(("police", "派出所"))
    return found + [
        PlannedFacility(kind, name + title, point)
        for (kind, title), point in zip(kinds, _shopfronts(made, len(kinds), rng), strict=True)
    ]


def _shopfronts(made: Composition, count: int, rng: np.random.Generator) -> list[Geometry]:
    """Ground floors to move into: the service centre first, then houses near the streets."""
    houses = [house for lot in made.lots for house in lot.houses] + made.loose
    public = [house.footprint for house in houses if house.kind is BuildingKind.PUBLIC]
    rest = [house.footprint for house in houses if house.kind is not BuildingKind.PUBLIC]
    order = rng.permutation(len(rest)).tolist()
    near = sorted(order[: 12 * count], key=lambda i: _street_distance(rest[i], made))
    chosen = [*public, *(rest[i] for i in near)]
    return [chosen[i % len(chosen)].representative_point() for i in range(count)]


def _street_distance(footprint: Geometry, made: Composition) -> float:
    lines = [street.line for street in [*made.surroundings, *made.streets]]
    return round(min((float(footprint.distance(line)) for line in lines), default=0.0) / 12)
