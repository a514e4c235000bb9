"""Cameras, lamps, components and facilities through the one pipeline: what lands, what is refused and why, and what
people edited by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from gridmap.territory.component_classes import write_missing_classes
from gridmap.territory.models import Camera, Component, Facility, StreetLamp
from importers.models import StagedRow
from tests.cast import Board
from tests.importers import files
from tests.importers.bringing import SOUTH, WEST, brought, counted, dry, said
from tests.shared import shared_data

pytestmark = pytest.mark.django_db
HERE = shapely.Point(WEST + 0.002, SOUTH + 0.002)
BESIDE = shapely.Point(WEST + 0.00202, SOUTH + 0.002)  # some 2 m
FAR = shapely.Point(WEST + 0.004, SOUTH + 0.002)  # some 190 m
LID = "9901010103000001"


@pytest.fixture(autouse=True)
def _classes(board: Board) -> None:
    write_missing_classes()


def cameras(path: Path, *rows: dict[str, Any], at: shapely.Point = HERE) -> Path:
    return files.geojson(path / "cameras.geojson", [({"编号": f"c{n}", **row}, at) for n, row in enumerate(rows)])


def lids(path: Path, *rows: dict[str, Any], shape: shapely.Geometry = HERE) -> Path:
    return files.geojson(path / "lids.geojson", [(row, shape) for row in rows])


def test_every_field_of_a_camera_is_taken(tmp_path: Path) -> None:
    row = {
        "摄像机名称": "东门", "朝向": "东南", "视场角": "90°", "监控距离": "40米", "安装高度": 4.5, "俯角": "12",
        "夜视": "是", "设备状态": "在线", "杆件编号": "G-7", "GB28181": "99010100001320000001", "覆盖类别": "一类点",
        "权属单位": "公安分局",
    }  # fmt: skip
    brought(cameras(tmp_path, row), "cameras")
    camera = Camera.objects.get()
    assert (camera.bearing_deg, camera.angle_deg, camera.range_m, camera.height_m, camera.tilt_deg) == (
        135, 90, 40, 4.5, 12,
    )  # fmt: skip
    assert (camera.pole, camera.code, camera.coverage, camera.owner) == ("G-7", "99010100001320000001", "1", "公安分局")
    assert (camera.status, camera.sees_at_night, camera.by_hand, camera.version) == ("working", True, [], 1)


def test_a_range_of_directions_says_the_angle_and_a_long_number_the_code(tmp_path: Path) -> None:
    brought(cameras(tmp_path, {"编号": "99010100001320000002", "方向": "45-135"}), "cameras")
    camera = Camera.objects.get()
    assert (camera.bearing_deg, camera.angle_deg, camera.code) == (90, 90, "99010100001320000002")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("朝向", "往上", "not_a_direction"), ("朝向", 361, "out_of_range"), ("视场角", 0, "out_of_range"),
        ("监控距离", -1, "out_of_range"), ("安装高度", "高", "not_a_number"),
        ("GB28181", "123", "device_code_malformed"),
        ("夜视", "也许", "not_yes_or_no"), ("杆件编号", "x" * 61, "text_too_long"), ("俯角", 91, "out_of_range"),
    ],
)  # fmt: skip
def test_a_bad_value_refuses_its_row_and_names_the_field(tmp_path: Path, field: str, value: Any, code: str) -> None:
    run = dry(cameras(tmp_path, {field: value, "摄像机名称": "x"}), "cameras")
    assert said(run) == {1: [(field, code)]}


def test_a_device_code_is_one_cameras_alone(tmp_path: Path) -> None:
    code = "99010100001320000001"
    run = brought(cameras(tmp_path, {"GB28181": code}, {"GB28181": code}), "cameras", source="a")
    assert counted(run) == {"created": 1, "refused": 1} and said(run)[2] == [("code", "code_taken")]
    assert said(dry(cameras(tmp_path, {"GB28181": code}), "cameras", source="b"))[1] == [("code", "code_taken")]


def test_several_cameras_on_a_pole_share_its_position_and_look_each_their_way(tmp_path: Path) -> None:
    rows = [({"编号": f"c{n}", "杆号": "P1", "朝向": 90 * n}, shape) for n, shape in enumerate((HERE, BESIDE, FAR))]
    path = files.geojson(tmp_path / "cameras.geojson", rows)
    run = brought(path, "cameras")
    assert said(run)[3] == [("pole", "pole_elsewhere")]
    assert said(run, "created")[2] == [("pole", "pole_position_taken")]
    one, two = Camera.objects.order_by("source_ref")
    assert one.geom == two.geom and (one.bearing_deg, two.bearing_deg) == (0, 90)
    assert counted(dry(path, "cameras")) == {"same": 2, "refused": 1}, "the same file again changes nothing"


def test_a_pole_that_stands_here_already_stands_where_it_stands(tmp_path: Path) -> None:
    brought(cameras(tmp_path, {"杆号": "P1"}), "cameras", source="a")
    run = dry(cameras(tmp_path, {"杆号": "P1"}, at=FAR), "cameras", source="b")
    assert said(run)[1] == [("pole", "pole_elsewhere")]
    lamp = files.geojson(tmp_path / "lamps.geojson", [({"路灯编号": "l1", "杆号": "P1", "状态": "故障"}, BESIDE)])
    brought(lamp, "lamps")
    assert StreetLamp.objects.get().geom == Camera.objects.get().geom
    assert (StreetLamp.objects.get().status, StreetLamp.objects.get().lit) == ("broken", False)


def test_components_of_every_shape(tmp_path: Path) -> None:
    row = {"部件标识码": LID, "部件名称": "雨水井盖", "部件状态": "破损", "主管部门": "水务局", "养护单位": "排水公司",
           "养护电话": "0571-12345678", "精度": "B", "普查日期": "2024年5月6日"}  # fmt: skip
    brought(lids(tmp_path, row), "components")
    lid = Component.objects.get()
    assert (lid.code, lid.category_id, lid.state, lid.manager, lid.keeper, lid.accuracy, lid.surveyed_on) == (
        LID, "0103", "damaged", "水务局", "排水公司", "B", date(2024, 5, 6),
    )  # fmt: skip
    line = shapely.LineString([HERE, FAR])
    green = files.square(WEST + 0.001, SOUTH + 0.001)
    brought(lids(tmp_path, {"部件标识码": "9901010211000001"}, shape=line), "components")
    brought(lids(tmp_path, {"部件标识码": "9901010405000001"}, shape=green), "components")
    assert {one.geom.geom_type for one in Component.objects.all()} == {"Point", "LineString", "Polygon"}


def test_codes_of_components_are_well_formed_known_and_for_ever(tmp_path: Path) -> None:
    run = brought(lids(tmp_path, {"部件标识码": LID, "部件编号": "a"}), "components")
    assert counted(run) == {"created": 1}
    for code, reason, of in (
        ("123", "component_code_malformed", "a"), ("", "value_missing", "a"),
        ("9901019903000001", "component_class_unknown", "c"),
        ("9901010103000002", "component_code_kept", "a"),
    ):  # fmt: skip
        run = dry(lids(tmp_path, {"部件标识码": code, "部件编号": of}), "components")
        assert [found for _field, found in said(run)[1]] == [reason], code
    run = dry(lids(tmp_path, {"部件标识码": LID, "部件编号": "b"}), "components")
    assert said(run)[1] == [("code", "code_taken")]


def test_hours_become_a_table_and_what_is_not_read_is_reported(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"编号": "1", "名称": "卫生站", "开放时间": "周一至周五 8:00-17:00", "电话": "0571-12345678", "床位数": 12},
        {"编号": "2", "名称": "药房", "开放时间": "视天气而定"},
        {"编号": "3", "名称": "超市", "开放时间": "Mo-Su 08:00-22:00; PH off", "无障碍": "是", "面积": "320"},
    ]
    run = brought(files.geojson(tmp_path / "f.geojson", [(row, HERE) for row in rows]), "facilities")
    station, pharmacy, market = Facility.objects.order_by("source_ref")
    assert station.hours and market.hours
    assert station.hours["week"][0] == [["08:00", "17:00"]] and station.hours["week"][6] == []
    assert (station.phone, station.capacity) == ("0571-12345678", 12)
    assert (pharmacy.hours, pharmacy.hours_text) == (None, "视天气而定")
    assert (market.accessible, market.area_m2, market.hours["week"][6]) == (True, 320, [["08:00", "22:00"]])
    assert said(run, "created") == {
        1: [], 2: [("hours_text", "hours_not_read")], 3: [("hours_text", "hours_of_holidays")],
    }  # fmt: skip
    assert counted(dry(files.geojson(tmp_path / "f.geojson", [(row, HERE) for row in rows]), "facilities")) == {
        "same": 3
    }


class TestByHand:
    """What people set is listed beside the file's value and stays."""

    def edited(self, tmp_path: Path) -> Camera:
        brought(cameras(tmp_path, {"摄像机名称": "东门", "朝向": 90}), "cameras")
        Camera.objects.update(bearing_deg=120, by_hand=["bearing_deg"])
        return Camera.objects.get()

    def test_the_same_file_again_is_a_conflict_with_both_values(self, tmp_path: Path) -> None:
        self.edited(tmp_path)
        run = brought(cameras(tmp_path, {"摄像机名称": "东门", "朝向": 90}), "cameras")
        row = StagedRow.objects.get(run=run)
        assert row.action == "conflict"
        assert row.reasons[-1]["params"] == {"kept": 120, "value": 90}
        assert "edited_by_hand_rows" in [note["code"] for note in run.counts["notes"]]
        assert Camera.objects.get().bearing_deg == 120

    def test_other_fields_follow_the_file(self, tmp_path: Path) -> None:
        self.edited(tmp_path)
        run = brought(cameras(tmp_path, {"摄像机名称": "西门", "朝向": 90}), "cameras")
        camera = Camera.objects.get()
        assert (camera.name, camera.bearing_deg) == ("西门", 120)
        assert counted(run) == {"changed": 1} and said(run, "changed")[1] == [("bearing_deg", "edited_by_hand")]

    def test_a_file_that_agrees_is_no_conflict(self, tmp_path: Path) -> None:
        self.edited(tmp_path)
        assert counted(dry(cameras(tmp_path, {"摄像机名称": "东门", "朝向": 120}), "cameras")) == {"same": 1}

    def test_a_position_set_by_hand_stays(self, tmp_path: Path) -> None:
        self.edited(tmp_path)
        Camera.objects.update(by_hand=["geom"])
        run = brought(cameras(tmp_path, {"摄像机名称": "东门", "朝向": 120}, at=BESIDE), "cameras")
        params = StagedRow.objects.get(run=run).reasons[-1]["params"]
        assert params["kept"].startswith("119.9") and params["kept"] != params["value"]
        assert Camera.objects.get().geom.coords == pytest.approx(HERE.coords[0])

    def test_what_a_person_switched_off_stays_off(self, tmp_path: Path) -> None:
        self.edited(tmp_path)
        Camera.objects.update(active=False, by_hand=["active"], bearing_deg=90)
        run = brought(cameras(tmp_path, {"摄像机名称": "东门", "朝向": 90}), "cameras")
        assert StagedRow.objects.get(run=run).action == "conflict" and not Camera.objects.get().active

    def test_what_a_person_keeps_is_not_switched_off(self, tmp_path: Path) -> None:
        self.edited(tmp_path)
        Camera.objects.update(by_hand=["active"])
        path = files.geojson(tmp_path / "cameras.geojson", [({"编号": "other", "摄像机名称": "x"}, FAR)])
        brought(path, "cameras", deactivate=True)
        assert Camera.objects.get(source_ref="c0").active


OSM = """<?xml version="1.0"?><osm version="0.6">
<node id="1" lat="30.11" lon="119.905" version="1"><tag k="man_made" v="surveillance"/><tag k="direction" v="45-135"/>
  <tag k="camera:angle" v="15"/><tag k="height" v="4 m"/><tag k="operator" v="警方"/></node>
<node id="2" lat="30.111" lon="119.905" version="1"><tag k="man_made" v="surveillance"/>
  <tag k="camera:type" v="dome"/><tag k="height" v="roof"/></node>
<node id="3" lat="30.112" lon="119.905" version="1"><tag k="amenity" v="pharmacy"/><tag k="name" v="康民"/>
  <tag k="opening_hours" v="Mo-Fr 08:00-20:00"/><tag k="contact:phone" v="+86 571 1;+86 2"/><tag k="wheelchair" v="no"/>
  <tag k="capacity" v="many"/></node>
<node id="4" lat="30.113" lon="119.905" version="1"><tag k="highway" v="street_lamp"/><tag k="lit" v="24/7"/></node>
</osm>"""


def test_an_openstreetmap_extract_keeps_angles_hours_and_more(tmp_path: Path) -> None:
    path = tmp_path / "map.osm"
    path.write_text(OSM, encoding="utf-8")
    assert counted(brought(path, "osm")) == {"created": 4}
    ranged, dome = Camera.objects.order_by("source_ref")
    assert (ranged.bearing_deg, ranged.angle_deg, ranged.tilt_deg, ranged.height_m) == (90, 90, 15, 4)
    assert (dome.bearing_deg, dome.angle_deg, dome.height_m) == (None, 360, None)
    shop = Facility.objects.get()
    assert (shop.phone, shop.accessible, shop.capacity) == ("+86 571 1", False, None)
    assert shop.hours
    assert shop.hours["week"][0] == [["08:00", "20:00"]]
    assert StreetLamp.objects.get().lit is True


def test_cameras_in_gcj02_in_gb18030_land_where_they_stand(tmp_path: Path) -> None:
    text = "设备编号,设备名称,镜头方向,经度,纬度\n1,东门,东北,119.9095,30.1100\n"
    path = tmp_path / "cameras.csv"
    path.write_bytes(text.encode("gb18030"))
    run = brought(path, "cameras", system="gcj02")
    camera = Camera.objects.get()
    assert run.placing["system"] == "gcj02"
    assert (camera.name, camera.bearing_deg) == ("东门", 45)
    assert 300 < 111_320 * abs(complex(camera.geom.x - 119.9095, camera.geom.y - 30.11)) < 800


def test_an_address_book_of_eldercare_centres_of_another_city(tmp_path: Path) -> None:
    run = dry(shared_data("elderly", "EldercareServices.geojson"), "facilities")
    assert counted(run) == {"created": 130, "refused": 3}
    assert {code for reasons in said(run).values() for _field, code in reasons} == {"heights_dropped", "key_twice"}


def test_real_cameras_and_facilities_of_helsinki() -> None:
    run = dry(shared_data("osm", "Helsinki.osm.pbf"), "osm")
    kinds = run.counts["kinds"]
    assert kinds["cameras"]["created"] == 221 and kinds["cameras"]["refused"] == 0
    rows = StagedRow.objects.filter(run=run, kind="facilities").exclude(fields__hours_text="")
    assert rows.filter(action="created").count() == 14
    assert not rows.filter(reasons__contains=[{"code": "hours_not_read"}]), "all of them are in the common forms"
