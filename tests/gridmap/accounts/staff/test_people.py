"""Accounts: opening, switching, codes, lost second factors, and whose hands they are in."""

import re
from datetime import datetime

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory
from django.utils import timezone

from gridmap.accounts.models import Device, Post, SecondFactor, SignedIn, User
from gridmap.accounts.roles import Role
from gridmap.accounts.second_factor import begin
from gridmap.accounts.staff.codes import ALPHABET, new_code
from gridmap.accounts.staff.people import (
    close_sessions,
    open_account,
    rename_person,
    reset_password,
    reset_second_factor,
    switch_person,
    username_fits,
)
from gridmap.accounts.staff.scope import in_charge_of, organisations_known_to, organisations_of, people_seen_by
from tests.cast import PASSWORD, Cast, give_post, person
from tests.gridmap.accounts.staff.conftest import FIRST, NORTH, SOUTH, Office, details, in_days, today
from tests.gridmap.accounts.staff.refusing import forbidden, refused

pytestmark = pytest.mark.django_db


def signs_in(username: str, password: str) -> bool:
    return authenticate(RequestFactory().post("/"), username=username, password=password) is not None


def session_of(who: User) -> SignedIn:
    moment = timezone.now()
    return SignedIn.objects.create(
        person=who, key_hash=f"{who.pk:064d}", password_mark="x", began_at=moment, seen_at=moment
    )


# --- opening ----------------------------------------------------------------------------------------------------------
def test_an_account_begins_with_a_post_and_a_code(office: Office, now: datetime) -> None:
    opened = open_account(username="sun", name="孙新人", details=details(), by=office.keeper, now=now)
    assert (opened.person.name, opened.post.person, opened.post.area) == ("孙新人", opened.person, FIRST)
    assert signs_in("sun", opened.code)
    stored = User.objects.get(username="sun")
    assert stored.must_choose_password and opened.code not in stored.password


def test_the_code_is_kept_nowhere(office: Office, now: datetime) -> None:
    opened = open_account(username="sun", name="孙新人", details=details(), by=office.keeper, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(u::text, ' ') FROM accounts_user u")
        assert opened.code not in cursor.fetchone()[0]


def test_codes_are_random_and_readable() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(rf"(?:[{ALPHABET}]{{4}}-){{5}}[{ALPHABET}]{{4}}", code) for code in codes)
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize("username", ["wang", "WANG", "Wang"])
def test_a_user_name_is_given_once_whatever_its_letters(office: Office, now: datetime, username: str) -> None:
    with refused("username_taken", "username"):
        open_account(username=username, name="另一位", details=details(), by=office.keeper, now=now)
    assert User.objects.filter(username__iexact="wang").count() == 1


def test_the_database_knows_that_too(office: Office) -> None:
    with pytest.raises(IntegrityError, match="user_name_once"), transaction.atomic():
        person("WANG", "另一位")


def test_a_code_has_a_quick_hash_until_the_person_has_a_password_of_their_own(office: Office, now: datetime) -> None:
    opened = open_account(username="sun", name="孙新人", details=details(), by=office.keeper, now=now)
    assert signs_in("sun", opened.code) and not signs_in("sun", opened.code.lower())
    sun = User.objects.get(username="sun")
    assert "m=8," in sun.password
    sun.set_password(PASSWORD)
    assert "m=8," not in sun.password


def test_a_refused_post_leaves_no_account(office: Office, now: datetime) -> None:
    with refused("area_outside"):
        open_account(username="sun", name="孙新人", details=details(area=SOUTH), by=office.keeper, now=now)
    assert not User.objects.filter(username="sun").exists()


@pytest.mark.parametrize(("username", "fits"), [
    ("li.si", True), ("张三", True), ("a@b", True), ("", False), ("li si", False), ("a/b", False), ("x" * 151, False),
])  # fmt: skip
def test_letters_of_user_names(username: str, fits: bool) -> None:
    assert username_fits(username) is fits


# --- whose hands ------------------------------------------------------------------------------------------------------
def test_whom_an_administrator_sees(office: Office, cast: Cast) -> None:
    seen = set(people_seen_by(office.keeper).values_list("username", flat=True))
    assert seen == {"keeper", "wang", "chen", "qian", "officer", "worker"}
    assert set(people_seen_by(office.chief)) == set(User.objects.all())
    assert not people_seen_by(office.worker).exists()
    assert not people_seen_by(cast.former).exists()


def test_former_staff_stay_in_sight(office: Office) -> None:
    office.worker.posts.update(ends_on=in_days(-1))
    assert people_seen_by(office.keeper).filter(pk=office.worker.pk).exists()
    assert in_charge_of(office.keeper, office.worker, today=today())


def test_a_screens_account_is_no_person(office: Office) -> None:
    account = person("screen-1", "")
    give_post(account, Role.WALL_SCREEN, NORTH)
    Device.objects.create(account=account, name="大厅", token_hash="x" * 64, created_by=office.chief)
    for by in (office.keeper, office.chief):
        assert not people_seen_by(by).filter(pk=account.pk).exists()
        with forbidden("not_in_charge"):
            reset_password(person=account, by=by, now=timezone.now())


def test_an_account_with_a_post_elsewhere_is_in_other_hands(office: Office, now: datetime) -> None:
    assert people_seen_by(office.keeper).filter(pk=office.both.pk).exists()
    assert not in_charge_of(office.keeper, office.both, today=today())
    for act in (reset_password, reset_second_factor, close_sessions):
        with forbidden("not_in_charge"):
            act(person=office.both, by=office.keeper, now=now)
    with forbidden("not_in_charge"):
        switch_person(person=office.both, on=False, by=office.keeper, now=now)
    with forbidden("not_in_charge"):
        rename_person(person=office.both, name="别名", by=office.keeper, now=now)
    Post.objects.filter(person=office.both, area=SOUTH).update(ended_at=now)
    assert in_charge_of(office.keeper, office.both, today=today())


def test_a_post_elsewhere_that_is_still_to_come_counts_too(office: Office) -> None:
    Post.objects.create(person=office.worker, role=Role.PLANNER, area="990101", starts_on=in_days(30))
    assert not in_charge_of(office.keeper, office.worker, today=today())
    assert in_charge_of(office.chief, office.worker, today=today())


def test_the_wider_administrator_is_out_of_the_narrower_ones_reach(office: Office, now: datetime) -> None:
    with forbidden("not_in_charge"):
        reset_password(person=office.chief, by=office.keeper, now=now)
    assert reset_password(person=office.keeper, by=office.chief, now=now)


def test_nobody_acts_on_their_own_account(office: Office, now: datetime) -> None:
    for by in (office.keeper, office.chief):
        for act in (reset_password, reset_second_factor, close_sessions):
            with forbidden("own_account"):
                act(person=by, by=by, now=now)
        with forbidden("own_account"):
            switch_person(person=by, on=False, by=by, now=now)
        with forbidden("own_account"):
            rename_person(person=by, name="别名", by=by, now=now)


def test_staff_without_the_right_act_on_nobody(office: Office, now: datetime) -> None:
    for act in (reset_password, reset_second_factor, close_sessions):
        with forbidden("not_in_charge"):
            act(person=office.colleague, by=office.worker, now=now)


def test_organisations_one_changes_and_organisations_one_knows(office: Office) -> None:
    assert set(organisations_of(office.keeper)) == {office.street, office.community}
    known = set(organisations_known_to(office.keeper))
    assert {office.county, office.street, office.community} <= known and office.other_street not in known
    assert not organisations_known_to(office.worker).exists()


# --- what is done to an account ---------------------------------------------------------------------------------------
def test_a_new_code_closes_the_old_password_and_ends_sessions(office: Office, now: datetime) -> None:
    session = session_of(office.worker)
    assert signs_in("wang", PASSWORD)
    first = reset_password(person=office.worker, by=office.keeper, now=now)
    second = reset_password(person=office.worker, by=office.keeper, now=now)
    assert [signs_in("wang", word) for word in (PASSWORD, first, second)] == [False, False, True]
    session.refresh_from_db()
    assert (session.ended_at, session.why) == (now, "password")


def test_a_lost_second_factor_is_taken_away(office: Office, now: datetime) -> None:
    begin(office.worker, at=now)
    SecondFactor.objects.update(confirmed_at=now)
    session = session_of(office.worker)
    reset_second_factor(person=office.worker, by=office.keeper, now=now)
    assert not SecondFactor.objects.exists()
    session.refresh_from_db()
    assert session.ended_at == now


def test_switched_off_and_on(office: Office, now: datetime) -> None:
    session = session_of(office.worker)
    switch_person(person=office.worker, on=False, by=office.keeper, now=now)
    session.refresh_from_db()
    assert session.why == "switched_off" and not signs_in("wang", PASSWORD)
    with refused("switched_off"):
        reset_password(person=office.worker, by=office.keeper, now=now)
    switch_person(person=office.worker, on=True, by=office.keeper, now=now)
    assert signs_in("wang", PASSWORD)
    assert office.post.ended_at is None


def test_signed_out_everywhere(office: Office, now: datetime) -> None:
    mine, other = session_of(office.worker), session_of(office.colleague)
    close_sessions(person=office.worker, by=office.keeper, now=now)
    mine.refresh_from_db()
    other.refresh_from_db()
    assert mine.ended_at == now and other.ended_at is None


def test_another_name(office: Office, now: datetime) -> None:
    rename_person(person=office.worker, name="王更名", by=office.keeper, now=now)
    assert User.objects.get(username="wang").name == "王更名"
