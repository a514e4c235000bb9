"""How characters are read, and how letters are compared."""

import pytest

from gridmap.finding.readings import MOST_READINGS, fold_letters, readings


@pytest.fixture(scope="module")
def spoken() -> dict[str, list[str]]:
    return readings()


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        ("长", {"chang", "zhang"}), ("重", {"zhong", "chong"}), ("行", {"xing", "hang"}), ("乐", {"le", "yue"}),
        ("朝", {"chao", "zhao"}), ("厦", {"sha", "xia"}), ("六", {"liu", "lu"}), ("浒", {"hu", "xu"}),
        ("堡", {"bao", "bu", "pu"}), ("弄", {"nong", "long"}), ("都", {"du", "dou"}), ("绿", {"lu"}), ("女", {"nu"}),
        ("平", {"ping"}), ("路", {"lu"}),
    ],
)  # fmt: skip
def test_every_reading_that_matters_is_there(spoken: dict[str, list[str]], character: str, expected: set[str]) -> None:
    assert set(spoken[character]) == expected


def test_the_commonest_reading_comes_first(spoken: dict[str, list[str]]) -> None:
    assert [spoken[one][0] for one in "长大和一地"] == ["chang", "da", "he", "yi", "di"]


def test_readings_are_plain_letters_and_few(spoken: dict[str, list[str]]) -> None:
    assert len(spoken) > 20_000
    for syllables in spoken.values():
        assert 1 <= len(syllables) <= MOST_READINGS + 1
        assert all(one == fold_letters(one) and one for one in syllables)


def test_v_and_u_with_dots_are_u() -> None:
    typed = ("lücheng", "lvcheng", "lucheng", "LYUCHENG", "lu cheng", "lu'cheng")
    assert {fold_letters(one) for one in typed} == {"lucheng"}
