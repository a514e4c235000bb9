"""The map page: hands over addresses and words, the modules do the work."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gridmap.console.words import console_words, layer_groups


@login_required
def console(request: HttpRequest) -> HttpResponse:
    """The console; everything on it comes over `/api/v1/` and `/tiles/` afterwards."""
    context = {"console_words": console_words(), "layer_groups": layer_groups()}
    return render(request, "console/console.html", context)
