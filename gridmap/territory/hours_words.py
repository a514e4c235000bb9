"""Opening hours in words: lines of days that have the same spans, and whether it is open now."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridmap.territory.hours import Hours, Spans, State, clock
from gridmap.territory.hours_text import read_hours

DAYS = (
    gettext_lazy("Mon"), gettext_lazy("Tue"), gettext_lazy("Wed"), gettext_lazy("Thu"), gettext_lazy("Fri"),
    gettext_lazy("Sat"), gettext_lazy("Sun"),
)  # fmt: skip
WHOLE_DAY: Spans = ((0, 1440),)


def week_lines(hours: Hours) -> list[tuple[str, str]]:
    """(days, spans) from Monday on, days in a row with the same spans in one line; then the special days."""
    lines = []
    first = 0
    for day in range(1, 8):
        if day == 7 or hours.week[day] != hours.week[first]:
            lines.append((_days(first, day - 1), spans_text(hours.week[first])))
            first = day
    return lines + [(date_format(day, "Y-m-d"), spans_text(spans)) for day, spans in sorted(hours.days.items())]


def _days(first: int, last: int) -> str:
    if (first, last) == (0, 6):
        return _("daily")
    return str(DAYS[first]) if first == last else _("%(first)s–%(last)s") % {"first": DAYS[first], "last": DAYS[last]}


def spans_text(spans: Spans) -> str:
    """The spans of one day."""
    if not spans:
        return _("closed")
    if spans == WHOLE_DAY:
        return _("around the clock")
    return _(", ").join(f"{clock(start)}–{clock(end)}" for start, end in spans)


def week_text(hours: Hours) -> str:
    """All of it in one line."""
    return _("; ").join(f"{days} {spans}" for days, spans in week_lines(hours))


def text_told(text: str) -> str:
    """Opening hours as somebody wrote them, in the reader's words; as they are where they can't be read for certain."""
    reading = read_hours(text)
    if reading.hours is None:
        return text
    told = _short(reading.hours)
    return _("%(hours)s (other hours on holidays)") % {"hours": told} if reading.left else told


def _short(hours: Hours) -> str:
    """In one line, without the days on which it is closed."""
    if set(hours.week) == {WHOLE_DAY} and not hours.days:
        return _("around the clock")
    closed = spans_text(())
    lines = [f"{days} {spans}" for days, spans in week_lines(hours) if spans != closed]
    return _("; ").join(lines) or closed


def state_text(state: State, now: datetime) -> str:
    """“Open until 17:00”, “Closed until Mon 08:30”."""
    if state.until is None:
        return _("Open around the clock") if state.open else _("Closed for the time being")
    until = _moment(state.until, now.date())
    return (
        _("Open until %(until)s") % {"until": until} if state.open else _("Closed until %(until)s") % {"until": until}
    )


def _moment(until: datetime, today: date) -> str:
    time = f"{until:%H:%M}"
    if until.date() == today:
        return time
    if until.date() == today + timedelta(days=1):
        return _("tomorrow %(time)s") % {"time": time}
    if until.date() < today + timedelta(days=7):
        return f"{DAYS[until.weekday()]} {time}"
    return f"{until:%Y-%m-%d} {time}"
