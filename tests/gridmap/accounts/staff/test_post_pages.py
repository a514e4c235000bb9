"""Pages of posts and organisations: forms, what they refuse, and two administrators at one thing."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from gridmap.accounts.models import Organisation, Post, User
from gridmap.accounts.roles import Role
from gridmap.accounts.staff.organisations import version_of as mark_of_organisation
from gridmap.accounts.staff.posts import version_of
from tests.cast import give_post, person
from tests.gridmap.accounts.staff.conftest import NORTH, SOUTH, Office, in_days, post_form, today

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


# --- posts ------------------------------------------------------------------------------------------------------------
def test_a_post_from_the_form(signed_in: SignIn, office: Office) -> None:
    client = signed_in(office.keeper)
    address = f"/staff/posts/new/?person={office.worker.pk}"
    assert "王网格" in client.get(address).content.decode()
    assert client.post(address, post_form(role="planner", area="北街道")).status_code == 302
    assert office.worker.posts.get(role="planner").area == NORTH
    again = client.post(address, post_form(role="planner", area="北街道"))
    assert again.status_code == 400 and "已担任同一岗位" in again.content.decode()


def test_for_whom_a_post_is_must_be_said(signed_in: SignIn, office: Office) -> None:
    client = signed_in(office.keeper)
    for query in (
        "",
        "?person=",
        "?person=x",
        "?person=999999",
        "?person=99999999999",
        f"?person={office.neighbour.pk}",
    ):
        assert client.get("/staff/posts/new/" + query).status_code == 404
        assert client.post("/staff/posts/new/" + query, post_form()).status_code == 404
    own = f"/staff/posts/new/?person={office.keeper.pk}"
    assert client.get(own).status_code == client.post(own, post_form()).status_code == 403


def deeds(post: Post) -> dict[str, dict[str, str]]:
    seen = version_of(post)
    return {
        "end-on": {"seen": seen, "ends_on": str(in_days(5))},
        "service": {"seen": seen, "duty": "assisting", "organisation": "", "seconded_from": ""},
        "deputy": {"person": "chen", "starts_on": str(today()), "ends_on": str(in_days(2))},
        "special-groups": {"seen": seen, "allowed": "1"},
        "end-now": {"seen": seen},
    }


def test_what_can_be_done_about_a_post(signed_in: SignIn, office: Office, settings: Settings) -> None:
    settings.SPECIAL_GROUPS = True
    client = signed_in(office.keeper)
    for deed in deeds(office.post):
        address = f"/staff/posts/{office.post.pk}/{deed}"
        assert client.get(address).status_code == 405
        answer = client.post(address, deeds(office.post)[deed], follow=True)
        assert answer.status_code == 200 and "toast success" in answer.content.decode(), deed
    post = office.post
    assert (post.ends_on, post.duty, post.special_groups) == (in_days(5), "assisting", True)
    assert post.ended_at is not None and post.deputies.get().ended_at is not None


def test_nothing_can_be_done_by_others_or_about_ones_own(signed_in: SignIn, office: Office) -> None:
    for post, status in ((office.keeper.posts.get(), 403), (office.neighbour.posts.get(), 404)):
        for deed, given in deeds(post).items():
            assert signed_in(office.keeper).post(f"/staff/posts/{post.pk}/{deed}", given).status_code == status
    for deed, given in deeds(office.post).items():
        assert signed_in(office.worker).post(f"/staff/posts/{office.post.pk}/{deed}", given).status_code == 404
    assert signed_in(office.keeper).get(f"/staff/posts/{office.neighbour.posts.get().pk}/").status_code == 404
    assert not Post.objects.filter(ended_at__isnull=False).exists()


@pytest.mark.parametrize("deed", ["end-on", "service", "end-now", "special-groups"])
def test_two_administrators_at_one_post(signed_in: SignIn, office: Office, settings: Settings, deed: str) -> None:
    settings.SPECIAL_GROUPS = True
    stale = deeds(office.post)[deed]
    Post.objects.filter(pk=office.post.pk).update(ends_on=in_days(40))
    for given in (stale, stale | {"seen": ""}, {**stale, "seen": "x" * 400}):
        answer = signed_in(office.keeper).post(f"/staff/posts/{office.post.pk}/{deed}", given, follow=True)
        assert answer.status_code in {200, 400}
        assert "toast success" not in answer.content.decode()
    assert (
        "其间已有人更改"
        in signed_in(office.keeper).post(f"/staff/posts/{office.post.pk}/{deed}", stale, follow=True).content.decode()
    )
    post = office.post
    assert (post.ends_on, post.duty, post.ended_at, post.special_groups) == (in_days(40), "main", None, False)


@pytest.mark.parametrize(("more", "words"), [
    ({"person": "nobody"}, "没有此人"),
    ({"person": "zhao"}, "没有此人"),
    ({"person": "\x00"}, "errorlist"),
    ({"person": "wang"}, "不能代理自己"),
    ({"ends_on": ""}, "errorlist"),
    ({"ends_on": "x"}, "errorlist"),
    ({"starts_on": "2020-01-01"}, "不能从过去开始"),
])  # fmt: skip
def test_a_deputy_that_cannot_be(signed_in: SignIn, office: Office, more: dict[str, str], words: str) -> None:
    given = deeds(office.post)["deputy"] | more
    answer = signed_in(office.keeper).post(f"/staff/posts/{office.post.pk}/deputy", given)
    assert answer.status_code == 400 and words in answer.content.decode()
    assert not office.post.deputies.exists()


def test_a_deputy_is_found_by_name_and_by_what_the_list_suggests(signed_in: SignIn, office: Office) -> None:
    client = signed_in(office.keeper)
    (row,) = client.get("/staff/people.json?q=陈").json()["rows"]
    given = deeds(office.post)["deputy"]
    assert client.post(f"/staff/posts/{office.post.pk}/deputy", given | {"person": row["value"]}).status_code == 302
    assert client.post(f"/staff/posts/{office.post.pk}/deputy", given | {"person": "钱两边"}).status_code == 302
    page = client.get(f"/staff/posts/{office.post.pk}/").content.decode()
    assert "陈组长" in page and "钱两边" in page


def test_a_name_held_twice_needs_the_user_name(signed_in: SignIn, office: Office) -> None:
    give_post(person("chen2", "陈组长"), Role.GRID_WORKER, NORTH)
    given = deeds(office.post)["deputy"] | {"person": "陈组长"}
    assert signed_in(office.keeper).post(f"/staff/posts/{office.post.pk}/deputy", given).status_code == 400


def test_special_groups_are_offered_only_where_they_can_be(
    signed_in: SignIn, office: Office, settings: Settings
) -> None:
    address = f"/staff/posts/{office.post.pk}/"
    settings.SPECIAL_GROUPS = False
    assert "special-groups" not in signed_in(office.keeper).get(address).content.decode()
    answer = signed_in(office.keeper).post(
        address + "special-groups", deeds(office.post)["special-groups"], follow=True
    )
    assert "未启用特殊人群" in answer.content.decode()
    settings.SPECIAL_GROUPS = True
    assert "special-groups" in signed_in(office.keeper).get(address).content.decode()


# --- organisations ----------------------------------------------------------------------------------------------------
def test_organisations_from_the_forms(signed_in: SignIn, office: Office) -> None:
    client = signed_in(office.keeper)
    given = {"name": "综治办", "kind": "centre", "area": "北街道", "parent": str(office.street.pk)}
    assert client.post("/staff/organisations/new/", given).status_code == 302
    made = Organisation.objects.get(name="综治办")
    address = f"/staff/organisations/{made.pk}/"
    moved = given | {"name": "综治中心", "parent": "", "seen": mark_of_organisation(made)}
    assert client.post(address, moved).status_code == 302
    stale = client.post(address, moved)
    assert stale.status_code == 400 and "其间已有人更改" in stale.content.decode()
    assert "综治中心" in client.get("/staff/organisations/").content.decode()


@pytest.mark.parametrize("more", [
    {"name": ""}, {"kind": "x"}, {"area": SOUTH}, {"area": "火星"}, {"parent": "999999"}, {"parent": "x"},
])  # fmt: skip
def test_organisations_that_cannot_be(signed_in: SignIn, office: Office, more: dict[str, str]) -> None:
    given = {"name": "综治办", "kind": "centre", "area": NORTH, "parent": ""} | more
    assert signed_in(office.keeper).post("/staff/organisations/new/", given).status_code == 400
    assert not Organisation.objects.filter(name="综治办").exists()


def test_no_circle_from_the_form(signed_in: SignIn, office: Office) -> None:
    given = {
        "name": office.street.name, "kind": "street", "area": NORTH, "parent": str(office.community.pk),
        "seen": mark_of_organisation(office.street),
    }  # fmt: skip
    answer = signed_in(office.keeper).post(f"/staff/organisations/{office.street.pk}/", given)
    assert answer.status_code == 400 and "不能成为自己的下级" in answer.content.decode()


def test_organisations_above_and_beside(signed_in: SignIn, office: Office) -> None:
    client = signed_in(office.keeper)
    assert "由其管理员更改" in client.get(f"/staff/organisations/{office.county.pk}/").content.decode()
    assert client.post(f"/staff/organisations/{office.county.pk}/", {"name": "x"}).status_code == 403
    assert client.get(f"/staff/organisations/{office.other_street.pk}/").status_code == 404
    assert client.post(f"/staff/organisations/{office.other_street.pk}/", {"name": "x"}).status_code == 404
    assert client.get("/staff/organisations/new/?below=x").status_code == 200
