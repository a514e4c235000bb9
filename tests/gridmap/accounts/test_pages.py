"""Signing in and out, and the door that locks."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def test_the_right_password_opens_the_map(client: Client, cast: Cast) -> None:
    answer = client.post(LOGIN, {"username": "planner", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/").status_code == 200


def test_one_goes_on_where_one_wanted_to_go_but_never_to_another_site(client: Client, cast: Cast) -> None:
    answer = client.post(LOGIN, {"username": "planner", "password": PASSWORD, "next": "/?grid=990101001001001"})
    assert answer.headers["Location"] == "/?grid=990101001001001"
    client.post(reverse("accounts:logout"))
    answer = client.post(LOGIN, {"username": "planner", "password": PASSWORD, "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_says_so_and_not_which_part_was_wrong(client: Client, cast: Cast) -> None:
    known = client.post(LOGIN, {"username": "planner", "password": "wrong"}).content.decode()
    unknown = client.post(LOGIN, {"username": "nobody", "password": "wrong"}).content.decode()
    assert 'role="alert"' in known and 'role="alert"' in unknown
    assert known.count("note act") == unknown.count("note act") == 1


def test_five_wrong_passwords_lock_the_name_on_this_computer_alone(client: Client, cast: Cast) -> None:
    for _ in range(5):
        answer = client.post(LOGIN, {"username": "planner", "password": "wrong"})
    assert answer.status_code == 429
    assert "暂时锁定" in answer.content.decode()
    assert client.post(LOGIN, {"username": "planner", "password": PASSWORD}).status_code == 429
    colleague = Client(REMOTE_ADDR="10.0.0.7")
    assert colleague.post(LOGIN, {"username": "planner", "password": PASSWORD}).status_code == 302


def test_signing_out_needs_a_post_and_ends_the_session(client: Client, cast: Cast) -> None:
    client.post(LOGIN, {"username": "planner", "password": PASSWORD})
    assert client.get(reverse("accounts:logout")).status_code == 405
    answer = client.post(reverse("accounts:logout"))
    assert answer.headers["Location"] == LOGIN
    assert client.get("/").status_code == 302


def test_who_is_signed_in_does_not_see_the_form_again(client: Client, cast: Cast) -> None:
    client.post(LOGIN, {"username": "planner", "password": PASSWORD})
    assert client.get(LOGIN).status_code == 302


def test_a_form_from_an_older_session_is_refused_in_words(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(LOGIN, {"username": "planner", "password": PASSWORD})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


def test_the_language_of_the_page_follows_the_switch(client: Client, cast: Cast) -> None:
    assert '<html lang="zh-Hans"' in client.get(LOGIN).content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": LOGIN})
    page = client.get(LOGIN).content.decode()
    assert '<html lang="en"' in page and "简体中文" in page and ">English<" in page
