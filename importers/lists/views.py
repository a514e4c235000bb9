"""The pages of a list of people: bring it, see what it would change, apply it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadhandler import FileUploadHandler
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridmap.accounts.places import atlas
from gridmap.accounts.roles import Verb
from gridmap.population.doors import personal
from gridmap.population.words import people_rooms
from importers.columns import match
from importers.layers import other_layers
from importers.lists.bringing import start_list
from importers.lists.forms import ListReadingForm, ListUploadForm
from importers.lists.gate import importer, own_list
from importers.lists.models import CompoundAlias, ListRow
from importers.lists.rows import list_door
from importers.lists.showing import page_of
from importers.lists.uploads import SealedUpload, SealingHandler
from importers.models import ImportRun
from importers.permissions import areas_to_choose
from importers.records import Description, RefusedError
from importers.remembering import remember
from importers.sandbox import Limits
from importers.sentences import ENCODING_REASONS, refusal_sentence, sentence
from importers.services import APPLY, CHECK, COMPARE, Choices, ask, discard, look
from importers.uploads import WithinLimit

PATIENCE = Limits(cpu_s=40, wall_s=60.0)
RUNS_SHOWN, SPELLINGS_SHOWN = 40, 200
WITH_ROWS = frozenset({ImportRun.Status.CHECKED, ImportRun.Status.APPLIED, ImportRun.Status.APPLYING})
#: Actions as tabs, what asks for somebody first.
TABS = (
    ListRow.Action.CREATED, ListRow.Action.CHANGED, ListRow.Action.CONFLICT, ListRow.Action.WAITING,
    ListRow.Action.STREET, ListRow.Action.REFUSED, ListRow.Action.MISSING, ListRow.Action.SAME,
)  # fmt: skip


@csrf_exempt  # the form's token is checked below, once the upload has where to go: reading it reads the file
@require_http_methods(["GET", "POST"])
@personal
def begin(request: HttpRequest) -> HttpResponse:
    """The upload form and the person's lists so far."""
    areas = areas_to_choose(request.user, Verb.IMPORT_PEOPLE)
    if not areas:
        raise Http404
    sealing = SealingHandler(request)
    if request.method == "POST":
        request.upload_handlers = cast(list[FileUploadHandler], [WithinLimit(request), sealing])
    try:
        return _begin(request, areas, sealing)
    finally:
        sealing.drop()


@csrf_protect
def _begin(request: HttpRequest, areas: list[tuple[str, str]], sealing: SealingHandler) -> HttpResponse:
    form = ListUploadForm(request.POST or None, request.FILES or None, areas=areas)
    if request.method == "POST":
        upload = request.FILES.get("file")
        if form.is_valid() and isinstance(upload, SealedUpload):
            try:
                run = _bring(request, form, upload)
            except RefusedError as refusal:
                form.add_error("file", refusal_sentence(refusal))
            else:
                sealing.taken = True
                return redirect("population_lists:run", run.pk)
    person = importer(request)
    runs = list(ImportRun.objects.lists_of(person).open_first(person)[:RUNS_SHOWN])
    decided = CompoundAlias.objects.filter(area__in=[code for code, _name in areas]).select_related("compound")
    spellings = list(decided.order_by("spelling")[:SPELLINGS_SHOWN])
    names = atlas().names_of({*(run.area for run in runs), *(one.area for one in spellings)})
    context: dict[str, Any] = {"form": form}
    context["runs"] = [(run, place_name(run.area, names)) for run in runs]
    context["spellings"] = [(one, place_name(one.area, names)) for one in spellings]
    context["people_rooms"] = people_rooms(request)
    return render(request, "importers/lists/start.html", context, status=400 if form.errors else 200)


def _bring(request: HttpRequest, form: ListUploadForm, upload: SealedUpload) -> ImportRun:
    given = form.cleaned_data
    choices = Choices(kind=given["kind"], source=given["source"], area=given["area"])
    return start_list(upload.stored, choices, by=importer(request), limits=PATIENCE)


@require_GET
@personal
def show(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One list, at whatever step it is."""
    run = own_list(request, run_id)
    return _page(request, run, ListReadingForm(run=run))


def _page(request: HttpRequest, run: ImportRun, form: ListReadingForm, status: int = 200) -> HttpResponse:
    description = Description.from_json(run.description)
    layer = description.layer(run.layer or None)
    others = other_layers(description, run.layer)
    context: dict[str, Any] = {
        "run": run,
        "form": form,
        "layer": layer,
        "columns": _columns(run, form, layer.columns),
        "encoding": {"name": description.encoding, "why": ENCODING_REASONS.get(description.encoding_reason, "")},
        "notes": [sentence(others.code, dict(others.params))] if others else [],
        "error": sentence(run.error["code"], run.error["params"]) if run.error else "",
        "working": _working(run),
        "place": place_name(run.area),
        "open": open_rows(run),
        "fresh": run.counts.get("uncompared", 0),
        "writes": any(run.counts.get(action) for action in ListRow.WRITTEN),
    }
    if run.status in WITH_ROWS and run.counts:
        context |= _rows(request, run)
    return render(request, "importers/lists/run.html", context, status=status)


def open_rows(run: ImportRun) -> int:
    """Rows that still wait for a building."""
    counts = run.counts
    if run.status == ImportRun.Status.APPLIED and "open" in counts:
        return int(counts["open"])
    return int(counts.get("place_ambiguous", 0) + counts.get("place_unmatched", 0))


def place_name(area: str, names: Mapping[str, str] | None = None) -> str:
    """What an area is called; its code where nobody knows, everywhere for the whole."""
    known = atlas().names_of([area]) if names is None else names
    return known.get(area) or area or _("everywhere")


def _working(run: ImportRun) -> bool:
    return run.job is not None and not run.job.has_ended


def _columns(run: ImportRun, form: ListReadingForm, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Every field with its column, some of what the column holds (masked), and how sure the match is."""
    sure = {found.target: found for found in match(run.kind, names)}
    samples = json.loads(run.sealed_samples.reveal() or "{}")
    rows = []
    for bound in form.columns():
        target = bound.name.removeprefix("column_")
        column, found = run.mapping.get(target, ""), sure.get(target)
        how = found.how if found and found.column == column else "chosen" if column else ""
        rows.append({"field": bound, "how": how, "samples": samples.get(column, [])})
    return rows


def _rows(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """The tab that is looked at, a page of it, and the counts of all."""
    counts = {action: run.counts.get(action, 0) for action in TABS}
    wanted = request.GET.get("action", "")
    first = next((action for action in TABS if counts[action]), TABS[0])
    action = wanted if wanted in ListRow.Action.values else first
    with list_door(run, "look", by=importer(request)):
        page = page_of(run, action, request.GET.get("page"))
    tabs = [(action.value, action.label, counts[action]) for action in TABS]
    return {"page": page, "action": action, "tabs": tabs, "shown": page.shown}


@require_POST
@personal
def settle(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Read the list again as the person decided, and remember the columns for this department."""
    run = own_list(request, run_id)
    if _working(run) or run.applied_at is not None:
        return redirect("population_lists:run", run.pk)
    form = ListReadingForm(request.POST, run=run)
    if not form.is_valid():
        return _page(request, run, form, status=400)
    chosen, same_layer = form.mapping(), form.cleaned_data["layer"] == run.layer
    kept = {target: column for target, column in chosen.items() if column}
    try:
        look(run, form.choices(), mapping=kept if same_layer else None, limits=PATIENCE)
    except RefusedError as refusal:
        form.add_error(None, refusal_sentence(refusal))
        return _page(request, ImportRun.objects.get(pk=run.pk), form, status=400)
    if same_layer:
        remember(run, chosen)
    with transaction.atomic():  # reading took a while: somebody may have applied or asked for it meanwhile
        now = ImportRun.objects.select_for_update(no_key=True, of=("self",)).select_related("job").get(pk=run.pk)
        if not _working(now) and now.applied_at is None:
            run.save()
            if "check" in request.POST:
                ask(run, CHECK, by=run.created_by)
    return redirect("population_lists:run", run.pk)


@require_POST
@personal
def compare(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Compare again, as a job, now that buildings were picked."""
    run = own_list(request, run_id)
    if not _working(run) and run.status in {ImportRun.Status.CHECKED, ImportRun.Status.APPLIED}:
        ask(run, COMPARE, by=importer(request))
    return redirect("population_lists:run", run.pk)


@require_POST
@personal
def put_in(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Apply a checked list as a job."""
    run = own_list(request, run_id)
    if run.status == ImportRun.Status.CHECKED and not _working(run):
        ask(run, APPLY, by=importer(request), deactivate="deactivate" in request.POST and run.can_switch_off)
    elif run.status == ImportRun.Status.READ and not _working(run):
        messages.error(request, sentence("not_checked_yet"))
    return redirect("population_lists:run", run.pk)


@require_POST
@personal
def throw_away(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Discard a list that was not applied, with its file and its rows; an applied one stays as a record."""
    run = own_list(request, run_id)
    if _working(run) or run.applied_at is not None:
        return redirect("population_lists:run", run.pk)
    discard(run)
    messages.success(request, _("The list was thrown away, with its file and its rows."))
    return redirect("population_lists:start")
