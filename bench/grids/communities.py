"""A community as the benchmark hands it to the engine."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.partition.units import Barrier, Unit


@dataclass(frozen=True)
class Community:
    """One connected piece of ground to be drawn, in lon/lat."""

    name: str
    shape: Polygon
    units: list[Unit]
    streets: list[BaseGeometry] = field(default_factory=list)
    barriers: list[Barrier] = field(default_factory=list)


def by_part(name: str, shape: BaseGeometry, units: list[Unit]) -> Iterator[Community]:
    """The connected parts of a community on which somebody lives, each unit on the part where it lies or nearest."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    nearest = shapely.STRtree(parts).nearest(shapely.point_on_surface([unit.shape for unit in units]))
    for index in np.unique(nearest).tolist():
        own = [unit for unit, home in zip(units, nearest, strict=True) if home == index]
        yield Community(f"{name}/{index}", parts[index], own)
