"""`manage.py import_people`: the same plan as on the page, masked, and for who has the right alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from gridmap.population.models import Resident
from importers.models import ColumnMapping, ImportRun
from tests.cast import Board, Cast
from tests.importers.lists.people import AREA, estates, inside, number_of, person, write_csv

pytestmark = pytest.mark.django_db
WAY = ("--kind", "residents", "--source", "police", "--area", AREA, "--by", "officer")


@pytest.fixture
def path(board: Board, cast: Cast, tmp_path: Path) -> str:
    estates(board)
    lost = person("王一", 公民身份号码=number_of("19600101"), 现住址="不知道")
    rows = [person(), lost, person("赵四", 公民身份号码="123")]
    return str(write_csv(tmp_path / "list.csv", rows))


def test_the_plan_is_told_masked_and_nothing_is_written(
    path: str, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_people", path, *WAY)
    said = capsys.readouterr().out
    assert "1 created" in said
    assert "1 matched, 0 ambiguous, 1 unmatched" in said
    assert "refused 4" in said
    for secret in ("张建国", "王一", number_of(), "12912345678"):
        assert secret not in said
    assert "王*" in said
    with inside(cast.officer):
        assert not Resident.objects.exists()


def test_apply_writes_and_json_counts(path: str, cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_people", path, *WAY, "--apply", "--json")
    told = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (told["status"], told["counts"]["created"], told["counts"]["waiting"]) == ("applied", 1, 1)
    assert Path(path).exists()
    assert not Path(ImportRun.objects.get().path).exists()
    with inside(cast.officer):
        assert Resident.objects.get().name.reveal() == "张建国"


def test_a_column_can_be_chosen_and_is_remembered(path: str, cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_people", path, *WAY, "--map", "phone=", "--apply", "--json")
    assert ColumnMapping.objects.get().mapping == {"phone": ""}
    with inside(cast.officer):
        assert not Resident.objects.get().phone
    for wrong in ("nonsense=姓名", "phone=没有这列"):
        with pytest.raises(CommandError):
            call_command("import_people", path, *WAY, "--map", wrong)


@pytest.mark.parametrize(
    "change", [("--by", "planner"), ("--by", "nobody"), ("--area", "990101002001"), ("--area", ""), ("--source", "")]
)
def test_without_the_right_or_a_source_nothing_is_read(path: str, cast: Cast, change: tuple[str, str]) -> None:
    with pytest.raises(CommandError) as problem:
        call_command("import_people", path, *WAY, *change)
    assert "张" not in str(problem.value)
    assert not ImportRun.objects.exists()


def test_a_file_that_is_not_there_is_said(path: str, cast: Cast) -> None:
    with pytest.raises(CommandError):
        call_command("import_people", f"{path}.gone", *WAY)
