"""Every format is the same room: what goes in one way comes out the same in all."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from importers import readers
from importers.records import CrsSource, Record, RefusedError
from tests.importers import files


def _shapefile(path: Path, data: Any) -> Path:
    path.mkdir()
    files.shapefile(path, [({"编号": row["楼栋编号"], "户数": row["户数"]}, shape) for row, shape in data])
    return path


WRITERS: dict[str, tuple[str, Callable[[Path, Any], Path]]] = {
    "gpkg": ("rows.gpkg", files.gpkg),
    "geojson": ("rows.geojson", files.geojson),
    "shapefile": ("rows", _shapefile),
    "kml": ("rows.kml", files.kml),
    "csv": ("rows.csv", files.csv),
    "xlsx": ("rows.xlsx", files.xlsx),
}


def read(path: Path, **choices: Any) -> list[Record]:
    return list(readers.choose(path).read(path, **choices))


@pytest.mark.parametrize("name", readers.FORMATS)
def test_every_room_has_the_same_furniture(name: str) -> None:
    room = readers.reader(name)
    assert name == room.NAME
    assert list(inspect.signature(room.sniff).parameters) == ["path"]
    assert list(inspect.signature(room.describe).parameters) == ["path", "encoding"]
    assert list(inspect.signature(room.read).parameters) == ["path", "layer", "encoding"]


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_the_same_rows_come_out_of_every_format(tmp_path: Path, name: str) -> None:
    file, write = WRITERS[name]
    data = files.rows(5)
    path = write(tmp_path / file, data)
    assert name == readers.choose(path).NAME
    found = read(path)
    first = 2 if path.suffix in {".csv", ".xlsx"} else 1  # a table counts its header, as Excel does
    assert [row.row for row in found] == list(range(first, first + 5))
    for row, (fields, shape) in zip(found, data, strict=True):
        assert shapely.equals(shapely.from_wkb(row.wkb), shape)
        assert str(row.fields["户数"]) == str(fields["户数"])
        assert not row.refused


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_a_description_names_columns_and_says_how_sure_the_system_is(tmp_path: Path, name: str) -> None:
    file, write = WRITERS[name]
    path = write(tmp_path / file, files.rows(5))
    description = readers.choose(path).describe(path)
    layer = description.layer(None)
    assert "户数" in layer.columns
    assert layer.rows in {5, 6}
    assert layer.crs_source is {"gpkg": CrsSource.STATED, "shapefile": CrsSource.ABSENT}.get(name, CrsSource.DEFAULT)
    with pytest.raises(RefusedError) as refusal:
        description.layer("no such layer")
    assert refusal.value.code == "layer_unknown"
    assert type(description).from_json(description.as_json()) == description


@pytest.mark.parametrize("name", ["csv", "geojson", "kml", "xlsx"])
def test_an_unknown_layer_is_refused(tmp_path: Path, name: str) -> None:
    file, write = WRITERS[name]
    path = write(tmp_path / file, files.rows())
    with pytest.raises(RefusedError) as refusal:
        read(path, layer="other")
    assert refusal.value.code == "layer_unknown"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_tables_of_text_are_read_in_every_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    found = read(files.csv(tmp_path / "rows.csv", files.rows(), encoding=encoding, delimiter=delimiter))
    assert [row.fields["名称"] for row in found] == ["1号楼", "2号楼", "3号楼"]


def test_a_table_with_two_coordinate_columns_has_points(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("编号,经度,纬度\n1,121.5,31.2\n2,,\n3,abc,31.2\n4,0,0\n5,121.5,31.2,extra\n", encoding="utf-8")
    rows = read(path)
    assert shapely.from_wkb(rows[0].wkb) == shapely.Point(121.5, 31.2)
    assert (rows[1].wkb, rows[1].refused) == (None, False)
    assert [reason.code for reason in rows[2].reasons] == ["coordinate_not_number"]
    assert [reason.code for reason in rows[3].reasons] == ["zero_coordinates"]
    assert [reason.code for reason in rows[4].reasons] == ["cells_do_not_match_header"]


def test_numbers_of_codes_lose_nothing_in_a_workbook(tmp_path: Path) -> None:
    path = files.xlsx(
        tmp_path / "rows.xlsx", [({"编号": 310115001001, "证号": 310115199001011234}, files.square(121.5, 31.2))]
    )
    row = read(path)[0]
    assert row.fields["编号"] == 310115001001
    assert [(reason.code, reason.field) for reason in row.reasons] == [("number_rounded_by_excel", "证号")]


def test_rows_deleted_in_a_dbase_table_are_left_out(tmp_path: Path) -> None:
    path = files.shapefile(tmp_path, files.rows(3))
    dbf = path.with_suffix(".dbf")
    raw = bytearray(dbf.read_bytes())
    first = int.from_bytes(raw[8:10], "little")
    raw[first] = ord("*")
    dbf.write_bytes(raw)
    assert [row.fields["户数"] for row in read(path)] == [20, 30]


def test_a_shapefile_without_its_table_is_refused(tmp_path: Path) -> None:
    path = files.shapefile(tmp_path, files.rows(3))
    path.with_suffix(".dbf").unlink()
    with pytest.raises(RefusedError) as refusal:
        read(path)
    assert (refusal.value.code, refusal.value.params["part"]) == ("shapefile_part_missing", ".dbf")


def test_a_shapefile_cut_short_refuses_the_rows_it_lost(tmp_path: Path) -> None:
    path = files.shapefile(tmp_path, files.rows(3))
    path.write_bytes(path.read_bytes()[:-40])
    assert [row.refused for row in read(path)] == [False, False, True]


def test_a_cpg_file_is_believed_unless_the_text_contradicts_it(tmp_path: Path) -> None:
    path = files.shapefile(tmp_path, files.rows(3), encoding="gb18030")
    path.with_suffix(".cpg").write_text("UTF-8")
    description = readers.choose(path).describe(path)
    assert (description.encoding, description.encoding_reason) == ("gb18030", "gb18030_strict_against_cpg_file")


def test_holes_of_a_shapefile_go_to_the_shell_around_them() -> None:
    import struct

    from importers.readers.shapefile import shapes

    def ring(west: float, size: float, *, clockwise: bool) -> list[tuple[float, float]]:
        return list(shapely.box(west, west, west + size, west + size, ccw=not clockwise).exterior.coords)

    rings = [
        ring(0, 10, clockwise=True),
        ring(20, 10, clockwise=True),
        ring(22, 2, clockwise=False),
        ring(1, 2, clockwise=False),
    ]
    starts = [0, 5, 10, 15]
    content = struct.pack("<i4dii4i", 5, 0, 0, 0, 0, 4, 20, *starts) + b"".join(
        struct.pack("<2d", *position) for part in rings for position in part
    )
    wkb, reasons = shapes._shape(content)
    shape = shapely.from_wkb(wkb)
    assert not reasons
    assert shape.is_valid
    assert shape.area == pytest.approx(2 * 96)


def test_a_kml_in_gbk_is_read_although_its_parser_knows_no_gbk(tmp_path: Path) -> None:
    path = files.kml(tmp_path / "rows.kml", files.rows(), prolog='<?xml version="1.0" encoding="GBK"?>')
    path.write_bytes(path.read_text("utf-8").encode("gbk"))
    assert [row.fields["名称"] for row in read(path)] == ["1号楼", "2号楼", "3号楼"]


def test_heights_curves_and_foreign_blobs_of_a_geopackage(tmp_path: Path) -> None:
    curve = bytes.fromhex("0108000000") + (3).to_bytes(4, "little") + bytes(48)
    data = [
        ({"n": 1}, shapely.to_wkb(shapely.Point(1, 2, 3), output_dimension=3, flavor="iso", byte_order=1)),
        ({"n": 2}, curve),
        ({"n": 3}, b"\x01\x02"),
        ({"n": 4}, None),
    ]
    rows = read(files.gpkg(tmp_path / "rows.gpkg", data))
    assert shapely.from_wkb(rows[0].wkb) == shapely.Point(1, 2)
    assert rows[1].refused
    assert rows[2].refused
    assert (rows[3].wkb, rows[3].refused) == (None, False)


OSM = """<?xml version="1.0"?><osm version="0.6">
<node id="1" lat="31.2" lon="121.5"/><node id="2" lat="31.2" lon="121.6"/><node id="3" lat="31.3" lon="121.6"/>
<node id="4" lat="31.25" lon="121.55"><tag k="man_made" v="surveillance"/><tag k="camera:direction" v="NE"/></node>
<node id="5" lat="31.25" lon="121.56"><tag k="highway" v="street_lamp"/></node>
<node id="6" lat="31.25" lon="121.57"><tag k="amenity" v="pharmacy"/><tag k="name" v="药店"/></node>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="building" v="school"/>
  <tag k="amenity" v="school"/><tag k="building:levels" v="4"/></way>
<way id="11"><nd ref="1"/><nd ref="3"/><tag k="highway" v="primary"/></way>
<way id="12"><nd ref="1"/><nd ref="2"/><tag k="waterway" v="river"/></way>
<way id="13"><nd ref="1"/><nd ref="99"/><nd ref="1"/><tag k="building" v="yes"/></way>
<way id="14"><nd ref="2"/><nd ref="3"/><tag k="railway" v="subway"/></way>
<way id="15"><nd ref="2"/><nd ref="3"/><tag k="barrier" v="wall"/></way>
</osm>"""


def test_an_openstreetmap_extract_becomes_layers(tmp_path: Path) -> None:
    path = tmp_path / "map.osm"
    path.write_text(OSM, encoding="utf-8")
    rows = read(path)
    kept = {(row.layer, row.fields["osm_id"], row.fields["kind"]) for row in rows if not row.refused}
    assert kept == {
        ("building", "w10", "school"), ("facility", "w10", "school"), ("road", "w11", "road_arterial"),
        ("water", "w12", "river"), ("wall", "w15", "wall"), ("camera", "n4", ""), ("lamp", "n5", ""),
        ("facility", "n6", "pharmacy"),
    }  # fmt: skip
    assert [row.fields["bearing_deg"] for row in rows if row.layer == "camera"] == [45.0]
    assert [row.fields["osm_id"] for row in rows if row.refused] == ["w13"]
    assert {row.fields["osm_id"] for row in read(path, layer="building")} == {"w10", "w13"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("90", 90.0), ("NNE", 22.5), ("350-10", 0.0), ("90-135", 112.5), ("365", None), ("up", None), ("", None)],
)
def test_directions_of_cameras(text: str, wanted: float | None) -> None:
    from importers.readers.osm.tags import direction_deg

    assert direction_deg({"camera:direction": text}) == wanted
