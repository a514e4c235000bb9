"""Addresses after GB/T 23705: region, street, door number, compound, building. Doors are numbered as in Beijing:
east-west streets from the east with the odd numbers on the north side, north-south streets from the north with the
odd numbers on the west side; the number grows by two every six metres."""

from __future__ import annotations

import numpy as np
import shapely

from gridmap.district.community import Composition, Street
from gridmap.district.records import Geometry

DOOR_M = 6.0


class DoorBook:
    """Hands out door numbers of the streets of one subdistrict (街道), never the same one twice."""

    def __init__(self) -> None:
        self._taken: set[tuple[str, int]] = set()

    def number(self, street: Street, point: Geometry) -> int:
        line = _directed(street.line)
        chainage = float(line.project(point))
        start, end = (line.interpolate(max(0.0, chainage - 1)), line.interpolate(chainage + 1))
        cross = (end.x - start.x) * (point.y - start.y) - (end.y - start.y) * (point.x - start.x)
        number = 2 * int(chainage // DOOR_M) + (1 if cross < 0 else 2)
        while (street.name, number) in self._taken:
            number += 2
        self._taken.add((street.name, number))
        return number


def _directed(line: Geometry) -> Geometry:
    """The line run from east to west, or from north to south where it is steeper than 45 degrees."""
    xy = shapely.get_coordinates(line)
    dx, dy = xy[-1] - xy[0]
    backwards = dx > 0 if abs(dx) >= abs(dy) else dy > 0
    return line.reverse() if backwards else line


def doors(points: list[Geometry], made: Composition, book: DoorBook) -> list[str]:
    """Street and door number (爱民大街12号) of each point, on the nearest named street."""
    streets = [
        street for street in [*made.surroundings, *made.streets] if street.name and not street.name.endswith("桥")
    ]
    if not streets or not points:
        return ["" for _ in points]
    nearest = shapely.STRtree([street.line for street in streets]).nearest(np.array(points, dtype=object))
    return [f"{streets[i].name}{book.number(streets[i], point)}号" for i, point in zip(nearest, points, strict=True)]
