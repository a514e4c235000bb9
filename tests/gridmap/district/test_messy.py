"""Messy lists: they hold what they should, the truth beside each row is true, and the same seed makes the same."""

import csv
from collections import Counter
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from gridmap.district.clerks import CIVIL_AFFAIRS, POLICE, TENANCY
from gridmap.district.list_files import write_csv, write_lists, write_xlsx
from gridmap.district.lists import PeopleList, Sources, make_lists
from gridmap.district.messy import Clerk, Facts, Scene, one_apart, write_address
from gridmap.district.mistakes import core_of, mistype, other_figure, swap_figures, with_or_without_word
from gridmap.district.records import District
from gridmap.district.residents import Dwelling, Occupancy, Population
from gridmap.district.spelling import INDOORS, Indoors
from gridmap.district.whereabouts import Whereabouts, former_names, whereabouts_of
from tests.gridmap.district.conftest import TODAY

REGIONS = (
    ("990000000000", "示例省"), ("990100000000", "示例市"), ("990101000000", "澄江区"), ("990101001000", "城北街道"),
    ("990101001001", "陇海社区"),
)  # fmt: skip


def place(code: str, compound: str, number: str, **more: object) -> Whereabouts:
    facts = {
        "building": code, "regions": REGIONS, "street": "长宁路", "door": "12", "compound_code": f"C-{compound}",
        "compound": compound, "number": number, "units": 3, "villa": False, "by_door": False,
    }  # fmt: skip
    return Whereabouts(**{**facts, **more})  # type: ignore[arg-type]


HOUSES = {
    house.building: house
    for house in (
        place("a1", "锦绣花园", "1"),
        place("a2", "锦绣花园", "2"),
        place("b1", "锦绣家园", "1", door="20"),
        place("b9", "锦绣家园", "9", door="20"),
        place("c1", "听涛苑", "1", street="北门街", door="8"),
        place("d", "", "1", compound_code="", street="鼓楼街", door="17", by_door=True, units=1),
    )
}
HOME = Dwelling("a1-2-501", "a1", "2", 5, "501", Occupancy.OWNER)


def scene(**more: object) -> Scene:
    return Scene(places=HOUSES, former={"C-听涛苑": "红星二村"}, known_former={}, **more)  # type: ignore[arg-type]


def careful(clerk: Clerk, **mistakes: float) -> Clerk:
    """``clerk`` who makes only these mistakes."""
    return replace(clerk, mistakes=mistakes)


@pytest.mark.parametrize(
    ("facts", "fitting"),
    [
        (Facts(compound="锦绣花园", number="1"), {"a1"}),
        (Facts(compound="锦绣花园"), {"a1", "a2"}),
        (Facts(compound="锦绣", number="1"), {"a1", "b1"}),
        (Facts(compound="锦绣", number="9"), {"b9"}),
        (Facts(compound="锦绣花园小区", number="2"), {"a2"}),
        (Facts(compound="金绣花园", number="2"), {"a2"}),
        (Facts(compound="锦绣园", number="1"), {"a1", "b1"}),
        (Facts(compound="锦锈花圆", number="2"), set()),
        (Facts(compound="红星二村", number="1"), set()),
        (Facts(street="长宁路", door="12"), {"a1", "a2"}),
        (Facts(street="长宁路", door="12", number="2"), {"a2"}),
        (Facts(street="长安路", door="12", number="2"), {"a2"}),
        (Facts(street="长宁路", door="20", compound="锦绣花园", number="1"), set()),
        (Facts(street="鼓楼街", door="17"), {"d"}),
        (Facts(region="990101002", compound="锦绣花园", number="1"), set()),
        (Facts(region="990101001001"), set()),
        (Facts(), set()),
    ],
)
def test_what_fits_is_decided_by_the_facts(facts: Facts, fitting: set[str]) -> None:
    assert scene().fitting(facts) == fitting


def test_known_former_names_fit_and_unsurveyed_buildings_do_not() -> None:
    facts = Facts(compound="红星二村", number="1")
    known = Scene(HOUSES, {"C-听涛苑": "红星二村"}, {"C-听涛苑": "红星二村"})
    assert known.fitting(facts) == {"c1"}
    assert scene(unsurveyed={"a1"}).fitting(Facts(compound="锦绣花园", number="1")) == set()


@pytest.mark.parametrize("clerk", [POLICE, CIVIL_AFFAIRS, TENANCY])
def test_without_mistakes_an_address_says_what_is_true(clerk: Clerk) -> None:
    rng = np.random.default_rng(4)
    for _ in range(200):
        told = write_address(HOUSES["a1"], HOME, careful(clerk), scene(), rng)
        assert told.enough
        assert told.dwelling_enough
        assert told.kinds == ()
        assert (told.facts.compound, told.facts.number, told.facts.unit) == ("锦绣花园", "1", "2")
        plain = told.text.translate(str.maketrans("０１２３４５６７８９園東", "0123456789园东")).replace(" ", "")
        assert "锦绣花园" in plain
        assert "501" in plain


@pytest.mark.parametrize(
    ("mistake", "enough"),
    [
        ("elsewhere", False),
        ("wrong_number", False),
        ("wrong_compound", False),
        ("no_number", False),
        ("no_room", True),
        ("no_unit", True),
        ("swapped_room", True),
        ("word_changed", True),
    ],
)
def test_each_mistake_is_named_and_judged(mistake: str, enough: bool) -> None:
    rng = np.random.default_rng(5)
    clerk = replace(careful(CIVIL_AFFAIRS, **{mistake: 1.0}), with_street=0.0)
    for _ in range(50):
        told = write_address(HOUSES["a1"], HOME, clerk, scene(), rng)
        assert mistake in told.kinds
        assert told.enough == enough
        assert not told.dwelling_enough or mistake == "word_changed"


def test_a_wrong_figure_that_is_another_house_misleads() -> None:
    rng = np.random.default_rng(6)
    clerk = replace(careful(POLICE, wrong_number=1.0), with_street=0.0)
    told = [write_address(HOUSES["a1"], HOME, clerk, scene(), rng) for _ in range(60)]
    assert all(one.misleading == (one.facts.number == "2") for one in told)
    assert any(one.misleading for one in told)


def test_a_community_that_contradicts_the_address_is_not_enough() -> None:
    other = place("z", "金桂苑", "1", regions=(*REGIONS[:-1], ("990101001002", "北门社区")), street="北门街", door="1")
    both = Scene({**HOUSES, "z": other}, {}, {})
    clerk = replace(careful(CIVIL_AFFAIRS, wrong_community=1.0), community_column=1.0)
    told = write_address(HOUSES["a1"], HOME, clerk, both, np.random.default_rng(1))
    assert told.community == "990101001002"
    assert "wrong_community" in told.kinds
    assert not told.enough


names = st.text(alphabet="锦绣花园家银杏苑", min_size=2, max_size=6)


@given(names, st.integers(0, 2**32))
def test_a_misspelt_name_is_one_character_away(name: str, seed: int) -> None:
    written = mistype(name, np.random.default_rng(seed))
    assert one_apart(written, name)
    assert one_apart(name, written)


@given(st.integers(1, 200), st.integers(0, 2**32))
def test_another_figure_is_another(number: int, seed: int) -> None:
    other = other_figure(str(number), np.random.default_rng(seed))
    assert other.isdigit()
    assert not other.startswith("0")
    assert other != str(number)


@given(st.integers(1, 33), st.integers(1, 12), st.integers(0, 2**32))
def test_swapped_figures_make_another_room(floor: int, door: int, seed: int) -> None:
    room = f"{floor}{door:02d}"
    assert swap_figures(room, np.random.default_rng(seed)) != room


@pytest.mark.parametrize(
    ("name", "core", "changed"),
    [
        ("银杏家园", "银杏", "银杏家园小区"),
        ("锦绣小区", "锦绣", "锦绣"),
        ("苑", "苑", "苑小区"),
        ("世纪城", "世纪", "世纪城小区"),
    ],
)
def test_forms_of_a_name(name: str, core: str, changed: str) -> None:
    assert core_of(name) == core
    assert with_or_without_word(name) == changed


def test_every_style_writes_all_that_is_there() -> None:
    for name, write in INDOORS.items():
        full = write(Indoors("3", "2", "5", "501"))
        assert "501" in full, name
        assert write(Indoors("", "", "", "")) == "", name


def test_whereabouts_are_those_of_the_address(town: District) -> None:
    places = whereabouts_of(town)
    for building in town.buildings:
        if not building.dwellings:
            assert building.code not in places
            continue
        found = places[building.code]
        chain = "".join(name for _, name in found.regions[:-1])
        compound = "" if found.by_door else f"{found.compound}{building.number}"
        assert building.address == f"{chain}{found.street}{found.door}号{compound}"


def test_former_names_are_nobody_elses(town: District) -> None:
    former = former_names(town, np.random.default_rng(2))
    assert former
    assert len(set(former.values())) == len(former)
    assert not set(former.values()) & {compound.name for compound in town.compounds}


def test_lists_take_only_whom_they_are_about(sources: Sources) -> None:
    police, elders, disabled, tenants = sources.lists
    assert {row[elders.columns.index("性别")] for row in elders.rows} == {"男", "女"}
    assert min(int(row[elders.columns.index("年龄")]) for row in elders.rows) >= 60
    assert set(column(police, "与户主关系")) <= {"户主", "配偶", "子女", "父母", "孙子女", "其他"}
    assert set(column(disabled, "残疾等级")) == {"一级", "二级", "三级", "四级"}
    assert set(column(tenants, "证件类型")) <= {"居民身份证", "护照"}


def column(people: PeopleList, name: str) -> list[str]:
    return [row[people.columns.index(name)] for row in people.rows]


def test_every_row_has_its_truth(town: District, sources: Sources) -> None:
    codes = {building.code for building in town.buildings}
    for people in sources.lists:
        assert len(people.rows) == len(people.truths)
        assert [truth.row for truth in people.truths] == list(range(1, len(people.rows) + 1))
        assert all(truth.building in codes and truth.sheet == people.name for truth in people.truths)
        addresses = column(people, people.address_column)
        assert addresses == [truth.written.text for truth in people.truths]


def test_the_same_people_stand_in_several_lists_with_other_words(sources: Sources) -> None:
    seen: dict[str, set[str]] = {}
    for people in sources.lists:
        for truth in people.truths:
            seen.setdefault(truth.person, set()).add(people.name)
    assert sum(len(lists) > 1 for lists in seen.values()) > 50
    police = {t.person: t.written.text for t in sources.lists[0].truths}
    shared = [t for t in sources.lists[1].truths if t.person in police]
    assert sum(police[t.person] != t.written.text for t in shared) > 0.8 * len(shared)


def test_some_people_stand_twice_in_one_list(sources: Sources) -> None:
    counts = Counter((t.sheet, t.person) for people in sources.lists for t in people.truths)
    assert 0 < sum(count > 1 for count in counts.values()) < 0.03 * len(counts)


def test_numbers_and_phones_have_the_faults_of_lists(sources: Sources) -> None:
    numbers = [
        n for people in sources.lists[:2] for n in column(people, people.columns[4 if people.name == "elders" else 3])
    ]
    lengths = Counter(map(len, numbers))
    assert lengths[18] > 0.9 * len(numbers)
    assert lengths[17] > 0
    assert lengths[15] > 0
    assert lengths[0] > 0
    phones = column(sources.lists[0], "联系电话") + column(sources.lists[3], "手机号码")
    assert any(" " in phone for phone in phones)
    assert any("-" in phone for phone in phones)
    assert all(phone == "" or phone.startswith("129") for phone in phones)


def test_most_rows_say_enough_and_the_police_write_best(sources: Sources) -> None:
    shares = {p.name: np.mean([t.written.enough for t in p.truths]) for p in sources.lists}
    assert all(0.85 < share < 0.995 for share in shares.values())
    assert shares["police"] == max(shares.values())
    kinds = {kind for people in sources.lists for truth in people.truths for kind in truth.written.kinds}
    assert {"no_unit", "typo_compound", "former_name", "door_only", "elsewhere", "unsurveyed"} <= kinds


def test_the_same_seed_makes_the_same_lists(town: District) -> None:
    part = replace(town, buildings=town.buildings[:300])
    sizes = dict.fromkeys(("police", "elders", "disabled", "tenants"), 40)
    first = make_lists(part, np.random.default_rng(3), today=TODAY, sizes=sizes)
    assert make_lists(part, np.random.default_rng(3), today=TODAY, sizes=sizes) == first
    assert make_lists(part, np.random.default_rng(4), today=TODAY, sizes=sizes) != first


def test_files_are_read_back_as_they_were_written(sources: Sources, tmp_path: Path) -> None:
    people = sources.lists[1]
    for encoding in ("utf-8-sig", "gb18030"):
        path = write_csv(people, tmp_path / f"{encoding}.csv", encoding=encoding)
        with path.open(encoding=encoding, newline="") as file:
            assert [tuple(row) for row in csv.reader(file)] == [people.columns, *people.rows]
    book = CalamineWorkbook.from_path(str(write_xlsx(people, tmp_path / "list.xlsx")))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][0] == people.title
    assert tuple(rows[1]) == people.columns
    assert [tuple(row) for row in rows[2:]] == list(people.rows)


def test_all_files_of_a_district(sources: Sources, tmp_path: Path) -> None:
    written = dict(write_lists(sources, tmp_path / "lists"))
    assert {path.name for path in written} == {
        *(f"{name}.{ending}" for name in ("police", "elders", "disabled", "tenants") for ending in ("xlsx", "csv")),
        "truth.csv",
    }
    assert (tmp_path / "lists" / "police.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    (tmp_path / "lists" / "elders.csv").read_bytes().decode("gb18030")
    truth = (tmp_path / "lists" / "truth.csv").read_text("utf-8-sig").splitlines()
    assert len(truth) == 1 + sum(len(people.rows) for people in sources.lists)


def test_the_truth_is_no_column_of_a_list(sources: Sources, population: Population) -> None:
    codes = {person.code for person in population.residents[:2000]}
    for people in sources.lists:
        assert not {"楼栋", "楼栋编号", "差错"} & set(people.columns)
        assert not any(cell in codes for row in people.rows for cell in row)


def test_the_command_writes_the_lists_of_a_district(tmp_path: Path) -> None:
    call_command("generate_district", seed=2, households=3000, lists=tmp_path, stdout=StringIO())
    with (tmp_path / "elders.csv").open(encoding="gb18030", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 500
    assert {row["性别"] for row in rows} == {"男", "女"}
    assert (tmp_path / "truth.csv").exists()
