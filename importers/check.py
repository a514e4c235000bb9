"""One record of a file against what its kind asks for: values cast, shape fitted, refusals with field and reason."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from gridmap.vault.masks import HIDDEN
from importers.equipment import complete as complete_equipment
from importers.kind import Field, Kind
from importers.kinds import KINDS, OSM_LAYERS, OSM_MAPPING
from importers.lists.persons import IDENTIFYING, complete
from importers.records import Reason, Record, RefusedError, Value, Weight

#: Reasons of the readers that say something about a row of a list too; others are about shapes.
OF_ANY_TABLE = frozenset({"cells_do_not_match_header", "zero_byte", "text_cut"})
KEY_CHARACTERS = 120
JOINER = "+"
KEY_DIGITS = 6


@dataclass(slots=True)
class Checked:
    """A row ready to be staged."""

    row: int
    kind: str
    key: str
    fields: dict[str, Value]
    wkb: bytes | None
    reasons: list[Reason] = dataclasses.field(default_factory=list)

    @property
    def sound(self) -> bool:
        return all(reason.weight is not Weight.REFUSED for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks the records of one import. `mapping` is target → column, or columns joined by "+"."""

    kind: str
    mapping: Mapping[str, str]
    weights: Mapping[str, float]

    def check(self, record: Record) -> Checked:
        kind = self._kind_of(record)
        mapping = OSM_MAPPING[kind.name] if self.kind == "osm" else self.mapping
        checked = Checked(record.row, kind.name, "", {}, record.wkb, list(record.reasons))
        if kind.personal:
            return self._check_person(kind, checked, record)
        for target in kind.fields:
            if column := mapping.get(target.name):
                _cast(checked, target.name, target.cast, record.fields.get(column), column)
        if kind.name == "ground":
            self._weigh(checked)
        refused = {reason.field for reason in checked.reasons if reason.weight is Weight.REFUSED}
        for name in kind.required:
            if not checked.fields.get(name) and mapping.get(name, name) not in refused:
                checked.reasons.append(Reason("value_missing", Weight.REFUSED, mapping.get(name, name)))
        if kind.name == "facilities" and not checked.fields.get("name"):
            checked.fields["name"] = str(checked.fields.get("address") or checked.fields.get("kind") or "")
        _fit(checked, kind.shape)
        checked.key = _key(checked, record, mapping.get("source_ref", ""))
        complete_equipment(checked, record.fields, mapping)
        if self.kind == "osm" and kind.name == "ground":
            checked.key = f"{checked.key}/{record.layer}"  # one object may be both a wall and a park
        return checked

    def _kind_of(self, record: Record) -> Kind:
        name = OSM_LAYERS.get(record.layer, "ground") if self.kind == "osm" else self.kind
        return KINDS["ground" if name == "barriers" else name]

    def _check_person(self, kind: Kind, checked: Checked, record: Record) -> Checked:
        """A row of a list: no shape, no number in a source, and no reason that repeats a value."""
        checked.wkb = None
        checked.reasons = [reason for reason in record.reasons if reason.code in OF_ANY_TABLE]
        for target in kind.fields:
            if column := self.mapping.get(target.name):
                _cast_quietly(checked, target, record.fields.get(column), column)
        refused = {reason.field for reason in checked.reasons if reason.weight is Weight.REFUSED}
        lacking = [self.mapping.get(name, name) for name in kind.required if not checked.fields.get(name)]
        checked.reasons += [Reason("value_missing", Weight.REFUSED, name) for name in lacking if name not in refused]
        complete(checked, self.mapping)
        return checked

    def _weigh(self, checked: Checked) -> None:
        """A barrier's weight where the file says none: by its kind; in a file of barriers never nothing."""
        if self.kind == "barriers" and checked.fields.get("kind", "block") == "block":
            checked.fields["kind"] = "wall"
        if checked.fields.get("weight") is None:
            least = 0.4 if self.kind == "barriers" else 0.0
            checked.fields["weight"] = max(self.weights.get(str(checked.fields.get("kind", "block")), 0.0), least)


def _cast_quietly(checked: Checked, target: Field, cell: Value, column: str) -> None:
    """As `_cast`, without repeating the value; where it does not say who is meant the value alone is left out."""
    try:
        checked.fields[target.name] = target.cast(cell)
    except RefusedError as refusal:
        params = {name: HIDDEN if name == "value" else value for name, value in refusal.params.items()}
        weight = Weight.REFUSED if target.name in IDENTIFYING else Weight.REPAIRED
        checked.reasons.append(Reason(refusal.code, weight, column, params))


def _cast(checked: Checked, name: str, cast: Any, cell: Value, column: str) -> None:
    try:
        checked.fields[name] = cast(cell)
    except RefusedError as refusal:
        checked.reasons.append(Reason(refusal.code, Weight.REFUSED, column, refusal.params))


def _fit(checked: Checked, wanted: str) -> None:
    """The shape as the table takes it: parts alone unwrapped, areas as multipolygons or points where asked."""
    if checked.wkb is None:
        if checked.sound:
            checked.reasons.append(Reason("no_place", Weight.REFUSED, "geometry"))
        return
    shape = shapely.from_wkb(checked.wkb)
    fitted = _fitted(shape, wanted, checked)
    if fitted is None:
        params = {"found": f"shape.{shape.geom_type}", "wanted": f"wanted.{wanted}"}
        checked.reasons.append(Reason("wrong_shape", Weight.REFUSED, "geometry", params))
    elif fitted is not shape:
        checked.wkb = bytes(shapely.to_wkb(fitted, byte_order=1))


def _fitted(shape: shapely.Geometry, wanted: str, checked: Checked) -> shapely.Geometry | None:
    kind = shape.geom_type
    if wanted == "area":
        return shapely.MultiPolygon([shape]) if kind == "Polygon" else shape if kind == "MultiPolygon" else None
    if kind in {"MultiPoint", "MultiLineString", "MultiPolygon"} and len(shape.geoms) == 1:
        shape = shape.geoms[0]
        kind = shape.geom_type
    if wanted == "point":
        if kind in {"Polygon", "MultiPolygon"}:
            checked.reasons.append(Reason("area_became_point", Weight.NOTED, "geometry"))
            return shape.representative_point()
        return shape if kind == "Point" else None
    if wanted == "thing":
        return shape if kind != "GeometryCollection" else None
    if wanted == "line_or_area":
        return shape if kind in {"LineString", "MultiLineString", "Polygon", "MultiPolygon"} else None
    return shape if kind in {"Point", "Polygon", "MultiPolygon"} else None


def _key(checked: Checked, record: Record, columns: str) -> str:
    """The row's number in its source: the mapped column, or several joined; without one, made from name and place."""
    if columns:
        named = [columns] if columns in record.fields else columns.split(JOINER)
        parts = [record.fields.get(column) for column in named]
        written = JOINER.join(_plain(part) for part in parts if part is not None).strip()
        if not written:
            checked.reasons.append(Reason("key_missing", Weight.REFUSED, columns))
        if len(written) > KEY_CHARACTERS:
            checked.reasons.append(Reason("text_too_long", Weight.REFUSED, columns, {"limit": KEY_CHARACTERS}))
        return written[:KEY_CHARACTERS]
    place = ""
    if checked.wkb is not None:
        point = shapely.from_wkb(checked.wkb).representative_point()
        place = f"{point.x:.{KEY_DIGITS}f} {point.y:.{KEY_DIGITS}f}"
    naming = [str(checked.fields.get(name) or "") for name in ("code", "name", "number", "address")]
    return "~" + hashlib.sha256("\n".join([*naming, place]).encode()).hexdigest()[:20]


def _plain(value: Value) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
