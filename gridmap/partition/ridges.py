"""Lines halfway between sites: Voronoi ridges, joined into one line for every two owners and straightened."""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import Voronoi

from gridmap.partition.plane import Floats, Ints, Shapes, shape_array

# The frame around the sites closes their cells; its own ridges are dropped.
_FRAME_SITES = 8
_FRAME_REACH = 10.0
_NOBODY = np.iinfo(np.int64).min
# A ridge between sampled walls zigzags by the spacing of the samples: it is straightened by so much of the distance to
# the walls, at most so many metres.
_STRAIGHTEN_SHARE = 0.25
_STRAIGHTEN_M = 1.0


@dataclass(frozen=True)
class Sites:
    """Points in plane metres and their owners."""

    points: Floats
    owner: Ints


def ridge_lines(sites: Sites, bounds: Floats, inset_m: float) -> tuple[Shapes, Shapes]:
    """The lines between sites of different owners near a box (west, south, east, north), straightened and as they are.

    Sites stand `inset_m` inside the walls they stand for; a straightened line does not come near those.
    """
    if len(sites.owner) < 2 or (sites.owner == sites.owner[0]).all():
        return shape_array([]), shape_array([])
    middle = (bounds[:2] + bounds[2:]) / 2.0
    turns = np.arange(_FRAME_SITES) * 2.0 * np.pi / _FRAME_SITES
    reach = _FRAME_REACH * float((bounds[2:] - bounds[:2]).sum())
    frame = reach * np.column_stack((np.cos(turns), np.sin(turns)))
    diagram = Voronoi(np.concatenate((sites.points - middle, frame)))
    owner = np.concatenate((sites.owner, np.full(_FRAME_SITES, _NOBODY)))
    beside = np.asarray(diagram.ridge_points)
    ends = np.asarray(diagram.ridge_vertices)
    sides = np.sort(owner[beside], axis=1)
    real = (sides[:, 0] != sides[:, 1]) & (sides[:, 0] != _NOBODY) & (ends >= 0).all(axis=1)
    beside, ends, sides = beside[real], ends[real], sides[real]
    lines = diagram.vertices[ends]
    seen = (lines.max(axis=1) >= bounds[:2] - middle).all(axis=1)
    seen &= (lines.min(axis=1) <= bounds[2:] - middle).all(axis=1)
    seen &= (lines[:, 0] != lines[:, 1]).any(axis=1)
    distance = np.hypot(*(lines[seen] - diagram.points[beside[seen, 0]][:, None, :]).transpose(2, 0, 1)).min(axis=1)
    return _straightened(lines[seen] + middle, sides[seen], distance - inset_m)


def _straightened(lines: Floats, sides: Ints, clearance: Floats) -> tuple[Shapes, Shapes]:
    if not len(lines):
        return shape_array([]), shape_array([])
    _, pair = np.unique(sides, axis=0, return_inverse=True)
    order = np.argsort(pair, kind="stable")
    starts = np.flatnonzero(np.diff(pair[order], prepend=-1))
    nearest = np.minimum.reduceat(clearance[order], starts)
    bundles = shapely.multilinestrings(shapely.linestrings(lines[order]), indices=pair[order])
    chains, pair_of_chain = shapely.get_parts(shapely.line_merge(bundles), return_index=True)
    tolerance = np.clip(_STRAIGHTEN_SHARE * nearest[pair_of_chain], 0.0, _STRAIGHTEN_M)
    straight = shapely.simplify(chains, tolerance, preserve_topology=False)
    closed = shapely.is_closed(chains)
    straight[closed] = chains[closed]
    return straight, chains
