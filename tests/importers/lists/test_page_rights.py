"""Who may bring a list of people, where, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from gridmap.accounts.models import Post, User
from gridmap.accounts.roles import Role
from gridmap.jobs.models import Job
from gridmap.jobs.services import run as run_job
from gridmap.population.models import Resident
from importers.lists.models import ListRow
from importers.models import ImportRun
from tests.cast import COMMUNITIES, Board, Cast, give_post
from tests.cast import person as somebody
from tests.importers.lists.onthepages import START, address, checked, stored_files, upload
from tests.importers.lists.people import AREA, estates, inside

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("same_connection")]
SignIn = Callable[[User], Client]


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
    assert not stored_files()


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
