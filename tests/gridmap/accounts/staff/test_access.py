"""Who can see a place and why, against the rights themselves asked one by one."""

import random
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gridmap.accounts.models import Device, Organisation, Post, User
from gridmap.accounts.permissions import areas_of, inside, may
from gridmap.accounts.roles import VERBS, Network, Role, Verb
from gridmap.accounts.staff.access import GROUPS, grouped, holdings_at, people_at
from gridmap.accounts.staff.posts import end_post, give_deputy
from tests.cast import COMMUNITIES, Cast, give_post, person
from tests.gridmap.accounts.staff.conftest import FIRST, NORTH, Office, in_days, today

pytestmark = pytest.mark.django_db

PLACES = [
    "990000000000", "990100000000", "990101000000", "990101001000", "990101002000", *COMMUNITIES,
    f"{COMMUNITIES[0]}001", f"{COMMUNITIES[0]}002", f"{COMMUNITIES[3]}004", "990102000000", "980000000000",
]  # fmt: skip
AREAS = [
    "",
    "99",
    "9901",
    "990101",
    NORTH,
    "990101002",
    *COMMUNITIES,
    f"{COMMUNITIES[0]}001",
    f"{COMMUNITIES[3]}004",
    "98",
]


def crowd(seed: int) -> list[User]:
    """Sixty people with posts of every kind: past, present, to come, ended early, deputies, switched off."""
    chance = random.Random(seed)
    now = timezone.now()
    people = [person(f"p{number}", f"某{number}") for number in range(60)]
    for who in people:
        for _ in range(chance.randint(0, 4)):
            starts_on = in_days(chance.randint(-40, 5))
            ends_on = None if chance.random() < 0.4 else starts_on + timedelta(days=chance.randint(0, 50))
            ended_at = now - timedelta(days=chance.uniform(0, 30)) if chance.random() < 0.3 else None
            held = Post.objects.create(
                person=who, role=chance.choice(list(Role)), area=chance.choice(AREAS), starts_on=starts_on,
                ends_on=ends_on, ended_at=ended_at, special_groups=chance.random() < 0.1,
                network=chance.choice(["", *Network.values]),
            )  # fmt: skip
            if ends_on and chance.random() < 0.3:
                other = chance.choice([one for one in people if one != who])
                Post.objects.create(
                    person=other, role=held.role, area=held.area, network=held.network, deputy_for=held,
                    starts_on=starts_on, ends_on=ends_on,
                )  # fmt: skip
        who.is_active = chance.random() < 0.85
        who.save()
    return people


@pytest.mark.parametrize("seed", [1, 2])
def test_today_it_says_what_the_rights_say(cast: Cast, seed: int) -> None:
    people = [*crowd(seed), *cast.everyone().values()]
    now = timezone.now()
    areas = {(who.pk, verb): areas_of(who, verb) for who in people for verb in Verb}
    for place in PLACES:
        told = {(one.person, verb) for one in holdings_at(place, day=today(), now=now) for verb in one.verbs}
        asked = {(who, verb.value) for (who, verb), held in areas.items() if inside(place, held)}
        assert told == asked, place


def test_one_by_one_against_may(cast: Cast) -> None:
    people, now, chance = crowd(4), timezone.now(), random.Random(4)
    told = {
        place: {(one.person, verb) for one in holdings_at(place, day=today(), now=now) for verb in one.verbs}
        for place in PLACES
    }
    for _ in range(400):
        who, verb, place = chance.choice(people), chance.choice(list(Verb)), chance.choice(PLACES)
        assert ((who.pk, verb.value) in told[place]) is may(who, verb, place), (who, verb, place)


@pytest.mark.parametrize("back", [1, 7, 29])
def test_on_a_day_in_the_past_too(cast: Cast, back: int) -> None:
    people = crowd(back)
    User.objects.update(is_active=True)
    now, day = timezone.now(), in_days(-back)
    everybody = list(User.objects.all())
    areas = {(who.pk, verb): areas_of(who, verb, on=day) for who in everybody for verb in Verb}
    assert people
    for place in PLACES[3:]:
        told = {(one.person, verb) for one in holdings_at(place, day=day, now=now) for verb in one.verbs}
        asked = {(who, verb.value) for (who, verb), held in areas.items() if inside(place, held)}
        assert told == asked, place


def test_the_past_does_not_ask_whether_the_account_is_on_now(office: Office, now: datetime) -> None:
    office.worker.is_active = False
    office.worker.save()
    assert office.worker.pk not in {one.person for one in people_at(FIRST, day=today(), now=now)}
    found = {one.person: one for one in people_at(FIRST, day=in_days(-1), now=now)}
    assert found[office.worker.pk].is_active is False


def test_why_is_told_with_the_post(office: Office, now: datetime) -> None:
    Post.objects.filter(pk=office.post.pk).update(
        organisation=office.community, network="governance", duty="assisting", seconded_from=office.county
    )
    deputy = give_deputy(
        post=office.post, person=office.colleague, starts_on=today(), ends_on=in_days(3), by=office.keeper, now=now
    )
    held = {one.post: one for one in holdings_at(FIRST + "001", day=today(), now=now)}
    worker, stand_in = held[office.post.pk], held[deputy.pk]
    assert (worker.name, worker.organisation, worker.seconded_from) == ("王网格", "一社区居委会", "样例县城管局")
    assert (worker.role_name, worker.network_name, worker.duty_name) == ("网格员", "综治", "协助")
    assert worker.verbs == {verb.value for verb in VERBS[Role.GRID_WORKER]}
    assert (stand_in.deputy_of, stand_in.ends_on, stand_in.name) == ("王网格", in_days(3), "陈组长")


def test_people_are_told_once_with_all_their_posts(office: Office, now: datetime) -> None:
    give_post(office.worker, Role.PLANNER, "990101")
    found = {one.person: one for one in people_at(FIRST, day=today(), now=now)}
    worker = found[office.worker.pk]
    assert [one.role for one in worker.holdings] == ["grid_worker", "planner"]
    assert worker.verbs == {verb.value for verb in VERBS[Role.GRID_WORKER] | VERBS[Role.PLANNER]}


def test_groups(office: Office, cast: Cast, now: datetime) -> None:
    give_post(person("officer2", "街道干部"), Role.STREET_OFFICER, NORTH)
    give_post(person("auditor", "审计"), Role.AUDITOR, "990101")
    give_post(person("leader", "楼长"), Role.BUILDING_LEADER, FIRST)
    special = person("special", "专干")
    give_post(special, Role.GRID_WORKER, FIRST)
    special.posts.update(special_groups=True)
    groups = {
        name: {one.username for one in rows} for name, rows in grouped(people_at(FIRST, day=today(), now=now)).items()
    }
    assert set(groups) == {name for name, _label, _fits in GROUPS}
    assert groups["counts"] == {"leader", "planner", "approver"}
    assert groups["masked"] == groups["reveal"] == {"officer", "officer2", "wang", "chen", "qian", "special"}
    assert groups["export"] == {"officer", "officer2"}
    assert groups["approve"] == {"officer2"}
    assert groups["administer"] == {"keeper", "administrator"}
    assert groups["audit"] == {"auditor"}
    assert groups["special"] == {"special"}


def test_screens_are_told_until_they_are_revoked(office: Office, now: datetime) -> None:
    account = person("screen-1", "")
    give_post(account, Role.WALL_SCREEN, NORTH)
    device = Device.objects.create(account=account, name="大厅", token_hash="x" * 64, created_by=office.chief)
    found = {one.person: one for one in people_at(FIRST, day=today(), now=now)}
    assert (found[account.pk].device, set(found[account.pk].verbs)) == ("大厅", {"view"})
    Device.objects.filter(pk=device.pk).update(revoked_at=now)
    assert account.pk not in {one.person for one in people_at(FIRST, day=today(), now=now)}
    assert account.pk in {one.person for one in people_at(FIRST, day=in_days(-1), now=now)}


def test_a_post_that_ended_an_hour_ago(office: Office, now: datetime) -> None:
    end_post(post=office.post, seen=None, by=office.keeper, now=now)
    later = now + timedelta(hours=1)
    assert office.worker.pk not in {one.person for one in people_at(FIRST, day=timezone.localdate(later), now=later)}
    tomorrow = now + timedelta(days=1)
    assert office.worker.pk in {one.person for one in people_at(FIRST, day=timezone.localdate(now), now=tomorrow)}


def test_one_statement_however_many_people(cast: Cast) -> None:
    crowd(3)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        holdings_at(FIRST, day=today(), now=timezone.now())
    assert len(asked) == 1


def test_nothing_comes_of_a_place_that_is_none(office: Office, now: datetime) -> None:
    narrow = holdings_at("123", day=today(), now=now)
    assert {one.area for one in narrow} == {""}
    assert holdings_at(FIRST, day=date(2001, 1, 1), now=now) == []
    assert Organisation.objects.exists()
