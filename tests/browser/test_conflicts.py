"""Two names that look alike under their masks are told apart, in a real browser."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect
from pytest_django.live_server_helper import LiveServer

from gridmap.population.models import Conflict
from gridmap.territory.models import Grid
from tests.browser.test_console import serious
from tests.cast import Cast
from tests.gridmap.population.people import everywhere, move_everybody_in


def test_both_names_are_shown_for_a_reason_and_one_is_taken_over(
    fresh: Callable[..., BrowserContext], live_server: LiveServer, cast: Cast, grids: list[Grid]
) -> None:
    people = move_everybody_in(grids)
    with everywhere():
        Conflict.objects.create(
            resident=people.mine.first, field="name", held="张桂英", offered="张桂瑛",
            held_source="公安", offered_source="民政",
        )  # fmt: skip
    page = fresh(cast.worker, width=390, height=844).new_page()
    page.goto(live_server.url + "/people/conflicts/")
    expect(page.locator("article.card")).to_have_count(1)
    expect(page.locator("article.card")).not_to_contain_text("张桂英")
    page.locator("details.reveal > summary").click()
    page.locator("select[name=reason]").select_option("verify")
    page.locator("input[name=text]").fill("户口本核对")
    assert serious(page) == []
    page.locator("details.reveal button").click()
    expect(page.locator(".versus .clear")).to_have_text(["张桂英", "张桂瑛"])
    assert serious(page) == []
    page.locator("button[value=take]").click()
    expect(page.locator("article.card")).to_have_count(0)
    with everywhere():
        people.mine.first.refresh_from_db()
        assert people.mine.first.name.reveal() == "张桂瑛"
