"""Attributes that a GIS wrote into an HTML table of the description (ArcGIS "Layer to KML", data portals)."""

from __future__ import annotations

from html.parser import HTMLParser

MAX_HTML_CHARACTERS = 1_000_000
CELLS = {"td", "th"}


def pairs(html: str) -> dict[str, str]:
    """Name → text of every two-cell row, innermost table wins; {} where the text holds no such table."""
    if len(html) > MAX_HTML_CHARACTERS or "<t" not in html.lower():
        return {}
    parser = _Rows()
    parser.feed(html)
    parser.close()
    parser.end_row()
    return parser.found


class _Rows(HTMLParser):
    """Collects rows of exactly two cells. A new row or table starts afresh, so layout tables around do no harm."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, str] = {}
        self._cells: list[str] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"tr", "table"}:
            self.end_row()
        elif tag in CELLS:
            self._cells.append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        if tag in CELLS:
            self._open = False
        elif tag in {"tr", "table"}:
            self.end_row()

    def handle_data(self, data: str) -> None:
        if self._open and self._cells:
            self._cells[-1] += data

    def end_row(self) -> None:
        cells = [" ".join(cell.split()) for cell in self._cells]
        self._cells, self._open = [], False
        if len(cells) == 2 and cells[0]:
            self.found.setdefault(cells[0], cells[1])
