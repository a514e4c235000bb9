"""Streets for communities that no column assigns to one: compact parts of at most 999, numbered in reading order."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely

from gridmap.geometry.order import reading_order

#: A street's code leaves three digits for its communities.
MOST_PER_STREET = 999


def shared_out(shapes: Sequence[shapely.Geometry]) -> list[list[int]]:
    """Indices of `shapes` in as few parts as their codes allow, each compact, the parts in reading order.

    The shapes are halved across their longer side until a part is small enough (a k-d tree over points inside them),
    so all parts are nearly equal and no street winds through the whole county.
    """
    if not shapes:
        return []
    array = np.asarray(list(shapes), dtype=object)
    points = shapely.get_coordinates(shapely.point_on_surface(array))
    points = points * [math.cos(math.radians(float(points[:, 1].mean()))), 1.0]
    parts = _halved(list(range(len(array))), points, math.ceil(len(array) / MOST_PER_STREET))
    order = reading_order([shapely.MultiPoint(points[part]).envelope for part in parts])
    return [parts[at] for at in order]


def _halved(members: list[int], points: np.ndarray, parts: int) -> list[list[int]]:
    if parts == 1:
        return [members]
    spread = np.ptp(points[members], axis=0)
    axis = int(spread[1] > spread[0])
    ordered = sorted(members, key=lambda index: (points[index, axis], index))
    cut = round(len(ordered) * (parts // 2) / parts)
    return [*_halved(ordered[:cut], points, parts // 2), *_halved(ordered[cut:], points, parts - parts // 2)]
