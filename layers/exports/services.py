"""Asking for files of layers, making them, fetching them, and forgetting them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError

from gridmap.accounts.models import User
from gridmap.accounts.permissions import areas_of, asked_once, inside
from gridmap.accounts.roles import Verb
from gridmap.jobs import services as jobs
from gridmap.jobs.models import Job
from gridmap.jobs.progress import JobCancelledError, Progress
from gridmap.jobs.services import JobRefusedError
from gridmap.traces.services import note
from layers.exports import commas, geojson, geopackage, kml, shapefile, store, workbook
from layers.exports.orders import Order, check, describe
from layers.exports.tables import Table, table_of
from layers.models import LayerExport
from layers.rows import counted, ordered

KIND = "layer_export"
#: Up to so many rows are written while the page waits (about a second); more are a job.
AT_ONCE = 5_000
MOST_WAITING, MOST_FILES = 3, 50
#: What is left for the last touches of a file after its rows.
ROWS_SHARE = 0.97
State, Format = LayerExport.State, LayerExport.Format
WRITERS: dict[str, Callable[..., None]] = {
    Format.GPKG: geopackage.write,
    Format.GEOJSON: geojson.write,
    Format.SHP: shapefile.write,
    Format.KML: kml.write,
    Format.XLSX: workbook.write,
    Format.CSV: commas.write,
}
MEDIA_TYPES = {
    ".gpkg": "application/geopackage+sqlite3",
    ".geojson": "application/geo+json",
    ".kml": "application/vnd.google-earth.kml+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


class QuotaError(APIException):
    """One person may keep so many files and bytes, and have so many under way."""

    status_code = 409
    default_code = "quota"


def ask(*, order: Order, by: User, at: datetime) -> LayerExport:
    """Take layers out: a small file is ready when this returns, a large one is a job. QuotaError for too much."""
    rows = 0
    for one in order.layers:
        rows += counted(one.rows(by), AT_ONCE)[0]
        if rows >= AT_ONCE:
            break
    export = LayerExport(
        person=by,
        title=order.title,
        asked=dict(order.body),
        format=order.format,
        crs=order.crs,
        scope=areas_of(by, Verb.VIEW),
        made_at=at,
        until=at + timedelta(hours=settings.LAYER_EXPORT_KEEP_HOURS),
    )
    with transaction.atomic():
        _in_turn(by)
        _refuse_beyond_quota(by)
        export.save(force_insert=True)
        if rows >= AT_ONCE:
            title = _("File of layers: %(title)s") % {"title": export.title}
            job = jobs.enqueue(kind=KIND, title=title, by=by, parameters={"export": str(export.pk)})
            LayerExport.objects.filter(pk=export.pk).update(job=job.pk)
    if rows < AT_ONCE:
        _make_now(export)
    export.refresh_from_db()
    return export


def _in_turn(person: User) -> None:
    """What one person keeps is looked at and added to by one at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('layers.exports'), %s)", [person.pk])


def _refuse_beyond_quota(by: User) -> None:
    settle(by)
    own = LayerExport.objects.filter(person=by)
    kept = own.aggregate(bytes=Sum("size_bytes", default=0))["bytes"]
    if own.filter(state=State.WAITING).count() >= MOST_WAITING:
        raise QuotaError(_("Other files of yours are still being made; wait for one of them, or cancel it."))
    if own.count() >= MOST_FILES or kept >= settings.LAYER_EXPORT_MAX_BYTES:
        raise QuotaError(_("You keep as many files as one person may; delete some first."))


def _make_now(export: LayerExport) -> None:
    """In the request at hand: whatever goes wrong leaves nothing behind."""
    try:
        make(export, lambda _share: None)
    except BaseException as why:
        _forget(export)
        if isinstance(why, JobRefusedError):
            raise QuotaError(str(why)) from None
        raise


def make_as_job(job: Job, progress: Progress) -> Mapping[str, Any]:
    """The handler: safe to run twice; a stop or a refusal leaves no file."""
    export = LayerExport.objects.select_related("person").filter(pk=job.parameters["export"]).first()
    if export is None:
        raise JobRefusedError(_("The file was deleted."))
    if export.state == State.READY:
        return {"export": str(export.pk), "rows": export.row_count}
    try:
        rows = make(export, progress.report)
    except JobCancelledError:
        _end(export, State.CANCELLED)
        raise
    except ValidationError as why:
        _end(export, State.FAILED)
        raise JobRefusedError(_("This can't be taken out any more: %(why)s") % {"why": _sentence(why)}) from None
    except Exception:
        _end(export, State.FAILED)
        raise
    return {"export": str(export.pk), "rows": rows}


def _sentence(why: ValidationError) -> str:
    detail: Any = why.detail
    return "; ".join(str(reason) for reasons in detail.values() for reason in reasons)


def _end(export: LayerExport, state: str) -> None:
    LayerExport.objects.filter(pk=export.pk, state=State.WAITING).update(state=state)
    store.forget(export.pk)


def make(export: LayerExport, report: Callable[[float], Any]) -> int:
    """Read and write; returns the number of rows. What the person may see now is what they get."""
    person = export.person
    path = store.begin(export.pk)
    with asked_once(person), transaction.atomic():
        order = check(person, export.asked)
        counts = {one.layer.key: one.rows(person).order_by().count() for one in order.layers}
        passed = _Passed(sum(counts.values()), report)
        WRITERS[order.format](path, _tables(order, person, passed), describe(order, counts, export.made_at))
    size = store.keep(export.pk)
    changes = {"state": State.READY, "row_count": passed.rows, "size_bytes": size, "ready_at": timezone.now()}
    with transaction.atomic():
        _in_turn(person)
        _refuse_beyond_bytes(person, size)
        if not LayerExport.objects.filter(pk=export.pk, state=State.WAITING).update(**changes):
            raise JobRefusedError(_("The file was deleted."))
        _note(export, "made", passed.rows, [one.layer.key for one in order.layers])
    return passed.rows


def _tables(order: Order, person: User, passed: "_Passed") -> list[Table]:
    return [
        table_of(one.layer, person, ordered(one.layer, one.rows(person), order.sort), order.crs, passed)
        for one in order.layers
    ]


def _refuse_beyond_bytes(person: User, size: int) -> None:
    kept = LayerExport.objects.filter(person=person).aggregate(bytes=Sum("size_bytes", default=0))["bytes"]
    if kept + size > settings.LAYER_EXPORT_MAX_BYTES:
        raise JobRefusedError(_("You keep as many files as one person may; delete some first."))


class _Passed:
    """Counts the rows that go by, and says how far the file is."""

    def __init__(self, total: int, report: Callable[[float], Any]) -> None:
        self._total, self._report = max(total, 1), report
        self.rows = 0

    def __call__(self) -> None:
        self.rows += 1
        if self.rows % 256 == 0:
            self._report(ROWS_SHARE * min(self.rows / self._total, 1))


def _note(export: LayerExport, step: str, rows: int | None, layers: list[str]) -> None:
    """One entry of the trail: what was taken out, or fetched."""
    detail = {"work": KIND, "state": step, "layers": layers, "format": export.format, "rows": rows}
    area = str(export.asked.get("area") or "")
    note(kind="export", by=export.person, table="layers_layerexport", row=str(export.pk), area=area, detail=detail)


def suffix_of(export: LayerExport) -> str:
    """What the file's name ends with: several tables of one kind come as a zip."""
    several = len(export.asked.get("layers") or ()) > 1
    if export.format in {Format.SHP, Format.CSV} or (export.format == Format.GEOJSON and several):
        return ".zip"
    return f".{export.format}"


def may_fetch(export: LayerExport, at: datetime) -> bool:
    """Whether the file is there, and the person still holds every area and layer that it was made from."""
    if export.state != State.READY or at >= export.until or not store.path_of(export.pk).exists():
        return False
    held = areas_of(export.person, Verb.VIEW)
    try:
        check(export.person, export.asked)
    except ValidationError:
        return False
    return bool(held) and all(inside(area, held) for area in export.scope)


def fetch(export: LayerExport) -> Path:
    """The file, and an entry of the trail that it was fetched."""
    _note(export, "fetched", export.row_count, list(export.asked.get("layers") or ()))
    return store.path_of(export.pk)


def delete(export: LayerExport) -> None:
    """Forget a file; one that is being made is not made any further."""
    if export.state == State.WAITING and export.job:
        job = Job.objects.filter(pk=export.job).first()
        if job is not None:
            jobs.cancel(job)
    _forget(export)


def _forget(export: LayerExport) -> None:
    key = export.pk
    export.delete()
    store.forget(key)


def expire(*, at: datetime) -> int:
    """Forget what nobody may fetch any more, and files that no export stands for; how many there were."""
    over = LayerExport.objects.filter(until__lte=at)
    count = 0
    for export in over:
        delete(export)
        count += 1
    found = store.keys()  # first: an export is known before its file begins
    for key in found - set(LayerExport.objects.values_list("pk", flat=True)):
        store.forget(key)
        count += 1
    return count


def settle(by: User) -> None:
    """Files whose work ended without them (cancelled before it began, or given up) are not waited for."""
    waiting = LayerExport.objects.filter(person=by, state=State.WAITING, job__isnull=False)
    states = dict(Job.objects.filter(pk__in=waiting.values("job"), state__in=Job.ENDED).values_list("pk", "state"))
    for key, state in states.items():
        told = State.CANCELLED if state == Job.State.CANCELLED else State.FAILED
        LayerExport.objects.filter(job=key, state=State.WAITING).update(state=told)


def pages_of(found: list[Job]) -> Mapping[UUID, str]:
    """Job → the page where its file is fetched."""
    return {job.pk: reverse("layers:exports") for job in found}
