"""What every reader hands over: rows with their fields, geometry and the reasons somebody must see."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Value = str | int | float | bool | None


class Weight(StrEnum):
    """How much a reason matters: the row is refused, it was repaired, or somebody should merely know."""

    REFUSED = "refused"
    REPAIRED = "repaired"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row (or a file) is not taken as it is. `code` is put into words where shown, `params` fill the sentence."""

    code: str
    weight: Weight = Weight.REFUSED
    field: str = ""
    params: Mapping[str, Value] = dataclasses.field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "weight": self.weight.value, "field": self.field, "params": dict(self.params)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reason:
        return cls(str(data["code"]), Weight(data["weight"]), str(data["field"]), dict(data["params"]))


class RefusedError(Exception):
    """The file (or one layer of it) is not taken at all; `code` and `params` say why."""

    def __init__(self, code: str, **params: Value) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, Value] = params

    def reason(self) -> Reason:
        return Reason(self.code, Weight.REFUSED, "", self.params)


class StalePlanError(Exception):
    """The data changed since the dry run and comparing again came to another plan, which is now the one to look at."""


@dataclass(slots=True)
class Record:
    """One row: its number in the file (first is 1), fields as read, geometry as 2D WKB in the file's coordinates."""

    row: int
    fields: dict[str, Value]
    wkb: bytes | None = None
    reasons: list[Reason] = dataclasses.field(default_factory=list)
    layer: str = ""

    @property
    def refused(self) -> bool:
        return any(reason.weight is Weight.REFUSED for reason in self.reasons)


class CrsSource(StrEnum):
    """Whether the file says its coordinate system, leaves it to the format's default, or says nothing."""

    STATED = "stated"
    DEFAULT = "default"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Layer:
    """One table of a file. `rows` is an estimate (None: unknown before reading); `crs` is "EPSG:n" or WKT."""

    name: str
    columns: tuple[str, ...]
    rows: int | None = None
    geometry: str = ""
    crs: str = ""
    crs_source: CrsSource = CrsSource.ABSENT

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "columns": list(self.columns),
            "rows": self.rows,
            "geometry": self.geometry,
            "crs": self.crs,
            "crs_source": self.crs_source.value,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Layer:
        return cls(
            name=str(data["name"]),
            columns=tuple(map(str, data["columns"])),
            rows=None if data["rows"] is None else int(data["rows"]),
            geometry=str(data["geometry"]),
            crs=str(data["crs"]),
            crs_source=CrsSource(data["crs_source"]),
        )


@dataclass(frozen=True, slots=True)
class Description:
    """What a file holds, read without its rows."""

    reader: str
    layers: tuple[Layer, ...]
    encoding: str = "utf-8"
    encoding_reason: str = "format"
    reasons: tuple[Reason, ...] = ()

    def layer(self, name: str | None) -> Layer:
        """The layer called `name`, or the first; RefusedError("layer_unknown") otherwise."""
        if not self.layers:
            raise RefusedError("no_layers")
        if not name:
            return self.layers[0]
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise RefusedError("layer_unknown", layer=name, known=", ".join(layer.name for layer in self.layers))

    def as_json(self) -> dict[str, Any]:
        return {
            "reader": self.reader,
            "layers": [layer.as_json() for layer in self.layers],
            "encoding": self.encoding,
            "encoding_reason": self.encoding_reason,
            "reasons": [reason.as_json() for reason in self.reasons],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Description:
        return cls(
            reader=str(data["reader"]),
            layers=tuple(Layer.from_json(layer) for layer in data["layers"]),
            encoding=str(data["encoding"]),
            encoding_reason=str(data["encoding_reason"]),
            reasons=tuple(Reason.from_json(reason) for reason in data["reasons"]),
        )
