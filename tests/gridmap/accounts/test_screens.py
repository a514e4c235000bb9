"""Wall screens: a token shown once, a map to look at, nothing to press, and dark when revoked."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from gridmap.accounts import devices
from gridmap.accounts.models import Device, Post, SignedIn, User
from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Role, Verb
from gridmap.accounts.staff.refusals import StaffRefusedError
from gridmap.territory.models import Grid
from tests.cast import COMMUNITIES, Board, Cast, give_post, person
from tests.gridmap.accounts.conftest import LOGIN, Clock, give_password

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
ENTER, LIST, NEW = "/screens/enter/", "/staff/screens/", "/staff/screens/new/"


def hang(cast: Cast, area: str = "990101001", name: str = "大厅") -> tuple[Device, str]:
    """A screen and its token."""
    return devices.register(name=name, area=area, by=cast.administrator, now=timezone.now())


def entered(token: str) -> Client:
    """A browser that has become the screen."""
    client = Client()
    assert client.post(ENTER, {"token": token})["Location"] == "/"
    return client


# --- the token --------------------------------------------------------------------------------------------------------
def test_a_token_has_256_bits_and_is_kept_as_a_hash(cast: Cast) -> None:
    tokens = {hang(cast)[1] for _ in range(5)}
    assert len(tokens) == 5 and all(len(token) == 43 for token in tokens)
    stored = repr(list(Device.objects.values())) + repr(list(User.objects.filter(device__isnull=False).values()))
    assert not any(token in stored for token in tokens)


def test_a_screen_holds_its_area_through_a_post_of_its_own(cast: Cast) -> None:
    device, _token = hang(cast)
    assert areas_of(device.account, Verb.VIEW) == ["990101001"]
    assert [verb for verb in Verb if areas_of(device.account, verb)] == [Verb.VIEW]
    assert not device.account.has_usable_password()


def test_a_screen_signs_in_with_no_password(client: Client, cast: Cast) -> None:
    device, token = hang(cast)
    for password in ("!", token, "", device.account.password):
        assert give_password(client, device.account.username, password).status_code == 200
    assert not SignedIn.objects.exists()


# --- entering ---------------------------------------------------------------------------------------------------------
def test_the_token_opens_the_map_and_stays_in_a_cookie_that_scripts_cannot_read(cast: Cast, grids: list[Grid]) -> None:
    _device, token = hang(cast)
    client = entered(token)
    cookie = client.cookies["screen"]
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["max-age"] > 300 * 86_400
    page = client.get("/").content.decode()
    assert "大厅" in page
    for link in ("/accounts/logout/", "/jobs/", "/import/", "/people/", "/staff/", "/accounts/password/"):
        assert f'"{link}"' not in page, link
    rows = client.get("/api/v1/grids").json()["rows"]
    assert len(rows) == 8
    assert client.get("/api/v1/regions/990101002001").status_code == 404


def test_the_token_is_never_in_an_address(cast: Cast) -> None:
    _device, token = hang(cast)
    assert Client().get(f"{ENTER}?token={token}").cookies.get("screen") is None
    page = Client().get(ENTER).content.decode()
    assert "js/accounts/enter.js" in page and 'method="post"' in page


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 5000, "\x00" * 20, "令牌", "' OR 1=1 --"])
def test_what_is_no_token_opens_nothing(cast: Cast, token: str) -> None:
    hang(cast)
    client = Client()
    answer = client.post(ENTER, {"token": token})
    assert answer.status_code in {200, 403} and "screen" not in client.cookies
    assert client.get("/").status_code == 302


def test_entering_needs_our_own_form(cast: Cast) -> None:
    _device, token = hang(cast)
    assert Client(enforce_csrf_checks=True).post(ENTER, {"token": token}).status_code == 403


def test_a_person_in_that_browser_is_signed_out_by_it_and_may_sign_in_again(cast: Cast, signed_in: SignIn) -> None:
    _device, token = hang(cast)
    client = signed_in(cast.planner)
    client.post(ENTER, {"token": token})
    assert SignedIn.objects.get().why == "signed_out"
    assert client.get("/plans/").status_code == 404
    give_password(client, "planner")
    assert client.get("/plans/").status_code == 200


# --- looking alone ----------------------------------------------------------------------------------------------------
def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    """Every address of the site, with 1 for what varies."""
    found: list[str] = []
    for one in patterns:
        part = prefix + str(one.pattern)
        found += routes(one.url_patterns, part) if isinstance(one, URLResolver) else [part]
    return [re.sub(r"<[^>]+>|\(\?P<[^)]+\)", "1", one).strip("^$") for one in found]


def test_whatever_it_sends_is_refused(cast: Cast, board: Board) -> None:
    _device, token = hang(cast)
    client = entered(token)
    before = (User.objects.count(), Post.objects.count(), Device.objects.count())
    sent = 0
    for path in routes(get_resolver().url_patterns):
        if path.startswith(("i18n/", "accounts/", "screens/enter/")):
            continue
        for method in ("post", "delete"):
            answer = getattr(client, method)(f"/{path}", headers={"Accept": "application/json"})
            assert answer.status_code == 403, (method, path)
            sent += 1
    assert sent > 100
    assert client.post("/nowhere/at/all").status_code == 403
    assert (User.objects.count(), Post.objects.count(), Device.objects.count()) == before


def test_it_has_no_account_pages(cast: Cast) -> None:
    _device, token = hang(cast)
    client = entered(token)
    for path in ("sessions/", "second-factor/new/", "recovery-codes/", "confirm/"):
        assert client.get(f"/accounts/{path}").status_code == 403, path
    for path in ("login/code/", "second-factor/", "password/"):
        assert client.get(f"/accounts/{path}")["Location"] == LOGIN, path


def test_it_may_speak_another_language(cast: Cast) -> None:
    _device, token = hang(cast)
    client = entered(token)
    assert client.post("/i18n/setlang/", {"language": "en", "next": "/"}).status_code == 302
    assert '<html lang="en"' in client.get("/").content.decode()


# --- dark -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("end", ["revoked", "post ended", "account switched off"])
def test_a_revoked_screen_is_dark_at_once(cast: Cast, grids: list[Grid], end: str) -> None:
    device, token = hang(cast)
    client = entered(token)
    assert client.get("/api/v1/map").status_code == 200
    if end == "revoked":
        devices.revoke(device=device, now=timezone.now())
    elif end == "post ended":
        Post.objects.filter(person=device.account).update(ended_at=timezone.now())
    else:
        User.objects.filter(pk=device.account.pk).update(is_active=False)
    answer = client.get("/")
    assert answer.status_code == 401 and "此大屏已停用" in answer.content.decode()
    assert "大厅" not in answer.content.decode()
    for path in ("/api/v1/map", "/tiles/areas/1/1/1.mvt", "/communities.json"):
        answer = client.get(path, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signed_out"), path


def test_a_revoked_token_opens_nothing_again(cast: Cast) -> None:
    device, token = hang(cast)
    devices.revoke(device=device, now=timezone.now())
    assert Client().post(ENTER, {"token": token}).status_code == 403
    first = Device.objects.get().revoked_at
    devices.revoke(device=device, now=timezone.now() + timedelta(days=1))
    assert Device.objects.get().revoked_at == first


def test_last_seen_is_written_once_a_minute(cast: Cast, clock: Clock) -> None:
    _device, token = hang(cast)
    client, seen = entered(token), []
    for seconds in (0, 10, 45, 10):
        clock.advance(seconds=seconds)
        client.get("/api/v1/map")
        seen.append(Device.objects.get().last_seen_at)
    assert seen[0] == seen[1] == seen[2] != seen[3] is not None


# --- the administrators' page -----------------------------------------------------------------------------------------
@pytest.fixture
def street_administrator(cast: Cast) -> User:
    """Administers the northern street alone."""
    who = person("street-admin", "冯管家")
    give_post(who, Role.ADMINISTRATOR, "990101001")
    return who


def test_an_administrator_makes_a_screen_and_is_shown_its_link_once(
    cast: Cast, board: Board, signed_in: SignIn
) -> None:
    client = signed_in(cast.administrator)
    answer = client.post(NEW, {"name": "治理中心东墙", "area": COMMUNITIES[0]})
    page = answer.content.decode()
    [link] = re.findall(r"http://testserver/screens/enter/#([\w-]{43})", page)
    assert "<svg" in page and "no-store" in answer["Cache-Control"]
    entered(link)
    listing = client.get(LIST).content.decode()
    assert "治理中心东墙" in listing and "一社区" in listing and link not in listing and "使用中" not in listing
    entered(link).get("/")
    assert "使用中" in client.get(LIST).content.decode()


def test_revoking_on_the_page(cast: Cast, signed_in: SignIn) -> None:
    device, token = hang(cast)
    screen, client = entered(token), signed_in(cast.administrator)
    path = f"/staff/screens/{device.pk}/revoke"
    assert client.get(path).status_code == 405
    assert client.post(path)["Location"] == LIST
    assert screen.get("/").status_code == 401
    assert "停用" in client.get(LIST).content.decode()


def test_each_administrator_sees_and_makes_screens_of_their_own_area(
    cast: Cast, board: Board, street_administrator: User, signed_in: SignIn
) -> None:
    hang(cast, "990101001001", "北边大厅")
    southern, _token = hang(cast, "990101002", "南边大厅")
    whole, _token = hang(cast, "990101", "全县大厅")
    client = signed_in(street_administrator)
    page = client.get(LIST).content.decode()
    assert "北边大厅" in page and "南边大厅" not in page and "全县大厅" not in page
    for device in (southern, whole):
        assert client.post(f"/staff/screens/{device.pk}/revoke").status_code == 404
    for area in ("990101002", "990101", "everywhere", "980202"):
        assert client.post(NEW, {"name": "墙", "area": area}).status_code == 400, area
    with pytest.raises(StaffRefusedError, match="area_outside"):
        devices.register(name="墙", area="990101", by=street_administrator, now=timezone.now())
    assert Device.objects.count() == 3


@pytest.mark.parametrize("part", ["planner", "approver", "officer", "worker"])
def test_who_does_not_administer_finds_no_page(cast: Cast, signed_in: SignIn, part: str) -> None:
    device, _token = hang(cast)
    client = signed_in(cast.everyone()[part])
    for path in (LIST, NEW):
        assert client.get(path).status_code == 404
    assert client.post(f"/staff/screens/{device.pk}/revoke").status_code == 404
    assert Client().get(LIST)["Location"] == f"{LOGIN}?next={LIST}"
    assert not Device.objects.exclude(revoked_at=None).exists()


@pytest.mark.parametrize(
    "form", [{"name": "", "area": "990101"}, {"name": "墙" * 81, "area": "990101"}, {"name": "墙", "area": "%"}]
)
def test_a_form_that_says_nothing_is_shown_again(cast: Cast, signed_in: SignIn, form: dict[str, Any]) -> None:
    assert signed_in(cast.administrator).post(NEW, form).status_code == 400
    assert not Device.objects.exists()
