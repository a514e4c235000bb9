"""The pages of a list of people: from the upload to the last picked row, who may see them, and what they never say."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from gridmap.accounts.models import Post, User
from gridmap.accounts.roles import Role
from gridmap.jobs.models import Job
from gridmap.jobs.progress import Progress
from gridmap.jobs.services import run as run_job
from gridmap.population.models import Resident
from gridmap.territory.models import Compound
from gridmap.traces.models import Entry
from importers.lists.models import CompoundAlias, ListRow
from importers.models import ColumnMapping, ImportRun
from tests.cast import COMMUNITIES, Board, Cast, give_post
from tests.cast import person as somebody
from tests.importers.lists.people import AREA, ESTATE, OTHER_ESTATE, estates, inside, number_of, person, write_csv
from tests.owner import as_owner

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
START = "/people/lists/"
CANARIES = ("张建国", "金丝雀", number_of(), number_of("19500101", 2), "12912345678", "12987654321")


class SameConnection(Progress):
    """Progress written inside the test's own transaction, where another connection could not see the job."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def report(self, share: float, message: str = "") -> None:
        Job.objects.filter(pk=self._job.pk).update(progress=share, message=message)

    def __exit__(self, *_problem: object) -> None:
        return None


@pytest.fixture(autouse=True)
def _visible_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridmap.jobs.services.Progress", SameConnection)


def rows() -> list[dict[str, Any]]:
    """Two that match, one of a misspelt compound twice, one without an address, one with a wrong ID number."""
    return [
        person(),
        person("金丝雀", 公民身份号码=number_of("19500101", 2), 联系电话="12987654321", 现住址=f"{ESTATE}1-1-101"),
        person("王一", 公民身份号码=number_of("19600101", 1), 现住址="爱民小镇2幢1单元201"),
        person("王二", 公民身份号码=number_of("19610101", 1), 现住址="爱民小镇2幢2单元202"),
        person("王三", 公民身份号码=number_of("19620101", 1), 现住址="不知道在哪里"),
        person("王四", 公民身份号码="990101196301010019"),
    ]


def upload(client: Client, tmp_path: Path, data: list[dict[str, Any]] | None = None, **more: str) -> Any:
    content = write_csv(tmp_path / "张建国的名单.csv", data or rows()).read_bytes()
    fields = {"kind": "residents", "source": "police", "area": AREA, **more}
    return client.post(START, {"file": SimpleUploadedFile("张建国的名单.csv", content), **fields})


def checked(client: Client, tmp_path: Path, data: list[dict[str, Any]] | None = None, **more: str) -> ImportRun:
    answer = upload(client, tmp_path, data, **more)
    assert answer.status_code == 302, answer.content.decode()
    run = ImportRun.objects.get(pk=answer["Location"].rstrip("/").rsplit("/", 1)[-1])
    columns = {f"column_{target}": column for target, column in run.mapping.items()}
    client.post(
        reverse("population_lists:settle", args=[run.pk]), {"layer": run.layer, "encoding": "", **columns, "check": "1"}
    )
    job = run_job(Job.objects.latest("created_at"))
    assert job.state == Job.State.SUCCEEDED, job.message
    run.refresh_from_db()
    return run


def done(client: Client, run: ImportRun, step: str, **given: str) -> Job:
    client.post(reverse(f"population_lists:{step}", args=[run.pk]), given)
    job = run_job(Job.objects.latest("created_at"))
    run.refresh_from_db()
    return job


def address(name: str, run: ImportRun, *more: Any) -> str:
    return reverse(f"population_lists:{name}", args=[run.pk, *more])


def test_an_officer_brings_picks_and_applies_a_list(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    buildings = estates(board)
    client = signed_in(cast.officer)
    run = checked(client, tmp_path)
    assert run.counts["place_matched"] == 2
    assert run.counts["place_ambiguous"] + run.counts["place_unmatched"] == 3
    assert run.counts["refused"] == 1
    page = client.get(address("places", run))
    row = page.context["row"]
    assert page.context["spelling"] == "爱民小镇"
    assert page.context["others"] == 1
    client.post(address("pick", run, row.pk), {"building": buildings[1].pk, "same_spelling": "on"})
    assert CompoundAlias.objects.get().spelling == "爱民小镇"
    page = client.get(address("places", run))
    assert page.context["row"].row == 6
    client.post(address("pick", run, page.context["row"].pk), {"building": "out"})
    assert client.get(address("places", run)).context["row"] is None
    assert done(client, run, "compare").state == Job.State.SUCCEEDED
    assert run.counts["created"] == 4
    stored = Path(run.path)
    assert stored.exists()
    assert done(client, run, "apply").state == Job.State.SUCCEEDED
    assert not stored.exists()
    with inside(cast.officer):
        assert Resident.objects.count() == 4
        assert not ListRow.objects.exists()
    again = checked(client, tmp_path)
    assert again.counts["place_matched"] == 4
    assert again.counts["same"] == 4


def test_rows_that_waited_are_taken_up_after_the_list_was_applied(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    buildings = estates(board)
    client = signed_in(cast.officer)
    run = checked(client, tmp_path)
    done(client, run, "apply")
    assert run.counts["waiting"] == 3
    row = client.get(address("places", run)).context["row"]
    client.post(address("pick", run, row.pk), {"building": buildings[1].pk, "same_spelling": "on"})
    done(client, run, "compare")
    assert (run.status, run.counts["created"], run.counts["missing"]) == ("checked", 2, 0)
    done(client, run, "apply", deactivate="on")
    assert (run.status, run.counts["waiting"]) == ("applied", 1)
    with inside(cast.officer):
        assert Resident.objects.present().count() == 4


def test_nothing_personal_stands_in_any_page_address_log_or_plain_column(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    estates(board)
    client = signed_in(cast.officer)
    run = checked(client, tmp_path)
    addresses = [START, address("run", run), address("places", run), "/jobs/", "/import/", "/"]
    addresses += [f"{address('run', run)}?action={action}" for action in ListRow.Action.values]
    bodies = []
    for one in addresses:
        answer = client.get(one)
        bodies.append(answer.content.decode())
        if one.startswith(START):
            assert "no-store" in answer["Cache-Control"], one
    assert any("张**" in body for body in bodies)
    done(client, run, "apply")
    told = "\n".join([*bodies, *addresses, caplog.text, *_plain_columns(), *_files()])
    for canary in CANARIES:
        assert canary not in told, canary


def _plain_columns() -> list[str]:
    """Everything that the run, its rows, the jobs and the traces keep unsealed."""
    found = [str(list(model.objects.values())) for model in (Job, ColumnMapping, CompoundAlias)]
    found += [str(list(ImportRun.objects.values("file_name", "path", "source", "description", "samples", "counts",
                                                "mapping", "options", "error")))]  # fmt: skip
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(to_jsonb(e)::text, ' ') FROM traces_entry e")
        return [*found, str(cursor.fetchone()[0])]


def _files() -> list[str]:
    folder = Path(settings.MEDIA_ROOT)
    return [path.name + path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file()]


def test_the_stored_file_is_sealed_while_the_list_is_open(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    estates(board)
    run = checked(signed_in(cast.officer), tmp_path)
    kept = Path(run.path).read_bytes()
    assert run.file_key
    assert "张建国".encode() not in kept
    assert number_of().encode() not in kept


def test_looking_and_writing_are_noted_with_the_rows_seen(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    estates(board)
    client = signed_in(cast.officer)
    run = checked(client, tmp_path)
    before = Entry.objects.filter(kind="import").count()
    client.get(address("run", run))
    noted = Entry.objects.filter(kind="import").latest("pk")
    assert Entry.objects.filter(kind="import").count() == before + 1
    assert noted.detail["purpose"] == f"look {run.pk}"
    assert noted.detail["opened"][0]["table"] == "importers_listrow"
    assert noted.detail["opened"][0]["clear"] == []


@pytest.mark.parametrize("who", ["planner", "approver", "worker", "administrator", "stranger", "former"])
def test_who_may_not_import_people_finds_no_such_page(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path, who: str
) -> None:
    estates(board)
    run = checked(signed_in(cast.officer), tmp_path)
    client = signed_in(getattr(cast, who))
    row = ListRow(pk=run.pk)
    for method, one in (
        ("get", START), ("post", START), ("get", address("run", run)), ("post", address("settle", run)),
        ("post", address("apply", run)), ("post", address("compare", run)), ("post", address("discard", run)),
        ("get", address("places", run)), ("post", address("pick", run, row.pk)),
    ):  # fmt: skip
        answer = getattr(client, method)(one)
        without_post = who in {"stranger", "former"}
        assert answer.status_code == (302 if without_post else 404), one
        assert not without_post or answer["Location"].startswith(reverse("accounts:login")), one


def test_a_list_is_its_importers_alone_and_only_while_the_right_lasts(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    estates(board)
    run = checked(signed_in(cast.officer), tmp_path)
    colleague, neighbour = somebody("colleague", "钱同事"), somebody("neighbour", "孙邻居")
    give_post(colleague, Role.COMMUNITY_OFFICER, AREA)
    give_post(neighbour, Role.COMMUNITY_OFFICER, COMMUNITIES[1])
    for other in (colleague, neighbour):
        assert signed_in(other).get(address("run", run)).status_code == 404
    assert signed_in(cast.officer).get(address("run", run)).status_code == 200
    Post.objects.filter(person=cast.officer).update(area=COMMUNITIES[1])
    assert signed_in(cast.officer).get(address("run", run)).status_code == 404


def test_nobody_imports_into_an_area_that_is_not_theirs(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    answer = upload(signed_in(cast.officer), tmp_path, area=COMMUNITIES[1])
    assert answer.status_code == 400
    assert not ImportRun.objects.exists()
    assert not _files()


def test_the_right_must_hold_when_the_work_is_done(board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path) -> None:
    estates(board)
    client = signed_in(cast.officer)
    run = checked(client, tmp_path)
    client.post(address("apply", run))
    Post.objects.filter(person=cast.officer).delete()
    assert run_job(Job.objects.latest("created_at")).state == Job.State.FAILED
    with inside(cast.officer):
        assert not Resident.objects.exists()


def test_an_upload_without_a_token_leaves_nothing(board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path) -> None:
    client = signed_in(cast.officer)
    client.handler.enforce_csrf_checks = True
    assert upload(client, tmp_path).status_code == 403
    assert not ImportRun.objects.exists()


def test_a_building_of_another_area_cannot_be_picked(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    buildings = estates(board)
    client = signed_in(cast.officer)
    run = checked(client, tmp_path)
    row = client.get(address("places", run)).context["row"]
    type(buildings[0]).objects.filter(pk=buildings[0].pk).update(community=board.communities[1])
    assert client.post(address("pick", run, row.pk), {"building": buildings[0].pk}).status_code == 404
    assert client.post(address("pick", run, row.pk), {"building": "9" * 40}).status_code == 404
    assert client.post(address("pick", run, row.pk), {"building": "nonsense"}).status_code == 404


def test_another_building_is_found_by_words(board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path) -> None:
    estates(board)
    client = signed_in(cast.officer)
    run = checked(client, tmp_path)
    found = client.get(address("places", run), {"find": f"{OTHER_ESTATE} 1", "after": "4"}).context["found"]
    assert [one["label"] for one in found] == [f"{OTHER_ESTATE} 1号楼"]


@pytest.mark.parametrize(
    ("words", "first"),
    [("3栋", 3), ("3号楼", 3), ("3", 3), ("三幢", 3), ("13栋", 13), (f"{ESTATE}3幢", 3), (f"{ESTATE} 33", 33)],
)
def test_the_very_number_is_found_before_those_that_end_with_it_and_has_a_key(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path, words: str, first: int
) -> None:
    twin = estates(board)[2]
    for number in (13, 23, 33):
        twin.pk, twin.source_ref, twin.number = None, f"{ESTATE}-{number}", f"{number}号楼"
        twin.address = f"一社区长宁路12号{ESTATE}{number}号楼"
        twin.save()
    client = signed_in(cast.officer)
    run = checked(client, tmp_path)
    answer = client.get(address("places", run), {"find": words, "after": "4"})
    found = [one["label"] for one in answer.context["found"]]
    assert found[0] == f"{ESTATE} {first}号楼"
    body = answer.content.decode()
    assert body.count('data-key="1"') == 1
    key = body[: body.index('data-key="1"')].rindex("<button")
    assert f'value="{answer.context["found"][0]["building"].pk}"' in body[key : key + 120]


def test_an_address_without_a_compound_is_offered_the_only_one(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    buildings = estates(board)
    buildings[-1].delete()
    client = signed_in(cast.officer)
    run = checked(
        client, tmp_path, [person(现住址="3幢2单元502"), person("王一", 公民身份号码="", 现住址="小区3幢2单元502")]
    )
    for after in ("0", "2"):
        context = client.get(address("places", run), {"after": after}).context
        assert [one["building"].pk for one in context["candidates"]] == [buildings[2].pk]
        assert context["spelling"] == ""


def test_a_spelling_can_be_taken_back_by_who_may_import_there(board: Board, cast: Cast, signed_in: SignIn) -> None:
    estates(board)
    compound = Compound.objects.get(name=ESTATE)
    alias = CompoundAlias.objects.create(area=AREA, spelling="爱民小镇", compound=compound)
    forget = reverse("population_lists:forget_spelling", args=[alias.pk])
    assert signed_in(cast.planner).post(forget).status_code == 404
    assert "爱民小镇" in signed_in(cast.officer).get(START).content.decode()
    signed_in(cast.officer).post(forget)
    assert not CompoundAlias.objects.exists()


def test_columns_decided_are_remembered_for_the_department(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    estates(board)
    client = signed_in(cast.officer)
    run = checked(client, tmp_path)
    columns = {f"column_{target}": column for target, column in run.mapping.items()} | {"column_phone": ""}
    client.post(address("settle", run), {"layer": run.layer, "encoding": "", **columns})
    assert ColumnMapping.objects.get().mapping["phone"] == ""
    upload(client, tmp_path)
    assert "phone" not in ImportRun.objects.latest("created_at").mapping


def test_throwing_away_leaves_neither_file_nor_rows(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    estates(board)
    client = signed_in(cast.officer)
    run = checked(client, tmp_path)
    client.post(address("discard", run))
    assert not ImportRun.objects.exists()
    assert not _files()
    with inside(cast.officer):
        assert not ListRow.objects.exists()


def test_the_dry_run_shows_the_door_that_was_understood_and_what_to_look_at(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    estates(board)
    client = signed_in(cast.officer)
    data = [
        person(),
        person("王一", 公民身份号码=number_of("19600101", 1), 现住址="爱民家苑3幢2单元502"),
        person("王二", 公民身份号码=number_of("19610101", 1), 现住址=f"{ESTATE}2号楼"),
    ]
    run = checked(client, tmp_path, data)
    shown = client.get(address("run", run), {"action": "created"}).context["shown"]
    assert [one.place for one in shown] == [
        f"{ESTATE} 3号楼 2 单元 501室",
        f"{ESTATE} 3号楼 2 单元 502室",
        f"{ESTATE} 2号楼",
    ]
    whole, corrected, without = (one.reasons for one in shown)
    assert whole == []
    assert corrected == [f"小区名已更正：“爱民家苑”按“{ESTATE}”处理。"]
    assert without == ["未写室号：按楼栋登记，不落到具体房屋。"]
    done(client, run, "apply")
    with inside(cast.officer):
        assert str(Resident.objects.select_related("dwelling").get(birth_year=1961).dwelling.room) == ""


def test_values_kept_by_a_short_name_are_shown_in_words(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    estates(board)
    client = signed_in(cast.officer)
    run = checked(client, tmp_path, [person(), person("王一", 公民身份号码="", 与户主关系="孙女")])
    values = [dict(one.values) for one in client.get(address("run", run)).context["shown"]]
    assert [one["与户主关系"] for one in values] == ["户主", "孙辈"]
    assert {"姓名"} <= set(values[0])


def test_what_was_applied_stays_as_it_was_counted(board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path) -> None:
    estates(board)
    client = signed_in(cast.officer)
    run = checked(client, tmp_path)
    done(client, run, "apply")
    before = client.get(address("run", run))
    assert "以下为写入的结果" in before.content.decode()
    assert before.context["open"] == 3
    for _each in range(2):
        row = client.get(address("places", run)).context["row"]
        client.post(address("pick", run, row.pk), {"building": "out"})
    after = client.get(address("run", run))
    assert after.context["tabs"] == before.context["tabs"]
    assert after.context["open"] == 1
    assert after.context["run"].counts["place_matched"] == 2
    discard = address("discard", run)
    assert discard not in after.content.decode()
    client.post(discard)
    assert ImportRun.objects.filter(pk=run.pk).exists()


def test_places_go_by_their_names_and_the_rooms_of_people_are_one_step_away(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    estates(board)
    client = signed_in(cast.officer)
    run = checked(client, tmp_path)
    CompoundAlias.objects.create(area=AREA, spelling="爱民小镇", compound=Compound.objects.get(name=ESTATE))
    start, page = client.get(START).content.decode(), client.get(address("run", run)).content.decode()
    for body in (start, page):
        assert "一社区" in body
        assert "面积" not in body
        assert f">{AREA}<" not in body
    assert f'href="{reverse("population:residents")}"' in start[start.index("rooms-below") :]
