"""Enclosed Voronoi tessellation: every block is shared among the seats inside it, and a cell line never cuts a
footprint.

After Fleischmann, Feliciotti, Romice, Porta (2020), "Morphological tessellation", and the enclosed variant of momepy:
sites are the densified footprint outlines pulled in a little. The footprints themselves are part of the linework, so
each belongs to its seat exactly.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import Voronoi, cKDTree
from shapely.geometry.base import BaseGeometry

from gridmap.partition.blocks import ALONG_BORDER_M, Blocks, clipped, inner_faces, noded
from gridmap.partition.plane import Floats, Ints, Shapes, line_parts, shape_array, without_lines_along
from gridmap.partition.seats import Seats

_INSET_M = 0.3
_SITES_PER_OUTLINE = 32
_SPACING_M = 1.0
# A building that reaches into a second block with this share of its footprint, or fills this share of the block, has
# cells in both.
_SECOND_HOME = 0.25
_FILLED_BLOCK = 0.5
# A block whose footprints leave less free than this is a tiling already; what is left goes to the longest border.
_FREE_SHARE = 0.002


@dataclass(frozen=True)
class Tessellation:
    """Faces in plane metres. `owner` is the seat of each face, or -1 - block where a block has no seat; `footing`
    marks footprints.
    """

    faces: Shapes
    points: Floats
    owner: Ints
    block: Ints
    footing: np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass
class _Sites:
    points: Floats
    owner: Ints


def tessellate(part: BaseGeometry, seats: Seats, blocks: Blocks) -> Tessellation:
    """Cut a part (plane metres) into faces that each belong to a seat or to an empty block."""
    homes = _homes(seats, blocks)
    sites = _sites_by_block(seats, blocks, homes)
    _lend_sites_to_corridors(blocks, sites)
    solid = seats.footprints[~shapely.is_empty(seats.footprints)]
    ridges = [_ridges(sites[index], _free_ground(blocks.faces[index], solid)) for index in sorted(sites)]
    walls = clipped(line_parts(seats.outlines), part)
    walls = without_lines_along(walls, shapely.boundary(part), ALONG_BORDER_M)
    lines = noded(np.concatenate((blocks.lines, walls, *ridges)), blocks.raster_m)
    faces, points = inner_faces(lines, part)
    return _labelled(faces, points, seats, blocks, sites)


def _homes(seats: Seats, blocks: Blocks) -> list[list[int]]:
    """The blocks in which each seat has sites: usually one."""
    tree = shapely.STRtree(blocks.faces)
    nearest = tree.nearest(shapely.points(seats.anchors))
    homes = [[int(block)] for block in nearest]
    solid = np.flatnonzero(~shapely.is_empty(seats.footprints))
    pairs = tree.query(seats.footprints[solid], predicate="intersects")
    several = np.bincount(pairs[0], minlength=len(solid))[pairs[0]] > 1
    seat, block = solid[pairs[0][several]], pairs[1][several]
    common = shapely.area(shapely.intersection(seats.footprints[seat], blocks.faces[block]))
    share = common / shapely.area(seats.footprints[seat])
    filled = common / shapely.area(blocks.faces[block])
    for index in np.unique(seat):
        mine = np.flatnonzero(seat == index)
        best = mine[np.argmax(share[mine])]
        also = mine[(share[mine] >= _SECOND_HOME) | (filled[mine] >= _FILLED_BLOCK)]
        homes[index] = sorted({int(block[best]), *(int(b) for b in block[also])})
    return homes


def _sites_by_block(seats: Seats, blocks: Blocks, homes: list[list[int]]) -> dict[int, _Sites]:
    points, owner = _outline_sites(seats)
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
            found[index] = _Sites(points[mine], owner[mine])
    return found


def _outline_sites(seats: Seats) -> tuple[Floats, Ints]:
    """Densified outlines pulled in by 0.3 m, or the anchor where there is no footprint or it is too thin."""
    inner = shapely.buffer(seats.footprints, -_INSET_M, join_style="mitre")
    thin = shapely.is_empty(inner) & ~shapely.is_empty(seats.footprints)
    inner[thin] = seats.footprints[thin]
    spacing = np.maximum(shapely.length(inner) / _SITES_PER_OUTLINE, _SPACING_M)
    outlines = shapely.segmentize(inner, spacing)
    points, owner = shapely.get_coordinates(outlines, return_index=True)
    bare = np.flatnonzero(shapely.is_empty(inner))
    points = np.concatenate((points, seats.anchors[bare]))
    owner = np.concatenate((owner, bare)).astype(np.int64)
    return np.asarray(points, dtype=np.float64), owner


def _lend_sites_to_corridors(blocks: Blocks, sites: dict[int, _Sites]) -> None:
    """Share water and road surface among the seats and empty blocks along it, so that a border runs in the middle."""
    corridors = [int(index) for index in np.flatnonzero(blocks.corridor) if int(index) not in sites]
    if not corridors:
        return
    tree = shapely.STRtree(blocks.faces)
    own = {index: sites[index] for index in sites}
    for corridor in corridors:
        points: list[Floats] = []
        owner: list[Ints] = []
        for bank in sorted(int(b) for b in tree.query(blocks.faces[corridor], predicate="intersects")):
            if blocks.corridor[bank] and bank not in own:
                continue
            lent = own.get(bank) or _rim_sites(blocks.faces[bank], bank)
            points.append(lent.points)
            owner.append(lent.owner)
        if points:
            sites[corridor] = _Sites(np.concatenate(points), np.concatenate(owner))


def _rim_sites(face: BaseGeometry, block: int) -> _Sites:
    spacing = max(face.length / _SITES_PER_OUTLINE, _SPACING_M)
    points = shapely.get_coordinates(shapely.segmentize(face, spacing))
    return _Sites(points, np.full(len(points), -1 - block, dtype=np.int64))


def _free_ground(face: BaseGeometry, footprints: Shapes) -> BaseGeometry:
    """What the footprints leave of a block; empty if that is next to nothing."""
    shapely.prepare(face)
    inside = footprints[shapely.intersects(face, footprints)] if len(footprints) else footprints
    free = shapely.difference(face, shapely.union_all(inside)) if len(inside) else face
    return free if free.area > _FREE_SHARE * face.area else shapely.Polygon()


def _ridges(sites: _Sites, face: BaseGeometry) -> Shapes:
    """Voronoi lines between sites of different owners, clipped to the free ground of a block."""
    if face.is_empty or len(np.unique(sites.owner)) < 2:
        return shape_array([])
    west, south, east, north = face.bounds
    reach = 10.0 * (east - west + north - south)
    turns = np.arange(8) * np.pi / 4.0
    middle = np.array(((west + east) / 2.0, (south + north) / 2.0))
    frame = reach * np.column_stack((np.cos(turns), np.sin(turns)))
    diagram = Voronoi(np.concatenate((sites.points - middle, frame)))
    owner = np.concatenate((sites.owner, np.full(8, np.iinfo(np.int64).min)))
    sides = owner[diagram.ridge_points]
    ends = np.asarray(diagram.ridge_vertices)
    real = (sides[:, 0] != sides[:, 1]) & (sides > np.iinfo(np.int64).min).all(axis=1) & (ends >= 0).all(axis=1)
    lines = shapely.linestrings(diagram.vertices[ends[real]] + middle)
    lines = lines[shapely.length(lines) > 0.0]
    shapely.prepare(face)
    lines = lines[shapely.intersects(face, lines)]
    inside = shapely.covers(face, lines)
    clipped = line_parts(np.asarray(shapely.intersection(lines[~inside], face), dtype=object))
    return np.concatenate((lines[inside], clipped))


def _labelled(faces: Shapes, points: Shapes, seats: Seats, blocks: Blocks, sites: dict[int, _Sites]) -> Tessellation:
    block = np.asarray(shapely.STRtree(blocks.faces).nearest(points), dtype=np.int64)
    places = shapely.get_coordinates(points)
    owner = -1 - block
    for index in np.unique(block):
        if int(index) in sites:
            mine = np.flatnonzero(block == index)
            _, near = cKDTree(sites[int(index)].points).query(places[mine])
            owner[mine] = sites[int(index)].owner[near]
    footing = np.zeros(len(faces), dtype=bool)
    solid = np.flatnonzero(~shapely.is_empty(seats.footprints))
    if len(solid):
        hit, which = shapely.STRtree(seats.footprints[solid]).query(points, predicate="intersects")
        # Where footprints overlap the smaller one is the more specific: written last, it wins.
        order = np.lexsort((-which, -shapely.area(seats.footprints[solid[which]])))
        for face, seat in zip(hit[order], solid[which[order]], strict=True):
            owner[face] = seat
        footing[hit] = True
    return Tessellation(faces, places, owner, block, footing)
