"""What a file is written from: a table per layer, its columns by the person's rights, its rows from a server cursor."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, NamedTuple

from django.contrib.gis.db.models.functions import Transform
from django.db.models import F
from django.db.models.expressions import Combinable
from django.utils import timezone

from gridmap.accounts.models import User
from layers.asking import CHUNK_ROWS
from layers.layer import Kind, Layer, Rows, Shape
from layers.rows import ORIGIN, SUBTITLE_PARTS, told

#: The coordinate systems that files are written in, by EPSG number. All hold easting first, as files do.
SYSTEMS = {4326: "EPSG:4326 (WGS 84)", 4490: "EPSG:4490 (CGCS2000)", 3857: "EPSG:3857 (Web Mercator)"}
DEGREES = 4326
Value = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class Column:
    """One column of a file: its short name, what people call it, and what it holds."""

    name: str
    title: str
    kind: Kind
    choices: Mapping[Any, str]

    @property
    def whole_codes(self) -> bool:
        """Whether the codes of a choice are numbers."""
        return self.kind == Kind.CHOICE and bool(self.choices) and all(isinstance(one, int) for one in self.choices)

    def in_words(self, value: Value) -> Value:
        """The value as people read it: a choice by its label, anything else as it is."""
        return self.choices.get(value, str(value)) if self.kind == Kind.CHOICE and value is not None else value


class Record(NamedTuple):
    """One row: identity, what its shape was asked as, and the values in the order of the columns."""

    identity: str
    shapes: tuple[Any, ...]
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    """One layer on its way into a file. `records(expressions)` runs the query, with those expressions as shapes."""

    name: str
    title: str
    shape: Shape
    srid: int
    geometry: str
    label: str
    columns: tuple[Column, ...]
    records: Callable[..., Iterator[Record]]

    def in_system(self) -> Combinable:
        """The shape in the coordinate system of the file."""
        return F(self.geometry) if self.srid == DEGREES else Transform(F(self.geometry), self.srid)

    def two_lines(self) -> Callable[[Record], tuple[str, str]]:
        """What tells of a row what it is called, and what else tells it from others."""
        spoken = [
            (place, column) for place, column in enumerate(self.columns) if column.kind in {Kind.TEXT, Kind.CHOICE}
        ]
        named = [(place, column) for place, column in spoken if column.name == self.label]
        others = [(place, column) for place, column in spoken if column.name not in {self.label, *ORIGIN}]

        def tell(record: Record) -> tuple[str, str]:
            title = next((str(column.in_words(record.values[place]) or "") for place, column in named), "")
            said = (str(column.in_words(record.values[place]) or "") for place, column in others)
            title = title or record.identity
            return title, " · ".join(islice((text for text in said if text and text != title), SUBTITLE_PARTS))

        return tell


def table_of(layer: Layer, user: User, rows: Rows, srid: int, passed: Callable[[], None]) -> Table:
    """The table of a layer for one person; `passed` is called for every row that goes by."""
    fields = layer.fields_for(user)
    columns = tuple(
        Column(
            one.name,
            f"{one.title} ({one.unit})" if one.unit else str(one.title),
            one.kind,
            {value: told(one, value) for value, _label in one.choices},
        )
        for one in fields
    )

    def stream(*shapes: Combinable) -> Iterator[Record]:
        count = 1 + len(shapes)
        wanted: list[Any] = [layer.identity, *shapes, *(one.column for one in fields)]
        for found in rows.values_list(*wanted).iterator(chunk_size=CHUNK_ROWS):
            passed()
            yield Record(str(found[0]), found[1:count], found[count:])

    return Table(layer.key, str(layer.title), layer.shape, srid, layer.geometry, layer.label, columns, stream)


@dataclass(frozen=True)
class Fact:
    """One thing that a file says about itself: a fixed key for programs, and words."""

    key: str
    label: str
    value: str


@dataclass(frozen=True)
class About:
    """What a file says about itself: title, layers, question, time, coordinate system."""

    title: str
    facts: Sequence[Fact]
    at: datetime

    def lines(self) -> list[tuple[str, str]]:
        """Label and value, for sheets and texts."""
        return [(one.label, one.value) for one in self.facts]

    def as_json(self) -> dict[str, str]:
        """Key and value, for programs."""
        return {one.key: one.value for one in self.facts}


def iso(value: date | datetime) -> str:
    """A day as YYYY-MM-DD, a moment with its offset in the platform's time zone."""
    return timezone.localtime(value).isoformat() if isinstance(value, datetime) else value.isoformat()


def iso_utc(value: datetime) -> str:
    """A moment in UTC to the millisecond, as GeoPackage keeps it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
