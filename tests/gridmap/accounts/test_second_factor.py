"""Codes of the phone and recovery codes: each opens the door once, and nothing opens it before."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from gridmap.accounts import second_factor
from gridmap.accounts.models import RecoveryCode, SecondFactor, SignedIn, User
from gridmap.accounts.roles import SECOND_FACTOR_ROLES, Role
from tests.cast import PASSWORD, Cast, give_post
from tests.gridmap.accounts.conftest import CODE, FACTOR, LOGIN, Clock, Phone, give_password, sign_in

pytestmark = pytest.mark.django_db
PhoneOf = Callable[[User], Phone]
KEY = re.compile(r'<code class="secret"[^>]*>([A-Z2-7 ]+)</code>')
RECOVERY = re.compile(r"<li><code>([A-Z2-9-]+)</code></li>")


# --- who needs one ----------------------------------------------------------------------------------------------------
def test_roles_that_open_peoples_data_decisions_or_the_administration_need_one() -> None:
    assert {role for role in Role if role not in SECOND_FACTOR_ROLES} == {
        Role.BUILDING_LEADER,
        Role.DISPATCHER,
        Role.DEPARTMENT_HANDLER,
        Role.PLANNER,
        Role.WALL_SCREEN,
    }


@pytest.mark.parametrize(
    ("mode", "asked"),
    [("by_role", {"approver", "officer", "worker", "administrator"}), ("offered", set()), ("everyone", None)],
)
def test_who_is_asked_hangs_on_the_role_and_the_setting(
    cast: Cast, clock: Clock, settings: object, mode: str, asked: set[str] | None
) -> None:
    settings.SECOND_FACTOR = mode  # type: ignore[attr-defined]
    people = {part: who for part, who in cast.everyone().items() if part not in {"stranger", "former"}}
    found = {part for part, who in people.items() if second_factor.is_required(who, at=clock())}
    assert found == (set(people) if asked is None else asked)


def test_a_password_alone_opens_the_map_to_a_planner(client: Client, cast: Cast) -> None:
    assert give_password(client, "planner")["Location"] == "/"
    assert client.get("/").status_code == 200


def test_where_it_is_offered_who_has_one_is_asked_for_it(
    client: Client, cast: Cast, phone_of: PhoneOf, settings: object
) -> None:
    settings.SECOND_FACTOR = "offered"  # type: ignore[attr-defined]
    assert give_password(client, "officer")["Location"] == "/"
    phone_of(cast.worker)
    assert give_password(Client(), "worker")["Location"] == CODE


# --- enrolling --------------------------------------------------------------------------------------------------------
def test_who_needs_one_and_has_none_sets_it_up_before_anything_else(client: Client, cast: Cast, clock: Clock) -> None:
    assert give_password(client, "officer", next="/?grid=1")["Location"] == FACTOR
    for path in ("/", "/api/v1/map", "/tiles/areas/1/1/1.mvt", "/people/", "/accounts/sessions/", "/accounts/confirm/"):
        assert client.get(path).status_code in {302, 401}, path
    assert not SignedIn.objects.exists()
    page = client.get(FACTOR).content.decode()
    [key] = KEY.findall(page)
    assert "<svg" in page and "style=" not in page
    assert KEY.findall(client.get(FACTOR).content.decode()) == [key]
    answer = client.post(FACTOR, {"code": Phone(key, clock).code()})
    codes = RECOVERY.findall(answer.content.decode())
    assert len(set(codes)) == len(codes) == second_factor.CODES
    assert 'href="/?grid=1"' in answer.content.decode()
    assert client.get("/").status_code == 200
    assert SignedIn.objects.get().second_factor_at == clock()


def test_a_wrong_first_code_sets_nothing_up(client: Client, cast: Cast, clock: Clock) -> None:
    give_password(client, "officer")
    [key] = KEY.findall(client.get(FACTOR).content.decode())
    for wrong in ("", "000000", Phone(key, clock).code(steps=1), Phone(key, clock).code(steps=-1), "x" * 400):
        answer = client.post(FACTOR, {"code": wrong})
        assert answer.status_code == 200 and 'role="alert"' in answer.content.decode(), wrong
    assert not SecondFactor.objects.filter(confirmed_at__isnull=False).exists()
    assert client.get("/").status_code == 302


def test_a_secret_that_was_shown_is_over_after_an_hour(cast: Cast, clock: Clock) -> None:
    phone = Phone(second_factor.key_of(second_factor.begin(cast.officer, at=clock())), clock)
    clock.advance(minutes=61)
    assert second_factor.confirm(cast.officer, phone.code(), at=clock()) is None
    second_factor.begin(cast.officer, at=clock())
    assert SecondFactor.objects.count() == 1


def test_the_secret_is_sealed_to_its_row_and_its_person(cast: Cast, phone_of: PhoneOf, clock: Clock) -> None:
    phone_of(cast.officer)
    factor = SecondFactor.objects.get()
    key = second_factor.key_of(factor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_secondfactor")
        stored = bytes(cursor.fetchone()[0])
    assert key.encode() not in stored
    assert key not in repr(factor) and key not in str(factor.secret)
    SecondFactor.objects.update(person=cast.administrator)
    with pytest.raises(ValueError, match="another person"):
        second_factor.key_of(SecondFactor.objects.get())


# --- the code at sign-in ----------------------------------------------------------------------------------------------
def test_password_and_code_sign_in(client: Client, cast: Cast, phone_of: PhoneOf, clock: Clock) -> None:
    phone = phone_of(cast.officer)
    give_password(client, "officer", next="/?grid=2")
    assert client.get("/").status_code == 302
    assert client.post(CODE, {"code": f" {phone.code()[:3]} {phone.code()[3:]} "})["Location"] == "/?grid=2"
    assert client.get("/").status_code == 200


def test_a_code_opens_the_door_once(cast: Cast, phone_of: PhoneOf, clock: Clock) -> None:
    phone = phone_of(cast.officer)
    code = phone.code()
    assert sign_in(Client(), "officer", phone)["Location"] == "/"
    for turn, seconds in enumerate((0, 20, 30, 60, 90)):
        clock.advance(seconds=seconds)
        other = Client(REMOTE_ADDR=f"10.0.0.{turn}")
        give_password(other, "officer")
        assert other.post(CODE, {"code": code}).status_code == 200
        assert other.get("/").status_code == 302


@pytest.mark.parametrize("steps", [-3, -2, -1, 1, 2, 3])
def test_only_the_present_step_counts(client: Client, cast: Cast, phone_of: PhoneOf, steps: int) -> None:
    phone = phone_of(cast.officer)
    give_password(client, "officer")
    assert client.post(CODE, {"code": phone.code(steps=steps)}).status_code == 200
    assert client.post(CODE, {"code": phone.code()}).status_code == 302


def test_nobody_enters_a_code_without_the_password_before(client: Client, cast: Cast, phone_of: PhoneOf) -> None:
    phone = phone_of(cast.officer)
    assert client.post(CODE, {"code": phone.code()})["Location"] == LOGIN
    assert client.get(CODE)["Location"] == client.get(FACTOR)["Location"] == LOGIN


def test_the_second_step_waits_ten_minutes(client: Client, cast: Cast, phone_of: PhoneOf, clock: Clock) -> None:
    phone = phone_of(cast.officer)
    give_password(client, "officer")
    clock.advance(minutes=10, seconds=1)
    assert client.post(CODE, {"code": phone.code()})["Location"] == LOGIN


@pytest.mark.parametrize("change", ["switched off", "password", "deleted"])
def test_the_second_step_is_over_when_the_account_changes(
    client: Client, cast: Cast, phone_of: PhoneOf, change: str
) -> None:
    phone = phone_of(cast.officer)
    give_password(client, "officer")
    if change == "switched off":
        User.objects.filter(pk=cast.officer.pk).update(is_active=False)
    elif change == "password":
        cast.officer.set_password("quite another one 81")
        cast.officer.save()
    else:
        cast.officer.posts.all().delete()
        cast.officer.delete()
    assert client.post(CODE, {"code": phone.code()})["Location"] == LOGIN


def test_the_session_key_changes_with_every_step(client: Client, cast: Cast, phone_of: PhoneOf) -> None:
    phone = phone_of(cast.officer)
    client.get(LOGIN)
    keys = [client.session.session_key]
    give_password(client, "officer")
    keys.append(client.session.session_key)
    client.post(CODE, {"code": phone.code()})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3


@pytest.mark.parametrize(
    "text", ["１２３４５６", "٠١٢٣٤٥", "12345", "1234567", "abcdef", "\x00", "'; --", "-" * 40, "€" * 12]
)
def test_what_is_no_code_is_refused_in_words(client: Client, cast: Cast, phone_of: PhoneOf, text: str) -> None:
    phone_of(cast.officer)
    give_password(client, "officer")
    answer = client.post(CODE, {"code": text})
    assert answer.status_code == 200 and 'role="alert"' in answer.content.decode()


# --- many at once -----------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_many_processes_one_takes_a_code(cast: Cast, phone_of: PhoneOf, clock: Clock) -> None:
    phone = phone_of(cast.officer)
    code, now = phone.code(), clock()

    def take(_turn: int) -> bool:
        try:
            return second_factor.accepts(cast.officer, code, at=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(take, range(12))) == 1


# --- recovery codes ---------------------------------------------------------------------------------------------------
def test_a_recovery_code_signs_in_once_in_any_spelling(
    client: Client, cast: Cast, phone_of: PhoneOf, clock: Clock
) -> None:
    phone_of(cast.officer)
    first, second = second_factor.renew_recovery_codes(cast.officer)
    give_password(client, "officer")
    assert client.post(CODE, {"code": first.lower().replace("-", " ")})["Location"] == "/"
    other = Client(REMOTE_ADDR="10.0.0.8")
    give_password(other, "officer")
    assert other.post(CODE, {"code": first}).status_code == 200
    assert other.post(CODE, {"code": second}).status_code == 302
    assert second_factor.recovery_codes_left(cast.officer) == 0


def test_somebody_elses_recovery_code_is_none(cast: Cast, phone_of: PhoneOf, clock: Clock) -> None:
    phone_of(cast.officer), phone_of(cast.worker)
    [code, *_more] = second_factor.renew_recovery_codes(cast.worker)
    assert not second_factor.accepts(cast.officer, code, at=clock())
    assert second_factor.accepts(cast.worker, code, at=clock())


def test_recovery_codes_are_kept_as_hashes_and_hard_to_guess(cast: Cast, phone_of: PhoneOf) -> None:
    phone_of(cast.officer)
    codes = second_factor.renew_recovery_codes(cast.officer)
    for row in RecoveryCode.objects.all():
        assert row.code_hash.startswith("argon2")
        assert not any(code.replace("-", "") in (row.code_hash, row.slot) for code in codes)
    secret_bits = second_factor.SECRET_LETTERS * 5
    assert len(second_factor.LETTERS) == 32 and secret_bits >= 50


def test_recovery_codes_open_nothing_without_a_second_factor(cast: Cast, clock: Clock) -> None:
    [code, *_more] = second_factor.renew_recovery_codes(cast.planner)
    assert not second_factor.accepts(cast.planner, code, at=clock())


# --- one's own page ---------------------------------------------------------------------------------------------------
def test_a_change_is_confirmed_first_and_ends_the_other_sessions(
    client: Client, cast: Cast, phone_of: PhoneOf, clock: Clock
) -> None:
    phone, other = phone_of(cast.officer), Client()
    sign_in(other, "officer", phone)
    clock.advance(seconds=30)
    sign_in(client, "officer", phone)
    clock.advance(minutes=11)
    new = "/accounts/second-factor/new/"
    assert client.get(new)["Location"] == f"/accounts/confirm/?next={new}"
    wrong = {"password": PASSWORD, "code": "000000", "next": new}
    assert client.post("/accounts/confirm/", wrong).status_code == 200
    assert client.get(new).status_code == 302
    assert client.post("/accounts/confirm/", {**wrong, "code": phone.code()})["Location"] == new
    [key] = KEY.findall(client.get(new).content.decode())
    clock.advance(seconds=30)
    codes = RECOVERY.findall(client.post(new, {"code": Phone(key, clock).code()}).content.decode())
    assert codes
    assert client.get("/").status_code == 200
    assert other.get("/")["Location"].startswith(f"{LOGIN}?why=signed_out")
    assert SecondFactor.objects.get().confirmed_at == clock()
    clock.advance(seconds=30)
    assert not second_factor.accepts(cast.officer, phone.code(), at=clock())


def test_it_can_be_removed_only_where_the_role_does_not_ask_for_it(
    client: Client, cast: Cast, phone_of: PhoneOf, clock: Clock
) -> None:
    phone = phone_of(cast.planner)
    sign_in(client, "planner", phone)
    assert "取消第二步验证" in client.get(FACTOR).content.decode()
    remove = "/accounts/second-factor/remove/"
    assert "取消第二步验证" in client.get(remove).content.decode()
    for wrong in ({}, {"password": "wrong", "code": "000000"}, {"password": PASSWORD, "code": "000000"}):
        assert client.post(remove, wrong).status_code == 200
        assert second_factor.in_use(cast.planner) is not None
    clock.advance(seconds=60)
    assert client.post(remove, {"password": PASSWORD, "code": phone.code()})["Location"] == FACTOR
    assert second_factor.in_use(cast.planner) is None
    officers = phone_of(cast.officer)
    browser = Client()
    sign_in(browser, "officer", officers)
    assert "取消第二步验证" not in browser.get(FACTOR).content.decode()
    browser.post("/accounts/second-factor/remove/")
    assert second_factor.in_use(cast.officer) is not None


def test_new_recovery_codes_take_the_place_of_the_old(client: Client, cast: Cast, phone_of: PhoneOf) -> None:
    phone = phone_of(cast.officer)
    sign_in(client, "officer", phone)
    former = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert "2 个恢复码" in client.get("/accounts/recovery-codes/").content.decode()
    assert len(RECOVERY.findall(client.post("/accounts/recovery-codes/").content.decode())) == 2
    assert not former & set(RecoveryCode.objects.values_list("code_hash", flat=True))


def test_a_post_that_asks_for_more_ends_a_session_without_it(client: Client, cast: Cast) -> None:
    give_password(client, "planner")
    assert client.get("/").status_code == 200
    give_post(cast.planner, Role.AUDITOR, "990101")
    assert client.get("/")["Location"] == f"{LOGIN}?why=second_factor&next=/"
    assert give_password(client, "planner")["Location"] == FACTOR
