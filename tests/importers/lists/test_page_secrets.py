"""What the pages of a list of people never say, and that looking is noted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from gridmap.accounts.models import User
from gridmap.jobs.models import Job
from gridmap.traces.models import Entry
from importers.lists.models import CompoundAlias, ListRow
from importers.models import ColumnMapping, ImportRun
from tests.cast import Board, Cast
from tests.importers.lists.onthepages import CANARIES, START, address, checked, done, stored_files
from tests.importers.lists.people import estates, number_of
from tests.owner import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("same_connection")]
SignIn = Callable[[User], Client]


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
    told = "\n".join([*bodies, *addresses, caplog.text, *_plain_columns(), *stored_files()])
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
