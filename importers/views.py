"""The import page: bring a file, see what was read and what it would change, then apply it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridmap.accounts.models import User
from gridmap.accounts.roles import Verb
from importers.check import JOINER
from importers.columns import match
from importers.forms import ReadingForm, UploadForm
from importers.layers import other_layers
from importers.models import ImportRun, StagedRow
from importers.permissions import areas_to_choose, may_import
from importers.records import Description, Reason, RefusedError
from importers.remembering import remember
from importers.sandbox import Limits, missing_locks
from importers.sentences import (
    ENCODING_REASONS,
    LOCKS,
    PLACING_REASONS,
    TARGETS,
    UNSURE,
    reason_text,
    refusal_sentence,
    sentence,
)
from importers.services import APPLY, CHECK, Choices, ask, discard, keep, let_go, look, start

#: A person waits for the first look at a file; the dry run, which takes longer, is a job.
PATIENCE = Limits(cpu_s=40, wall_s=60.0)
ROWS_PER_PAGE = 50
MOST_SHAPES = 3000
RUNS_SHOWN = 40
SHAPES = """
SELECT coalesce(json_agg(json_build_object('type', 'Feature', 'geometry', ST_AsGeoJSON(f.geom, 6)::json,
    'properties', json_build_object('row', f.row, 'key', f.key, 'action', f.action, 'name', f.fields->>'name'))),
    '[]')::text
FROM (SELECT * FROM importers_stagedrow WHERE run_id = %s AND geom IS NOT NULL AND (%s = '' OR action = %s)
      ORDER BY action = 'same', row LIMIT %s) f
"""


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """The upload form and the imports so far."""
    areas = areas_to_choose(request.user)
    if not areas:
        raise Http404
    form = UploadForm(request.POST or None, request.FILES or None, areas=areas)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("importers:run", _bring(request, form).pk)
        except RefusedError as refusal:
            form.add_error("file", refusal_sentence(refusal))
    seen = ImportRun.objects.visible_to(request.user).open_first(request.user)
    runs = seen.select_related("created_by")[:RUNS_SHOWN]
    status = 400 if form.errors else 200
    context = {"form": form, "runs": runs, "lacking": _lacking(), "strict": settings.SANDBOX_STRICT}
    context["lists"] = bool(areas_to_choose(request.user, Verb.IMPORT_PEOPLE))
    return render(request, "importers/start.html", context, status=status)


def _lacking() -> list[str]:
    """The locks that this machine does not give, in words."""
    try:
        names = missing_locks()
    except RefusedError:
        names = ("process",)
    return [str(LOCKS.get(name, name)) for name in names]


def _bring(request: HttpRequest, form: UploadForm) -> ImportRun:
    upload, given = form.cleaned_data["file"], form.cleaned_data
    path, sha256, size = keep(upload.name, upload.chunks())
    choices = Choices(kind=given["kind"], source=given["source"], area=given["area"])
    person = request.user if isinstance(request.user, User) else None
    try:
        return start(path=path, name=upload.name, sha256=sha256, size=size, choices=choices, by=person, limits=PATIENCE)
    except RefusedError:
        path.unlink(missing_ok=True)
        raise


def _mine(request: HttpRequest, run_id: UUID) -> ImportRun:
    run = get_object_or_404(ImportRun.objects.visible_to(request.user).select_related("job"), pk=run_id)
    if not may_import(request.user, run):
        raise Http404
    let_go(run)
    return run


@require_GET
def show(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One import, at whatever step it is."""
    run = _mine(request, run_id)
    return _page(request, run, ReadingForm(run=run))


def _page(request: HttpRequest, run: ImportRun, form: ReadingForm, status: int = 200) -> HttpResponse:
    description = Description.from_json(run.description)
    layer = description.layer(run.layer or None)
    context: dict[str, Any] = {
        "run": run,
        "form": form,
        "columns": _columns(run, form, layer.columns),
        "layer": layer,
        "encoding": {"name": description.encoding, "why": ENCODING_REASONS.get(description.encoding_reason, "")},
        "placing": {
            **run.placing,
            "why": PLACING_REASONS[run.placing["reason"]],
            "unsure": run.placing["reason"] in UNSURE,
        },
        "notes": [sentence(reason.code, dict(reason.params)) for reason in _notes(description, run)],
        "error": sentence(run.error["code"], run.error["params"]) if run.error else "",
        "working": run.job is not None and not run.job.has_ended,
        "can_apply": run.status == ImportRun.Status.CHECKED and any(run.counts.get(action) for action in _writes(run)),
    }
    if run.status in {ImportRun.Status.CHECKED, ImportRun.Status.APPLIED, ImportRun.Status.APPLYING}:
        context |= _rows(request, run)
    return render(request, "importers/run.html", context, status=status)


def _notes(description: Description, run: ImportRun) -> list[Reason]:
    others = other_layers(description, run.layer)
    return [*description.reasons, *([others] if others else [])]


def _writes(run: ImportRun) -> tuple[str, ...]:
    """The actions that applying can carry out."""
    return ("created", "changed", "missing") if run.can_switch_off else ("created", "changed")


def _columns(run: ImportRun, form: ReadingForm, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Every field with its column, what the column holds, and how sure the match is."""
    sure = {found.target: found for found in match(run.kind, names)}
    rows = []
    for bound in form.columns():
        target = bound.name.removeprefix("column_")
        column = run.mapping.get(target, "")
        found = sure.get(target)
        how = found.how if found and found.column == column else "chosen" if column else ""
        named = [column] if column in run.samples else column.split(JOINER)
        samples = [value for name in named for value in run.samples.get(name, [])]
        more = form.more_keys() if target == "source_ref" else []
        rows.append({"field": bound, "more": more, "how": how, "samples": samples, "column": column})
    return rows


def _rows(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    counts = {action.value: run.counts.get(action.value, 0) for action in StagedRow.Action}
    wanted = request.GET.get("action", "")
    first = next((action for action in ("refused", "changed", "created", "missing", "same") if counts[action]), "")
    action = wanted if wanted in counts else first
    page = Paginator(StagedRow.objects.filter(run=run, action=action).defer("geom"), ROWS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    for row in page:
        row.sentences = [reason_text(reason) for reason in row.reasons]  # type: ignore[attr-defined]
        row.changes = _changes(row)  # type: ignore[attr-defined]
    labels = [(one.value, one.label, counts[one.value]) for one in StagedRow.Action]
    number = run.counts.get("grids_ending")
    ending = sentence("grids_will_end", {"n": number}) if number and run.status != ImportRun.Status.APPLIED else ""
    return {
        "page": page, "action": action, "labels": labels, "kinds": run.counts.get("kinds", {}), "ending": ending,
        "plan_notes": [sentence(note["code"], note["params"]) for note in run.counts.get("notes", [])],
    }  # fmt: skip


def _changes(row: StagedRow) -> list[dict[str, Any]]:
    """Field, value now and value of the file, for the fields that differ (all of them where the row is new)."""
    names = row.before if row.action == StagedRow.Action.CHANGED else row.fields
    return [
        {"label": TARGETS.get(name, name), "now": row.before.get(name), "then": row.fields.get(name), "name": name}
        for name in names
        if row.action == StagedRow.Action.CHANGED or row.fields.get(name) not in {None, ""}
    ]


@require_GET
def shapes(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The rows on the map, as GeoJSON; unchanged ones last where there are too many."""
    run = _mine(request, run_id)
    action = request.GET.get("action", "")
    if action not in {"", *StagedRow.Action.values}:
        return JsonResponse({"error": {"code": "unknown_action", "message": _("There is no such action.")}}, status=400)
    with connection.cursor() as cursor:
        cursor.execute(SHAPES, [run.pk, action, action, MOST_SHAPES])
        features = cursor.fetchone()[0]
    return HttpResponse(
        f'{{"type": "FeatureCollection", "features": {features}}}',
        content_type="application/geo+json",
        headers={"Cache-Control": "private, no-store"},
    )


@require_POST
def settle(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Read the file again as the person decided, and remember the columns for this source."""
    run = _mine(request, run_id)
    if not _open(run):
        return redirect("importers:run", run.pk)
    form = ReadingForm(request.POST, run=run)
    if not form.is_valid():
        return _page(request, run, form, status=400)
    chosen = form.mapping()
    if "better_key" in request.POST and (better := run.counts.get("better_key")):
        chosen["source_ref"] = better
    same_layer = form.cleaned_data["layer"] == run.layer
    try:
        look(run, form.choices(), mapping=_kept(chosen) if same_layer else None, limits=PATIENCE)
    except RefusedError as refusal:
        form.add_error(None, refusal_sentence(refusal))
        return _page(request, ImportRun.objects.get(pk=run.pk), form, status=400)
    if same_layer:
        remember(run, chosen)
    with transaction.atomic():  # reading took a while: somebody may have applied or asked for it meanwhile
        if _open(ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)):
            run.save()
            if "check" in request.POST or "better_key" in request.POST:
                ask(run, CHECK, by=run.created_by)
    return redirect("importers:run", run.pk)


def _open(run: ImportRun) -> bool:
    """Whether a person may still decide about it: not applied, and no job at work on it."""
    return run.status != ImportRun.Status.APPLIED and (run.job is None or run.job.has_ended)


def _kept(chosen: dict[str, str]) -> dict[str, str]:
    return {target: column for target, column in chosen.items() if column}


@require_POST
def put_in(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Apply a checked import as a job."""
    run = _mine(request, run_id)
    if "deactivate" in request.POST and not run.can_switch_off:
        messages.error(request, sentence("regions_stay_in_force"))
    elif run.status == ImportRun.Status.CHECKED and _open(run):
        person = request.user if isinstance(request.user, User) else None
        ask(run, APPLY, by=person, deactivate="deactivate" in request.POST)
    elif run.status == ImportRun.Status.READ and _open(run):
        messages.error(request, sentence("not_checked_yet"))
    return redirect("importers:run", run.pk)


@require_POST
def throw_away(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Discard an import that was not applied."""
    run = _mine(request, run_id)
    if not _open(run):
        return redirect("importers:run", run.pk)
    name = run.file_name
    discard(run)
    messages.success(request, _("%(file)s was thrown away; nothing of it was written.") % {"file": name})
    return redirect("importers:start")
