"""What typed words mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.finding.understanding import LONGEST_QUERY, Meaning, fold, understand


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("和平路12号3栋2单元", Meaning(("和平路",), door="12", number="3", unit="2")),
        ("3-2-501", Meaning((), number="3", unit="2", room="501")),
        ("爱民佳苑3-2-501", Meaning(("爱民佳苑",), number="3", unit="2", room="501")),
        ("一社区 003", Meaning(("一社区",), tail="003")),
        ("一社区 ３号楼", Meaning(("一社区",), number="3")),
        ("二社区长宁路3号", Meaning(("二社区", "长宁路"), door="3")),
        ("长宁路88", Meaning(("长宁路",), door="88")),
        ("长宁路 八十八号", Meaning(("长宁路",), door="88")),
        ("爱民佳苑 3", Meaning(("爱民佳苑",), number="3")),
        ("A座", Meaning((), number="A")),
        ("hpl", Meaning(("hpl",), letters=True)),
        ("heping lu 12 3", Meaning(("hepinglu",), door="12", number="3", letters=True)),
        ("hpl12", Meaning(("hpl",), door="12", letters=True)),
        ("ampgy 3", Meaning(("ampgy",), number="3", letters=True)),
        ("lvcheng", Meaning(("lucheng",), letters=True)),
        ("yisq 003", Meaning(("yisq",), tail="003", letters=True)),
        ("第3小学", Meaning(("第3小学",))),
    ],
)
def test_it_means(text: str, expected: Meaning) -> None:
    assert expected in understand(text).meanings


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("990101001003", "990101001003"), ("９９０１０１", "990101"), ("9901 0100 1003", "990101001003"),
        ("3", ""), ("和平路12", ""), ("1" * 21, ""), ("003", "003"),
    ],
)  # fmt: skip
def test_codes(text: str, code: str) -> None:
    assert understand(text).code == code


def test_nothing_means_nothing() -> None:
    assert understand("").meanings == ()
    assert understand("\u200b  ").meanings == ()


@given(st.text(max_size=150))
def test_whatever_is_typed_is_understood_somehow(text: str) -> None:
    asked = understand(text)
    assert len(asked.text) <= LONGEST_QUERY
    assert asked.text == fold(asked.text)
    assert all(one.names or one.has_figures for one in asked.meanings)
    assert all(name for one in asked.meanings for name in one.names)
