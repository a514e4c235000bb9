"""Opening hours as people and OpenStreetMap write them (opening_hours, the common forms; Chinese words too), read into
the table of `hours`. What can't be read for certain is not guessed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from gridmap.territory.hours import DAY_MINUTES, Hours, HoursError, Span, Spans, span

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
#: Whole words → the same in the notation of OpenStreetMap; the longest come first.
WORDS = (
    ("国家法定节假日", "ph"), ("法定节假日", "ph"), ("节假日", "ph"), ("学校假期", "sh"), ("寒暑假", "sh"),
    ("周一至周日", "mo-su"), ("双休日", "sa-su"), ("工作日", "mo-fr"), ("周末", "sa-su"), ("每天", "mo-su"),
    ("每日", "mo-su"), ("天天", "mo-su"), ("全天开放", "00:00-24:00"), ("24小时营业", "00:00-24:00"),
    ("24小时", "00:00-24:00"), ("全天", "00:00-24:00"), ("不营业", "off"), ("不开放", "off"), ("休息", "off"),
    ("关闭", "off"), ("闭馆", "off"),
    *((f"{head}{digit}", DAYS[min(number, 6)]) for head in ("星期", "礼拜", "周")
      for number, digit in enumerate("一二三四五六日天")),
    ("closed", "off"), ("daily", "mo-su"), ("monday", "mo"), ("tuesday", "tu"), ("wednesday", "we"),
    ("thursday", "th"), ("friday", "fr"), ("saturday", "sa"), ("sunday", "su"), ("mon", "mo"), ("tue", "tu"),
    ("wed", "we"), ("thu", "th"), ("fri", "fr"), ("sat", "sa"), ("sun", "su"),
)  # fmt: skip
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY = "|".join(DAYS)
SELECTOR = re.compile(rf"((?:{DAY})(?:-(?:{DAY}))?(?:,(?:{DAY})(?:-(?:{DAY}))?)*)(.*)")
HOLIDAY = re.compile(r"(?:ph|sh)(?:,(?:ph|sh))*(.*)")
DATED = re.compile(rf"([0-9]{{4}})({'|'.join(MONTHS)})([0-9]{{1,2}})(.*)")
ISO_DATED = re.compile(r"([0-9]{4})[-/年]([0-9]{1,2})[-/月]([0-9]{1,2})日?(.*)")
TIMES = re.compile(r"[0-9]{1,2}(?::[0-9]{2})?-[0-9]{1,2}(?::[0-9]{2})?")
#: A comma before a day begins a rule that adds to the one before it.
FURTHER = re.compile(rf"(?<=[0-9f]),(?=(?:{DAY}|ph|sh))")
LONGEST = 300


@dataclass(frozen=True)
class Reading:
    """What a text says: its table (None where it can't be read for certain), and the rules that were left aside because
    they speak of public or school holidays."""

    hours: Hours | None
    left: tuple[str, ...] = ()


def read_hours(text: str) -> Reading:
    """The table of a text. `Mo-Fr 08:00-12:00,13:00-17:00; Sa 09:00-12:00; PH off`, `24/7`, `周一至周五 8:00-17:00`."""
    rules = _rules(text)
    if not rules or len(text) > LONGEST:
        return Reading(None)
    week: list[Spans] = [() for _day in DAYS]
    special: dict[date, Spans] = {}
    left = []
    for rule, adds in rules:
        if HOLIDAY.fullmatch(rule):
            left.append(rule)
        elif not (_dated(rule, special) or _weekly(rule, week, adds=adds)):
            return Reading(None)
    if len(left) == len(rules):
        return Reading(None)
    return Reading(Hours(tuple(week), special), tuple(left))


def _rules(text: str) -> list[tuple[str, bool]]:
    """The rules of a text without spaces, and whether each adds to the one before it."""
    plain = unicodedata.normalize("NFKC", text).lower().strip().rstrip(";.。")
    plain = re.sub(r"[–—−~～至到]", "-", plain)
    plain = re.sub(r"[;；。\n]+", ";", plain).replace("、", ",")
    for word, means in WORDS:
        plain = plain.replace(word.replace("至", "-"), means)
    plain = re.sub(r"([0-9]{1,2})(?:点|时)(?:([0-9]{1,2})分?)?", lambda m: f"{m[1]}:{m[2] or '00':0>2}", plain)
    plain = re.sub(r"\s+", "", plain).replace("24/7", "mo-su00:00-24:00")
    rules = []
    for part in plain.split(";"):
        pieces = FURTHER.split(part)
        rules += [(piece, number > 0) for number, piece in enumerate(pieces) if piece]
    return rules


def _weekly(rule: str, week: list[Spans], *, adds: bool) -> bool:
    """Enter one rule of the week; whether it could be read. A later rule for the same day takes the earlier's place."""
    found = SELECTOR.fullmatch(rule)
    chosen = _days(found[1]) if found else range(7)
    spans = _times(found[2] if found else rule)
    if spans is None:
        return False
    for day in chosen:
        whole = tuple(sorted({*week[day], *spans})) if adds else spans
        if _overlap(whole):
            return False
        week[day] = whole
    return True


def _dated(rule: str, special: dict[date, Spans]) -> bool:
    """Enter one day of the calendar; whether the rule was one."""
    month_by_name, iso = DATED.fullmatch(rule), ISO_DATED.fullmatch(rule)
    found = month_by_name or iso
    if found is None:
        return False
    month = MONTHS.index(found[2]) + 1 if month_by_name else int(found[2])
    spans = _times(found[4])
    try:
        day = date(int(found[1]), month, int(found[3]))
    except ValueError:
        return False
    if spans is None:
        return False
    special[day] = spans
    return True


def _days(selector: str) -> list[int]:
    chosen: list[int] = []
    for part in selector.split(","):
        first, _dash, last = part.partition("-")
        start = DAYS.index(first)
        end = DAYS.index(last) if last else start
        chosen += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    return chosen


def _times(text: str) -> Spans | None:
    """Spans of one rule; () for closed, None where it is neither."""
    text = text.strip(":,")
    if text == "off":
        return ()
    found: list[Span] = []
    for part in text.split(","):
        if not TIMES.fullmatch(part):
            return None
        begins, _dash, ends = part.partition("-")
        try:
            found.append(span(_clock(begins), _clock(ends)))
        except HoursError:
            return None
    spans = tuple(sorted(found))
    return None if _overlap(spans) else spans


def _clock(text: str) -> str:
    return text if ":" in text else f"{text}:00"


def _overlap(spans: Spans) -> bool:
    return any(later[0] < earlier[1] for earlier, later in pairwise(spans)) or any(
        end - start > DAY_MINUTES for start, end in spans
    )
