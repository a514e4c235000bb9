"""The ground of a part as cells that tile it: what the neighbour graph and the finished polygons are both made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from gridmap.partition.blocks import Blocks
from gridmap.partition.plane import DegreePlane, Flags, Floats, Ints, Shapes, as_complex, shape_array
from gridmap.partition.seats import Seats
from gridmap.partition.tessellation import Tessellation

# An empty block smaller than this is a traffic island or a sliver, not ground of its own.
_SLIVER_M2 = 200.0
_ON_LINE_M = 1e-3
_HAIR_M = 1e-3
_AREA_TOLERANCE = 1e-10
# Orphaned ground prefers a neighbour in its own block over one across a street over one across a barrier.
_ACROSS_STREET = 0.1
_ACROSS_BARRIER = 0.001


@dataclass(frozen=True)
class Edges:
    """Border segments between faces (`second` is -1 at the outer border). `barrier` is 0 where none lies on the
    segment; `low` and `high` are its vertices.
    """

    first: Ints
    second: Ints
    length: Floats
    street: np.ndarray[tuple[int], np.dtype[np.bool_]]
    barrier: Floats
    middle: Floats
    low: Ints
    high: Ints


@dataclass(frozen=True)
class Ground:
    """Cells of a part: `units[c]` sit on cell c; `cell_of_face` maps the noded faces to cells.

    Faces lie on the raster in plane metres, where they are a valid coverage; `vertices` (in lexical order) and `lonlat`
    say where each of their vertices is in degrees; `pinned` are those that were given and must stay. `region` is the
    fixed grid that a cell belongs to, or -1. Seats have a footprint (empty if there is none) and a place in plane
    metres.
    """

    units: tuple[tuple[int, ...], ...]
    faces: Shapes
    cell_of_face: Ints
    edges: Edges
    area_m2: Floats
    homeless: tuple[tuple[int, int], ...]
    vertices: Floats
    lonlat: Floats
    pinned: Flags
    region: Ints
    footprints: Shapes
    places: Floats
    cell_of_seat: Ints


def lay_ground(
    part: BaseGeometry,
    plane: DegreePlane,
    seats: Seats,
    blocks: Blocks,
    tiling: Tessellation,
    *,
    fixed: Sequence[BaseGeometry],
) -> Ground:
    """Turn labelled faces into connected cells and bring them back to degrees, the vertices of the lon/lat part, of the
    fixed grids and of units on a line bit for bit.

    `homeless` names units whose place another unit holds entirely, with the cell that took them in.
    """
    vertices, ends = _segments(tiling.faces)
    edges = _edges(vertices, ends, tiling, blocks)
    cell, owners, region = _cells(tiling, edges)
    units: list[tuple[int, ...]] = [seats.units[owner] if owner >= 0 else () for owner in owners]
    cell_of_seat = _seated(seats, tiling, cell, owners)
    homeless = _take_in(seats, owners, cell_of_seat, units)
    area = np.bincount(cell, weights=shapely.area(tiling.faces), minlength=len(owners)).astype(np.float64)
    lonlat = _degrees(vertices, ends, part, plane, blocks.raster_m)
    points = np.concatenate((shapely.get_coordinates(shape_array(fixed)), seats.lonlat[tiling.pins]))
    given = shapely.get_coordinates(part)
    return Ground(
        units=tuple(units),
        faces=tiling.faces,
        cell_of_face=cell,
        edges=edges,
        area_m2=area,
        homeless=homeless,
        vertices=vertices,
        lonlat=lonlat,
        pinned=_pinned(lonlat, points, given, plane, blocks.raster_m),
        region=region,
        footprints=seats.footprints,
        places=seats.places,
        cell_of_seat=cell_of_seat,
    )


@dataclass(frozen=True)
class _Ends:
    """Unique segments between vertices, and the one or two faces at each."""

    low: Ints
    high: Ints
    first: Ints
    second: Ints


def _segments(faces: Shapes) -> tuple[Floats, _Ends]:
    """Unique vertices in lexical order, and the segments of all rings with their faces."""
    rings, face = shapely.get_rings(faces, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    pairs = as_complex(points)
    unique, vertex = np.unique(pairs, return_inverse=True)
    vertices = np.column_stack((unique.real, unique.imag))
    joined = ring[:-1] == ring[1:]
    start, stop = vertex[:-1][joined], vertex[1:][joined]
    low, high = np.minimum(start, stop), np.maximum(start, stop)
    owner = np.asarray(face)[ring[:-1][joined]]
    order = np.argsort(low * len(unique) + high, kind="stable")
    low, high, owner = low[order], high[order], owner[order]
    fresh = np.ones(len(low), dtype=bool)
    fresh[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    starts = np.flatnonzero(fresh)
    second = np.full(len(starts), -1, dtype=np.int64)
    counts = np.diff(np.append(starts, len(low)))
    second[counts == 2] = owner[starts[counts == 2] + 1]
    return vertices, _Ends(low[starts], high[starts], owner[starts], second)


def _edges(vertices: Floats, ends: _Ends, tiling: Tessellation, blocks: Blocks) -> Edges:
    span = vertices[ends.high] - vertices[ends.low]
    middle = (vertices[ends.high] + vertices[ends.low]) / 2.0
    inner = ends.second >= 0
    first_block, second_block = tiling.block[ends.first], tiling.block[ends.second]
    across = inner & (first_block != second_block)
    within = inner & (first_block == second_block)
    corridor = tiling.corridor[first_block]
    street = across | (within & (corridor < 0.0))
    barrier = np.where(within & (corridor > 0.0), corridor, 0.0)
    asked = np.flatnonzero(across)
    if len(blocks.barrier_lines) and len(asked):
        tree = shapely.STRtree(blocks.barrier_lines)
        hit, line = tree.query(shapely.points(middle[asked]), predicate="dwithin", distance=_ON_LINE_M)
        np.maximum.at(barrier, asked[hit], blocks.barrier_weights[line])
    length = np.hypot(span[:, 0], span[:, 1])
    return Edges(ends.first, ends.second, length, street, barrier, middle, ends.low, ends.high)


@dataclass(frozen=True)
class _Pieces:
    """Connected ground of one owner and one fixed grid: the number of each face's piece, and figures per piece."""

    of_face: Ints
    area: Floats
    footing: Floats
    owner: Ints
    region: Ints


def _pieces(tiling: Tessellation, edges: Edges) -> _Pieces:
    owner = _without_hairs(tiling)
    first, second = edges.first, edges.second
    same = (second >= 0) & (owner[first] == owner[second]) & (tiling.region[first] == tiling.region[second])
    of_face = _components(len(tiling.faces), first[same], second[same])
    size, count = shapely.area(tiling.faces), int(of_face.max()) + 1
    owner_of_piece, region_of_piece = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    owner_of_piece[of_face], region_of_piece[of_face] = owner, tiling.region
    return _Pieces(
        of_face,
        np.bincount(of_face, weights=size, minlength=count).astype(np.float64),
        np.bincount(of_face, weights=size * tiling.footing, minlength=count).astype(np.float64),
        owner_of_piece,
        region_of_piece,
    )


def _components(count: int, first: Ints, second: Ints) -> Ints:
    links = coo_matrix((np.ones(len(first)), (first, second)), shape=(count, count))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def _cells(tiling: Tessellation, edges: Edges) -> tuple[Ints, list[int], Ints]:
    """Connected cells, their owners and fixed grids: of every seat its main piece, of every empty block all pieces that
    are not slivers; the rest are orphans.
    """
    pieces = _pieces(tiling, edges)
    cell_of_piece = np.full(len(pieces.area), -1, dtype=np.int64)
    settled = np.zeros(len(pieces.area), dtype=bool)
    owned = pieces.owner >= 0
    settled[owned] = pieces.region[owned] == tiling.region_of_seat[pieces.owner[owned]]
    order = np.lexsort((-pieces.area, -pieces.footing, pieces.owner))
    order = order[settled[order]]
    seats, best = np.unique(pieces.owner[order], return_index=True)
    empty = np.flatnonzero(~owned & (pieces.area >= _SLIVER_M2))
    main = np.concatenate((order[best], empty))
    if not len(main):
        main = np.array([int(np.argmax(pieces.area))])
    cell_of_piece[main] = np.arange(len(main))
    cell = _adopted(cell_of_piece, pieces, edges, within=True)
    shut = _shut_in(cell, pieces, edges)
    cell[shut] = len(main) + np.arange(len(shut))
    cell = _adopted(_adopted(cell, pieces, edges, within=True), pieces, edges, within=False)
    main = np.concatenate((main, shut))
    owners = [*seats.tolist(), *([-1] * (len(main) - len(seats)))]
    return cell[pieces.of_face], owners, pieces.region[main]


def _shut_in(cell: Ints, pieces: _Pieces, edges: Edges) -> Ints:
    """The largest piece of all ground between fixed grids, or inside one, that has no cell: it is one for itself.

    A sliver between two fixed grids is not.
    """
    lost = np.flatnonzero(cell < 0)
    if not len(lost):
        return lost
    inner = edges.second >= 0
    a, b = pieces.of_face[edges.first[inner]], pieces.of_face[edges.second[inner]]
    both = (cell[a] < 0) & (cell[b] < 0) & (pieces.region[a] == pieces.region[b])
    group = _components(len(cell), a[both], b[both])[lost]
    area = np.bincount(group, weights=pieces.area[lost])
    order = np.lexsort((-pieces.area[lost], group))
    largest = order[np.unique(group[order], return_index=True)[1]]
    own = (area[group[largest]] >= _SLIVER_M2) | (pieces.region[lost[largest]] >= 0)
    return np.asarray(lost[largest[own]], dtype=np.int64)


def _without_hairs(tiling: Tessellation) -> Ints:
    """Owners of faces, where a hair between two lines that should be one has a number of its own and so no owner."""
    owner = tiling.owner.copy()
    width = 2.0 * shapely.area(tiling.faces) / shapely.length(tiling.faces)
    hairs = np.flatnonzero(width < _HAIR_M)
    owner[hairs] = -len(tiling.faces) - 1 - tiling.block.max() - hairs
    return owner


def _adopted(cell_of_piece: Ints, pieces: _Pieces, edges: Edges, *, within: bool) -> Ints:
    """Give every orphaned piece to the cell with which it shares the longest border, from the settled ones outwards.

    `within` keeps to cells of the same fixed grid and leaves alone what reaches none; else ValueError for that.
    """
    cell = cell_of_piece.copy()
    if (cell >= 0).all():
        return cell
    inner = edges.second >= 0
    a, b = pieces.of_face[edges.first[inner]], pieces.of_face[edges.second[inner]]
    length = edges.length[inner] * np.where(edges.street[inner], _ACROSS_STREET, 1.0)
    length = length * np.where(edges.barrier[inner] > 0.0, _ACROSS_BARRIER, 1.0)
    asked = (cell[a] < 0) | (cell[b] < 0)
    if within:
        asked &= pieces.region[a] == pieces.region[b]
    length = np.tile(length[asked], 2)
    here, there = np.concatenate((a[asked], b[asked])), np.concatenate((b[asked], a[asked]))
    while (cell < 0).any():
        open_edges = np.flatnonzero((cell[here] < 0) & (cell[there] >= 0))
        if not len(open_edges):
            if within:
                break
            raise ValueError("orphaned ground that touches no cell")
        pair, which = np.unique(here[open_edges] * (cell.max() + 1) + cell[there[open_edges]], return_inverse=True)
        votes = np.bincount(which, weights=length[open_edges])
        orphan, candidate = pair // (cell.max() + 1), pair % (cell.max() + 1)
        order = np.lexsort((candidate, -votes, orphan))
        chosen = order[np.unique(orphan[order], return_index=True)[1]]
        cell[orphan[chosen]] = candidate[chosen]
    return cell


def _seated(seats: Seats, tiling: Tessellation, cell: Ints, owners: list[int]) -> Ints:
    """The cell of every seat: its own, or the one around its place where others have all the ground."""
    cell_of_seat = np.full(len(seats.units), -1, dtype=np.int64)
    owner = np.array(owners, dtype=np.int64)
    cell_of_seat[owner[owner >= 0]] = np.flatnonzero(owner >= 0)
    missing = np.flatnonzero(cell_of_seat < 0)
    if len(missing):
        near = shapely.STRtree(tiling.faces).nearest(shapely.points(seats.places[missing]))
        cell_of_seat[missing] = cell[near]
    return cell_of_seat


def _take_in(
    seats: Seats, owners: list[int], cell_of_seat: Ints, units: list[tuple[int, ...]]
) -> tuple[tuple[int, int], ...]:
    """Units without ground go to the cell that has it."""
    taken: list[tuple[int, int]] = []
    for seat in sorted(set(range(len(seats.units))) - set(owners)):
        host = int(cell_of_seat[seat])
        units[host] = (*units[host], *seats.units[seat])
        taken += [(unit, host) for unit in seats.units[seat]]
    return tuple(taken)


def _degrees(vertices: Floats, ends: _Ends, part: BaseGeometry, plane: DegreePlane, raster_m: float) -> Floats:
    """Vertices in lon/lat: those of the part exactly as given, others on its border exactly on the line."""
    lonlat = plane.inverse(vertices)
    outer = np.unique(np.concatenate((ends.low[ends.second < 0], ends.high[ends.second < 0])))
    rings = shapely.get_rings(part)
    sources, ring = shapely.get_coordinates(rings, return_index=True)
    joined = np.flatnonzero(ring[:-1] == ring[1:])
    begin, stop = sources[joined], sources[joined + 1]
    flat_begin, flat_stop = plane.forward(begin), plane.forward(stop)
    tree = shapely.STRtree(shapely.linestrings(np.stack((flat_begin, flat_stop), axis=1)))
    segment = tree.nearest(shapely.points(vertices[outer]))
    away = flat_stop[segment] - flat_begin[segment]
    along = vertices[outer] - flat_begin[segment]
    share = (along * away).sum(axis=1) / np.maximum((away * away).sum(axis=1), 1e-300)
    lonlat[outer] = begin[segment] + share[:, None] * (stop[segment] - begin[segment])
    distance, vertex = map(np.asarray, cKDTree(vertices[outer]).query(plane.forward(sources)))
    # Snapping moves a vertex by at most a raster step and a half, and the next one of the border is four steps away.
    kept = distance < 2.0 * raster_m
    lonlat[outer[vertex[kept]]] = sources[kept]
    return lonlat


def _pinned(lonlat: Floats, points: Floats, given: Floats, plane: DegreePlane, raster_m: float) -> Flags:
    """Put the vertices next to some lon/lat points exactly there, except those of the part, which stay as given; and
    say which vertices those are.
    """
    pinned = np.isin(as_complex(lonlat), as_complex(given))
    if len(points):
        distance, vertex = map(np.asarray, cKDTree(plane.forward(lonlat)).query(plane.forward(points)))
        near = distance < 2.0 * raster_m
        free = near & ~pinned[vertex]
        lonlat[vertex[free]] = points[free]
        pinned[vertex[near]] = True
    return pinned


def is_sound(ground: Ground, part: BaseGeometry) -> bool:
    """Whether the cells tile the lon/lat part exactly, every vertex of its border kept; then every grouping does."""
    try:
        shapes = cell_shapes(ground, [[cell] for cell in range(len(ground.units))])
    except (ValueError, shapely.GEOSException):
        return False
    if not shapely.is_valid(shapes).all() or not shapely.coverage_is_valid(shapes):
        return False
    if abs(float(shapely.area(shapes).sum()) - part.area) > _AREA_TOLERANCE * part.area:
        return False
    given = as_complex(shapely.get_coordinates(part))
    return bool(np.isin(given, as_complex(ground.lonlat)).all())


def cell_shapes(ground: Ground, groups: Sequence[Sequence[int] | Ints]) -> Shapes:
    """The lon/lat polygon of each group of cells, joined along common edges without any overlay."""
    flat = flat_shapes(ground, groups)
    vertex = vertices_of(ground, flat)
    return np.asarray(shapely.set_coordinates(flat, ground.lonlat[vertex]), dtype=object)


def flat_shapes(ground: Ground, groups: Sequence[Sequence[int] | Ints]) -> Shapes:
    """The polygon of each group of cells in plane metres; ValueError where a group is in pieces."""
    group_of_cell = np.full(len(ground.units), -1, dtype=np.int64)
    for index, group in enumerate(groups):
        group_of_cell[group] = index
    group_of_face = group_of_cell[ground.cell_of_face]
    order = np.argsort(group_of_face, kind="stable")
    starts = np.searchsorted(group_of_face[order], np.arange(len(groups) + 1))
    return shape_array(_joined(ground.faces[order[starts[index] : starts[index + 1]]]) for index in range(len(groups)))


def vertices_of(ground: Ground, flat: Shapes) -> Ints:
    """The vertex of the ground at each coordinate of some shapes in plane metres."""
    points = as_complex(shapely.get_coordinates(flat))
    return np.asarray(np.searchsorted(as_complex(ground.vertices), points), dtype=np.int64)


def _joined(faces: Shapes) -> BaseGeometry:
    if len(faces) == 1:
        return faces[0]
    joined = shapely.coverage_union_all(faces)
    if joined.geom_type == "Polygon":
        return joined
    parts = shapely.get_parts(joined)
    if len(parts) != 1:
        raise ValueError(f"a group of cells fell into {len(parts)} pieces")
    return parts[0]
