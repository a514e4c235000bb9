"""Exports: asked by one, decided by another, made by the worker, fetched a few times, then forgotten."""

import io
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from gridmap.accounts.models import User
from gridmap.accounts.roles import Role
from gridmap.jobs.progress import JobCancelledError
from gridmap.jobs.services import run
from gridmap.population.exports import asking, store
from gridmap.population.models import ExportRequest
from gridmap.traces.models import Entry
from tests.cast import Cast, give_post, person
from tests.gridmap.population.exports.steps import ASKED, COMMUNITY, SignIn, ask, decide, fetch, job_of, ready
from tests.gridmap.population.people import SECRETS, People, is_kept_by_nobody

pytestmark = pytest.mark.django_db


def values_of(content: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows()]


def test_the_rows_are_counted_before_anybody_decides(
    people: People, cast: Cast, street: User, signed_in: SignIn
) -> None:
    request = ask(signed_in(cast.officer))
    assert (request.state, request.row_count, request.area) == ("asked", 3, COMMUNITY)
    page = signed_in(street).get(f"/people/exports/{request.pk}/")
    assert is_kept_by_nobody(page) and "高温天走访名单" in page.content.decode()
    assert not any(secret in page.content.decode() for secret in SECRETS)


def test_filters_narrow_an_export(people: People, cast: Cast, street: User, signed_in: SignIn) -> None:
    assert ask(signed_in(cast.officer), risk="high").row_count == 2
    assert ask(signed_in(cast.officer), place="990101001001001", risk="high").row_count == 1


def test_an_allowed_one_is_made_and_fetched_masked(people: People, cast: Cast, street: User, signed_in: SignIn) -> None:
    request = ready(cast, street, signed_in)
    assert (request.state, request.rows_written) == ("ready", 3)
    answer = fetch(signed_in(cast.officer), request)
    assert answer.status_code == 200 and is_kept_by_nobody(answer)
    assert answer["Content-Disposition"] == f'attachment; filename="export-{request}.xlsx"'
    rows = values_of(answer.content)
    assert [row[1] for row in rows[2:5]] == ["张**", "张**", "欧阳**"]
    assert (
        "孙社工" in rows[0][0] and f"{request}" in rows[0][0] and "高温天走访名单" in rows[0][0] and "3" in rows[0][0]
    )
    assert all(row[-1].startswith(f"{request}-") for row in rows[2:5])
    assert not any(secret in str(rows) for secret in SECRETS)


def test_a_clear_one_holds_the_asked_columns_and_no_other(
    people: People, cast: Cast, street: User, signed_in: SignIn
) -> None:
    request = ready(cast, street, signed_in, clear="on", columns=["name"], format="csv")
    text = fetch(signed_in(cast.officer), request).content.decode("utf-8-sig")
    assert "张桂英" in text and "欧阳修远" in text and "诸葛" not in text
    assert "高血压" not in text and "138" not in text


def test_the_file_on_disk_is_sealed(people: People, cast: Cast, street: User, signed_in: SignIn) -> None:
    request = ready(cast, street, signed_in, clear="on", format="csv")
    path = store.path_of(request.pk)
    raw = path.read_bytes()
    assert not any(secret.encode() in raw for secret in SECRETS)
    assert path.stat().st_mode & 0o077 == 0
    assert "张" not in path.name


def test_what_was_opened_counted_and_fetched_is_written_down(
    people: People, cast: Cast, street: User, signed_in: SignIn
) -> None:
    request = ready(cast, street, signed_in, clear="on")
    made = Entry.objects.filter(kind="export").latest("pk")
    assert made.area == COMMUNITY and made.detail["purpose"] == f"export {request}: 高温天走访名单"
    rows = {row for group in made.detail["opened"] if group["table"] == "population_resident" for row in group["rows"]}
    assert len(rows) == 3
    fetch(signed_in(cast.officer), request)
    fetched = Entry.objects.filter(kind="export").latest("pk")
    assert (fetched.detail["rows"], fetched.detail["download"], fetched.row_id) == (3, 1, str(request.pk))


def taken(entry: Entry) -> set[str]:
    return {row for group in entry.detail["opened"] if group["table"] == "population_resident" for row in group["rows"]}


def test_whoever_is_taken_is_listed_whatever_the_columns(
    people: People, cast: Cast, street: User, signed_in: SignIn
) -> None:
    ready(cast, street, signed_in, columns=["door", "age", "tags"], risk="high")
    entry = Entry.objects.filter(kind="export").latest("pk")
    assert taken(entry) == {str(people.mine.first.pk), str(people.next_door.first.pk)}
    assert all(group["clear"] == group["masked"] == [] for group in entry.detail["opened"])


@pytest.mark.parametrize("hidden", [{"gone": "1"}, {"risk": "nonsense"}, {"kind": "robot"}, {"village": "x"}])
def test_what_is_not_on_the_page_changes_no_export(
    people: People, cast: Cast, signed_in: SignIn, hidden: dict[str, str]
) -> None:
    answer = signed_in(cast.officer).post("/people/exports/new/", ASKED | hidden)
    assert answer.status_code == 400 and "errorlist" in answer.content.decode()
    assert not ExportRequest.objects.exists()


def test_a_filter_asked_for_stays_chosen_after_an_error(people: People, cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in(cast.officer).post("/people/exports/new/", ASKED | {"purpose": "", "risk": "high"})
    assert '<option value="high" selected>' in answer.content.decode()


def test_the_decider_reads_every_filter(people: People, cast: Cast, street: User, signed_in: SignIn) -> None:
    every = {"kind": "registered", "tag": "alone", "risk": "any", "age": "80", "occupancy": "owner"}
    request = ask(signed_in(cast.officer), **every)
    shown = signed_in(street).get(f"/people/exports/{request.pk}/").context["narrowed"]
    assert len(shown) == len(every) and all(label and value for label, value in shown)
    ExportRequest.objects.filter(pk=request.pk).update(narrowing={"place": COMMUNITY, "gone": "1"})
    assert len(signed_in(street).get(f"/people/exports/{request.pk}/").context["narrowed"]) == 1


@pytest.mark.parametrize("choice", ["approve", "refuse"])
def test_nobody_decides_their_own(people: People, street: User, signed_in: SignIn, choice: str) -> None:
    client = signed_in(street)
    request = ask(client)
    assert client.post(f"/people/exports/{request.pk}/decide/", {"choice": choice}).status_code == 404
    assert ExportRequest.objects.get(pk=request.pk).state == "asked"
    with pytest.raises(PermissionDenied):
        asking.decide(request=request, approve=True, text="", by=street, at=timezone.now())


def test_the_database_refuses_a_decision_by_who_asked(people: People, cast: Cast, signed_in: SignIn) -> None:
    request = ask(signed_in(cast.officer))
    now = timezone.now()
    with pytest.raises(IntegrityError, match="export_is_decided_by_another_person"), transaction.atomic():
        ExportRequest.objects.filter(pk=request.pk).update(
            state="approved", decided_by=cast.officer, decided_at=now, valid_until=now
        )
    with pytest.raises(IntegrityError, match="export_goes_on_only_when_decided"), transaction.atomic():
        ExportRequest.objects.filter(pk=request.pk).update(state="ready", valid_until=now)


def test_a_decider_of_another_area_does_not_see_it(people: People, cast: Cast, signed_in: SignIn) -> None:
    elsewhere = person("elsewhere", "南街道")
    give_post(elsewhere, Role.STREET_OFFICER, "990101002")
    request = ask(signed_in(cast.officer))
    client = signed_in(elsewhere)
    assert client.get(f"/people/exports/{request.pk}/").status_code == 404
    assert client.post(f"/people/exports/{request.pk}/decide/", {"choice": "approve"}).status_code == 404
    assert str(request) not in client.get("/people/exports/").content.decode()


def test_a_decider_of_a_part_cannot_decide_for_the_whole(people: People, cast: Cast, street: User) -> None:
    narrow = person("narrow", "窄")
    give_post(narrow, Role.STREET_OFFICER, COMMUNITY)
    wide = ExportRequest(area="990101001", requested_by=cast.officer, number=1, row_count=1, purpose="x")
    with pytest.raises(PermissionDenied):
        asking.decide(request=wide, approve=True, text="", by=narrow, at=timezone.now())


@pytest.mark.parametrize("part", ["worker", "planner", "administrator", "approver"])
def test_who_may_not_export_finds_no_page(people: People, cast: Cast, signed_in: SignIn, part: str) -> None:
    client = signed_in(cast.everyone()[part])
    for path in ("/people/exports/", "/people/exports/new/"):
        assert client.get(path).status_code == 404
    assert client.post("/people/exports/new/", ASKED).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"place": "990101001002"}, {"place": ""}, {"columns": ["password"]}, {"columns": []}, {"purpose": "x"},
     {"format": "exe"}, {"risk": "high", "tag": "orphan"}],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(people: People, cast: Cast, signed_in: SignIn, wrong: dict[str, Any]) -> None:
    assert signed_in(cast.officer).post("/people/exports/new/", ASKED | wrong).status_code == 400
    assert not ExportRequest.objects.exists()


def test_more_rows_than_a_file_may_hold_are_refused(
    people: People, cast: Cast, signed_in: SignIn, settings: Settings
) -> None:
    settings.EXPORT_MAX_ROWS = 2
    assert signed_in(cast.officer).post("/people/exports/new/", ASKED).status_code == 400


def test_a_refusal_needs_a_reason_that_who_asked_reads(
    people: People, cast: Cast, street: User, signed_in: SignIn
) -> None:
    request = ask(signed_in(cast.officer))
    signed_in(street).post(f"/people/exports/{request.pk}/decide/", {"choice": "refuse", "note": "  "})
    request.refresh_from_db()
    assert request.state == "asked"
    signed_in(street).post(f"/people/exports/{request.pk}/decide/", {"choice": "refuse", "note": "人数过多"})
    assert "人数过多" in signed_in(cast.officer).get(f"/people/exports/{request.pk}/").content.decode()


def test_clear_values_of_many_are_warned_of(people: People, cast: Cast, street: User, signed_in: SignIn) -> None:
    request = ask(signed_in(cast.officer))
    for clear, count, warned in ((True, 501, True), (True, 500, False), (False, 501, False)):
        ExportRequest.objects.filter(pk=request.pk).update(clear=clear, row_count=count)
        for who in (cast.officer, street):
            answer = signed_in(who).get(f"/people/exports/{request.pk}/")
            assert answer.context["is_large"] is warned


def test_a_refused_or_withdrawn_one_stays_so(people: People, cast: Cast, street: User, signed_in: SignIn) -> None:
    refused = decide(signed_in(street), ask(signed_in(cast.officer)), "refuse")
    assert refused.state == "refused" and refused.job is None
    withdrawn = ask(signed_in(cast.officer))
    signed_in(cast.officer).post(f"/people/exports/{withdrawn.pk}/withdraw/")
    for request, state in ((refused, "refused"), (withdrawn, "withdrawn")):
        assert decide(signed_in(street), request).state == state
    assert fetch(signed_in(cast.officer), refused).status_code == 302


def test_only_who_asked_fetches(people: People, cast: Cast, street: User, signed_in: SignIn) -> None:
    request = ready(cast, street, signed_in)
    colleague = person("colleague", "同事")
    give_post(colleague, Role.COMMUNITY_OFFICER, COMMUNITY)
    for who in (street, colleague):
        assert fetch(signed_in(who), request).status_code == 404
    assert signed_in(cast.officer).get(f"/people/exports/{request.pk}/file/").status_code == 405


def test_it_is_fetched_three_times_and_no_more(people: People, cast: Cast, street: User, signed_in: SignIn) -> None:
    request = ready(cast, street, signed_in)
    answers = [fetch(signed_in(cast.officer), request).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 302]
    assert asking.expire(at=timezone.now()) == 1
    assert not store.path_of(request.pk).exists()


def test_a_right_that_has_ended_ends_the_download(people: People, cast: Cast, street: User, signed_in: SignIn) -> None:
    request = ready(cast, street, signed_in)
    give_post(cast.officer, Role.GRID_WORKER, COMMUNITY)
    cast.officer.posts.filter(role=Role.COMMUNITY_OFFICER).update(ends_on="2026-01-01")
    assert fetch(signed_in(cast.officer), request).status_code in {302, 404}
    assert ExportRequest.objects.get(pk=request.pk).downloads == 0


@pytest.mark.parametrize(("field", "ago"), [("ready_at", timedelta(hours=25)), ("valid_until", timedelta(minutes=1))])
def test_after_its_time_it_is_gone(
    people: People, cast: Cast, street: User, signed_in: SignIn, field: str, ago: timedelta
) -> None:
    request = ready(cast, street, signed_in)
    ExportRequest.objects.filter(pk=request.pk).update(**{field: timezone.now() - ago})
    assert fetch(signed_in(cast.officer), request).status_code == 302
    assert asking.expire(at=timezone.now()) == 1
    assert ExportRequest.objects.get(pk=request.pk).state == "expired"
    assert not store.path_of(request.pk).exists()


def test_an_approval_that_has_expired_makes_no_file(
    people: People, cast: Cast, street: User, signed_in: SignIn
) -> None:
    request = decide(signed_in(street), ask(signed_in(cast.officer)))
    ExportRequest.objects.filter(pk=request.pk).update(valid_until=timezone.now() - timedelta(seconds=1))
    job = run(job_of(request))
    assert job.state == "failed"
    assert ExportRequest.objects.get(pk=request.pk).state == "failed"
    assert not store.path_of(request.pk).exists()


def test_who_lost_the_right_meanwhile_gets_no_file(people: People, cast: Cast, street: User, signed_in: SignIn) -> None:
    request = decide(signed_in(street), ask(signed_in(cast.officer)))
    cast.officer.posts.update(ends_on="2026-01-01")
    assert run(job_of(request)).state == "failed"
    assert not store.path_of(request.pk).exists()


def test_a_worker_killed_in_the_middle_begins_again(
    people: People, cast: Cast, street: User, signed_in: SignIn
) -> None:
    request = decide(signed_in(street), ask(signed_in(cast.officer)))
    job = job_of(request)
    with patch.object(store, "put", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        run(job)
    assert ExportRequest.objects.get(pk=request.pk).state == "approved"
    assert not Entry.objects.filter(kind="export").exists()
    assert run(job_of(request)).state == "succeeded"
    assert ExportRequest.objects.get(pk=request.pk).rows_written == 3


def test_a_stop_leaves_no_file(people: People, cast: Cast, street: User, signed_in: SignIn) -> None:
    request = decide(signed_in(street), ask(signed_in(cast.officer)))
    with patch("gridmap.jobs.progress.Progress.report", side_effect=JobCancelledError):
        assert run(job_of(request)).state == "cancelled"
    assert ExportRequest.objects.get(pk=request.pk).state == "withdrawn"
    assert not store.path_of(request.pk).exists()


def test_a_request_nobody_decides_is_forgotten(people: People, cast: Cast, signed_in: SignIn) -> None:
    ask(signed_in(cast.officer))
    assert asking.expire(at=timezone.now() + timedelta(days=13)) == 0
    assert asking.expire(at=timezone.now() + timedelta(days=15)) == 1
