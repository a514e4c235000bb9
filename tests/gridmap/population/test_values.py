"""Names, ID numbers and telephone numbers: what is one, and in which form it is kept."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.population.values import (
    birthday_in,
    earliest_birth_year,
    id_number_fault,
    id_number_text,
    is_formula,
    may_live,
    name_holds,
    name_text,
    phone_holds,
    phone_text,
)
from tests.gridmap.population.people import id_number

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("张三", "张三"), (" 张 三 ", "张三"), ("阿卜杜拉·买买提", "阿卜杜拉·买买提"), ("〇明", "〇明"), ("𠮷田", "𠮷田"),
     ("John  O'Brien-Smith", "John O'Brien-Smith"), ("José Núñez", "José Núñez"), ("Ｊｏｈｎ", "John"),
     ("J. Doe", "J. Doe")],
)  # fmt: skip
def test_a_name_is_kept(typed: str, kept: str) -> None:
    assert name_text(typed) == kept and name_holds(kept)


@pytest.mark.parametrize(
    "typed",
    [
        "=1+1",
        "＝1+1",
        "+张三",
        "-张三",
        "@张三",
        "张三1",
        "12",
        "<b>张三</b>",
        "张三;",
        "·张三",
        "张三&",
        "张\u202e三",
        "",
        "()",
    ],
)
def test_what_is_no_name_is_noticed(typed: str) -> None:
    assert not name_holds(name_text(typed))


@pytest.mark.parametrize(
    "typed",
    ["13800001111", "138-0000-1111", "+86 138 0000 1111", "+86 138-0000-1111",
     "010-87654321", "(0571) 8765432", "87654321", "4001234567", "１３８００００１１１１"],
)  # fmt: skip
def test_a_telephone_number_is_kept(typed: str) -> None:
    assert phone_holds(phone_text(typed))


@pytest.mark.parametrize(
    "typed", ["abc", "123", "1380000111", "138000011112", "=1+1", "13800001111、13900001111", "11000001111"]
)
def test_what_is_no_telephone_number_is_noticed(typed: str) -> None:
    assert not phone_holds(phone_text(typed))


@pytest.mark.parametrize(
    ("typed", "fault"),
    [("123", "id_number_malformed"), ("=1+1", "id_number_malformed"), ("", "id_number_malformed"),
     ("E12345678", ""), ("h1234567(8)", "id_number_malformed"), ("880101400101123", ""),
     ("880101401301123", "id_number_wrong_birthday"),
     (id_number(5, year=2099), "id_number_wrong_birthday"), (id_number(5, year=1870), "id_number_wrong_birthday")],
)  # fmt: skip
def test_an_id_number_is_one_of_its_kinds(typed: str, fault: str) -> None:
    assert id_number_fault(id_number_text(typed), on=TODAY) == fault


@given(serial=st.integers(0, 999), place=st.integers(0, 16), more=st.integers(1, 9))
def test_a_typing_error_of_one_digit_is_noticed(serial: int, place: int, more: int) -> None:
    number = id_number(serial)
    assert id_number_fault(id_number_text(f" {number.lower()[:6]} {number.lower()[6:]}"), on=TODAY) == ""
    wrong = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]
    assert id_number_fault(wrong, on=TODAY) == "id_number_wrong_check"


def test_what_a_table_would_calculate_is_noticed() -> None:
    assert all(map(is_formula, ["=1+1", " =A1", "＝1", "@x", "-A1", "+A1"]))
    assert not any(map(is_formula, ["", "-5", "+86 138", "高血压", "a=b"]))


def test_a_birthday_is_read_from_either_length() -> None:
    assert birthday_in(id_number(7), on=TODAY) == date(1940, 1, 1)
    assert birthday_in("880101400229123", on=TODAY) == date(1940, 2, 29)
    assert birthday_in("880101000229998", on=TODAY) is None  # 1800 is too early
    assert birthday_in("E12345678", on=TODAY) is None


@given(st.dates(min_value=date(1700, 1, 1), max_value=date(2200, 12, 31)))
def test_whoever_may_live_turns_at_most_120_this_year_and_is_born(born: date) -> None:
    assert may_live(born, on=TODAY) == (TODAY.year - born.year <= 120 and born <= TODAY)
    assert not may_live(born, on=TODAY) or born.year >= earliest_birth_year(on=TODAY)


def test_an_id_number_of_somebody_too_old_to_live_has_no_birthday() -> None:
    assert birthday_in(id_number(7, year=1906), on=TODAY) == date(1906, 1, 1)
    assert birthday_in(id_number(7, year=1905), on=TODAY) is None
