"""Cells as they are typed to values as they are kept. A cell that says nothing certain raises RefusedError(code)."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping

from importers.columns import plain
from importers.directions import read_direction
from importers.records import RefusedError, Value

NOTHING = {
    "",
    "-",
    "--",
    "—",
    "——",
    "/",
    "\\",
    "无",
    "空",
    "不详",
    "未知",
    "暂无",
    "null",
    "none",
    "nan",
    "n/a",
    "na",
    "nil",
}
UNITS = re.compile(
    r"(户|人|套|层|楼|个|栋|幢|单元|米|m|度|°|households|units|floors|persons|people|storeys)$", re.IGNORECASE
)
LARGEST_COUNT = 1_000_000
YES = {"是", "有", "对", "真", "1", "y", "yes", "true", "t", "on", "亮", "正常", "封闭", "在线", "lit", "working", "好"}
NO = {
    "否",
    "无",
    "没有",
    "不",
    "假",
    "0",
    "n",
    "no",
    "false",
    "f",
    "off",
    "不亮",
    "灭",
    "坏",
    "损坏",
    "开放",
    "离线",
    "broken",
}
Cast = Callable[[Value], Value]


def text(limit: int) -> Cast:
    """Text without surrounding space, at most `limit` characters; longer text is refused."""

    def cast(cell: Value) -> Value:
        if cell is None:
            return ""
        cleaned = " ".join(_written(cell).split())
        if len(cleaned) > limit:
            raise RefusedError("text_too_long", characters=len(cleaned), limit=limit)
        return cleaned

    return cast


def count(cell: Value) -> Value:
    """A whole number of things, None where the cell says nothing."""
    number = _number(cell)
    if number is None:
        return None
    if not number.is_integer():
        raise RefusedError("not_a_whole_number", value=str(cell)[:40])
    if number < 0:
        raise RefusedError("negative_count", value=str(cell)[:40])
    if number > LARGEST_COUNT:
        raise RefusedError("count_too_large", value=str(cell)[:40], limit=LARGEST_COUNT)
    return int(number)


def small_count(cell: Value) -> Value:
    """A count of floors or entrances; half floors of foreign registers are rounded up."""
    number = _number(cell)
    if number is None:
        return None
    whole = count(math.ceil(number))
    if isinstance(whole, int) and whole > 300:
        raise RefusedError("count_too_large", value=str(cell)[:40], limit=300)
    return whole


def measure(low: float, high: float) -> Cast:
    """A number from `low` to `high`."""

    def cast(cell: Value) -> Value:
        number = _number(cell)
        if number is not None and not low <= number <= high:
            raise RefusedError("out_of_range", value=str(cell)[:40], low=low, high=high)
        return number

    return cast


def bearing(cell: Value) -> Value:
    """Degrees from north, 0 up to 360 (360 is 0), from figures, compass points or words (`importers.directions`)."""
    if cell is None or isinstance(cell, bool) or plain(_written(cell)) in {plain(nothing) for nothing in NOTHING}:
        return None
    if isinstance(cell, int | float):
        return float(measure(0, 360)(cell) or 0) % 360
    found = read_direction(_written(cell))
    if found is None:
        raise RefusedError("not_a_direction", value=str(cell)[:40])
    return found.bearing_deg


def code(digits: int, refusal: str) -> Cast:
    """A code of so many digits as text, "" where the cell says nothing."""

    def cast(cell: Value) -> Value:
        written = "" if cell is None else _written(cell).strip()
        if written.lower() in NOTHING:
            return ""
        if not re.fullmatch(rf"[0-9]{{{digits}}}", written):
            raise RefusedError(refusal, value=written[:40], digits=digits)
        return written

    return cast


def flag(cell: Value) -> Value:
    """Yes, no or nothing, in Chinese or English."""
    if isinstance(cell, bool) or cell is None:
        return cell
    word = plain(_written(cell))
    if word in YES or word == "是":
        return True
    if word in NO:
        return False
    if word in {plain(nothing) for nothing in NOTHING}:
        return None
    raise RefusedError("not_yes_or_no", value=str(cell)[:40])


def choice(words: Mapping[str, str], default: str) -> Cast:
    """One of the known kinds by its own or another name; anything else is `default`."""
    known = {plain(word): kind for word, kind in words.items()} | {plain(kind): kind for kind in words.values()}

    def cast(cell: Value) -> Value:
        return known.get(plain(_written(cell)), default) if cell is not None else default

    return cast


def region_code(cell: Value) -> Value:
    """A statistics code padded to 12 digits; 2, 4, 6, 9 or 12 digits are given."""
    written = "" if cell is None else _written(cell).strip()
    if plain(written) in {plain(nothing) for nothing in NOTHING}:
        return None
    if not re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}", written):
        raise RefusedError("code_malformed", value=written[:40])
    return written.ljust(12, "0")


def _number(cell: Value) -> float | None:
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell) if math.isfinite(cell) else None
    written = unicodedata.normalize("NFKC", cell).strip()
    if written.lower() in NOTHING:
        return None
    written = UNITS.sub("", re.sub(r"[,\s]", "", written))
    try:
        number = float(written)
    except ValueError:
        raise RefusedError("not_a_number", value=cell[:40]) from None
    if not math.isfinite(number):
        raise RefusedError("not_a_number", value=cell[:40])
    return number


def _written(cell: Value) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return unicodedata.normalize("NFC", str(cell)).replace("\x00", "")
