"""One question to any layer of the catalogue: lists, counts, selections, exports and other people's tools ask alike.

`parse` and `read` make a question of a request, `ask` makes rows of a question, `records` makes values of rows. What
lies where is decided by the database, with the layer's spatial index first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.gis.db.models import PointField
from django.contrib.gis.geos import GEOSGeometry, Point, Polygon
from django.core.exceptions import FieldDoesNotExist
from django.core.exceptions import ValidationError as FieldError
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.expressions import Combinable
from django.http import QueryDict
from django.utils.translation import gettext as _

from gridmap.territory.querysets import Viewer
from layers.layer import GRID_DIGITS, Filter, Kind, Layer, Rows
from layers.reading import (
    Box,
    Span,
    filters_of,
    known_names,
    read_area,
    read_box,
    read_ids,
    read_moment,
    read_words,
    refuse,
)
from layers.shapes import Near, read_shape

#: What any layer can be asked besides its own filters; no filter has one of these names.
PARTS = ("area", "bbox", "shape", "at", "ids", "q")
#: Parameters of the addresses that ask: they order and page, and narrow nothing.
PAGING = ("sort", "cursor", "limit")
REGION_DIGITS = 12
CHUNK_ROWS = 2_000


@dataclass(frozen=True)
class Question:
    """What is asked of a layer; everything given must hold. Of several values of one filter any may hold.

    `bbox` keeps what overlaps the box by its own box (the spatial index alone decides), `shape` and `near` keep what
    really meets them. `moment` is for dated layers; None is now.
    """

    filters: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    area: str = ""
    bbox: Box | None = None
    shape: GEOSGeometry | None = None
    near: Near | None = None
    moment: datetime | None = None
    ids: Sequence[str] | None = None
    q: str = ""


def parse(layer: Layer, asked: QueryDict, also: Sequence[str] = PAGING) -> Question:
    """The question of a query string: the layer's filters by name (`kind=a,b`), `area`, `bbox`, `at`, `ids`, `q`.

    ValidationError (400) names the parameter that can't be used; one that is neither known nor in `also` is refused.
    """
    filters = {one.name for one in layer.filters}
    known_names(asked, {*filters, *PARTS, *also} - {"shape"})
    body: dict[str, Any] = {name: asked[name] for name in PARTS if name in asked}
    words = {name: [word for text in asked.getlist(name) for word in text.split(",")] for name in filters & set(asked)}
    return _question(layer, body, filters_of(layer.filters, words))


def read(layer: Layer, body: Mapping[str, Any], prefix: str = "") -> Question:
    """The question of a JSON body: {"filters": {name: [values]}, "area", "bbox", "shape", "at", "ids", "q"}."""
    filters = body.get("filters") or {}
    if not isinstance(filters, Mapping):
        refuse(f"{prefix}filters", _("Filters are an object: name → values."))
    known_names((name for name in body if name != "filters"), PARTS, prefix)
    return _question(layer, body, filters_of(layer.filters, filters, f"{prefix}filters."), prefix)


def _question(layer: Layer, body: Mapping[str, Any], filters: Mapping[str, list[Any]], prefix: str = "") -> Question:
    drawn = read_shape(body.get("shape"), f"{prefix}shape")
    at = str(body.get("at") or "").strip()
    if at and not layer.dated:
        refuse(f"{prefix}at", _("This layer has no earlier states."))
    return Question(
        filters=filters,
        area=read_area(body.get("area") or "", f"{prefix}area"),
        bbox=read_box(body.get("bbox") or "", f"{prefix}bbox"),
        shape=None if isinstance(drawn, Near) else drawn,
        near=drawn if isinstance(drawn, Near) else None,
        moment=read_moment(at, f"{prefix}at") if at else None,
        ids=None if body.get("ids") in (None, "") else read_ids(body["ids"], f"{prefix}ids"),
        q=read_words(body.get("q") or "", f"{prefix}q"),
    )


def ask(layer: Layer, user: Viewer, question: Question) -> Rows:
    """The rows of the layer that the person may see and that answer the question, in no order."""
    if not layer.open_to(user):
        return layer.rows(user, None).none()
    rows = layer.rows(user, question.moment)
    for one in layer.filters:
        if values := question.filters.get(one.name):
            rows = rows.filter(_matching(one, values))
    if question.area:
        rows = layer.inside(rows, _full_code(question.area))
    if question.ids is not None:
        rows = rows.filter(**{f"{layer.identity}__in": _identities(rows, layer.identity, question.ids)})
    if question.q:
        rows = _naming(layer, user, rows, question.q)
    return _meeting(layer, rows, question)


def _matching(one: Filter, values: Sequence[Any]) -> Q:
    """Any of the values; a missing value is asked for as None."""
    plain = [value for value in values if value is not None and not isinstance(value, Span)]
    condition = Q(**{f"{one.column}__in": plain}) if plain else Q()
    for value in values:
        if value is None:
            condition |= Q(**{f"{one.column}__isnull": True})
        elif isinstance(value, Span):
            ends = (("gte", value.low), ("lte", value.high))
            condition |= Q(**{f"{one.column}__{name}": end for name, end in ends if end is not None})
    return condition


def _full_code(code: str) -> str:
    """A prefix as the code of the region that it stands for."""
    return code if len(code) == GRID_DIGITS else code.ljust(REGION_DIGITS, "0")


def _identities(rows: Rows, identity: str, ids: Sequence[str]) -> list[Any]:
    """The ids in the type of their column; what no row can have as its id is left out."""
    model: Any = rows.model
    try:
        for name in identity.split("__"):
            column: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
            column = getattr(column, "target_field", column)
            model = column.model
    except FieldDoesNotExist:
        return list(ids)
    found = []
    for one in ids:
        try:
            value = column.to_python(one)
            column.run_validators(value)
        except FieldError:
            continue
        found.append(value)
    return found


def _naming(layer: Layer, user: Viewer, rows: Rows, q: str) -> Rows:
    """Rows that hold every word in some field of text, or as the label of a choice."""
    fields = [one for one in layer.fields_for(user) if one.kind in {Kind.TEXT, Kind.CHOICE}]
    for word in q.split():
        condition = Q()
        for one in fields:
            if one.kind == Kind.TEXT:
                condition |= Q(**{f"{one.column}__icontains": word})
            elif meant := [value for value, label in one.choices if word.lower() in str(label).lower()]:
                condition |= Q(**{f"{one.column}__in": meant})
        rows = rows.filter(condition) if condition else rows.none()
    return rows


def _meeting(layer: Layer, rows: Rows, question: Question) -> Rows:
    """Rows on the ground that is asked about."""
    if question.bbox is not None:
        rows = rows.filter(_overlapping(layer.geometry, question.bbox))
    if question.shape is not None:
        rows = rows.filter(**{f"{layer.geometry}__intersects": question.shape})
    if question.near is not None:
        around = _polygon(*question.near.box())
        rows = rows.filter(_within(layer.geometry, question.near), **{f"{layer.geometry}__bboverlaps": around})
    return rows


def _overlapping(geometry: str, box: Box) -> Q:
    """By boxes alone, through the index; across the antimeridian it is one box on each side."""
    if box.west <= box.east:
        return Q(**{f"{geometry}__bboverlaps": _polygon(box.west, box.south, box.east, box.north)})
    parts = (_polygon(box.west, box.south, 180, box.north), _polygon(-180, box.south, box.east, box.north))
    return Q(**{f"{geometry}__bboverlaps": parts[0]}) | Q(**{f"{geometry}__bboverlaps": parts[1]})


def _polygon(west: float, south: float, east: float, north: float) -> Polygon:
    polygon = Polygon.from_bbox((west, south, east, north))
    polygon.srid = 4326
    return polygon


class Geography(Func):
    """A shape in degrees, measured in metres on the ellipsoid."""

    template = "(%(expressions)s)::geography"


def _within(geometry: str, near: Near) -> Func:
    """Not farther than the radius, along the ellipsoid."""
    centre = Value(Point(near.lon, near.lat, srid=4326), output_field=PointField(srid=4326))
    sides = (Geography(F(geometry)), Geography(centre), Value(near.radius_m))
    return Func(*sides, function="ST_DWithin", output_field=BooleanField())


def records(layer: Layer, user: Viewer, rows: Rows, **more: Combinable | str) -> Iterator[dict[str, Any]]:
    """The values of rows by field name, of those fields that the person's rights show, one by one.

    `more` are columns or expressions to be given besides, by their own names (no field name begins with `_`). Rows
    come through a cursor of the server: a million of them take no memory here.
    """
    fields = layer.fields_for(user)
    names = [*(one.name for one in fields), *more]
    columns: list[Any] = [*(one.column for one in fields), *more.values()]
    for row in rows.values_list(*columns).iterator(chunk_size=CHUNK_ROWS):
        yield dict(zip(names, row, strict=True))
