"""GeoJSON, read as a stream: a collection never lies in memory as a whole.

GDAL is not used: its driver guesses, and a file that calls itself .geojson may be a description of other files.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import ijson
import numpy as np
import shapely

from importers import encoding as encodings
from importers.readers.geojson.geometry import box_agrees, wkb_of
from importers.records import CrsSource, Description, Layer, Reason, Record, RefusedError, Value, Weight
from importers.tables_in_html import pairs

NAME = "geojson"
GEOMETRIES = {
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
}  # fmt: skip
SAMPLE_ROWS = 200
MAX_NESTING = 200
CHUNK_BYTES = 1 << 20
BRACKETS = np.zeros(256, np.int8)
BRACKETS[[ord("["), ord("{")]] = 1
BRACKETS[[ord("]"), ord("}")]] = -1
CRS84 = {"OGC:CRS84", "CRS84", "OGC:1.3:CRS84"}


@dataclass(frozen=True, slots=True)
class _Document:
    kind: str
    name: str
    crs: str
    reasons: tuple[Reason, ...]


def sniff(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(4096)
    text = head.decode("utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8", errors="ignore")
    return text.lstrip("\ufeff \t\r\n").startswith(("{", "["))


def _check_nesting(path: Path) -> None:
    """RefusedError("nested_too_deep") for brackets within brackets beyond all sense, before a parser follows them."""
    depth = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            steps = BRACKETS[np.frombuffer(chunk, np.uint8)].cumsum(dtype=np.int64) + depth
            if steps.max() > MAX_NESTING:
                raise RefusedError("nested_too_deep", limit=MAX_NESTING)
            depth = int(steps[-1])


def describe(path: Path, encoding: str | None = None) -> Description:
    _check_nesting(path)
    found = encodings.of_file(path, encoding)
    document = _document(path, found.name)
    columns: dict[str, None] = {}
    kinds: dict[str, None] = {}
    rows = 0
    for feature in _features(path, document, found.name):
        rows += 1
        if rows > SAMPLE_ROWS:
            break
        columns.update(dict.fromkeys(_columns(feature)))
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        kinds.update({str(geometry.get("type")): None} if isinstance(geometry, dict) else {})
    layer = Layer(
        name=document.name or path.stem,
        columns=tuple(columns),
        rows=rows if rows <= SAMPLE_ROWS else None,
        geometry=", ".join(kinds),
        crs=document.crs or "EPSG:4326",
        crs_source=CrsSource.STATED if document.crs else CrsSource.DEFAULT,
    )
    return Description(NAME, (layer,), found.name, found.reason, document.reasons)


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Iterator[Record]:
    _check_nesting(path)
    found = encodings.of_file(path, encoding)
    document = _document(path, found.name)
    name = document.name or path.stem
    if layer and layer != name:
        raise RefusedError("layer_unknown", layer=layer[:80], known=name)
    for number, feature in enumerate(_features(path, document, found.name), start=1):
        record = Record(row=number, fields={}, layer=name)
        _fill(record, feature)
        yield record


def _stream(path: Path, encoding: str) -> IO[Any]:
    """The file as UTF-8 bytes without byte-order mark, whatever it is in."""
    file = path.open("rb")
    if encoding in {"utf-8", "utf-8-sig"}:
        if file.read(3) != codecs.BOM_UTF8:
            file.seek(0)
        return file
    return cast(IO[Any], codecs.EncodedFile(file, "utf-8", encoding))


def _items(path: Path, encoding: str, prefix: str) -> Iterator[Any]:
    with _stream(path, encoding) as file:
        try:
            yield from ijson.items(file, prefix, use_float=True)
        except (ijson.JSONError, UnicodeError) as problem:
            raise RefusedError("json_broken", message=" ".join(str(problem).split())[:120]) from None
        except (ValueError, OverflowError):
            raise RefusedError("json_number_out_of_range") from None


def _head(path: Path, encoding: str) -> dict[str, str]:
    """The first events of the document: member name → the event that opens its value, up to `features`."""
    seen: dict[str, str] = {}
    with _stream(path, encoding) as file:
        try:
            for prefix, event, _value in ijson.parse(file, use_float=True):
                if not seen and event != "start_map":
                    raise RefusedError("json_not_object")
                seen.setdefault(prefix, event)
                if prefix == "features":
                    break
        except (ijson.JSONError, UnicodeError) as problem:
            raise RefusedError("json_broken", message=" ".join(str(problem).split())[:120]) from None
        except (ValueError, OverflowError):
            raise RefusedError("json_number_out_of_range") from None
    return seen


def _document(path: Path, encoding: str) -> _Document:
    head = _head(path, encoding)
    kind = next(_items(path, encoding, "type"), None)
    if kind == "Topology":
        raise RefusedError("topojson_not_read")
    if kind not in {"FeatureCollection", "Feature", *GEOMETRIES}:
        raise RefusedError("geojson_type_unknown", type=str(kind)[:40])
    if kind == "FeatureCollection":
        if "features" not in head:
            raise RefusedError("features_missing")
        if head["features"] != "start_array":
            raise RefusedError("features_not_array")
    name = next(_items(path, encoding, "name"), "") if "name" in head else ""
    crs = _crs(next(_items(path, encoding, "crs"), None))
    bare = kind in GEOMETRIES
    reasons = (Reason("bare_geometry", Weight.NOTED, params={"type": str(kind)}),) if bare else ()
    return _Document(str(kind), name if isinstance(name, str) else "", crs, reasons)


def _crs(member: object) -> str:
    """EPSG code of the `crs` member of GeoJSON 2008, which GIS programs still write; "" where there is none."""
    if not isinstance(member, dict):
        return ""
    properties = member.get("properties")
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        raise RefusedError("crs_link_not_followed")
    short = name.removeprefix("urn:ogc:def:crs:").replace("::", ":")
    if short.upper() in CRS84:
        return "EPSG:4326"
    authority, _, code = short.partition(":")
    code = code.rpartition(":")[2]
    if authority.upper() != "EPSG" or not (code.isascii() and code.isdigit()):
        raise RefusedError("crs_unknown", crs=name[:80])
    return f"EPSG:{code}"


def _features(path: Path, document: _Document, encoding: str) -> Iterator[Any]:
    if document.kind == "FeatureCollection":
        yield from _items(path, encoding, "features.item")
        return
    whole = next(_items(path, encoding, ""), None)
    yield whole if document.kind == "Feature" else {"type": "Feature", "properties": {}, "geometry": whole}


def _fill(record: Record, feature: object) -> None:
    try:
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise RefusedError("feature_not_feature")
        record.fields = _fields(feature, record)
        if "geometry" not in feature:
            raise RefusedError("geometry_missing")
        record.wkb, reasons = wkb_of(feature["geometry"])
        record.reasons.extend(reasons)
        _check_feature_box(feature, record)
    except RefusedError as refusal:
        where = "properties" if refusal.code.startswith("properties") else "geometry"
        record.reasons.append(Reason(refusal.code, Weight.REFUSED, where, refusal.params))


def _check_feature_box(feature: dict[str, Any], record: Record) -> None:
    if feature.get("bbox") is None:
        return
    shape = shapely.from_wkb(record.wkb) if record.wkb else None
    if not box_agrees(feature["bbox"], shape):
        record.reasons.append(Reason("bbox_ignored", Weight.NOTED, "geometry"))


def _fields(feature: object, record: Record) -> dict[str, Value]:
    if not isinstance(feature, dict):
        return {}
    if "properties" not in feature:
        record.reasons.append(Reason("properties_missing", Weight.NOTED, "properties"))
    properties = feature.get("properties")
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        raise RefusedError("properties_not_object")
    fields = {str(name): _value(value) for name, value in properties.items()}
    for name in [name for name in fields if name.lower() == "description"]:
        if found := pairs(str(fields[name])):
            del fields[name]
            fields = {**found, **fields}
    number = feature.get("id")
    if isinstance(number, str | int | float) and not isinstance(number, bool):
        fields.setdefault("id", number)
    elif number is not None:
        record.reasons.append(Reason("id_ignored", Weight.NOTED, "id"))
    return fields


def _columns(feature: object) -> dict[str, Value]:
    try:
        return _fields(feature, Record(0, {}))
    except RefusedError:
        return {}


def _value(value: object) -> Value:
    if value is None or isinstance(value, str | int | float):
        return value
    return json.dumps(value, ensure_ascii=False)[:4000]
