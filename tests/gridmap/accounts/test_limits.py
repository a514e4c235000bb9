"""Guessing: slowed down for who guesses, not for the office beside them nor the victim; and nothing learnt by it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from unittest.mock import patch

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import hashers
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory

from gridmap.accounts import limits
from gridmap.accounts.addresses import client_address, neighbourhood
from gridmap.accounts.models import FailedSignIn, User
from gridmap.accounts.roles import Role
from tests.cast import PASSWORD, Cast, give_post, person
from tests.gridmap.accounts.conftest import CODE, LOGIN, Clock, Phone, give_password, sign_in

pytestmark = pytest.mark.django_db
PhoneOf = Callable[[User], Phone]
OFFICE = "203.0.113.9"


@pytest.fixture
def no_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are compared as they are: limits are counted here, not argon2."""
    monkeypatch.setattr(User, "check_password", lambda _self, text: text == PASSWORD)
    monkeypatch.setattr(User, "set_password", lambda _self, _text: None)


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the tries, so that pages need not be asked for hundreds of times."""
    monkeypatch.setattr(limits, "NAMES_FROM_ADDRESS", 6)
    monkeypatch.setattr(limits, "FAILURES_FROM_ADDRESS", 20)
    monkeypatch.setattr(limits, "FAILURES_OF_NAME", 12)


def spray(number: int, password: str = "Spring2026!") -> int:  # noqa: S107
    """One guess at one of many names from the office's address."""
    return give_password(Client(REMOTE_ADDR=OFFICE), f"someone-{number}", password).status_code


# --- spraying and offices ---------------------------------------------------------------------------------------------
def test_two_hundred_colleagues_behind_one_address_get_in(clock: Clock) -> None:
    office = RequestFactory().get("/", REMOTE_ADDR=OFFICE)
    for number in range(200):
        name = f"colleague-{number}"
        for _ in range(number % 3):
            limits.note_failure(office, name, now=clock())
        assert not limits.refuses_password(office, name, now=clock()), number
        limits.forgive(office, name)
        clock.advance(seconds=3)


@pytest.mark.usefixtures("no_hashing", "strict")
def test_colleagues_who_mistype_and_then_sign_in_do_not_add_up(clock: Clock) -> None:
    for number in range(10):
        one = person(f"colleague-{number}", f"同事{number}")
        give_post(one, Role.PLANNER, "990101")
        browser = Client(REMOTE_ADDR=OFFICE)
        assert give_password(browser, one.username, "mistyped").status_code == 200
        assert give_password(browser, one.username).status_code == 302, number


@pytest.mark.usefixtures("no_hashing", "strict")
def test_who_tries_one_password_on_many_names_is_stopped(cast: Cast, clock: Clock) -> None:
    assert [spray(number) for number in range(8)] == [200] * 6 + [429] * 2
    assert give_password(Client(REMOTE_ADDR=OFFICE), "planner").status_code == 429
    assert give_password(Client(REMOTE_ADDR="198.51.100.7"), "planner").status_code == 302
    clock.advance(minutes=61)
    assert give_password(Client(REMOTE_ADDR=OFFICE), "planner").status_code == 302


@pytest.mark.usefixtures("no_hashing", "strict")
def test_in_a_sprayed_office_people_go_on_in_their_own_browsers(cast: Cast, clock: Clock) -> None:
    own = Client(REMOTE_ADDR=OFFICE)
    give_password(own, "planner")
    own.post("/accounts/logout/")
    for number in range(7):
        spray(number)
    assert give_password(own, "planner").status_code == 302
    own.post("/accounts/logout/")
    assert give_password(own, "approver").status_code == 429  # known for one name is not known for another


@pytest.mark.usefixtures("no_hashing", "strict")
def test_many_guesses_at_few_names_are_stopped_too(cast: Cast, clock: Clock) -> None:
    statuses = [spray(number, f"guess {turn}") for turn in range(6) for number in range(5)]
    assert statuses.count(200) <= limits.FAILURES_FROM_ADDRESS
    assert statuses[-5:] == [429] * 5


# --- victims ----------------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("no_hashing", "strict")
def test_a_guesser_from_elsewhere_locks_nobody_out(cast: Cast, clock: Clock) -> None:
    for _ in range(15):
        give_password(Client(REMOTE_ADDR="198.51.100.66"), "planner", "guess")
    assert give_password(Client(REMOTE_ADDR=OFFICE), "planner").status_code == 302


@pytest.mark.usefixtures("no_hashing", "strict")
def test_guessers_from_everywhere_lock_nobody_out_of_a_browser_they_know(cast: Cast, clock: Clock) -> None:
    own = Client(REMOTE_ADDR=OFFICE)
    give_password(own, "planner")
    own.post("/accounts/logout/")
    tested = 0
    for machine in range(8):
        for _ in range(3):
            answer = give_password(Client(REMOTE_ADDR=f"198.51.100.{machine}"), "planner", "guess")
            tested += answer.status_code == 200
    assert tested <= limits.FAILURES_OF_NAME
    assert give_password(Client(REMOTE_ADDR="192.0.2.1"), "planner").status_code == 429
    assert give_password(own, "planner").status_code == 302


def test_the_mark_of_a_known_browser_signs_nobody_in_and_cannot_be_made_up(cast: Cast, clock: Clock) -> None:
    own = Client()
    give_password(own, "planner")
    mark = own.cookies["known"].value
    assert own.cookies["known"]["httponly"] and "planner" not in mark
    thief = Client()
    thief.cookies["known"] = mark
    assert thief.get("/").status_code == 302
    thief.cookies["known"] = mark[:-2] + "xx"
    request = RequestFactory().get("/")
    request.COOKIES = {"known": thief.cookies["known"].value}
    assert not limits.is_known(request, "planner")
    request.COOKIES = {"known": mark}
    assert limits.is_known(request, "planner") and not limits.is_known(request, "approver")


@pytest.mark.usefixtures("no_hashing")
def test_all_spellings_of_a_name_count_as_one(cast: Cast, clock: Clock) -> None:
    assert limits.mark_of("Planner ") == limits.mark_of("ｐｌａｎｎｅｒ") == limits.mark_of("planner")
    assert limits.mark_of("planner") != limits.mark_of("plannér")
    for spelling in ("planner", "ｐｌａｎｎｅｒ", " planner", "planner ", "ＰＬＡＮＮＥＲ"):
        give_password(Client(REMOTE_ADDR=OFFICE), spelling, "guess")
    assert FailedSignIn.objects.values("name_mark").distinct().count() == 1


def test_the_limits_keep_no_name_in_the_clear(cast: Cast, clock: Clock) -> None:
    give_password(Client(), "my own password typed in the wrong box", "x")
    assert "typed" not in repr(list(FailedSignIn.objects.values()))


def test_failures_are_forgotten_after_a_day(cast: Cast, clock: Clock) -> None:
    give_password(Client(), "planner", "wrong")
    assert limits.forget_before(clock() + timedelta(hours=23)) == 0
    assert limits.forget_before(clock() + timedelta(hours=25)) == 1


# --- codes ------------------------------------------------------------------------------------------------------------
def test_five_wrong_codes_lock_like_five_wrong_passwords(
    client: Client, cast: Cast, phone_of: PhoneOf, clock: Clock
) -> None:
    phone = phone_of(cast.officer)
    give_password(client, "officer")
    statuses = [client.post(CODE, {"code": "000000"}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    assert client.post(CODE, {"code": phone.code()}).status_code == 429
    assert give_password(client, "officer").status_code == 429


@pytest.mark.usefixtures("no_hashing")
def test_wrong_codes_count_for_the_person_wherever_they_come_from(cast: Cast, phone_of: PhoneOf, clock: Clock) -> None:
    phone = phone_of(cast.officer)
    for machine in range(limits.CODES_OF_PERSON):
        browser = Client(REMOTE_ADDR=f"198.51.100.{machine}")
        give_password(browser, "officer")
        assert browser.post(CODE, {"code": "000000"}).status_code == 200
    browser = Client(REMOTE_ADDR="198.51.100.200")
    give_password(browser, "officer")
    assert browser.post(CODE, {"code": phone.code()}).status_code == 429
    clock.advance(minutes=61)
    assert sign_in(browser, "officer", phone).status_code == 302


def test_mistyping_is_forgotten_after_signing_in(client: Client, cast: Cast, phone_of: PhoneOf) -> None:
    phone = phone_of(cast.officer)
    give_password(client, "officer", "wrong")
    give_password(client, "officer")
    client.post(CODE, {"code": "000000"})
    assert FailedSignIn.objects.count() == 2
    client.post(CODE, {"code": phone.code()})
    assert not FailedSignIn.objects.exists() and not AccessAttempt.objects.exists()


def test_signing_in_forgives_nobody_elses_codes(cast: Cast, phone_of: PhoneOf, clock: Clock) -> None:
    phone, guesser, person = phone_of(cast.officer), Client(REMOTE_ADDR=OFFICE), Client(REMOTE_ADDR=OFFICE)
    give_password(guesser, "officer")
    for _ in range(3):
        guesser.post(CODE, {"code": "000000"})
    assert sign_in(person, "officer", phone)["Location"] == "/"
    assert FailedSignIn.objects.filter(is_code=True).count() == 3


@pytest.mark.django_db(transaction=True)
def test_of_many_codes_at_once_no_more_are_looked_at_than_allowed(cast: Cast, clock: Clock) -> None:
    def give(_turn: int) -> bool:
        request = RequestFactory().post(CODE)
        request.session = SessionStore()
        try:
            return limits.count_code(request, "officer", now=clock())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(give, range(24))) == limits.CODES_OF_PERSON
    assert FailedSignIn.objects.count() == limits.CODES_OF_PERSON


# --- nothing is learnt ------------------------------------------------------------------------------------------------
def failing(who: str, cast: Cast) -> tuple[HttpResponse, int]:
    """The answer to a wrong password for one kind of name, and how often argon2 was asked."""
    if who == "switched off":
        User.objects.filter(pk=cast.planner.pk).update(is_active=False)
    if who == "no password":
        User.objects.filter(pk=cast.planner.pk).update(password="!")
    names = {"unknown": "nobody-at-all", "no post": "stranger", "post ended": "former"}
    hasher = hashers.get_hasher("default")
    calls: list[str] = []
    with (
        patch.object(type(hasher), "verify", _counted(type(hasher).verify, calls)),
        patch.object(type(hasher), "encode", _counted(type(hasher).encode, calls)),
    ):
        answer = give_password(Client(), names.get(who, "planner"), "a wrong password")
    return answer, len(calls)


def _counted(method: Callable[..., Any], calls: list[str]) -> Callable[..., Any]:
    def counted(*args: Any, **kwargs: Any) -> Any:
        calls.append(method.__name__)
        return method(*args, **kwargs)

    return counted


def without_token(answer: HttpResponse, name: str) -> str:
    text = answer.content.decode().replace(name, "NAME")
    start = text.index("csrfmiddlewaretoken")
    return "".join(part.partition('">')[2] for part in text[start:].split("csrfmiddlewaretoken"))


@pytest.mark.parametrize("who", ["switched off", "no password", "unknown", "no post", "post ended"])
def test_a_wrong_password_is_answered_alike_for_everybody(cast: Cast, clock: Clock, who: str) -> None:
    ordinary, ordinary_calls = failing("known", cast)
    answer, calls = failing(who, cast)
    names = {"unknown": "nobody-at-all", "no post": "stranger", "post ended": "former"}
    assert answer.status_code == ordinary.status_code == 200
    assert without_token(answer, names.get(who, "planner")) == without_token(ordinary, "planner")
    assert set(answer.headers) == set(ordinary.headers)
    assert answer.cookies.keys() == ordinary.cookies.keys()
    assert calls == ordinary_calls == 1


@pytest.mark.usefixtures("no_hashing")
def test_names_that_do_not_exist_are_locked_like_those_that_do(client: Client, cast: Cast) -> None:
    for name in ("planner", "nobody-at-all"):
        statuses = [give_password(client, name, "wrong").status_code for _ in range(6)]
        assert statuses == [200, 200, 200, 200, 429, 429]


def test_a_switched_off_person_with_the_right_password_is_told_nothing(client: Client, cast: Cast) -> None:
    wrong = without_token(give_password(client, "planner", "wrong"), "planner")
    User.objects.filter(pk=cast.planner.pk).update(is_active=False)
    assert without_token(give_password(client, "planner"), "planner") == wrong


@pytest.mark.parametrize("who", ["stranger", "former"])
def test_who_holds_no_post_is_told_so_after_the_right_password_alone(client: Client, cast: Cast, who: str) -> None:
    assert "岗位" not in give_password(client, who, "wrong").content.decode()
    answer = give_password(client, who)
    assert answer.status_code == 200 and "您目前没有岗位" in answer.content.decode()
    assert client.get("/").status_code == 302


# --- addresses --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("peer", "said", "hops", "address"),
    [
        ("203.0.113.9", "", 1, "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", 1, "203.0.113.9"),
        ("10.1.0.5", "1.2.3.4", 1, "1.2.3.4"),
        ("10.1.0.5", "6.6.6.6, 1.2.3.4", 1, "1.2.3.4"),
        ("10.1.0.5", "10.1.0.9", 1, "10.1.0.9"),
        ("10.1.0.5", "6.6.6.6, 10.1.0.9", 1, "10.1.0.9"),
        ("10.1.0.5", "6.6.6.6, 1.2.3.4, 10.1.0.6", 2, "1.2.3.4"),
        ("10.1.0.5", "1.2.3.4", 2, "10.1.0.5"),
        ("10.1.0.5", "", 1, "10.1.0.5"),
        ("10.1.0.5", "unknown", 1, "10.1.0.5"),
        ("10.1.0.5", "<script>", 1, "10.1.0.5"),
        ("10.1.0.5", "[2001:db8::1]", 1, "2001:db8::1"),
        ("::ffff:10.1.0.5", "1.2.3.4", 1, "1.2.3.4"),
        ("", "1.2.3.4", 1, ""),
    ],
)
def test_what_a_browser_says_of_its_address_counts_only_through_our_own_proxies(
    settings: Any, peer: str, said: str, hops: int, address: str
) -> None:
    settings.TRUSTED_PROXIES, settings.PROXY_HOPS = [ip_network("10.1.0.0/24")], hops
    headers = {"X-Forwarded-For": said} if said else {}
    assert client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)) == address


def test_an_ipv6_household_counts_as_one() -> None:
    requests = RequestFactory()
    places = {
        neighbourhood(requests.get("/", REMOTE_ADDR=f"2001:db8:1:2::{tail}")) for tail in ("1", "ffff:1", "9:9:9")
    }
    assert places == {"2001:db8:1:2::"}
    assert neighbourhood(requests.get("/", REMOTE_ADDR="2001:db8:1:3::1")) not in places
    assert neighbourhood(requests.get("/", REMOTE_ADDR="192.0.2.7")) == "192.0.2.7"


@pytest.mark.usefixtures("no_hashing")
def test_forged_headers_give_no_fresh_tries(cast: Cast) -> None:
    statuses = [
        Client()
        .post(LOGIN, {"username": "planner", "password": "wrong"}, headers={"X-Forwarded-For": f"192.0.2.{turn}"})
        .status_code
        for turn in range(7)
    ]
    assert statuses[-2:] == [429, 429]
