"""Tiles before Django: the same bytes for the same people, and nothing without a pass of the very session."""

import gzip
import itertools
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http.cookies import SimpleCookie
from threading import Event, Semaphore
from time import monotonic, sleep
from typing import Any

import pytest
from django.contrib.gis.geos import LineString
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from gridmap.accounts import sessions
from gridmap.accounts.devices import register, revoke
from gridmap.accounts.models import User
from gridmap.accounts.sessions import end_sessions
from gridmap.accounts.tickets import Ticket
from gridmap.territory.models import Grid, GroundFeature, Region
from layers import lines, thin, tilecache, tiles
from layers.cuts.cut import Address
from tests.cast import COMMUNITIES, SIDE, SOURCE, Board, Cast, centre_of, corner_of
from tests.layers.places import address_of, decode, revision_for, tile_url

SignIn = Callable[[User], Client]


class Site:
    """Stands for Django: counts what is left to it."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        self.asked += 1
        start_response("200 OK", [])
        return [b"the site"]


def fetch(url: str, cookies: dict[str, str], site: Site, **environ: str) -> tuple[str, dict[str, str], bytes]:
    path, _mark, query = url.partition("?")
    told: list[Any] = []
    request = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "HTTP_ACCEPT_ENCODING": "gzip, br",
        **environ,
    }
    body = b"".join(thin.TilesFirst(site)(request, lambda status, headers: told.extend([status, dict(headers)])))
    return told[0], told[1], body


@pytest.fixture(autouse=True)
def _nobody_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    thin._looks.clear()
    monkeypatch.setattr(thin, "_latest", thin.Latest(lambda: lines.ask(thin.REVISIONS) or ""))


@pytest.fixture
def url(grids: list[Grid], cast: Cast) -> str:
    return tile_url("areas", centre_of(COMMUNITIES[0]), 14, revision_for(cast.officer, "areas"))


@pytest.fixture
def officer(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast.officer)


def cookies_after(client: Client, url: str) -> dict[str, str]:
    response = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert response.status_code in {200, 204}
    jar: SimpleCookie = client.cookies
    return {name: morsel.value for name, morsel in jar.items()}


def test_the_second_request_does_not_reach_the_site(officer: Client, url: str) -> None:
    cookies, site = cookies_after(officer, url), Site()
    status, headers, body = fetch(url, cookies, site)
    by_site = officer.get(url, headers={"Accept-Encoding": "gzip"})
    assert site.asked == 0
    assert status == "200 OK"
    assert body == by_site.content
    for name in ("Content-Type", "Content-Encoding", "Cache-Control"):
        assert headers[name] == by_site[name]


def test_an_empty_tile_is_empty_here_too(officer: Client, cast: Cast, url: str) -> None:
    empty = "/tiles/areas/14/5/5.mvt?v=" + revision_for(cast.officer, "areas")
    cookies, site = cookies_after(officer, empty), Site()
    status, headers, body = fetch(empty, cookies, site)
    assert (status, body, site.asked) == ("204 No Content", b"", 0)
    assert "Content-Encoding" not in headers


def test_the_pass_stays_with_tiles_and_out_of_scripts(officer: Client, url: str) -> None:
    cookies_after(officer, url)
    morsel = officer.cookies[thin.COOKIE]
    assert (morsel["path"], morsel["httponly"], morsel["max-age"]) == ("/tiles/", True, thin.PASS_S)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _cookies: {},
        lambda cookies: {"sessionid": cookies["sessionid"]},
        lambda cookies: {"tiles": cookies["tiles"]},
        lambda cookies: cookies | {"sessionid": "another"},
        lambda cookies: cookies | {"tiles": cookies["tiles"][:-1] + "x"},
        lambda cookies: cookies | {"tiles": ""},
        lambda cookies: cookies | {"tiles": signing.dumps({"session": "", "areas": [""]}, salt="another")},
    ],
)
def test_without_its_pass_a_tile_is_left_to_the_site(
    officer: Client, url: str, spoil: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    cookies, site = cookies_after(officer, url), Site()
    assert fetch(url, spoil(cookies), site)[2] == b"the site"


def test_a_pass_ends(officer: Client, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cookies, site = cookies_after(officer, url), Site()
    monkeypatch.setattr(thin, "PASS_S", -1)
    assert fetch(url, cookies, site)[2] == b"the site"


def test_a_pass_opens_the_tiles_of_its_own_areas_alone(
    officer: Client, cast: Cast, signed_in: SignIn, url: str
) -> None:
    wider = tile_url("areas", centre_of(COMMUNITIES[0]), 14, revision_for(cast.planner, "areas"))
    cookies_after(signed_in(cast.planner), wider)
    cookies, site = cookies_after(officer, url), Site()
    assert fetch(wider, cookies, site)[2] == b"the site"


def test_a_changed_layer_is_left_to_the_site(officer: Client, url: str) -> None:
    cookies, site = cookies_after(officer, url), Site()
    Grid.objects.filter(code=f"{COMMUNITIES[0]}001").update(name="甲")
    assert fetch(url, cookies, site)[2] == b"the site"


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/areas/../../../../etc/passwd",
        "/tiles/../areas/1/1/1.mvt",
        "/tiles/areas/1/1/1/1.mvt",
        "/tiles/areas/1/1/x.mvt",
        "/tiles/areas/1/1/٣.mvt",
        "/tiles/",
        "/tiles/nonsense/1/1/1.mvt",
    ],
)
def test_forged_addresses_are_left_to_the_site(officer: Client, url: str, path: str) -> None:
    cookies, site = cookies_after(officer, url), Site()
    query = url.partition("?")[2]
    for asked in (query, "v=..", "v=", "v=%00", "v=" + "x" * 5000):
        assert fetch(f"{path}?{asked}", cookies, site)[2] == b"the site"


def test_what_is_not_a_tile_or_cannot_unpack_is_left_to_the_site(officer: Client, url: str) -> None:
    cookies, site = cookies_after(officer, url), Site()
    assert fetch(url, cookies, site, REQUEST_METHOD="POST")[2] == b"the site"
    assert fetch(url, cookies, site, HTTP_ACCEPT_ENCODING="")[2] == b"the site"
    assert fetch("/jobs/", cookies, site)[2] == b"the site"
    assert site.asked == 3


# --- drawn here -------------------------------------------------------------------------------------------------------
def test_a_tile_that_nobody_has_drawn_is_drawn_without_the_site(officer: Client, cast: Cast, url: str) -> None:
    cookies, site = cookies_after(officer, url), Site()
    for z in (15, 16):
        fresh = tile_url("areas", centre_of(COMMUNITIES[0]), z, revision_for(cast.officer, "areas"))
        status, headers, body = fetch(fresh, cookies, site)
        by_site = officer.get(fresh, headers={"Accept-Encoding": "gzip"})
        assert (status, site.asked, body) == ("200 OK", 0, by_site.content)
        assert headers["ETag"] == by_site["ETag"] and headers["Content-Length"] == str(len(body))


def test_what_was_drawn_here_is_kept(officer: Client, cast: Cast, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cookies, fresh = cookies_after(officer, url), url.replace("/14/", "/15/")
    first = fetch(fresh, cookies, Site())
    monkeypatch.setattr(tiles, "draw", lambda *_: pytest.fail("drawn again"))
    assert fetch(fresh, cookies, Site()) == first


def test_a_tile_that_the_browser_has_is_not_sent_again(officer: Client, cast: Cast, url: str) -> None:
    cookies, site = cookies_after(officer, url), Site()
    mark = f'"{revision_for(cast.officer, "areas")}"'
    status, headers, body = fetch(url, cookies, site, HTTP_IF_NONE_MATCH=mark)
    assert (status, body, site.asked, headers["ETag"]) == ("304 Not Modified", b"", 0, mark)
    assert fetch(url, cookies, site, HTTP_IF_NONE_MATCH='"another"')[0] == "200 OK"
    Grid.objects.filter(code=f"{COMMUNITIES[0]}001").update(name="乙")
    sleep(thin.GOOD_S)
    assert fetch(url, cookies, site, HTTP_IF_NONE_MATCH=mark)[2] == b"the site"


def test_credentials_of_another_kind_are_for_the_site(officer: Client, url: str) -> None:
    cookies, site = cookies_after(officer, url), Site()
    assert fetch(url, cookies, site, HTTP_AUTHORIZATION="Bearer gm_x")[2] == b"the site"


def test_a_tile_that_takes_too_long_is_503_and_not_kept(
    officer: Client, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_slow(*_: object) -> bytes:
        raise OperationalError("canceling statement due to statement timeout")

    cookies, fresh = cookies_after(officer, url), url.replace("/14/", "/16/")
    with monkeypatch.context() as patched:
        patched.setattr(tiles, "draw", too_slow)
        status, headers, body = fetch(fresh, cookies, Site())
    assert status.startswith("503") and headers["Cache-Control"] == "no-store"
    assert json.loads(body)["error"]["code"] == "busy"
    assert fetch(fresh, cookies, Site())[0] in {"200 OK", "204 No Content"}


# --- the revision, for many at once -----------------------------------------------------------------------------------
def test_a_look_that_began_before_the_request_does_not_count() -> None:
    """Whoever comes while somebody looks waits for a look of their own, and all who wait share one."""
    looking, go_on = Event(), Semaphore(0)
    told: list[int] = []

    def read() -> str:
        told.append(len(told) + 1)
        looking.set()
        go_on.acquire(timeout=10)
        return str(told[-1])

    latest = thin.Latest(read)
    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(latest)
        assert looking.wait(10)
        later = [threads.submit(latest) for _ in range(5)]
        sleep(0.1)
        for _ in range(10):
            go_on.release()
        assert first.result(10) == "1"
        assert {one.result(10) for one in later} == {"2"}
    assert told == [1, 2]


def test_a_look_that_fails_is_nobody_elses() -> None:
    answers: list[str | Exception] = [OperationalError("gone"), "7"]

    def read() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    latest = thin.Latest(read)
    with pytest.raises(OperationalError):
        latest()
    assert latest() == "7"


def test_a_look_is_shared_while_it_is_good() -> None:
    now, told = [100.0], itertools.count(1)
    latest = thin.Latest(lambda: str(next(told)), lambda: now[0])
    assert [latest(0.01), latest(0.01)] == ["1", "1"]
    now[0] += 0.009
    assert latest(0.01) == "1"
    now[0] += 0.002
    assert latest(0.01) == "2"
    assert [latest(), latest(0.01)] == ["3", "3"]


def test_the_time_of_a_look_is_that_of_its_beginning() -> None:
    now = [0.0]

    def read() -> str:
        now[0] += 0.5
        return str(now[0])

    latest = thin.Latest(read, lambda: now[0])
    assert latest(0.01) == "0.5"
    assert latest(0.01) == "1.0"


def test_a_revision_that_has_just_begun_is_known_at_once(officer: Client, cast: Cast, url: str) -> None:
    """The page hears of it by the stream and asks within the time for which the one before still counts."""
    cookies, site = cookies_after(officer, url), Site()
    assert fetch(url, cookies, site)[0] == "200 OK"
    for turn in range(3):
        Region.objects.filter(code=COMMUNITIES[0]).update(name=f"乙{turn}社区")
        fresh = tile_url("areas", centre_of(COMMUNITIES[0]), 14, revision_for(cast.officer, "areas"))
        status, _headers, body = fetch(fresh, cookies, site)
        assert (status, site.asked) == ("200 OK", 0)
        assert f"乙{turn}社区".encode() in gzip.decompress(body)


@pytest.mark.django_db(transaction=True)
def test_no_stale_tile_goes_out_while_others_write_and_read(board: Board) -> None:
    """A writer renames a road again and again; readers ask as pages do: at an address they heard of they never see what
    was before, and an address opens nothing that was over GOOD_S before they began."""
    z, x, y = address_of(centre_of(COMMUNITIES[0]), 15)
    west, south = corner_of(COMMUNITIES[0])
    line = LineString((west, south), (west + SIDE, south + SIDE), srid=4326)
    road = GroundFeature.objects.create(source=SOURCE, source_ref="r", kind="road_arterial", name="0", geom=line)
    committed, ended, stale = [(0.0, 0)], Event(), list[tuple[int, int]]()

    def read() -> int:
        count = 0
        try:
            while not ended.is_set():
                good_s = thin.GOOD_S * (count % 2)
                before = [number for at, number in committed if at <= monotonic() - good_s][-1]
                revision = thin._revisions(thin._latest(good_s), ("",))["ground"]
                path = f"ground/{revision}/{z}/{x}/{y}"
                data = tilecache.read(path)
                if data is None:
                    data = tilecache.compress(tiles.draw("ground", Address(z, x, y), [""], lines.ask))
                    tilecache.write(path, data)
                [feature] = decode(data)["road"]["features"]
                if int(feature["properties"]["n"]) < before:
                    stale.append((before, int(feature["properties"]["n"])))
                count += 1
        finally:
            lines.close()
            connection.close()
        return count

    with ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(read) for _ in range(4)]
        try:
            for number in range(1, 61):
                GroundFeature.objects.filter(pk=road.pk).update(name=str(number))
                committed.append((monotonic(), number))
        finally:
            ended.set()
        assert sum(reader.result(60) for reader in readers) > 20
    assert stale == []


# --- rights that end --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("end", ["post ended", "other area", "switched off", "signed out", "password", "session store"])
def test_a_right_that_ends_ends_its_pass_within_a_second(
    officer: Client, cast: Cast, url: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookies, site, now = cookies_after(officer, url), Site(), [1000.0]
    monkeypatch.setattr(thin, "monotonic", lambda: now[0])
    assert fetch(url, cookies, site)[0] == "200 OK" and site.asked == 0
    ends: dict[str, Callable[[], Any]] = {
        "post ended": lambda: cast.officer.posts.update(ended_at=timezone.now()),
        "other area": lambda: cast.officer.posts.update(area="990101002"),
        "switched off": lambda: User.objects.filter(pk=cast.officer.pk).update(is_active=False),
        "signed out": lambda: end_sessions(cast.officer),
        "password": lambda: User.objects.filter(pk=cast.officer.pk).update(password="!"),
        "session store": lambda: Session.objects.all().delete(),
    }
    ends[end]()
    now[0] += 0.9
    assert fetch(url, cookies, site)[2] != b"the site"
    now[0] += 0.2
    assert fetch(url, cookies, site)[2] == b"the site"


def test_a_burst_of_tiles_looks_once(officer: Client, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cookies, looks = cookies_after(officer, url), []

    def counted(tickets: Iterable[Ticket], *, at: datetime) -> dict[Ticket, sessions.Standing]:
        looks.append(at)
        return sessions.look(tickets, at=at)

    monkeypatch.setattr(thin, "look", counted)
    for _ in range(20):
        assert fetch(url, cookies, Site())[0] == "200 OK"
    assert len(looks) == 1


def test_a_screen_has_a_pass_of_its_own(cast: Cast, url: str) -> None:
    device, token = register(name="大厅", area=COMMUNITIES[0], by=cast.administrator, now=timezone.now())
    screen = Client()
    screen.post("/screens/enter/", {"token": token})
    cookies, site = cookies_after(screen, url), Site()
    assert fetch(url, cookies, site)[0] == "200 OK" and site.asked == 0
    assert fetch(url, cookies | {"screen": token[:-2] + "xx"}, site)[2] == b"the site"
    revoke(device=device, now=timezone.now())
    thin._looks.clear()
    assert fetch(url, cookies, site)[2] == b"the site"
