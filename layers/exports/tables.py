"""What a file is written from: a table per layer, its columns by the person's rights, its rows from a server cursor."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, NamedTuple

from django.contrib.gis.db.models.functions import Transform
from django.db.models import F
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext as _

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
    """One column of a file: its short name, what people call it, what it holds, and how that is put into words."""

    name: str
    title: str
    kind: Kind
    choices: Mapping[Any, str]
    words: Callable[[str], str] | None = None

    @property
    def whole_codes(self) -> bool:
        """Whether the codes of a choice are numbers."""
        return self.kind == Kind.CHOICE and bool(self.choices) and all(isinstance(one, int) for one in self.choices)

    def in_words(self, value: Value) -> Value:
        """The value as people read it: a choice by its label, what a field puts into words, all else as it is."""
        if self.kind == Kind.CHOICE and value is not None:
            return self.choices.get(value, str(value))
        return self.words(value) if self.words and isinstance(value, str) else value

    @property
    def worded(self) -> bool:
        """Whether people read something else than what is kept."""
        return bool(self.choices) or self.words is not None


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


def code_name(name: str) -> str:
    """What the column beside `name` is called that holds what is kept: `kind_code`."""
    return f"{name}_code"


def in_words(table: Table, named: Callable[[str], str] = code_name) -> Table:
    """The table with words where codes are kept, and each such column followed by another that holds the codes.

    Where something comes from is told in words alone: nobody looks it up by a code.
    """
    columns: list[Column] = []
    told: list[tuple[int, Callable[[Value], Value] | None]] = []
    for place, column in enumerate(table.columns):
        if column.worded:
            columns.append(Column(column.name, column.title, Kind.TEXT, {}))
            told.append((place, column.in_words))
        if not column.worded:
            columns.append(column)
        elif column.name not in ORIGIN:
            title = _("%(title)s (code)") % {"title": column.title}
            columns.append(replace(column, name=named(column.name), title=title, words=None))
        else:
            continue
        told.append((place, None))

    def stream(*shapes: Combinable) -> Iterator[Record]:
        for identity, found, values in table.records(*shapes):
            yield Record(identity, found, tuple([tell(values[at]) if tell else values[at] for at, tell in told]))

    return replace(table, columns=tuple(columns), records=stream)


def table_of(layer: Layer, user: User, rows: Rows, srid: int, passed: Callable[[], None]) -> Table:
    """The table of a layer for one person; `passed` is called for every row that goes by."""
    fields = layer.fields_for(user)
    columns = tuple(
        Column(
            one.name,
            f"{one.title} ({one.unit})" if one.unit else str(one.title),
            one.kind,
            {value: told(one, value) for value, _label in one.choices},
            one.words,
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


def on_the_clock(value: date | datetime) -> str:
    """A day as YYYY-MM-DD, a moment as YYYY-MM-DD HH:MM in the platform's time zone."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value.isoformat()


def zone_name(at: datetime) -> str:
    """The platform's time zone: its offset where that is the same all year (`UTC+08:00`), else its name."""
    zone = timezone.get_current_timezone()
    offsets = {at.replace(month=month, day=1, tzinfo=zone).strftime("%z") for month in (1, 7)}
    offset = min(offsets)
    return f"UTC{offset[:3]}:{offset[3:]}" if len(offsets) == 1 else str(zone)


def iso_utc(value: datetime) -> str:
    """A moment in UTC to the millisecond, as GeoPackage keeps it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
