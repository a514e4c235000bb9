"""Which polygons of a coverage are neighbours, and how long their common border is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.geometry.shape import in_metres


@dataclass(frozen=True)
class Border:
    """Two neighbours (indices, first < second), the line they share in lon/lat, and its length."""

    first: int
    second: int
    shape: BaseGeometry
    length_m: float


def rook_borders(cells: Sequence[BaseGeometry], *, minimum_m: float = 1e-3) -> list[Border]:
    """Neighbours that share a line (rook adjacency), not only a corner, ordered by indices.

    The cells must meet with equal vertices (a valid coverage); borders that run along each other without common
    vertices are not found.
    """
    array = np.asarray(list(cells), dtype=object)
    if len(array) < 2:
        return []
    first, second = shapely.STRtree(array).query(array, predicate="intersects")
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    keep = first < second
    first, second = first[keep], second[keep]
    edges = shapely.boundary(array)
    shared = shapely.line_merge(_lines_of(shapely.intersection(edges[first], edges[second])))
    lengths = shapely.length(in_metres([*shared, *array]))[: len(shared)]
    rows = zip(first, second, shared, lengths, strict=True)
    return [Border(int(i), int(j), line, float(length)) for i, j, line, length in rows if length > minimum_m]


def _lines_of(shapes: np.ndarray[tuple[int], np.dtype[np.object_]]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Only the line parts of each intersection: corners that are also touched do not count."""
    lines = np.empty(len(shapes), dtype=object)
    for index, shape in enumerate(shapes):
        parts = shapely.get_parts(shape)
        lines[index] = shapely.multilinestrings(parts[shapely.get_dimensions(parts) == 1])
    return lines


def neighbours(cells: Sequence[BaseGeometry]) -> list[set[int]]:
    """For every cell the indices of the cells it shares a line with."""
    found: list[set[int]] = [set() for _ in cells]
    for border in rook_borders(cells):
        found[border.first].add(border.second)
        found[border.second].add(border.first)
    return found


def touching_parent(cells: Sequence[BaseGeometry], parent: BaseGeometry) -> list[float]:
    """For every cell the metres of the parent's border it holds, where the vertices are the same."""
    edges = shapely.boundary(np.asarray(list(cells), dtype=object))
    shared = shapely.intersection(edges, shapely.boundary(parent))
    return [float(length) for length in shapely.length(in_metres([*shared, parent]))[:-1]]
