"""The pages of the room: records by the next visit, one record, finding somebody, writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from gridmap.accounts.roles import Verb
from gridmap.population.doors import Opened, people_door, personal
from gridmap.population.models import Resident
from gridmap.population.refusals import PeopleRefusedError
from gridmap.population.searching import find
from gridmap.population.showing import row_of, rows_of, with_tags
from gridmap.special_groups.door import special_rows
from gridmap.special_groups.forms import RecordForm
from gridmap.special_groups.models import Group, SpecialRecord
from gridmap.special_groups.services import add_record, change_record

RIGHT = Verb.SPECIAL_GROUPS
MOST_SHOWN = 200
#: How the trail calls what is looked at here, so that an auditor finds it by itself.
PURPOSE = "special groups: %s"


@contextmanager
def _door(request: HttpRequest, what: str) -> Iterator[Opened]:
    with people_door(request, RIGHT, purpose=PURPOSE % what) as opened, special_rows():
        yield opened


@require_GET
@personal
def records(request: HttpRequest) -> HttpResponse:
    """Records in force, those who are to be seen soonest first."""
    with _door(request, "list") as opened:
        rows = SpecialRecord.objects.visible_to(opened.person).in_force().order_by("next_visit_on", "area", "pk")
        shown = [_shown(one) for one in rows.select_related("resident__dwelling__building__compound")[:MOST_SHOWN]]
    return render(request, "special_groups/records.html", {"rows": shown, "today": timezone.localdate()})


def _shown(record: SpecialRecord) -> dict[str, Any]:
    return {
        "record": record,
        "person": row_of(record.resident),
        "group": Group(record.group.reveal()).label,
        "late": record.next_visit_on is not None and record.next_visit_on < timezone.localdate(),
    }


@require_http_methods(["GET", "POST"])
@personal
def search(request: HttpRequest) -> HttpResponse:
    """Somebody to be recorded, by exact name, telephone or ID number; never in an address."""
    text = request.POST.get("text", "").strip()[:60]
    rows = []
    with _door(request, "search") as opened:
        if text:
            _name, found = find(with_tags(Resident.objects.visible_to(opened.person, RIGHT)), text)
            rows = rows_of(found.in_door_order()[:50])
    return render(request, "special_groups/search.html", {"rows": rows, "searched": bool(text)})


@require_http_methods(["GET", "POST"])
@personal
def new(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put somebody under special attention."""
    form = RecordForm(request.POST if request.method == "POST" else None, initial={"since": timezone.localdate()})
    with _door(request, "new record") as opened:
        rows = Resident.objects.visible_to(opened.person, RIGHT).select_related("dwelling__building__compound")
        resident = get_object_or_404(rows, pk=key)
        opened.at(resident.area)
        if request.method == "POST" and form.is_valid():
            made = add_record(resident=resident, values=form.cleaned_data, by=opened.person)
            return redirect("special_groups:record", made.pk)
        context = {"form": form, "person": row_of(resident)}
    return render(request, "special_groups/record.html", context, status=400 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@personal
def record(request: HttpRequest, key: UUID) -> HttpResponse:
    """One record, its details clear for who may be here, and changing it."""
    refusal, status = "", 200
    with _door(request, "record") as opened:
        rows = SpecialRecord.objects.visible_to(opened.person)
        found = get_object_or_404(rows.select_related("resident__dwelling__building__compound"), pk=key)
        opened.at(found.area)
        form = RecordForm(request.POST) if request.method == "POST" else RecordForm(initial=_values(found))
        if request.method == "POST" and form.is_valid():
            try:
                version = form.cleaned_data["version"]
                change_record(record=found, values=form.cleaned_data, version=version, by=opened.person)
            except PeopleRefusedError as why:
                refusal, status = str(why), 409
            else:
                return redirect("special_groups:records")
        elif request.method == "POST":
            status = 400
        context = {"form": form, "person": row_of(found.resident), "refusal": refusal, "record": found}
    return render(request, "special_groups/record.html", context, status=status)


def _values(found: SpecialRecord) -> dict[str, Any]:
    plain = {name: getattr(found, name) for name in ("source", "since", "until", "next_visit_on", "version")}
    return {**plain, "group": found.group.reveal(), "details": found.details.reveal()}
