"""Layers as an XLSX workbook, written as plain parts (ECMA-376, part 1) while rows come.

No cell is ever run as a formula: text cells are inline strings with the quote prefix. Cells have types: numbers,
days, and moments of the platform's time zone, which their heading names; flags are words. The first
sheet tells what the workbook is about; a sheet that is full goes on in the next.
"""

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from django.utils import timezone
from django.utils.translation import gettext as _

from gridmap.population.exports.sheets import UNWRITABLE
from layers.exports.headings import headings, place_of
from layers.exports.markup import plain
from layers.exports.packing import packed
from layers.exports.tables import About, Column, Table
from layers.layer import Kind

MOST_ROWS = 1_048_576
MOST_LETTERS = 32_767
LONGEST_SHEET_NAME = 31
EPOCH = datetime(1899, 12, 30, tzinfo=UTC).replace(tzinfo=None)
DAY_S = 86_400
#: Styles of cells by their place in `STYLES`.
TEXT, HEAD, NUMBER, DAY, MOMENT, DEGREE = range(6)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PLAIN_CELL = 'fontId="0" fillId="0" borderId="0" xfId="0"'
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>'
    '<numFmt numFmtId="166" formatCode="0.0000000"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6">'
    f'<xf numFmtId="49" {PLAIN_CELL} applyNumberFormat="1" quotePrefix="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"'
    ' quotePrefix="1"/>'
    f'<xf numFmtId="0" {PLAIN_CELL}/><xf numFmtId="164" {PLAIN_CELL} applyNumberFormat="1"/>'
    f'<xf numFmtId="165" {PLAIN_CELL} applyNumberFormat="1"/><xf numFmtId="166" {PLAIN_CELL} applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def write(path: Path, tables: Sequence[Table], about: About) -> None:
    """A workbook: what it is about, then a sheet for each layer."""
    with packed(path) as archive:
        names = [_("About")]
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for text in _about_sheet(about):
                sheet.write(text.encode())
        for table in tables:
            for part, name in _sheets_of(table, names):
                names.append(name)
                with archive.open(f"xl/worksheets/sheet{len(names)}.xml", "w", force_zip64=True) as sheet:
                    for text in part:
                        sheet.write(text.encode())
        _frame(archive, names)


def _about_sheet(about: About) -> Iterator[str]:
    widths = "".join(f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in ((1, 24), (2, 90)))
    yield f'<worksheet xmlns="{MAIN}"><cols>{widths}</cols><sheetData>'
    for number, (label, value) in enumerate(about.lines(), 1):
        yield f'<row r="{number}">{_text(label, HEAD)}{_text(value)}</row>'
    yield "</sheetData></worksheet>"


def _sheets_of(table: Table, names: Sequence[str]) -> Iterator[tuple[Iterator[str], str]]:
    """As many sheets as the rows of a layer need, at least one."""
    rows = _rows(table)
    first = next(rows, None)
    source = chain([first], rows) if first is not None else rows
    number = 1
    while True:
        part = islice(source, MOST_ROWS - 1)
        yield _sheet(table, part), sheet_name(table.title, number, names)
        following = next(rows, None)
        if following is None:
            return
        source, number = chain([following], rows), number + 1


def sheet_name(title: str, number: int, taken: Sequence[str]) -> str:
    """A name that a sheet may have: short, without the letters that references use, and its own."""
    letters = re.sub(r"[\[\]:*?/\\']", " ", UNWRITABLE.sub(" ", title)).strip() or "_"
    for count in range(number, len(taken) + number + 1):
        suffix = f" ({count})" if count > 1 else ""
        name = letters[: LONGEST_SHEET_NAME - len(suffix)] + suffix
        if name.lower() not in {one.lower() for one in taken}:
            return name
    raise AssertionError("more names are tried than are taken")


def _sheet(table: Table, rows: Iterator[str]) -> Iterator[str]:
    """The parts of a sheet; its heading stays in view, and every column can be narrowed."""
    titles = headings(table)
    yield (
        f'<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2"'
        ' activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols><col min="1" max="{len(titles)}" width="16" customWidth="1"/></cols><sheetData>'
    )
    yield f"<row>{''.join(_text(title, HEAD) for title in titles)}</row>"
    yield from rows
    yield "</sheetData></worksheet>"


def _rows(table: Table) -> Iterator[str]:
    cells = [_writer(column) for column in table.columns]
    for record in table.records(*place_of(table)):
        places = "".join("<c/>" if edge is None else f'<c s="{DEGREE}"><v>{edge:.7f}</v></c>' for edge in record.shapes)
        values = "".join([cell(value) for cell, value in zip(cells, record.values, strict=True)])
        yield f"<row>{_text(record.identity)}{places}{values}</row>"


def _writer(column: Column) -> Callable[[Any], str]:
    """How the values of a column become cells."""
    if column.kind in {Kind.INTEGER, Kind.NUMBER}:
        return lambda value: "<c/>" if value is None else f"<c><v>{value!r}</v></c>"
    if column.kind == Kind.FLAG:
        said = {True: _text(_("yes")), False: _text(_("no"))}
        return lambda value: "<c/>" if value is None else said[value]
    if column.kind in {Kind.DAY, Kind.MOMENT}:
        return _time
    if (words := column.words) is not None:
        return lambda value: _text(words(value)) if value else "<c/>"
    known = {value: _text(label) for value, label in column.choices.items()}
    return lambda value: "<c/>" if value is None or value == "" else known.get(value) or _text(str(value))


def _time(value: date | None) -> str:
    """Days since the epoch of spreadsheets; a moment in the platform's time zone."""
    if value is None:
        return "<c/>"
    if isinstance(value, datetime):
        local = timezone.localtime(value).replace(tzinfo=None)
        return f'<c s="{MOMENT}"><v>{(local - EPOCH).total_seconds() / DAY_S!r}</v></c>'
    return f'<c s="{DAY}"><v>{(value - EPOCH.date()).days}</v></c>'


def _text(text: str, style: int = TEXT) -> str:
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{plain(text[:MOST_LETTERS])}</t></is></c>'


def _frame(archive: zipfile.ZipFile, names: Sequence[str]) -> None:
    """The parts that hold the sheets together."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(numbers, names, strict=True)
    )
    parts = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n in numbers
    )
    last = len(names) + 1
    for name, text in (
        ("xl/styles.xml", STYLES),
        ("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'),
        (
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">{parts}'
            f'<Relationship Id="rId{last}" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        ),
        (
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        ),
        (
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{types}</Types>',
        ),
    ):
        archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}')
