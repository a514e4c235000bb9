"""What holds for every text and every way of writing a dwelling."""

from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridmap.address import Gazetteer, Kind, match, normalise, parse
from gridmap.address.evidence import LEAD, MATCHED
from gridmap.address.nearness import Neighbourhood, is_one_apart
from gridmap.address.normal import LONGEST, arabic, figure_of, name_key
from gridmap.address.parts import Address
from tests.gridmap.address.conftest import REGIONS

WORDS = (
    "锦绣 花园 小区 长宁路 街 号 栋 幢 单元 室 楼 层 门 附 之 弄 院 组 村 底楼 地下室 负一楼 东户 甲 B A座 三 十二 百 "
    "〇 0501 3 12 501 - － — ~ / # ＃ 第 （ ） ( ) 澄江区 陇海社区 城北街道 省 市 房东张三 电话 13800000000 ， 。 . 、 "
    "一期 A区 號 棟 ５ ① Ⅱ ß 😀"
)
FRAGMENTS = (*WORDS.split(), *" \u3000\u200b\u0301\u1161")
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join))


@settings(max_examples=600, deadline=None)
@given(texts)
@example("1 " * 300)
@example("3--2- -501")
@example("﷽" * 60)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert len(once) <= LONGEST


@settings(max_examples=600, deadline=None)
@given(texts)
def test_reading_never_raises_and_keeps_what_was_typed(text: str) -> None:
    found = parse(text)
    assert found.raw == text[:1000]
    assert found.text == normalise(text)
    assert replace(parse(found.text), raw=found.raw) == found


@settings(max_examples=300, deadline=None)
@given(text=texts, within=st.sampled_from([None, "", "990101001", "990101001001", "1"]))
def test_matching_never_raises_and_keeps_its_promises(town: Gazetteer, text: str, within: str | None) -> None:
    found = match(parse(text), town, within)
    scores = [candidate.score for candidate in found.candidates]
    assert all(0 <= score <= 1 for score in scores)
    assert len({candidate.id for candidate in found.candidates}) == len(found.candidates)
    areas = {building.entry.id: building.entry.area for building in town.buildings}
    assert all(areas[candidate.id].startswith(within or "") for candidate in found.candidates)
    if found.kind is Kind.MATCHED:
        assert scores[0] >= MATCHED
        assert scores[1:] == [] or scores[1] <= scores[0] - LEAD
        assert found.dwelling is not None
        assert not found.reasons
    else:
        assert found.dwelling is None


HAN = "零一二三四五六七八九"


def han(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{HAN[hundreds]}百" if hundreds else ""
    if hundreds and not tens and ones:
        text += "零"
    if tens:
        text += ("" if tens == 1 and not hundreds else HAN[tens]) + "十"
    return text + (HAN[ones] if ones else "")


@given(st.integers(1, 999))
def test_numerals_are_read_as_they_are_written(number: int) -> None:
    assert arabic(han(number)) == str(number)
    assert figure_of(han(number)) == str(number)
    assert figure_of(f"{number:05d}") == str(number)


@given(st.text(alphabet="〇零一二两三四五六七八九十百廿", max_size=6))
def test_what_is_no_numeral_is_not_read_as_one(text: str) -> None:
    read = arabic(text)
    assert read == "" or read.isdigit()
    if any(c in "十百廿" for c in text) and read:
        assert int(read) < 1000


MARKS = {"building": ("栋", "幢", "号楼", "#", "#楼", "座"), "unit": ("单元", "门"), "room": ("室", "", "号", "户")}


@st.composite
def dwellings(draw: st.DrawFn) -> tuple[str, str, str, str]:
    """A text, and the building, unit and room in it."""
    building, unit = draw(st.integers(1, 120)), draw(st.integers(1, 9))
    floor, door = draw(st.integers(1, 33)), draw(st.integers(1, 12))
    room = f"{floor}{door:02d}"
    style = draw(st.sampled_from(["marks", "han", "dashes", "half", "floor"]))
    mark = {part: draw(st.sampled_from(options)) for part, options in MARKS.items()}
    if style == "dashes":
        text = f"{building}-{unit}-{room}"
    elif style == "half":
        text = f"{building}{mark['building']}{unit}-{room}"
    elif style == "han":
        text = f"{han(building)}{mark['building']}{han(unit)}{mark['unit']}{room}{mark['room']}"
    elif style == "floor":
        text = f"{building}{mark['building']}{unit}{mark['unit']}{han(floor)}楼{door}室"
    else:
        text = f"{building}{mark['building']}{unit}{mark['unit']}{room}{mark['room']}"
    return text, str(building), str(unit), room


@st.composite
def hands(draw: st.DrawFn) -> tuple[str, str, str, str]:
    """The same, as some hand types it: full width, other dashes, blanks, notes."""
    text, building, unit, room = draw(dwellings())
    text = text.replace("-", draw(st.sampled_from("-－—–~/")))
    if draw(st.booleans()):
        text = text.translate(str.maketrans("0123456789-#", "０１２３４５６７８９－＃"))
    if draw(st.booleans()):
        text = text.replace("栋", "棟").replace("号", "號").replace("单", "單")
    text += draw(st.sampled_from(["", "（租户）", " (出租)", " 13800000000", "。"]))
    return text, building, unit, room


@settings(max_examples=500, deadline=None)
@given(hands())
def test_any_spelling_of_a_dwelling_gives_the_same_parts(spelt: tuple[str, str, str, str]) -> None:
    text, building, unit, room = spelt
    found = parse(f"锦绣花园{text}")
    assert (found.compound, found.building, found.unit, found.room) == ("锦绣花园", building, unit, room)
    assert found.floor == room[:-2]


@settings(max_examples=200, deadline=None)
@given(hands())
def test_any_spelling_finds_the_same_dwelling(town: Gazetteer, spelt: tuple[str, str, str, str]) -> None:
    text, building, unit, room = spelt
    found = match(parse(f"陇海社区锦绣花园{text}"), town)
    fits = int(building) <= 12 and int(unit) <= 3 and int(room[:-2]) <= 7
    assert (found.kind is Kind.MATCHED) == fits
    if fits:
        assert found.candidates[0].id == f"锦绣花园-1001-{building}"
        assert found.dwelling is not None
        assert (found.dwelling.unit, found.dwelling.room) == (unit, room)


names = st.text(alphabet="锦绣花园家银杏苑12", min_size=1, max_size=6)


@given(names, names)
def test_one_apart_is_symmetric_and_never_equal(one: str, other: str) -> None:
    assert is_one_apart(one, other) == is_one_apart(other, one)
    assert not is_one_apart(one, one)


@given(st.lists(names, max_size=12), names)
def test_neighbours_are_all_names_one_apart_with_the_same_figures(known: list[str], asked: str) -> None:
    digits = [c for c in asked if c.isdigit()]
    expected = {
        name
        for name in known
        if min(len(name), len(asked)) >= 2
        and max(len(name), len(asked)) >= 3
        and is_one_apart(name, asked)
        and [c for c in name if c.isdigit()] == digits
    }
    found = set(Neighbourhood(known).one_apart(asked))
    assert found == {name for name in expected if len(name) >= 3 and len(asked) >= 3}


@given(st.sampled_from(sorted(REGIONS.values())), st.sampled_from(["", " ", "\u3000"]))
def test_names_compare_without_regard_to_blanks(name: str, blank: str) -> None:
    assert name_key(blank.join(name)) == name_key(name)


def test_an_address_without_anything_is_the_empty_one() -> None:
    assert parse("") == Address(raw="", text="")
