"""One layer as a list: sorted by any field, a page at a time, each row with its place and two lines of words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.db.models import PointField
from django.core import signing
from django.core.exceptions import ValidationError as FieldError
from django.db.models import F, FloatField, Func, Q
from django.utils.translation import gettext as _

from gridmap.territory.querysets import Viewer
from layers.asking import Question, ask, records
from layers.gridlist import Box
from layers.layer import Field, Kind, Layer, Rows
from layers.reading import refuse

SALT = "layers.rows"
#: Up to so many rows are counted; beyond, the answer says that there are at least as many.
MOST_COUNTED = 50_000
#: Words of the second line.
SUBTITLE_PARTS = 3
#: What says where a row comes from rather than what it is.
ORIGIN = frozenset({"source", "source_ref"})


@dataclass(frozen=True)
class Sort:
    """By which field; None is the identity, which the database has in order already."""

    field: Field | None = None
    descending: bool = False

    def __str__(self) -> str:
        return ("-" if self.descending else "") + (self.field.name if self.field else "")


@dataclass(frozen=True)
class Place:
    """Where a page goes on: after the row with this value and identity; and what the first page counted."""

    value: Any
    identity: Any
    count: int
    exact: bool


@dataclass(frozen=True)
class Page:
    """Some rows, and how many there are: at least `count` where that is not exact."""

    count: int
    exact: bool
    rows: list[dict[str, Any]]
    next: str


def read_sort(layer: Layer, user: Viewer, text: str) -> Sort:
    """`field` or `-field`, of those that the person may see."""
    name = text.removeprefix("-")
    if not name:
        return Sort(None, text == "-")
    fields = {one.name: one for one in layer.fields_for(user)}
    if name not in fields:
        refuse("sort", _("There is no such field to sort by."))
    return Sort(fields[name], text.startswith("-"))


def read_cursor(layer: Layer, sort: Sort, text: str) -> Place | None:
    """Where to go on; only what a former page of the same list gave is taken."""
    if not text:
        return None
    try:
        key, order, *place = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, UnicodeError):
        key = order = ""
        place = []
    if (key, order) != (layer.key, str(sort)) or len(place) != 4:
        refuse("cursor", _("This is no cursor of this list; begin with its first page."))
    return Place(*place)


def ordered(layer: Layer, rows: Rows, sort: Sort) -> Rows:
    """The rows in order; what has no value comes last either way."""
    if sort.field is None:
        return rows.order_by(f"-{layer.identity}" if sort.descending else layer.identity)
    column = F(sort.field.column)
    first = column.desc(nulls_last=True) if sort.descending else column.asc(nulls_last=True)
    return rows.order_by(first, layer.identity)


def page(layer: Layer, user: Viewer, question: Question, *, sort: Sort, after: Place | None, limit: int) -> Page:
    """Up to `limit` rows that answer the question, after a place, with the cursor of the next ones."""
    rows = ask(layer, user, question)
    count, exact = (after.count, after.exact) if after else counted(rows)
    if after is not None:
        rows = _later(layer, rows, sort, after)
    some = list(placed(layer, user, ordered(layer, rows, sort)[: limit + 1]))
    found = some[:limit]
    goes_on = _cursor(layer, sort, found[-1], (count, exact)) if len(some) > limit else ""
    return Page(count, exact, [as_row(layer, user, one) for one in found], goes_on)


def counted(rows: Rows, most: int = MOST_COUNTED) -> tuple[int, bool]:
    """How many rows there are, and whether that is exact: the count of more than `most` would keep a page waiting."""
    count = rows.order_by().values("pk")[: most + 1].count()
    return min(count, most), count <= most


def placed(layer: Layer, user: Viewer, rows: Rows) -> Iterator[dict[str, Any]]:
    """Records with identity, a point that lies on each, and its box."""
    spot = Func(F(layer.geometry), function="ST_PointOnSurface", output_field=PointField(srid=4326))
    return records(
        layer,
        user,
        rows,
        _id=layer.identity,
        _lon=Func(spot, function="ST_X", output_field=FloatField()),
        _lat=Func(spot, function="ST_Y", output_field=FloatField()),
        _box=Box(layer.geometry),
    )


def _later(layer: Layer, rows: Rows, sort: Sort, after: Place) -> Rows:
    try:
        return rows.filter(_after(layer, sort, after))
    except (FieldError, ValueError, TypeError):
        refuse("cursor", _("This is no cursor of this list; begin with its first page."))


def _after(layer: Layer, sort: Sort, place: Place) -> Q:
    """Rows that come later in the order than the last one of the former page."""
    onward = "lt" if sort.descending else "gt"
    if sort.field is None:
        return Q(**{f"{layer.identity}__{onward}": place.identity})
    column = sort.field.column
    same = Q(**{f"{column}__isnull": True}) if place.value is None else Q(**{column: place.value})
    later = same & Q(**{f"{layer.identity}__gt": place.identity})
    if place.value is None:
        return later
    return later | Q(**{f"{column}__{onward}": place.value}) | Q(**{f"{column}__isnull": True})


def _cursor(layer: Layer, sort: Sort, last: Mapping[str, Any], total: tuple[int, bool]) -> str:
    value = last[sort.field.name] if sort.field else None
    place = [value.isoformat() if isinstance(value, date) else value, _plain(last["_id"]), *total]
    return signing.dumps([layer.key, str(sort), *place], salt=SALT, compress=True)


def _plain(identity: Any) -> Any:
    return identity if isinstance(identity, int | str) else str(identity)


def as_row(layer: Layer, user: Viewer, record: Mapping[str, Any]) -> dict[str, Any]:
    """A row as answers give it. Choices are codes in `fields` and words in the two lines."""
    fields = layer.fields_for(user)
    title, subtitle = lines(layer, fields, record)
    return {
        "id": str(record["_id"]),
        "title": title,
        "subtitle": subtitle,
        "lon": _degrees(record["_lon"]),
        "lat": _degrees(record["_lat"]),
        "bbox": record["_box"] if record["_lon"] is not None else None,
        "fields": {one.name: told(one, record[one.name]) if one.words else record[one.name] for one in fields},
    }


def _degrees(value: float | None) -> float | None:
    return None if value is None else round(value, 7)


def lines(layer: Layer, fields: tuple[Field, ...], record: Mapping[str, Any]) -> tuple[str, str]:
    """Two lines of words: what it is called, and what else tells it from others."""
    said = {one.name: told(one, record[one.name]) for one in fields if one.kind in {Kind.TEXT, Kind.CHOICE}}
    title = said.get(layer.label) or str(record["_id"])
    others = [text for name, text in said.items() if text and text != title and name not in ORIGIN]
    return title, " · ".join(others[:SUBTITLE_PARTS])


def told(one: Field, value: Any) -> str:
    """A value in words: the label of a choice, what the field makes of it; nothing for nothing."""
    if value is None:
        return ""
    if one.kind == Kind.CHOICE:
        return next((str(label) for choice, label in one.choices if choice == value), str(value))
    return one.words(value) if one.words else str(value)


def describe_fields(layer: Layer, user: Viewer) -> list[dict[str, Any]]:
    """The columns of a list, in the person's language."""
    return [
        {
            "name": one.name,
            "title": str(one.title),
            "kind": one.kind.value,
            "unit": str(one.unit),
            "choices": [{"value": value, "label": str(label)} for value, label in one.choices],
            "sorts": one.sorts,
        }
        for one in layer.fields_for(user)
    ]
