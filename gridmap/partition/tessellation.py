"""Enclosed Voronoi tessellation: every block is shared among the seats inside it, and a cell line never cuts a
footprint.

After Fleischmann, Feliciotti, Romice, Porta (2020), "Morphological tessellation", and the enclosed variant of momepy:
sites are the densified footprint outlines pulled in a little. Footprints that a line comes upon are part of the
linework, so each belongs to its seat exactly; the others lie inside one face anyway.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from gridmap.partition.blocks import (
    ALONG_BORDER_M,
    STREET_WEIGHT,
    Blocks,
    inner_faces,
    inside_part,
    noded,
    unique_segments,
)
from gridmap.partition.plane import Flags, Floats, Ints, Shapes, line_parts, shape_array, without_lines_along
from gridmap.partition.ridges import Sites, ridge_lines
from gridmap.partition.seats import Seats

_INSET_M = 0.3
# Sites along a wall stand half as far apart as the next house is away, within these bounds.
_SITES_PER_OUTLINE = 64
_SPACING_SHARE = 0.5
_SPACING_M = 1.0
_WIDEST_SPACING_M = 12.0
# A building that reaches into a second block with this share of its footprint, or fills this share of the block, has
# cells in both.
_SECOND_HOME = 0.25
_FILLED_BLOCK = 0.5
# A block whose footprints leave less free than this is a tiling already; what is left goes to the longest border.
_FREE_SHARE = 0.002
_ON_BANK_M = 1e-3
_NOBODY = np.iinfo(np.int64).min
_NOTHING = shapely.Polygon()
_ROUNDING = 1e-9
_PIN_M = 1e-4
_SPIKE_RASTERS = 4.0
# An empty block narrower than this is the strip between two carriageways; lined with so much of a barrier, it is one.
_STRIP_M = 20.0
_FENCED = 0.5


@dataclass(frozen=True)
class Tessellation:
    """Faces in plane metres. `owner` is the seat of each face, or -1 - block where a block has no seat; `footing`
    marks faces with a footprint or the place of a seat; `region` is the fixed grid of each face, `region_of_seat` that
    of each seat, -1 for none. `pins` are the seats whose place is a vertex of the faces. `corridor` is that of the
    blocks, empty strips between carriageways included.
    """

    faces: Shapes
    points: Floats
    owner: Ints
    block: Ints
    footing: Flags
    corridor: Floats
    region: Ints
    region_of_seat: Ints
    pins: Ints


def tessellate(part: BaseGeometry, seats: Seats, blocks: Blocks) -> Tessellation:
    """Cut a part (plane metres) into faces that each belong to a seat or to an empty block."""
    homes, beside = _homes(seats, blocks)
    tiled = _tiled_blocks(seats, blocks, homes)
    sites = _sites_by_block(seats, blocks, homes, tiled)
    corridor = _corridors(blocks, sites)
    _lend_sites_to_corridors(blocks, corridor, sites)
    ridges, met = _ridges(sites, blocks, seats, tiled)
    met |= beside | seats.touching | (shapely.get_num_geometries(seats.footprints) > 1)
    met &= ~shapely.is_empty(seats.footprints)
    pins = _pins(seats, blocks.lines, ridges)
    faces, points = _faces(part, blocks, seats.outlines[met], np.concatenate((ridges, _spikes(seats, pins, blocks))))
    places = shapely.get_coordinates(points)
    block = np.asarray(shapely.STRtree(blocks.faces).nearest(points), dtype=np.int64)
    owner = _nearest_owner(block, places, sites)
    footing = _stand_on_faces(faces, points, seats, met, owner)
    first_home = np.array([home[0] for home in homes], dtype=np.int64)
    _rest_on_faces(faces, seats, met, (first_home, block, owner), footing)
    region = blocks.region
    return Tessellation(
        faces=faces,
        points=places,
        owner=owner,
        block=block,
        footing=footing,
        corridor=corridor,
        region=region[block],
        region_of_seat=region[first_home],
        pins=pins,
    )


def _pins(seats: Seats, *lines: Shapes) -> Ints:
    """Seats at a point that a line runs through: the point becomes a vertex, so that it lies on the cells around it."""
    bare = np.flatnonzero(~np.isnan(seats.lonlat[:, 0]) & shapely.is_empty(seats.footprints))
    tree = shapely.STRtree(np.concatenate(lines))
    near, _ = tree.query(shapely.points(seats.places[bare]), predicate="dwithin", distance=_PIN_M)
    return np.asarray(bare[np.unique(near)], dtype=np.int64)


def _spikes(seats: Seats, pins: Ints, blocks: Blocks) -> Shapes:
    """A dangling line at each pin: noding bends the lines there to it, and no face has it as a border."""
    start = seats.places[pins]
    stop = start + np.array((_SPIKE_RASTERS * blocks.raster_m, 0.0))
    return np.asarray(shapely.linestrings(np.stack((start, stop), axis=1)), dtype=object)


def _faces(part: BaseGeometry, blocks: Blocks, outlines: Shapes, ridges: Shapes) -> tuple[Shapes, Shapes]:
    """Faces of all linework and a point in each; what is a tiling already, as census units are, is not cut again."""
    walls = line_parts(outlines)
    if not len(ridges) and len(blocks.faces) == 1:
        faces, points = inner_faces(unique_segments(np.concatenate((line_parts(blocks.faces), walls))), part)
        if abs(float(shapely.area(faces).sum()) / part.area - 1.0) < _ROUNDING and shapely.coverage_is_valid(faces):
            return faces, points
    walls = without_lines_along(inside_part(walls, part), shapely.boundary(part), ALONG_BORDER_M)
    return inner_faces(noded(np.concatenate((blocks.lines, walls, ridges)), blocks.raster_m), part)


def _homes(seats: Seats, blocks: Blocks) -> tuple[list[list[int]], Flags]:
    """The blocks in which each seat has sites, usually one; and which footprints meet the border of a block."""
    tree = shapely.STRtree(blocks.faces)
    first = np.asarray(tree.nearest(shapely.points(seats.places)), dtype=np.int64)
    homes = [[int(block)] for block in first]
    beside = np.zeros(len(seats.units), dtype=bool)
    solid = np.flatnonzero(~shapely.is_empty(seats.footprints))
    found, within = tree.query(seats.footprints[solid], predicate="within")
    inner = np.zeros(len(solid), dtype=bool)
    shapely.prepare(blocks.faces)
    inner[found] = shapely.contains_properly(blocks.faces[within], seats.footprints[solid[found]])
    solid = solid[~inner]
    beside[solid] = True
    pairs = tree.query(seats.footprints[solid], predicate="intersects")
    several = np.bincount(pairs[0], minlength=len(solid))[pairs[0]] > 1
    seat, block = solid[pairs[0][several]], pairs[1][several]
    joint = blocks.region[block] == blocks.region[first[seat]]
    seat, block = seat[joint], block[joint]
    common = shapely.area(shapely.intersection(seats.footprints[seat], blocks.faces[block]))
    share = common / shapely.area(seats.footprints[seat])
    filled = common / shapely.area(blocks.faces[block])
    order = np.argsort(seat, kind="stable")
    for mine in np.split(order, np.flatnonzero(np.diff(seat[order])) + 1) if len(seat) else ():
        best = mine[np.argmax(share[mine])]
        also = mine[(share[mine] >= _SECOND_HOME) | (filled[mine] >= _FILLED_BLOCK)]
        homes[seat[best]] = sorted({int(block[best]), *(int(b) for b in block[also])})
    return homes, beside


def _sites_by_block(seats: Seats, blocks: Blocks, homes: list[list[int]], tiled: Flags) -> dict[int, Sites]:
    settled = np.array([all(tiled[block] for block in home) for home in homes], dtype=bool)
    points, owner = _outline_sites(seats, settled)
    single = np.array([home[0] if len(home) == 1 else -1 for home in homes], dtype=np.int64)
    block = single[owner]
    spread = np.flatnonzero(block < 0)
    if len(spread):
        inside = shapely.STRtree(blocks.faces).nearest(shapely.points(points[spread]))
        allowed = np.array([int(b) in homes[int(o)] for b, o in zip(inside, owner[spread], strict=True)])
        block[spread[allowed]] = inside[allowed]
    order = np.argsort(block, kind="stable")
    starts = np.searchsorted(block[order], np.arange(len(blocks.faces) + 1))
    found = {}
    for index in range(len(blocks.faces)):
        mine = order[starts[index] : starts[index + 1]]
        if len(mine):
            found[index] = Sites(points[mine], owner[mine])
    return found


def _outline_sites(seats: Seats, settled: Flags) -> tuple[Floats, Ints]:
    """Densified outlines pulled in by 0.3 m; the anchor where there is no footprint or nothing to share around it."""
    shapes = seats.footprints.copy()
    shapes[settled] = _NOTHING
    solid = ~shapely.is_empty(shapes)
    inner = shapely.buffer(shapes, -_INSET_M, join_style="mitre")
    thin = shapely.is_empty(inner) & solid
    inner[thin] = shapes[thin]
    spacing = np.clip(_SPACING_SHARE * _clearance(seats, solid), _SPACING_M, _WIDEST_SPACING_M)
    outlines = shapely.segmentize(inner, np.maximum(spacing, shapely.length(inner) / _SITES_PER_OUTLINE))
    points, owner = shapely.get_coordinates(outlines, return_index=True)
    bare = np.flatnonzero(~solid)
    points = np.concatenate((points, seats.anchors[bare]))
    owner = np.concatenate((owner, bare)).astype(np.int64)
    return np.asarray(points, dtype=np.float64), owner


def _clearance(seats: Seats, solid: Flags) -> Floats:
    """Metres from each footprint to the next seat, as far as that matters; 0 where they touch."""
    shapes = seats.footprints.copy()
    bare = shapely.is_empty(shapes)
    shapes[bare] = shapely.points(seats.anchors[bare])
    distance = np.where(seats.touching, 0.0, np.inf)
    asked = np.flatnonzero(solid & ~seats.touching)
    (seat, _), away = shapely.STRtree(shapes).query_nearest(
        shapes[asked], max_distance=_WIDEST_SPACING_M / _SPACING_SHARE, exclusive=True, return_distance=True
    )
    distance[asked[seat]] = away
    return distance


def _lend_sites_to_corridors(blocks: Blocks, corridor: Floats, sites: dict[int, Sites]) -> None:
    """Share water and road surface among the seats and empty blocks along it, so that a border runs in the middle.

    The banks are sampled, and every place on a bank belongs to whoever has the ground behind it.
    """
    empty = [int(index) for index in np.flatnonzero(corridor) if int(index) not in sites]
    tree = shapely.STRtree(blocks.faces)
    lent = {index: _bank_sites(index, blocks, corridor, tree, sites) for index in empty}
    sites.update({index: found for index, found in lent.items() if len(found.owner)})


def _corridors(blocks: Blocks, lived_on: dict[int, Sites]) -> Floats:
    """Corridors of the blocks, and besides the empty strips between two carriageways: a border runs in their middle."""
    corridor = blocks.corridor.copy()
    width = 2.0 * shapely.area(blocks.faces) / shapely.length(blocks.faces)
    strips = [index for index in np.flatnonzero((width < _STRIP_M) & (corridor == 0.0)) if int(index) not in lived_on]
    tree = shapely.STRtree(blocks.barrier_lines)
    for index in strips:
        middle, length = _sides(blocks.faces[index], np.inf)
        side, line = tree.query(shapely.points(middle), predicate="dwithin", distance=_ON_BANK_M)
        fenced = float(length[np.unique(side)].sum()) >= _FENCED * float(length.sum())
        corridor[index] = blocks.barrier_weights[line].max() if fenced else STREET_WEIGHT
    return corridor


def _sides(face: BaseGeometry, spacing_m: float) -> tuple[Floats, Floats]:
    """Middles and lengths of the segments around a face, none longer than `spacing_m`."""
    rings = shapely.get_rings(shapely.segmentize(face, spacing_m) if np.isfinite(spacing_m) else face)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[:-1] == ring[1:]
    return (points[:-1] + points[1:])[joined] / 2.0, np.hypot(*np.diff(points, axis=0)[joined].T)


def _bank_sites(index: int, blocks: Blocks, corridor: Floats, tree: shapely.STRtree, sites: dict[int, Sites]) -> Sites:
    face = blocks.faces[index]
    spacing = min(max(_SPACING_SHARE * 2.0 * face.area / face.length, _SPACING_M), _WIDEST_SPACING_M)
    middle, _ = _sides(face, spacing)
    which, bank = tree.query(shapely.points(middle), predicate="dwithin", distance=_ON_BANK_M)
    owner = np.full(len(middle), _NOBODY)
    for side in np.unique(bank):
        if side == index or (corridor[side] and int(side) not in sites):
            continue
        mine = which[bank == side]
        behind = sites.get(int(side))
        owner[mine] = -1 - side if behind is None else behind.owner[cKDTree(behind.points).query(middle[mine])[1]]
    return Sites(middle[owner != _NOBODY], owner[owner != _NOBODY])


def _tiled_blocks(seats: Seats, blocks: Blocks, homes: list[list[int]]) -> Flags:
    """Blocks that the footprints fill, so that nothing is left to share."""
    filled, size = np.zeros(len(blocks.faces)), shapely.area(seats.footprints)
    for seat, home in enumerate(homes):
        filled[home] += size[seat]
    enough = (1.0 - _FREE_SHARE) * shapely.area(blocks.faces)
    tiled = filled >= enough
    if tiled.any():
        tree = shapely.STRtree(seats.footprints)
        for block in np.flatnonzero(tiled).tolist():
            face = blocks.faces[block]
            inside = seats.footprints[tree.query(face, predicate="intersects")]
            tiled[block] = _area_within(face, inside, disjoint=seats.disjoint) >= enough[block]
    return np.asarray(tiled)


def _area_within(face: BaseGeometry, footprints: Shapes, *, disjoint: bool) -> float:
    if not disjoint:
        return float(shapely.area(shapely.intersection(face, shapely.union_all(footprints))))
    shapely.prepare(face)
    whole = shapely.covers(face, footprints)
    across = shapely.intersection(face, footprints[~whole])
    return float(shapely.area(footprints[whole]).sum() + shapely.area(across).sum())


def _ridges(sites: dict[int, Sites], blocks: Blocks, seats: Seats, tiled: Flags) -> tuple[Shapes, Flags]:
    """Voronoi lines of every block that has free ground, clipped to it, and which footprints they meet."""
    met = np.zeros(len(seats.units), dtype=bool)
    straight, exact, home = [shape_array([])], [shape_array([])], [np.zeros(0, dtype=np.int64)]
    bounds = shapely.bounds(blocks.faces)
    for block in sorted(sites):
        if not tiled[block]:
            lines, raw = ridge_lines(sites[block], bounds[block], _INSET_M)
            straight.append(lines)
            exact.append(raw)
            home.append(np.full(len(lines), block, dtype=np.int64))
    lines, raw, faces = np.concatenate(straight), np.concatenate(exact), blocks.faces[np.concatenate(home)]
    solid = np.flatnonzero(~shapely.is_empty(seats.footprints))
    tree = shapely.STRtree(seats.footprints[solid])
    lines, source = _clipped_to(lines, faces, np.arange(len(lines)))
    again = np.unique(source[tree.query(lines, predicate="intersects")[0]])
    kept = lines[~np.isin(source, again)]
    lines, _ = _clipped_to(raw[again], faces[again], again)
    line, seat = tree.query(lines, predicate="intersects")
    met[solid[seat]] = True
    for index in np.unique(line).tolist():
        hit = shapely.union_all(seats.footprints[solid[seat[line == index]]])
        lines[index] = shapely.difference(lines[index], hit)
    return np.concatenate((kept, line_parts(lines))), met


def _clipped_to(lines: Shapes, faces: Shapes, source: Ints) -> tuple[Shapes, Ints]:
    """The pieces of lines inside their faces, and the source of each."""
    shapely.prepare(faces)
    near = shapely.intersects(faces, lines)
    lines, faces, source = lines[near], faces[near], source[near]
    across = ~shapely.covers(faces, lines)
    lines[across] = shapely.intersection(lines[across], faces[across])
    pieces, index = shapely.get_parts(lines, return_index=True)
    linear = shapely.get_dimensions(pieces) == 1
    return np.asarray(pieces[linear], dtype=object), source[index[linear]]


def _nearest_owner(block: Ints, places: Floats, sites: dict[int, Sites]) -> Ints:
    """The owner of the site next to every place, among those of its block."""
    owner = -1 - block
    order = np.argsort(block, kind="stable")
    for mine in np.split(order, np.flatnonzero(np.diff(block[order])) + 1):
        site = sites.get(int(block[mine[0]]))
        if site is not None:
            owner[mine] = site.owner[cKDTree(site.points).query(places[mine])[1]]
    return owner


def _stand_on_faces(faces: Shapes, points: Shapes, seats: Seats, walled: Flags, owner: Ints) -> Flags:
    """Give faces to the footprints whose walls are among the lines; says which faces those are."""
    footing = np.zeros(len(faces), dtype=bool)
    walls = np.flatnonzero(walled)
    hit, which = shapely.STRtree(seats.footprints[walls]).query(points, predicate="intersects")
    # Where footprints overlap the smaller one is the more specific: written last, it wins.
    order = np.lexsort((-which, -shapely.area(seats.footprints[walls[which]])))
    owner[hit[order]] = walls[which[order]]
    footing[hit] = True
    return footing


def _rest_on_faces(faces: Shapes, seats: Seats, walled: Flags, tiling: tuple[Ints, Ints, Ints], footing: Flags) -> None:
    """Give the face around its place to every seat without a footprint or with one that lies inside one face.

    `tiling` holds the first home of each seat, and the block and owner of each face.
    """
    home, block, owner = tiling
    loose = np.flatnonzero(~walled)
    seat, face = shapely.STRtree(faces).query(shapely.points(seats.anchors[loose]), predicate="intersects")
    seat = loose[seat]
    here = block[face] == home[seat]
    seat, face = seat[here], face[here]
    order = np.lexsort((face, owner[face] != seat, seat))
    order = order[np.unique(seat[order], return_index=True)[1]]
    owner[face[order]] = seat[order]
    footing[face[order]] = True
