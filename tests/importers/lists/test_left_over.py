"""Uploads that no import takes leave nothing on the disk, and what one person keeps there is limited."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as given
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from gridmap.accounts.models import User
from importers.models import ImportRun
from importers.records import RefusedError
from tests.cast import Board, Cast
from tests.importers.lists.people import AREA, dry, estates, person, write_csv

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
START = "/people/lists/"
FIELDS = {"kind": "residents", "source": "police", "area": AREA}


def left() -> list[Path]:
    return [path for path in Path(given.MEDIA_ROOT).rglob("*") if path.is_file()]


def a_file(content: bytes = b"x" * 100_000) -> SimpleUploadedFile:
    return SimpleUploadedFile("list.csv", content)


@pytest.mark.parametrize(
    "data",
    [
        {"other": a_file()}, {"other": a_file(), **FIELDS}, {"file": a_file(), "second": a_file(), **FIELDS},
        {"file": a_file(), **FIELDS, "area": "990199"}, {"file": a_file()},
        {"file": a_file(b"\x00\xff" * 50), **FIELDS},
    ],
    ids=["another field", "another field, good form", "two files", "no such area", "no form", "no table"],
)  # fmt: skip
def test_an_upload_that_no_import_takes_is_deleted(
    board: Board, cast: Cast, signed_in: SignIn, data: dict[str, object]
) -> None:
    for value in data.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    assert signed_in(cast.officer).post(START, data).status_code == 400
    assert not ImportRun.objects.exists()
    assert not left()


def test_an_upload_without_a_token_is_deleted(board: Board, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.officer)
    client.handler.enforce_csrf_checks = True
    assert client.post(START, {"file": a_file(), **FIELDS}).status_code == 403
    assert not left()


def test_a_failure_in_the_midst_of_the_page_leaves_nothing(
    board: Board, cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importers.lists.views._bring", lambda *_given: 1 / 0)
    client = signed_in(cast.officer)
    with pytest.raises(ZeroDivisionError):
        client.post(START, {"file": a_file(), **FIELDS})
    assert not left()


def test_the_file_of_a_list_that_is_read_stays(board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path) -> None:
    estates(board)
    content = write_csv(tmp_path / "list.csv", [person()]).read_bytes()
    assert signed_in(cast.officer).post(START, {"file": a_file(content), **FIELDS}).status_code == 302
    assert [str(path) for path in left()] == [ImportRun.objects.get().path]


def test_open_lists_of_one_person_hold_so_many_bytes_together(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path, settings: Settings
) -> None:
    estates(board)
    path = write_csv(tmp_path / "list.csv", [person()])
    size = path.stat().st_size
    settings.LIST_OPEN_MAX_BYTES = 2 * size
    first = dry(path, cast.officer)
    dry(path, cast.officer)
    with pytest.raises(RefusedError, match="too_many_bytes_open") as refusal:
        dry(path, cast.officer)
    assert refusal.value.params == {"bytes": 3 * size, "limit": 2 * size}
    answer = signed_in(cast.officer).post(START, {"file": a_file(path.read_bytes()), **FIELDS})
    assert answer.status_code == 400
    assert len(left()) == 2
    first.delete()
    assert dry(path, cast.officer).status == "checked"
