"""Finished polygons: the borders between grids without the zigzag of the cells they are made of.

All grids of a part are simplified together (Visvalingam & Whyatt 1993, as a coverage), so neighbours share every
vertex. A simplified border is a choice among the vertices of the exact one; where it would come upon a building or
leave a unit on the wrong side, more of them are kept there.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from gridmap.partition.ground import Ground, flat_shapes, vertices_of
from gridmap.partition.plane import Flags, Floats, Ints, Shapes

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
        wrong = _wrongly_dropped(outline, keep, guests, ground)
        wrong = wrong[borders.level[wrong] < _FINEST]
        if not len(wrong):
            return _polygons(_shortened(outline, keep), ground.lonlat)
        borders.level[wrong] += 1


@dataclass(frozen=True)
class _Rings:
    """Rings of polygons as vertices of the ground, none twice on a ring."""

    vertex: Ints
    ring: Ints
    polygon_of_ring: Ints

    def following(self) -> Ints:
        """For every entry the position of the next one on its ring."""
        last = np.flatnonzero(np.diff(self.ring, append=-1))
        after = np.arange(1, len(self.ring) + 1)
        after[last] = np.concatenate(([0], last[:-1] + 1))
        return after


@dataclass(frozen=True)
class _Borders:
    """Per vertex: how far its simplification has been taken back, whether it stays in any case, and whether it may stay
    at all.
    """

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
    return _Rings(vertex[first], ring[first], np.asarray(polygon))


def _borders(ground: Ground, outline: _Rings) -> _Borders:
    count = len(ground.vertices)
    here, there = outline.vertex, outline.vertex[outline.following()]
    pairs = np.unique(np.minimum(here, there) * count + np.maximum(here, there))
    degree = np.bincount(pairs // count, minlength=count) + np.bincount(pairs % count, minlength=count)
    outer = np.zeros(count, dtype=bool)
    open_side = ground.edges.second < 0
    outer[ground.edges.low[open_side]] = outer[ground.edges.high[open_side]] = True
    fixed = ground.pinned | (degree > 2)
    level = np.where(_on_streets(ground), _STREET_LEVEL, 0)
    level[fixed | outer | (degree == 0)] = _FINEST
    return _Borders(level, fixed, ~outer)


def _on_streets(ground: Ground) -> Flags:
    edges = ground.edges
    line = edges.street | (edges.barrier > 0.0)
    on = np.zeros(len(ground.vertices), dtype=bool)
    on[edges.low[line]] = on[edges.high[line]] = True
    return on


def _guests(ground: Ground, flat: Shapes, grid: Ints) -> _Guests:
    places = shapely.points(ground.places)
    shapely.prepare(flat)
    inside = np.asarray(shapely.contains_properly(flat[grid], places))
    walls = shapely.buffer(ground.footprints, -_WALL_M)
    walls = walls[~shapely.is_empty(walls)]
    edges = shapely.boundary(flat)
    edge, wall = shapely.STRtree(walls).query(edges, predicate="intersects")
    for index in np.unique(wall).tolist():
        # A house that a street or another house divides: the border may stay there, its pieces are not cut again.
        near = shapely.clip_by_rect(shapely.union_all(edges[edge[wall == index]]), *walls[index].bounds)
        walls[index] = shapely.difference(walls[index], shapely.buffer(near, _WALL_M))
    return _Guests(shapely.STRtree(walls), places[inside], grid[inside])


def _kept(ground: Ground, flat: Shapes, tolerance_m: float) -> Flags:
    """Which vertices are left when all grids are simplified together."""
    simple = shapely.coverage_simplify(flat, tolerance_m, simplify_boundary=False) if tolerance_m > 0.0 else flat
    kept = np.zeros(len(ground.vertices), dtype=bool)
    kept[vertices_of(ground, simple)] = True
    return kept


def _shortened(outline: _Rings, keep: Flags) -> _Rings:
    chosen = keep[outline.vertex]
    return _Rings(outline.vertex[chosen], outline.ring[chosen], outline.polygon_of_ring)


def _polygons(rings: _Rings, places: Floats) -> Shapes:
    lines = shapely.linearrings(places[rings.vertex], indices=rings.ring)
    return np.asarray(shapely.polygons(lines, indices=rings.polygon_of_ring), dtype=object)


def _wrongly_dropped(outline: _Rings, keep: Flags, guests: _Guests, ground: Ground) -> Ints:
    """Vertices left out where what is left is no tiling, cuts a building or loses a unit."""
    rings = _shortened(outline, keep)
    collapsed = np.bincount(rings.ring, minlength=len(rings.polygon_of_ring)) < _CORNERS
    if collapsed.any():
        return np.unique(outline.vertex[collapsed[outline.ring]])
    flat = _polygons(rings, ground.vertices)
    broken = _broken(flat) | _broken(_polygons(rings, ground.lonlat))
    if broken.any():
        return np.unique(outline.vertex[broken[outline.polygon_of_ring[outline.ring]]])
    run = _run(outline, keep)
    dropped = ~keep[outline.vertex]
    shortcuts = np.unique(run[dropped])
    wrong = shortcuts[_in_the_way(rings, shortcuts, guests, flat, ground.vertices)]
    return np.unique(outline.vertex[dropped & np.isin(run, wrong)])


def _broken(shapes: Shapes) -> Flags:
    valid = np.asarray(shapely.is_valid(shapes), dtype=bool)
    if valid.all() and shapely.coverage_is_valid(shapes):
        return ~valid
    return np.asarray(~valid | ~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))


def _run(outline: _Rings, keep: Flags) -> Ints:
    """For every vertex of the outline the kept one before it, counted among the kept ones."""
    chosen = np.flatnonzero(keep[outline.vertex])
    run = np.searchsorted(chosen, np.arange(len(outline.vertex)), side="right") - 1
    early = outline.ring[chosen[run]] != outline.ring
    early |= run < 0
    run[early] = np.searchsorted(outline.ring[chosen], outline.ring[early], side="right") - 1
    return np.asarray(run, dtype=np.int64)


def _in_the_way(rings: _Rings, shortcuts: Ints, guests: _Guests, flat: Shapes, places: Floats) -> Flags:
    """Which shortcuts, given by where they start on the rings, cut a building or leave a unit outside its grid."""
    wrong = np.zeros(len(shortcuts), dtype=bool)
    if len(shortcuts):
        stops = rings.vertex[rings.following()[shortcuts]]
        lines = shapely.linestrings(np.stack((places[rings.vertex[shortcuts]], places[stops]), axis=1))
        wrong[guests.walls.query(lines, predicate="intersects")[0]] = True
        shapely.prepare(flat)
        lost = guests.places[~shapely.intersects(flat[guests.grid], guests.places)]
        wrong[shapely.STRtree(lines).nearest(lost)] = True
    return wrong
