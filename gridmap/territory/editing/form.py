"""What the page's form for one kind of thing asks: its fields in words, with their limits and choices."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from gridmap.territory.editing.fields import HoursField
from gridmap.territory.editing.serializers import FEATURES
from gridmap.territory.models import ComponentClass

#: Field → unit, where figures have one.
UNITS = {"bearing_deg": "°", "angle_deg": "°", "tilt_deg": "°", "range_m": "m", "height_m": "m", "area_m2": "m²"}


def describe_form(kind: str) -> dict[str, Any]:
    """{"kind", "title", "shape", "fields": [{"name", "label", "type", …}]} of one kind of things."""
    serializer = FEATURES[kind]()
    model = serializer.Meta.model
    fields = [
        _described(name, field, str(model._meta.get_field(name).verbose_name))
        for name, field in serializer.fields.items()
        if not field.read_only and name != "geom"
    ]
    return {
        "kind": kind,
        "title": str(model._meta.verbose_name),
        "types": list(serializer.fields["geom"].types),
        "fields": fields,
    }


def _described(name: str, field: Any, label: str) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "label": label, "type": _type(field), "required": field.required}
    if isinstance(field, serializers.ChoiceField):
        empty = [{"value": "", "label": "—"}] if field.allow_blank else []
        found["choices"] = empty + [{"value": value, "label": str(text)} for value, text in field.choices.items()]
    if name == "category":
        rows = ComponentClass.objects.all()
        found["choices"] = [{"value": one.code, "label": f"{one.major} · {one.name}"} for one in rows]
    for limit in ("min_value", "max_value", "max_length"):
        if (value := getattr(field, limit, None)) is not None:
            found[limit] = value
    if name == "bearing_deg":
        found |= {"min_value": 0, "max_value": 360}
    if name in UNITS:
        found["unit"] = UNITS[name]
    return found


def _type(field: Any) -> str:
    kinds: tuple[tuple[type, str], ...] = (
        (HoursField, "hours"),
        (serializers.BooleanField, "flag"),
        (serializers.ChoiceField, "choice"),
        (serializers.PrimaryKeyRelatedField, "choice"),
        (serializers.IntegerField, "integer"),
        (serializers.FloatField, "number"),
        (serializers.DateField, "day"),
    )
    return next((name for kind, name in kinds if isinstance(field, kind)), "text")
