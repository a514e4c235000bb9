"""Tables of text as XLSX or CSV, with a watermark on every page and no cell that a spreadsheet would run as a formula.

XLSX is written as plain parts (ECMA-376, part 1): every cell is an inline string with the quote prefix, so that it
stays text even when somebody edits it. CSV cells that would begin a formula get an apostrophe (OWASP, CSV injection).
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

#: What XML 1.0 cannot hold.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
FORMULA = re.compile("[=+\\-@\t\r\n＝＋－＠|%]")
#: Characters that fit into a header or footer of a sheet.
HEADER_MOST = 240
COLUMN_WIDTH = 18

TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"""  # noqa: E501
ROOT = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"""  # noqa: E501
BOOK = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>"""  # noqa: E501
PARTS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"""  # noqa: E501
STYLES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" quotePrefix="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""  # noqa: E501

Rows = Iterable[Sequence[str]]


def write_xlsx(header: Sequence[str], rows: Rows, *, watermark: str) -> bytes:
    """A workbook of one sheet; the last column (the marker of each row) is hidden."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in (
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", ROOT),
            ("xl/workbook.xml", BOOK),
            ("xl/_rels/workbook.xml.rels", PARTS),
            ("xl/styles.xml", STYLES),
        ):
            book.writestr(name, text)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for text in _sheet(header, rows, watermark):
                sheet.write(text.encode())
    return buffer.getvalue()


def _sheet(header: Sequence[str], rows: Rows, watermark: str) -> Iterable[str]:
    last = len(header)
    yield (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cols>'
        f'<col min="1" max="{max(last - 1, 1)}" width="{COLUMN_WIDTH}" customWidth="1"/>'
        f'<col min="{last}" max="{last}" width="{COLUMN_WIDTH}" customWidth="1" hidden="1"/></cols><sheetData>'
    )
    yield _row(1, [watermark], style=1)
    yield _row(2, header, style=1)
    number = 2
    for number, row in enumerate(rows, start=3):
        yield _row(number, row)
    yield _row(number + 1, [watermark], style=1)
    line = _xml(watermark[:HEADER_MOST].replace("&", "&&"))
    yield (
        '</sheetData><pageSetup orientation="landscape"/>'
        f"<headerFooter><oddHeader>&amp;L{line}</oddHeader><oddFooter>&amp;L{line}</oddFooter></headerFooter></worksheet>"
    )


def _row(number: int, cells: Sequence[str], *, style: int = 0) -> str:
    kind = f's="{style}" t="inlineStr"'
    written = "".join(
        f'<c r="{_column(index)}{number}" {kind}><is><t xml:space="preserve">{_xml(cell)}</t></is></c>'
        for index, cell in enumerate(cells)
    )
    return f'<row r="{number}">{written}</row>'


def _column(index: int) -> str:
    """A, B … Z, AA …"""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _xml(text: str) -> str:
    return escape(UNWRITABLE.sub(" ", text))


def write_csv(header: Sequence[str], rows: Rows, *, watermark: str) -> bytes:
    """UTF-8 with a byte order mark, as Excel reads it; the first and the last line are the watermark."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in ([watermark], header):
        writer.writerow([harmless(cell) for cell in row])
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    writer.writerow([harmless(watermark)])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def harmless(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would take for a formula."""
    text = UNWRITABLE.sub(" ", cell)
    return f"'{text}" if FORMULA.match(text.lstrip() or text) or FORMULA.match(text) else text


WRITERS = {"xlsx": write_xlsx, "csv": write_csv}
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
