"""Saved views: whose they are, who may open them, and what the page opens with."""

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from gridmap.accounts.models import User
from gridmap.accounts.roles import Role
from gridmap.console.models import ALPHABET, SavedView, short_key
from gridmap.console.saving import MOST_VIEWS, area_of_views
from gridmap.traces.models import Entry
from tests.cast import Board, Cast, give_post, person
from tests.gridmap.console.test_pages import island

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
VIEWS = "/api/v1/views"
PLACE = "tab=layers&cameras.status=broken#map=17/30.1150000/119.9050000"


@pytest.fixture
def officer_elsewhere(cast: Cast) -> User:
    """Somebody of another community."""
    who = person("elsewhere", "郑社工")
    give_post(who, Role.COMMUNITY_OFFICER, "990101001002")
    return who


def save(browser: Client, **wish: Any) -> dict[str, Any]:
    """A view as the server answers it."""
    answer = browser.post(VIEWS, wish, content_type="application/json")
    assert answer.status_code == 201, answer.content
    kept: dict[str, Any] = answer.json()
    return kept


def names(browser: Client) -> list[str]:
    """Of the list, in its order."""
    return [row["name"] for row in browser.get(VIEWS).json()["rows"]]


def opening(browser: Client, address: str = "/") -> Any:
    """What the page opens with."""
    return island(browser.get(address).content.decode(), "opening-view")


def test_a_view_is_kept_word_for_word(signed_in: SignIn, cast: Cast) -> None:
    kept = save(signed_in(cast.planner), name="坏摄像头", address=PLACE)
    assert kept["address"] == PLACE and kept["mine"] and not kept["shared"] and not kept["first"]
    assert signed_in(cast.planner).get(f"{VIEWS}/{kept['id']}").json() == kept
    assert len(kept["id"]) == 8 and set(kept["id"]) <= set(ALPHABET)


def test_keys_are_not_to_be_guessed() -> None:
    assert len({short_key() for _ in range(500)}) == 500


def test_a_private_view_is_nobody_elses(signed_in: SignIn, cast: Cast) -> None:
    kept = save(signed_in(cast.planner), name="我的", address=PLACE)
    other = signed_in(cast.approver)
    assert other.get(f"{VIEWS}/{kept['id']}").status_code == 404
    assert names(other) == []
    assert opening(other, f"/?view={kept['id']}") == {"missing": True}


@pytest.mark.parametrize(("part", "opens"), [("officer", True), ("worker", True), ("approver", True), ("other", False)])
def test_a_shared_view_opens_for_people_of_the_same_area(
    signed_in: SignIn, board: Board, cast: Cast, officer_elsewhere: User, part: str, opens: bool
) -> None:
    kept = save(signed_in(cast.officer), name="一社区", address=PLACE, shared=True)
    browser = signed_in(officer_elsewhere if part == "other" else cast.everyone()[part])
    assert names(browser) == (["一社区"] if opens else [])
    assert browser.get(f"{VIEWS}/{kept['id']}").status_code == (200 if opens else 404)


@pytest.mark.parametrize("method", ["put", "delete"])
def test_only_the_owner_changes_a_shared_view(signed_in: SignIn, cast: Cast, method: str) -> None:
    kept = save(signed_in(cast.planner), name="大家的", address=PLACE, shared=True)
    answer = getattr(signed_in(cast.approver), method)(
        f"{VIEWS}/{kept['id']}", {"name": "别人的"}, content_type="application/json"
    )
    assert answer.status_code == 404
    assert SavedView.objects.get(pk=kept["id"]).name == "大家的"


def test_renaming_leaves_the_rest(signed_in: SignIn, cast: Cast) -> None:
    browser = signed_in(cast.planner)
    kept = save(browser, name="甲", address=PLACE, shared=True)
    answer = browser.put(f"{VIEWS}/{kept['id']}", {"name": "乙"}, content_type="application/json").json()
    assert (answer["name"], answer["address"], answer["shared"]) == ("乙", PLACE, True)


def test_one_view_is_the_first_and_opens_the_plain_page(signed_in: SignIn, cast: Cast) -> None:
    browser = signed_in(cast.planner)
    one = save(browser, name="甲", address=PLACE, first=True)
    two = save(browser, name="乙", address="tab=communities")
    assert opening(browser)["id"] == one["id"]
    browser.put(f"{VIEWS}/{two['id']}", {"first": True}, content_type="application/json")
    assert opening(browser)["id"] == two["id"]
    assert opening(browser, "/?tab=grids") == {}
    assert [row["first"] for row in browser.get(VIEWS).json()["rows"]] == [True, False]
    browser.delete(f"{VIEWS}/{two['id']}")
    assert opening(browser) == {}


def test_a_link_without_a_name_is_shared_and_stands_in_no_list(signed_in: SignIn, cast: Cast) -> None:
    kept = save(signed_in(cast.planner), address=PLACE)
    assert names(signed_in(cast.planner)) == []
    assert opening(signed_in(cast.officer), f"/?view={kept['id']}")["address"] == PLACE


def test_old_links_give_way_and_names_do_not(signed_in: SignIn, cast: Cast) -> None:
    browser = signed_in(cast.planner)
    oldest = save(browser, address=PLACE)
    rows = [SavedView(owner=cast.planner, name=f"第{number}个") for number in range(MOST_VIEWS - 1)]
    SavedView.objects.bulk_create(rows)
    save(browser, name="新的")
    assert not SavedView.objects.filter(pk=oldest["id"]).exists()
    answer = browser.post(VIEWS, {"name": "再一个"}, content_type="application/json")
    assert answer.status_code == 400 and "name" in answer.json()["error"]["fields"]


@pytest.mark.parametrize(
    ("wish", "field"),
    [({"name": "长" * 81}, "name"), ({"address": "x" * 8001}, "address"), ({"address": "a b<script>"}, "address")],
)
def test_what_cannot_be_kept_is_refused_by_field(
    signed_in: SignIn, cast: Cast, wish: dict[str, str], field: str
) -> None:
    answer = signed_in(cast.planner).post(VIEWS, wish, content_type="application/json")
    assert answer.status_code == 400 and field in answer.json()["error"]["fields"]


def test_saving_and_forgetting_leave_traces(signed_in: SignIn, cast: Cast) -> None:
    browser = signed_in(cast.planner)
    kept = save(browser, name="甲", address=PLACE)
    browser.delete(f"{VIEWS}/{kept['id']}")
    written = Entry.objects.filter(table_name="console_savedview", row_id=kept["id"]).values_list("kind", flat=True)
    assert len(written) == 2


@pytest.mark.parametrize(
    ("areas", "common"),
    [([], ""), ([""], ""), (["990101"], "990101"), (["990101001001", "990101001002"], "990101001"),
     (["990101001001001", "990101001001002"], "990101001001"), (["990101", "110101"], ""), (["99", "990101"], "99")],
)  # fmt: skip
def test_views_are_shared_in_the_narrowest_area_that_holds_all_posts(areas: list[str], common: str) -> None:
    assert area_of_views(areas) == common


@pytest.mark.usefixtures("transactional_db")
def test_two_browsers_that_name_a_first_view_at_once(cast: Cast, signed_in: SignIn) -> None:
    """The one that comes second waits for the first, and its view is the first one's."""
    browsers = [signed_in(cast.planner) for _ in range(2)]

    def save_too() -> None:
        save(browsers[1], name="乙", address=PLACE, first=True)
        connection.close()

    other = Thread(target=save_too)
    with transaction.atomic():
        save(browsers[0], name="甲", address=PLACE, first=True)
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join()
    assert SavedView.objects.get(first=True).name == "乙"
