"""The geometry of a request: a GeoJSON object of the wanted kind, finite, on earth, not too detailed – or a reason."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework_gis.fields import GeometryField

MOST_VERTICES = 5000
#: Nested arrays around a pair of coordinates, by type.
DEPTHS = {"Point": 0, "LineString": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}
SHAPE_SCHEMA = {
    "type": "object",
    "properties": {"type": {"type": "string"}, "coordinates": {"type": "array", "items": {}}},
    "required": ["type", "coordinates"],
}


@extend_schema_field(SHAPE_SCHEMA)
class ShapeField(GeometryField):  # type: ignore[misc]
    """Takes GeoJSON objects in degrees and nothing else: no text, no coordinate system, no other dimension."""

    def __init__(self, *, types: tuple[str, ...], **kwargs: Any) -> None:
        self.types = types
        super().__init__(precision=7, **kwargs)

    def to_internal_value(self, value: Any) -> GEOSGeometry:
        """The shape in EPSG:4326. ValidationError says what is wrong with it."""
        if not isinstance(value, Mapping):
            raise ValidationError(_("A shape is a GeoJSON object."))
        if set(value) - {"type", "coordinates"}:
            raise ValidationError(_("A shape has a type and coordinates, and nothing else."))
        kind = value.get("type")
        if kind not in self.types:
            raise ValidationError(_("Wanted is a shape of the type %(types)s.") % {"types": ", ".join(self.types)})
        if _count(value.get("coordinates"), DEPTHS[kind]) > MOST_VERTICES:
            raise ValidationError(_("The shape has more than %(limit)s points.") % {"limit": MOST_VERTICES})
        return _checked(dict(value))


def _count(value: Any, depth: int) -> int:
    """How many positions there are; ValidationError where something else than positions is nested there."""
    if not isinstance(value, list):
        raise ValidationError(_("The coordinates are not nested as the type of the shape asks for."))
    if depth:
        return sum(_count(one, depth - 1) for one in value)
    if len(value) != 2 or any(isinstance(one, bool) or not isinstance(one, int | float) for one in value):
        raise ValidationError(_("A position is a longitude and a latitude."))
    if not all(math.isfinite(one) for one in value) or abs(value[0]) > 180 or abs(value[1]) > 90:
        raise ValidationError(_("The coordinates lie outside the world."))
    return 1


def _checked(value: dict[str, Any]) -> GEOSGeometry:
    try:
        shape = GEOSGeometry(json.dumps(value), srid=4326)
    except (ValueError, GEOSException, GDALException):
        raise ValidationError(_("The shape can't be read.")) from None
    if shape.empty:
        raise ValidationError(_("The shape is empty."))
    if not shape.valid:
        raise ValidationError(_("The shape is not valid: %(reason)s.") % {"reason": shape.valid_reason})
    return shape
