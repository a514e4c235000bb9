"""Read → check → compare → apply on the chessboard: what a file changes, leaves alone, and may not touch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import shapely
from django.core.management import CommandError, call_command

from gridmap.territory.models import (
    Building,
)
from importers.models import ColumnMapping, ImportRun, StagedRow
from importers.records import RefusedError, StalePlanError
from importers.services import Choices, fingerprint, start
from importers.work import apply_run, check_run
from tests.cast import COMMUNITIES, Board, corner_of
from tests.importers import files
from tests.importers.bringing import SOUTH, WEST, brought, counted, dry, homes, quiet, said

pytestmark = pytest.mark.django_db


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


def test_a_column_may_have_a_plus_in_its_name(board: Board, tmp_path: Path) -> None:
    data = [({"栋+单元": "7+1", "户数": 10}, homes(1)[0][1])]
    path = str(files.geojson(tmp_path / "plus.geojson", data))
    call_command("import_data", "buildings", path, "--map", "source_ref=栋+单元", "--apply", "--json")
    assert Building.objects.get().source_ref == "7+1"


def test_a_parent_that_is_no_code_is_refused_by_the_command(board: Board, tmp_path: Path) -> None:
    path = str(files.geojson(tmp_path / "new.geojson", homes(1)))
    with pytest.raises(CommandError, match="abc"):
        call_command("import_data", "regions", path, "--parent", "abc")
