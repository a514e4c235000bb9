"""The lists of `gridmap.district.lists` as the files that departments send: XLSX with a title over the header, CSV in
UTF-8 with its mark, CSV in GB18030; and the truth beside them, which no importer should be shown."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from gridmap.district.lists import PeopleList, Sources

TRUTH_COLUMNS = ("名单", "行", "人员", "楼栋", "单元", "室", "差错", "写法", "足以认定楼栋", "足以认定户室")


def write_lists(sources: Sources, folder: Path) -> Iterator[tuple[Path, int]]:
    """Every list as XLSX and as CSV (UTF-8 with its mark for two of them, GB18030 for the others), and ``truth.csv``;
    yields each path with its number of rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, people in enumerate(sources.lists):
        yield write_xlsx(people, folder / f"{people.name}.xlsx"), len(people.rows)
        encoding = "utf-8-sig" if number % 2 == 0 else "gb18030"
        yield write_csv(people, folder / f"{people.name}.csv", encoding=encoding), len(people.rows)
    yield _write_truth(sources, folder / "truth.csv"), sum(len(people.rows) for people in sources.lists)


def write_xlsx(people: PeopleList, path: Path) -> Path:
    """One sheet: a title across all columns, then the header, then the rows, every cell as text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(people.title[:31])
    for index, column in enumerate(people.columns, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = 40 if column == people.address_column else 16
    sheet.append([people.title])
    sheet.append(people.columns)
    for row in people.rows:
        sheet.append(row)
    book.save(path)
    return path


def write_csv(people: PeopleList, path: Path, *, encoding: str = "utf-8-sig") -> Path:
    """Header and rows; numbers of people get no apostrophe or tab, as exports of databases have none."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(people.columns)
        writer.writerows(people.rows)
    return path


def _write_truth(sources: Sources, path: Path) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(TRUTH_COLUMNS)
        for people in sources.lists:
            for truth in people.truths:
                told = truth.written
                writer.writerow(
                    (
                        truth.sheet, truth.row, truth.person, truth.building, truth.unit, truth.room,
                        " ".join(told.kinds), " ".join(told.habits), int(told.enough), int(told.dwelling_enough),
                    )
                )  # fmt: skip
    return path
