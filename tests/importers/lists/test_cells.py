"""Cells of people's lists: what is taken, in which form, and what is refused without being repeated."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.vault.blind import BlindKind, normalise
from importers.lists import cells
from importers.lists.fields import CARE_KINDS, GENDERS, OCCUPANCIES, PERSON_KINDS, PURPOSES, RELATIONS, RISKS
from importers.records import RefusedError
from importers.sentences import sentence
from tests.importers.lists.people import number_of

GOOD = number_of("19480307", 1)
SHORT = GOOD[:6] + GOOD[8:17]


def refused(cast: Any, cell: Any) -> RefusedError:
    with pytest.raises(RefusedError) as refusal:
        cast(cell)
    return refusal.value


@pytest.mark.parametrize(
    "cell",
    [GOOD, f"'{GOOD}", f"’{GOOD}", f'="{GOOD}"', f"\t{GOOD} ", f"{GOOD[:6]} {GOOD[6:14]} {GOOD[14:]}",
     "".join(chr(ord(digit) + 0xFEE0) for digit in GOOD), f"{GOOD}\u200b", f"{GOOD}43"],
)  # fmt: skip
def test_an_id_number_is_read_in_every_dress(cell: str) -> None:
    assert cells.id_number(cell) == GOOD


def test_a_small_x_a_short_number_permits_and_passports_are_taken() -> None:
    with_x = next(one for order in range(1, 99) if (one := number_of("19500101", order)).endswith("X"))
    assert cells.id_number(with_x.lower()) == with_x
    assert cells.id_number(SHORT) == SHORT
    assert cells.id_number(int(SHORT)) == SHORT
    assert cells.id_number("H12345678") == "H12345678"
    assert cells.id_number("ZZ0000017") == "ZZ0000017"
    assert cells.id_number("无") == cells.id_number(None) == cells.id_number("——") == ""


@pytest.mark.parametrize("cell", [float(GOOD[:17] + "0"), "9.90101E+17", "3.2E+17", "3E17", GOOD[:15] + "000"])
def test_a_number_that_excel_made_a_figure_of_is_named_as_such(cell: Any) -> None:
    assert refused(cells.id_number, cell).code == "id_number_mangled"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"), "id_number_wrong_check"),
        (GOOD[:12], "id_number_malformed"),
        (GOOD[:10] + GOOD[11:], "id_number_malformed"),
        (number_of("19481307"), "id_number_wrong_birthday"),
        (number_of("29480307"), "id_number_wrong_birthday"),
        ("990101481307001", "id_number_wrong_birthday"),
        ("990101********0011", "value_is_masked"),
        ("=A1", "formula_cell"),
    ],
)
def test_a_wrong_id_number_is_refused_by_name_and_masked(cell: str, code: str) -> None:
    problem = refused(cells.id_number, cell)
    assert problem.code == code
    said = sentence(problem.code, problem.params)
    assert not cell[6:14].isdigit() or cell[6:14] not in said
    assert "%(" not in said


@given(st.text(max_size=40))
def test_no_cell_makes_the_casts_fail_otherwise_than_by_a_refusal(text: str) -> None:
    casts = (cells.person_name, cells.id_number, cells.phone, cells.day, cells.free_text(30),
             cells.kind_of(GENDERS), cells.kinds_of(CARE_KINDS))  # fmt: skip
    for cast in casts:
        try:
            found = cast(text)
        except RefusedError as refusal:
            for value in refusal.params.values():
                assert len(text) < 8 or str(value) != text
        else:
            assert found is None or isinstance(found, str)


@given(st.floats() | st.integers() | st.booleans() | st.none())
def test_figures_where_text_is_expected_are_read_or_refused(cell: Any) -> None:
    for cast in (cells.person_name, cells.id_number, cells.phone, cells.day):
        try:
            cast(cell)
        except RefusedError:
            continue


def test_birthday_and_gender_come_out_of_the_number() -> None:
    assert str(cells.birth_of(GOOD)) == "1948-03-07"
    assert str(cells.birth_of(SHORT)) == "1948-03-07"
    assert cells.birth_of("H12345678") is None
    assert (cells.gender_of(GOOD), cells.gender_of(number_of(order=2))) == ("male", "female")
    assert cells.gender_of(SHORT) == "male"


@pytest.mark.parametrize(
    ("cell", "name"),
    [("张三", "张三"), (" 张　三 ", "张三"), ("阿卜杜拉·买买提", "阿卜杜拉·买买提"), ("John Smith", "John Smith"),
     ("欧阳 修", "欧阳修"), (None, ""), ("无", "")],
)  # fmt: skip
def test_names_lose_the_blanks_between_characters(cell: Any, name: str) -> None:
    assert cells.person_name(cell) == name


@pytest.mark.parametrize(
    ("cell", "code"),
    [("张*", "value_is_masked"), ("张**", "value_is_masked"), ("李某某", "value_is_masked"), ("=HYPERLINK(1)",
    "formula_cell"),
     ("@SUM(A1)", "formula_cell"), ("12912345678", "name_malformed"),
     ("<b>张三</b>", "name_malformed"), ("张三<script>", "name_malformed"), ("张三&nbsp;", "name_malformed"),
     ("张三2", "name_malformed"), ("{{张三}}", "name_malformed"), ("长" * 61, "text_too_long")],
)  # fmt: skip
def test_what_is_no_name_is_refused(cell: str, code: str) -> None:
    assert refused(cells.person_name, cell).code == code


@pytest.mark.parametrize(
    ("cell", "number"),
    [("12912345678", "12912345678"), ("129 1234 5678", "12912345678"), ("129-1234-5678", "12912345678"),
     ("+8613812345678", "13812345678"), ("008613812345678", "13812345678"), (13812345678, "13812345678"),
     (13812345678.0, "13812345678"), ("010-87654321", "010-87654321"), ("87654321", "87654321"),
     ("+86 138 1234 5678", "13812345678"), ("86 13812345678", "13812345678"), ("+86-138-1234-5678", "13812345678"),
     ("138 123 45678", "13812345678"), ("1 3812345678", "13812345678"), ("86 010-87654321", "010-87654321"),
     ("13812345678 13912345678", "13812345678"), ("138 1234 5678, 139 1234 5678", "13812345678"),
     ("13812345678/13912345678", "13812345678"), ("13812345678、010-87654321", "13812345678"), ("", ""), ("无", "")],
)  # fmt: skip
def test_the_first_telephone_is_taken_without_its_dress(cell: Any, number: str) -> None:
    assert cells.phone(cell) == number


@pytest.mark.parametrize("cell", ["138****5678", "1381234", "abc", "1.38E+10", 1.5])
def test_what_is_no_telephone_is_refused(cell: Any) -> None:
    assert refused(cells.phone, cell).code in {"phone_malformed", "value_is_masked"}


@pytest.mark.parametrize(
    ("cell", "day"),
    [("1948-03-07", "1948-03-07"), ("1948/3/7", "1948-03-07"), ("1948.3.7", "1948-03-07"), ("1948年3月7日",
    "1948-03-07"),
     ("19480307", "1948-03-07"), (19480307, "1948-03-07"), ("194803", "1948-03-01"), ("1948.03", "1948-03-01"),
     ("1948", "1948-01-01"), ("1948年", "1948-01-01"), ("1948-03-07T00:00:00", "1948-03-07"),
     ("1948-03-07 08:30:00", "1948-03-07"), (17599, "1948-03-07"), ("１９４８．３．７", "1948-03-07"), ("", None),
(None, None)], )  # fmt: skip
def test_days_are_read_in_every_usual_spelling(cell: Any, day: str | None) -> None:
    assert cells.day(cell) == day


@pytest.mark.parametrize("cell", ["1948-13-07", "1948-02-30", "去年", "30", "0001-01-01", "99999999"])
def test_what_is_no_day_is_refused(cell: str) -> None:
    assert refused(cells.day, cell).code == "date_malformed"


@pytest.mark.parametrize(
    ("words", "cell", "kind"),
    [(GENDERS, "男", "male"), (GENDERS, 2, "female"), (RELATIONS, "户主", "head"), (RELATIONS, "之妻子", "spouse"),
     (RELATIONS, "三子", "child"), (PERSON_KINDS, "人户一致", "registered"), (PERSON_KINDS, "流动人口（暂住）",
     "floating"),
     (PURPOSES, "住宅", "home"), (OCCUPANCIES, "空关房", "vacant"), (RISKS, "高风险", "high"), (RISKS, "", ""),
     (PERSON_KINDS, "一般", "")],
)  # fmt: skip
def test_kinds_are_known_by_departments_words(words: dict[str, str], cell: Any, kind: str) -> None:
    assert cells.kind_of(words)(cell) == kind


def test_several_reasons_for_care_stand_in_one_cell() -> None:
    cast = cells.kinds_of(CARE_KINDS)
    assert cast("独居、高龄老人/低保") == "alone,aged_80,low_income"
    assert cast("一般") == ""
    assert refused(cast, "独居、什么都不是").code == "kind_unknown"


@pytest.mark.parametrize("cell", ["刑满释放人员", "吸毒", "严重精神障碍患者", "社区矫正对象"])
def test_groups_with_a_room_of_their_own_are_not_taken_here(cell: str) -> None:
    for words in (PERSON_KINDS, CARE_KINDS):
        assert refused(cells.kinds_of(words), cell).code == "special_group_elsewhere"


@pytest.mark.parametrize("written", ["+86 138 1234 5678", "86-13812345678", "138 123 45678", "+86 010-87654321"])
def test_a_telephone_is_kept_as_the_search_reads_it(written: str) -> None:
    assert normalise(BlindKind.PHONE, str(cells.phone(written))) == normalise(BlindKind.PHONE, written)


def test_nobody_is_older_than_120_or_yet_to_be_born() -> None:
    this_year = date.today().year
    assert cells.birthday(str(this_year - 120)) == f"{this_year - 120}-01-01"
    assert cells.birthday("") is None
    for year in (1880, this_year - 121, this_year + 1):
        assert refused(cells.birthday, f"{year}-05-01").code == "birth_impossible"
    assert refused(cells.id_number, number_of("18900307")).code == "id_number_wrong_birthday"
    assert cells.day("1890-05-01") == "1890-05-01"
