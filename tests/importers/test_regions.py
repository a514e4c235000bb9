"""Regions from a file: their codes, the regions above, boundaries that change or overlap."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from gridmap.accounts.models import User
from gridmap.territory.models import (
    Grid,
    GridEdition,
    Region,
    RegionEdition,
)
from importers.models import ImportRun, StagedRow
from importers.records import RefusedError, StalePlanError
from importers.sentences import sentence
from importers.work import apply_run
from tests.cast import COMMUNITIES, SIDE, Board, Cast, corner_of, draw_grids
from tests.importers import files
from tests.importers.bringing import SOUTH, WEST, brought, cells, counted, dry, quiet, said

pytestmark = pytest.mark.django_db


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
    assert said(run) in ({1: [("行政区划代码", "code_malformed")]}, {1: [("street", "county_unknown")]})


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


def test_regions_that_the_file_no_longer_has_stay_in_force(board: Board, tmp_path: Path) -> None:
    brought(files.geojson(tmp_path / "new.geojson", cells("甲", "乙")), "regions", parent=board.streets[0].code)
    path = files.geojson(tmp_path / "new.geojson", cells("甲"))
    run = dry(path, "regions", parent=board.streets[0].code)
    assert counted(run) == {"same": 1, "missing": 1}
    with pytest.raises(RefusedError, match="regions_stay_in_force"):
        apply_run(run, deactivate=True, report=quiet)
    with pytest.raises(CommandError, match=sentence("regions_stay_in_force")):
        call_command("import_data", "regions", str(path), "--apply", "--deactivate-missing")
    assert apply_run(run, deactivate=False, report=quiet)["deactivated"] == 0
    assert RegionEdition.objects.in_force().filter(region__name="乙").exists()


def boundary(code: str, size: float) -> list[tuple[dict[str, Any], shapely.Polygon]]:
    """One community of the chessboard with another boundary, from its south-western corner."""
    west, south = corner_of(code)
    return [({"行政区划代码": code, "社区名称": "一社区"}, files.square(west, south, size))]


def test_a_smaller_boundary_says_how_many_grids_end_and_ends_them(
    board: Board, grids: list[Grid], tmp_path: Path
) -> None:
    path = files.geojson(tmp_path / "new.geojson", boundary(COMMUNITIES[0], 0.0075))
    run = dry(path, "regions")
    assert said(run, "changed") == {1: [("geometry", "grids_will_end")]}
    assert run.counts["grids_ending"] == 3
    apply_run(run, deactivate=False, report=quiet)
    left = GridEdition.objects.in_force().of_community(COMMUNITIES[0])
    assert [edition.grid.code for edition in left] == [f"{COMMUNITIES[0]}003"]
    assert GridEdition.objects.in_force().of_community(COMMUNITIES[1]).count() == 4
    again = dry(path, "regions")
    assert counted(again) == {"same": 1}
    assert again.counts["grids_ending"] == 0


def test_another_name_ends_no_grid(board: Board, grids: list[Grid], tmp_path: Path) -> None:
    data = boundary(COMMUNITIES[0], SIDE)
    data[0][0]["社区名称"] = "改名社区"
    run = brought(files.geojson(tmp_path / "new.geojson", data), "regions")
    assert counted(run) == {"changed": 1}
    assert said(run, "changed") == {1: []}
    assert GridEdition.objects.in_force().of_community(COMMUNITIES[0]).count() == 4


def test_grids_drawn_after_the_dry_run_are_shown_before_they_end(board: Board, tmp_path: Path) -> None:
    run = dry(files.geojson(tmp_path / "new.geojson", boundary(COMMUNITIES[0], 0.0075)), "regions")
    assert run.counts["grids_ending"] == 0
    draw_grids(board.communities[0])
    with pytest.raises(StalePlanError):
        apply_run(run, deactivate=False, report=quiet)
    run.refresh_from_db()
    assert run.counts["grids_ending"] == 3
    assert GridEdition.objects.in_force().of_community(COMMUNITIES[0]).count() == 4
    apply_run(run, deactivate=False, report=quiet)
    assert GridEdition.objects.in_force().of_community(COMMUNITIES[0]).count() == 1


def test_the_command_and_the_page_say_which_grids_end(
    board: Board, grids: list[Grid], cast: Cast, signed_in: Callable[[User], Client], tmp_path: Path
) -> None:
    path = files.geojson(tmp_path / "new.geojson", boundary(COMMUNITIES[0], 0.0075))
    out = StringIO()
    call_command("import_data", "regions", str(path), stdout=out)
    words = sentence("grids_will_end", {"n": 3})
    assert words in out.getvalue()
    page = signed_in(cast.administrator).get(reverse("importers:run", args=[ImportRun.objects.get().pk]))
    assert page.context["ending"] == words
    assert page.content.decode().count(words) == 2


def test_communities_below_a_county_get_streets_where_no_column_names_them(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importers.streets.MOST_PER_STREET", 3)
    data = [({"组": f"G{n}"}, files.square(120.3 + 0.01 * n, 30.1, 0.01)) for n in range(8)]
    run = dry(files.geojson(tmp_path / "g.geojson", data), "regions", parent=board.county.code, group_by="组")
    assert run.mapping == {"source_ref": "组", "name": "组"}
    assert [region["code"] for region in run.above] == ["990101003000", "990101004000", "990101005000"]
    assert [(note["code"], note["params"]["n"], note["params"]["rows"]) for note in run.counts["notes"]] == [
        ("streets_made", 3, 8)
    ]
    apply_run(run, deactivate=False, report=quiet)
    found = Region.objects.filter(source="g", level=5).order_by("code").values_list("name", flat=True)
    assert list(found) == [f"G{n}" for n in range(8)]
    again = dry(files.geojson(tmp_path / "g.geojson", data), "regions", parent=board.county.code, group_by="组")
    assert (counted(again), again.above, again.counts["notes"]) == ({"same": 8}, [], [])


@pytest.mark.parametrize(
    ("parent", "code"),
    [
        ("123456789", "parent_malformed"), ("98", "parent_malformed"), ("980203001000", "parent_without_name"),
        ("980200000000", "parent_without_name"), ("980200000000:城", "parent_level_wrong"),
        ("980203001001:社", "parent_level_wrong"),
    ],
)  # fmt: skip
def test_a_mistyped_code_of_the_region_above_makes_nothing(
    board: Board, tmp_path: Path, parent: str, code: str
) -> None:
    given, _colon, name = parent.partition(":")
    with pytest.raises(RefusedError) as refusal:
        dry(files.geojson(tmp_path / "new.geojson", cells("甲")), "regions", parent=given, parent_name=name)
    assert refusal.value.code == code


def test_what_is_missing_above_a_region_is_said(board: Board, tmp_path: Path) -> None:
    path = files.geojson(tmp_path / "new.geojson", cells("甲"))
    assert said(dry(path, "regions")) == {1: [("street", "county_unknown")]}
    below = dry(path, "regions", parent=board.streets[0].code)
    assert [note["code"] for note in below.counts["notes"]] == ["streets_left_aside"]
    empty = files.geojson(tmp_path / "new.geojson", cells("甲", street=""))
    run = dry(empty, "regions", parent="980203000000", parent_name="新县")
    assert (said(run), run.above) == ({1: [("street", "street_missing")]}, [])


def test_a_newer_edition_of_another_source_renews_regions_of_the_same_name(board: Board, tmp_path: Path) -> None:
    brought(files.geojson(tmp_path / "y2019.geojson", cells("甲", "乙")), "regions", parent=board.county.code)
    newer = [
        ({"社区编号": f"K{n}", "社区名称": name, "街道": "新街道"}, files.square(120.3 - 0.01 * n, 30.1, 0.009))
        for n, name in enumerate(("甲", " 乙", "丙"))
    ]
    path = files.geojson(tmp_path / "y2024.geojson", newer)
    refused = dry(path, "regions", parent=board.county.code)
    assert said(refused) == {1: [("geometry", "overlaps")], 2: [("geometry", "overlaps")]}
    run = brought(path, "regions", parent=board.county.code, match="name")
    assert counted(run) == {"changed": 2, "created": 1}
    renewed = Region.objects.get(name="甲")
    assert (renewed.source, renewed.editions.count(), renewed.editions.in_force().count()) == ("y2019", 2, 1)
    assert counted(dry(path, "regions", parent=board.county.code, match="name")) == {"same": 3}


def test_a_name_that_several_regions_bear_decides_only_with_the_street(board: Board, tmp_path: Path) -> None:
    twins = cells("甲", "乙")
    twins[1][0].update({"社区名称": "甲", "街道": "另街道"})
    brought(files.geojson(tmp_path / "old.geojson", twins), "regions", parent=board.county.code)
    newer = [({"社区编号": "K", "社区名称": "甲", "街道": "另街道"}, files.square(120.29, 30.1, 0.009))]
    path = files.geojson(tmp_path / "new.geojson", newer)
    run = dry(path, "regions", parent=board.county.code, match="name")
    assert counted(run) == {"changed": 1}
    target = Region.objects.get(pk=StagedRow.objects.get(run=run, action="changed").target_id or 0)
    assert (target.source_ref, target.parent.name if target.parent else "") == ("乙", "另街道")
    newer[0][0]["街道"] = "无街道"
    files.geojson(path, newer)
    assert counted(dry(path, "regions", parent=board.county.code, match="name")) == {"refused": 1}
