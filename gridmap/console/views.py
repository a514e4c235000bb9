"""The map page hands over addresses and words, the modules do the work; and the list of communities beside it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.console.communities import list_communities
from gridmap.console.words import console_words, layer_groups


@require_GET
def console(request: HttpRequest) -> HttpResponse:
    """The console; everything on it comes over `/api/v1/` and `/tiles/` afterwards."""
    context: dict[str, Any] = {
        "words": console_words(),
        "layer_groups": layer_groups(),
        "sees_people": bool(areas_of(request.user, Verb.VIEW_PEOPLE)),
        "may_import": bool(areas_of(request.user, Verb.IMPORT_DATA)),
    }
    return render(request, "console/console.html", context)


@require_GET
def communities(request: HttpRequest) -> JsonResponse:
    """`{"rows": […]}`: the communities the person may see, by code, with what lies in them."""
    return JsonResponse({"rows": list_communities(request.user)})
