"""A request is too large before a byte of it is stored."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from pytest_django import Settings

from gridmap.accounts.models import User
from importers import uploads
from tests.cast import Board, Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
TOKEN = "a" * 32


@pytest.fixture(autouse=True)
def _nothing_is_stored(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def stored(*_arguments: object, **_more: object) -> None:
        pytest.fail("a byte was stored")

    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1
    monkeypatch.setattr(uploads, "FORM_BYTES", 1000)
    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", stored)


def send(client: Client, path: str, size: int) -> int:
    client.cookies["csrftoken"] = TOKEN
    form = {"file": SimpleUploadedFile("x.csv", b"a" * size), "csrfmiddlewaretoken": TOKEN}
    return client.post(path, form).status_code


@pytest.mark.parametrize("path", ["/import/", "/accounts/login/", "/i18n/setlang/"])
def test_a_stranger_brings_no_file(path: str) -> None:
    assert send(Client(enforce_csrf_checks=True), path, 2000) == 400


def test_a_planner_brings_no_more_than_the_limit(
    board: Board, cast: Cast, signed_in: SignIn, settings: Settings
) -> None:
    settings.UPLOAD_MAX_BYTES = 5000
    assert send(signed_in(cast.planner), "/import/", 7000) == 400
