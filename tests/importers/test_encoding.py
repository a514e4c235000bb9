import codecs
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers import encoding
from importers.records import RefusedError

NAMES = "网格名称,户数\n爱民佳苑,4046\n䶮㐂𠮷,1\n"


@pytest.mark.parametrize(
    ("raw", "name", "reason"),
    [
        (codecs.BOM_UTF8 + NAMES.encode(), "utf-8-sig", "byte_order_mark"),
        (NAMES.encode("utf-16"), "utf-16", "byte_order_mark"),
        (NAMES.encode(), "utf-8", "utf8_strict"),
        (NAMES.encode("gb18030"), "gb18030", "gb18030_strict"),
        ("楼栋,户数\n一号楼,3\n".encode("gbk"), "gb18030", "gb18030_strict"),
        (b"plain,ascii\n", "utf-8", "utf8_strict"),
    ],
)
def test_a_text_file_says_which_encoding_it_is_in(tmp_path: Path, raw: bytes, name: str, reason: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(raw)
    found = encoding.of_file(path)
    assert (found.name, found.reason) == (name, reason)
    assert raw.decode(found.name)


def test_bytes_that_fit_nothing_are_refused_and_a_person_can_choose(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("café,1\n".encode("latin-1") + b"\xff\xff\n")
    with pytest.raises(RefusedError) as refusal:
        encoding.of_file(path)
    assert refusal.value.code == "encoding_undecided"
    assert encoding.of_file(path, "latin-1") == encoding.Encoding("iso8859-1", "chosen")


@pytest.mark.parametrize("name", ["klingon", "bz2", "rot13", "base64", ""])
def test_only_encodings_of_text_can_be_chosen(name: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        encoding.known(name)
    assert refusal.value.code == "encoding_unknown"


@pytest.mark.parametrize("name", ["GBK", "936", "gb2312", "GB18030"])
def test_every_name_of_gbk_means_the_encoding_that_contains_it(name: str) -> None:
    assert encoding.known(name) == "gb18030"


def test_a_stated_encoding_wins_unless_the_text_contradicts_it() -> None:
    gbk = ["宝山区".encode("gbk")]
    assert encoding.of_texts(gbk, stated="gb18030", stated_by="cpg_file").reason == "cpg_file"
    contradicted = encoding.of_texts(gbk, stated="utf-8", stated_by="cpg_file")
    assert (contradicted.name, contradicted.reason) == ("gb18030", "gb18030_strict_against_cpg_file")


def test_a_field_cut_inside_a_character_still_fits_its_encoding() -> None:
    cut = "网格名称".encode()[:10]
    assert encoding.of_texts([cut]).name == "utf-8"
    assert encoding.decode(cut, "utf-8") == ("网格名", True)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.sampled_from(["utf-8", "gb18030"]))
def test_whatever_is_found_decodes_every_field_without_loss(text: str, written: str) -> None:
    raw = text.encode(written)
    found = encoding.of_texts([raw])
    if found.name == written:
        assert encoding.decode(raw, found.name) == (text, False)
    else:
        assert raw.decode(found.name) is not None


def test_a_table_counts_rows_as_excel_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"id,lon,lat\r\nA,121,31\r\n\r\nB,121,31\r\n")
    from importers.readers.csv.reader import describe, read

    assert describe(path).layers[0].rows == 2
    assert [row.row for row in read(path)] == [2, 4]
