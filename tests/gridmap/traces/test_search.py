"""Searching the trail: what a person did, and by which index, and that nobody waits for ever."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection
from django.test import Client

from gridmap.accounts.models import User
from gridmap.accounts.roles import Role
from gridmap.traces import chain, views
from gridmap.traces.actor import acting
from gridmap.traces.models import Entry
from gridmap.traces.search import PER_PAGE, TooLongError, Wish, entries_for, search, within
from gridmap.traces.services import note
from tests.cast import Cast, give_post, person
from tests.owner import as_owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(cast: Cast) -> User:
    who = person("auditor", "沈审计")
    give_post(who, Role.AUDITOR, "990101")
    return who


def noted_by(actor: str) -> int:
    with acting(actor):
        return note(kind="job", area="990101")


def test_a_person_is_found_alone_in_work_in_commands_and_while_signing_in() -> None:
    theirs = ["user:77", "job:0b7c user:77", "command:import_data user:77", "user:77 (signing in)"]
    wanted = [noted_by(actor) for actor in theirs]
    for actor in ("user:7", "user:777", "device:77", "command:user", ""):
        noted_by(actor)
    assert [entry.pk for entry in search(["990101"], Wish(person=77))] == wanted[::-1]


def test_what_was_done_to_a_person_stands_between_what_they_did() -> None:
    first = noted_by("user:77")
    second = note(kind="sign_in_failed", table="accounts_user", row="77", area="990101")
    with acting("user:77"):
        third = note(kind="sign_in", table="accounts_user", row="77", area="990101")
    assert [entry.pk for entry in search(["990101"], Wish(person=77))] == [third, second, first]


def test_a_page_of_a_person_ends_where_another_begins() -> None:
    made = [noted_by("user:77") for _ in range(PER_PAGE + 3)]
    found = search(["990101"], Wish(person=77))
    assert [entry.pk for entry in found] == made[::-1][: PER_PAGE + 1]
    assert [entry.pk for entry in search(["990101"], Wish(person=77, before=made[2]))] == made[:2][::-1]


@contextmanager
def only_indexes() -> Iterator[None]:
    """As the planner chooses in a trail that is too long to be read."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO traces_entry (kind, actor, request, table_name, row_id, area)"
            " SELECT 'update', 'user:' || n % 50, md5(n::text),"
            " coalesce((ARRAY['accounts_post', 'accounts_user'])[n % 50], 'other_' || n % 50), n::text, ''"
            " FROM generate_series(1, 10000) n"
        )
        cursor.execute("ANALYZE traces_entry")  # else the planner's guess hangs on what ran before
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan = on")


@pytest.mark.parametrize(
    ("wish", "index"),
    [
        (Wish(kind="locked"), "traces_entry_of_kind"),
        (Wish(table="accounts_post"), "traces_entry_of_table"),
        (Wish(request="0" * 32), "traces_entry_of_request"),
        (Wish(table="accounts_post", row="5"), "traces_entry_of_row"),
    ],
)
def test_every_wish_has_its_index(wish: Wish, index: str) -> None:
    from gridmap.traces.search import _condition

    with only_indexes():
        plan = Entry.objects.filter(_condition(wish)).order_by("-id")[:PER_PAGE].explain()
    assert index in plan


def test_a_person_has_an_index_of_their_own() -> None:
    from gridmap.traces.search import _by_or_about

    did, about = _by_or_about(77)
    with only_indexes():
        assert "traces_entry_of_person" in Entry.objects.filter(did).order_by("-id")[:PER_PAGE].explain()
        assert "traces_entry_of_row" in Entry.objects.filter(about).order_by("-id")[:PER_PAGE].explain()


def sleep(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


def test_a_question_that_takes_too_long_is_ended_and_the_next_one_is_free() -> None:
    begun = time.monotonic()
    with pytest.raises(TooLongError), within(0.05):
        sleep(20)
    assert time.monotonic() - begun < 5
    with within(0.05):
        pass
    sleep(0.1)
    with pytest.raises(OperationalError), within(5):
        raise OperationalError("another fault")


def test_the_auditor_is_told_to_narrow_the_search(
    auditor: User, signed_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(areas: list[str], wish: Wish) -> list[Entry]:
        sleep(20)
        return list(entries_for(areas))

    monkeypatch.setattr(views, "search", slow)
    monkeypatch.setattr(views, "LONGEST_S", 0.05)
    answer = signed_in(auditor).get("/traces/?kind=read")
    assert answer.status_code == 503
    assert answer.context["too_long"] and answer.context["entries"] == []
    assert Entry.objects.latest("pk").detail["stopped"] is True


def test_a_check_that_takes_too_long_says_so_and_is_no_good_news(
    auditor: User, signed_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "faults", lambda **_options: sleep(20))
    monkeypatch.setattr(views, "CHECKED_WITHIN_S", 0.05)
    answer = signed_in(auditor).post("/traces/chain/")
    assert answer.context["too_long"] and "checked" not in answer.context
    told = Entry.objects.filter(kind="job", table_name="traces_seal").latest("pk").detail
    assert told["stopped"] is True and "faults" not in told
