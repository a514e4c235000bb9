"""One identical room per format: `NAME`, `sniff(path)`, `describe(path, encoding)`, `read(path, layer, encoding)`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from importers.records import Description, Record, RefusedError


class Reader(Protocol):
    """The furniture of every room. Readers only read: they know no database and follow no link out of the file."""

    NAME: str

    def sniff(self, path: Path) -> bool:
        """Whether the content (never the name alone) is of this format."""

    def describe(self, path: Path, encoding: str | None = None) -> Description:
        """Layers, columns, coordinate system and encoding; RefusedError where the file is broken."""

    def read(self, path: Path, *, layer: str | None = None, encoding: str | None = None) -> Iterator[Record]:
        """Every row in file order; RefusedError where the file is broken as a whole."""


# CSV comes last: nearly every text could be one.
FORMATS = ("gpkg", "xlsx", "osm", "shapefile", "kml", "geojson", "csv")


def reader(name: str) -> Reader:
    """The room called `name`."""
    if name not in FORMATS:
        raise RefusedError("format_unknown", format=name[:40])
    return cast(Reader, import_module(f"importers.readers.{name}.reader"))


def choose(path: Path) -> Reader:
    """The first reader that recognises the content; RefusedError("format_unknown") where none does."""
    for name in FORMATS:
        room = reader(name)
        if room.sniff(path):
            return room
    raise RefusedError("format_unknown", format=path.suffix.lower()[:20])
