"""A generated Chinese city, community by community: walled compounds between streets, rivers and railways.

A community is a piece of ground cut into irregular blocks by local streets; a block holds one or two compounds of
slabs, towers or villas, old houses without a wall, shops, or a park. The same seed gives the same city, and a longer
city begins with the shorter one. The time is linear and one community is in memory at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.affinity import rotate
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from bench.grids.communities import Community
from gridmap.partition.units import Barrier, Unit

FEWEST_HOUSEHOLDS, MOST_HOUSEHOLDS = 1000, 4000
_HOUSEHOLDS_PER_M2 = 0.0155
_CORNER = np.array((118.5, 31.9))
_METRES_PER_DEGREE = np.array((94_344.0, 111_320.0))
_SLOT_M = 1500.0
_SLOTS_PER_ROW = 128
_LARGEST_BLOCK_M2, _SMALLEST_SIDE_M = 36_000.0, 85.0
#: Width of the gap that a barrier leaves between blocks, chance, weight, chance of a bridge or crossing.
_BARRIERS = (
    ("arterial road", 26.0, 0.14, 1.0, 0.8),
    ("river", 40.0, 0.08, 2.0, 0.6),
    ("railway", 30.0, 0.05, 2.0, 0.4),
)
_SLABS, _TOWERS, _MIXED, _VILLAS, _OLD, _SHOPS, _PARK = range(7)
_KINDS = np.array((0.18, 0.38, 0.09, 0.15, 0.02, 0.11, 0.07))
#: How alike the mixes of compounds of all communities are.
_ALIKE = 6.0


@dataclass
class _Ground:
    """Blocks and lines of a community in metres, before it is turned into its place."""

    blocks: list[tuple[float, float, float, float]] = field(default_factory=list)
    gaps: list[Polygon] = field(default_factory=list)
    streets: list[LineString] = field(default_factory=list)
    barriers: list[tuple[LineString, float, str]] = field(default_factory=list)


@dataclass
class _House:
    """A building in metres; `compound` is the number of its compound in the community, -1 for none."""

    west: float
    south: float
    east: float
    north: float
    households: int
    compound: int


def city(buildings: int, seed: int) -> Iterator[Community]:
    """Communities until there are so many buildings."""
    made = number = 0
    while made < buildings:
        community = _community(number, seed)
        made += len(community.units)
        number += 1
        yield community


def _community(number: int, seed: int) -> Community:
    """One community of 1000 to 4000 households: tried until it is one."""
    for attempt in range(1000):
        rng = np.random.default_rng((seed, number, attempt))
        wanted = rng.uniform(FEWEST_HOUSEHOLDS, MOST_HOUSEHOLDS)
        ground = _laid(wanted / _HOUSEHOLDS_PER_M2, rng)
        houses, compounds = _built(ground, rng)
        if FEWEST_HOUSEHOLDS <= sum(house.households for house in houses) <= MOST_HOUSEHOLDS:
            return _placed(number, ground, houses, compounds, rng)
    raise RuntimeError(f"no community of the wanted size in 1000 attempts (community {number}, seed {seed})")


def _laid(area_m2: float, rng: np.random.Generator) -> _Ground:
    """Cut a rectangle into blocks; a barrier first where there is one."""
    ground = _Ground()
    width = np.sqrt(area_m2 * rng.uniform(0.6, 1.6))
    whole = (0.0, 0.0, float(width), float(area_m2 / width))
    chance = rng.random()
    for kind, gap, share, weight, bridge in _BARRIERS:
        if chance < share:
            for side in _parted(ground, whole, (kind, gap, weight, bridge), rng):
                _cut(ground, side, rng)
            break
        chance -= share
    else:
        _cut(ground, whole, rng)
    _without_corners(ground, rng)
    return ground


Box = tuple[float, float, float, float]


def _parted(
    ground: _Ground, whole: Box, barrier: tuple[str, float, float, float], rng: np.random.Generator
) -> list[Box]:
    """Two sides of a barrier that bends within its gap, and the bridges over it."""
    kind, gap, weight, bridge = barrier
    west, south, east, north = whole
    at = rng.uniform(0.25, 0.75)
    upright = east - west > north - south
    low, high = (south, north) if upright else (west, east)
    middle = west + at * (east - west) if upright else south + at * (north - south)
    along = np.linspace(low - 30.0, high + 30.0, 12)
    across = middle + rng.uniform(0.1, 0.35) * gap * np.sin(along / rng.uniform(60.0, 160.0) + rng.uniform(0.0, 6.0))
    points = np.stack((across, along) if upright else (along, across), axis=1)
    ground.barriers.append((LineString(points), weight, kind))
    half = gap / 2.0
    for place in np.arange(low + rng.uniform(60.0, 200.0), high - 40.0, 260.0):
        if rng.random() < bridge:
            ends = ((middle - half - 1.0, place), (middle + half + 1.0, place))
            ground.streets.append(LineString(ends if upright else [(y, x) for x, y in ends]))
    if upright:
        ground.gaps.append(box(middle - half, south, middle + half, north))
        return [(west, south, middle - half, north), (middle + half, south, east, north)]
    ground.gaps.append(box(west, middle - half, east, middle + half))
    return [(west, south, east, middle - half), (west, middle + half, east, north)]


def _cut(ground: _Ground, part: Box, rng: np.random.Generator) -> None:
    """Halve a rectangle, not evenly, until blocks are left; the cuts are local streets."""
    west, south, east, north = part
    width, depth = east - west, north - south
    longest = max(width, depth)
    if width * depth < _LARGEST_BLOCK_M2 * rng.uniform(0.45, 1.0) or longest < 2.2 * _SMALLEST_SIDE_M:
        ground.blocks.append(part)
        return
    share = rng.uniform(0.34, 0.66)
    if width > depth:
        middle = west + share * width
        ground.streets.append(LineString(((middle, south), (middle, north))))
        halves = (west, south, middle, north), (middle, south, east, north)
    else:
        middle = south + share * depth
        ground.streets.append(LineString(((west, middle), (east, middle))))
        halves = (west, south, east, middle), (west, middle, east, north)
    for half in halves:
        _cut(ground, half, rng)


def _without_corners(ground: _Ground, rng: np.random.Generator) -> None:
    """Some outlines are no rectangles: a block at a corner belongs to the next community."""
    for _ in range(int(rng.choice(3, p=(0.55, 0.3, 0.15)))):
        if len(ground.blocks) < 6:
            return
        whole = shapely.union_all([box(*block) for block in ground.blocks] + ground.gaps)
        corner = whole.bounds[int(rng.choice((0, 2)))], whole.bounds[int(rng.choice((1, 3)))]
        middles = [((w + e) / 2.0 - corner[0], (s + n) / 2.0 - corner[1]) for w, s, e, n in ground.blocks]
        nearest = min(range(len(middles)), key=lambda index: float(np.hypot(*middles[index])))
        left = [block for index, block in enumerate(ground.blocks) if index != nearest]
        rest = shapely.union_all([box(*block) for block in left] + ground.gaps)
        if rest.geom_type == "Polygon" and not rest.interiors:
            ground.blocks = left


def _built(ground: _Ground, rng: np.random.Generator) -> tuple[list[_House], int]:
    """Houses of all blocks, and the number of compounds."""
    houses: list[_House] = []
    compounds = 0
    mix = rng.dirichlet(_ALIKE * _KINDS)
    for west, south, east, north in ground.blocks:
        plots = [(west, south, east, north)]
        if (east - west) * (north - south) > 0.5 * _LARGEST_BLOCK_M2 and rng.random() < 0.35:
            middle_x, middle_y = (
                west + rng.uniform(0.4, 0.6) * (east - west),
                south + rng.uniform(0.4, 0.6) * (north - south),
            )
            upright = east - west > north - south
            plots = [
                (west, south, middle_x if upright else east, north if upright else middle_y),
                (middle_x if upright else west, south if upright else middle_y, east, north),
            ]
        for plot in plots:
            kind = int(rng.choice(len(mix), p=mix))
            houses += _rows(plot, kind, compounds if kind not in {_OLD, _SHOPS} else -1, rng)
            compounds += 1
    return houses, compounds


def _rows(plot: Box, kind: int, compound: int, rng: np.random.Generator) -> list[_House]:
    """Rows of houses of one compound; a row of towers behind slabs where they are mixed."""
    west, south, east, north = plot
    if kind == _PARK:
        return []
    setback = 7.0
    if kind == _MIXED:
        middle = south + 0.5 * (north - south)
        slabs = _rows((west, south, east, middle + setback), _SLABS, compound, rng)
        return slabs + _rows((west, middle - setback, east, north), _TOWERS, compound, rng)
    across, along, gap, depth_gap = {
        _SLABS: (rng.uniform(38.0, 58.0), 12.0, 10.0, rng.uniform(18.0, 24.0)),
        _TOWERS: (26.0, 22.0, rng.uniform(18.0, 30.0), rng.uniform(26.0, 42.0)),
        _VILLAS: (11.0, 10.0, 9.0, 14.0),
        _OLD: (16.0, 10.0, 3.0, 9.0),
        _SHOPS: (24.0, 16.0, 6.0, 22.0),
    }[kind]
    typical = _typical(kind, rng)
    houses = []
    for y in _starts(south + setback, north - setback, along, depth_gap, rng):
        for x in _starts(west + setback, east - setback, across, gap, rng):
            if rng.random() < 0.93:
                load = _households(kind, typical, rng)
                houses.append(_House(x, y, x + across, y + along, load, compound))
    return houses


def _starts(low: float, high: float, size: float, gap: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Where houses of one size begin on a line; what is left over lies before and behind."""
    fits = int((high - low + gap) // (size + gap))
    spare = (high - low) - (fits * (size + gap) - gap)
    first = low + spare * rng.uniform(0.2, 0.8)
    return np.asarray(first + np.arange(max(0, fits)) * (size + gap), dtype=np.float64)


def _typical(kind: int, rng: np.random.Generator) -> tuple[int, int]:
    """What the houses of a compound have in common: floors, and households on a floor (of a staircase)."""
    if kind == _SLABS:
        return int(rng.choice((5, 6, 7))), 2
    if kind == _TOWERS:
        return int(rng.integers(15, 34)), int(rng.choice((4, 6)))
    return 1, 1


def _households(kind: int, typical: tuple[int, int], rng: np.random.Generator) -> int:
    """Slabs 12-60, towers 60-200, villas 1-2, old houses 3-16; some flats are empty, nobody lives in shops."""
    floors, side_by_side = typical
    if kind == _SLABS:
        full = floors * side_by_side * int(rng.integers(1, 5))
        return int(np.clip(round(full * rng.uniform(0.85, 1.0)), 12, 60))
    if kind == _TOWERS:
        full = (floors + int(rng.integers(-2, 3))) * side_by_side
        return int(np.clip(round(full * rng.uniform(0.85, 1.0)), 60, 200))
    return {_VILLAS: int(rng.integers(1, 3)), _OLD: int(rng.integers(3, 17))}.get(kind, 0)


def _placed(number: int, ground: _Ground, houses: list[_House], compounds: int, rng: np.random.Generator) -> Community:
    """Turn and bend the ground a little, set it down in its slot of the city, in degrees."""
    whole = shapely.union_all([box(*block) for block in ground.blocks] + ground.gaps)
    turn, bend, wave = rng.uniform(-40.0, 40.0), rng.uniform(0.0, 5.0), rng.uniform(250.0, 500.0)
    slot = np.array((number % _SLOTS_PER_ROW, number // _SLOTS_PER_ROW)) * _SLOT_M
    centre = (whole.centroid.x, whole.centroid.y)

    def put(shapes: list[BaseGeometry], step_m: float = 0.0) -> list[BaseGeometry]:
        cut = shapely.segmentize(np.array(shapes, dtype=object), step_m) if step_m else np.array(shapes, dtype=object)
        bent = shapely.transform(cut, lambda xy: xy + bend * np.sin(xy[:, ::-1] / wave * 2.0 * np.pi))
        turned = [rotate(shape, turn, origin=centre) for shape in bent]
        return list(
            shapely.transform(np.array(turned, dtype=object), lambda xy: _CORNER + (xy + slot) / _METRES_PER_DEGREE)
        )

    names = [f"{number}-{compound}" for compound in range(compounds)]
    shapes = put([box(house.west, house.south, house.east, house.north) for house in houses])
    units = [
        Unit(f"{number}-{index}", shape, house.households, names[house.compound] if house.compound >= 0 else None)
        for index, (shape, house) in enumerate(zip(shapes, houses, strict=True))
    ]
    lines = put([line for line, _, _ in ground.barriers], 20.0) if ground.barriers else []
    barriers = [Barrier(shape, weight, kind) for shape, (_, weight, kind) in zip(lines, ground.barriers, strict=True)]
    streets = put(list(ground.streets), 20.0) if ground.streets else []
    return Community(str(number), put([whole], 20.0)[0], units, streets, barriers)
