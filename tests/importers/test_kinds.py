"""Every kind of row but buildings and regions: where it lands and with which values."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from gridmap.territory.models import (
    Building,
    Camera,
    Compound,
    Facility,
    GroundFeature,
    StreetLamp,
)
from importers.records import RefusedError
from tests.cast import Board
from tests.importers import files
from tests.importers.bringing import SOUTH, WEST, brought, counted, dry, homes, said
from tests.importers.readers.test_same_room import OSM

pytestmark = pytest.mark.django_db


def test_cameras_lamps_facilities_compounds_and_barriers(board: Board, tmp_path: Path) -> None:
    point = shapely.Point(WEST + 0.002, SOUTH + 0.002)
    brought(files.geojson(tmp_path / "c.geojson", [({"编号": "c1", "朝向": "360", "状态": "在线"}, point)]), "cameras")
    camera = Camera.objects.get()
    assert (camera.bearing_deg, camera.status) == (0.0, "working")
    brought(files.geojson(tmp_path / "l.geojson", [({"编号": "l1", "是否亮灯": "否"}, point)]), "lamps")
    assert StreetLamp.objects.get().lit is False
    area = files.square(WEST + 0.001, SOUTH + 0.001)
    run = brought(
        files.geojson(tmp_path / "f.geojson", [({"编号": "f1", "名称": "养老院", "类型": "养老院"}, area)]),
        "facilities",
    )
    assert Facility.objects.get().kind == "eldercare"
    assert said(run, "created")[1] == [("geometry", "area_became_point")]
    brought(
        files.geojson(tmp_path / "x.geojson", [({"编号": "x1", "小区名称": "爱民佳苑", "是否封闭": "是"}, area)]),
        "compounds",
    )
    compound = Compound.objects.get()
    assert (compound.name, compound.walled, compound.community) == ("爱民佳苑", True, board.communities[0])
    line = shapely.LineString([(WEST, SOUTH), (WEST + 0.01, SOUTH + 0.01)])
    brought(
        files.geojson(tmp_path / "b.geojson", [({"编号": "b1", "类型": "河道"}, line), ({"编号": "b2"}, line)]),
        "barriers",
    )
    found = {one.source_ref: (one.kind, one.weight) for one in GroundFeature.objects.all()}
    assert found == {"b1": ("river", 1.0), "b2": ("wall", 0.4)}


def test_an_openstreetmap_extract_fills_ground_buildings_cameras_and_more(board: Board, tmp_path: Path) -> None:
    path = tmp_path / "map.osm"
    path.write_text(OSM, encoding="utf-8")
    run = brought(path, "osm")
    assert counted(run) == {"created": 8, "refused": 1}
    assert set(GroundFeature.objects.values_list("kind", "weight")) == {
        ("road_arterial", 0.8),
        ("river", 1.0),
        ("wall", 0.4),
    }
    assert Camera.objects.get().bearing_deg == 45.0
    assert Building.objects.get().floors == 4
    assert set(Facility.objects.values_list("name", "kind")) == {("药店", "pharmacy"), ("school", "school")}
    assert counted(brought(path, "osm")) == {"same": 8, "refused": 1}
    with pytest.raises(RefusedError) as refusal:
        dry(files.geojson(tmp_path / "homes.geojson", homes()), "osm")
    assert refusal.value.code == "not_an_osm_extract"
