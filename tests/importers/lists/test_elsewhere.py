"""ID numbers of people in other areas: a list tells little of them, is counted, and names each in the trail."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from gridmap.accounts.models import User
from gridmap.accounts.roles import Role
from gridmap.population.models import Resident
from gridmap.territory.models import Building, Compound
from gridmap.traces.models import Entry
from importers.lists.elsewhere import Elsewhere
from importers.lists.models import ListRow
from importers.lists.rows import list_door
from importers.lists.showing import page_of
from importers.models import ImportRun
from importers.records import RefusedError
from importers.work import apply_run
from tests.cast import COMMUNITIES, Board, Cast, give_post, square
from tests.cast import person as somebody
from tests.importers.lists.people import brought, counted, dry, estates, inside, number_of, person, quiet, write_csv

pytestmark = pytest.mark.django_db
THERE = COMMUNITIES[1]


@pytest.fixture
def neighbour(board: Board, cast: Cast, tmp_path: Path) -> User:
    """The officer of the second community; three people are held in the first."""
    estates(board)
    Building.objects.create(
        source="x", source_ref="x", number="1号楼", address="二社区长宁路1号", community=board.communities[1],
        compound=Compound.objects.create(
            source="x", source_ref="x", name="桂花苑", community=board.communities[1]),
        entrances=1, geom=square(0, 0, 0.001),
    )  # fmt: skip
    held = [person(f"张{name}", 公民身份号码=number_of(order=n)) for n, name in ((1, "一"), (2, "二"), (3, "三"))]
    brought(write_csv(tmp_path / "held.csv", held), cast.officer)
    officer = somebody("neighbour", "孙邻居")
    give_post(officer, Role.COMMUNITY_OFFICER, THERE)
    return officer


def asking(folder: Path, *orders: int) -> Path:
    names = "甲乙丙丁戊己庚辛壬"
    rows = [person(f"王{names[n]}", 公民身份号码=number_of(order=n), 现住址="桂花苑1号楼101") for n in orders]
    return write_csv(folder / "asking.csv", rows)


def noted(officer: User) -> list[tuple[str, str, str]]:
    """(row, area, actor) of the residents that lists of this person touched."""
    entries = Entry.objects.filter(kind="refusal", table_name="population_resident", detail__importer=officer.pk)
    return [(one.row_id, one.area, one.actor) for one in entries.order_by("pk")]


def held_here(officer: User) -> dict[str, str]:
    with inside(officer):
        return {str(one.pk): one.area for one in Resident.objects.all()}


def test_everybody_asked_about_is_named_in_the_trail_of_their_own_area(
    neighbour: User, cast: Cast, tmp_path: Path
) -> None:
    run = dry(asking(tmp_path, 1, 2, 7), neighbour, area=THERE)
    assert counted(run) == {"created": 1, "street": 2}
    held = held_here(cast.officer)
    told = noted(neighbour)
    assert len(told) == len({row for row, _area, _actor in told}) == 2
    for row, area, actor in told:
        assert area == held[row]
        assert area.startswith(COMMUNITIES[0])
        assert actor == f"user:{neighbour.pk}"
    assert not any(number_of() in str(one.detail) for one in Entry.objects.filter(kind="refusal"))


def test_only_the_number_of_such_rows_is_shown_until_the_list_is_applied(neighbour: User, tmp_path: Path) -> None:
    run = dry(asking(tmp_path, 1, 7), neighbour, area=THERE)

    def rows() -> list[Any]:
        with list_door(run, "test"):
            return list(page_of(run, ListRow.Action.STREET, None).shown)

    assert run.counts["street"] == 1
    assert rows() == []
    apply_run(run, deactivate=False, report=quiet)
    run.refresh_from_db()
    [shown] = rows()
    assert shown.row.row == 2
    assert len(shown.reasons) == 1
    assert run.counts["waiting"] == 1
    with inside(neighbour, THERE):
        assert [one.id_number.reveal() for one in Resident.objects.all()] == [number_of(order=7)]


def test_a_list_that_asks_too_often_is_refused_and_so_is_every_other_on_that_day(
    neighbour: User, cast: Cast, tmp_path: Path, settings: Settings
) -> None:
    settings.LIST_ELSEWHERE_PER_DAY = 2
    dry(asking(tmp_path, 1, 2), neighbour, area=THERE)
    again = dry(asking(tmp_path, 1, 2, 8), neighbour, area=THERE)  # the same people count once
    assert counted(again) == {"created": 1, "street": 2}
    with pytest.raises(RefusedError, match="too_many_elsewhere"):
        dry(asking(tmp_path, 3), neighbour, area=THERE)
    assert {row for row, _area, _actor in noted(neighbour)} == set(held_here(cast.officer))
    refused = ImportRun.objects.filter(created_by=neighbour).latest("created_at")
    assert (refused.status, refused.error["code"], refused.counts) == ("failed", "too_many_elsewhere", {})
    for orders in ((3,), (5,)):  # whether somebody is held or not is no longer told apart
        with pytest.raises(RefusedError, match="too_many_elsewhere"):
            dry(asking(tmp_path, *orders), neighbour, area=THERE)
    with pytest.raises(RefusedError, match="too_many_elsewhere"):
        apply_run(again, deactivate=False, report=quiet)
    assert counted(dry(asking(tmp_path, 1), cast.officer, area=COMMUNITIES[0]))  # nobody else is held up


def test_another_day_counts_anew(neighbour: User, tmp_path: Path, settings: Settings) -> None:
    settings.LIST_ELSEWHERE_PER_DAY = 0
    with pytest.raises(RefusedError, match="too_many_elsewhere"):
        dry(asking(tmp_path, 1), neighbour, area=THERE)
    run = ImportRun.objects.filter(created_by=neighbour).latest("created_at")
    tomorrow = timezone.now() + timedelta(days=1)
    assert Elsewhere(run, since=tomorrow).ask(["nobody's mark"]) == set()
    with pytest.raises(RefusedError):
        Elsewhere(run, since=tomorrow - timedelta(days=2)).ask(["nobody's mark"])


def test_the_page_says_no_more_than_how_many(neighbour: User, tmp_path: Path, signed_in: Any) -> None:
    run = dry(asking(tmp_path, 1, 7), neighbour, area=THERE)
    page = signed_in(neighbour).get(f"/people/lists/{run.pk}/?action=street")
    assert page.status_code == 200
    assert page.context["shown"] == []
    assert page.context["action"] == "street"
    apply_run(run, deactivate=False, report=quiet)
    assert len(signed_in(neighbour).get(f"/people/lists/{run.pk}/?action=street").context["shown"]) == 1
