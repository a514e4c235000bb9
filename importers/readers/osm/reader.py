"""OpenStreetMap extracts (.osm, .osm.pbf) through libosmium, one layer per thing the platform knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import osmium

from importers.readers.osm.tags import KEYS, LAYERS, LINES, POINTS, fields, uses
from importers.records import CrsSource, Description, Layer, Reason, Record, RefusedError, Weight

NAME = "osm"
PBF_MARK = b"OSMHeader"
HEAD_BYTES = 512
COLUMNS = ("osm_id", "kind", "name", "address", "building:levels", "building:flats", "height", "bearing_deg", "amenity")


def sniff(path: Path) -> bool:
    return path.is_file() and bool(_suffix(path))


def describe(path: Path, encoding: str | None = None) -> Description:
    counts = Counter(record.layer for record in read(path))
    layers = tuple(
        Layer(name, COLUMNS, counts[name], "", "EPSG:4326", CrsSource.STATED) for name in LAYERS if counts[name]
    )
    if not layers:
        raise RefusedError("no_layers")
    return Description(NAME, layers)


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Iterator[Record]:
    """Every object of `layer`, or of all layers; `row` counts the records of the whole file."""
    if layer and layer not in LAYERS:
        raise RefusedError("layer_unknown", layer=layer[:80], known=", ".join(LAYERS))
    source = osmium.io.File(str(path), _suffix(path) or "osm")
    try:
        for number, record in enumerate(_objects(source), start=1):
            record.row = number
            if not layer or record.layer == layer:
                yield record
    except (RuntimeError, ValueError) as problem:
        raise RefusedError("osm_broken", message=" ".join(str(problem).split())[:120]) from None


def _suffix(path: Path) -> str:
    """libosmium's name of the format, from the content."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if PBF_MARK in head[:64]:
        return "pbf"
    text = head.decode("utf-8", errors="ignore").lstrip("\ufeff \t\r\n")
    return "osm" if text.startswith("<") and "<osm" in text else ""


def _objects(source: Any) -> Iterator[Record]:
    """Areas come as areas, open ways as lines; an area whose pieces are not all in the file is refused by name."""
    factory = osmium.geom.WKBFactory()
    waiting: dict[tuple[str, int], Record] = {}
    closed: set[int] = set()
    processor: Any = osmium.FileProcessor(source).with_areas().with_filter(osmium.filter.KeyFilter(*KEYS))
    for thing in processor:
        tags = {tag.k: tag.v for tag in thing.tags}
        for layer, kind in uses(tags):
            letter, number = _identity(thing)
            record = Record(0, fields(tags, f"{letter}{number}", layer, kind), layer=layer)
            if thing.is_area():
                closed.add(thing.id)
                waiting.pop((layer, thing.id), None)
                if layer not in LINES:
                    yield _placed(record, factory.create_multipolygon, thing)
            elif thing.is_node():
                if layer not in LINES:
                    yield _placed(record, factory.create_point, thing)
            elif thing.is_way() and (layer in LINES or (layer == "water" and not thing.is_closed())):
                yield _placed(record, factory.create_linestring, thing)
            elif layer not in LINES | POINTS:
                waiting[layer, _area_id(thing)] = record
    for (_layer, area), record in waiting.items():
        if area not in closed:
            record.reasons.append(Reason("area_not_closed_in_file", Weight.REFUSED, "geometry"))
            yield record


def _identity(thing: Any) -> tuple[str, int]:
    if thing.is_area():
        return ("w" if thing.from_way() else "r"), int(thing.orig_id())
    return str(thing.type_str()), int(thing.id)


def _area_id(thing: Any) -> int:
    """The number libosmium gives the area of a way or relation."""
    return int(thing.id) * 2 + (0 if thing.is_way() else 1)


def _placed(record: Record, create: Any, thing: Any) -> Record:
    try:
        record.wkb = bytes.fromhex(create(thing))
    except (RuntimeError, ValueError, osmium.InvalidLocationError):
        record.reasons.append(Reason("nodes_missing_in_file", Weight.REFUSED, "geometry"))
    return record
