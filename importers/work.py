"""The two long steps of an import, from the page as jobs or from the command line: check (dry run) and apply."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gridmap.jobs.models import Job
from gridmap.jobs.progress import JobCancelledError, Progress
from gridmap.jobs.services import JobRefusedError
from gridmap.territory.models import GroundFeature
from importers import sandbox
from importers.apply import apply
from importers.check import Checked, Checker
from importers.compare import compare
from importers.datum import Placing
from importers.keys import unique_columns
from importers.lists.elsewhere import hits_stay_noted
from importers.lists.quiet import quietly
from importers.lists.work import apply_list, check_list, take_up
from importers.models import ImportRun, StagedRow
from importers.records import Description, Reason, Record, RefusedError, StalePlanError, Weight
from importers.sentences import refusal_sentence
from importers.services import APPLY, CHECK, drop_file, drop_rows, readable
from importers.staging import stage

Report = Callable[[float], object]
READING_SHARE = 0.7

__all__ = ["APPLY", "CHECK", "apply_as_job", "apply_run", "check_as_job", "check_run", "compare_as_job"]


def check_run(run: ImportRun, *, report: Report) -> ImportRun:
    """The dry run: read every row, stage it, compare it with what is there; nothing else is written.

    RefusedError(code) where the file turns out broken; the run then says so and has no rows.
    """
    expected = _expected_rows(run)

    def reading(rows: int) -> None:
        report(READING_SHARE * min(rows / expected, 1.0))

    try:
        with hits_stay_noted(run), transaction.atomic():
            if run.personal:
                check_list(run, _rows(run), reading=reading, report=report)
            else:
                stage(run, _rows(run), report=reading)
                _forget_older(run)
                compare(run, clean=True)
                _look_for_key(run)
            run.status, run.error, run.stale = ImportRun.Status.CHECKED, {}, False
            run.save(update_fields=["status", "error", "stale"])
    except RefusedError as refusal:
        _fail(run, refusal)
        raise
    report(1.0)
    return run


def apply_run(run: ImportRun, *, deactivate: bool, report: Report) -> dict[str, Any]:
    """Write a checked plan; StalePlanError where the data changed so that the plan is another one now.

    RefusedError where it is applied already, or not checked (any more).
    """
    written = (apply_list if run.personal else apply)(run, deactivate=deactivate, report=report)
    run.refresh_from_db()
    drop_file(run)
    return written


def check_as_job(job: Job, progress: Progress) -> Mapping[str, Any]:
    """`check_run` for the worker."""
    run = _run_of(job)
    try:
        with quietly(run):
            check_run(run, report=progress.report)
    except RefusedError as refusal:
        raise JobRefusedError(refusal_sentence(refusal)) from refusal
    except JobCancelledError:
        ImportRun.objects.filter(pk=run.pk).update(status=ImportRun.Status.READ)
        raise
    return dict(run.counts)


def compare_as_job(job: Job, progress: Progress) -> Mapping[str, Any]:
    """`take_up` for the worker."""
    run = _run_of(job)
    try:
        with quietly(run):
            return take_up(run, report=progress.report)
    except RefusedError as refusal:
        raise JobRefusedError(refusal_sentence(refusal)) from refusal


def apply_as_job(job: Job, progress: Progress) -> Mapping[str, Any]:
    """`apply_run` for the worker; running it again after the worker died finds the work done or not begun."""
    run = _run_of(job)
    if run.status == ImportRun.Status.APPLIED:
        return dict(run.counts)
    try:
        with quietly(run):
            return apply_run(run, deactivate=bool(job.parameters.get("deactivate")), report=progress.report)
    except RefusedError as refusal:
        raise JobRefusedError(refusal_sentence(refusal)) from refusal
    except StalePlanError:
        raise JobRefusedError(
            _("The data changed since the dry run, so the rows were compared again. Look at them and apply once more.")
        ) from None
    except JobCancelledError:
        ImportRun.objects.filter(pk=run.pk).update(status=ImportRun.Status.CHECKED)
        raise


def _run_of(job: Job) -> ImportRun:
    run = ImportRun.objects.filter(pk=job.parameters["run"]).first()
    if run is None:
        raise JobRefusedError(_("This import was thrown away."))
    return run


def _rows(run: ImportRun) -> Iterator[Checked]:
    records = _records(run)
    weights = {str(kind): weight for kind, weight in GroundFeature.WEIGHTS.items()}
    checker = Checker(run.kind, run.mapping, weights)
    return map(checker.check, records)


def _records(run: ImportRun) -> Iterator[Record]:
    with readable(run) as path:
        yield from sandbox.read(
            path,
            placing=Placing.from_json(run.placing),
            layer=run.layer or None,
            encoding=run.encoding or None,
            group_by=run.options.get("group_by"),
            private=run.personal,
        )


def _look_for_key(run: ImportRun) -> None:
    """Where rows share their number in the source: how many, and the columns that would tell all of them apart."""
    column = run.mapping.get("source_ref", "")
    twice = StagedRow.objects.filter(run=run, reasons__contains=[{"code": "key_twice"}]).count()
    if not twice or not column or run.kind == ImportRun.Kind.OSM:
        return
    better = unique_columns(_records(run), run.mapping)
    code = "keys_twice_better" if better else "keys_twice"
    note = Reason(code, Weight.NOTED, "source_ref", {"n": twice, "column": column, "better": better})
    run.counts = {**run.counts, "better_key": better, "notes": [note.as_json(), *run.counts["notes"]]}
    run.save(update_fields=["counts"])


def _expected_rows(run: ImportRun) -> int:
    description = Description.from_json(run.description)
    layers = [description.layer(run.layer)] if run.layer else list(description.layers)
    return max(sum(layer.rows or 0 for layer in layers), 1)


def _forget_older(run: ImportRun) -> None:
    """Rows of earlier imports of this source are of no use once applied, or where the same file is checked anew.

    A plan of another file that was not applied yet keeps its rows: it is compared again before it is applied.
    All are locked, in one order, this one too: an import being applied right now keeps its rows to the end, and two
    that are checked at once do not wait for each other.
    """
    same_source = ImportRun.objects.filter(source=run.source, kind=run.kind)
    locked = same_source.order_by("pk").select_for_update(no_key=True).values_list("pk", "sha256", "status")
    unapplied = [ImportRun.Status.CHECKED, ImportRun.Status.APPLYING]
    others = [(pk, sha256, status) for pk, sha256, status in locked if pk != run.pk]
    held = [pk for pk, sha256, status in others if sha256 == run.sha256 or status not in unapplied]
    ImportRun.objects.filter(pk__in=held, status__in=unapplied).update(status=ImportRun.Status.READ, counts={})
    StagedRow.objects.filter(run__in=held).delete()


def _fail(run: ImportRun, refusal: RefusedError) -> None:
    drop_rows(run)
    run.status, run.counts = ImportRun.Status.FAILED, {}
    run.error = {"code": refusal.code, "params": refusal.params}
    run.save(update_fields=["status", "counts", "error"])
