"""Taking layers out over HTTP: at once or as a job, everybody their own, within a quota, traced, gone in time."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from gridmap.accounts.models import Post, User
from gridmap.jobs import services as jobs
from gridmap.jobs.models import Job
from gridmap.territory.models import Building
from gridmap.traces.models import Entry
from layers.exports import services, store
from layers.exports.orders import read_order
from layers.exports.services import expire, make_as_job
from layers.layer import Layer
from layers.models import LayerExport
from layers.tasks import expire_layer_exports
from tests.cast import COMMUNITIES, Board, Cast, centre_of
from tests.layers.exports.town import build

SignIn = Callable[[User], Client]
State = LayerExport.State


@pytest.fixture
def client(board: Board, cast: Cast, signed_in: SignIn) -> Client:
    build(board)
    browser = signed_in(cast.planner)
    browser.cookies["django_language"] = "en"
    return browser


@pytest.fixture
def as_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is a job, however small."""
    monkeypatch.setattr(services, "AT_ONCE", 0)


def post(client: Client, status: int = 201, address: str = "/api/v1/exports", **body: Any) -> dict[str, Any]:
    headers = {"Accept": "application/json"}
    response = client.post(address, json.dumps(body), content_type="application/json", headers=headers)
    assert response.status_code == status, response.content
    answer: dict[str, Any] = response.json()
    return answer


def content(client: Client, answer: dict[str, Any]) -> bytes:
    response = client.get(answer["file"])
    assert response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def features(client: Client, answer: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(content(client, answer))["features"]
    return found


# --- small ones -------------------------------------------------------------------------------------------------------
def test_a_small_file_is_ready_at_once(client: Client, cast: Cast) -> None:
    answer = post(client, layers=["buildings"], format="xlsx")
    assert answer["state"] == "ready" and answer["job"] is None and answer["title"] == "Buildings"
    assert answer["rows"] == Building.objects.count() and answer["bytes"] == len(content(client, answer))
    response = client.get(answer["file"])
    assert response.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="Buildings-')
    book = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    assert book.sheetnames == ["About", "Buildings"]
    assert client.get(f"/exports/{answer['id']}").json() == answer


def test_the_file_holds_what_the_question_finds_in_its_order(client: Client) -> None:
    question = {"area": COMMUNITIES[0], "filters": {"kind": ["slab"]}}
    answer = post(client, layer="buildings", question=question, format="geojson", sort="-households")
    rows = [one["properties"] for one in features(client, answer)]
    assert {row["kind_code"] for row in rows} == {"slab"} and {row["community"] for row in rows} == {"一社区"}
    households = [row["households"] for row in rows]
    assert households == sorted(households, reverse=True) and len(households) == 6
    assert answer["title"] == "Buildings · 一社区"
    assert post(client, address="/exports/", layer="lamps", format="csv")["rows"] == 1


def test_a_selection_is_taken_out_by_its_name(client: Client, cast: Cast, signed_in: SignIn) -> None:
    centre = centre_of(COMMUNITIES[0])
    body = {"layers": ["cameras", "lamps"], "shape": {"lon": centre.x, "lat": centre.y, "radius_m": 50}}
    response = client.post("/api/v1/select", json.dumps(body), content_type="application/json")
    selection = response.json()["selection"]
    answer = post(client, selection=selection, format="gpkg")
    assert answer["rows"] == 2
    assert post(client, selection=selection, layers=["lamps"], format="geojson")["rows"] == 1
    elsewhere = post(signed_in(cast.administrator), 400, selection=selection, format="gpkg")
    assert list(elsewhere["error"]["fields"]) == ["selection"]


def test_rows_chosen_one_by_one(client: Client) -> None:
    some = [str(pk) for pk in Building.objects.values_list("pk", flat=True)[:3]]
    answer = post(client, layer="buildings", question={"ids": some}, format="geojson")
    assert sorted(one["id"] for one in features(client, answer)) == sorted(some)


# --- whose ------------------------------------------------------------------------------------------------------------
def test_everybody_takes_out_what_they_may_see_and_sees_their_own_files(
    client: Client, cast: Cast, signed_in: SignIn
) -> None:
    worker = signed_in(cast.worker)
    answer = post(worker, layers=["buildings"], format="geojson")
    assert len(features(worker, answer)) == 2
    for address in (answer["file"], f"/exports/{answer['id']}"):
        assert client.get(address, headers={"Accept": "application/json"}).status_code == 404
        assert signed_in(cast.administrator).get(address).status_code == 404
    assert client.post(f"/exports/{answer['id']}/delete").status_code == 404
    assert LayerExport.objects.count() == 1


def test_a_file_is_closed_to_who_lost_an_area_of_it(client: Client, cast: Cast) -> None:
    answer = post(client, layers=["buildings"], format="csv")
    assert client.get(answer["file"]).status_code == 200
    Post.objects.filter(person=cast.planner).update(area="990101001")
    assert client.get(answer["file"]).status_code == 404


def test_personal_layers_are_not_taken_out(client: Client) -> None:
    answer = post(client, 400, layers=["buildings", "care"], format="csv")
    assert list(answer["error"]["fields"]) == ["layers"]
    assert not LayerExport.objects.exists()


def test_fields_follow_the_rights(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    all_fields = Layer.fields_for

    def fewer(self: Layer, user: User) -> Any:
        return tuple(one for one in all_fields(self, user) if one.name != "address")

    monkeypatch.setattr(Layer, "fields_for", fewer)
    answer = post(client, layers=["buildings"], format="geojson")
    assert "address" not in features(client, answer)[0]["properties"]


# --- jobs -------------------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("as_jobs")
def test_a_large_file_is_a_job_with_progress(client: Client, cast: Cast) -> None:
    answer = post(client, 202, layers=["buildings", "grids"], format="gpkg")
    assert answer["state"] == "waiting" and answer["file"] is None
    job = Job.objects.get(pk=answer["job"].rsplit("/", 1)[1])
    assert client.get(answer["job"]).json()["state"] == "queued" and job.created_by == cast.planner
    jobs.run(job)
    ready = client.get(f"/exports/{answer['id']}").json()
    assert ready["state"] == "ready" and ready["rows"] == Building.objects.count() + 8
    assert content(client, ready)[:15] == b"SQLite format 3"
    page = client.get("/exports/").content.decode()
    assert ready["file"] in page and "Buildings" in page
    assert 'href="/exports/"' in client.get("/jobs/").content.decode()


@pytest.mark.usefixtures("as_jobs")
def test_a_job_that_was_interrupted_is_run_again_from_the_start(client: Client, cast: Cast) -> None:
    answer = post(client, 202, layers=["buildings"], format="geojson")
    job = Job.objects.get(pk=answer["job"].rsplit("/", 1)[1])
    store.begin(UUID(answer["id"])).write_bytes(b"half a file")
    jobs.run(job)
    ready = client.get(f"/exports/{answer['id']}").json()
    assert len(features(client, ready)) == Building.objects.count()
    assert make_as_job(job, silent())["rows"] == Building.objects.count()  # run once more, it is what it was
    assert not list(store.path_of(UUID(answer["id"])).parent.glob("*.part"))


def silent() -> Any:
    """Progress that nobody watches."""
    return SimpleNamespace(report=lambda _share: True)


@pytest.mark.usefixtures("as_jobs")
def test_a_job_is_cancelled_while_it_waits_or_runs(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = post(client, 202, layers=["buildings"], format="csv")
    assert client.post(waiting["job"] + "/cancel").status_code == 200
    assert client.get(f"/exports/{waiting['id']}").json()["state"] == "cancelled"
    running = post(client, 202, layers=["buildings"], format="csv")
    job = Job.objects.get(pk=running["job"].rsplit("/", 1)[1])
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    jobs.run(job)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert client.get(f"/exports/{running['id']}").json()["state"] == "cancelled"
    assert store.keys() == set()


@pytest.mark.usefixtures("as_jobs")
def test_deleting_what_is_being_made_stops_it(client: Client) -> None:
    answer = post(client, 202, layers=["buildings"], format="csv")
    assert client.post(f"/exports/{answer['id']}/delete", headers={"Accept": "application/json"}).status_code == 204
    job = Job.objects.get()
    assert job.state == Job.State.CANCELLED and not LayerExport.objects.exists()
    assert client.get(f"/exports/{answer['id']}").status_code == 404


@pytest.mark.usefixtures("as_jobs")
def test_rights_are_those_of_the_moment_of_making(client: Client, cast: Cast) -> None:
    answer = post(client, 202, layers=["buildings"], format="geojson")
    Post.objects.filter(person=cast.planner).delete()
    job = Job.objects.get()
    jobs.run(job)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED and "layers" not in job.message.lower()[:1]
    assert LayerExport.objects.get(pk=answer["id"]).state == State.FAILED and store.keys() == set()


@pytest.mark.usefixtures("as_jobs")
def test_a_fault_fails_the_job_and_leaves_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(path: Path, *_rest: Any) -> None:
        path.write_bytes(b"half")
        raise ZeroDivisionError

    post(client, 202, layers=["buildings"], format="csv")
    monkeypatch.setitem(services.WRITERS, "csv", fault)
    jobs.run(Job.objects.get())
    assert LayerExport.objects.get().state == State.FAILED and store.keys() == set()


# --- quota, time, trail -----------------------------------------------------------------------------------------------
def test_one_person_keeps_so_much(client: Client, cast: Cast, settings: Settings, signed_in: SignIn) -> None:
    answer = post(client, layers=["buildings"], format="csv")
    settings.LAYER_EXPORT_MAX_BYTES = answer["bytes"] + 100
    refusal = post(client, 409, layers=["buildings"], format="csv")
    assert refusal["error"]["code"] == "quota" and LayerExport.objects.count() == 1 and len(store.keys()) == 1
    post(signed_in(cast.worker), layers=["lamps"], format="geojson")  # another's quota is their own
    client.post(f"/exports/{answer['id']}/delete")
    post(client, layers=["buildings"], format="csv")


@pytest.mark.usefixtures("as_jobs")
def test_one_person_has_three_under_way(client: Client) -> None:
    for _index in range(services.MOST_WAITING):
        post(client, 202, layers=["lamps"], format="csv")
    assert post(client, 409, layers=["lamps"], format="csv")["error"]["code"] == "quota"
    jobs.cancel(Job.objects.latest("created_at"))
    post(client, 202, layers=["lamps"], format="csv")


def test_files_are_gone_in_time(client: Client) -> None:
    answer = post(client, layers=["lamps"], format="csv")
    now, hours = timezone.now(), timedelta(hours=django_settings.LAYER_EXPORT_KEEP_HOURS)
    assert expire(at=now + hours - timedelta(minutes=1)) == 0
    stray = store.begin(uuid4())
    stray.write_bytes(b"left by a killed worker")
    assert expire_layer_exports(0) == 1 and not stray.exists()
    LayerExport.objects.update(until=now - timedelta(minutes=1))
    assert client.get(answer["file"]).status_code == 404
    assert "Street lamps" not in client.get("/exports/").content.decode()
    assert expire(at=now) == 1
    assert not LayerExport.objects.exists() and store.keys() == set()


def test_making_and_fetching_are_entries_of_the_trail(client: Client, cast: Cast) -> None:
    answer = post(client, layers=["buildings"], question={"area": "990101001"}, format="csv")
    content(client, answer)
    made, fetched = Entry.objects.filter(kind="export", row_id=answer["id"]).order_by("pk")
    assert made.area == fetched.area == "990101001" and str(cast.planner.pk) in made.actor
    assert made.detail["state"] == "made" and fetched.detail["state"] == "fetched"
    assert made.detail["rows"] == answer["rows"] and made.detail["layers"] == ["buildings"]


# --- refusals ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "layers"),
        ({"format": "csv"}, "layers"),
        ({"layers": ["buildings"]}, "format"),
        ({"layers": ["buildings"], "format": "exe"}, "format"),
        ({"layers": ["buildings"], "format": {}}, "format"),
        ({"layers": ["buildings"], "format": "csv", "crs": 2326}, "crs"),
        ({"layers": ["buildings"], "format": "csv", "crs": [4326]}, "crs"),
        ({"layers": ["buildings"], "format": "geojson", "crs": 4490}, "crs"),
        ({"layers": ["buildings"], "format": "kml", "crs": 3857}, "crs"),
        ({"layers": ["dragons"], "format": "csv"}, "layers"),
        ({"layer": "dragons", "format": "csv"}, "layers"),
        ({"layer": {}, "format": "csv"}, "layers"),
        ({"layers": ["buildings"], "format": "csv", "question": 5}, "question"),
        (
            {"layers": ["buildings"], "format": "csv", "question": {"filters": {"kind": ["x"]}}},
            "filters.buildings.kind",
        ),
        ({"layers": ["buildings"], "format": "csv", "question": {"area": "1"}}, "area"),
        ({"layers": ["buildings"], "format": "csv", "question": {"colour": "1"}}, "question.colour"),
        ({"layers": ["buildings"], "format": "csv", "question": {"bbox": [0, 0, 1]}}, "bbox"),
        ({"layers": ["buildings", "lamps"], "format": "csv", "sort": "number"}, "sort"),
        ({"layers": ["buildings"], "format": "csv", "sort": "secret"}, "sort"),
        ({"layers": ["buildings"], "format": "csv", "sort": 7}, "sort"),
        ({"selection": "nonsense", "format": "csv"}, "selection"),
        ({"selection": str(uuid4()), "format": "csv"}, "selection"),
        ({"layers": ["buildings"], "format": "csv", "password": "x"}, "password"),
    ],
)
def test_an_order_that_cannot_be_used_is_named(client: Client, body: dict[str, Any], field: str) -> None:
    assert list(post(client, 400, **body)["error"]["fields"]) == [field]
    assert not LayerExport.objects.exists()


def test_bodies_that_are_no_object_are_refused(client: Client) -> None:
    for body in ("[]", "5", "null", "{", ""):
        assert client.post("/exports/", body, content_type="application/json").status_code == 400, body


def test_the_page_is_empty_before_and_for_programs_without_a_session(client: Client) -> None:
    assert "No files" in client.get("/exports/").content.decode()
    headers = {"Accept": "application/json"}
    assert Client().post("/exports/", "{}", content_type="application/json", headers=headers).status_code == 401
    assert Client().get("/exports/", headers={"Accept": "text/html"}).status_code == 302


@pytest.mark.usefixtures("transactional_db", "as_jobs")
def test_orders_of_one_person_are_counted_one_after_the_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another request has not committed yet counts as well."""
    monkeypatch.setattr(services, "MOST_WAITING", 1)
    order = read_order(cast.planner, {"layers": ["lamps"], "format": "csv"}, at=timezone.now())
    refused: list[services.QuotaError] = []

    def ask_too() -> None:
        try:
            services.ask(order=order, by=cast.planner, at=timezone.now())
        except services.QuotaError as error:
            refused.append(error)
        finally:
            connection.close()

    other = Thread(target=ask_too)
    with transaction.atomic():
        services.ask(order=order, by=cast.planner, at=timezone.now())
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join()
    assert len(refused) == 1 and LayerExport.objects.count() == 1


def test_a_file_that_is_begun_while_others_are_swept_stays(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, look = timezone.now(), store.keys

    def begin_and_look() -> set[UUID]:
        more = {"format": "csv", "made_at": now, "until": now + timedelta(hours=1), "scope": ["990101"]}
        export = LayerExport.objects.create(person=cast.planner, title="灯", asked={}, **more)
        store.begin(export.pk).write_bytes(b"half")
        return look()

    monkeypatch.setattr(store, "keys", begin_and_look)
    assert expire(at=now) == 0 and len(look()) == 1
