"""Clear values: with the right and a reason, within the hour's limit, for one person and one answer, written down."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from gridmap.accounts.models import User
from gridmap.accounts.roles import VERBS, Role, Verb
from gridmap.population.models import RevealUse
from gridmap.population.reveal import REASONS
from gridmap.traces.models import Entry
from tests.cast import Cast
from tests.gridmap.population.people import SECRETS, People, body_of, is_kept_by_nobody

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
REASON = {"reason": "visit", "text": "电话联系家属"}


def ask(client: Client, key: object, *fields: str, **more: str) -> Any:
    return client.post(f"/people/{key}/reveal/", {"field": list(fields), **REASON, **more})


def test_chosen_fields_are_clear_and_the_others_stay_masked(people: People, cast: Cast, signed_in: SignIn) -> None:
    answer = ask(signed_in(cast.worker), people.mine.first.pk, "name", "health")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "张桂英" in text and "高血压" in text
    assert "张小宝" not in text and "138****" in text and "19400101" not in text
    assert is_kept_by_nobody(answer)
    assert answer["Refresh"] == f"60; url=/people/{people.mine.first.pk}/"


def test_the_owner_and_the_household_number_are_opened_the_same_way(
    people: People, cast: Cast, signed_in: SignIn
) -> None:
    text = ask(signed_in(cast.worker), people.mine.first.pk, "owner_phone", "number").content.decode()
    assert "13900001111" in text and "H-0001" in text


def test_the_next_look_is_masked_again(people: People, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.worker)
    ask(client, people.mine.first.pk, "name")
    text = client.get(f"/people/{people.mine.first.pk}/").content.decode()
    assert [secret for secret in SECRETS if secret in text] == []


def test_who_whom_what_and_why_is_written_down(people: People, cast: Cast, signed_in: SignIn) -> None:
    ask(signed_in(cast.worker), people.mine.first.pk, "name", "phone")
    entry = Entry.objects.filter(kind="reveal").latest("pk")
    assert entry.actor == f"user:{cast.worker.pk}"
    assert entry.detail["purpose"] == "visit: 电话联系家属"
    clear = [group for group in entry.detail["opened"] if group["clear"]]
    assert [(group["clear"], group["rows"]) for group in clear] == [(["name", "phone"], [str(people.mine.first.pk)])]


@pytest.mark.parametrize("wrong", [{"reason": ""}, {"reason": "curious"}, {"text": ""}, {"text": "  x  "}])
def test_without_a_reason_nothing_is_opened(
    people: People, cast: Cast, signed_in: SignIn, wrong: dict[str, str]
) -> None:
    answer = ask(signed_in(cast.worker), people.mine.first.pk, "name", **wrong)
    assert answer.status_code == 400
    assert "张桂英" not in answer.content.decode()
    assert not Entry.objects.filter(kind="reveal", detail__opened__0__clear__0="name").exists()


@pytest.mark.parametrize("fields", [[], ["area"], ["id"], ["name_blind"], ["__class__"]])
def test_only_fields_that_can_be_opened_are(people: People, cast: Cast, signed_in: SignIn, fields: list[str]) -> None:
    answer = ask(signed_in(cast.worker), people.mine.first.pk, *fields)
    assert answer.status_code == 400
    assert not any(secret in answer.content.decode() for secret in SECRETS)


def test_a_foreign_person_cannot_be_opened(people: People, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.worker)
    foreign = ask(client, people.next_door.first.pk, "name")
    missing = ask(client, uuid4(), "name")
    assert body_of(foreign) == body_of(missing)
    assert foreign.status_code == 404


def test_without_the_right_to_reveal_there_is_no_form_and_no_answer(
    people: People, cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VERBS, Role.GRID_WORKER, VERBS[Role.GRID_WORKER] - {Verb.REVEAL})
    client = signed_in(cast.worker)
    assert "/reveal/" not in client.get(f"/people/{people.mine.first.pk}/").content.decode()
    assert ask(client, people.mine.first.pk, "name").status_code == 404


def test_it_is_never_done_by_following_a_link(people: People, cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in(cast.worker).get(f"/people/{people.mine.first.pk}/reveal/")
    assert (answer.status_code, answer["Location"]) == (302, f"/people/{people.mine.first.pk}/")
    assert not Entry.objects.filter(kind="reveal").exists()


def test_beyond_the_hours_limit_it_is_refused_and_written_down(
    people: People, cast: Cast, signed_in: SignIn, settings: Settings
) -> None:
    settings.REVEALS_PER_HOUR = 2
    client, other = signed_in(cast.worker), signed_in(cast.officer)
    answers = [ask(client, people.mine.first.pk, "name").status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert "张桂英" not in ask(client, people.mine.first.pk, "name").content.decode()
    assert ask(other, people.mine.first.pk, "name").status_code == 200
    assert Entry.objects.filter(kind="refusal", actor=f"user:{cast.worker.pk}").exists()
    RevealUse.objects.update(at="2026-01-01T00:00:00Z")
    assert ask(client, people.mine.first.pk, "name").status_code == 200


def test_every_reason_has_its_words() -> None:
    assert all(REASONS.values())
