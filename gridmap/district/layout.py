"""A layout is the plan of a town before anything is built; survey() turns it into the sites of its communities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry import Point

from gridmap.district.blocks import lines_of, polygons_of
from gridmap.district.community import Site, Street
from gridmap.district.programme import Programme, Setting
from gridmap.district.records import Geometry, GroundKind
from gridmap.district.streets import Course, Line, draw, faces, river_bed, union_of_faces

BANK_M = 27.0
PROMENADE_M = 17.0
GREEN_BANK_M = 11.0
GOAL_REACH_M = 130.0


@dataclass(frozen=True)
class AreaGoal:
    """Move ``nodes`` along ``direction`` until the community has this area."""

    community: str
    area_m2: float
    nodes: tuple[str, ...]
    direction: tuple[float, float]


@dataclass(frozen=True)
class Layout:
    county: str
    nodes: Mapping[str, tuple[float, float]]
    courses: tuple[Course, ...]
    places: Mapping[str, tuple[tuple[float, float], ...]]
    streets: tuple[tuple[str, tuple[str, ...]], ...]
    programmes: tuple[Programme, ...]
    goals: tuple[AreaGoal, ...] = ()
    bridge_names: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Survey:
    """The drawn town: community polygons that tile, main roads with their bridges, water and rail."""

    polygons: dict[str, Geometry]
    roads: list[Street]
    ground: list[tuple[GroundKind, str, Geometry]]
    sites: dict[str, Site]


def survey(layout: Layout, rng: np.random.Generator) -> Survey:
    nodes = _settled(layout)
    lines = [draw(course, nodes) for course in layout.courses]
    beds = [(line.course.name, river_bed(line, rng)) for line in lines if line.course.kind == "river"]
    bed = shapely.union_all([polygon for _, polygon in beds])
    roads = [road for line in lines for road in _roads(line, bed, layout.bridge_names)]
    polygons = _communities(lines, layout)
    county = union_of_faces(list(polygons.values()))
    ground = [(GroundKind.RIVER, name, part) for name, b in beds for part in polygons_of(b.intersection(county))]
    ground += [(GroundKind.RAIL, line.course.name, line.line) for line in lines if line.course.kind == "rail"]
    sites = _sites(layout, polygons, lines, roads, bed)
    return Survey(polygons, roads, ground, sites)


def _settled(layout: Layout) -> dict[str, tuple[float, float]]:
    nodes = dict(layout.nodes)
    for goal in layout.goals:
        moving = [course for course in layout.courses if not set(goal.nodes).isdisjoint(course.points)]
        still = [draw(course, nodes) for course in layout.courses if course not in moving]
        start, low, high = dict(nodes), -GOAL_REACH_M, GOAL_REACH_M
        for _ in range(20):
            middle = (low + high) / 2
            for name in goal.nodes:
                x, y = start[name]
                nodes[name] = (x + goal.direction[0] * middle, y + goal.direction[1] * middle)
            lines = still + [draw(course, nodes) for course in moving]
            area = _communities(lines, layout, goal.community)[goal.community].area
            low, high = (middle, high) if area < goal.area_m2 else (low, middle)
    return nodes


def _communities(lines: list[Line], layout: Layout, only: str | None = None) -> dict[str, Geometry]:
    """Community polygons by name; ValueError where a place lies in no face or a face belongs to nobody."""
    cells = faces(lines)
    tree = shapely.STRtree(cells)
    found: dict[str, Geometry] = {}
    used: set[int] = set()
    for name, points in layout.places.items():
        if only is not None and name != only:
            continue
        hits = {int(i) for x, y in points for i in tree.query(Point(x, y), predicate="within")}
        if not hits:
            raise ValueError(f"no face at the place of {name}")
        used |= hits
        found[name] = union_of_faces([cells[i] for i in sorted(hits)])
    if only is None and len(used) < len(cells):
        spare = [cells[i].representative_point().coords[0] for i in range(len(cells)) if i not in used]
        raise ValueError(f"faces that belong to no community: {spare}")
    return found


def _roads(line: Line, bed: Geometry, bridge_names: Mapping[str, str]) -> list[Street]:
    """A course as streets: the part over water is a bridge or is not built."""
    if line.course.kind not in ("road_arterial", "road_local"):
        return []
    kind = GroundKind(line.course.kind)
    dry = [Street(line.course.name, kind, part) for part in lines_of(line.line.difference(bed), 5.0)]
    if not line.course.bridges:
        return dry
    name = bridge_names.get(line.course.name, f"{line.course.name}桥")
    return dry + [Street(name, kind, part) for part in lines_of(line.line.intersection(bed), 5.0)]


def _sites(
    layout: Layout, polygons: Mapping[str, Geometry], lines: list[Line], roads: list[Street], bed: Geometry
) -> dict[str, Site]:
    reserves = [
        piece.buffer(line.course.width_m / 2, quad_segs=4)
        for line in lines
        if line.course.kind in ("road_arterial", "road_local", "rail")
        for piece in line.pieces
    ]
    bank = shapely.segmentize(bed, 60.0).buffer(BANK_M) if not bed.is_empty else bed
    walk = bed.buffer(PROMENADE_M).simplify(1.5).boundary if not bed.is_empty else bed
    tree, road_tree = shapely.STRtree(reserves), shapely.STRtree([road.line for road in roads])
    sites = {}
    for programme in layout.programmes:
        polygon = polygons[programme.name]
        taken = [reserves[i] for i in sorted(tree.query(polygon, predicate="intersects").tolist())]
        near = [roads[i] for i in sorted(road_tree.query(polygon, predicate="intersects").tolist())]
        ground = polygon.difference(shapely.union_all([*taken, bank]))
        promenade = [] if programme.setting is Setting.RURAL else lines_of(walk.intersection(polygon), 60.0)
        sites[programme.name] = Site(polygon, ground, near, promenade)
    return sites


def bank_green(site: Site, beds: list[Geometry]) -> list[Geometry]:
    """The green strip between the water and the promenade."""
    if not site.promenade:
        return []
    water = shapely.union_all(beds)
    strip = water.buffer(GREEN_BANK_M).difference(water.buffer(1.0)).intersection(site.polygon)
    roads = shapely.union_all([street.line.buffer(18.0) for street in site.streets])
    return polygons_of(strip.difference(roads), 300.0)
