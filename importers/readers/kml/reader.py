"""KML, read as a stream with entities and document types forbidden; links to other files are never followed.

A KMZ is unpacked before (importers/archive.py). WGS 84 by the standard, whatever mainland map services export.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from importers import encoding as encodings
from importers.readers.kml.geometry import GEOMETRIES, tag, wkb_of
from importers.records import CrsSource, Description, Layer, Reason, Record, RefusedError, Value, Weight
from importers.tables_in_html import pairs

NAME = "kml"
HEAD_BYTES = 4096
SAMPLE_ROWS = 200
MAX_DEPTH = 60
ROOTS = re.compile(r"<(?:\w+:)?(?:kml|Document|Folder|Placemark)[\s>]")
DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
TEXT_FIELDS = {"name": "name", "address": "address", "phoneNumber": "phone", "styleUrl": ""}


def sniff(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    text = head.decode("utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8", errors="ignore")
    return text.lstrip("\ufeff \t\r\n").startswith("<") and ROOTS.search(text) is not None


def describe(path: Path, encoding: str | None = None) -> Description:
    found = _encoding(path, encoding)
    columns: dict[str, None] = {}
    kinds: dict[str, None] = {}
    rows = 0
    for placemark, folder in _placemarks(path, found.name):
        rows += 1
        if rows <= SAMPLE_ROWS:
            columns.update(dict.fromkeys(_fields(placemark, folder)))
            kinds.update(dict.fromkeys(tag(child) for child in placemark if tag(child) in GEOMETRIES))
    layer = Layer(path.stem, tuple(columns), rows, ", ".join(kinds), "EPSG:4326", CrsSource.DEFAULT)
    return Description(NAME, (layer,), found.name, found.reason)


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Iterator[Record]:
    if layer and layer != path.stem:
        raise RefusedError("layer_unknown", layer=layer[:80], known=path.stem)
    found = _encoding(path, encoding)
    for number, (placemark, folder) in enumerate(_placemarks(path, found.name), start=1):
        record = Record(row=number, fields=_fields(placemark, folder), layer=path.stem)
        try:
            record.wkb, reasons = wkb_of(placemark)
            record.reasons.extend(reasons)
        except RefusedError as refusal:
            record.reasons.append(Reason(refusal.code, Weight.REFUSED, "geometry", refusal.params))
        yield record


def _encoding(path: Path, chosen: str | None) -> encodings.Encoding:
    with path.open("rb") as file:
        declared = DECLARED.match(file.read(HEAD_BYTES).removeprefix(codecs.BOM_UTF8))
    if chosen or declared is None:
        return encodings.of_file(path, chosen)
    name = encodings.known(declared.group(1).decode("ascii"))
    if name.startswith("utf-16"):
        return encodings.of_file(path)
    return encodings.Encoding(name, "xml_declaration")


def _stream(path: Path, encoding: str) -> IO[Any]:
    """Bytes expat can read: it knows no multi-byte Chinese encoding, so those are turned into UTF-8."""
    file = path.open("rb")
    if encoding in {"utf-8", "utf-8-sig", "ascii"}:
        return file
    text = codecs.EncodedFile(file, "utf-8", encoding)
    return cast(IO[Any], _WithoutDeclaration(text))


class _WithoutDeclaration:
    """A byte stream whose XML declaration is blanked, because the encoding it names is no longer the one at hand."""

    def __init__(self, source: codecs.StreamRecoder) -> None:
        self._source = source
        self._first = True

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        if self._first:
            self._first = False
            piece = re.sub(rb"<\?xml[^>]*\?>", b"", piece.removeprefix(codecs.BOM_UTF8), count=1)
        return piece

    def __enter__(self) -> _WithoutDeclaration:
        return self

    def __exit__(self, *_problem: object) -> None:
        self._source.close()


def _placemarks(path: Path, encoding: str) -> Iterator[tuple[Element, str]]:
    try:
        with _stream(path, encoding) as file:
            yield from _walk(iterparse(file, events=("start", "end"), forbid_dtd=True))
    except DefusedXmlException:
        raise RefusedError("xml_entities_forbidden") from None
    except (ParseError, UnicodeError) as problem:
        raise RefusedError("xml_broken", message=" ".join(str(problem).split())[:120]) from None


def _walk(events: Iterator[tuple[str, Element]]) -> Iterator[tuple[Element, str]]:
    """Placemarks with the name of their folder; finished elements are dropped so that memory stays level."""
    open_elements: list[Element] = []
    for event, element in events:
        if event == "start":
            open_elements.append(element)
            if len(open_elements) > MAX_DEPTH:
                raise RefusedError("xml_too_deep", limit=MAX_DEPTH)
            continue
        open_elements.pop()
        if tag(element) == "Placemark":
            folders = [parent for parent in open_elements if tag(parent) == "Folder"]
            yield element, _text(folders[-1], "name") if folders else ""
        inside = any(tag(parent) == "Placemark" for parent in open_elements)
        if not inside and tag(element) != "name" and open_elements:
            open_elements[-1].remove(element)


def _text(element: Element, name: str) -> str:
    return next(((child.text or "").strip() for child in element if tag(child) == name), "")


def _fields(placemark: Element, folder: str) -> dict[str, Value]:
    fields: dict[str, Value] = {}
    for child in placemark:
        name = tag(child)
        if name == "ExtendedData":
            fields.update(_extended(child))
        elif name == "description":
            text = (child.text or "").strip()
            found = pairs(text)
            fields.update(found if found else {"description": text})
        elif TEXT_FIELDS.get(name):
            fields.setdefault(TEXT_FIELDS[name], (child.text or "").strip())
    if folder:
        fields.setdefault("folder", folder)
    if placemark.get("id"):
        fields.setdefault("id", placemark.get("id"))
    return fields


def _extended(element: Element) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for child in element.iter():
        if tag(child) == "Data" and child.get("name"):
            found[str(child.get("name"))] = _text(child, "value")
        elif tag(child) == "SimpleData" and child.get("name"):
            found[str(child.get("name"))] = (child.text or "").strip()
    return found
