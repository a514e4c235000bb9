"""JSON bodies of requests, read with limits: what is no JSON, too deep, too large or no number is refused with 400."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

MAX_BYTES = 2_000_000
MAX_DEPTH = 32
MAX_VALUES = 200_000
MAX_DIGITS = 40


class GuardedJSON(BaseParser):
    """Reads `application/json`. ParseError (400) says what is wrong with it."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value of the body; strict JSON in UTF-8, no repeated names, finite numbers, no NUL."""
        return read(stream.read(MAX_BYTES + 1))


def read(body: bytes) -> Any:
    """The value of a JSON text within the limits; ParseError (400) otherwise."""
    if len(body) > MAX_BYTES:
        raise ParseError(_("The body is longer than %(limit)s bytes.") % {"limit": MAX_BYTES})
    _check_depth(body)
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_named_once,
            parse_constant=_no_number,
            parse_float=_finite,
            parse_int=_short,
        )
    except UnicodeDecodeError:
        raise ParseError(_("The body is not UTF-8.")) from None
    except ValueError:
        raise ParseError(_("The body is not JSON.")) from None
    _check_values(value)
    return value


def _check_depth(body: bytes) -> None:
    """Count brackets outside of strings, before anything recursive reads them."""
    depth = 0
    inside = escaped = False
    for byte in body:
        if inside:
            if escaped:
                escaped = False
            elif byte == 0x5C:  # backslash
                escaped = True
            elif byte == 0x22:  # quotation mark
                inside = False
        elif byte == 0x22:
            inside = True
        elif byte in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ParseError(_("The body is nested deeper than %(limit)s levels.") % {"limit": MAX_DEPTH})
        elif byte in b"]}":
            depth -= 1


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers of one repeated name may each take another of its values."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ParseError(_("The body names a field twice."))
    return found


def _no_number(text: str) -> float:
    raise ParseError(_("The body holds %(text)s, which is no number.") % {"text": text})


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ParseError(_("The body holds a number that is too large."))
    return value


def _short(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ParseError(_("The body holds a number that is too large."))
    return int(text)


def _check_values(value: Any) -> None:
    """No NUL, which PostgreSQL stores nowhere, no half surrogate pairs, and not too many values."""
    waiting, count = [value], 0
    while waiting:
        one = waiting.pop()
        count += 1
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str):
            _check_text(one)
        if count > MAX_VALUES:
            raise ParseError(_("The body holds more than %(limit)s values.") % {"limit": MAX_VALUES})


def _check_text(text: str) -> None:
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ParseError(_("The body holds a character that can't be stored."))
