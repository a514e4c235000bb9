"""Whether a person's right to edit reaches a spot, and which community and county it lies in."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db.models import Union
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Q, QuerySet

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.territory.models import GridEdition, RegionEdition
from gridmap.territory.querysets import Viewer

GRID_DIGITS = 15
#: About a centimetre.
HAIR_DEG = 1e-7


def may_edit_at(user: Viewer, shape: GEOSGeometry) -> bool:
    """Whether all of the shape stands in the areas where the person edits equipment."""
    areas = areas_of(user, Verb.EDIT_EQUIPMENT)
    if "" in areas:
        return True
    regions, grids = Q(pk__in=[]), Q(pk__in=[])
    for area in areas:
        if len(area) == GRID_DIGITS:
            grids |= Q(grid__code=area)
        else:
            regions |= Q(region__code__startswith=area)
    within = RegionEdition.objects.in_force().filter(regions, region__level__gte=3)
    return _cover(within, shape) or _cover(GridEdition.objects.in_force().filter(grids), shape)


def _cover(editions: QuerySet[Any], shape: GEOSGeometry) -> bool:
    """Whether boundaries together hold the shape, but for a hair between two of them."""
    ground = editions.filter(geom__intersects=shape).aggregate(ground=Union("geom"))["ground"]
    return ground is not None and bool(ground.buffer(HAIR_DEG).covers(shape))


def community_at(shape: GEOSGeometry) -> str:
    """The code of the community (12 digits) that the shape stands in; "" where there is none."""
    spot = shape if shape.geom_type == "Point" else shape.point_on_surface
    found = RegionEdition.objects.in_force().filter(region__level=5, geom__covers=spot)
    return found.order_by("region__code").values_list("region__code", flat=True).first() or ""
