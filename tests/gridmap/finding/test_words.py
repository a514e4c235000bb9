"""Words are learnt in the transaction that writes them, with every way to type them."""

import pytest
from django.db import connection

from gridmap.finding.models import Spelling, Word
from gridmap.finding.services import ALIKE, EXACT, PREFIX, WITHIN, alike, called
from gridmap.territory.models import Building, Compound, Facility
from tests.cast import SOURCE, Board, centre_of, square

pytestmark = pytest.mark.django_db


def compound(name: str, ref: str = "c") -> Compound:
    return Compound.objects.create(source=SOURCE, source_ref=ref, name=name)


def spellings(text: str) -> set[tuple[int, str, str]]:
    return set(Spelling.objects.filter(word__text=text).values_list("place", "letters", "initials"))


def test_a_new_name_is_a_word_with_its_spellings() -> None:
    compound("爱民佳苑")
    assert spellings("爱民佳苑") == {
        (0, "aiminjiayuan", "amjy"),
        (1, "minjiayuan", "mjy"),
        (2, "jiayuan", "jy"),
        (3, "yuan", "y"),
    }


def test_a_name_that_is_changed_is_learnt_and_the_old_one_finds_nothing_wrong() -> None:
    row = compound("爱民佳苑")
    row.name = "和平里"
    row.save()
    assert Word.objects.filter(text="和平里").exists()
    assert called("和平里").ranks == {"和平里": EXACT}


def test_a_bulk_write_learns_each_word_once(board: Board) -> None:
    before = Word.objects.count()
    community = board.communities[0]
    Building.objects.bulk_create(
        Building(
            source=SOURCE, source_ref=str(number), number=f"{number}栋", address=f"和平路{number}号",
            community=community, geom=square(119.9, 30.1, 0.0001),
        )
        for number in range(40)
    )  # fmt: skip
    assert Word.objects.count() == before + 1
    assert Word.objects.filter(text="和平路").count() == 1


def test_a_read_of_a_word_under_two_readings() -> None:
    compound("长乐坊")
    letters = {one for place, one, _initials in spellings("长乐坊") if place == 0}
    assert letters == {"changlefang", "zhanglefang", "changyuefang", "zhangyuefang"}


def test_a_word_of_many_readings_has_its_commonest_and_not_thousands() -> None:
    compound("长长长长长长长长长长")
    assert len({one for place, one, _ in spellings("长长长长长长长长长长") if place == 0}) == 12
    assert ("changchangchangchangchangchangchangchangchangchang") in {one for _, one, _ in spellings("长" * 10)}


def test_words_without_chinese_have_no_spellings() -> None:
    compound("SOHO 2")
    assert spellings("SOHO 2") == set()
    assert called("soho").ranks == {"SOHO 2": PREFIX}


@pytest.mark.parametrize(
    ("typed", "rank"),
    [
        ("hepinglu", EXACT), ("hpl", PREFIX), ("heping", PREFIX), ("hp", WITHIN), ("pinglu", WITHIN), ("pl", WITHIN),
        ("HePing Lu", EXACT),
    ],
)  # fmt: skip
def test_pinyin_and_initials(board: Board, typed: str, rank: int) -> None:
    Facility.objects.create(source=SOURCE, source_ref="f", name="和平路", geom=centre_of(board.communities[0].code))
    assert called(typed, letters=True).ranks["和平路"] == rank


def test_the_ends_of_syllables_are_not_found_alone() -> None:
    compound("和平里")
    assert "和平里" not in called("ingli", letters=True).ranks


def test_wildcards_are_characters() -> None:
    compound("和平里")
    assert [called(one).ranks for one in ("%", "_", "\\", "和%里")] == [{}, {}, {}, {}]


def test_the_better_a_word_fits_the_earlier_it_comes() -> None:
    for number, name in enumerate(("大和平里", "和平里东区", "和平里")):
        compound(name, str(number))
    assert list(called("和平里").ranks.items()) == [("和平里", EXACT), ("和平里东区", PREFIX), ("大和平里", WITHIN)]


@pytest.mark.parametrize("typed", ["和苹里", "何平里", "hepign li", "hepingli"])
def test_what_sounds_or_looks_like_it(typed: str) -> None:
    compound("和平里")
    assert alike(typed).ranks == {"和平里": ALIKE}


def test_only_words_that_may_be_known_count_towards_those_that_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, name in enumerate(("和平里", "和平苑", "和平里三区")):
        compound(name, str(number))
    own = Word.objects.filter(text="和平里三区")
    monkeypatch.setattr("gridmap.finding.services.MOST_WORDS", 1)
    monkeypatch.setattr("gridmap.finding.services.MOST_ALIKE", 1)
    assert called("和平").texts() != ["和平里三区"] and called("hp", letters=True).texts() != ["和平里三区"]
    assert called("和平", among=own).ranks == {"和平里三区": PREFIX}
    assert called("hp", letters=True, among=own).ranks == {"和平里三区": WITHIN}
    assert alike("和苹里", among=own).ranks == {"和平里三区": ALIKE}
    assert alike("和苹里", among=Word.objects.none()).ranks == {}


def test_one_character_is_like_nothing() -> None:
    compound("和平里")
    assert alike("a").ranks == {}


def test_figures_and_marks_of_addresses_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT finding_words('和平路012号3栋'), finding_figure('和平路012号3栋'), finding_number('03号楼'),"
            " finding_number('A座'), finding_number('北楼'), finding_number('12#'), finding_words('')"
        )
        assert cursor.fetchone() == ("和平路", "12", "3", "A", "北", "12", "")
