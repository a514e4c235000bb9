"""The list of residents, exact search, and one resident, masked."""

import secrets
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.population.doors import Opened, people_door, personal
from gridmap.population.forms import TagForm
from gridmap.population.models import Conflict, Resident
from gridmap.population.narrowing import Narrowing
from gridmap.population.paging import first_of, page_of
from gridmap.population.permissions import may_edit, may_reveal
from gridmap.population.places import places_to_choose
from gridmap.population.profile import profile_of
from gridmap.population.reveal import REASONS
from gridmap.population.searching import MOST_FOUND, field_of, find
from gridmap.population.showing import rows_of, with_tags
from gridmap.population.views.page import page
from gridmap.population.words import filter_choices

LONGEST_SEARCH = 60


@require_GET
@personal
def residents(request: HttpRequest) -> HttpResponse:
    """Residents of one's areas in the order of their doors, fifty to a page."""
    areas = areas_of(request.user, Verb.VIEW_PEOPLE)
    try:
        narrowing = Narrowing.from_query(request.GET, areas)
    except LookupError:
        raise Http404 from None
    with people_door(request, place=narrowing.place) as opened:
        found = narrowing.narrow(with_tags(Resident.objects.visible_to(opened.person)), on=timezone.localdate())
        shown = page_of(found, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
        context = _frame(opened, narrowing) | {"page": shown, "rows": rows_of(shown.rows)}
    return page(request, "population/residents.html", context)


@require_http_methods(["GET", "POST"])
@personal
def search(request: HttpRequest) -> HttpResponse:
    """Who has exactly this name, telephone or ID number; what was typed stands in no address and in no trace, so that
    who comes here by following a link is led to the list."""
    if request.method == "GET":
        return _led_to_the_list(request)
    text = request.POST.get("text", "").strip()[:LONGEST_SEARCH]
    name = ""
    with people_door(request, purpose=_searched(text)) as opened:
        rows = []
        if text:
            name, found = find(with_tags(Resident.objects.visible_to(opened.person)), text)
            rows = rows_of(first_of(found.in_door_order(), MOST_FOUND + 1))
        context = _frame(opened, Narrowing()) | {
            "rows": rows[:MOST_FOUND],
            "searched": name,
            "more": len(rows) > MOST_FOUND,
        }
    return page(request, "population/residents.html", context)


def _led_to_the_list(request: HttpRequest) -> HttpResponse:
    if not areas_of(request.user, Verb.VIEW_PEOPLE):
        raise Http404
    return redirect("population:residents")


def _searched(text: str) -> str:
    return f"searched by {field_of(text)}" if text else ""


def _frame(opened: Opened, narrowing: Narrowing) -> dict[str, Any]:
    return {
        "narrowing": narrowing,
        "query": urlencode(narrowing.as_query()),
        "choices": filter_choices(narrowing),
        "places": places_to_choose(opened.areas, narrowing.place),
    }


@require_GET
@personal
def resident(request: HttpRequest, key: UUID) -> HttpResponse:
    """One resident: household, dwelling, care, the source of each field, conflicts; masked."""
    with people_door(request) as opened:
        found = visible_resident(opened, key)
        context = page_context(opened, found)
    return page(request, "population/resident.html", context)


def visible_resident(opened: Opened, key: UUID, verb: Verb = Verb.VIEW_PEOPLE) -> Resident:
    """The resident, if the person may do `verb` to them, whose place the look is noted at; Http404 otherwise."""
    rows = Resident.objects.visible_to(opened.person, verb)
    found = get_object_or_404(rows.select_related("dwelling__building__compound", "household"), pk=key)
    opened.at(found.area)
    return found


def page_context(opened: Opened, found: Resident, revealed: dict[str, str] | None = None) -> dict[str, Any]:
    """What the page of one resident shows; `revealed` holds the clear values of this answer alone."""
    return {
        **profile_of(found, revealed or {}),
        "revealed": bool(revealed),
        "may_edit": may_edit(opened.person, found),
        "may_reveal": may_reveal(opened.person, found),
        "reasons": [(key, _(label)) for key, label in REASONS.items()],
        "once": secrets.token_urlsafe(9),
        "tag_form": TagForm(initial={"since": timezone.localdate(), "risk": "general"}),
        "open_conflicts": Conflict.objects.open().filter(resident=found).count(),
    }
