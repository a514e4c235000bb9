"""The life of a session: what ends it, at once and wherever it is shown."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gridmap.accounts import sessions
from gridmap.accounts.models import SignedIn, User
from gridmap.accounts.roles import Role
from gridmap.accounts.sessions import Ended, look
from gridmap.accounts.tasks import forget_old_sessions
from gridmap.accounts.tickets import Ticket, tickets_in, tickets_of
from tests.cast import PASSWORD, Cast, give_post
from tests.gridmap.accounts.conftest import LOGIN, Clock, give_password

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
NEW = "eine ganz andere Lampe 7"


def switched_off(who: User) -> None:
    User.objects.filter(pk=who.pk).update(is_active=False)


def another_password(who: User) -> None:
    held = User.objects.get(pk=who.pk)
    held.set_password(NEW)
    held.save()


ENDS: dict[str, tuple[Callable[[User], Any], Ended, str]] = {
    "switched off": (switched_off, Ended.SWITCHED_OFF, "此账号已停用"),
    "password": (another_password, Ended.PASSWORD, "密码已修改"),
    "post over": (
        lambda who: who.posts.update(ends_on=timezone.localdate() - timedelta(days=1)),
        Ended.NO_POST,
        "您的岗位已结束",
    ),
    "post ended early": (lambda who: who.posts.update(ended_at=timezone.now()), Ended.NO_POST, "您的岗位已结束"),
    "post not begun": (
        lambda who: who.posts.update(starts_on=timezone.localdate() + timedelta(days=1)),
        Ended.NO_POST,
        "您的岗位已结束",
    ),
    "elsewhere": (sessions.end_sessions, Ended.SIGNED_OUT, "已在别处被退出"),
    "no record": (lambda _who: SignedIn.objects.all().delete(), Ended.UNKNOWN, "您的登录已结束"),
}


@pytest.mark.parametrize("end", ENDS)
def test_the_very_next_page_is_the_sign_in_page_with_the_reason(
    cast: Cast, signed_in: SignIn, clock: Clock, end: str
) -> None:
    act, why, sentence = ENDS[end]
    client = signed_in(cast.planner)
    assert client.get("/").status_code == 200
    act(cast.planner)
    answer = client.get("/jobs/?a=1", headers={"Accept": "text/html"})
    assert answer["Location"] == f"{LOGIN}?why={why}&next=/jobs/%3Fa%3D1"
    assert sentence in client.get(answer["Location"]).content.decode()
    assert client.get("/")["Location"] == f"{LOGIN}?next=/"  # it is told once


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/v1/map", {}),
        ("/tiles/areas/1/1/1.mvt", {}),
        ("/communities.json", {"Accept": "application/json"}),
        ("/", {"Sec-Fetch-Dest": "empty"}),
    ],
)
def test_programs_get_401(
    cast: Cast, signed_in: SignIn, clock: Clock, end: str, path: str, headers: dict[str, str]
) -> None:
    client = signed_in(cast.planner)
    ENDS[end][0](cast.planner)
    for _ in range(2):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signed_out")
    assert client.get("/")["Location"] == f"{LOGIN}?why={ENDS[end][1]}&next=/"


def test_a_post_that_ends_tonight_ends_the_session_at_midnight(cast: Cast, signed_in: SignIn, clock: Clock) -> None:
    midnight = timezone.localtime(clock()).replace(hour=23, minute=59, second=59)
    clock.present = midnight - timedelta(hours=1)  # whenever the test runs: a session lasts half a day
    client = signed_in(cast.planner)
    cast.planner.posts.update(ends_on=timezone.localdate(clock()))
    SignedIn.objects.update(began_at=midnight, seen_at=midnight)
    clock.present = midnight
    assert client.get("/").status_code == 200
    clock.advance(seconds=2)
    assert client.get("/")["Location"].startswith(f"{LOGIN}?why=no_post")


def test_another_post_keeps_the_session_and_its_areas_count_at_once(
    cast: Cast, signed_in: SignIn, clock: Clock
) -> None:
    client = signed_in(cast.planner)
    give_post(cast.planner, Role.PLANNER, "980202")
    cast.planner.posts.filter(area="990101").update(ended_at=clock())
    assert client.get("/").status_code == 200
    [standing] = look([Ticket(False, client.session.session_key or "")], at=clock()).values()
    assert standing.areas == ("980202",)


def test_an_hour_without_a_request_ends_it_and_work_keeps_it(cast: Cast, signed_in: SignIn, clock: Clock) -> None:
    client = signed_in(cast.planner)
    for _ in range(4):
        clock.advance(minutes=40)
        assert client.get("/").status_code == 200
    clock.advance(minutes=61)
    assert client.get("/")["Location"].startswith(f"{LOGIN}?why=idle")


def test_however_busy_it_ends_after_twelve_hours(cast: Cast, signed_in: SignIn, clock: Clock) -> None:
    client = signed_in(cast.planner)
    for _ in range(12):
        clock.advance(minutes=59)
        assert client.get("/").status_code == 200
    clock.advance(minutes=30)
    assert client.get("/")["Location"].startswith(f"{LOGIN}?why=too_long")


def test_last_seen_is_written_once_a_minute(
    cast: Cast, signed_in: SignIn, clock: Clock, django_assert_num_queries: Any
) -> None:
    client = signed_in(cast.planner)
    seen = []
    for seconds in (10, 10, 45, 10):
        clock.advance(seconds=seconds)
        client.get("/accounts/sessions/")
        seen.append(SignedIn.objects.get().seen_at)
    assert seen[0] == seen[1] != seen[2] == seen[3]


def test_signing_out_clears_the_browser_and_the_old_cookie_is_dead(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)
    cookie = client.cookies["sessionid"].value
    answer = client.post("/accounts/logout/")
    assert "storage" in answer["Clear-Site-Data"]
    thief = Client()
    thief.cookies["sessionid"] = cookie
    assert thief.get("/").status_code == 302
    assert SignedIn.objects.get().why == Ended.SIGNED_OUT


def test_a_forged_reason_says_nothing(client: Client, cast: Cast) -> None:
    for why in ("<script>", "no_posts", "", "x" * 5000):
        answer = client.get(LOGIN, {"why": why})
        assert answer.status_code == 200 and "note near" not in answer.content.decode()


# --- one's own sessions -----------------------------------------------------------------------------------------------
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


def test_the_list_shows_where_one_is_signed_in(cast: Cast, clock: Clock) -> None:
    here = Client(headers={"User-Agent": CHROME}, REMOTE_ADDR="192.0.2.7")
    there = Client(headers={"User-Agent": "curl/8"}, REMOTE_ADDR="192.0.2.8")
    for browser in (here, there):
        give_password(browser, "planner")
    give_password(Client(REMOTE_ADDR="192.0.2.9"), "planner")
    SignedIn.objects.filter(address="192.0.2.9").update(seen_at=clock() - timedelta(hours=2))
    page = here.get("/accounts/sessions/").content.decode()
    assert "Chrome, Windows" in page and "192.0.2.7" in page and "192.0.2.8" in page and "未知浏览器" in page
    assert "192.0.2.9" not in page  # over by idleness
    assert page.index("192.0.2.7") < page.index("192.0.2.8")
    other = SignedIn.objects.get(address="192.0.2.8")
    here.post(f"/accounts/sessions/{other.pk}/end/")
    assert there.get("/")["Location"].startswith(f"{LOGIN}?why=signed_out")
    assert here.get("/").status_code == 200


def test_nobody_ends_somebody_elses_session(cast: Cast, signed_in: SignIn) -> None:
    victim = signed_in(cast.approver)
    session = SignedIn.objects.get()
    assert signed_in(cast.planner).post(f"/accounts/sessions/{session.pk}/end/").status_code == 404
    assert victim.get("/").status_code == 200


def test_signing_out_everywhere(cast: Cast, signed_in: SignIn) -> None:
    one, other = signed_in(cast.planner), signed_in(cast.planner)
    assert one.get("/accounts/sessions/end/").status_code == 405
    assert one.post("/accounts/sessions/end/")["Location"] == LOGIN
    for browser in (one, other):
        assert browser.get("/").status_code == 302
    assert not SignedIn.objects.open().exists()


# --- one's own password -----------------------------------------------------------------------------------------------
def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(cast: Cast, signed_in: SignIn) -> None:
    here, there = signed_in(cast.planner), signed_in(cast.planner)
    change = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert here.post("/accounts/password/", change)["Location"] == "/accounts/sessions/"
    assert "密码已修改" in here.get("/accounts/sessions/").content.decode()
    assert there.get("/")["Location"].startswith(f"{LOGIN}?why=password")
    assert give_password(Client(), "planner").status_code == 200
    assert give_password(Client(), "planner", NEW).status_code == 302


@pytest.mark.parametrize(
    ("password", "fits"),
    [
        ("short-1", False),
        ("elevenchars", False),
        ("abcdefghij12", True),
        ("password1234", False),
        ("gridmapgridmap1", False),
        ("planner20262026", False),
        ("aaaaaaaaaaaaaaaa", False),
        ("12121212121212", False),
        ("四只石狮子看守着老桥边的灯", True),
        ("correct horse battery staple", True),
        ("ＦＵＬＬ　ＷＩＤＴＨ　ＬＥＴＴＥＲＳ", True),
        ("x7" + "k3 fQ" * 40, True),
        ("k3 fQ9" * 60, False),
        ("qwertyuiop123", False),
    ],
)
def test_passwords_are_long_and_not_near_and_nothing_else_is_asked(
    cast: Cast, signed_in: SignIn, password: str, fits: bool
) -> None:
    change = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    answer = signed_in(cast.planner).post("/accounts/password/", change)
    assert (answer.status_code == 302) is fits, answer.content.decode()[-3000:]
    assert User.objects.get(username="planner").check_password(password) is fits


def test_passwords_may_be_pasted_and_shown(client: Client, cast: Cast, signed_in: SignIn) -> None:
    for page in (client.get(LOGIN), signed_in(cast.planner).get("/accounts/password/")):
        text = page.content.decode()
        assert "onpaste" not in text and "data-show-password" in text
        assert not any("maxlength" in field for field in re.findall(r'<input type="password"[^>]*>', text))
    assert 'autocomplete="current-password"' in client.get(LOGIN).content.decode()


def test_the_old_password_is_not_guessed_in_a_stolen_session(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)
    change = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    statuses = [client.post("/accounts/password/", change).status_code for _ in range(6)]
    assert statuses[-1] == 429
    change["old_password"] = PASSWORD
    assert client.post("/accounts/password/", change).status_code == 429


def test_a_password_that_somebody_else_made_up_is_replaced_first(client: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.planner.pk).update(must_choose_password=True)
    assert give_password(client, "planner", next="/?grid=3")["Location"] == "/accounts/password/"
    assert client.get("/").status_code == 302
    same = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post("/accounts/password/", same).status_code == 200
    chosen = {"new_password1": NEW, "new_password2": NEW}
    assert client.post("/accounts/password/", chosen)["Location"] == "/?grid=3"
    assert client.get("/").status_code == 200
    assert not User.objects.get(username="planner").must_choose_password


# --- tickets ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "header",
    [
        "",
        "sessionid=",
        "sessionid=short",
        "sessionid=\x00" * 20,
        "sessionid=" + "a" * 500,
        "=;=",
        "sessionid=ключ-ключ-ключ",
    ],
)
def test_what_is_no_ticket_is_none(header: str) -> None:
    assert tickets_in(header) == []


def test_a_session_goes_before_a_screen_and_neither_shows_its_key() -> None:
    tickets = tickets_of({"screen": "t" * 43, "sessionid": "s" * 32})
    assert [one.is_screen for one in tickets] == [False, True]
    assert "sss" not in repr(tickets) and "ttt" not in repr(tickets)


def test_sessions_that_ended_long_ago_are_forgotten(cast: Cast, signed_in: SignIn, clock: Clock) -> None:
    signed_in(cast.planner).post("/accounts/logout/")
    signed_in(cast.approver)
    assert forget_old_sessions(0) == 0
    clock.advance(days=179)
    assert forget_old_sessions(0) == 0
    clock.advance(days=2)
    assert forget_old_sessions(0) == 2
