"""Requests: their names, who acts in them, and what is refused."""

from collections.abc import Callable

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from gridmap.accounts.models import Device, User
from gridmap.accounts.roles import Role
from gridmap.jobs import services as jobs
from gridmap.jobs.models import Job
from gridmap.jobs.progress import Progress
from gridmap.traces import strangers, tasks
from gridmap.traces.actor import actor_of, current_actor, current_request
from gridmap.traces.strangers import count_refusal, tell_refusals
from tests.cast import PASSWORD, Board, Cast, give_post, person
from tests.gridmap.traces.reading import Row, entries, last_entry
from tests.owner import as_owner

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _no_strangers() -> None:
    """Counts of tests that committed."""
    owner("DELETE FROM traces_refusals")


def owner(statement: str) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)


def a_minute_later() -> None:
    """As far as the counts know."""
    owner("UPDATE traces_refusals SET minute = minute - interval '1 minute'")


def noted(kind: str, after: int) -> list[Row]:
    return entries(kind=kind, after=after)


def test_every_answer_carries_the_name_of_its_request(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.officer)
    names = {client.get("/").headers["X-Request-ID"] for _ in range(3)}
    assert len(names) == 3
    assert all(len(name) == 32 for name in names)
    assert Client().get("/healthz").headers["X-Request-ID"]
    assert current_request() == "" and current_actor() == ""


def test_what_a_person_is_not_shown_is_noted_without_the_query(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.officer)
    before = last_entry()
    answer = client.get(reverse("traces:list") + "?who=somebody")
    assert answer.status_code == 404
    [entry] = noted("refusal", before)
    assert entry.actor == f"user:{cast.officer.pk}"
    assert entry.area == "990101001001"
    assert entry.request == answer.headers["X-Request-ID"]
    assert entry.detail["status"] == 404
    assert entry.detail["route"] == "traces:list"
    assert entry.detail["path"] == "/traces/"
    assert "somebody" not in str(entry)


def test_an_address_that_does_not_exist_is_no_refusal(cast: Cast, signed_in: SignedIn) -> None:
    before = last_entry()
    assert signed_in(cast.officer).get("/no/such/page").status_code == 404
    assert noted("refusal", before) == []


def test_who_is_not_signed_in_is_refused_and_noted() -> None:
    before = last_entry()
    assert Client().get("/api/v1/map").status_code == 401
    assert noted("refusal", before) == []  # the minute is not over
    a_minute_later()
    assert tell_refusals() == 1
    [entry] = noted("refusal", before)
    assert (entry.actor, entry.detail["count"], entry.detail["address"]) == ("", 1, "127.0.0.1")
    [refused] = entry.detail["refused"]
    assert (refused["status"], refused["path"], refused["count"]) == (401, "/api/v1/map", 1)


def test_a_stranger_cannot_fill_the_trail() -> None:
    before = last_entry()
    for number in range(30):
        Client().get(f"/api/v1/map?{number}")
        Client(REMOTE_ADDR="10.0.0.9").get("/api/v1/map")
    Client(enforce_csrf_checks=True).post(reverse("accounts:login"))
    a_minute_later()
    assert tell_refusals() == 2
    assert tell_refusals() == 0
    told = {entry.detail["address"]: entry.detail for entry in noted("refusal", before)}
    assert (told["127.0.0.1"]["count"], told["10.0.0.9"]["count"]) == (31, 30)
    assert sorted(one["status"] for one in told["127.0.0.1"]["refused"]) == [401, 403]


def test_many_addresses_of_a_minute_share_an_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strangers, "MOST_ADDRESSES", 2)
    before = last_entry()
    for number, times in enumerate((3, 2, 1, 1, 1)):
        for _ in range(times):
            count_refusal(address=f"10.0.0.{number}", route="x", status=401, method="GET", path="/x\0")
    a_minute_later()
    assert tell_refusals() == 3
    details = [entry.detail for entry in noted("refusal", before)]
    own = [(one["address"], one["count"]) for one in details if "address" in one]
    assert own == [("10.0.0.0", 3), ("10.0.0.1", 2)]
    [others] = [one for one in details if "address" not in one]
    assert (others["addresses"], others["count"]) == (3, 3)


def test_the_worker_tells_of_strangers_before_it_seals() -> None:
    before = last_entry()
    Client().get("/api/v1/map")
    a_minute_later()
    tasks.seal_traces(timestamp=0)
    assert len(noted("refusal", before)) == 1


def test_who_is_signed_in_is_noted_each_time(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.officer)
    before = last_entry()
    for _ in range(3):
        client.get(reverse("traces:list"))
    assert len(noted("refusal", before)) == 3


def test_the_application_cannot_touch_the_counts() -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM traces_refusals")


def test_a_forged_form_is_refused_and_noted(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.planner, backend="django.contrib.auth.backends.ModelBackend")
    before = last_entry()
    assert client.post(reverse("accounts:logout")).status_code == 403
    [entry] = noted("refusal", before)
    assert entry.actor == f"user:{cast.planner.pk}"
    assert entry.detail["method"] == "POST"


def test_signing_in_and_out_is_noted_without_name_or_password(cast: Cast) -> None:
    before = last_entry()
    client = Client()
    client.post(reverse("accounts:login"), {"username": "stranger", "password": PASSWORD})
    client.force_login(cast.officer, backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("accounts:logout"))
    [out] = noted("sign_out", before)
    assert (out.actor, out.row, out.area) == (f"user:{cast.officer.pk}", str(cast.officer.pk), "990101001001")
    begun = noted("sign_in", before)
    assert begun[-1].row == str(cast.officer.pk)
    assert PASSWORD not in str(entries(after=before))


def test_of_a_failure_only_a_mark_of_the_name_is_kept(cast: Cast) -> None:
    before = last_entry()
    for name in ("officer", "a password typed in the wrong field", "nul\x00nul"):
        Client().post(reverse("accounts:login"), {"username": name, "password": "wrong and long enough"})
    found = noted("sign_in_failed", before)
    assert [entry.detail["known"] for entry in found][:2] == [True, False]
    assert found[0].row == str(cast.officer.pk) and found[0].area == "990101001001"
    assert found[1].row == "" and len(found[1].detail["name_mark"]) == 64
    text = str(entries(after=before))
    assert "typed in the wrong field" not in text
    assert "wrong and long enough" not in text


def test_being_locked_out_is_noted(cast: Cast) -> None:
    before = last_entry()
    for _ in range(7):
        Client().post(reverse("accounts:login"), {"username": "officer", "password": "wrong and long enough"})
    assert noted("locked", before)


def test_a_write_in_a_request_names_person_and_request(cast: Cast, board: Board, signed_in: SignedIn) -> None:
    client = signed_in(cast.administrator)
    before = last_entry()
    answer = client.post(reverse("staff:rename", args=[cast.worker.pk]), {"name": "李小格"})
    assert answer.status_code == 302
    [written] = entries("accounts_user", after=before)
    assert (written.before, written.after) == ({"name": "李网格"}, {"name": "李小格"})
    assert written.actor == f"user:{cast.administrator.pk}"
    assert written.request == answer.headers["X-Request-ID"]
    cast.officer.name = "后来"
    cast.officer.save()
    assert (entries("accounts_user")[-1].actor, entries("accounts_user")[-1].request) == ("", "")


def test_a_screen_is_called_a_screen(cast: Cast) -> None:
    account = person("screen-1", "大厅")
    account.set_unusable_password()
    account.save()
    assert actor_of(account) == f"user:{account.pk}"
    device = Device.objects.create(account=account, name="大厅", token_hash="x", created_by=cast.administrator)
    give_post(account, Role.WALL_SCREEN, "990101")
    assert actor_of(account) == f"device:{device.pk}"
    assert actor_of(None) == ""


def test_work_names_itself_and_whom_it_is_for(cast: Cast) -> None:
    seen = []

    def work(job: Job, progress: Progress) -> dict[str, str]:
        seen.append(current_actor())
        cast.worker.name = "另一个"
        cast.worker.save()
        return {}

    jobs.register("traced", work)
    job = Job.objects.create(kind="traced", title="试", created_by=cast.officer, area="990101001001")
    before = last_entry()
    assert jobs.run(job).state == Job.State.SUCCEEDED
    name = f"job:{job.pk} user:{cast.officer.pk}"
    assert seen == [name]
    assert [entry.detail["state"] for entry in noted("job", before)] == ["running", "succeeded"]
    assert {entry.actor for entry in entries(after=before)} == {name}
    assert {entry.area for entry in noted("job", before)} == {"990101001001"}
    assert current_actor() == ""
