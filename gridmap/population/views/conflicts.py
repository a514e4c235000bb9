"""Two sources that disagree: side by side, opened with a reason, and decided."""

import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridmap.accounts.roles import Verb
from gridmap.population.disagreement import side_by_side
from gridmap.population.doors import Opened, people_door, personal
from gridmap.population.editing import decide
from gridmap.population.models import Conflict
from gridmap.population.refusals import PeopleRefusedError, Refusal
from gridmap.population.reveal import REASONS, purpose_of, reveal_conflict
from gridmap.population.views.page import page
from gridmap.population.views.reveal import SHOWN_ALREADY, SHOWN_S, is_new

MOST_CONFLICTS = 50


@require_GET
@personal
def conflicts(request: HttpRequest) -> HttpResponse:
    """Fields about which two sources disagree, masked side by side."""
    return _conflicts(request)


def _conflicts(request: HttpRequest, refusal: str = "", status: int = 409) -> HttpResponse:
    with people_door(request) as opened:
        rows = Conflict.objects.visible_to(opened.person).open().order_by("area", "found_at", "pk")
        shown = rows.select_related("resident__dwelling__building__compound")[:MOST_CONFLICTS]
        context = {
            "conflicts": side_by_side(list(shown), opened.person),
            "count": rows.order_by().count(),
            "refusal": refusal,
            **_asking(),
        }
    return page(request, "population/conflicts.html", context, status=status if refusal else 200)


def _asking() -> dict[str, Any]:
    return {"reasons": [(key, _(label)) for key, label in REASONS.items()], "once": secrets.token_urlsafe(9)}


@require_POST
@personal
def settle(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keep what is held or take what was offered; where it can't be done, 409 with what is held and offered now."""
    if request.POST.get("choice") not in {"keep", "take"}:
        raise Http404
    refusal = ""
    try:
        with people_door(request, Verb.EDIT_PEOPLE) as opened:
            found = get_object_or_404(Conflict.objects.visible_to(opened.person, Verb.EDIT_PEOPLE), pk=key)
            take, seen = request.POST["choice"] == "take", request.POST.get("seen", "")
            try:
                decide(conflict=found, take=take, seen=seen, by=opened.person)
            except PeopleRefusedError as why:
                refusal = str(why)
    except PermissionDenied:
        raise Http404 from None
    return _conflicts(request, refusal) if refusal else redirect("population:conflicts")


@require_http_methods(["GET", "POST"])
@personal
def reveal(request: HttpRequest, key: UUID) -> HttpResponse:
    """One conflict with both of its values clear for a minute, so that it can be decided; the browser goes back to the
    masked page by itself. Who follows a link here, or sends a form again, is led to the masked page."""
    if request.method == "GET" or not is_new(request):
        return _led_back(request, key)
    try:
        purpose = purpose_of(reason=request.POST.get("reason", ""), text=request.POST.get("text", ""))
        with people_door(request, Verb.REVEAL, kind="reveal", purpose=purpose) as opened:
            found = _visible(opened, key)
            values = reveal_conflict(conflict=found, by=opened.person, at=timezone.now())
            context = {"conflicts": side_by_side([found], opened.person, values), "count": 1, "shown_s": SHOWN_S}
    except PermissionDenied:
        raise Http404 from None
    except PeopleRefusedError as refusal:
        with people_door(request, Verb.REVEAL) as opened:
            _visible(opened, key)
        return _conflicts(request, str(refusal), 429 if refusal.refusal is Refusal.TOO_MANY_REVEALS else 400)
    response = page(request, "population/conflicts.html", context | {"revealed": True})
    response["Refresh"] = f"{SHOWN_S}; url={reverse('population:conflicts')}"
    return response


def _visible(opened: Opened, key: UUID) -> Conflict:
    """The open conflict, if its values may be opened, whose place the look is noted at; Http404 otherwise."""
    rows = Conflict.objects.visible_to(opened.person, Verb.REVEAL).open()
    found = get_object_or_404(rows.select_related("resident__dwelling__building__compound"), pk=key)
    opened.at(found.area)
    return found


def _led_back(request: HttpRequest, key: UUID) -> HttpResponse:
    with people_door(request, Verb.REVEAL) as opened:
        _visible(opened, key)
    if request.method == "POST":
        messages.info(request, SHOWN_ALREADY)
    return redirect("population:conflicts")
