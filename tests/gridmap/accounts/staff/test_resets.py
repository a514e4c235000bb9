"""Password and second factor of one person: no one administrator takes both away, and the person is told."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gridmap.accounts.models import Post, User
from gridmap.accounts.roles import Role
from gridmap.accounts.staff.models import AccountReset
from gridmap.accounts.staff.people import reset_password, reset_second_factor
from gridmap.accounts.staff.resets import note_reset
from tests.cast import give_post, person
from tests.gridmap.accounts.conftest import FACTOR, give_password
from tests.gridmap.accounts.staff.conftest import NORTH, Office
from tests.gridmap.accounts.staff.refusing import refused

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
DEEDS = (reset_password, reset_second_factor)


@pytest.mark.parametrize(("first", "second"), [DEEDS, DEEDS[::-1]])
def test_one_administrator_does_not_take_both(
    office: Office, now: datetime, first: Callable[..., object], second: Callable[..., object]
) -> None:
    first(person=office.worker, by=office.keeper, now=now)
    with refused("both_resets"):
        second(person=office.worker, by=office.keeper, now=now + timedelta(hours=71))
    first(person=office.worker, by=office.keeper, now=now + timedelta(minutes=1))
    second(person=office.worker, by=office.chief, now=now + timedelta(hours=1))
    with refused("both_resets"):
        first(person=office.worker, by=office.chief, now=now + timedelta(hours=2))
    second(person=office.worker, by=office.keeper, now=now + timedelta(hours=73))


def test_a_refused_reset_leaves_everything_as_it_was(office: Office, now: datetime) -> None:
    reset_second_factor(person=office.worker, by=office.keeper, now=now)
    before = User.objects.get(pk=office.worker.pk).password
    with refused("both_resets"):
        reset_password(person=office.worker, by=office.keeper, now=now)
    assert User.objects.get(pk=office.worker.pk).password == before
    assert AccountReset.objects.count() == 1


def test_ending_the_posts_first_does_not_help(office: Office, now: datetime) -> None:
    reset_password(person=office.colleague, by=office.keeper, now=now)
    Post.objects.filter(person=office.colleague).update(ended_at=now)
    with refused("both_resets"):
        reset_second_factor(person=office.colleague, by=office.keeper, now=now)


def test_who_needs_no_second_factor_is_helped_by_one(office: Office, now: datetime) -> None:
    planner = person("yu", "于规划")
    give_post(planner, Role.PLANNER, NORTH)
    reset_second_factor(person=planner, by=office.keeper, now=now)
    assert reset_password(person=planner, by=office.keeper, now=now)


def test_the_page_refuses_in_words_and_explains(signed_in: SignIn, office: Office) -> None:
    client, page = signed_in(office.keeper), f"/staff/people/{office.worker.pk}/"
    assert "三天内" in client.get(page).content.decode()
    assert "data-code" in client.post(f"{page}password").content.decode()
    assert client.post(f"{page}second-factor")["Location"] == page
    told = client.get(page).content.decode()
    assert "请由其他管理员办理" in told and "您近期已发放一次性密码" in told
    assert [row.kind for row in AccountReset.objects.all()] == ["password"]


def test_the_next_sign_in_tells_who_reset_what_and_when(office: Office) -> None:
    planner, at = person("yu", "于规划"), timezone.now() - timedelta(days=10)
    give_post(planner, Role.PLANNER, NORTH)
    for kind, by in ((AccountReset.Kind.PASSWORD, office.keeper), (AccountReset.Kind.SECOND_FACTOR, None)):
        note_reset(planner, kind, by=by, at=at)
    client = Client()
    assert give_password(client, "yu")["Location"] == "/"
    page = client.get("/accounts/sessions/").content.decode()
    assert "冯管家" in page and "服务器管理者" in page and timezone.localtime(at).strftime("%Y-%m-%d %H:%M") in page
    again = Client()
    give_password(again, "yu")
    assert "冯管家" not in again.get("/accounts/sessions/").content.decode()


def test_a_reset_of_these_days_is_told_at_every_sign_in(office: Office, now: datetime) -> None:
    planner = person("yu", "于规划")
    give_post(planner, Role.PLANNER, NORTH)
    note_reset(planner, AccountReset.Kind.PASSWORD, by=office.keeper, at=now)
    for _browser in range(2):
        client = Client()
        give_password(client, "yu")
        assert "冯管家" in client.get("/accounts/sessions/").content.decode()


def test_nobody_is_told_before_the_second_factor(office: Office, now: datetime) -> None:
    note_reset(office.worker, AccountReset.Kind.PASSWORD, by=office.keeper, at=now)
    client = Client()
    assert give_password(client, "wang")["Location"] == FACTOR
    assert "冯管家" not in client.get(FACTOR).content.decode()
    assert AccountReset.objects.get().told_at is None
