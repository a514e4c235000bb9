"""The import page: from the upload to the result, and who may do what."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gridmap.accounts.models import User
from gridmap.jobs.models import Job
from gridmap.jobs.services import run as run_job
from gridmap.territory.models import Building, Region
from importers import sentences
from importers.columns import targets
from importers.models import ColumnMapping, ImportRun, StagedRow
from tests.cast import COMMUNITIES, Board, Cast, corner_of
from tests.importers import files
from tests.importers.bringing import cells, dry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("same_connection")]
SignIn = Callable[[User], Client]
WEST, SOUTH = corner_of(COMMUNITIES[0])
START = "/import/"


def homes(tmp_path: Path, count: int = 3) -> bytes:
    data = [
        ({"楼栋编号": f"B{n}", "户数": 10, "名称": f"{n}号楼"}, files.square(WEST + 0.001 * n, SOUTH + 0.002, 0.0006))
        for n in range(count)
    ]
    data.append(({"楼栋编号": "bad", "户数": "many", "名称": "<script>alert(1)</script>"}, files.square(WEST, SOUTH)))
    return files.geojson(tmp_path / "homes.geojson", data).read_bytes()


def upload(
    client: Client, content: bytes, *, name: str = "homes.geojson", kind: str = "buildings", area: str = "990101"
) -> Any:
    return client.post(START, {"file": SimpleUploadedFile(name, content), "kind": kind, "source": "", "area": area})


def brought(client: Client, content: bytes) -> ImportRun:
    answer = upload(client, content)
    assert answer.status_code == 302, answer.content.decode()
    return ImportRun.objects.get(pk=answer["Location"].rstrip("/").rsplit("/", 1)[-1])


def reading(run: ImportRun, **changes: str) -> dict[str, str]:
    """What the form of the page sends when nothing is changed."""
    columns = {f"column_{target}": run.mapping.get(target, "") for target in
               ("source_ref", "number", "name", "kind", "address", "households", "dwellings", "residents", "elders",
                "floors", "entrances")}  # fmt: skip
    return {"layer": run.layer, "encoding": "", "system": "", **columns, **changes}


def checked(client: Client, content: bytes) -> ImportRun:
    run = brought(client, content)
    client.post(reverse("importers:settle", args=[run.pk]), {**reading(run), "check": "1"})
    run_job(Job.objects.latest("created_at"))
    run.refresh_from_db()
    return run


def test_a_planner_brings_checks_and_applies_a_file(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    client = signed_in(cast.planner)
    run = checked(client, homes(tmp_path))
    assert run.status == ImportRun.Status.CHECKED
    page = client.get(reverse("importers:run", args=[run.pk]))
    assert page.status_code == 200
    assert page.context["action"] == "refused"
    shapes = client.get(reverse("importers:shapes", args=[run.pk])).json()
    assert sorted(feature["properties"]["action"] for feature in shapes["features"]) == ["created"] * 3 + ["refused"]
    client.post(reverse("importers:apply", args=[run.pk]))
    assert run_job(Job.objects.latest("created_at")).state == Job.State.SUCCEEDED
    assert Building.objects.filter(community=board.communities[0]).count() == 3
    assert client.get(reverse("importers:run", args=[run.pk])).status_code == 200
    client.post(reverse("importers:apply", args=[run.pk]))
    assert Job.objects.count() == 2


def test_text_of_the_file_is_shown_as_text(board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path) -> None:
    client = signed_in(cast.planner)
    run = checked(client, homes(tmp_path))
    body = client.get(reverse("importers:run", args=[run.pk]), {"action": "refused"}).content.decode()
    assert "<script>alert" not in body
    assert "&lt;script&gt;alert" in body
    assert re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", body) is None


def test_what_was_read_is_shown_and_can_be_changed(board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path) -> None:
    client = signed_in(cast.planner)
    run = brought(client, homes(tmp_path))
    assert run.mapping == {"source_ref": "楼栋编号", "name": "名称", "households": "户数"}
    changed = reading(run, system="gcj02", column_households="", column_dwellings="户数")
    client.post(reverse("importers:settle", args=[run.pk]), changed)
    run.refresh_from_db()
    assert run.placing["system"] == "gcj02"
    assert run.placing["reason"] == "chosen"
    assert run.mapping == {"source_ref": "楼栋编号", "name": "名称", "dwellings": "户数"}
    assert ColumnMapping.objects.get().mapping["dwellings"] == "户数"
    again = brought(client, homes(tmp_path))
    assert again.mapping["dwellings"] == "户数"
    assert "households" not in again.mapping


@pytest.mark.parametrize("system", ["+proj=merc", "EPSG:999999", "file:///etc/passwd"])
def test_a_system_that_is_none_is_refused_in_the_form(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path, system: str
) -> None:
    client = signed_in(cast.planner)
    run = brought(client, homes(tmp_path))
    answer = client.post(reverse("importers:settle", args=[run.pk]), reading(run, system=system))
    assert answer.status_code == 400
    assert answer.context["form"].errors["system"]
    answer = client.post(reverse("importers:settle", args=[run.pk]), reading(run, column_households="no such column"))
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.geojson", b"{"), ("x.zip", b"PK\x03\x04"), ("x.csv", b"\x00\x01"), ("../../x.kml", b"<kml><Placemark></kml>"),
     ("x.gpkg", b"SQLite format 3\x00"), ("x.xlsx", b"PK"), ("x" * 300 + ".bin", b"\xff" * 50)],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_and_not_kept(
    board: Board, cast: Cast, signed_in: SignIn, name: str, content: bytes
) -> None:
    answer = upload(signed_in(cast.planner), content, name=name)
    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert not ImportRun.objects.exists()
    kept = Path(settings.MEDIA_ROOT) / "imports"
    assert not kept.exists() or not list(kept.iterdir())


def test_too_large_a_file_is_refused(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    assert upload(signed_in(cast.planner), homes(tmp_path)).status_code == 400
    assert not list((Path(settings.MEDIA_ROOT) / "imports").iterdir())


def test_the_file_is_kept_under_a_name_that_cannot_be_guessed(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    run = brought(signed_in(cast.planner), homes(tmp_path))
    assert re.fullmatch(r"[0-9a-f]{32}\.geojson", Path(run.path).name)
    assert Path(run.path).parent == Path(settings.MEDIA_ROOT) / "imports"


def test_an_import_can_be_thrown_away_with_its_file(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    client = signed_in(cast.planner)
    run = checked(client, homes(tmp_path))
    client.post(reverse("importers:discard", args=[run.pk]))
    assert not ImportRun.objects.exists()
    assert not Path(run.path).exists()
    assert not Building.objects.exists()


def test_who_may_not_import_finds_no_page(board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path) -> None:
    run = checked(signed_in(cast.planner), homes(tmp_path))
    for person in (cast.approver, cast.officer, cast.worker):
        client = signed_in(person)
        assert client.get(START).status_code == 404, person
        assert upload(client, b"{}").status_code == 404
        for name in ("run", "shapes"):
            assert client.get(reverse(f"importers:{name}", args=[run.pk])).status_code == 404
        for name in ("settle", "apply", "discard"):
            assert client.post(reverse(f"importers:{name}", args=[run.pk])).status_code == 404
    assert ImportRun.objects.get().status == ImportRun.Status.CHECKED
    assert signed_in(cast.administrator).get(reverse("importers:run", args=[run.pk])).status_code == 200
    for nobody in (Client(), signed_in(cast.stranger), signed_in(cast.former)):
        assert nobody.get(START).headers["Location"].startswith("/accounts/login/")


def test_nobody_imports_into_an_area_that_is_not_theirs(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    for area in ("", "99", "990102"):
        assert upload(signed_in(cast.planner), homes(tmp_path), area=area).status_code in {302, 400}
    assert all(run.area == "990101" for run in ImportRun.objects.all())


def test_a_job_whose_data_changed_says_so_on_the_page(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    client = signed_in(cast.planner)
    content = homes(tmp_path)
    run = checked(client, content)
    client.post(reverse("importers:apply", args=[run.pk]))
    run_job(Job.objects.latest("created_at"))
    Building.objects.filter(source_ref="B0").update(households=99)
    second = checked(client, content)
    Building.objects.filter(source_ref="B1").update(households=98)
    client.post(reverse("importers:apply", args=[second.pk]))
    job = run_job(Job.objects.latest("created_at"))
    assert job.state == Job.State.FAILED
    assert job.message
    page = client.get(reverse("importers:run", args=[second.pk]))
    assert page.context["run"].stale
    assert page.context["run"].counts["changed"] == 2


def test_every_reason_that_can_be_given_has_a_sentence() -> None:
    root = Path(sentences.__file__).parent
    code = "\n".join(path.read_text("utf-8") for path in root.rglob("*.py") if path.name != "sentences.py")
    given = set(re.findall(r"(?:RefusedError|Reason|_refuse|_note)\(\s*(?:\w+, )?\"([a-z0-9_]+)\"", code))
    given |= {"out_of_memory", "reader_failed", "nested_too_deep", "extra_dimensions_dropped"}
    from gridmap.geometry.repair import Change

    given |= {change.value for change in Change}
    assert len(given) > 100
    assert given <= set(sentences.SENTENCES), sorted(given - set(sentences.SENTENCES))
    for name in given:
        assert "%(" not in sentences.sentence(name)


def test_regions_are_not_switched_off_on_the_page(board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path) -> None:
    run = dry(files.geojson(tmp_path / "new.geojson", cells("甲")), "regions", parent=board.streets[0].code)
    client = signed_in(cast.administrator)
    ImportRun.objects.filter(pk=run.pk).update(counts={**run.counts, "missing": 2})
    address = reverse("importers:run", args=[run.pk])
    assert 'name="deactivate"' not in client.get(address).content.decode()
    client.post(reverse("importers:apply", args=[run.pk]), {"deactivate": "on"})
    assert not Job.objects.exists()
    assert sentences.sentence("regions_stay_in_force") in client.get(address).content.decode()


def regions_brought(client: Client, tmp_path: Path) -> ImportRun:
    content = files.geojson(tmp_path / "new.geojson", cells("甲", "乙")).read_bytes()
    answer = upload(client, content, name="new.geojson", kind="regions", area="")
    assert answer.status_code == 302, answer.content.decode()
    return ImportRun.objects.get()


def regions_reading(run: ImportRun, **changes: str) -> dict[str, str]:
    columns = {f"column_{target}": run.mapping.get(target, "") for target in targets("regions")}
    return {"layer": run.layer, "encoding": "", "system": "wgs84", "group_by": "", **columns, **changes}


def test_the_first_communities_of_an_empty_database_come_in_through_the_page(
    cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    assert not Region.objects.exists()
    client = signed_in(cast.administrator)
    run = regions_brought(client, tmp_path)
    address = reverse("importers:settle", args=[run.pk])
    nameless = client.post(address, regions_reading(run, parent="980203001000", check="1"))
    assert nameless.status_code == 400
    assert set(nameless.context["form"].errors) == {"parent_name"}
    client.post(address, regions_reading(run, parent="980203001000", parent_name="东街道", check="1"))
    run_job(Job.objects.latest("created_at"))
    run.refresh_from_db()
    assert run.counts["created"] == 2
    assert 'value="东街道"' in client.get(reverse("importers:run", args=[run.pk])).content.decode()
    client.post(reverse("importers:apply", args=[run.pk]))
    assert run_job(Job.objects.latest("created_at")).state == Job.State.SUCCEEDED
    assert Region.objects.get(code="980203001000").name == "东街道"
    assert list(Region.objects.filter(level=5).order_by("code").values_list("code", flat=True)) == [
        "980203001001", "980203001002",
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["98020", "123456789", "980203001001", "abc"])
def test_a_code_that_can_stand_above_nothing_is_refused_in_the_form(
    cast: Cast, signed_in: SignIn, tmp_path: Path, code: str
) -> None:
    client = signed_in(cast.administrator)
    run = regions_brought(client, tmp_path)
    address = reverse("importers:settle", args=[run.pk])
    answer = client.post(address, regions_reading(run, parent=code, parent_name="东"))
    assert answer.status_code == 400
    assert "parent" in answer.context["form"].errors


def test_a_number_in_the_source_is_joined_from_columns_on_the_page(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    client = signed_in(cast.planner)
    run = brought(client, homes(tmp_path))
    address = reverse("importers:settle", args=[run.pk])
    assert client.post(address, reading(run, key_2="楼栋编号")).status_code == 400
    assert client.post(address, reading(run, column_source_ref="", key_2="名称")).status_code == 400
    assert client.post(address, reading(run, key_2="nowhere")).status_code == 400
    assert client.post(address, {**reading(run, key_2="名称"), "check": "1"}).status_code == 302
    run_job(Job.objects.latest("created_at"))
    run.refresh_from_db()
    assert run.mapping["source_ref"] == "楼栋编号+名称"
    assert StagedRow.objects.filter(run=run, key="B1+1号楼").exists()
    form = client.get(reverse("importers:run", args=[run.pk])).context["form"]
    assert (form["column_source_ref"].initial, form["key_2"].initial, form["key_3"].initial) == ("楼栋编号", "名称", "")


def test_columns_chosen_in_one_area_do_not_change_those_of_another(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    content = homes(tmp_path)
    run = brought(signed_in(cast.planner), content)
    changed = reading(run, column_households="", column_dwellings="户数")
    signed_in(cast.planner).post(reverse("importers:settle", args=[run.pk]), changed)
    everywhere = signed_in(cast.administrator)
    answer = upload(everywhere, content, area="")
    assert answer.status_code == 302
    theirs = ImportRun.objects.get(area="")
    assert theirs.mapping["households"] == "户数"
    everywhere.post(reverse("importers:settle", args=[theirs.pk]), reading(theirs, column_name=""))
    assert set(ColumnMapping.objects.values_list("area", flat=True)) == {"", "990101"}
    again = brought(signed_in(cast.planner), content)
    assert (again.mapping["dwellings"], again.mapping["name"]) == ("户数", "名称")
