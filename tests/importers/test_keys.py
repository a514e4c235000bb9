"""Numbers in the source that are not unique: said on top, with columns that are, and one step to take them."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from gridmap.accounts.models import User
from gridmap.territory.models import Building
from importers.columns import mapping
from importers.keys import unique_columns
from importers.models import ImportRun
from importers.readers.gpkg.reader import read
from importers.records import Record
from importers.work import check_run
from tests.cast import Board, Cast
from tests.importers import files
from tests.importers.bringing import counted, dry, homes, quiet
from tests.shared import shared_data


def records(*rows: dict[str, Any]) -> list[Record]:
    return [Record(at, row) for at, row in enumerate(rows, start=1)]


def test_a_pair_that_names_things_comes_before_other_columns() -> None:
    rows = records(
        {"fid": 1, "zip": "100", "blk": "1", "year": 1990, "floors": 3, "area": 1.5},
        {"fid": 2, "zip": "100", "blk": "2", "year": 1991, "floors": 4, "area": 2.5},
        {"fid": 3, "zip": "200", "blk": "2", "year": 1990, "floors": 5, "area": 3.5},
    )
    assert unique_columns(rows, {"source_ref": "zip", "number": "blk", "floors": "floors"}) == "zip+blk"


def test_row_counts_gaps_fractions_and_figures_number_nothing() -> None:
    rows = records(
        {"fid": 7, "gap": None, "area": 1.5, "户数": 1, "same": "x"},
        {"fid": 8, "gap": "b", "area": 2.5, "户数": 2, "same": "x"},
    )
    assert unique_columns(rows, {"source_ref": "same", "households": "户数"}) == ""


def test_one_column_is_better_than_two() -> None:
    rows = records({"a": "1", "b": "p", "id": "x9"}, {"a": "1", "b": "q", "id": "x3"})
    assert unique_columns(rows, {"source_ref": "a"}) == "b"
    assert unique_columns([], {"source_ref": "a"}) == ""


def test_postal_codes_of_real_blocks_need_the_block_number() -> None:
    rows = list(read(shared_data("hdb", "blocks.gpkg")))
    assert unique_columns(rows, mapping("buildings", list(rows[0].fields))) == "POSTAL+blk_no"


def twice(tmp_path: Path) -> Path:
    data = homes(3)
    for n, (fields, _shape) in enumerate(data):
        fields["楼栋编号"] = f"B{n // 2}"
    return files.geojson(tmp_path / "homes.geojson", data)


@pytest.mark.django_db
def test_the_command_says_which_columns_are_unique_and_takes_them(board: Board, tmp_path: Path) -> None:
    out = StringIO()
    call_command("import_data", "buildings", str(twice(tmp_path)), stdout=out)
    assert "名称" in out.getvalue()
    assert "--unique-key" in out.getvalue()
    call_command("import_data", "buildings", str(twice(tmp_path)), "--unique-key", "--apply", stdout=out)
    assert sorted(Building.objects.values_list("source_ref", flat=True)) == ["1号楼", "2号楼", "3号楼"]


@pytest.mark.django_db(transaction=False)
def test_the_page_says_it_on_top_and_takes_it_with_one_click(
    board: Board, cast: Cast, signed_in: Callable[[User], Client], tmp_path: Path
) -> None:
    run = dry(twice(tmp_path), area="990101")
    ImportRun.objects.update(created_by=cast.planner)
    assert counted(run) == {"created": 2, "refused": 1}
    assert [note["code"] for note in run.counts["notes"]] == ["keys_twice_better"]
    client = signed_in(cast.planner)
    page = client.get(reverse("importers:run", args=[run.pk])).content.decode()
    assert 0 < page.index('name="better_key"') < page.index('class="outcome"')
    sent = {f"column_{target}": column for target, column in run.mapping.items()}
    client.post(
        reverse("importers:settle", args=[run.pk]), {"layer": run.layer, "encoding": "", "better_key": "1", **sent}
    )
    run.refresh_from_db()
    assert run.mapping["source_ref"] == "名称"
    assert counted(check_run(run, report=quiet)) == {"created": 3}
