"""Two spellings of one value have one mark, two values have two, and nothing is missed while keys change."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from gridmap.vault.blind import KINDS, BlindKind, blind_of, mark_of, normalise
from gridmap.vault.keyring import NoKeyError

FIELD = "vault_person.id_number"
KEY_2 = "2:AgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICE="
MARK = re.compile(r"[am]\d{1,3}\.[A-Za-z0-9_-]{22}")


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in BlindKind:
        monkeypatch.setitem(KINDS, f"vault_person.{kind}", kind)


@pytest.mark.parametrize(
    ("kind", "spellings", "normal"),
    [
        (
            BlindKind.ID_NUMBER,
            [
                "11010119900307123X",
                "11010119900307123x",
                " 110101 19900307 123x",
                "１１０１０１１９９００３０７１２３Ｘ",
                "110101-19900307-123×",
            ],
            "11010119900307123X",
        ),
        (BlindKind.ID_NUMBER, ["110105491231002", "11010519491231002X"], "11010519491231002X"),
        (BlindKind.ID_NUMBER, ["440524800101001", "440524198001010013"], "440524198001010013"),
        (BlindKind.ID_NUMBER, ["h1234567890", "H1234567890 "], "H1234567890"),
        (
            BlindKind.PHONE,
            [
                "13812345678",
                "+8613812345678",
                "+86 138-1234-5678",
                "008613812345678",
                "8613812345678",
                "１３８１２３４５６７８",
            ],
            "13812345678",
        ),
        (BlindKind.PHONE, ["010-87654321", "01087654321", "+86 10 8765 4321", "(010)87654321"], "01087654321"),
        (BlindKind.NAME, ["张三", " 张 三 ", "张　三"], "张三"),
        (
            BlindKind.NAME,
            [
                "阿卜杜拉·买买提",
                "阿卜杜拉•买买提",
                "阿卜杜拉・买买提",
                "阿卜杜拉．买买提",
                "阿卜杜拉.买买提",
                "阿卜杜拉 · 买买提",
            ],
            "阿卜杜拉·买买提",
        ),
        (BlindKind.NAME, ["John Smith", "JOHN SMITH", "Ｊｏｈｎ Ｓｍｉｔｈ"], "johnsmith"),
    ],
)
def test_spellings_of_one_value_are_one(kind: BlindKind, spellings: list[str], normal: str) -> None:
    assert {normalise(kind, spelling) for spelling in spellings} == {normal}
    assert len({mark_of(f"vault_person.{kind}", spelling) for spelling in spellings}) == 1


@given(body=st.from_regex(r"[1-6][0-9]{5}[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}", fullmatch=True))
def test_a_short_id_number_is_its_long_one(body: str) -> None:
    """The check digit makes the weighted sum 1 modulo 11 (ISO 7064, MOD 11-2): another way to compute it."""
    long = normalise(BlindKind.ID_NUMBER, body)
    assert long[:6] == body[:6]
    assert long[8:17] == body[6:]
    assert long[6:8] == ("18" if body[12:] >= "996" else "19")
    digits = [10 if one == "X" else int(one) for one in long]
    assert sum(digit * pow(2, 17 - at, 11) for at, digit in enumerate(digits)) % 11 == 1


@given(kind=st.sampled_from(BlindKind), text=st.text(max_size=40))
def test_a_normal_form_is_normal(kind: BlindKind, text: str) -> None:
    once = normalise(kind, text)
    assert kind is BlindKind.PHONE or normalise(kind, once) == once
    assert normalise(kind, f" {text} ") == once


@given(first=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), second=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_two_numbers_have_two_marks(first: str, second: str) -> None:
    marks = {mark_of("vault_person.phone", one) for one in (first, second)}
    assert len(marks) == len({first, second})


def test_a_mark_tells_nothing_of_the_value() -> None:
    marks = [mark_of(FIELD, str(number)) for number in range(100)]
    assert all(MARK.fullmatch(one) for one in marks)
    shared = [sum(a == b for a, b in zip(one[3:], other[3:], strict=True)) for one, other in pairwise(marks)]
    assert max(shared) < 8, "neighbours have nothing in common"


def test_nothing_has_no_mark_and_finds_no_row() -> None:
    for text in ("", "  ", "—" * 0):
        assert mark_of(FIELD, text) == ""
        assert blind_of(FIELD, text) == []
    assert blind_of("vault_person.phone", "无") == []


def test_each_column_has_marks_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "other_table.id_number", BlindKind.ID_NUMBER)
    assert mark_of(FIELD, "11") != mark_of("other_table.id_number", "11")


def test_a_field_without_marks_is_named() -> None:
    with pytest.raises(LookupError, match=r"vault_person\.health"):
        blind_of("vault_person.health", "x")


@pytest.mark.parametrize("cipher", ["aes-256-gcm", "sm4-gcm"])
def test_nothing_is_missed_while_keys_and_hash_change(settings: Settings, cipher: str) -> None:
    """Whatever key and hash a mark was made with, and whichever are current: the search knows it."""
    first = settings.BLIND_KEYS
    made = {}
    for keys in (first, KEY_2):
        for hashed in ("aes-256-gcm", "sm4-gcm"):
            settings.BLIND_KEYS, settings.FIELD_CIPHER = keys, hashed
            made[keys, hashed] = mark_of(FIELD, "11010119900307123X")
    assert len(set(made.values())) == 4
    settings.FIELD_CIPHER = cipher
    for keys in (f"{first},{KEY_2}", f"{KEY_2},{first}"):
        settings.BLIND_KEYS = keys
        found = blind_of(FIELD, "11010119900307123x")
        assert set(made.values()) <= set(found)
        assert found[0] == mark_of(FIELD, "11010119900307123X"), "the current one comes first"


def test_without_a_key_nothing_is_marked_and_nothing_found(settings: Settings) -> None:
    settings.BLIND_KEYS = ""
    assert blind_of(FIELD, "11") == []
    with pytest.raises(NoKeyError, match="BLIND_KEYS"):
        mark_of(FIELD, "11")


def test_marks_stay_the_same_from_release_to_release(settings: Settings) -> None:
    """Another derivation would make every stored mark a miss; this says so first."""
    settings.BLIND_KEYS = KEY_2
    assert mark_of(FIELD, "11010119900307123X") == "a2.BwmQm7YDcxF9v5lLwjemkw"
    settings.FIELD_CIPHER = "sm4-gcm"
    assert mark_of(FIELD, "11010119900307123X") == "m2.aiFrU2FUWY-t-QmvLmWNoA"
