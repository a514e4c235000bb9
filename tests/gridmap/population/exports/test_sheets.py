"""Files of an export: readable by a spreadsheet, marked on every page, and no cell of them ever runs."""

import csv
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.population.exports.sheets import FORMULA, harmless, write_csv, write_xlsx

HEADER = ["姓名", "电话", "标记"]
ROWS = [["张三", "138****5678", "000001-abc"], ["=1+1", "+86 138", "000001-def"]]
MARK = "导出 000001 · 王桂芳 · 用途：A&B <查>"


def sheet_of(content: bytes) -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(io.BytesIO(content)).active


def test_a_workbook_holds_header_rows_and_the_watermark_above_below_and_on_every_page() -> None:
    sheet = sheet_of(write_xlsx(HEADER, ROWS, watermark=MARK))
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert values[0][0] == values[-1][0] == MARK
    assert values[1] == HEADER and values[2:-1] == ROWS
    assert MARK in sheet.oddHeader.left.text.replace("&&", "&")
    assert MARK in sheet.oddFooter.left.text.replace("&&", "&")


def test_the_marker_of_each_row_is_there_and_hidden() -> None:
    sheet = sheet_of(write_xlsx(HEADER, ROWS, watermark=MARK))
    assert sheet.column_dimensions["C"].hidden is True
    assert not sheet.column_dimensions["A"].hidden


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    sheet = sheet_of(write_xlsx(HEADER, ROWS, watermark=MARK))
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "inlineStr"}
    assert all(cell.quotePrefix for cell in cells if cell.value is not None)


def test_many_columns_have_their_names() -> None:
    header = [str(number) for number in range(60)]
    sheet = sheet_of(write_xlsx(header, [header], watermark="w"))
    assert [cell.value for cell in sheet[3]] == header
    assert sheet.cell(3, 53).coordinate == "BA3"


def test_without_rows_it_is_still_a_file() -> None:
    assert sheet_of(write_xlsx(HEADER, [], watermark=MARK)).max_row == 3


def test_a_table_of_text_begins_and_ends_with_the_watermark() -> None:
    content = write_csv(HEADER, ROWS, watermark=MARK)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == rows[-1] == [MARK]
    assert rows[1] == HEADER and rows[2] == ROWS[0]
    assert rows[3] == ["'=1+1", "'+86 138", "000001-def"]


@pytest.mark.parametrize(
    "cell",
    ["=1", "+1", "-1", "@x", "\t=1", " =1", "\r=1", "＝1", "＋1", "－1", "＠x", "|calc", "%0", "\n=cmd|' /C calc'!A0"],
)
def test_what_begins_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell).startswith("'")


@pytest.mark.parametrize("cell", ["", "张三", "3-2-501", "a=b", "138****5678", "·"])
def test_what_begins_none_stays(cell: str) -> None:
    assert harmless(cell) == cell


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), max_size=6))
def test_whatever_people_are_called_the_files_open_and_run_nothing(rows: list[list[str]]) -> None:
    sheet = sheet_of(write_xlsx(["a", "b"], rows, watermark="w"))
    assert sheet.max_row == len(rows) + 3
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    text = write_csv(["a", "b"], rows, watermark="w").decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text)):
        assert not any(FORMULA.match(cell) for cell in row)
