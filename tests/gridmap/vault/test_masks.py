"""Masks show what the policy says and nothing more, and are never taken for data."""

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridmap.vault.masks import COMPOUND_SURNAMES, DOTS, PLACEHOLDER, MaskKind, looks_masked, mask

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
DIGITS = "0123456789"
WIDE = str.maketrans(DIGITS, "０１２３４５６７８９")
ROUNDS = settings(max_examples=400)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张三丰", "张**"),
        ("张 三 丰", "张**"),
        ("欧阳修", "欧阳*"),
        ("欧阳修远", "欧阳**"),
        ("诸葛亮", "诸葛*"),
        ("欧阳", "欧*"),
        ("张", "*"),
        ("阿卜杜拉·买买提", "阿***·***"),
        ("阿依古丽・艾尔肯", "阿***·***"),
        ("阿卜杜拉.买买提", "阿***·***"),
        ("古丽", "古*"),
        ("迪丽热巴·迪力木拉提·阿布都热依木江", "迪***·***·***"),
        ("John Smith", "J*** ***"),
        ("Li", "L*"),
        ("𠮷野家", "𠮷**"),
        ("Zoë", "Z**"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_names(name: str, shown: str) -> None:
    assert mask(MaskKind.NAME, name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138****5678"),
        ("+86 138-1234-5678", "138****5678"),
        ("8613812345678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("010-87654321", "010-****4321"),
        ("(0571)87654321", "0571-****4321"),
        ("+86 10 87654321", "010-****4321"),
        ("0571-8765432", "0571-****5432"),
        ("87654321", "****4321"),
        ("010-87654321转801", "010-****4321"),
        ("010-87654321-801", "010-****4321"),
        ("13812345678、13987654321", "138****5678、139****4321"),
        ("13812345678 13987654321", "138****5678、139****4321"),
        ("4008123456", "****56"),
        ("+44 20 7946 0958", "****58"),
        ("12345", "***"),
        ("无", "***"),
    ],
)
def test_phones(phone: str, shown: str) -> None:
    assert mask(MaskKind.PHONE, phone) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("110101199003071234", "110***********1234"),
        ("11010119900307123x", "110***********123X"),
        ("110101 19900307 1234", "110***********1234"),
        ("110101900307123", "110*********123"),
        ("E12345678", "E*****678"),
        ("H1234567890", "H*******890"),
        ("830000199003071234", "830***********1234"),
        ("K123456", "***"),
        ("1", "***"),
    ],
)
def test_id_numbers(number: str, shown: str) -> None:
    assert mask(MaskKind.ID_NUMBER, number) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("幸福小区3号楼2单元501室", "幸福小区3号楼***"),
        ("北京市朝阳区幸福路12号院3栋2单元501", "北京市朝阳区幸福路12号院3栋***"),
        ("幸福小区３幢２单元５０１室", "幸福小区3幢***"),
        ("幸福小区三号楼二单元五楼东户", "幸福小区三号楼***"),
        ("阳光花园A座1203", "阳光花园A座***"),
        ("阳光花园A座12层1203室张三家", "阳光花园A座***"),
        ("幸福小区3-2-501", "幸福小区3***"),
        ("3-2-501", "3***"),
        ("幸福小区1#-2-501", "幸福小区1#***"),
        ("东门小区3号楼2号门501", "东门小区3号楼***"),
        ("人民路88号501室", "人民路88号***"),
        ("人民路88号", "人民路88号***"),
        ("幸福小区5楼501室", "***"),
        ("张三家", "***"),
        ("2单元501室", "***"),
        ("501", "***"),
    ],
)
def test_addresses(address: str, shown: str) -> None:
    assert mask(MaskKind.ADDRESS, address) == shown


def test_free_text_shows_nothing_and_not_its_length() -> None:
    assert {mask(MaskKind.TEXT, text) for text in ("糖", "糖尿病二型,长期卧床", "x" * 400)} == {"***"}
    assert mask(MaskKind.TEXT, "") == ""


parts = st.text(HAN, min_size=1, max_size=8)
names = st.one_of(
    st.text(HAN, min_size=2, max_size=4),
    st.tuples(st.sampled_from(sorted(COMPOUND_SURNAMES)), st.text(HAN, min_size=1, max_size=2)).map("".join),
    st.lists(parts, min_size=2, max_size=4).flatmap(
        lambda found: st.sampled_from(sorted(DOTS)).map(lambda dot: dot.join(found))
    ),
    st.from_regex(r"[A-Z][a-z]{1,12}( [A-Z][a-z]{1,12}){0,2}", fullmatch=True),
)


@ROUNDS
@given(name=names)
def test_a_name_never_shows_more_than_its_surname(name: str) -> None:
    shown = mask(MaskKind.NAME, name).replace("*", "").strip("· ")
    shown = re.sub(r"[· ]", "", shown)
    plain = unicodedata.normalize("NFKC", name)
    assert plain.startswith(shown)
    assert len(shown) == 1 or (shown in COMPOUND_SURNAMES and len(plain) > 2)
    assert not re.search(r"\*{4}", mask(MaskKind.NAME, name))


@ROUNDS
@given(text=st.text(max_size=30), kind=st.sampled_from([MaskKind.NAME, MaskKind.ID_NUMBER]))
@example(text="é́́", kind=MaskKind.NAME)
@example(text="ﷺﷺﷺﷺ", kind=MaskKind.NAME)
@example(text="·", kind=MaskKind.NAME)
def test_whatever_comes_something_stays_hidden(text: str, kind: MaskKind) -> None:
    plain = unicodedata.normalize("NFKC", text).strip()
    shown = mask(kind, text)
    assert ("*" in shown) == bool(plain)
    assert shown != plain or "*" in plain or not plain


@ROUNDS
@given(
    number=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), prefix=st.sampled_from(["", "+86", "0086", "86", "+86 "])
)
def test_a_mobile_number_shows_three_and_four(number: str, prefix: str) -> None:
    for spelling in (number, f"{number[:3]} {number[3:7]} {number[7:]}", number.translate(WIDE)):
        assert mask(MaskKind.PHONE, prefix + spelling) == f"{number[:3]}****{number[-4:]}"


@ROUNDS
@given(text=st.text(st.sampled_from(DIGITS + "+-() 转#x,/"), min_size=1, max_size=40))
def test_digits_of_a_telephone_field_stay_within_the_policy(text: str) -> None:
    """Per number at most 3 + 4 digits, or an area code of 4 and 4; never the whole of one."""
    for shown in mask(MaskKind.PHONE, text).split("、"):
        assert len(re.sub(r"\D", "", shown)) <= 8
        assert "*" in shown or not shown


@ROUNDS
@given(number=st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True))
def test_an_id_number_never_shows_the_birthday(number: str) -> None:
    assert mask(MaskKind.ID_NUMBER, number) == number[:3] + "*" * 11 + number[14:]
    short = number[:6] + number[8:17]
    assert mask(MaskKind.ID_NUMBER, short) == short[:3] + "*" * 9 + short[12:]


@ROUNDS
@given(number=st.from_regex(r"[A-Z]{1,2}[0-9]{4,12}", fullmatch=True))
def test_a_permit_shows_four_characters(number: str) -> None:
    shown = mask(MaskKind.ID_NUMBER, number)
    assert len(shown.replace("*", "")) in {0, 4}
    assert len(shown.replace("*", "")) == (4 if len(number) >= 8 else 0)


homes = st.tuples(
    st.sampled_from(["幸福小区", "阳光花园", "人民路88号院", "Ｂ区", ""]),
    st.sampled_from(["{}号楼", "{}栋", "{}幢", "{}座", "{}#"]),
    st.integers(1, 40),
    st.sampled_from(["{}单元", "{}梯", "-{}", "{}门"]),
    st.integers(1, 6),
    st.sampled_from(["{}室", "{}户", "-{}", "{}", " {}房"]),
    st.integers(101, 3204),
    st.sampled_from(["", "(张三)", " 13812345678", "东"]),
    st.booleans(),
)


@ROUNDS
@given(home=homes)
def test_an_address_never_shows_unit_or_room(home: tuple[str, str, int, str, int, str, int, str, bool]) -> None:
    compound, building, number, unit, unit_number, room, room_number, rest, wide = home
    address = compound + building.format(number) + unit.format(unit_number) + room.format(room_number) + rest
    shown = mask(MaskKind.ADDRESS, address.translate(WIDE) if wide else address)
    assert shown.endswith("***")
    plain = unicodedata.normalize("NFKC", compound + building.format(number))
    assert plain.startswith(shown.removesuffix("***"))


@ROUNDS
@given(text=st.one_of(names, st.text(st.sampled_from("0123456789-ABX幸福小区号楼单元室"), min_size=1, max_size=25)))
def test_no_mask_is_taken_for_data(text: str) -> None:
    for kind in MaskKind:
        assert looks_masked(mask(kind, text), kind), kind
        assert looks_masked(PLACEHOLDER, kind)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("张*", MaskKind.NAME),
        ("张＊＊", MaskKind.NAME),
        ("张某", MaskKind.NAME),
        ("李某某", MaskKind.NAME),
        ("王××", MaskKind.NAME),
        ("王XX", MaskKind.NAME),
        ("138****5678", MaskKind.PHONE),
        ("138xxxx5678", MaskKind.PHONE),
        ("1101011990XXXX1234", MaskKind.ID_NUMBER),
        ("11010119900307●●●●", MaskKind.ID_NUMBER),
        ("3号楼***", MaskKind.ADDRESS),
        ("***", MaskKind.TEXT),
        ("••• ", MaskKind.TEXT),
    ],
)
def test_what_was_masked_elsewhere_is_recognised(text: str, kind: MaskKind) -> None:
    assert looks_masked(text, kind)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("张三", MaskKind.NAME),
        ("John Foxx", MaskKind.NAME),
        ("阿卜杜拉·买买提", MaskKind.NAME),
        ("13812345678", MaskKind.PHONE),
        ("010-87654321转8", MaskKind.PHONE),
        ("11010119900307123X", MaskKind.ID_NUMBER),
        ("幸福小区3号楼2单元501室", MaskKind.ADDRESS),
        ("血压140*90,XX医院确诊", MaskKind.TEXT),
        ("", MaskKind.NAME),
        ("", MaskKind.TEXT),
    ],
)
def test_what_is_no_mask_is_taken(text: str, kind: MaskKind) -> None:
    assert not looks_masked(text, kind)
