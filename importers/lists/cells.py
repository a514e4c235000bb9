"""Cells of people's lists as they are typed, to values as they are kept; what says nothing certain is refused.

No refusal repeats a personal value: it carries `shown`, the value masked as it may be seen everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta

from gridmap.population.values import (
    birthday_in,
    id_number_fault,
    may_live,
    name_holds,
    name_text,
    phone_holds,
    phone_text,
)
from gridmap.vault.masks import MaskKind, looks_masked, mask
from importers.columns import plain
from importers.records import RefusedError, Value
from importers.values import NOTHING, Cast, choice

NAME_CHARACTERS = 60
#: Days in lists, of whatever kind; birthdays have a closer rule.
YEARS = range(1880, 2201)
_EDGE = " \t\r\n'‘’`´\u200b\u200c\u200d\u2060\ufeff"
_NOTHING = {plain(nothing) for nothing in NOTHING}
_WRAPPED = re.compile(r'^="?(.*?)"?$')
_FORMULA = re.compile(r"^[=@]|^[+-](?![\d.])")
_SCIENTIFIC = re.compile(r"^\d(\.\d+)?[Ee]\+?\d{1,2}$")
_COUNTRY = re.compile(r"(?<!\d)(?:\+|00)?86[\s-]*(?=1(?:[ -]?\d){10}(?!\d)|0\d)")
_MOBILE = re.compile(r"(?<!\d)1(?:[ -]?\d){10}(?!\d)")
_DATE = re.compile(
    r"(?P<year>\d{4})(?:[-/.年](?P<month>\d{1,2})(?:[-/.月](?P<day>\d{1,2})日?)?月?|年)?(?:[T ][\d:.+]*)?"
)
_EPOCH, _SERIALS = date(1899, 12, 30), range(1, 80_000)


def written(cell: Value) -> str:
    """The text of a cell without apostrophes, `="…"`, tabs and invisible marks that tables put around codes; ""."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        cell = int(cell)
    text = unicodedata.normalize("NFKC", str(cell)).replace("\x00", "").strip(_EDGE)
    if text.startswith('="') and (wrapped := _WRAPPED.match(text)):
        text = wrapped[1].strip(_EDGE)
    return "" if (plain(text) in _NOTHING and not text.isalnum()) or text.lower() in NOTHING else text


def _plain_text(cell: Value, kind: MaskKind, limit: int) -> str:
    text = " ".join(written(cell).split())
    if _FORMULA.match(text):
        raise RefusedError("formula_cell")
    if text and looks_masked(text, kind):
        raise RefusedError("value_is_masked", shown=mask(kind, text))
    if len(text) > limit:
        raise RefusedError("text_too_long", characters=len(text), limit=limit)
    return text


def person_name(cell: Value) -> Value:
    """A name: letters and what joins them (·), no blanks between Han characters, no figures, no markup."""
    text = name_text(_plain_text(cell, MaskKind.NAME, NAME_CHARACTERS))
    if text and not name_holds(text):
        raise RefusedError("name_malformed", shown=mask(MaskKind.NAME, text))
    return text


def id_number(cell: Value) -> Value:
    """An ID number of 18 (check digit and birthday hold) or 15 digits, a permit or passport; as written, in capitals.

    GB 11643-1999 for the check digit.
    """
    text = re.sub(r"[\s-]", "", written(cell)).upper().replace("×", "X")
    if (isinstance(cell, float) and abs(cell) >= 2**53) or _SCIENTIFIC.match(text):
        raise RefusedError("id_number_mangled")
    text = _plain_text(text, MaskKind.ID_NUMBER, 40)
    shown = mask(MaskKind.ID_NUMBER, text)
    if re.fullmatch(r"\d{17}[\dX][1-7][1-4](B\d)?", text):  # the number of a disability certificate holds it
        text = text[:18]
    if text and (fault := id_number_fault(text, on=date.today())):
        mangled = fault == "id_number_wrong_check" and text.endswith("000")  # Excel keeps fifteen figures
        raise RefusedError("id_number_mangled" if mangled else fault, shown=shown)
    birth_of(text)
    return text


def birth_of(number: str) -> date | None:
    """The birthday in an ID number of 18 or 15; None in another paper. RefusedError where nobody alive has it."""
    if not re.fullmatch(r"\d{17}[\dX]|\d{15}", number):
        return None
    born = birthday_in(number, on=date.today())
    if born is None:
        raise RefusedError("id_number_wrong_birthday", shown=mask(MaskKind.ID_NUMBER, number))
    return born


def birthday(cell: Value) -> Value:
    """A day of birth as `day` reads it, of somebody who may live now."""
    text = day(cell)
    if text and not may_live(date.fromisoformat(str(text)), on=date.today()):
        raise RefusedError("birth_impossible")
    return text


def gender_of(number: str) -> str:
    """male or female by the order number; "" in another paper."""
    if not re.fullmatch(r"\d{17}[\dX]|\d{15}", number):
        return ""
    return "male" if int(number[16] if len(number) == 18 else number[14]) % 2 else "female"


def phone(cell: Value) -> Value:
    """The first telephone number of a cell, mobile or landline, without +86 and blanks."""
    whole = written(cell)
    if (isinstance(cell, float) and not cell.is_integer()) or _SCIENTIFIC.match(whole):
        raise RefusedError("phone_malformed")
    whole = _plain_text(whole, MaskKind.PHONE, 60)
    whole = _COUNTRY.sub("", whole)
    whole = _MOBILE.sub(lambda found: re.sub(r"[ -]", "", found[0]), whole)
    first = next((part for part in re.split(r"[,;、/，；]|\s{1,}(?=[01])", whole) if part.strip()), "")
    digits = phone_text(first)
    if digits and not phone_holds(digits):
        raise RefusedError("phone_malformed", shown=mask(MaskKind.PHONE, whole))
    return digits


def free_text(limit: int) -> Cast:
    """Any text of at most `limit` characters that is no formula and was not masked away."""

    def cast(cell: Value) -> Value:
        return _plain_text(cell, MaskKind.TEXT, limit)

    return cast


def day(cell: Value) -> Value:
    """A date as ISO text, from any usual spelling or Excel's serial number; a year or month alone is its first day."""
    text = written(cell)
    if not text:
        return None
    found = _parsed_day(text)
    if found is None or found.year not in YEARS:
        raise RefusedError("date_malformed")
    return found.isoformat()


def _parsed_day(text: str) -> date | None:
    compact = re.sub(r"\s*([-/.年月日])\s*", r"\1", text)
    if re.fullmatch(r"\d{8}", compact):
        compact = f"{compact[:4]}-{compact[4:6]}-{compact[6:]}"
    elif re.fullmatch(r"\d{6}", compact):
        compact = f"{compact[:4]}-{compact[4:]}"
    elif re.fullmatch(r"\d{5}(\.\d+)?", compact) and int(float(compact)) in _SERIALS:
        return _EPOCH + timedelta(days=int(float(compact)))
    match = _DATE.fullmatch(compact)
    if match is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
    except ValueError:
        return None


def kind_of(words: Mapping[str, str]) -> Cast:
    """One of the kinds by its own or another name, or by the longest known word that the text contains.

    "" for nothing. RefusedError("kind_unknown") for what names none; groups that have a room of their own are refused.
    """
    exact, inside = choice(words, ""), sorted(words, key=len, reverse=True)

    def cast(cell: Value) -> Value:
        text = written(cell)
        if _ELSEWHERE.search(text):
            raise RefusedError("special_group_elsewhere")
        found = exact(text) or next((words[word] for word in inside if len(word) > 1 and word in text), "")
        if text and not found and text not in _ORDINARY:
            raise RefusedError("kind_unknown")
        return found

    return cast


def kinds_of(words: Mapping[str, str]) -> Cast:
    """Several kinds in one cell (独居、高龄), joined by commas, each once."""
    one = kind_of(words)

    def cast(cell: Value) -> Value:
        parts = [part for part in re.split(r"[,;、/+，；\s]+", written(cell)) if part]
        found = [str(one(part)) for part in parts]
        return ",".join(dict.fromkeys(kind for kind in found if kind))

    return cast


_ORDINARY = frozenset({"一般", "普通", "正常", "健康"})
_ELSEWHERE = re.compile(r"刑满|刑释|吸毒|戒毒|社区矫正|矫正对象|精神障碍|精神病|邪教|艾滋")
