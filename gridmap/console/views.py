"""The map page hands over addresses and words, the modules do the work; and the list of communities beside it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.console.communities import list_communities
from gridmap.console.models import SavedView
from gridmap.console.saving import describe_view
from gridmap.console.words import console_words
from gridmap.territory.words import equipment_words


@require_GET
def console(request: HttpRequest) -> HttpResponse:
    """The console; everything on it comes over `/api/v1/` and `/tiles/` afterwards."""
    context: dict[str, Any] = {
        "words": {**console_words(), **equipment_words()},
        "opening": opening_view(request),
        "sees_people": bool(areas_of(request.user, Verb.VIEW_PEOPLE)),
        "may_edit_equipment": bool(areas_of(request.user, Verb.EDIT_EQUIPMENT)),
        "may_import": bool(areas_of(request.user, Verb.IMPORT_DATA)),
    }
    return render(request, "console/console.html", context)


def opening_view(request: HttpRequest) -> dict[str, Any]:
    """The saved view that the address names (`{"missing": true}` where it may not be opened), the person's first view
    where the address names nothing at all, else nothing."""
    key = request.GET.get("view", "")
    views = SavedView.objects.visible_to(request.user).select_related("owner")
    if key:
        view = views.filter(pk=key[:12]).first()
        return describe_view(view, request.user) if view else {"missing": True}
    view = None if request.GET else views.filter(owner=request.user.pk, first=True).first()
    return describe_view(view, request.user) if view else {}


@require_GET
def communities(request: HttpRequest) -> JsonResponse:
    """`{"rows": […]}`: the communities the person may see, by code, with what lies in them."""
    return JsonResponse({"rows": list_communities(request.user)})
