"""The pages around the map: who may open them, what they hand over, and what they forbid the browser."""

import json
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from gridmap.accounts.models import User
from gridmap.territory.models import Building, Grid
from tests.cast import Board, Cast, draw_grids

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def island(html: str, key: str) -> object:
    """What a page hands over to its scripts under `key`."""
    found = re.search(rf'<script id="{key}" type="application/json">(.*?)</script>', html, re.S)
    assert found
    return json.loads(found[1])


def test_the_map_asks_strangers_to_sign_in_and_comes_back(client: Client) -> None:
    answer = client.get("/?grid=990101001001001")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/login/?next=/%3Fgrid%3D990101001001001"


def test_nothing_inline_runs_on_any_page(signed_in: SignIn, cast: Cast, client: Client) -> None:
    for browser, path in ((signed_in(cast.planner), "/"), (client, reverse("accounts:login"))):
        answer = browser.get(path)
        policy = answer.headers["Content-Security-Policy"]
        scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
        assert "unsafe" not in scripts
        html = answer.content.decode()
        assert not re.search(r"<script(?![^>]*(src=|application/json))", html)
        assert not re.search(r"\s(style|on\w+)=", html)
        assert "<style" not in html


def test_every_word_of_the_scripts_is_handed_over_translated(signed_in: SignIn, cast: Cast) -> None:
    words = island(signed_in(cast.planner).get("/").content.decode(), "words")
    assert isinstance(words, dict)
    assert words["household_unit"] == "户"
    assert words["grid_label"] == "{number} · {households}户"
    english = signed_in(cast.planner)
    english.post("/i18n/setlang/", {"language": "en", "next": "/"})
    words = island(english.get("/").content.decode(), "words")
    assert isinstance(words, dict) and words["household_unit"] == "hh"


def test_chinese_comes_first_whatever_the_browser_prefers(client: Client, db: None) -> None:
    english = {"Accept-Language": "en-US,en;q=0.9"}
    answer = client.get(reverse("accounts:login"), headers=english)
    assert 'lang="zh-Hans"' in answer.content.decode()
    assert answer.headers["Content-Language"] == "zh-hans"
    assert "Cookie" in answer.headers["Vary"] and "Accept-Language" not in answer.headers["Vary"]
    client.post("/i18n/setlang/", {"language": "en", "next": "/accounts/login/"})
    assert '<html lang="en"' in client.get(reverse("accounts:login")).content.decode()
    client.cookies["django_language"] = "tlh"
    assert 'lang="zh-Hans"' in client.get(reverse("accounts:login"), headers=english).content.decode()


def test_rooms_of_the_top_bar_follow_the_rights(signed_in: SignIn, cast: Cast) -> None:
    planner = signed_in(cast.planner).get("/").content.decode()
    officer = signed_in(cast.officer).get("/").content.decode()
    drawing = reverse("planning:communities")
    assert f'href="{drawing}"' in planner
    assert f'href="{drawing}"' in signed_in(cast.approver).get("/").content.decode()
    assert f'href="{drawing}"' not in officer
    assert 'aria-current="page">地图' in officer


def test_the_menu_names_posts_and_their_places(signed_in: SignIn, board: Board, cast: Cast) -> None:
    assert "一社区 网格 001" in signed_in(cast.worker).get("/").content.decode()
    assert "样例县" in signed_in(cast.planner).get("/").content.decode()


@pytest.mark.parametrize("part", ["stranger", "former"])
def test_who_holds_no_post_is_led_to_the_sign_in_page_with_the_reason(signed_in: SignIn, cast: Cast, part: str) -> None:
    answer = signed_in(cast.everyone()[part]).get("/?grid=990101001001001", follow=True)
    assert answer.redirect_chain == [("/accounts/login/?why=no_post&next=/%3Fgrid%3D990101001001001", 302)]
    assert "您的岗位已结束" in answer.content.decode()


def test_an_empty_map_offers_import_to_who_may(signed_in: SignIn, cast: Cast) -> None:
    assert "generate_district" in signed_in(cast.planner).get("/").content.decode()
    assert "generate_district" not in signed_in(cast.officer).get("/").content.decode()


class TestCommunities:
    """The list beside the map."""

    def rows(self, browser: Client) -> list[dict[str, object]]:
        """Of one person."""
        rows: list[dict[str, object]] = browser.get(reverse("console:communities")).json()["rows"]
        return rows

    def test_figures_are_those_of_the_board(self, signed_in: SignIn, board: Board, cast: Cast) -> None:
        draw_grids(board.communities[0])
        first, *others = self.rows(signed_in(cast.planner))
        assert first["name"] == "一社区" and first["street"] == "北街道"
        assert (first["grids"], first["over"], first["under"]) == (4, 1, 1)
        assert (first["households"], first["residents"], first["buildings"]) == (900, 2700, 8)
        assert first["bbox"] == [119.9, 30.11, 119.91, 30.12]
        assert [row["grids"] for row in others] == [0, 0, 0]
        assert (others[0]["households"], others[0]["residents"], others[0]["buildings"]) == (None, None, 0)

    def test_dwellings_stand_in_and_unknown_is_not_nought(
        self, signed_in: SignIn, grids: list[Grid], cast: Cast
    ) -> None:
        Building.objects.filter(grid=grids[0]).update(households=None, dwellings=200)
        Building.objects.update(residents=None)
        first = self.rows(signed_in(cast.planner))[0]
        assert (first["households"], first["standIns"], first["residents"]) == (1000, 2, None)

    def test_everyone_sees_their_own(self, signed_in: SignIn, grids: list[Grid], cast: Cast) -> None:
        assert len(self.rows(signed_in(cast.planner))) == 4
        assert [row["name"] for row in self.rows(signed_in(cast.officer))] == ["一社区"]
        [worker] = self.rows(signed_in(cast.worker))
        assert (worker["grids"], worker["households"]) == (1, 300)
        asked = signed_in(cast.stranger).get(reverse("console:communities"), headers={"Accept": "application/json"})
        assert (asked.status_code, asked.json()["error"]["code"]) == (401, "signed_out")

    def test_it_is_closed_to_who_is_not_signed_in(self, client: Client) -> None:
        assert client.get(reverse("console:communities")).status_code in (302, 401)

    def test_the_number_of_queries_does_not_grow_with_communities(
        self, signed_in: SignIn, grids: list[Grid], cast: Cast, django_assert_max_num_queries: Callable[..., object]
    ) -> None:
        browser = signed_in(cast.planner)
        with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
            self.rows(browser)
