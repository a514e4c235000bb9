"""The order in which areas are numbered: north to south in bands, west to east inside a band, as a page is read."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry


def reading_order(shapes: Sequence[BaseGeometry]) -> list[int]:
    """Indices of the shapes in reading order.

    The rule: a point inside each shape stands for it. The northernmost that is left opens a band; everything whose
    point lies less than half the median height of all shapes further south belongs to it; inside the band the points
    run from the west. Equal places fall back to the latitude from the north and then to the given order, so the answer
    never depends on chance.
    """
    if not len(shapes):
        return []
    array = np.asarray(list(shapes), dtype=object)
    points = shapely.get_coordinates(shapely.point_on_surface(array))
    bounds = shapely.bounds(array)
    depth = float(np.median(bounds[:, 3] - bounds[:, 1])) / 2.0
    southward = sorted(range(len(array)), key=lambda index: (-points[index, 1], points[index, 0], index))
    ordered: list[int] = []
    while southward:
        top = points[southward[0], 1]
        band = [index for index in southward if top - points[index, 1] < depth] or southward[:1]
        ordered += sorted(band, key=lambda index: (points[index, 0], -points[index, 1], index))
        southward = southward[len(band) :]
    return ordered
