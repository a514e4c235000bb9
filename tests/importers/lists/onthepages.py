"""A list of people on its way through the pages, and where its canaries may not show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gridmap.jobs.models import Job
from gridmap.jobs.services import run as run_job
from importers.models import ImportRun
from tests.importers.lists.people import AREA, ESTATE, number_of, person, write_csv

START = "/people/lists/"
CANARIES = ("张建国", "金丝雀", number_of(), number_of("19500101", 2), "12912345678", "12987654321")


def rows() -> list[dict[str, Any]]:
    """Two that match, one of a misspelt compound twice, one without an address, one with a wrong ID number."""
    return [
        person(),
        person("金丝雀", 公民身份号码=number_of("19500101", 2), 联系电话="12987654321", 现住址=f"{ESTATE}1-1-101"),
        person("王一", 公民身份号码=number_of("19600101", 1), 现住址="爱民小镇2幢1单元201"),
        person("王二", 公民身份号码=number_of("19610101", 1), 现住址="爱民小镇2幢2单元202"),
        person("王三", 公民身份号码=number_of("19620101", 1), 现住址="不知道在哪里"),
        person("王四", 公民身份号码="990101196301010019"),
    ]


def upload(client: Client, tmp_path: Path, data: list[dict[str, Any]] | None = None, **more: str) -> Any:
    content = write_csv(tmp_path / "张建国的名单.csv", data or rows()).read_bytes()
    fields = {"kind": "residents", "source": "police", "area": AREA, **more}
    return client.post(START, {"file": SimpleUploadedFile("张建国的名单.csv", content), **fields})


def checked(client: Client, tmp_path: Path, data: list[dict[str, Any]] | None = None, **more: str) -> ImportRun:
    answer = upload(client, tmp_path, data, **more)
    assert answer.status_code == 302, answer.content.decode()
    run = ImportRun.objects.get(pk=answer["Location"].rstrip("/").rsplit("/", 1)[-1])
    columns = {f"column_{target}": column for target, column in run.mapping.items()}
    client.post(
        reverse("population_lists:settle", args=[run.pk]), {"layer": run.layer, "encoding": "", **columns, "check": "1"}
    )
    job = run_job(Job.objects.latest("created_at"))
    assert job.state == Job.State.SUCCEEDED, job.message
    run.refresh_from_db()
    return run


def done(client: Client, run: ImportRun, step: str, **given: str) -> Job:
    client.post(reverse(f"population_lists:{step}", args=[run.pk]), given)
    job = run_job(Job.objects.latest("created_at"))
    run.refresh_from_db()
    return job


def address(name: str, run: ImportRun, *more: Any) -> str:
    return reverse(f"population_lists:{name}", args=[run.pk, *more])


def stored_files() -> list[str]:
    folder = Path(settings.MEDIA_ROOT)
    return [path.name + path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file()]
