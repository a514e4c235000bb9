"""What people read in files: labels beside codes, opening hours and flags in their language, moments of one clock."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pyogrio.raw
import pytest
from django.utils import timezone, translation

from gridmap.casework.models import Case
from gridmap.territory.models import Building, Facility
from layers.exports.shapefile import short_code_name
from layers.exports.tables import on_the_clock, zone_name
from tests.cast import COMMUNITIES, Board, Cast, centre_of, corner_of, square
from tests.gridmap.casework.making import make_case
from tests.layers.exports.town import unpack, write

pytestmark = pytest.mark.django_db
HOURS = "Mo-Fr 08:30-12:00,13:30-17:30"
CHINESE_HOURS = "周一至周五 08:30–12:00、13:30–17:30"
AT = datetime(2026, 11, 22, 11, 23, 45, tzinfo=UTC)


@pytest.fixture
def place(board: Board, cast: Cast) -> Cast:
    Facility.objects.create(
        source="generated", source_ref="F-1", name="卫生站", kind="hospital", hours_text=HOURS, accessible=True,
        geom=centre_of(COMMUNITIES[0]),
    )  # fmt: skip
    west, south = corner_of(COMMUNITIES[0])
    Building.objects.create(
        source="某局", source_ref="B-1", name="爱民佳苑", number="1号楼", kind="slab", community=board.communities[0],
        geom=square(west, south, 0.0001),
    )  # fmt: skip
    return cast


def columns_of(path: Path, layer: str) -> dict[str, Any]:
    """Name → the value of the first row, as GDAL reads it."""
    meta, _fids, _shapes, found = pyogrio.raw.read(str(path), layer=layer)
    return {name: values[0] for name, values in zip(meta["fields"], found, strict=True)}


@pytest.mark.parametrize("file_format", ["gpkg", "shp"])
def test_a_map_file_says_kinds_in_chinese_and_keeps_their_codes(file_format: str, place: Cast, tmp_path: Path) -> None:
    with translation.override("zh-hans"):
        path = write(place.planner, tmp_path / f"a.{file_format}", "buildings", file_format=file_format)
        label = str(Building.Kind.SLAB.label)
    if file_format == "shp":
        path = unpack(path, tmp_path / "u") / "buildings.shp"
        assert path.with_suffix(".cpg").read_text() == "UTF-8"
    row = columns_of(path, "buildings")
    assert (row["kind"], row["kind_code"], row["name"]) == (label, "slab", "爱民佳苑")
    assert label != "slab"
    assert row["source"] == "某局" and "source_code" not in row


def test_a_geojson_has_both_and_says_what_the_codes_mean(place: Cast, tmp_path: Path) -> None:
    with translation.override("zh-hans"):
        path = write(place.planner, tmp_path / "a.geojson", "facilities", file_format="geojson")
    read = json.loads(path.read_text(encoding="utf-8"))
    [row] = [one["properties"] for one in read["features"]]
    fields = {one["name"]: one for one in read["fields"]}
    codes = fields["kind_code"]["codes"]
    assert row["kind_code"] == "hospital" and row["kind"] == codes["hospital"] != "hospital"
    assert (row["hours"], row["hours_code"]) == (CHINESE_HOURS, HOURS)
    assert row["source"] == "生成的示例数据" and row["accessible"] is True
    assert "codes" not in fields["kind"] and fields["kind_code"]["title"].endswith("（代码）")


def test_a_table_for_people_has_no_codes_at_all(place: Cast, tmp_path: Path) -> None:
    with translation.override("zh-hans"):
        folder = unpack(write(place.planner, tmp_path / "a.zip", "facilities", file_format="csv"), tmp_path / "u")
        book = openpyxl.load_workbook(write(place.planner, tmp_path / "a.xlsx", "facilities", file_format="xlsx"))
    with (folder / "facilities.csv").open(encoding="utf-8-sig", newline="") as file:
        header, row = list(csv.reader(file))
    rows = list(book.worksheets[1].iter_rows(values_only=True))
    for got in (dict(zip(header, row, strict=True)), dict(zip(rows[0], rows[1], strict=True))):
        assert got["来源中的开放时间"] == CHINESE_HOURS
        assert got["来源"] == "生成的示例数据"
        said = [value for value in got.values() if value in ("是", "否", "True", "1", True)]
        assert said == ["是"]


@pytest.mark.usefixtures("grids")
def test_moments_are_those_of_the_platforms_clock(cast: Cast, tmp_path: Path) -> None:
    case = make_case()
    Case.objects.filter(pk=case.pk).update(reported_at=AT, due_at=AT + timedelta(days=1))
    with timezone.override("Asia/Shanghai"), translation.override("zh-hans"):
        folder = unpack(write(cast.planner, tmp_path / "a.zip", "cases", file_format="csv"), tmp_path / "u")
        book = openpyxl.load_workbook(write(cast.planner, tmp_path / "a.xlsx", "cases", file_format="xlsx"))
    with (folder / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        header, row = list(csv.reader(file))
    heads, cells = list(book.worksheets[1].iter_rows())
    [place] = [number for number, title in enumerate(header) if title == heads[number].value and "报" in title]
    assert header[place].endswith("(UTC+08:00)")
    assert row[place] == "2026-11-22 19:23"
    assert cells[place].is_date and cells[place].number_format == "yyyy\\-mm\\-dd\\ hh:mm"
    assert cells[place].value.replace(microsecond=0) == datetime(2026, 11, 22, 19, 23, 45)


@pytest.mark.parametrize(
    ("zone", "name", "told"),
    [("Asia/Shanghai", "UTC+08:00", "2026-11-22 19:23"), ("Asia/Kolkata", "UTC+05:30", "2026-11-22 16:53"),
     ("Europe/Berlin", "Europe/Berlin", "2026-11-22 12:23"), ("UTC", "UTC+00:00", "2026-11-22 11:23")],
)  # fmt: skip
def test_a_zone_is_named_by_its_offset_where_it_has_but_one(zone: str, name: str, told: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        assert zone_name(AT) == name
        assert on_the_clock(AT) == told
        assert on_the_clock(AT.date()) == "2026-11-22"


@pytest.mark.parametrize(("name", "short"), [("kind", "kind_code"), ("status", "statu_code"), ("level", "level_code")])
def test_names_of_columns_fit_a_shapefile(name: str, short: str) -> None:
    assert short_code_name(name) == short and len(short.encode()) <= 10


def test_hours_that_nobody_can_read_stay_as_they_are(place: Cast, tmp_path: Path) -> None:
    Facility.objects.update(hours_text="看情况")
    with translation.override("zh-hans"):
        path = write(place.planner, tmp_path / "a.gpkg", "facilities", file_format="gpkg")
    row = columns_of(path, "facilities")
    assert (row["hours"], row["hours_code"]) == ("看情况", "看情况")
