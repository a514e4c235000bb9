"""Opening hours: a table of the week with special days, and whether something is open at a moment. No database, no
clock: the moment is an argument, as wall time of the place.

As JSON: {"week": [seven lists of ["08:00", "12:00"], Monday first], "days": {"2026-10-01": [spans, none = closed]}}.
A span that ends at or before its beginning ends on the next day; "24:00" is the end of the day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

DAY_MINUTES = 1440
MOST_SPANS = 6
MOST_DAYS = 100
#: How far ahead the next opening or closing is looked for.
HORIZON_DAYS = 370
CLOCK = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")

Span = tuple[int, int]
Spans = tuple[Span, ...]


class HoursError(ValueError):
    """A table that is none; `code` and `where` (a day, 0–6 or a date) say what is wrong with it."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{code} {where}".strip())
        self.code = code
        self.where = where


@dataclass(frozen=True)
class Hours:
    """Spans in minutes from the midnight that begins their day: (480, 720) is 08:00–12:00, (1320, 1560) 22:00–02:00."""

    week: tuple[Spans, ...]
    days: Mapping[date, Spans] = field(default_factory=dict)

    def on(self, day: date) -> Spans:
        """The spans that begin on a day."""
        return self.days.get(day, self.week[day.weekday()])

    def as_json(self) -> dict[str, Any]:
        """The table as it is stored; equal tables are equal JSON."""
        made: dict[str, Any] = {"week": [_written(spans) for spans in self.week]}
        if self.days:
            made["days"] = {day.isoformat(): _written(spans) for day, spans in sorted(self.days.items())}
        return made


@dataclass(frozen=True)
class State:
    """Whether it is open, and until when that stays so; None where it stays so for more than a year."""

    open: bool
    until: datetime | None


def state_at(hours: Hours, moment: datetime) -> State:
    """Open or closed at a moment of wall time (its zone, where it has one, is kept): a span holds its beginning and not
    its end. Spans that touch or overlap, also over midnight, are one."""
    now = moment.replace(tzinfo=None)
    for begins, ends in _periods(hours, now.date()):
        if ends <= now:
            continue
        if begins > now:
            return State(False, begins.replace(tzinfo=moment.tzinfo))
        last = now.date() + timedelta(days=HORIZON_DAYS)
        return State(True, None if ends.date() >= last else ends.replace(tzinfo=moment.tzinfo))
    return State(False, None)


def _periods(hours: Hours, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Open periods from the day before `day` on, in order, those that touch united."""
    waiting: tuple[datetime, datetime] | None = None
    for ahead in range(-1, HORIZON_DAYS):
        midnight = datetime.combine(day + timedelta(days=ahead), time.min)
        for start, end in sorted(hours.on(midnight.date())):
            begins, ends = midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)
            if waiting is None:
                waiting = (begins, ends)
            elif begins <= waiting[1]:
                waiting = (waiting[0], max(waiting[1], ends))
            else:
                yield waiting
                waiting = (begins, ends)
    if waiting is not None:
        yield waiting


def from_json(value: Any) -> Hours:
    """The table of stored or sent JSON. HoursError names what can't be used."""
    if not isinstance(value, Mapping) or not set(value) <= {"week", "days"}:
        raise HoursError("hours_not_a_table")
    week, days = value.get("week"), value.get("days", {})
    if not isinstance(week, list) or len(week) != 7 or not isinstance(days, Mapping) or len(days) > MOST_DAYS:
        raise HoursError("hours_not_a_table")
    spans = tuple(_spans(one, str(number)) for number, one in enumerate(week))
    special = {}
    for name, one in days.items():
        try:
            special[date.fromisoformat(str(name))] = _spans(one, str(name))
        except HoursError:
            raise
        except ValueError:
            raise HoursError("hours_not_a_day", str(name)[:20]) from None
    return Hours(spans, special)


def _spans(value: Any, where: str) -> Spans:
    if not isinstance(value, list) or len(value) > MOST_SPANS:
        raise HoursError("hours_too_many_spans", where)
    found = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(one, str) for one in pair):
            raise HoursError("hours_not_a_span", where)
        found.append(span(pair[0], pair[1], where))
    found.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(found)):
        raise HoursError("hours_spans_overlap", where)
    return tuple(found)


def span(begins: str, ends: str, where: str = "") -> Span:
    """Two clock times as a span; HoursError where one is no time of day."""
    start, end = _minutes(begins, where), _minutes(ends, where)
    if start >= DAY_MINUTES:
        raise HoursError("hours_not_a_time", where)
    return (start, end if end > start else end + DAY_MINUTES)


def _minutes(text: str, where: str) -> int:
    found = CLOCK.fullmatch(text)
    minutes = int(found[1]) * 60 + int(found[2]) if found else DAY_MINUTES + 1
    if minutes > DAY_MINUTES:
        raise HoursError("hours_not_a_time", where)
    return minutes


def clock(minutes: int) -> str:
    """Minutes of a day as a clock shows them; the end of the day is 24:00, later ones are the next day's."""
    shown = minutes if minutes <= DAY_MINUTES else minutes - DAY_MINUTES
    return f"{shown // 60:02d}:{shown % 60:02d}"


def _written(spans: Spans) -> list[list[str]]:
    return [[clock(start), clock(end)] for start, end in sorted(spans)]
