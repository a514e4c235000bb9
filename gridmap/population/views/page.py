"""What all pages of the room have in common."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gridmap.population.words import people_rooms


def page(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the room, with the ways to its other pages."""
    return render(request, template, {**context, "people_rooms": people_rooms(request)}, status=status)
