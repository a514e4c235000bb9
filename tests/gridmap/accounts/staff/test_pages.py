"""The administrators' pages: who comes in, the list, one person, and what is done to an account."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gridmap.accounts.models import Post, SecondFactor, SignedIn, User
from gridmap.accounts.roles import Role
from tests.cast import Cast, give_post, person
from tests.gridmap.accounts.staff.conftest import FIRST, NORTH, SOUTH, Office, in_days, post_form

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

PAGES = [
    "/staff/",
    "/staff/people/new/",
    "/staff/organisations/",
    "/staff/organisations/new/",
    "/staff/access/",
    "/staff/import/",
    "/staff/places.json",
    "/staff/people.json",
]


def code_in(page: str) -> str:
    found = re.search(r"data-code>([^<]+)<", page)
    return found[1] if found else ""


# --- who comes in -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", PAGES)
def test_the_room_is_open_to_administrators_and_not_there_for_others(
    signed_in: SignIn, office: Office, cast: Cast, address: str
) -> None:
    for who in (office.chief, office.keeper):
        answer = signed_in(who).get(address)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
    for who in (office.worker, cast.planner):
        assert signed_in(who).get(address).status_code == 404
    assert Client().get(address).status_code in {302, 401}


def test_the_top_bar_shows_the_room_to_administrators_alone(signed_in: SignIn, office: Office) -> None:
    assert 'href="/staff/"' in signed_in(office.keeper).get("/jobs/").content.decode()
    assert 'href="/staff/"' not in signed_in(office.worker).get("/jobs/").content.decode()


POSTS_ONLY = ["name", "switch", "password", "second-factor", "sessions"]


def test_an_empty_form_says_what_is_missing(signed_in: SignIn, office: Office) -> None:
    for address in ("/staff/people/new/", "/staff/organisations/new/", f"/staff/posts/new/?person={office.worker.pk}"):
        answer = signed_in(office.keeper).post(address, {})
        assert answer.status_code == 400 and "errorlist" in answer.content.decode()


@pytest.mark.parametrize("deed", POSTS_ONLY)
def test_what_is_done_to_an_account_is_asked_with_post(signed_in: SignIn, office: Office, deed: str) -> None:
    address = f"/staff/people/{office.worker.pk}/{deed}"
    assert signed_in(office.keeper).get(address).status_code == 405
    assert signed_in(office.worker).post(address).status_code == 404
    assert (
        signed_in(office.keeper).post(f"/staff/people/{office.neighbour.pk}/{deed}", {"name": "x"}).status_code == 404
    )
    assert signed_in(office.keeper).post(f"/staff/people/{office.both.pk}/{deed}", {"name": "x"}).status_code == 403
    assert signed_in(office.keeper).post(f"/staff/people/{office.keeper.pk}/{deed}", {"name": "x"}).status_code == 403
    assert signed_in(office.keeper).post("/staff/people/99999999999999999999/" + deed).status_code == 404


def test_forms_come_from_our_own_pages(office: Office) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(office.keeper, backend="django.contrib.auth.backends.ModelBackend")
    SignedIn.objects.update(second_factor_at=timezone.now())
    assert strict.post(f"/staff/people/{office.worker.pk}/switch", {"on": "0"}).status_code == 403
    assert User.objects.get(pk=office.worker.pk).is_active


# --- the list ---------------------------------------------------------------------------------------------------------
def listed(client: Client, query: str = "") -> set[str]:
    page = client.get("/staff/" + query).content.decode()
    return set(re.findall(r'<span class="code muted">([a-z]+)</span>', page))


def test_the_list_shows_ones_own_people(signed_in: SignIn, office: Office) -> None:
    assert listed(signed_in(office.keeper)) == {"keeper", "wang", "chen", "qian", "officer", "worker"}
    assert "zhao" in listed(signed_in(office.chief))


def test_the_list_is_narrowed(signed_in: SignIn, office: Office) -> None:
    client = signed_in(office.keeper)
    Post.objects.filter(pk=office.post.pk).update(organisation=office.community)
    assert listed(client, "?q=王") == {"wang"}
    assert listed(client, "?q=QIAN") == {"qian"}
    assert listed(client, "?q=居委会") == {"wang"}
    assert listed(client, f"?organisation={office.community.pk}") == {"wang"}
    assert listed(client, "?role=grid_leader") == {"chen"}
    assert listed(client, f"?area={FIRST}") == {"wang", "officer", "worker"}
    assert listed(client, f"?area=一社区 · {FIRST}&role=grid_worker") == {"wang", "worker"}
    assert listed(client, "?state=serving") == listed(client)
    assert listed(client, "?q=nobody") == set()


def test_states_of_the_list(signed_in: SignIn, office: Office) -> None:
    client = signed_in(office.keeper)
    office.worker.posts.update(ends_on=in_days(-1))
    User.objects.filter(pk=office.colleague.pk).update(is_active=False)
    office.both.posts.update(starts_on=in_days(3))
    assert listed(client, "?state=former") == {"wang"}
    assert listed(client, "?state=off") == {"chen"}
    assert listed(client, "?state=coming") == {"qian"}
    assert listed(client, "?state=serving") == {"keeper", "officer", "worker"}


@pytest.mark.parametrize("query", [
    "?q=%00", "?organisation=x", "?organisation=99999999999999", "?role=king", "?area=%00", "?area=火星", "?state=x",
    "?page=x", "?page=999", "?q=" + "x" * 5000, "?area=990101001001001001001",
])  # fmt: skip
def test_nonsense_narrows_nothing_and_breaks_nothing(signed_in: SignIn, office: Office, query: str) -> None:
    assert signed_in(office.keeper).get("/staff/" + query).status_code == 200


def test_filtering_by_a_post_elsewhere_tells_nothing(signed_in: SignIn, office: Office) -> None:
    assert listed(signed_in(office.keeper), f"?area={SOUTH}") == set()
    page = signed_in(office.keeper).get(f"/staff/people/{office.both.pk}/").content.decode()
    assert SOUTH not in page and "南街道" not in page


def test_the_list_asks_no_more_for_more_people(signed_in: SignIn, office: Office) -> None:
    client = signed_in(office.keeper)
    client.get("/staff/")
    with CaptureQueriesContext(connection) as few:
        client.get("/staff/")
    for number in range(30):
        give_post(person(f"many{number}", f"众{number}"), Role.GRID_WORKER, FIRST)
    with CaptureQueriesContext(connection) as many:
        client.get("/staff/")
    assert len(many) <= len(few) + 1


def test_the_list_has_pages(signed_in: SignIn, office: Office) -> None:
    for number in range(60):
        give_post(person(f"many{number}", f"众{number}"), Role.GRID_WORKER, FIRST)
    client = signed_in(office.keeper)
    assert "1 / 2" in client.get("/staff/?role=grid_worker").content.decode()
    assert "role=grid_worker&amp;page=1" in client.get("/staff/?role=grid_worker&page=2").content.decode()


# --- a person ---------------------------------------------------------------------------------------------------------
def test_a_persons_page(signed_in: SignIn, office: Office) -> None:
    give_post(office.worker, Role.PLANNER, NORTH, ends_on=in_days(-5))
    Post.objects.create(person=office.worker, role=Role.BUILDING_LEADER, area=FIRST, starts_on=in_days(5))
    page = signed_in(office.keeper).get(f"/staff/people/{office.worker.pk}/").content.decode()
    for words in ("王网格", "网格员", "规划员", "楼栋长", "在岗", "将来", "过去", "一社区"):
        assert words in page
    assert page.index("在岗") < page.index("将来") < page.index("过去")
    assert signed_in(office.keeper).get(f"/staff/people/{office.neighbour.pk}/").status_code == 404
    assert signed_in(office.keeper).get("/staff/people/999999/").status_code == 404


def test_ones_own_page_offers_nothing(signed_in: SignIn, office: Office) -> None:
    page = signed_in(office.keeper).get(f"/staff/people/{office.keeper.pk}/").content.decode()
    assert "这是您本人" in page and "/switch" not in page and "posts/new" not in page


def test_a_person_with_posts_elsewhere_says_so(signed_in: SignIn, office: Office) -> None:
    page = signed_in(office.keeper).get(f"/staff/people/{office.both.pk}/").content.decode()
    assert "另有 1 个岗位在您的辖区之外" in page and f"{office.both.pk}/password" not in page


def test_a_new_person_from_the_form(signed_in: SignIn, office: Office) -> None:
    client = signed_in(office.keeper)
    given = post_form(name="孙新人", username="sun", organisation=str(office.community.pk))
    answer = client.post("/staff/people/new/", given)
    code = code_in(answer.content.decode())
    assert answer.status_code == 200 and code and "no-store" in answer.headers["Cache-Control"]
    found = User.objects.get(username="sun")
    assert found.check_password(code) and found.posts.get().organisation == office.community
    assert code not in client.get(f"/staff/people/{found.pk}/").content.decode()


@pytest.mark.parametrize(("more", "words"), [
    ({"name": ""}, "field"),
    ({"username": "li si"}, "只能使用"),
    ({"username": "wang"}, "已被使用"),
    ({"role": "king"}, "errorlist"),
    ({"role": "wall_screen"}, "errorlist"),
    ({"area": ""}, "errorlist"),
    ({"area": "全部"}, "不在您的管理范围"),
    ({"area": SOUTH}, "不在您的管理范围"),
    ({"area": "南街道 · " + SOUTH}, "不在您的管理范围"),
    ({"area": "火星"}, "没有此名称"),
    ({"area": "\x00"}, "errorlist"),
    ({"network": "x"}, "errorlist"),
    ({"duty": "x"}, "errorlist"),
    ({"organisation": "999999"}, "errorlist"),
    ({"organisation": "x"}, "errorlist"),
    ({"starts_on": "gestern"}, "errorlist"),
    ({"starts_on": "2020-01-01"}, "不能从过去开始"),
    ({"ends_on": "2020-01-01"}, "截止日早于"),
])  # fmt: skip
def test_forged_values_end_beside_their_field(
    signed_in: SignIn, office: Office, more: dict[str, str], words: str
) -> None:
    given = post_form(name="孙新人", username="sun") | more
    answer = signed_in(office.keeper).post("/staff/people/new/", given)
    assert answer.status_code == 400 and words in answer.content.decode()
    assert not User.objects.filter(username="sun").exists()


def test_an_organisation_of_another_street_cannot_be_forged(signed_in: SignIn, office: Office) -> None:
    given = post_form(name="孙新人", username="sun", organisation=str(office.other_street.pk))
    assert signed_in(office.keeper).post("/staff/people/new/", given).status_code == 400


def test_a_code_is_shown_in_the_answer_alone(signed_in: SignIn, office: Office) -> None:
    client = signed_in(office.keeper)
    answer = client.post(f"/staff/people/{office.worker.pk}/password")
    code = code_in(answer.content.decode())
    assert User.objects.get(pk=office.worker.pk).check_password(code)
    assert code not in client.get(f"/staff/people/{office.worker.pk}/").content.decode()
    assert "一次性密码尚未使用" in client.get(f"/staff/people/{office.worker.pk}/").content.decode()


def test_switching_off_and_on(signed_in: SignIn, office: Office) -> None:
    client, theirs = signed_in(office.keeper), signed_in(office.worker)
    assert theirs.get("/jobs/").status_code == 200
    client.post(f"/staff/people/{office.worker.pk}/switch", {"on": "0"})
    assert theirs.get("/jobs/").status_code == 401
    answer = client.post(f"/staff/people/{office.worker.pk}/password", follow=True)
    assert "账号已停用" in answer.content.decode()
    client.post(f"/staff/people/{office.worker.pk}/switch", {"on": "1"})
    assert User.objects.get(pk=office.worker.pk).is_active


def test_sessions_and_second_factor(signed_in: SignIn, office: Office) -> None:
    client, theirs = signed_in(office.keeper), signed_in(office.worker)
    client.post(f"/staff/people/{office.worker.pk}/sessions")
    assert theirs.get("/jobs/").status_code == 401
    factor = SecondFactor(person=office.worker, created_at=timezone.now(), confirmed_at=timezone.now())
    factor.secret = "x"
    factor.save()
    assert "second-factor" in client.get(f"/staff/people/{office.worker.pk}/").content.decode()
    client.post(f"/staff/people/{office.worker.pk}/second-factor")
    assert not SecondFactor.objects.exists()


def test_a_name_is_changed(signed_in: SignIn, office: Office) -> None:
    client = signed_in(office.keeper)
    assert client.post(f"/staff/people/{office.worker.pk}/name", {"name": "王更名"}).status_code == 302
    assert User.objects.get(pk=office.worker.pk).name == "王更名"
    assert client.post(f"/staff/people/{office.worker.pk}/name", {"name": ""}).status_code == 400


def test_markup_in_a_name_stays_text(signed_in: SignIn, office: Office) -> None:
    User.objects.filter(pk=office.worker.pk).update(name="<b>王</b>")
    for address in ("/staff/", f"/staff/people/{office.worker.pk}/", f"/staff/access/?place={FIRST}"):
        assert "<b>王</b>" not in signed_in(office.keeper).get(address).content.decode()
