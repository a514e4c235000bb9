"""What is already there around some coordinates, for telling datums and zones apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import Polygon
from numpy.typing import NDArray

from gridmap.territory.models import Building, GroundFeature, RegionEdition

REACH_DEG = 0.02
MOST_SHAPES = 3000
DEGREES = 360.0


def near(points: NDArray[np.float64]) -> list[shapely.Geometry]:
    """Community boundaries, buildings and ground within 2 km of the box of `points`; [] where they are no degrees."""
    if not len(points) or np.abs(points).max() > DEGREES:
        return []
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    if south > 90 or north > 90:
        return []
    box = Polygon.from_bbox((west - REACH_DEG, south - REACH_DEG, east + REACH_DEG, north + REACH_DEG))
    box.srid = 4326
    querysets: tuple[Any, ...] = (
        RegionEdition.objects.in_force().filter(region__level=5),
        Building.objects.active(),
        GroundFeature.objects.active(),
    )
    shapes: list[shapely.Geometry] = []
    for queryset in querysets:
        found = queryset.filter(geom__bboverlaps=box).order_by("pk").values_list("geom", flat=True)[:MOST_SHAPES]
        shapes += list(shapely.from_wkb([bytes(shape.wkb) for shape in found]))
    return [shape for shape in shapes if shapely.get_dimensions(shape) > 0]


def longitude_of(area: str) -> float | None:
    """The longitude of the middle of an area (a code prefix), None where it has no boundary."""
    found = RegionEdition.objects.in_force().filter(region__code__startswith=area).aggregate(box=Extent("geom"))["box"]
    return None if found is None else float((found[0] + found[2]) / 2)
