"""What a request for features asks: the parameters of Part 1 and 2, and the properties of the collection."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Polygon
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from gridmap.accounts.roles import Verb
from layers.asking import Question
from layers.layer import Field, Filter, Kind, Layer
from layers.ogc.periods import Period, read_period
from layers.ogc.systems import CRS84, System, in_degrees, read_system
from layers.reading import filters_of, known_names, read_integer, read_moment, read_number, refuse

FORMATS = ("json", "html")
USUAL, MOST = 5_000, 10_000
MOST_SKIPPED = 10_000_000
PARAMETERS = ("f", "bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "cursor")
#: What makes the pages of one answer: everything else in the address narrows or shapes it.
PAGING = frozenset({"cursor", "limit", "offset", "f"})
SALT = "layers.ogc"


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: behind a row, or before one (then it ends there); and what the first page found: its moment,
    and how many rows answer, so that a million are not counted with each page."""

    after: Any = None
    before: Any = None
    at: datetime | None = None
    matched: int | None = None


@dataclass(frozen=True)
class Asked:
    """A request, read. `period` is None where nothing is said; `limit` is at most 10 000."""

    question: Question
    period: Period | None
    system: System
    limit: int
    offset: int
    cursor: Cursor


def fields_of(layer: Layer) -> tuple[Field, ...]:
    """The properties of a collection: those columns that anybody who sees the map may see."""
    return tuple(one for one in layer.fields if one.verb == Verb.VIEW)


def filterable(layer: Layer) -> Layer:
    """The layer with an equality on each property besides its own filters."""
    known = {one.name for one in layer.filters}
    more = (
        Filter(one.name, one.title, one.column, one.kind, one.choices)
        for one in fields_of(layer)
        if one.name not in known
    )
    return replace(layer, filters=(*layer.filters, *more))


def read_asked(layer: Layer, asked: QueryDict, *, area: str = "") -> Asked:
    """The request of a query string to a layer that `filterable` made; `area` is what a token narrows it to.

    ValidationError (400) names the parameter that can't be used, also one that nobody knows (Part 1, 7.6).
    """
    names = {one.name for one in layer.filters}
    known_names(asked, {*names, *PARAMETERS})
    period = read_period(asked.get("datetime", ""))
    system = read_system(asked.get("bbox-crs", ""), "bbox-crs")
    question = Question(
        filters=filters_of(layer.filters, {one.name: _words(one, asked) for one in layer.filters if one.name in asked}),
        area=area,
        shape=_box(asked.get("bbox", ""), system),
    )
    return Asked(
        question=question,
        period=period,
        system=read_system(asked.get("crs", ""), "crs"),
        limit=_limit(asked.get("limit", "")),
        offset=_offset(asked.get("offset", "")),
        cursor=_read_cursor(layer, asked),
    )


def _words(one: Filter, asked: QueryDict) -> list[str]:
    """The values of a filter; text is not split, for a name may hold a comma."""
    said = asked.getlist(one.name)
    return said if one.kind == Kind.TEXT else [word for text in said for word in text.split(",")]


def _limit(text: str) -> int:
    """More than the most is the most, not an error (Part 1, 7.15.2)."""
    found = read_integer(text, "limit") if text else USUAL
    if found < 1:
        refuse("limit", _("At least one."))
    return min(found, MOST)


def _offset(text: str) -> int:
    found = read_integer(text, "offset") if text else 0
    if not 0 <= found <= MOST_SKIPPED:
        refuse("offset", _("At most %(most)s can be left out.") % {"most": MOST_SKIPPED})
    return found


def _box(text: str, system: System) -> GEOSGeometry | None:
    """The box as one shape, or two on both sides of the antimeridian; heights are left out."""
    if not text:
        return None
    numbers = [read_number(edge.strip(), "bbox") for edge in text.split(",")]
    if len(numbers) == 6:
        numbers = [*numbers[0:2], *numbers[3:5]]
    if len(numbers) != 4:
        refuse("bbox", _("A box has four numbers, or six with heights."))
    west, south, east, north = in_degrees((numbers[0], numbers[1], numbers[2], numbers[3]), system)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        refuse("bbox", _("The box does not lie on the earth, or its corners are in the wrong order for its system."))
    if west <= east:
        return _polygon(west, south, east, north)
    return MultiPolygon(_polygon(west, south, 180, north), _polygon(-180, south, east, north), srid=4326)


def _polygon(west: float, south: float, east: float, north: float) -> Polygon:
    """A box a hair wider than nothing, so that one without width is a polygon still."""
    east, north = max(east, math.nextafter(west, math.inf)), max(north, math.nextafter(south, math.inf))
    polygon = Polygon.from_bbox((west, south, east, north))
    polygon.srid = 4326
    return polygon


# --- where a page begins ----------------------------------------------------------------------------------------------
def write_cursor(layer: Layer, asked: QueryDict, cursor: Cursor) -> str:
    """The cursor for the address of another page of the very same question; nobody else's question takes it."""
    at = cursor.at.isoformat() if cursor.at else None
    said = {"a": cursor.after, "b": cursor.before, "t": at, "n": cursor.matched}
    return signing.dumps({name: value for name, value in said.items() if value is not None}, salt=_salt(layer, asked))


def _read_cursor(layer: Layer, asked: QueryDict) -> Cursor:
    text = asked.get("cursor", "")
    if not text:
        return Cursor()
    try:
        said: Mapping[str, Any] = signing.loads(text, salt=_salt(layer, asked))
    except signing.BadSignature:
        refuse("cursor", _("This is no page of this answer. Begin with the first one."))
    at = read_moment(said["t"], "cursor") if "t" in said else None
    return Cursor(said.get("a"), said.get("b"), at, said.get("n"))


def _salt(layer: Layer, asked: QueryDict) -> str:
    said = sorted((name, sorted(asked.getlist(name))) for name in asked if name not in PAGING)
    return f"{SALT}.{hashlib.sha256(repr((layer.key, said)).encode()).hexdigest()}"


def format_of(request: HttpRequest) -> str:
    """`json` or `html`: by `f`, else by what the program accepts."""
    said = request.GET.get("f", "").lower()
    if said and said not in FORMATS:
        refuse("f", _("Only json and html are offered."))
    return said or ("html" if "text/html" in request.headers.get("Accept", "") else "json")


def is_default(system: System) -> bool:
    """Whether a client need not say it."""
    return system is CRS84
