"""The properties of a collection as JSON Schema: what they mean, of what type they are, what can be asked for."""

from typing import Any

from layers.layer import Choices, Field, Filter, Kind, Layer, Shape
from layers.ogc.asked import fields_of
from layers.ogc.features import ENDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TYPES: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"type": "string"},
    Kind.INTEGER: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.FLAG: {"type": "boolean"},
    Kind.CHOICE: {"type": "string"},
    Kind.DAY: {"type": "string", "format": "date"},
    Kind.MOMENT: {"type": "string", "format": "date-time"},
}
GEOMETRIES = {
    Shape.POINT: "https://geojson.org/schema/Point.json",
    Shape.LINE: "https://geojson.org/schema/Geometry.json",
    Shape.POLYGON: "https://geojson.org/schema/Geometry.json",
    Shape.ANY: "https://geojson.org/schema/Geometry.json",
}


def properties_schema(layer: Layer, address: str) -> dict[str, Any]:
    """What a feature of the layer holds."""
    return _document(layer, address, {one.name: _property(one) for one in fields_of(layer)} | _ends(layer))


def queryables(layer: Layer, address: str) -> dict[str, Any]:
    """What a parameter of the same name narrows: an equality each."""
    asked = {one.name: _property(one) for one in fields_of(layer)}
    asked |= {one.name: _property(one) for one in layer.filters}
    return _document(layer, address, asked) | {"additionalProperties": False}


def _document(layer: Layer, address: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": DIALECT,
        "$id": address,
        "type": "object",
        "title": str(layer.title),
        "properties": {"geometry": {"$ref": GEOMETRIES[layer.shape]}, **properties},
    }


def _property(one: Field | Filter) -> dict[str, Any]:
    said: dict[str, Any] = {"title": str(one.title), **TYPES[one.kind]}
    if isinstance(one, Field) and one.unit:
        said["x-ogc-unit"] = str(one.unit)
    return said | (_choices(one.choices) if one.kind == Kind.CHOICE and one.choices else {})


def _choices(choices: Choices) -> dict[str, Any]:
    """The values with what they mean; regions count their levels in whole numbers."""
    is_number = all(isinstance(value, int) for value, _label in choices)
    return {
        "type": "integer" if is_number else "string",
        "oneOf": [{"const": value, "title": str(label)} for value, label in choices],
    }


def _ends(layer: Layer) -> dict[str, Any]:
    return dict.fromkeys(ENDS, TYPES[Kind.MOMENT]) if layer.spans is not None else {}
