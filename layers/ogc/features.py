"""Features as text, made by the database and handed on piece by piece: memory does not grow with the page."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, DecimalField, F, Func, Min, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from gridmap.territory.querysets import Viewer
from layers.asking import Question, ask
from layers.layer import Kind, Layer, Rows
from layers.ogc.asked import Asked, Cursor, fields_of
from layers.ogc.periods import Period
from layers.ogc.systems import System
from layers.reading import read_moment

#: For the count and for the page; compiling these statements (jit) takes longer than they run.
SETTINGS = """SELECT set_config('statement_timeout', '60000', true), set_config('jit', 'off', true),
                     set_config('idle_in_transaction_session_timeout', '60000', true)"""
CHUNK_ROWS = 500
CHUNK_BYTES = 65_536
#: Between the id of a thing and the moment from which an edition of it is in force.
EDITION = "@"
#: When a row of a dated layer is in force; property → the end of it.
VALID = "valid"
ENDS = {"valid_from": "lower", "valid_to": "upper"}
#: A whole number among measured ones keeps its point: readers take the type of a column from its first rows.
MEASURED = DecimalField(max_digits=24, decimal_places=6)
#: (pages' cursor) → links of an answer.
Links = Callable[[Cursor | None, Cursor | None], list[dict[str, str]]]


@dataclass(frozen=True)
class Page:
    """What a request asks, all rows that answer it, and the moment at which dated ones are seen."""

    layer: Layer
    asked: Asked
    rows: Rows
    at: datetime | None

    @property
    def is_history(self) -> bool:
        """Whether several editions of one thing may be among the rows."""
        return is_history(self.layer, self.asked.period)


def page_of(layer: Layer, user: Viewer, asked: Asked, *, now: datetime) -> Page:
    """The rows behind a request. All pages of an answer see dated boundaries as the first one saw them."""
    if not layer.dated:
        return Page(layer, asked, ask(layer, user, asked.question), None)
    if is_history(layer, asked.period):
        return Page(layer, asked, _history(layer, user, asked.question, asked.period), None)
    said = asked.period.instant if asked.period else None
    at = said or asked.cursor.at or now
    return Page(layer, asked, ask(layer, user, replace(asked.question, moment=at)), at)


def is_history(layer: Layer, period: Period | None) -> bool:
    """Whether an interval is asked of a dated layer."""
    return layer.spans is not None and period is not None and period.instant is None


def _history(layer: Layer, user: Viewer, question: Question, period: Period | None) -> Rows:
    spans = layer.spans
    assert spans is not None and period is not None  # noqa: S101  (for the type checker: `is_history` says so)
    return ask(replace(layer, rows=lambda viewer, _moment: spans(viewer, period.as_range())), user, question)


def find_one(layer: Layer, user: Viewer, key: str, question: Question, *, now: datetime) -> Rows:
    """The row with this id, in force now, or at the moment behind `@`; no row where there is none."""
    identity, at, moment = key.partition(EDITION)
    wanted = replace(question, ids=[identity])
    if not layer.dated:
        return ask(layer, user, replace(question, ids=[key]))
    return ask(layer, user, replace(wanted, moment=read_moment(moment, "featureId") if at else wanted.moment or now))


def count(rows: Rows) -> int:
    """How many rows there are on all pages."""
    with _quick():
        return int(rows.count())


# --- writing ----------------------------------------------------------------------------------------------------------
def feature_columns(layer: Layer, system: System, *, is_history: bool) -> list[Combinable]:
    """Id, geometry and properties of a row, each as JSON text."""
    identity: Any = Cast(F(layer.identity), TextField())
    if is_history:
        since = Func(F(VALID), template="to_char(lower(%(expressions)s) AT TIME ZONE 'UTC', %(stamp)s)", stamp=STAMP)
        identity = Concat(identity, Value(EDITION), since, output_field=TextField())
    shape = Func(F(layer.geometry), template=system.template, output_field=TextField())
    pairs = [part for one in fields_of(layer) for part in (_text(one.name), _value(one.column, one.kind))]
    if layer.dated and layer.spans is not None:
        pairs += [part for name, end in ENDS.items() for part in (_text(name), Func(F(VALID), function=end))]
    template = "json_build_object(%(expressions)s)::text"
    return [
        Func(identity, template="to_json(%(expressions)s)::text", output_field=CharField()),
        shape,
        Func(*pairs, template=template, output_field=TextField()),
    ]


#: RFC 3339, to the microsecond, as PostgreSQL's `to_char` writes it.
STAMP = """'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'"""


def _text(name: str) -> Combinable:
    return Cast(Value(name), TextField())


def _value(column: str, kind: Kind) -> Combinable:
    return Cast(F(column), MEASURED) if kind == Kind.NUMBER else F(column)


def one_feature(rows: Rows, layer: Layer, system: System) -> str | None:
    """The one row as a feature without its last brace, or None."""
    row = rows.order_by("pk").values_list(*feature_columns(layer, system, is_history=False)).first()
    return _open_feature(*row) if row else None


def _open_feature(identity: str, shape: str | None, properties: str) -> str:
    """A feature; `}` is left out, for links may follow."""
    return f'{{"type":"Feature","id":{identity},"geometry":{shape or "null"},"properties":{properties}'


def stream(page: Page, links: Links) -> Iterator[bytes]:
    """The FeatureCollection in pieces of some 64 kB. Links and numbers that only the end knows stand at the end."""
    matched = page.asked.cursor.matched
    matched = count(page.rows) if matched is None else matched
    parts = [f'{{"type":"FeatureCollection","numberMatched":{matched},"timeStamp":"{_stamp()}","features":[']
    size, first, last, number = 0, None, None, 0
    with _quick():
        rows, has_more = _rows_of(page)
        columns = feature_columns(page.layer, page.asked.system, is_history=page.is_history)
        for key, *texts in rows.values_list("pk", *columns).iterator(chunk_size=CHUNK_ROWS):
            if number == page.asked.limit:
                has_more = True
                break
            text = f"{',' if number else ''}{_open_feature(*texts)}}}"
            first, last, number = (key if first is None else first), key, number + 1
            parts.append(text)
            size += len(text)
            if size > CHUNK_BYTES:
                yield "".join(parts).encode()
                parts, size = [], 0
    ahead = Cursor(after=last, at=page.at, matched=matched) if has_more and number else None
    behind = Cursor(before=first, at=page.at, matched=matched) if _has_before(page) and number else None
    parts.append(f'],"numberReturned":{number},"links":{json.dumps(links(ahead, behind), ensure_ascii=False)}}}')
    yield "".join(parts).encode()


def _rows_of(page: Page) -> tuple[Rows, bool]:
    """The rows of this page and one more; whether there are more is known already on the way back."""
    cursor, rows, limit = page.asked.cursor, page.rows.order_by("pk"), page.asked.limit
    if cursor.before is not None:
        below = page.rows.filter(pk__lt=cursor.before)
        first = below.order_by("-pk").values_list("pk", flat=True)[:limit]
        start = min(first, default=None)
        return (rows.filter(pk__gte=start, pk__lt=cursor.before) if start is not None else rows.none()), True
    if cursor.after is not None:
        return rows.filter(pk__gt=cursor.after)[: limit + 1], False
    return rows[page.asked.offset : page.asked.offset + limit + 1], False


def _has_before(page: Page) -> bool:
    """Whether a page stands before this one: on the way back only where a row does."""
    cursor = page.asked.cursor
    if cursor.before is None:
        return cursor.after is not None or page.asked.offset > 0
    return page.rows.filter(pk__lt=cursor.before).order_by("pk")[page.asked.limit :].exists()


def _stamp() -> str:
    return timezone.now().isoformat(timespec="seconds").replace("+00:00", "Z")


@contextmanager
def _quick() -> Iterator[None]:
    """A transaction in which no statement runs for more than a minute, and no reader keeps it waiting for longer."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(SETTINGS)
        yield


def since(layer: Layer, user: Viewer) -> datetime | None:
    """When the oldest edition of a dated layer came into force; None for other layers."""
    if layer.spans is None:
        return None
    found: dict[str, datetime | None] = layer.spans(user, Period(None, None).as_range()).aggregate(
        first=Min(Func(F(VALID), function="lower"))
    )
    return found["first"]
