"""Half a sign-in: over as soon as password, second factor or all sessions are; its secret is shown to one browser."""

from collections.abc import Callable

import pytest
from django.test import Client

from gridmap.accounts import second_factor
from gridmap.accounts.models import SecondFactor, SignedIn, User
from gridmap.accounts.sessions import Ended, end_all
from gridmap.accounts.staff.people import close_sessions, reset_second_factor
from tests.cast import Cast
from tests.gridmap.accounts.conftest import CODE, FACTOR, LOGIN, Clock, Phone, give_password, sign_in
from tests.gridmap.accounts.test_second_factor import KEY
from tests.gridmap.traces.reading import entries, last_entry

pytestmark = pytest.mark.django_db
PhoneOf = Callable[[User], Phone]
FIRST_PASSWORD = "/accounts/password/"
CHOSEN = dict.fromkeys(("new_password1", "new_password2"), "vier Laternen an der Brücke")


def half_in(cast: Cast, phone: Phone) -> Client:
    """Password and code of the officer were right; a password of their own is still to be chosen."""
    User.objects.filter(pk=cast.officer.pk).update(must_choose_password=True)
    client = Client()
    assert sign_in(client, "officer", phone)["Location"] == FIRST_PASSWORD
    return client


@pytest.mark.parametrize("deed", [reset_second_factor, close_sessions])
def test_what_an_administrator_ends_ends_half_a_sign_in_too(
    cast: Cast, phone_of: PhoneOf, clock: Clock, deed: Callable[..., None]
) -> None:
    client = half_in(cast, phone_of(cast.officer))
    deed(person=cast.officer, by=cast.administrator, now=clock())
    assert client.post(FIRST_PASSWORD, CHOSEN)["Location"] == LOGIN
    assert not SignedIn.objects.exists() and User.objects.get(pk=cast.officer.pk).must_choose_password


def test_before_the_code_too(client: Client, cast: Cast, phone_of: PhoneOf, clock: Clock) -> None:
    phone = phone_of(cast.officer)
    give_password(client, "officer")
    end_all(cast.officer, Ended.SIGNED_OUT, at=clock())
    assert client.post(CODE, {"code": phone.code()})["Location"] == LOGIN


def test_another_phone_ends_what_was_given_with_the_former(cast: Cast, phone_of: PhoneOf) -> None:
    client = half_in(cast, phone_of(cast.officer))
    phone_of(cast.officer)
    assert client.post(FIRST_PASSWORD, CHOSEN)["Location"] == LOGIN


def test_who_is_disturbed_by_nobody_comes_in(cast: Cast, phone_of: PhoneOf) -> None:
    client = half_in(cast, phone_of(cast.officer))
    assert client.post(FIRST_PASSWORD, CHOSEN)["Location"] == "/"
    assert client.get("/").status_code == 200


def test_a_session_does_not_outlive_the_factor_that_it_was_given(
    client: Client, cast: Cast, phone_of: PhoneOf, clock: Clock
) -> None:
    sign_in(client, "officer", phone_of(cast.officer))
    clock.advance(seconds=30)
    second_factor.reset(cast.officer, at=clock())
    assert client.get("/")["Location"].startswith(f"{LOGIN}?why=second_factor")
    clock.advance(seconds=30)
    sign_in(client, "officer", phone_of(cast.officer))
    assert client.get("/").status_code == 200


# --- the begun secret -------------------------------------------------------------------------------------------------
def test_a_secret_is_shown_to_one_browser(cast: Cast, clock: Clock) -> None:
    mine, theirs = Client(), Client()
    keys = []
    for browser in (mine, mine, theirs):
        if FACTOR not in str(browser.get(FACTOR).get("Location", FACTOR)):
            give_password(browser, "officer")
        keys += KEY.findall(browser.get(FACTOR).content.decode())
    assert keys[0] == keys[1] != keys[2]
    assert mine.post(FACTOR, {"code": Phone(keys[0], clock).code()}).status_code == 200
    assert not SecondFactor.objects.filter(confirmed_at__isnull=False).exists()


def test_a_code_of_the_secret_of_another_browser_sets_nothing_up(cast: Cast, clock: Clock) -> None:
    mine, theirs = Client(), Client()
    for browser in (mine, theirs):
        give_password(browser, "officer")
    [key] = KEY.findall(mine.get(FACTOR).content.decode())
    theirs.post(FACTOR, {"code": Phone(key, clock).code()})
    assert second_factor.in_use(cast.officer) is None


# --- who writes while nobody is signed in -----------------------------------------------------------------------------
def test_the_traces_name_who_is_signing_in(client: Client, cast: Cast, clock: Clock) -> None:
    User.objects.filter(pk=cast.officer.pk).update(must_choose_password=True)
    before = last_entry()
    give_password(client, "officer")
    [key] = KEY.findall(client.get(FACTOR).content.decode())
    client.post(FACTOR, {"code": Phone(key, clock).code()})
    client.post(FIRST_PASSWORD, CHOSEN)
    found = [one for one in entries(after=before) if one.table.startswith("accounts_") and one.kind != "sign_in"]
    assert {one.table for one in found} >= {"accounts_user", "accounts_secondfactor", "accounts_recoverycode"}
    assert {one.actor for one in found} <= {
        f"user:{cast.officer.pk} (signing in)", f"user:{cast.officer.pk}",
    }  # fmt: skip


def test_a_look_that_writes_names_who_looks(client: Client, cast: Cast, clock: Clock) -> None:
    give_password(client, "planner")
    before = last_entry()
    assert client.get("/accounts/second-factor/new/").status_code == 200
    [entry] = entries("accounts_secondfactor", after=before)
    assert (entry.kind, entry.actor) == ("insert", f"user:{cast.planner.pk}")
    assert entry.request
