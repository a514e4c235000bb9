"""Open or closed: the one function against a slow count of minutes, and the ways in which people write hours."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gridmap.territory.hours import DAY_MINUTES, Hours, HoursError, Spans, State, from_json, state_at
from gridmap.territory.hours_text import read_hours
from gridmap.territory.hours_words import text_told

MONDAY = datetime(2026, 11, 23)
OFFICE = read_hours("Mo-Fr 08:30-12:00,13:30-17:00").hours
ALWAYS = read_hours("24/7").hours
NIGHT = read_hours("Fr,Sa 22:00-02:00").hours
assert OFFICE and ALWAYS and NIGHT


def at(hours: Hours | None, text: str) -> State:
    assert hours is not None
    return state_at(hours, datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("moment", "is_open", "until"),
    [
        ("2026-11-23T08:29:59", False, "2026-11-23T08:30"),
        ("2026-11-23T08:30", True, "2026-11-23T12:00"),
        ("2026-11-23T12:00", False, "2026-11-23T13:30"),
        ("2026-11-27T17:00", False, "2026-11-30T08:30"),
        ("2026-11-28T10:00", False, "2026-11-30T08:30"),
    ],
)
def test_an_office_is_open_on_weekdays(moment: str, is_open: bool, until: str) -> None:
    assert at(OFFICE, moment) == State(is_open, datetime.fromisoformat(until))


def test_a_span_over_midnight_belongs_to_the_day_before() -> None:
    assert at(NIGHT, "2026-11-28T01:59") == State(True, datetime(2026, 11, 28, 2))
    assert at(NIGHT, "2026-11-29T01:00").open and not at(NIGHT, "2026-11-30T01:00").open


def test_always_open_has_no_end_and_never_open_no_beginning() -> None:
    assert at(ALWAYS, "2026-11-28T01:59") == State(True, None)
    assert state_at(Hours(((),) * 7), MONDAY) == State(False, None)


def test_a_special_day_takes_the_place_of_its_weekday() -> None:
    hours = read_hours("Mo-Fr 08:00-17:00; 2026 Nov 24 off; 2026-11-28 09:00-12:00").hours
    assert at(hours, "2026-11-24T10:00") == State(False, datetime(2026, 11, 25, 8))
    assert at(hours, "2026-11-28T10:00") == State(True, datetime(2026, 11, 28, 12))


def test_the_zone_of_the_moment_is_kept() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert OFFICE is not None
    assert state_at(OFFICE, datetime(2026, 11, 23, 9, tzinfo=zone)).until == datetime(2026, 11, 23, 12, tzinfo=zone)


@st.composite
def spans(draw: st.DrawFn) -> Spans:
    edges: list[int] = sorted(draw(st.lists(st.integers(0, 95), max_size=6, unique=True)))
    pairs = [(edges[i] * 15, edges[i + 1] * 15) for i in range(0, len(edges) - 1, 2)]
    overnight: bool = draw(st.booleans())
    if pairs and overnight:
        pairs[-1] = (pairs[-1][0], min(pairs[0][0], pairs[-1][0]) + DAY_MINUTES)
    return tuple(pairs)


tables = st.builds(
    Hours,
    st.tuples(*[spans()] * 7),
    st.dictionaries(st.dates(date(2026, 11, 20), date(2026, 12, 5)), spans(), max_size=3),
)
moments = st.integers(0, 14 * DAY_MINUTES).map(lambda minutes: MONDAY + timedelta(minutes=minutes))


def is_open(hours: Hours, moment: datetime) -> bool:
    """Asked of every span of the two days that can reach the moment."""
    for back in (0, 1):
        day = moment.date() - timedelta(days=back)
        minute = (moment - datetime.combine(day, datetime.min.time())).total_seconds() / 60
        if any(start <= minute < end for start, end in hours.on(day)):
            return True
    return False


@given(tables, moments)
def test_open_is_what_a_slow_look_says(hours: Hours, moment: datetime) -> None:
    assert state_at(hours, moment).open == is_open(hours, moment)


@given(tables, moments)
def test_the_state_lasts_until_it_says_so_and_no_longer(hours: Hours, moment: datetime) -> None:
    now = state_at(hours, moment)
    quarters = 4 * 24 * 8
    changes = (moment + timedelta(minutes=15 * step - moment.minute % 15) for step in range(1, quarters))
    first = next((one for one in changes if is_open(hours, one) != now.open), None)
    if first is not None:
        assert now.until == first
    elif now.until is not None:
        assert now.until > moment + timedelta(days=7)


@given(tables)
def test_a_table_survives_being_stored(hours: Hours) -> None:
    assert from_json(hours.as_json()) == hours


def same(days: Iterable[int], spans: list[list[str]]) -> dict[int, Any]:
    """One day's spans for several."""
    return dict.fromkeys(days, spans)


@pytest.mark.parametrize(
    ("text", "week"),
    [
        ("24/7", {day: [["00:00", "24:00"]] for day in range(7)}),
        ("08:00-20:00", {day: [["08:00", "20:00"]] for day in range(7)}),
        ("Mo-Fr 08:00-17:00; Sa 09:00-12:00",
         {**same(range(5), [["08:00", "17:00"]]), 5: [["09:00", "12:00"]]}),
        ("Mo,We 8-12", {0: [["08:00", "12:00"]], 2: [["08:00", "12:00"]]}),
        ("Sa-Mo 10:00-16:00", same((5, 6, 0), [["10:00", "16:00"]])),
        ("Mo-Su 08:00-18:00; Su off", same(range(6), [["08:00", "18:00"]])),
        ("Mo 08:00-12:00, Mo 13:00-17:00", {0: [["08:00", "12:00"], ["13:00", "17:00"]]}),
        ("周一至周五 8:00-17:00", same(range(5), [["08:00", "17:00"]])),
        ("工作日 8点30分-11点，14:00-17:30；周末休息",
         same(range(5), [["08:30", "11:00"], ["14:00", "17:30"]])),
        ("每天 06:00～22:00", {day: [["06:00", "22:00"]] for day in range(7)}),
        ("星期日 9:00—11:00", {6: [["09:00", "11:00"]]}),
        ("全天", {day: [["00:00", "24:00"]] for day in range(7)}),
        ("Mo-Fr 08:00-17:00; PH off", same(range(5), [["08:00", "17:00"]])),
    ],
)  # fmt: skip
def test_common_forms_are_read(text: str, week: dict[int, Any]) -> None:
    hours = read_hours(text).hours
    assert hours is not None
    assert hours.as_json()["week"] == [week.get(day, []) for day in range(7)]


def test_rules_about_holidays_are_left_aside_and_named() -> None:
    assert read_hours("Mo-Fr 08:00-17:00; PH off").left == ("phoff",)
    assert read_hours("PH 10:00-12:00").hours is None


@pytest.mark.parametrize(
    "text",
    [
        "", "by appointment", "sunrise-sunset", "Mo-Fr 08:00+", "Mo 08:00-12:00 || \"call us\"",
        "week 1-10 Mo 08:00-12:00",
        "Dec 25 off", "Mo-Fr 25:00-26:00", "Mo-Fr 08:00-12:00,11:00-13:00", "Mo[1] 10:00-12:00", "2026 Feb 30 off",
        "x" * 301,
        "Mo-Fr", "08:61-09:00", ";", "Mo-Fr 08:00-17:00 \"not in August\"",
    ],
)  # fmt: skip
def test_what_is_not_certain_is_not_guessed(text: str) -> None:
    assert read_hours(text).hours is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    hours = read_hours(text).hours
    assert hours is None or from_json(hours.as_json()) == hours


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "hours_not_a_table"), ([], "hours_not_a_table"), ({"week": [[]] * 6}, "hours_not_a_table"),
        ({"week": [[]] * 7, "more": 1}, "hours_not_a_table"),
        ({"week": [[["08:00"]], *[[]] * 6]}, "hours_not_a_span"),
        ({"week": [[["08:00", 12]], *[[]] * 6]}, "hours_not_a_span"),
        ({"week": [[["8", "12:00"]], *[[]] * 6]}, "hours_not_a_time"),
        ({"week": [[["24:00", "12:00"]], *[[]] * 6]}, "hours_not_a_time"),
        ({"week": [[["08:00", "12:00"], ["11:00", "13:00"]], *[[]] * 6]}, "hours_spans_overlap"),
        ({"week": [[["08:00", "09:00"]] * 9, *[[]] * 6]}, "hours_too_many_spans"),
        ({"week": [[]] * 7, "days": {"tomorrow": []}}, "hours_not_a_day"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_named(value: Any, code: str) -> None:
    with pytest.raises(HoursError) as refused:
        from_json(value)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Mo-Fr 08:30-12:00,13:30-17:30", "周一至周五 08:30–12:00、13:30–17:30"),
        ("24/7", "全天"),
        ("Mo-Su 09:00-21:00", "每天 09:00–21:00"),
        ("Mo-Fr 09:00-17:00; Sa 10:00-12:00", "周一至周五 09:00–17:00；周六 10:00–12:00"),
        ("Mo-Fr 09:00-17:00; PH off", "周一至周五 09:00–17:00（节假日另行安排）"),
        ("Mo-Su off", "关闭"),
        ("看情况", "看情况"),
        ("", ""),
    ],
)
def test_written_hours_are_told_in_the_readers_words(written: str, told: str) -> None:
    with translation.override("zh-hans"):
        assert text_told(written) == told
