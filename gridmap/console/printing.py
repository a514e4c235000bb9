"""The page that prints the map; the sheets are drawn in the browser, by the map's own painters."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gridmap.console.words import console_words

#: The scales that a person can choose from; any other may be typed.
SCALES = (500, 1000, 2000, 5000, 10_000, 25_000, 50_000)


@require_GET
def print_page(request: HttpRequest) -> HttpResponse:
    """What the address asks for (a view of the console, or `sheet=region:…`) as pages of A4 or A3 at a true scale."""
    return render(request, "print/print.html", {"words": {**console_words(), **print_words()}, "scales": SCALES})


def print_words() -> dict[str, str]:
    """Sentences of sheets."""
    return {
        "print_title": _("Map of the grids"),
        "print_scale": _("1:{scale}"),
        "print_north": _("N"),
        "print_page": _("Page {number} of {of}"),
        "print_printed": _("printed {day}"),
        "print_projection": _("WGS 84 / Web Mercator, scale true in the middle of the sheet"),
        "print_generated": _("generated sample data"),
        "print_drawing": _("Drawing sheet {number} of {of} …"),
        "print_ready": _("{count} sheets are ready."),
        "print_too_many": _(
            "{wanted} sheets would be needed, more than {most}. Choose a smaller scale or larger paper."
        ),
    }
