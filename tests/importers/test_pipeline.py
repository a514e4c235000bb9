"""Read → check → compare → apply on the chessboard: what a file changes, leaves alone, and may not touch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import CommandError, call_command

from gridmap.territory.models import (
    Building,
    Camera,
    Compound,
    Facility,
    GroundFeature,
    Region,
    RegionEdition,
    StreetLamp,
)
from importers.apply import StalePlanError
from importers.models import ColumnMapping, ImportRun, StagedRow
from importers.records import RefusedError
from importers.services import Choices, fingerprint, start
from importers.work import apply_run, check_run
from tests.cast import COMMUNITIES, Board, corner_of
from tests.importers import files
from tests.importers.readers.test_same_room import OSM

pytestmark = pytest.mark.django_db
WEST, SOUTH = corner_of(COMMUNITIES[0])


def quiet(_share: float) -> None:
    """Progress that nobody watches."""


def dry(path: Path, kind: str = "buildings", **choices: Any) -> ImportRun:
    sha256, size = fingerprint(path)
    run = start(path=path, name=path.name, sha256=sha256, size=size, choices=Choices(kind=kind, **choices), by=None)
    return check_run(run, report=quiet)


def brought(path: Path, kind: str = "buildings", *, deactivate: bool = False, **choices: Any) -> ImportRun:
    run = dry(path, kind, **choices)
    apply_run(run, deactivate=deactivate, report=quiet)
    return run


def homes(count: int = 3, **more: Any) -> list[tuple[dict[str, Any], shapely.Geometry]]:
    """Buildings inside the first community."""
    return [
        ({"楼栋编号": f"B{n}", "户数": 10 * (n + 1), "名称": f"{n + 1}号楼", **more},
         files.square(WEST + 0.001 + 0.0015 * n, SOUTH + 0.002, 0.0006))
        for n in range(count)
    ]  # fmt: skip


def counted(run: ImportRun) -> dict[str, int]:
    return {name: run.counts[name] for name in ("created", "changed", "same", "missing", "refused") if run.counts[name]}


def said(run: ImportRun, action: str = "refused") -> dict[int, list[tuple[str, str]]]:
    """Row → (field, code) of the rows with this action."""
    rows = StagedRow.objects.filter(run=run, action=action)
    return {row.row: [(reason["field"], reason["code"]) for reason in row.reasons] for row in rows}


def test_a_dry_run_writes_nothing(board: Board, tmp_path: Path) -> None:
    run = dry(files.geojson(tmp_path / "homes.geojson", homes()))
    assert counted(run) == {"created": 3}
    assert run.status == ImportRun.Status.CHECKED
    assert not Building.objects.exists()


def test_buildings_get_their_values_and_their_community(board: Board, tmp_path: Path) -> None:
    brought(files.geojson(tmp_path / "homes.geojson", homes()))
    found = Building.objects.get(source="homes", source_ref="B1")
    assert (found.name, found.households, found.dwellings, found.active) == ("2号楼", 20, None, True)
    assert found.community == board.communities[0]


@pytest.mark.parametrize(
    ("name", "write"),
    [("homes.gpkg", files.gpkg), ("homes.kml", files.kml), ("homes.csv", files.csv), ("homes.xlsx", files.xlsx)],
)
def test_a_second_run_changes_nothing_in_any_format(
    board: Board, tmp_path: Path, name: str, write: Callable[..., Path]
) -> None:
    path = write(tmp_path / name, homes())
    assert counted(brought(path)) == {"created": 3}
    before = list(Building.objects.order_by("pk").values())
    assert counted(brought(path)) == {"same": 3}
    assert list(Building.objects.order_by("pk").values()) == before


def test_only_fields_the_file_has_are_changed_and_the_old_values_are_shown(board: Board, tmp_path: Path) -> None:
    brought(files.geojson(tmp_path / "homes.geojson", homes()))
    Building.objects.filter(source_ref="B0").update(residents=33, address="北街1号")
    data = homes()
    data[0][0]["户数"] = 99
    run = brought(files.geojson(tmp_path / "homes.geojson", data))
    assert counted(run) == {"changed": 1, "same": 2}
    assert StagedRow.objects.get(run=run, action="changed").before == {"households": 10}
    found = Building.objects.get(source_ref="B0")
    assert (found.households, found.residents, found.address) == (99, 33, "北街1号")


def test_a_moved_building_changes_its_community(board: Board, tmp_path: Path) -> None:
    brought(files.geojson(tmp_path / "homes.geojson", homes(1)))
    west, south = corner_of(COMMUNITIES[3])
    run = brought(
        files.geojson(tmp_path / "homes.geojson", [(homes(1)[0][0], files.square(west + 0.002, south + 0.002))])
    )
    assert StagedRow.objects.get(run=run).before == {"geometry": True}
    assert Building.objects.get(source_ref="B0").community == board.communities[3]


def test_what_the_file_no_longer_has_is_shown_and_switched_off_only_on_request(board: Board, tmp_path: Path) -> None:
    brought(files.geojson(tmp_path / "homes.geojson", homes(3)))
    shorter = files.geojson(tmp_path / "homes.geojson", homes(1))
    run = brought(shorter)
    assert counted(run) == {"same": 1, "missing": 2}
    assert Building.objects.active().count() == 3
    brought(shorter, deactivate=True)
    assert list(Building.objects.active().values_list("source_ref", flat=True)) == ["B0"]
    back = brought(files.geojson(tmp_path / "homes.geojson", homes(3)))
    assert counted(back) == {"changed": 2, "same": 1}
    assert Building.objects.active().count() == 3


def test_two_sources_do_not_touch_each_other(board: Board, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "homes.geojson", homes())
    brought(path, source="police")
    assert counted(brought(path, source="housing")) == {"created": 3}
    assert Building.objects.count() == 6


def test_refused_rows_name_row_field_and_reason_and_the_others_go_in(board: Board, tmp_path: Path) -> None:
    data = homes(6)
    data[1][0]["户数"] = "十二"
    data[2][0]["户数"] = -4
    data[3][0]["楼栋编号"] = "B0"
    data[4] = (data[4][0], None)
    data[5][0]["楼栋编号"] = None
    run = brought(files.geojson(tmp_path / "homes.geojson", data))
    assert said(run) == {
        2: [("户数", "not_a_number")],
        3: [("户数", "negative_count")],
        4: [("source_ref", "key_twice")],
        5: [("geometry", "no_place")],
        6: [("楼栋编号", "key_missing")],
    }
    assert list(Building.objects.values_list("source_ref", flat=True)) == ["B0"]


def test_wrong_shapes_are_refused_and_invalid_ones_repaired_with_a_list(board: Board, tmp_path: Path) -> None:
    bow = shapely.Polygon([(WEST, SOUTH), (WEST + 0.001, SOUTH + 0.001), (WEST + 0.001, SOUTH), (WEST, SOUTH + 0.001)])
    data = [
        ({"编号": "bow"}, bow),
        ({"编号": "line"}, shapely.LineString([(WEST, SOUTH), (WEST + 0.001, SOUTH)])),
    ]
    run = brought(files.geojson(tmp_path / "homes.geojson", data))
    assert said(run)[2] == [("geometry", "wrong_shape")]
    assert ("geometry", "made_valid") in said(run, "created")[1]
    assert run.counts["repaired"] == 1
    assert Building.objects.get().geom.valid


def test_a_broken_file_leaves_nothing_behind(board: Board, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "homes.geojson", homes(3))
    sha256, size = fingerprint(path)
    run = start(path=path, name=path.name, sha256=sha256, size=size, choices=Choices(kind="buildings"), by=None)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(RefusedError):
        check_run(run, report=quiet)
    run.refresh_from_db()
    assert (run.status, run.error["code"]) == (ImportRun.Status.FAILED, "json_broken")
    assert not StagedRow.objects.exists()
    with pytest.raises(RefusedError) as refusal:
        apply_run(run, deactivate=False, report=quiet)
    assert refusal.value.code == "not_checked_yet"


def test_an_import_is_applied_once(board: Board, tmp_path: Path) -> None:
    run = brought(files.geojson(tmp_path / "homes.geojson", homes()))
    with pytest.raises(RefusedError) as refusal:
        apply_run(run, deactivate=False, report=quiet)
    assert refusal.value.code == "already_applied"


def test_a_plan_whose_ground_has_changed_is_compared_again_and_said(board: Board, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "homes.geojson", homes())
    brought(path)
    data = homes()
    data[0][0]["户数"] = 99
    run = dry(files.geojson(path, data))
    Building.objects.filter(source_ref="B1").update(households=1)
    with pytest.raises(StalePlanError):
        apply_run(run, deactivate=False, report=quiet)
    run.refresh_from_db()
    assert (run.status, run.stale) == (ImportRun.Status.CHECKED, True)
    assert counted(run) == {"changed": 2, "same": 1}
    assert Building.objects.get(source_ref="B0").households == 10
    apply_run(run, deactivate=False, report=quiet)
    assert Building.objects.get(source_ref="B0").households == 99


def test_a_change_elsewhere_that_leaves_the_plan_as_it_was_does_not_stop_it(board: Board, tmp_path: Path) -> None:
    run = dry(files.geojson(tmp_path / "homes.geojson", homes()))
    brought(files.geojson(tmp_path / "other.geojson", homes()))
    assert apply_run(run, deactivate=False, report=quiet)["created"] == 3


def test_rows_outside_the_area_and_records_of_other_areas_are_refused(board: Board, tmp_path: Path) -> None:
    west, south = corner_of(COMMUNITIES[3])
    brought(files.geojson(tmp_path / "homes.geojson", [(homes(1)[0][0], files.square(west + 0.002, south + 0.002))]))
    data = [*homes(2), ({"楼栋编号": "B9", "户数": 1, "名称": "x"}, files.square(10.0, 50.0))]
    run = dry(files.geojson(tmp_path / "homes.geojson", data), area=COMMUNITIES[0])
    assert said(run) == {1: [("source_ref", "held_by_another_area")], 3: [("geometry", "outside_your_area")]}
    assert counted(run) == {"created": 1, "refused": 2}


def test_the_datum_is_found_by_what_is_there_and_buildings_land_in_place(board: Board, tmp_path: Path) -> None:
    from gridmap.geometry.datum import Datum, shift

    true = [
        ({"编号": f"{x}-{y}"}, files.square(WEST + 0.0012 * x + 0.0003, SOUTH + 0.0012 * y + 0.0003, 0.0005))
        for x in range(6) for y in range(6)
    ]  # fmt: skip
    brought(files.geojson(tmp_path / "true.geojson", true))
    moved = [
        (fields, shapely.transform(shape, lambda points: shift(points, Datum.WGS84, Datum.GCJ02)))
        for fields, shape in true
    ]
    run = brought(files.geojson(tmp_path / "moved.geojson", moved))
    assert (run.placing["system"], run.placing["reason"]) == ("gcj02", "fits_layers_there")
    for fields, shape in true:
        found = Building.objects.get(source="moved", source_ref=fields["编号"])
        assert shapely.from_wkb(bytes(found.geom.wkb)).hausdorff_distance(shape) < 1e-8


def test_columns_chosen_once_are_remembered_for_the_source(board: Board, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "homes.geojson", homes())
    call_command(
        "import_data", "buildings", str(path), "--map", "dwellings=户数", "--map", "households=", "--apply", "--json"
    )
    assert ColumnMapping.objects.get(source="homes", kind="buildings").mapping == {
        "dwellings": "户数",
        "households": "",
    }
    assert Building.objects.get(source_ref="B0").dwellings == 10
    assert dry(path).mapping == {"source_ref": "楼栋编号", "name": "名称", "dwellings": "户数"}


def test_a_key_can_be_joined_from_several_columns(board: Board, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "homes.geojson", homes())
    call_command("import_data", "buildings", str(path), "--map", "source_ref=楼栋编号+名称", "--apply", "--json")
    assert Building.objects.filter(source_ref="B0+1号楼").exists()


def test_without_a_key_column_name_and_place_make_one(board: Board, tmp_path: Path) -> None:
    data = [({"名称": fields["名称"]}, shape) for fields, shape in homes()]
    path = files.geojson(tmp_path / "homes.geojson", data)
    assert counted(brought(path)) == {"created": 3}
    assert counted(brought(path)) == {"same": 3}


def test_the_command_answers_in_json_and_is_strict_on_demand(
    board: Board, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import json

    data = homes(2)
    data[1][0]["户数"] = "many"
    path = files.geojson(tmp_path / "homes.geojson", data)
    with pytest.raises(CommandError):
        call_command("import_data", "buildings", str(path), "--json", "--strict")
    answer = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert answer["counts"]["created"] == 1
    assert answer["refused_for"] == {"not_a_number": 1}
    call_command("import_data", "buildings", str(path))
    assert "row 2" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("import_data", "buildings", str(tmp_path / "gone.geojson"))
    with pytest.raises(CommandError):
        call_command("import_data", "buildings", str(path), "--map", "nonsense=户数")


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


def cells(*names: str, street: str = "新街道", **more: Any) -> list[tuple[dict[str, Any], shapely.Polygon]]:
    """Communities side by side, east of the board, given from east to west."""
    return [
        ({"社区编号": name, "社区名称": name, "街道": street, **more}, files.square(120.3 - 0.01 * n, 30.1, 0.01))
        for n, name in enumerate(names)
    ]


def test_regions_without_codes_are_numbered_below_their_parent(board: Board, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "new.geojson", cells("丙", "乙", "甲"))
    run = brought(path, "regions", parent=board.county.code)
    assert [region["name"] for region in run.above] == ["新街道"]
    street = Region.objects.get(name="新街道")
    assert street.code == "990101003000"
    assert list(Region.objects.filter(parent=street).order_by("code").values_list("name", "code")) == [
        ("甲", "990101003001"), ("乙", "990101003002"), ("丙", "990101003003"),
    ]  # fmt: skip
    assert RegionEdition.objects.in_force().filter(region__parent=street).count() == 3
    assert counted(brought(path, "regions", parent=board.county.code)) == {"same": 3}


def test_a_new_boundary_follows_the_old_one(board: Board, tmp_path: Path) -> None:
    brought(files.geojson(tmp_path / "new.geojson", cells("甲")), "regions", parent=board.streets[0].code)
    moved = [({"社区编号": "甲", "社区名称": "甲改名"}, files.square(120.3, 30.1, 0.012))]
    run = brought(files.geojson(tmp_path / "new.geojson", moved), "regions", parent=board.streets[0].code)
    assert StagedRow.objects.get(run=run).before == {"name": "甲", "geometry": True}
    region = Region.objects.get(name="甲改名")
    assert region.editions.count() == 2
    assert region.editions.in_force().count() == 1


def test_regions_with_codes_bring_the_regions_above_them(board: Board, tmp_path: Path) -> None:
    data = cells("甲", "乙", street="东街道", 区县="新区")
    data[0][0]["行政区划代码"], data[1][0]["行政区划代码"] = "980203001001", None
    run = brought(files.geojson(tmp_path / "new.geojson", data), "regions")
    assert {region["code"]: region["name"] for region in run.above} == {
        "980000000000": "980000000000", "980200000000": "980200000000", "980203000000": "新区",
        "980203001000": "东街道",
    }  # fmt: skip
    assert Region.objects.get(name="乙").code == "980203001002"


def test_boundaries_that_overlap_are_refused_with_the_other_ones_name(board: Board, tmp_path: Path) -> None:
    over = [({"社区编号": "z", "社区名称": "重叠"}, files.square(WEST + 0.002, SOUTH + 0.002, 0.01))]
    run = dry(files.geojson(tmp_path / "new.geojson", over), "regions", parent=board.streets[0].code)
    assert said(run)[1][0] == ("geometry", "overlaps")
    twice = cells("甲", "乙")
    twice[1] = (twice[1][0], twice[0][1])
    run = dry(files.geojson(tmp_path / "two.geojson", twice), "regions", parent=board.streets[0].code)
    assert said(run) == {2: [("geometry", "overlaps")]}


def test_regions_that_belong_nowhere_or_outside_the_area_are_refused(board: Board, tmp_path: Path) -> None:
    run = dry(files.geojson(tmp_path / "new.geojson", cells("甲", street="")), "regions")
    assert said(run) == {1: [("street", "parent_unknown")]}
    data = cells("甲", 行政区划代码="980203001001")
    run = dry(files.geojson(tmp_path / "new.geojson", data), "regions", area="990101")
    assert said(run) == {1: [("code", "outside_your_area")]}
    data = cells("甲", 行政区划代码="12345")
    run = dry(files.geojson(tmp_path / "new.geojson", data), "regions")
    assert said(run) in ({1: [("行政区划代码", "code_malformed")]}, {1: [("street", "parent_unknown")]})


def test_units_become_communities_by_a_column(board: Board, tmp_path: Path) -> None:
    data = [
        ({"组": "G1" if n < 2 else "G2", "名称": f"u{n}"}, files.square(120.3 + 0.01 * n, 30.1, 0.01)) for n in range(4)
    ]
    path = files.geojson(tmp_path / "units.geojson", data)
    call_command(
        "import_data", "regions", str(path), "--group-by", "组", "--map", "source_ref=组", "--map", "name=组",
        "--parent", board.streets[0].code, "--apply", "--json",
    )  # fmt: skip
    found = Region.objects.filter(source="units").order_by("name")
    assert list(found.values_list("name", flat=True)) == ["G1", "G2"]
    assert all(region.editions.get().geom.num_geom == 1 for region in found)
