"""Finished polygons: the borders between grids without the zigzag of the cells they are made of.

All grids of a part are simplified together (Visvalingam & Whyatt 1993, as a coverage), so neighbours share every
vertex. A simplified border is a choice among the vertices of the exact one; where it would come upon a building or
leave a unit on the wrong side, more of them are kept there.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from gridmap.partition.ground import Ground, flat_shapes, vertices_of
from gridmap.partition.plane import Flags, Floats, Ints, Shapes, shape_array

# Tried in turn; a vertex goes that spans less than the square of this with its neighbours. The last keeps them all.
TOLERANCES_M = (6.0, 3.0, 1.5, 0.7, 0.0)
# Where a border runs along a street or barrier line, it starts with this one, so that it stays on the line.
_STREET_LEVEL = 2
# A border that runs along a wall does not cut the house.
_WALL_M = 0.05
_FINEST = len(TOLERANCES_M) - 1
_CORNERS = 3


def finished_shapes(ground: Ground, labels: Ints) -> Shapes:
    """The lon/lat polygon of every grid 0 … k-1 of a division of the cells: an exact tiling with smooth borders.

    `labels` is the grid of each cell. Neighbours share every vertex; the vertices of the part, of fixed grids and of
    units on a line stay bit for bit; no building is cut that the cells did not cut, and units stay in their grid.
    ValueError where a grid is in pieces.
    """
    order = np.argsort(labels, kind="stable")
    flat = flat_shapes(ground, np.split(order, np.flatnonzero(np.diff(labels[order])) + 1))
    outline = _outline(flat, vertices_of(ground, flat))
    borders = _borders(ground, outline)
    guests = _guests(ground, flat, labels[ground.cell_of_seat])
    kept = [_kept(ground, flat, tolerance) for tolerance in TOLERANCES_M]
    while True:
        keep = borders.fixed | (np.choose(borders.level, kept) & borders.free)
        rings = _shortened(outline, keep)
        shapes = _polygons(rings, ground.lonlat)
        if (borders.level >= _FINEST).all():
            return shapes
        if not (_is_coverage(shapes) and _is_coverage(flat := _polygons(rings, ground.vertices))):
            borders.level = np.minimum(borders.level + 1, _FINEST)
            continue
        wrong = np.isin(borders.arc, _arcs_in_the_way(rings, borders, guests, flat, ground.vertices))
        wrong &= (borders.level < _FINEST) & (borders.arc >= 0)
        if not wrong.any():
            return shapes
        borders.level[wrong] += 1


@dataclass(frozen=True)
class _Rings:
    """Rings of polygons as vertices of the ground, none twice; `dropped` is a vertex left out after each, or -1."""

    vertex: Ints
    ring: Ints
    polygon_of_ring: Ints
    dropped: Ints

    def following(self) -> Ints:
        """For every entry the position of the next one on its ring."""
        last = np.flatnonzero(np.diff(self.ring, append=-1))
        after = np.arange(1, len(self.ring) + 1)
        after[last] = np.concatenate(([0], last[:-1] + 1))
        return after


@dataclass
class _Borders:
    """Per vertex: the border line it belongs to (-1 for ends), how far its simplification has been taken back, whether
    it stays in any case, and whether it may stay at all.
    """

    arc: Ints
    level: Ints
    fixed: Flags
    free: Flags


@dataclass(frozen=True)
class _Guests:
    """What a smoothed border must respect: walls it must not cut, and places (plane metres) with their grids."""

    walls: shapely.STRtree
    places: Shapes
    grid: Ints


def _outline(flat: Shapes, vertex: Ints) -> _Rings:
    rings, polygon = shapely.get_rings(flat, return_index=True)
    _, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.diff(ring, prepend=-1) == 0
    return _Rings(vertex[first], ring[first], np.asarray(polygon), np.full(int(first.sum()), -1, dtype=np.int64))


def _borders(ground: Ground, outline: _Rings) -> _Borders:
    count = len(ground.vertices)
    here, there = outline.vertex, outline.vertex[outline.following()]
    pairs = np.unique(np.minimum(here, there) * count + np.maximum(here, there))
    low, high = pairs // count, pairs % count
    degree = np.bincount(low, minlength=count) + np.bincount(high, minlength=count)
    outer = np.zeros(count, dtype=bool)
    open_side = ground.edges.second < 0
    outer[ground.edges.low[open_side]] = outer[ground.edges.high[open_side]] = True
    fixed = ground.pinned | (degree > 2)
    free = ~outer
    inner = free & ~fixed
    both = inner[low] & inner[high]
    links = coo_matrix((np.ones(int(both.sum())), (low[both], high[both])), shape=(count, count))
    arc = np.where(inner, connected_components(links, directed=False)[1], -1).astype(np.int64)
    level = np.where(_on_streets(ground), _STREET_LEVEL, 0)
    level[~inner] = _FINEST
    unused = degree == 0
    level[unused] = _FINEST
    return _Borders(arc, level, fixed, free)


def _on_streets(ground: Ground) -> Flags:
    edges = ground.edges
    line = edges.street | (edges.barrier > 0.0)
    on = np.zeros(len(ground.vertices), dtype=bool)
    on[edges.low[line]] = on[edges.high[line]] = True
    return on


def _guests(ground: Ground, flat: Shapes, grid: Ints) -> _Guests:
    walls = shapely.buffer(ground.footprints, -_WALL_M)
    walls = walls[~shapely.is_empty(walls)]
    places = shapely.points(ground.places)
    shapely.prepare(flat)
    inside = shapely.contains_properly(flat[grid], places)
    cut, _ = shapely.STRtree(walls).query(shapely.boundary(flat), predicate="intersects")[::-1]
    walls = np.delete(walls, np.unique(cut))
    return _Guests(shapely.STRtree(walls), places[inside], grid[inside])


def _kept(ground: Ground, flat: Shapes, tolerance_m: float) -> Flags:
    """Which vertices are left when all grids are simplified together."""
    simple = shapely.coverage_simplify(flat, tolerance_m, simplify_boundary=False) if tolerance_m > 0.0 else flat
    kept = np.zeros(len(ground.vertices), dtype=bool)
    kept[vertices_of(ground, simple)] = True
    return kept


def _shortened(outline: _Rings, keep: Flags) -> _Rings:
    chosen = np.flatnonzero(keep[outline.vertex])
    after = outline.following()
    dropped = np.where(keep[outline.vertex[after]], -1, outline.vertex[after])
    return _Rings(outline.vertex[chosen], outline.ring[chosen], outline.polygon_of_ring, dropped[chosen])


def _polygons(rings: _Rings, places: Floats) -> Shapes:
    """The polygons with these rings; none where a ring has shrunk to a line."""
    count = np.bincount(rings.ring, minlength=len(rings.polygon_of_ring))
    if (count < _CORNERS).any():
        return shape_array([])
    lines = shapely.linearrings(places[rings.vertex], indices=rings.ring)
    return np.asarray(shapely.polygons(lines, indices=rings.polygon_of_ring), dtype=object)


def _is_coverage(shapes: Shapes) -> bool:
    return len(shapes) > 0 and bool(shapely.is_valid(shapes).all()) and bool(shapely.coverage_is_valid(shapes))


def _arcs_in_the_way(rings: _Rings, borders: _Borders, guests: _Guests, flat: Shapes, places: Floats) -> Ints:
    """Border lines whose shortcuts cut a building or leave a unit outside its grid."""
    short = np.flatnonzero((rings.dropped >= 0) & (borders.arc[rings.dropped] >= 0))
    if not len(short):
        return short
    ends = np.stack((places[rings.vertex[short]], places[rings.vertex[rings.following()[short]]]), axis=1)
    lines, arc = shapely.linestrings(ends), borders.arc[rings.dropped[short]]
    line, _ = guests.walls.query(lines, predicate="intersects")
    shapely.prepare(flat)
    lost = guests.places[~shapely.intersects(flat[guests.grid], guests.places)]
    nearest = shapely.STRtree(lines).nearest(lost)
    return np.unique(np.concatenate((arc[line], arc[nearest])))
