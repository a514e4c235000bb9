"""Where something is: the regions above it that the viewer may see, widest first."""

from typing import Any

from django.contrib.gis.geos import Point

from gridmap.territory.codes import DIGITS
from gridmap.territory.models import Region, RegionEdition
from gridmap.territory.querysets import Viewer


def lineage(code: str, user: Viewer) -> list[dict[str, Any]]:
    """The regions that a region, community or grid code (12 or 15 digits) lies in, itself included where it is one."""
    codes = {code[:digits].ljust(12, "0") for digits in DIGITS.values()}
    return _as_rows(Region.objects.visible_to(user).filter(code__in=codes).order_by("level"))


def places_at(point: Point, user: Viewer) -> list[dict[str, Any]]:
    """The regions whose boundary in force holds the point; of two that share a border, the one with the lower code."""
    editions = RegionEdition.objects.in_force().visible_to(user).at(point).order_by("-region__code")
    by_level = {edition.region.level: edition.region for edition in editions.select_related("region").defer("geom")}
    return [_as_row(by_level[level]) for level in sorted(by_level)]


def _as_rows(regions: Any) -> list[dict[str, Any]]:
    return [_as_row(region) for region in regions]


def _as_row(region: Region) -> dict[str, Any]:
    return {"code": region.code, "name": region.name, "level": region.level}
