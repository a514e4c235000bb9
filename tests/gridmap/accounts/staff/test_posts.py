"""Giving posts, ending them, standing in: every rule that a service holds to, and who may ask."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from gridmap.accounts.models import Post
from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Role, Verb
from gridmap.accounts.staff.posts import (
    change_end,
    change_service,
    end_post,
    give_deputy,
    give_post,
    is_over,
    let_into_special_groups,
    version_of,
)
from gridmap.accounts.staff.refusals import SENTENCES, StaffForbiddenError, StaffRefusedError
from tests.cast import give_post as put_post
from tests.gridmap.accounts.staff.conftest import FIRST, NORTH, SOUTH, Office, details, in_days, today
from tests.gridmap.accounts.staff.refusing import forbidden, refused

pytestmark = pytest.mark.django_db


# --- giving -----------------------------------------------------------------------------------------------------------
def test_a_post_is_given_and_counts_at_once(office: Office, now: datetime) -> None:
    asked = details(Role.BUILDING_LEADER, FIRST + "001", organisation=office.community, network="social_work")
    post = give_post(person=office.colleague, details=asked, by=office.keeper, now=now)
    assert (post.person, post.area, post.network, post.organisation) == (
        office.colleague, FIRST + "001", "social_work", office.community,
    )  # fmt: skip
    assert FIRST + "001" in {held.area for held in Post.objects.filter(person=office.colleague).in_force(today())}


@pytest.mark.parametrize("area", ["", "99", "990101", SOUTH, SOUTH + "001", "990101001x"])
def test_no_area_outside_the_administrators_own(office: Office, now: datetime, area: str) -> None:
    with refused("area_outside", "area"):
        give_post(person=office.worker, details=details(Role.PLANNER, area), by=office.keeper, now=now)
    assert office.worker.posts.count() == 1


def test_who_administers_nothing_gives_nothing(office: Office, now: datetime) -> None:
    for who in (office.worker, office.neighbour):
        with pytest.raises((StaffForbiddenError, StaffRefusedError)):
            give_post(person=office.colleague, details=details(), by=who, now=now)


def test_an_administrator_whose_post_has_ended_gives_nothing(office: Office, now: datetime) -> None:
    office.keeper.posts.update(ended_at=now)
    with pytest.raises((StaffForbiddenError, StaffRefusedError)):
        give_post(person=office.worker, details=details(Role.PLANNER), by=office.keeper, now=now)


def test_nobody_promotes_themselves(office: Office, now: datetime) -> None:
    for who in (office.keeper, office.chief):
        for role in (Role.COMMUNITY_OFFICER, Role.ADMINISTRATOR, Role.BUILDING_LEADER):
            with forbidden("own_account"):
                give_post(person=who, details=details(role), by=who, now=now)
    assert office.keeper.posts.count() == office.chief.posts.count() == 1


def test_a_person_elsewhere_is_out_of_reach(office: Office, now: datetime) -> None:
    with forbidden("not_in_charge"):
        give_post(person=office.neighbour, details=details(), by=office.keeper, now=now)
    give_post(person=office.both, details=details(Role.BUILDING_LEADER), by=office.keeper, now=now)


def test_a_screens_role_is_not_for_people(office: Office, now: datetime) -> None:
    with refused("role_not_for_people", "role"):
        give_post(person=office.worker, details=details(Role.WALL_SCREEN), by=office.keeper, now=now)


def test_organisations_are_those_one_knows(office: Office, now: datetime) -> None:
    for field in ("organisation", "seconded_from"):
        with refused("organisation_outside", field):
            elsewhere: dict[str, Any] = {field: office.other_street}
            asked = details(Role.BUILDING_LEADER, **elsewhere)
            give_post(person=office.worker, details=asked, by=office.keeper, now=now)
    with refused("seconded_from_itself", "seconded_from"):
        asked = details(Role.BUILDING_LEADER, organisation=office.street, seconded_from=office.street)
        give_post(person=office.worker, details=asked, by=office.keeper, now=now)
    asked = details(Role.BUILDING_LEADER, organisation=office.street, seconded_from=office.county)
    assert give_post(person=office.worker, details=asked, by=office.keeper, now=now).seconded_from == office.county


def test_a_right_never_begins_in_the_past(office: Office, now: datetime) -> None:
    with refused("starts_in_the_past", "starts_on"):
        asked = details(Role.BUILDING_LEADER, starts_on=in_days(-1))
        give_post(person=office.worker, details=asked, by=office.keeper, now=now)
    with refused("ends_before_it_starts", "ends_on"):
        asked = details(Role.BUILDING_LEADER, starts_on=in_days(2), ends_on=in_days(1))
        give_post(person=office.worker, details=asked, by=office.keeper, now=now)


def test_the_same_post_twice_at_a_time_is_refused(office: Office, now: datetime) -> None:
    with refused("same_post"):
        give_post(person=office.worker, details=details(), by=office.keeper, now=now)
    give_post(person=office.worker, details=details(network="social_work"), by=office.keeper, now=now)
    with refused("same_post"):
        asked = details(network="social_work", starts_on=in_days(30), ends_on=in_days(40))
        give_post(person=office.worker, details=asked, by=office.keeper, now=now)


def test_the_same_post_follows_one_that_has_ended(office: Office, now: datetime) -> None:
    office.worker.posts.update(ends_on=in_days(10))
    with refused("same_post"):
        give_post(person=office.worker, details=details(starts_on=in_days(10)), by=office.keeper, now=now)
    give_post(person=office.worker, details=details(starts_on=in_days(11)), by=office.keeper, now=now)
    end_post(post=office.worker.posts.get(starts_on=in_days(11)), seen=None, by=office.keeper, now=now)
    later = now + timedelta(seconds=1)
    give_post(person=office.worker, details=details(starts_on=in_days(12)), by=office.keeper, now=later)


@pytest.mark.parametrize(
    ("held", "asked"),
    [
        (Role.ADMINISTRATOR, Role.GRID_WORKER),
        (Role.ADMINISTRATOR, Role.AUDITOR),
        (Role.AUDITOR, Role.STREET_OFFICER),
        (Role.COMMUNITY_OFFICER, Role.ADMINISTRATOR),
        (Role.CENTRE_OPERATOR, Role.AUDITOR),
    ],
)
def test_three_duties_are_in_different_hands(office: Office, now: datetime, held: Role, asked: Role) -> None:
    someone = office.colleague
    someone.posts.all().delete()
    put_post(someone, held, NORTH, ends_on=in_days(5))
    with refused("duties_apart", "role"):
        give_post(person=someone, details=details(asked), by=office.keeper, now=now)
    give_post(person=someone, details=details(asked, starts_on=in_days(6)), by=office.keeper, now=now)
    with refused("duties_apart"):
        change_end(post=someone.posts.get(role=held), ends_on=in_days(6), seen=None, by=office.keeper, now=now)


def test_duties_without_people_go_with_each(office: Office, now: datetime) -> None:
    give_post(person=office.worker, details=details(Role.PLANNER), by=office.keeper, now=now)
    give_post(person=office.worker, details=details(Role.COMMUNITY_OFFICER), by=office.keeper, now=now)


def test_who_is_switched_off_gets_no_post(office: Office, now: datetime) -> None:
    office.worker.is_active = False
    office.worker.save()
    with refused("switched_off"):
        give_post(person=office.worker, details=details(Role.PLANNER), by=office.keeper, now=now)
    with refused("switched_off"):
        give_deputy(
            post=office.colleague.posts.get(), person=office.worker, starts_on=today(), ends_on=in_days(1),
            by=office.keeper, now=now,
        )  # fmt: skip


# --- ending -----------------------------------------------------------------------------------------------------------
def test_a_post_ends_at_once_and_stays_readable(office: Office, now: datetime) -> None:
    assert areas_of(office.worker, Verb.VIEW) == [FIRST]
    end_post(post=office.post, seen=version_of(office.post), by=office.keeper, now=now)
    assert areas_of(office.worker, Verb.VIEW) == []
    assert (office.post.ended_at, office.post.role) == (now, Role.GRID_WORKER)
    assert is_over(office.post, now)


def test_what_has_ended_is_changed_no_more(office: Office, now: datetime) -> None:
    end_post(post=office.post, seen=None, by=office.keeper, now=now)
    with refused("post_is_over"):
        end_post(post=office.post, seen=None, by=office.keeper, now=now)
    with refused("post_is_over"):
        change_end(post=office.post, ends_on=None, seen=None, by=office.keeper, now=now)
    past = put_post(office.worker, Role.PLANNER, NORTH, ends_on=in_days(-1))
    with refused("post_is_over"):
        change_end(post=past, ends_on=in_days(9), seen=None, by=office.keeper, now=now)


def test_a_post_to_come_that_is_ended_never_begins(office: Office, now: datetime) -> None:
    asked = details(Role.PLANNER, starts_on=in_days(3))
    post = give_post(person=office.worker, details=asked, by=office.keeper, now=now)
    end_post(post=post, seen=None, by=office.keeper, now=now)
    assert not Post.objects.filter(pk=post.pk).in_force(in_days(4)).exists()


def test_the_last_day_moves_both_ways(office: Office, now: datetime) -> None:
    for day in (in_days(30), in_days(3), today(), None):
        change_end(post=office.post, ends_on=day, seen=version_of(office.post), by=office.keeper, now=now)
        assert office.post.ends_on == day
    with refused("ends_in_the_past", "ends_on"):
        change_end(post=office.post, ends_on=in_days(-1), seen=None, by=office.keeper, now=now)
    later = give_post(
        person=office.worker, details=details(Role.PLANNER, starts_on=in_days(5)), by=office.keeper, now=now
    )
    with refused("ends_before_it_starts", "ends_on"):
        change_end(post=later, ends_on=in_days(4), seen=None, by=office.keeper, now=now)


def test_a_longer_period_must_not_run_into_the_same_post(office: Office, now: datetime) -> None:
    change_end(post=office.post, ends_on=in_days(3), seen=None, by=office.keeper, now=now)
    first = office.post
    give_post(person=office.worker, details=details(starts_on=in_days(4)), by=office.keeper, now=now)
    with refused("same_post"):
        change_end(post=first, ends_on=in_days(4), seen=None, by=office.keeper, now=now)


def test_nobody_touches_their_own_post(office: Office, now: datetime) -> None:
    own = office.keeper.posts.get()
    with forbidden("own_account"):
        change_end(post=own, ends_on=None, seen=version_of(own), by=office.keeper, now=now)
    with forbidden("own_account"):
        end_post(post=own, seen=version_of(own), by=office.keeper, now=now)
    with forbidden("own_account"):
        let_into_special_groups(post=own, allowed=True, seen=version_of(own), by=office.keeper, now=now)
    with forbidden("own_account"):
        change_service(
            post=own, duty="main", organisation=None, seconded_from=None, seen=None, by=office.keeper, now=now
        )


def test_posts_elsewhere_are_out_of_reach(office: Office, now: datetime) -> None:
    for post in (office.neighbour.posts.get(), office.both.posts.get(area=SOUTH), office.chief.posts.get()):
        with refused("area_outside"):
            end_post(post=post, seen=None, by=office.keeper, now=now)
        with refused("area_outside"):
            change_end(post=post, ends_on=None, seen=None, by=office.keeper, now=now)
    assert not Post.objects.filter(ended_at__isnull=False).exists()


def test_a_stale_form_is_refused(office: Office, now: datetime) -> None:
    seen = version_of(office.post)
    change_end(post=office.post, ends_on=in_days(9), seen=seen, by=office.keeper, now=now)
    with refused("stale"):
        change_end(post=office.post, ends_on=in_days(90), seen=seen, by=office.chief, now=now)
    with refused("stale"):
        end_post(post=office.post, seen=seen, by=office.chief, now=now)
    assert office.post.ends_on == in_days(9)


def test_how_somebody_serves_is_changed(office: Office, now: datetime) -> None:
    seen = version_of(office.post)
    change_service(
        post=office.post, duty="assisting", organisation=office.community, seconded_from=office.county, seen=seen,
        by=office.keeper, now=now,
    )  # fmt: skip
    assert (office.post.duty, office.post.organisation, office.post.seconded_from) == (
        "assisting", office.community, office.county,
    )  # fmt: skip
    with refused("stale"):
        change_service(
            post=office.post, duty="main", organisation=None, seconded_from=None, seen=seen, by=office.keeper, now=now
        )
    with refused("organisation_outside", "organisation"):
        change_service(
            post=office.post, duty="main", organisation=office.other_street, seconded_from=None, seen=None,
            by=office.keeper, now=now,
        )  # fmt: skip


# --- standing in ------------------------------------------------------------------------------------------------------
def name_deputy(office: Office, now: datetime, **more: object) -> Post:
    given = {"post": office.post, "person": office.colleague, "starts_on": today(), "ends_on": in_days(5)}
    return give_deputy(**(given | {"by": office.keeper, "now": now} | more))  # type: ignore[arg-type]


def test_a_deputy_holds_the_same_for_a_while(office: Office, now: datetime) -> None:
    office.worker.posts.update(network="governance", organisation=office.community, special_groups=True)
    deputy = name_deputy(office, now)
    assert (deputy.role, deputy.area, deputy.network) == (Role.GRID_WORKER, FIRST, "governance")
    assert (deputy.deputy_for, deputy.organisation, deputy.ends_on) == (office.post, office.community, in_days(5))
    assert not deputy.special_groups


def test_a_deputy_has_an_end_inside_the_post(office: Office, now: datetime) -> None:
    with refused("deputy_needs_an_end", "ends_on"):
        name_deputy(office, now, ends_on=None)
    with refused("starts_in_the_past"):
        name_deputy(office, now, starts_on=in_days(-1))
    office.worker.posts.update(ends_on=in_days(3))
    with refused("deputy_outside_period", "ends_on"):
        name_deputy(office, now)
    coming = give_post(
        person=office.worker, details=details(Role.PLANNER, starts_on=in_days(8)), by=office.keeper, now=now
    )
    with refused("deputy_outside_period"):
        name_deputy(office, now, post=coming, ends_on=in_days(9))
    name_deputy(office, now, ends_on=in_days(3))


def test_nobody_is_their_own_deputy_or_a_deputys_or_of_what_is_over(office: Office, now: datetime) -> None:
    with refused("deputy_of_oneself", "person"):
        name_deputy(office, now, person=office.worker)
    deputy = name_deputy(office, now)
    with refused("deputy_of_deputy"):
        name_deputy(office, now, post=deputy, person=office.both)
    with refused("same_post"):
        name_deputy(office, now)
    end_post(post=office.post, seen=None, by=office.keeper, now=now)
    with refused("post_is_over"):
        name_deputy(office, now, person=office.both)


def test_who_names_a_deputy_is_neither_of_the_two(office: Office, now: datetime) -> None:
    with forbidden("own_account"):
        name_deputy(office, now, person=office.keeper)
    with forbidden("own_account"):
        name_deputy(office, now, post=office.keeper.posts.get())
    with forbidden("not_in_charge"):
        name_deputy(office, now, person=office.neighbour)
    with refused("area_outside"):
        name_deputy(office, now, post=office.neighbour.posts.get())


def test_an_auditor_does_not_stand_in_for_who_sees_people(office: Office, now: datetime) -> None:
    office.colleague.posts.update(role=Role.AUDITOR)
    with refused("duties_apart"):
        name_deputy(office, now)


def test_deputies_end_with_the_post(office: Office, now: datetime) -> None:
    deputy = name_deputy(office, now)
    end_post(post=office.post, seen=None, by=office.keeper, now=now)
    assert Post.objects.get(pk=deputy.pk).ended_at == now
    assert FIRST not in areas_of(office.colleague, Verb.EDIT_PEOPLE)


def test_an_earlier_end_takes_the_deputies_along(office: Office, now: datetime) -> None:
    running = name_deputy(office, now, ends_on=in_days(20))
    coming = name_deputy(office, now, person=office.both, starts_on=in_days(10), ends_on=in_days(20))
    change_end(post=office.post, ends_on=in_days(4), seen=None, by=office.keeper, now=now)
    assert Post.objects.get(pk=running.pk).ends_on == in_days(4)
    coming.refresh_from_db()
    assert coming.ended_at == now and is_over(coming, now)


def test_a_deputys_own_end_stays_inside(office: Office, now: datetime) -> None:
    deputy = name_deputy(office, now)
    change_end(post=office.post, ends_on=in_days(10), seen=None, by=office.keeper, now=now)
    with refused("deputy_needs_an_end", "ends_on"):
        change_end(post=deputy, ends_on=None, seen=None, by=office.keeper, now=now)
    with refused("deputy_outside_period", "ends_on"):
        change_end(post=deputy, ends_on=in_days(11), seen=None, by=office.keeper, now=now)
    change_end(post=deputy, ends_on=in_days(10), seen=None, by=office.keeper, now=now)


@pytest.mark.parametrize("more", [{"area": NORTH}, {"role": Role.GRID_LEADER}, {"network": "governance"}])
def test_the_database_knows_what_a_deputy_is(office: Office, more: dict[str, str]) -> None:
    same = {"role": Role.GRID_WORKER, "area": FIRST, "network": ""}
    row = {"person": office.colleague, "deputy_for": office.post, "starts_on": today(), "ends_on": today()}
    with pytest.raises(IntegrityError, match="does not stand in"), transaction.atomic():
        Post.objects.create(**row, **(same | more))
    with pytest.raises(IntegrityError, match="does not stand in"), transaction.atomic():
        Post.objects.create(**(row | {"person": office.worker}), **same)
    deputy = Post.objects.create(**row, **same)
    with pytest.raises(IntegrityError, match="does not stand in"), transaction.atomic():
        Post.objects.create(**(row | {"deputy_for": deputy, "person": office.both}), **same)


# --- special groups ---------------------------------------------------------------------------------------------------
def test_special_groups_need_the_setting_and_a_role_with_people(
    office: Office, now: datetime, settings: Settings
) -> None:
    settings.SPECIAL_GROUPS = False
    with refused("special_groups_off"):
        let_into_special_groups(post=office.post, allowed=True, seen=None, by=office.keeper, now=now)
    settings.SPECIAL_GROUPS = True
    leader = put_post(office.worker, Role.BUILDING_LEADER, FIRST)
    with refused("special_groups_role"):
        let_into_special_groups(post=leader, allowed=True, seen=None, by=office.keeper, now=now)
    seen = version_of(office.post)
    let_into_special_groups(post=office.post, allowed=True, seen=seen, by=office.keeper, now=now)
    assert areas_of(office.worker, Verb.SPECIAL_GROUPS) == [FIRST]
    with refused("stale"):
        let_into_special_groups(post=office.post, allowed=False, seen=seen, by=office.keeper, now=now)
    settings.SPECIAL_GROUPS = False
    let_into_special_groups(
        post=office.worker.posts.get(role=Role.GRID_WORKER), allowed=False, seen=None, by=office.keeper, now=now
    )
    assert areas_of(office.worker, Verb.SPECIAL_GROUPS) == []


# --- time -------------------------------------------------------------------------------------------------------------
def test_a_post_ended_early_still_counts_on_the_days_before(office: Office, now: datetime) -> None:
    yesterday = timezone.localdate(now) - timedelta(days=1)
    end_post(post=office.post, seen=None, by=office.keeper, now=now - timedelta(days=1))
    assert areas_of(office.worker, Verb.VIEW) == []
    assert areas_of(office.worker, Verb.VIEW, on=yesterday) == [FIRST]
    assert areas_of(office.worker, Verb.VIEW, on=yesterday - timedelta(days=1)) == [FIRST]


def test_every_refusal_has_a_sentence_that_can_be_filled() -> None:
    words = {"places": "x", "period": "x", "role": "x", "most": 9, "text": "x", "name": "x", "row": 3, "hours": 72}
    for code, sentence in SENTENCES.items():
        assert str(sentence) % words, code
