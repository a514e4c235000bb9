"""The `datetime` of a request: an instant, or an interval of which either end may be open."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from layers.reading import read_moment, refuse

FIELD = "datetime"
OPEN_END = frozenset({"", ".."})


@dataclass(frozen=True)
class Period:
    """From `start` to `end`, both included, None for an open end; an instant where both are the same."""

    start: datetime | None
    end: datetime | None

    @property
    def instant(self) -> datetime | None:
        """The one moment, or None for an interval."""
        return self.start if self.start == self.end else None

    def as_range(self) -> DateTimeTZRange:
        """The same for the database."""
        return DateTimeTZRange(self.start, self.end, "[]")


def read_period(text: str) -> Period | None:
    """What `datetime` says (RFC 3339, a day alone is all of that day here); None where nothing is said."""
    if not text:
        return None
    first, slash, last = text.partition("/")
    if not slash:
        return Period(_start(first), _end(first) if _day(first) else _start(first))
    if first in OPEN_END and last in OPEN_END:
        refuse(FIELD, _("An interval has at least one end."))
    start = None if first in OPEN_END else _start(first)
    end = None if last in OPEN_END else _end(last)
    if start is not None and end is not None and start > end:
        refuse(FIELD, _("The interval ends before it begins."))
    return Period(start, end)


def _start(text: str) -> datetime:
    return read_moment(text, FIELD)


def _end(text: str) -> datetime:
    """The last moment of a day, or the moment itself."""
    day = _day(text)
    if day is None or day == date.max:
        return read_moment(text, FIELD)
    return read_moment(str(day + timedelta(days=1)), FIELD) - timedelta(microseconds=1)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
