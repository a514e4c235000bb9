"""Both values of a conflict, clear for a minute: with the right and a reason, counted, written down, and decided."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from gridmap.accounts.models import User
from gridmap.accounts.roles import VERBS, Role, Verb
from gridmap.population.doorcode import door_code
from gridmap.population.models import Conflict, Resident
from gridmap.traces.models import Entry
from tests.cast import Cast
from tests.gridmap.population.people import People, body_of, everywhere, is_kept_by_nobody

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PAGE = "/people/conflicts/"
NEW = "张桂瑛"


def disagree(resident: Resident, **more: Any) -> Conflict:
    values = {"field": "name", "held": "张桂英", "offered": NEW, "held_source": "公安", "offered_source": "民政"}
    with everywhere():
        return Conflict.objects.create(**values | {"resident": resident} | more)


def ask(client: Client, conflict: Any, **more: str) -> Any:
    return client.post(f"{PAGE}{conflict.pk}/reveal/", {"reason": "verify", "text": "户口本核对", **more})


def test_both_names_are_clear_and_nobody_elses(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, conflict = signed_in(cast.worker), disagree(people.mine.first)
    disagree(people.mine.residents[1], held="张小宝", offered="张晓宝")
    masked = client.get(PAGE)
    assert not any(name in masked.content.decode() for name in ("张桂英", NEW, "张小宝", "张晓宝"))
    assert f"{PAGE}{conflict.pk}/reveal/" in masked.content.decode()
    assert {one.field for one in masked.context["conflicts"]} == {"姓名"}
    answer = ask(client, conflict)
    text = answer.content.decode()
    assert answer.status_code == 200 and is_kept_by_nobody(answer)
    assert "张桂英" in text and NEW in text
    assert not any(name in text for name in ("张小宝", "张晓宝", "138****", "19400101"))
    assert answer["Refresh"] == f"60; url={PAGE}"
    assert "hide.js" in text and "data-clear" in text
    assert NEW not in client.get(PAGE).content.decode()


def test_what_was_seen_clear_is_decided_on_the_same_page(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, conflict = signed_in(cast.worker), disagree(people.mine.first)
    [shown] = ask(client, conflict).context["conflicts"]
    assert (shown.held, shown.offered, shown.may_decide, shown.may_reveal) == ("张桂英", NEW, True, False)
    assert client.post(f"{PAGE}{conflict.pk}/", {"choice": "take", "seen": shown.seen}).status_code == 302
    with everywhere():
        assert Resident.objects.get(pk=people.mine.first.pk).name.reveal() == NEW


def test_what_was_held_then_is_clear_as_well(people: People, cast: Cast, signed_in: SignIn) -> None:
    conflict = disagree(people.mine.first, held="张贵英")
    [shown] = ask(signed_in(cast.worker), conflict).context["conflicts"]
    assert (shown.changed, shown.held, shown.held_then) == (True, "张桂英", "张贵英")


def test_who_whom_what_and_why_is_written_down(people: People, cast: Cast, signed_in: SignIn) -> None:
    conflict = disagree(people.mine.first)
    ask(signed_in(cast.worker), conflict)
    entry = Entry.objects.filter(kind="reveal").latest("pk")
    assert (entry.actor, entry.detail["purpose"]) == (f"user:{cast.worker.pk}", "verify: 户口本核对")
    assert entry.area == "990101001001001"
    clear = {(group["table"], *group["clear"]): group["rows"] for group in entry.detail["opened"] if group["clear"]}
    assert clear["population_resident", "name"] == [str(people.mine.first.pk)]
    assert [rows for (table, *_columns), rows in clear.items() if table == "population_conflict"] == [
        [str(conflict.pk)]
    ]


@pytest.mark.parametrize("wrong", [{"reason": ""}, {"reason": "curious"}, {"text": ""}, {"text": " x "}])
def test_without_a_reason_nothing_is_opened(
    people: People, cast: Cast, signed_in: SignIn, wrong: dict[str, str]
) -> None:
    answer = ask(signed_in(cast.worker), disagree(people.mine.first), **wrong)
    assert answer.status_code == 400 and NEW not in answer.content.decode()
    assert not Entry.objects.filter(kind="reveal").exists()


def test_a_form_sent_again_shows_nothing_again(people: People, cast: Cast, signed_in: SignIn) -> None:
    client, conflict = signed_in(cast.worker), disagree(people.mine.first)
    assert ask(client, conflict, once="word").status_code == 200
    again = ask(client, conflict, once="word")
    assert (again.status_code, again["Location"]) == (302, PAGE)
    assert client.get(f"{PAGE}{conflict.pk}/reveal/").status_code == 302
    assert Entry.objects.filter(kind="reveal").count() == 1


def test_doors_and_other_plain_fields_have_nothing_to_open(people: People, cast: Cast, signed_in: SignIn) -> None:
    mine = people.mine.dwelling
    code = door_code(mine.building_id, "1", "101")
    conflict = disagree(people.mine.first, field="dwelling", held=code, offered=code)
    client = signed_in(cast.worker)
    assert client.get(PAGE).context["conflicts"][0].may_reveal is False
    assert ask(client, conflict).status_code == 400


def test_foreign_decided_and_missing_ones_are_not_there(people: People, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.worker)
    missing = body_of(client.post(f"{PAGE}{uuid4()}/reveal/", {"reason": "verify", "text": "户口本核对"}))
    assert missing[0] == 404
    assert body_of(ask(client, disagree(people.foreign.first))) == missing
    decided = disagree(people.mine.first)
    [shown] = client.get(PAGE).context["conflicts"]
    client.post(f"{PAGE}{decided.pk}/", {"choice": "keep", "seen": shown.seen})
    assert ask(client, decided).status_code == 404


def test_without_the_right_to_reveal_there_is_no_form_and_no_answer(
    people: People, cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VERBS, Role.GRID_WORKER, VERBS[Role.GRID_WORKER] - {Verb.REVEAL})
    client, conflict = signed_in(cast.worker), disagree(people.mine.first)
    assert "/reveal/" not in client.get(PAGE).content.decode()
    assert ask(client, conflict).status_code == 404


def test_it_counts_against_the_same_hour_as_every_opening(
    people: People, cast: Cast, signed_in: SignIn, settings: Settings
) -> None:
    settings.REVEALS_PER_HOUR = 2
    client, conflict = signed_in(cast.worker), disagree(people.mine.first)
    client.post(f"/people/{people.mine.first.pk}/reveal/", {"field": "name", "reason": "visit", "text": "上门走访"})
    assert [ask(client, conflict).status_code for _ in range(2)] == [200, 429]
    assert Entry.objects.filter(kind="refusal", actor=f"user:{cast.worker.pk}").exists()
