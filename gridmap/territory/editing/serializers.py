"""One editable thing as a GeoJSON feature: which fields people may set, and what each takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import BooleanField, ModelSerializer
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from gridmap.territory.editing.fields import Bearing, Figure, HoursField
from gridmap.territory.editing.shapes import DEPTHS, ShapeField
from gridmap.territory.models import Camera, Component, Facility, StreetLamp

READ_ONLY = ("source", "source_ref", "active", "version", "by_hand", "position")


class Feature(GeoFeatureModelSerializer):  # type: ignore[misc]
    """{"type": "Feature", "geometry": …, "properties": {…}}; what is not sent stays as it is."""

    serializer_field_mapping: ClassVar = {**ModelSerializer.serializer_field_mapping, models.FloatField: Figure}

    def to_internal_value(self, data: Any) -> Any:
        """The values of a request. ValidationError (400) names each field that can't be used."""
        if not isinstance(data, Mapping) or data.get("type", "Feature") != "Feature":
            raise ValidationError({"body": [_("The body is a GeoJSON feature.")]})
        properties = data.get("properties", {})
        if properties is None or not isinstance(properties, Mapping):
            raise ValidationError({"properties": [_("Properties are an object: field → value.")]})
        strange = {*data} - {"type", "geometry", "properties", "id", "release"}
        strange |= {*properties} - self.writable()
        if strange:
            raise ValidationError({name[:40]: [_("There is no such field to set.")] for name in sorted(strange)})
        found = dict(properties)
        if "geometry" in data:
            found["geom"] = data["geometry"]
        return super(GeoFeatureModelSerializer, self).to_internal_value(found)

    def writable(self) -> set[str]:
        """The fields that people set, but for the shape."""
        return {name for name, field in self.fields.items() if not field.read_only and name != "geom"}

    def validate(self, attrs: Any) -> Any:
        """Missing values of text are empty, as in the table."""
        return attrs


class CameraFeature(Feature):
    geom = ShapeField(types=("Point",))
    bearing_deg = Bearing(allow_null=True, required=False)
    angle_deg = Figure(allow_null=True, required=False, min_value=1, max_value=360)

    class Meta:
        model = Camera
        geo_field = "geom"
        id_field = "id"
        fields = (
            "id", "name", "place", "pole", "code", "bearing_deg", "angle_deg", "range_m", "height_m", "tilt_deg",
            "status", "sees_at_night", "coverage", "owner", *READ_ONLY,
        )  # fmt: skip
        read_only_fields = READ_ONLY
        extra_kwargs: ClassVar = {
            "range_m": {"min_value": 0, "max_value": 10_000},
            "height_m": {"min_value": 0, "max_value": 500},
            "tilt_deg": {"min_value": -90, "max_value": 90},
        }


class LampFeature(Feature):
    geom = ShapeField(types=("Point",))

    class Meta:
        model = StreetLamp
        geo_field = "geom"
        id_field = "id"
        fields = ("id", "lit", "status", "pole", *READ_ONLY)
        read_only_fields = READ_ONLY


class ComponentFeature(Feature):
    """The class is given once, when the component is made, and stands in its code for ever."""

    geom = ShapeField(types=tuple(DEPTHS))

    class Meta:
        model = Component
        geo_field = "geom"
        id_field = "id"
        fields = (
            "id", "code", "category", "name", "state", "manager", "owner", "keeper", "keeper_phone", "accuracy",
            "surveyed_on", *READ_ONLY,
        )  # fmt: skip
        read_only_fields = ("code", *READ_ONLY)

    def validate(self, attrs: Any) -> Any:
        """ValidationError where the class would change."""
        if self.instance is not None and "category" in attrs and attrs["category"] != self.instance.category:
            raise ValidationError({"category": [_("A component keeps its class, which stands in its code.")]})
        return attrs


class FacilityFeature(Feature):
    geom = ShapeField(types=("Point",))
    hours = HoursField(allow_null=True, required=False)
    accessible = BooleanField(allow_null=True, required=False)

    class Meta:
        model = Facility
        geo_field = "geom"
        id_field = "id"
        fields = (
            "id", "name", "kind", "address", "phone", "capacity", "area_m2", "accessible", "hours", "hours_text",
            *READ_ONLY,
        )  # fmt: skip
        read_only_fields = READ_ONLY
        extra_kwargs: ClassVar = {
            "capacity": {"min_value": 0, "max_value": 1_000_000},
            "area_m2": {"min_value": 0, "max_value": 10_000_000},
        }


#: What the address calls them → how they are read and written.
FEATURES: dict[str, type[Feature]] = {
    "cameras": CameraFeature,
    "lamps": LampFeature,
    "components": ComponentFeature,
    "facilities": FacilityFeature,
}
