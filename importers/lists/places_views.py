"""Row after row without a building: the candidates, the reasons for each, and one key to decide."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from gridmap.accounts.permissions import may
from gridmap.accounts.roles import Verb
from gridmap.population.doors import personal
from importers.lists.gate import importer, own_list
from importers.lists.models import CompoundAlias, ListRow
from importers.lists.picking import buildings_in, leave_out, name_in, pick, same_spelling, search
from importers.lists.rows import list_door
from importers.lists.showing import candidates_of, label_of, said_of, shown
from importers.lists.work import count_again, counts_of
from importers.models import ImportRun
from importers.records import RefusedError
from importers.sentences import refusal_sentence

MOST_CHARACTERS = 60


@require_GET
@personal
def show(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The next open row after `after`, of one state or of both."""
    run = own_list(request, run_id)
    wanted = request.GET.get("state", "")
    states = (wanted,) if wanted in ListRow.OPEN else ListRow.OPEN
    after = request.GET.get("after", "")
    with list_door(run, "places", by=importer(request)):
        rows = ListRow.objects.filter(run=run, state__in=states).order_by("row")
        counts = counts_of(run)
        later = rows.filter(row__gt=int(after)) if after.isdigit() and len(after) < 9 else rows
        row = later.first() or rows.first()
        before = row.row - 1 if row is not None else 0
        context: dict[str, Any] = {"run": run, "state": wanted, "counts": counts, "row": row, "before": before}
        if row is not None:
            context |= _choices(run, row, request.GET.get("find", "")[:MOST_CHARACTERS])
    return render(request, "importers/lists/places.html", context)


def _choices(run: ImportRun, row: ListRow, words: str) -> dict[str, Any]:
    buildings = {one.pk: one for one in buildings_in(run.area).filter(pk__in=[c["building"] for c in row.candidates])}
    spelling = row.spelling.reveal() if row.spelling else ""
    spelling = spelling if name_in(spelling) else ""
    others = same_spelling(run, spelling).exclude(pk=row.pk).count() if spelling else 0
    found = [{"building": one, "label": label_of(one)} for one in search(run.area, words)]
    return {
        "shown": shown([row])[0], "said": said_of(row), "candidates": candidates_of(row, buildings),
        "spelling": spelling, "others": others, "words": words, "found": found,
    }  # fmt: skip


@require_POST
@personal
def decide(request: HttpRequest, run_id: UUID, row_id: UUID) -> HttpResponse:
    """A building for one row (and for a spelling), or leave it out; then on to the next."""
    run = own_list(request, run_id)
    if run.job is not None and not run.job.has_ended:
        return redirect("population_lists:run", run.pk)
    person = importer(request)
    with list_door(run, "pick", by=person):
        row = get_object_or_404(ListRow.objects.filter(run=run, state__in=ListRow.OPEN), pk=row_id)
        _decide(request, run, row)
        count_again(run)
    state = request.POST.get("state", "")
    kept = f"&state={state}" if state in ListRow.OPEN else ""
    return redirect(f"{reverse('population_lists:places', args=[run.pk])}?after={row.row}{kept}")


def _decide(request: HttpRequest, run: ImportRun, row: ListRow) -> None:
    chosen = request.POST.get("building", "")
    if chosen == "out":
        leave_out(row)
        return
    building = buildings_in(run.area).filter(pk=int(chosen)).first() if chosen.isdigit() and len(chosen) < 18 else None
    if building is None:
        raise Http404
    try:
        done = pick(run, row, building, spelling="same_spelling" in request.POST, by=importer(request))
    except RefusedError as refusal:
        messages.error(request, refusal_sentence(refusal))
        return
    if done.rows > 1:
        words = ngettext(
            "%(n)s row has its building now; the spelling is remembered.",
            "%(n)s rows have their building now; the spelling is remembered.",
            done.rows,
        )
        messages.success(request, words % {"n": done.rows})


@require_POST
@personal
def forget(request: HttpRequest, alias_id: int) -> HttpResponse:
    """Take back a spelling that somebody decided."""
    person = importer(request)
    alias = get_object_or_404(CompoundAlias, pk=alias_id)
    if not may(person, Verb.IMPORT_PEOPLE, alias.area):
        raise Http404
    alias.delete()
    messages.success(request, _("The spelling is forgotten; the next list is read without it."))
    return redirect("population_lists:start")
