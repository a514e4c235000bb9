"""Every format read back by somebody else's reader: all values, all shapes, and what the file says about itself."""

import csv
import json
import shutil
import sqlite3
import subprocess
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pyogrio
import pyogrio.raw
import pytest
import shapely
from django.utils import translation

from gridmap.territory.models import Building, RegionEdition
from layers.asking import Question, ask, records
from layers.catalogue import BY_KEY, LAYERS
from layers.exports import workbook
from layers.exports.shapefile import short_code_name
from layers.exports.tables import code_name, on_the_clock
from layers.exports.workbook import sheet_name
from layers.layer import Kind, Layer
from layers.rows import ORIGIN, told
from tests.cast import Board, Cast
from tests.layers.exports.town import LONG, NAMES, build, unpack, write

pytestmark = pytest.mark.django_db
PUBLIC = [layer for layer in LAYERS if layer.public]
EACH = pytest.mark.parametrize("layer", PUBLIC, ids=lambda layer: layer.key)
BUILDINGS = BY_KEY["buildings"]
KML = {"k": "http://www.opengis.net/kml/2.2"}
#: Degrees that seven digits may be off.
ROUNDING_DEG = 1e-7


@pytest.fixture
def town(board: Board, cast: Cast) -> Cast:
    build(board)
    return cast


def wanted(layer: Layer, cast: Cast) -> dict[str, dict[str, Any]]:
    """Identity → values and shape, as the database has them."""
    found = {}
    rows = ask(layer, cast.planner, Question())
    for row in records(layer, cast.planner, rows, _id=layer.identity, _at=layer.geometry):
        shape = shapely.from_wkb(bytes(row.pop("_at").wkb))
        found[str(row.pop("_id"))] = {**row, "_at": shape}
    return found


def by_pyogrio(path: str, layer: str | None = None) -> dict[str, dict[str, Any]]:
    """Identity → values and shape, as GDAL reads them."""
    meta, _fids, shapes, columns = pyogrio.raw.read(path, layer=layer)
    names = list(meta["fields"])
    rows = {}
    for index, wkb in enumerate(shapes):
        row = {name: _plain(columns[place][index]) for place, name in enumerate(names)}
        rows[str(row.pop("id"))] = {**row, "_at": None if wkb is None else shapely.from_wkb(wkb)}
    return rows


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return None if value is None or value != value else value  # noqa: PLR0124  (nan)


def same(got: Any, field: Any, value: Any) -> bool:
    """Whether a reader's value is the database's; a float stands for a number that some row of the column lacks."""
    if value is None:
        return got is None
    if field.kind == Kind.FLAG:
        return bool(got) is bool(value)
    if isinstance(value, datetime):
        return bool(np.datetime64(got, "s") == np.datetime64(value.replace(tzinfo=None), "s"))
    if isinstance(value, date):
        return bool(str(got)[:10] == value.isoformat())
    if field.kind in {Kind.INTEGER, Kind.NUMBER}:
        return bool(abs(float(got) - value) < 1e-9 * max(1, abs(value)))
    return bool(str(got) == str(value))


def compare(layer: Layer, cast: Cast, got: dict[str, dict[str, Any]], padded: bool = False) -> None:
    """Every value and shape of a layer, what people read beside what is kept; tables of fixed width keep neither empty
    text nor spaces around it."""
    named = short_code_name if padded else code_name
    exact = wanted(layer, cast)
    assert set(got) == set(exact)
    for key, row in exact.items():
        for field in layer.fields_for(cast.planner):
            value = row[field.name]
            if padded and isinstance(value, str):
                value = value.strip() or None
            kept = field.name
            if field.choices or field.words:
                said = told(field, value) or (None if padded or value is None else "")
                assert got[key][kept] == said, (key, kept)
                kept = named(kept)
            if field.name in ORIGIN and field.words:
                assert kept not in got[key]
            else:
                assert same(got[key][kept], field, value), (key, kept, got[key][kept], value)
        assert shapely.hausdorff_distance(got[key]["_at"], row["_at"]) <= ROUNDING_DEG
        assert got[key]["_at"].is_valid


# --- every layer in every format for maps -----------------------------------------------------------------------------
@EACH
def test_a_geopackage_holds_every_value(layer: Layer, town: Cast, tmp_path: Path) -> None:
    path = write(town.planner, tmp_path / "a.gpkg", layer.key, file_format="gpkg")
    compare(layer, town, by_pyogrio(str(path), layer.key))


@EACH
def test_a_geojson_holds_every_value(layer: Layer, town: Cast, tmp_path: Path) -> None:
    path = write(town.planner, tmp_path / "a.geojson", layer.key, file_format="geojson")
    read = json.loads(path.read_text(encoding="utf-8"))
    rows = {
        one["id"]: {**one["properties"], "_at": shapely.from_geojson(json.dumps(one["geometry"]))}
        for one in read["features"]
    }
    compare(layer, town, rows)
    assert "crs" not in read and read["metadata"]["crs"].startswith("EPSG:4326")
    for row in rows.values():
        for part in shapely.get_parts(row["_at"]):
            assert part.geom_type != "Polygon" or part.exterior.is_ccw


@EACH
def test_a_shapefile_holds_every_value(layer: Layer, town: Cast, tmp_path: Path) -> None:
    if layer.key == "buildings":
        Building.objects.filter(address=LONG).update(address="长" * 84)  # 252 bytes: as long as it may be
    folder = unpack(write(town.planner, tmp_path / "a.zip", layer.key, file_format="shp"), tmp_path / "a")
    rows: dict[str, dict[str, Any]] = {}
    for path in folder.glob("*.shp"):
        assert path.with_suffix(".cpg").read_text() == "UTF-8"
        assert "WGS_1984" in path.with_suffix(".prj").read_text()
        assert all(len(name.encode()) <= 10 for name in pyogrio.read_info(str(path))["fields"])
        rows |= by_pyogrio(str(path))
    compare(layer, town, rows, padded=True)


@EACH
def test_a_kml_holds_every_value(layer: Layer, town: Cast, tmp_path: Path) -> None:
    path = write(town.planner, tmp_path / "a.kml", layer.key, file_format="kml")
    document = ElementTree.parse(path).getroot()  # noqa: S314  (written a moment ago)
    marks = {mark.get("id", "").split(".", 1)[1]: mark for mark in document.iterfind(".//k:Placemark", KML)}
    exact = wanted(layer, town)
    assert set(marks) == set(exact)
    for key, row in exact.items():
        data = {one.get("name"): one.text or "" for one in marks[key].iterfind(".//k:SimpleData", KML)}
        for field in layer.fields_for(town.planner):
            value = row[field.name]
            expected = None if value is None else yes_or_no(value) if isinstance(value, bool) else told(field, value)
            assert data.get(field.name) == expected, (key, field.name)
        assert marks[key].find(".//k:coordinates", KML) is not None
        assert marks[key].findtext("k:name", namespaces=KML)
    assert len(by_any_name(path)) == len(exact)


def yes_or_no(value: bool) -> str:
    """As the tests' language has it."""
    return str(translation.gettext("yes") if value else translation.gettext("no"))


def by_any_name(path: Path) -> Any:
    """The shapes that GDAL reads."""
    return pyogrio.raw.read(str(path))[2]


@EACH
def test_a_csv_holds_every_value(layer: Layer, town: Cast, tmp_path: Path) -> None:
    folder = unpack(write(town.planner, tmp_path / "a.zip", layer.key, file_format="csv"), tmp_path / "a")
    path = folder / f"{layer.key}.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file))
    schema = json.loads((folder / f"{layer.key}.csv-metadata.json").read_text())["tableSchema"]["columns"]
    assert [one["titles"] for one in schema] == header and len(set(header)) == len(header)
    names = [one["name"] for one in schema]
    exact = wanted(layer, town)
    assert {row[0] for row in rows} == set(exact)
    for cells in rows:
        got, row = dict(zip(names, cells, strict=True)), exact[cells[0]]
        for field in layer.fields_for(town.planner):
            value = row[field.name]
            expected = told(field, value)
            if isinstance(value, bool):
                expected = yes_or_no(value)
            elif isinstance(value, date):
                expected = on_the_clock(value)
            assert got[field.name].removeprefix("'") == str(expected).removeprefix("'"), field.name
        shape = shapely.from_wkt(got["wkt"]) if "wkt" in got else shapely.Point(float(got["x"]), float(got["y"]))
        assert shapely.hausdorff_distance(shape, row["_at"]) <= ROUNDING_DEG
        assert row["_at"].distance(shapely.Point(float(got["x"]), float(got["y"]))) <= ROUNDING_DEG


@EACH
def test_a_workbook_holds_every_value_in_its_type(layer: Layer, town: Cast, tmp_path: Path) -> None:
    with translation.override("en"):
        path = write(town.planner, tmp_path / "a.xlsx", layer.key, file_format="xlsx")
        title = str(layer.title)
        labels = {field.name: str(field.title) for field in layer.fields}
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == "About" and book["About"]["B1"].value.startswith(title)
    header, *rows = list(book[sheet_name(title, 1, [])].iter_rows())
    assert [cell.value for cell in header][:3] == ["ID", "longitude", "latitude"]
    exact = wanted(layer, town)
    assert {row[0].value for row in rows} == set(exact)
    for cells in rows:
        row = exact[cells[0].value]
        assert row["_at"].distance(shapely.Point(cells[1].value, cells[2].value)) <= ROUNDING_DEG
        for field, cell, heading in zip(layer.fields_for(town.planner), cells[3:], header[3:], strict=True):
            assert labels[field.name] in heading.value
            _same_cell(field, cell, row[field.name])


def _same_cell(field: Any, cell: Any, value: Any) -> None:
    assert cell.data_type != "f"
    if value is None or value == "":
        assert cell.value is None
    elif field.kind == Kind.FLAG:
        assert cell.value == ("yes" if value else "no") and cell.quotePrefix
    elif field.kind in {Kind.INTEGER, Kind.NUMBER}:
        assert cell.value == pytest.approx(value) and cell.data_type == "n"
    elif field.kind in {Kind.TEXT, Kind.CHOICE}:
        with translation.override("en"):
            assert cell.value == told(field, value) and cell.quotePrefix


# --- hard values ------------------------------------------------------------------------------------------------------
def test_no_cell_of_a_csv_begins_a_formula(town: Cast, tmp_path: Path) -> None:
    folder = unpack(write(town.planner, tmp_path / "a.zip", "buildings", file_format="csv"), tmp_path / "a")
    with (folder / "buildings.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert "'=1+1" in cells and "'@sum" in cells
    assert not [cell for cell in cells if cell[:1] in set("=+@\t\r") or (cell.startswith("-") and not _number(cell))]


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_a_text_that_a_shapefile_cannot_hold_is_cut_between_characters_and_told(town: Cast, tmp_path: Path) -> None:
    with translation.override("en"):
        folder = unpack(write(town.planner, tmp_path / "a.zip", "buildings", file_format="shp"), tmp_path / "a")
    rows = by_pyogrio(str(folder / "buildings_polygon.shp"))
    [cut] = [row["address"] for row in rows.values() if row["name"] == "hole"]
    assert cut == "长" * 84
    assert "address: 1 values" in (folder / "about.txt").read_text(encoding="utf-8-sig")
    assert {file.name for file in folder.glob("*.shp")} == {"buildings_polygon.shp", "buildings_point.shp"}


def test_an_empty_layer_is_a_file_all_the_same(town: Cast, tmp_path: Path) -> None:
    nowhere = {"question": {"area": "440304"}}
    for file_format, suffix in (("gpkg", "gpkg"), ("geojson", "geojson"), ("kml", "kml"), ("xlsx", "xlsx")):
        path = write(town.planner, tmp_path / f"a.{suffix}", "lamps", file_format=file_format, **nowhere)
        if file_format == "xlsx":
            assert [sheet.max_row for sheet in openpyxl.load_workbook(path)][1:] == [1]
        else:
            assert len(pyogrio.raw.read(str(path), layer=0)[2]) == 0
    for file_format in ("shp", "csv"):
        folder = unpack(
            write(town.planner, tmp_path / "a.zip", "lamps", file_format=file_format, **nowhere), tmp_path / file_format
        )
        assert list(folder.glob("lamps.*"))


def test_a_sheet_that_is_full_goes_on_in_the_next(town: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 11)
    path = write(town.planner, tmp_path / "a.xlsx", "buildings", "cameras", file_format="xlsx")
    book = openpyxl.load_workbook(path)
    sizes = [sheet.max_row - 1 for sheet in book][1:]
    assert sizes == [2, 10, 10, 10, Building.objects.count() - 30]
    found = {cell.value for sheet in book.worksheets[2:] for cell in sheet["A"][1:]}
    assert len(found) == Building.objects.count()


@pytest.mark.parametrize(
    ("title", "taken", "name"),
    [("Lamps", [], "Lamps"), ("Lamps", ["lamps"], "Lamps (2)"), ("a/b:[c]*?", [], "a b  c"), ("", [], "_"),
     ("长" * 40, [], "长" * 31), ("长" * 40, ["长" * 31], "长" * 27 + " (2)")],
)  # fmt: skip
def test_sheets_have_names_that_sheets_may_have(title: str, taken: list[str], name: str) -> None:
    assert sheet_name(title, 1, taken) == name


# --- coordinate systems and self-description --------------------------------------------------------------------------
@pytest.mark.parametrize("crs", [4490, 3857])
@pytest.mark.parametrize("file_format", ["gpkg", "shp", "csv", "xlsx"])
def test_other_coordinate_systems_are_as_postgis_makes_them(
    crs: int, file_format: str, town: Cast, tmp_path: Path
) -> None:
    path = write(town.planner, tmp_path / f"a.{file_format}", "regions", file_format=file_format, crs=crs)
    exact = {
        edition.region.code: shapely.from_wkb(bytes(edition.geom.transform(crs, clone=True).wkb))
        for edition in RegionEdition.objects.select_related("region")
    }
    got = _places(path, file_format, tmp_path, crs)
    assert set(got) == set(exact)
    for code, shape in exact.items():
        assert got[code].distance(shape) < (0.01 if crs == 3857 else 1e-7)


def _places(path: Path, file_format: str, folder: Path, crs: int) -> dict[str, Any]:
    """Identity → shape (or a point of it)."""
    if file_format == "xlsx":
        sheet = openpyxl.load_workbook(path).worksheets[1]
        return {row[0]: shapely.Point(row[1], row[2]) for row in sheet.iter_rows(min_row=2, values_only=True)}
    if file_format == "csv":
        text = (unpack(path, folder / "u") / "regions.csv").read_text(encoding="utf-8-sig")
        return {row[0]: shapely.from_wkt(row[-1]) for row in list(csv.reader(text.splitlines()))[1:]}
    file = path if file_format == "gpkg" else unpack(path, folder / "u") / "regions.shp"
    assert pyogrio.read_info(str(file), layer=None if file_format == "shp" else "regions")["crs"] == f"EPSG:{crs}"
    return {key: row["_at"] for key, row in by_pyogrio(str(file), "regions").items()}


def test_every_file_says_what_it_is_about(town: Cast, tmp_path: Path) -> None:
    question = {"area": "990101001001", "filters": {"buildings": {"kind": ["slab"]}}}
    told_of = {"EPSG:4326", "990101001001", "slab"}
    with translation.override("en"):
        texts = []
        for file_format in ("gpkg", "geojson", "shp", "kml", "xlsx", "csv"):
            path = tmp_path / file_format
            write(town.planner, path, "buildings", "grids", file_format=file_format, question=question)
            texts.append(_everything(path, tmp_path / f"{file_format}-unpacked"))
    for text in texts:
        assert all(word in text for word in told_of)


def _everything(path: Path, folder: Path) -> str:
    if path.read_bytes()[:2] != b"PK":
        return path.read_bytes().decode("utf-8", "ignore")
    files = [file for file in unpack(path, folder).rglob("*") if file.is_file()]
    return "".join(file.read_bytes().decode("utf-8", "ignore") for file in files)


def test_a_geopackage_keeps_the_words_of_codes_and_its_index(town: Cast, tmp_path: Path) -> None:
    path = write(town.planner, tmp_path / "a.gpkg", "buildings", "ground", file_format="gpkg")
    with sqlite3.connect(path) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        words = dict(file.execute(
            "SELECT value, description FROM gpkg_data_column_constraints WHERE constraint_name = 'buildings_kind_code'"
        ))  # fmt: skip
        entries = file.execute("SELECT count(*) FROM rtree_buildings_geom").fetchone()[0]
    assert set(words) == set(Building.Kind.values)
    assert entries == Building.objects.count()
    inside = pyogrio.raw.read(str(path), layer="buildings", bbox=(119.90, 30.11, 119.91, 30.12))[2]
    exact = sum(1 for one in Building.objects.all() if one.geom.extent[0] <= 119.91)
    assert len(inside) == exact


@pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="ogr2ogr is not installed")
def test_gdal_may_edit_a_geopackage_and_its_index_follows(town: Cast, tmp_path: Path) -> None:
    path = write(town.planner, tmp_path / "a.gpkg", "buildings", file_format="gpkg")
    sql = "DELETE FROM buildings WHERE fid = 1"
    subprocess.run(["ogrinfo", "-q", "-dialect", "SQLite", "-sql", sql, str(path)], check=True, capture_output=True)
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT count(*) FROM rtree_buildings_geom").fetchone()[0] == Building.objects.count() - 1


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="ogrinfo is not installed")
@pytest.mark.parametrize("file_format", ["gpkg", "geojson", "kml", "shp"])
def test_the_ogrinfo_of_this_machine_reads_chinese(file_format: str, town: Cast, tmp_path: Path) -> None:
    path = write(town.planner, tmp_path / f"a.{file_format}", "facilities", file_format=file_format)
    if file_format == "shp":
        path = unpack(path, tmp_path / "u") / "facilities.shp"
    done = subprocess.run(["ogrinfo", "-al", "-ro", str(path)], check=True, capture_output=True, text=True)
    assert "爱民卫生站" in done.stdout and "Feature Count: 1" in done.stdout


def test_names_are_what_the_town_was_built_with(town: Cast) -> None:
    assert set(NAMES) <= set(Building.objects.values_list("name", flat=True))


@EACH
def test_no_field_has_the_name_of_a_column_that_files_have_anyway(layer: Layer) -> None:
    assert not {one.name for one in layer.fields} & {"id", "fid", "geom", "x", "y", "wkt"}
