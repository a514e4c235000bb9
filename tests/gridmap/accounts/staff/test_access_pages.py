"""Who can see a place, as a page; and the suggestions under the fields."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gridmap.accounts.models import Post, User
from gridmap.accounts.roles import Role
from gridmap.territory.models import Grid
from tests.cast import give_post, person
from tests.gridmap.accounts.staff.conftest import FIRST, NORTH, SOUTH, Office, in_days

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


# --- who can see a place ----------------------------------------------------------------------------------------------
def shown(client: Client, query: str) -> set[str]:
    return set(re.findall(r'data-person="(\w+)"', client.get("/staff/access/" + query).content.decode()))


def test_who_can_see_a_place(signed_in: SignIn, office: Office) -> None:
    client = signed_in(office.keeper)
    everybody = {"officer", "wang", "chen", "qian", "keeper", "planner", "approver", "administrator"}
    assert shown(client, f"?place={FIRST}") == everybody
    assert shown(client, "?place=一社区") == everybody
    assert shown(client, f"?place=一社区 · {FIRST}&group=masked") == {"officer", "wang", "chen", "qian"}
    assert shown(client, f"?place={FIRST}&group=administer") == {"keeper", "administrator"}
    assert shown(client, f"?place={FIRST}&group=nonsense") == everybody
    page = client.get(f"/staff/access/?place={FIRST}").content.decode()
    assert f'/staff/people/{office.worker.pk}/"' in page
    assert f'/staff/people/{office.chief.pk}/"' not in page


def test_many_people_come_in_pages(signed_in: SignIn, office: Office) -> None:
    for number in range(110):
        give_post(person(f"many{number}", f"众{number}"), Role.GRID_WORKER, FIRST)
    client = signed_in(office.keeper)
    first, second = shown(client, f"?place={FIRST}"), shown(client, f"?place={FIRST}&page=2")
    assert len(first) == 100 and len(second) == 18 and not first & second
    assert "group=masked&amp;page=2" in client.get(f"/staff/access/?place={FIRST}&group=masked").content.decode()


def test_who_could_see_it_then(signed_in: SignIn, office: Office) -> None:
    client = signed_in(office.keeper)
    Post.objects.filter(pk=office.post.pk).update(ended_at=timezone.now() - timedelta(days=2))
    assert "wang" not in shown(client, f"?place={FIRST}")
    assert "wang" in shown(client, f"?place={FIRST}&day={in_days(-3)}")
    for day in ("x", "2020-02-30", "9999-01-01", "", "0001-01-01", "2026-11-22T00:00"):
        assert "wang" not in shown(client, f"?place={FIRST}&day={day}")


def test_places_elsewhere_are_none(signed_in: SignIn, office: Office) -> None:
    client = signed_in(office.keeper)
    for text in (SOUTH, "南街道", "990101", "样例县", "火星", "%00", "全部", "9" * 15, "x" * 500):
        assert shown(client, f"?place={text}") == set()
    assert "administrator" in shown(signed_in(office.chief), "?place=全部")


def test_a_grid_and_a_building(signed_in: SignIn, office: Office, grids: list[Grid]) -> None:
    client = signed_in(office.keeper)
    assert "worker" in shown(client, f"?place={grids[0].code}")
    assert "worker" in shown(client, "?place=一社区001")
    assert "worker" in shown(client, "?place=一社区长宁路1号")
    assert "worker" not in shown(client, f"?place={grids[1].code}")
    several = client.get("/staff/access/?place=1号楼").content.decode()
    assert "有多处同名" in several and grids[0].code in several


# --- suggestions ------------------------------------------------------------------------------------------------------
def places(client: Client, query: str) -> list[str]:
    return [row["area"] for row in client.get("/staff/places.json" + query).json()["rows"]]


def test_places_are_suggested(signed_in: SignIn, office: Office, grids: list[Grid]) -> None:
    client = signed_in(office.keeper)
    assert places(client, "?q=一社区")[0] == FIRST
    assert set(places(client, "?q=一社区")) == {FIRST, *(grid.code for grid in grids[:4])}
    assert places(client, "?below=") == [NORTH]
    assert places(client, f"?below={NORTH}") == [FIRST, "990101001002"]
    assert places(client, f"?below={FIRST}") == [grid.code for grid in grids[:4]]
    assert places(client, "?q=南") == places(client, f"?below={SOUTH}") == []
    assert places(signed_in(office.chief), "?below=") == ["99"]
    for query in ("", "?q=", "?q=%00", "?below=x", "?below=-1", "?below=²", "?q=" + "x " * 300):
        assert signed_in(office.keeper).get("/staff/places.json" + query).status_code == 200


def test_people_are_suggested(signed_in: SignIn, office: Office) -> None:
    found = signed_in(office.keeper).get("/staff/people.json?q=王").json()["rows"]
    assert [row["value"] for row in found] == ["王网格 · wang"]
    assert signed_in(office.keeper).get("/staff/people.json?q=赵").json()["rows"] == []
    everybody = signed_in(office.keeper).get("/staff/people.json").json()["rows"]
    assert len(everybody) == 5 and "keeper" not in str(everybody)
