"""The pages of a list of people: from the upload to the last picked row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from gridmap.accounts.models import User
from gridmap.jobs.models import Job
from gridmap.population.models import Resident
from gridmap.territory.models import Compound
from importers.lists.models import CompoundAlias, ListRow
from importers.models import ColumnMapping, ImportRun
from tests.cast import Board, Cast
from tests.importers.lists.onthepages import START, address, checked, done, stored_files, upload
from tests.importers.lists.people import AREA, ESTATE, estates, inside, number_of, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("same_connection")]
SignIn = Callable[[User], Client]


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
    assert not stored_files()
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
