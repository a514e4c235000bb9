"""Showing clear values of one person for a minute."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gridmap.accounts.roles import Verb
from gridmap.population.doors import people_door, personal
from gridmap.population.refusals import PeopleRefusedError, Refusal
from gridmap.population.reveal import purpose_of
from gridmap.population.reveal import reveal as open_values
from gridmap.population.views.page import page
from gridmap.population.views.residents import page_context, visible_resident

SHOWN_S = 60
#: Words of forms that were sent, in the session.
USED = "revealed"
MOST_USED = 100
SHOWN_ALREADY = gettext_lazy("These values were shown already. Ask again if you still need them.")


@require_http_methods(["GET", "POST"])
@personal
def reveal(request: HttpRequest, key: UUID) -> HttpResponse:
    """The page of a resident with the chosen values clear; the browser goes back to the masked page by itself. Who
    follows a link here, or sends a form again, is led to the masked page."""
    if request.method == "GET":
        return _led_back(request, key)
    if not is_new(request):
        messages.info(request, SHOWN_ALREADY)
        return _led_back(request, key)
    try:
        purpose = purpose_of(reason=request.POST.get("reason", ""), text=request.POST.get("text", ""))
        with people_door(request, Verb.REVEAL, kind="reveal", purpose=purpose) as opened:
            found = visible_resident(opened, key, Verb.REVEAL)
            values = open_values(
                resident=found, names=request.POST.getlist("field"), by=opened.person, at=timezone.now()
            )
            context = page_context(opened, found, values)
    except PermissionDenied:
        raise Http404 from None
    except PeopleRefusedError as refusal:
        return _refused(request, key, refusal)
    response = page(request, "population/resident.html", context | {"shown_s": SHOWN_S})
    response["Refresh"] = f"{SHOWN_S}; url={reverse('population:resident', args=[key])}"
    return response


def _led_back(request: HttpRequest, key: UUID) -> HttpResponse:
    with people_door(request, Verb.REVEAL) as opened:
        visible_resident(opened, key, Verb.REVEAL)
    return redirect("population:resident", key)


def is_new(request: HttpRequest) -> bool:
    """Whether this very form is sent for the first time: each page has a word of its own, kept once it is used."""
    once, used = request.POST.get("once", "")[:40], request.session.get(USED, [])
    if not once:
        return True
    request.session[USED] = [*used, once][-MOST_USED:]
    return once not in used


def _refused(request: HttpRequest, key: UUID, refusal: PeopleRefusedError) -> HttpResponse:
    """The masked page with the reason why not; 429 beyond the hourly limit, which the trail notes."""
    with people_door(request, Verb.REVEAL) as opened:
        context = page_context(opened, visible_resident(opened, key, Verb.REVEAL)) | {"refusal": str(refusal)}
    status = 429 if refusal.refusal is Refusal.TOO_MANY_REVEALS else 400
    return page(request, "population/resident.html", context, status=status)
