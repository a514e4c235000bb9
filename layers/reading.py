"""From the words of a request to the values of a question; what can't be used is refused by the name of its field."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from layers.layer import Filter, Kind

AREA = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15}")
#: Between the ends of a range; either end may be missing.
RANGE = ".."
FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "unknown": None}
MOST_VALUES = 200
LONGEST_VALUE = 200
LONGEST_WORDS = 100
MOST_WORDS = 8
MOST_IDS = 5_000
#: Beyond what any column of whole numbers holds.
LARGEST_INTEGER = 2**63 - 1


@dataclass(frozen=True)
class Span:
    """From `low` to `high`, both included; None is an open end."""

    low: Any
    high: Any


@dataclass(frozen=True)
class Box:
    """Degrees; a box that begins east of where it ends lies across the antimeridian."""

    west: float
    south: float
    east: float
    north: float


def refuse(field: str, message: str) -> NoReturn:
    """Raise the refusal (400) that names the field."""
    raise ValidationError({field: [message]})


def read_values(one: Filter, words: Iterable[Any], field: str) -> list[Any]:
    """What a filter is asked for, in the types of its column; [] where nothing is said."""
    said = [text for text in (as_text(word, field).strip() for word in words) if text]
    if len(said) > MOST_VALUES:
        refuse(field, _("At most %(most)s values can be asked for.") % {"most": MOST_VALUES})
    return [_value(one, text, field) for text in said]


def as_text(word: Any, field: str) -> str:
    """A value of a query or a JSON body as text; lists and objects are refused."""
    if isinstance(word, bool):
        return "true" if word else "false"
    if not isinstance(word, str | int | float):
        refuse(field, _("A value is text, a number, true or false."))
    text = str(word)
    if len(text) > LONGEST_VALUE or "\x00" in text:
        refuse(field, _("The value is too long or holds a character that can't be used."))
    return text


def _value(one: Filter, text: str, field: str) -> Any:
    if one.kind == Kind.CHOICE and one.choices:
        known = {str(value): value for value, _label in one.choices}
        if text not in known:
            refuse(field, _("“%(value)s” is none of the choices.") % {"value": text})
        return known[text]
    if one.kind in {Kind.TEXT, Kind.CHOICE}:
        return text
    if one.kind == Kind.FLAG:
        if text.lower() not in FLAGS:
            refuse(field, _("“%(value)s” is neither 1, 0 nor unknown.") % {"value": text})
        return FLAGS[text.lower()]
    return _ordered(one.kind, text, field)


def _ordered(kind: Kind, text: str, field: str) -> Any:
    """A number or a time, or a range of them (`2..5`, `..5`, `2..`)."""
    if RANGE not in text:
        return _scalar(kind, text, field)
    low, high = (end.strip() for end in text.split(RANGE, 1))
    return Span(_scalar(kind, low, field) if low else None, _scalar(kind, high, field) if high else None)


def _scalar(kind: Kind, text: str, field: str) -> Any:
    if kind == Kind.INTEGER:
        return read_integer(text, field)
    if kind == Kind.NUMBER:
        return read_number(text, field)
    return read_day(text, field) if kind == Kind.DAY else read_moment(text, field)


def read_integer(text: str, field: str) -> int:
    """A whole number that a column can hold."""
    if not re.fullmatch(r"[+-]?[0-9]{1,19}", text) or abs(int(text)) > LARGEST_INTEGER:
        refuse(field, _("“%(value)s” is not a whole number.") % {"value": text})
    return int(text)


def read_number(value: Any, field: str) -> float:
    """A finite number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        refuse(field, _("“%(value)s” is not a number.") % {"value": str(value)[:40]})
    return number


def read_day(text: str, field: str) -> date:
    """A day as YYYY-MM-DD."""
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        refuse(field, _("“%(value)s” is not a day (YYYY-MM-DD).") % {"value": text[:40]})
    return found


def read_moment(text: str, field: str) -> datetime:
    """A time by RFC 3339; without an offset it is the platform's own time, and a day stands for its beginning."""
    try:
        found = parse_datetime(text) or parse_datetime(f"{text}T00:00:00")
        if found is not None and timezone.is_naive(found):
            found = timezone.make_aware(found)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        refuse(field, _("“%(value)s” is not a time (RFC 3339).") % {"value": text[:40]})
    return found


def read_area(value: Any, field: str = "area") -> str:
    """A region's or grid's code or a prefix of one; "" where nothing is said."""
    text = as_text(value, field).strip()
    if text and not AREA.fullmatch(text):
        refuse(field, _("An area has 2, 4, 6, 9, 12 or 15 digits."))
    return text


def read_words(value: Any, field: str = "q") -> str:
    """A few words to look for."""
    text = " ".join(as_text(value, field).split())
    if len(text) > LONGEST_WORDS or len(text.split()) > MOST_WORDS:
        refuse(field, _("At most %(words)s words and %(letters)s letters can be looked for.")
               % {"words": MOST_WORDS, "letters": LONGEST_WORDS})  # fmt: skip
    return text


def read_ids(value: Any, field: str = "ids") -> tuple[str, ...]:
    """Identities of rows, as a list or with commas between; none of them is none, not all."""
    words: Sequence[Any] = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, list | tuple):
        refuse(field, _("Identities are a list."))
    if len(words) > MOST_IDS:
        refuse(field, _("At most %(most)s values can be asked for.") % {"most": MOST_IDS})
    return tuple(text for text in (as_text(word, field).strip() for word in words) if text)


def read_box(value: Any, field: str = "bbox") -> Box | None:
    """[west, south, east, north] in degrees, as a list or with commas between; None where nothing is said."""
    edges = [edge for edge in value.split(",") if edge.strip()] if isinstance(value, str) else value
    if not edges:
        return None
    if not isinstance(edges, list | tuple) or len(edges) != 4:
        refuse(field, _("A box is west,south,east,north in degrees."))
    west, south, east, north = (read_number(edge, field) for edge in edges)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        refuse(field, _("A box is west,south,east,north in degrees."))
    return Box(west, south, east, north)


def known_names(given: Iterable[str], known: Iterable[str], prefix: str = "") -> None:
    """Refuse what nobody can answer, by its name: a misspelt filter would otherwise seem to match everything."""
    for name in given:
        if name not in known:
            refuse(f"{prefix}{name}"[:LONGEST_VALUE], _("There is no such filter or parameter."))


def filters_of(filters: Sequence[Filter], asked: Mapping[str, Any], prefix: str = "") -> dict[str, list[Any]]:
    """Filter → values, for those that are asked for something. A value is one, or a list of them."""
    known_names(asked, {one.name for one in filters}, prefix)
    found: dict[str, list[Any]] = {}
    for one in filters:
        words = asked.get(one.name, [])
        values = read_values(one, words if isinstance(words, list | tuple) else [words], f"{prefix}{one.name}")
        if values:
            found[one.name] = values
    return found
