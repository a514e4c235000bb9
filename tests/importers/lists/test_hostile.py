"""Lists made wrongly or to do harm: refused by name or read as text, and never repeated."""

from __future__ import annotations

import logging
from pathlib import Path

import openpyxl
import pytest
from pytest_django import Settings

from gridmap.population.models import Resident
from importers.lists.models import ListRow
from importers.lists.rows import list_door
from importers.models import ImportRun
from importers.records import RefusedError
from importers.work import check_run
from tests.cast import Board, Cast
from tests.importers import files
from tests.importers.lists.people import brought, counted, dry, estates, inside, number_of, person, quiet, write_csv

pytestmark = pytest.mark.django_db


def said(run: ImportRun) -> dict[int, list[tuple[str, str]]]:
    """Row → (column, code) of all its reasons."""
    import json

    with list_door(run, "test"):
        rows = list(ListRow.objects.filter(run=run))
        return {
            row.row: [(one["field"], one["code"]) for one in [*json.loads(row.reasons.reveal() or "[]"), *row.found]]
            for row in rows
        }


def refused(path: Path, cast: Cast, code: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        dry(path, cast.officer)
    assert refusal.value.code == code
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_usual_encoding_is_read(board: Board, cast: Cast, tmp_path: Path, encoding: str) -> None:
    estates(board)
    assert counted(dry(write_csv(tmp_path / "list.csv", [person()], encoding=encoding), cast.officer)) == {"created": 1}


def test_a_wrong_encoding_is_refused_and_nothing_is_left(
    board: Board, cast: Cast, tmp_path: Path, settings: Settings
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("姓名,电话\n".encode() + b"\xff\xfe\x81\x20,1\n")
    refused(path, cast, "encoding_undecided")
    assert not list(Path(settings.MEDIA_ROOT).rglob("*.csv"))


def test_titles_above_the_headings_are_passed_over_and_rows_numbered_as_they_stand(
    board: Board, cast: Cast, tmp_path: Path
) -> None:
    estates(board)
    text = write_csv(tmp_path / "list.csv", [person(), person("张*")]).read_text("utf-8")
    (tmp_path / "list.csv").write_text(f"一社区常住人口花名册,,,,\n填表单位：一社区,,,2026年11月,\n{text}", "utf-8")
    run = dry(tmp_path / "list.csv", cast.officer)
    assert counted(run) == {"created": 1, "refused": 1}
    assert set(said(run)) == {4, 5}
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["一社区常住人口花名册"], [], list(person()), list(person().values())):
        sheet.append(row)
    book.save(tmp_path / "list.xlsx")
    run = dry(tmp_path / "list.xlsx", cast.officer)
    assert counted(run) == {"created": 1}
    assert set(said(run)) == {4}


@pytest.mark.parametrize("merged", [True, False])
def test_a_merged_title_in_the_first_row_is_no_heading(board: Board, cast: Cast, tmp_path: Path, merged: bool) -> None:
    estates(board)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["爱民佳苑社区居民花名册（2026年11月）"], list(person()), list(person().values())):
        sheet.append(row)
    if merged:
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(person()))
    book.save(tmp_path / "list.xlsx")
    run = dry(tmp_path / "list.xlsx", cast.officer)
    assert run.mapping["name"] == "姓名"
    assert counted(run) == {"created": 1}
    assert set(said(run)) == {3}


def test_formulas_are_no_values(board: Board, cast: Cast, tmp_path: Path) -> None:
    estates(board)
    rows = [person('=HYPERLINK("http://x","张建国")'), person("李四", 公民身份号码=number_of(order=3), 联系电话="=1+1")]
    run = brought(write_csv(tmp_path / "list.csv", rows), cast.officer)
    assert {name: run.counts[name] for name in ("created", "refused")} == {"created": 1, "refused": 1}
    with inside(cast.officer):
        assert not Resident.objects.get().phone


def test_formulas_without_a_kept_value_are_empty_cells(board: Board, cast: Cast, tmp_path: Path) -> None:
    estates(board)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    row = person()
    sheet.append(list(row))
    sheet.append([*list(row.values())[:2], '=CONCATENATE("129","12345678")', *list(row.values())[3:]])
    book.save(tmp_path / "list.xlsx")
    assert counted(dry(tmp_path / "list.xlsx", cast.officer)) == {"created": 1}


def test_id_numbers_typed_as_figures_are_refused_with_the_reason(board: Board, cast: Cast, tmp_path: Path) -> None:
    estates(board)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    ends_in_noughts = int(number_of()[:6] + "480307005")
    sheet.append(["姓名", "公民身份号码", "现住址"])
    for number in (int(number_of()), "3.2E+17", f"'{number_of(order=3)}", ends_in_noughts):
        sheet.append(["张三", number, "爱民佳苑1-1-101"])
    book.save(tmp_path / "list.xlsx")
    run = dry(tmp_path / "list.xlsx", cast.officer)
    told = said(run)
    assert told[2] == told[3] == [("公民身份号码", "id_number_mangled")]
    assert told[4] == told[5] == []
    assert counted(run) == {"created": 2, "refused": 2}


def test_headings_that_come_twice_and_empty_columns_do_no_harm(board: Board, cast: Cast, tmp_path: Path) -> None:
    estates(board)
    path = tmp_path / "list.csv"
    path.write_text(f"姓名,姓名,,公民身份号码,,现住址\n张三,不是他,,{number_of()},,爱民佳苑1-1-101\n,,,,,\n\n", "utf-8")
    run = dry(path, cast.officer)
    assert run.mapping["name"] == "姓名"
    assert counted(run) == {"created": 1}


def test_a_missing_name_a_masked_name_and_a_row_that_is_too_long_are_named(
    board: Board, cast: Cast, tmp_path: Path
) -> None:
    estates(board)
    path = write_csv(tmp_path / "list.csv", [person(""), person("张*"), person("王五")])
    path.write_text(path.read_text("utf-8").rstrip() + ",多出来的,还有\n", "utf-8")
    told = said(dry(path, cast.officer))
    assert told[2] == [("姓名", "value_missing")]
    assert told[3] == [("姓名", "value_is_masked")]
    assert told[4] == [("", "cells_do_not_match_header")]


def test_coordinates_in_a_list_of_people_are_left_alone(board: Board, cast: Cast, tmp_path: Path) -> None:
    estates(board)
    rows = [{**person(), "经度": "abc", "纬度": "999"}]
    assert counted(dry(write_csv(tmp_path / "list.csv", rows), cast.officer)) == {"created": 1}


def test_files_that_are_no_tables_and_bombs_are_refused(board: Board, cast: Cast, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04" + b"\x00" * 200)
    with pytest.raises(RefusedError):
        dry(broken, cast.officer)
    bomb = files.packed(tmp_path / "bomb.zip", {"list.csv": b"0" * 300_000_000})
    with pytest.raises(RefusedError) as refusal:
        dry(bomb, cast.officer)
    assert refusal.value.code in {"archive_swells", "archive_too_large"}
    with pytest.raises(RefusedError):
        dry(files.packed_link(tmp_path / "link.zip", "/etc/passwd"), cast.officer)
    assert not ImportRun.objects.exists()


def test_somebodys_row_where_the_headings_should_be_is_refused(board: Board, cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"张建国,{number_of()},爱民佳苑1-1-101\n李四,,x\n", "utf-8")
    refused(path, cast, "header_missing")


def test_a_file_that_breaks_while_it_is_read_leaves_no_rows(
    board: Board, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    estates(board)
    run = dry(write_csv(tmp_path / "list.csv", [person()]), cast.officer)
    Path(run.path).write_bytes(Path(run.path).read_bytes()[:-5])
    with pytest.raises(RefusedError, match="file_damaged"):
        check_run(run, report=quiet)
    run.refresh_from_db()
    assert (run.status, run.error["code"]) == ("failed", "file_damaged")
    with inside(cast.officer):
        assert not ListRow.objects.exists()


def test_an_error_in_the_midst_is_logged_without_its_words(
    board: Board, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from gridmap.jobs.services import JobRefusedError
    from importers.lists.quiet import quietly

    estates(board)
    run = dry(write_csv(tmp_path / "list.csv", [person()]), cast.officer)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(JobRefusedError) as problem, quietly(run):
        raise ValueError(f"invalid literal: 张建国 {number_of()}")
    assert "张建国" not in caplog.text + str(problem.value)
    assert "ValueError in" in caplog.text
    assert str(run.pk) in caplog.text


def test_the_database_shows_no_row_without_a_door_or_behind_another_areas(
    board: Board, cast: Cast, tmp_path: Path
) -> None:
    estates(board)
    run = dry(write_csv(tmp_path / "list.csv", [person()]), cast.officer)
    assert not ListRow.objects.exists()
    with inside(cast.officer, "990101002001"):
        assert not ListRow.objects.exists()
    with inside(cast.officer):
        row = ListRow.objects.get(run=run)
        assert "张建国" not in str(row.values) + repr(row.values)


def test_deleting_an_import_or_a_building_needs_no_door(board: Board, cast: Cast, tmp_path: Path) -> None:
    buildings = estates(board)
    run = dry(write_csv(tmp_path / "list.csv", [person()]), cast.officer)
    buildings[2].delete()
    with inside(cast.officer):
        assert ListRow.objects.get().building_id is None
    ImportRun.objects.get(pk=run.pk).delete()
    with inside(cast.officer):
        assert not ListRow.objects.exists()
