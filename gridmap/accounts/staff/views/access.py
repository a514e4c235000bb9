"""Who can see a place and why; and the suggestions under the fields of the room."""

from datetime import date

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from gridmap.accounts.models import User
from gridmap.accounts.permissions import inside
from gridmap.accounts.places import Place, atlas
from gridmap.accounts.staff.access import GROUPS, grouped, people_at
from gridmap.accounts.staff.gate import for_administrators
from gridmap.accounts.staff.places import LONGEST, area_typed, written
from gridmap.accounts.staff.scope import areas_administered, people_seen_by

MOST_PEOPLE = 20
PER_PAGE = 100
#: Before this day nobody held a post here.
FIRST_DAY = date(2000, 1, 1)


@require_GET
@for_administrators
def access(request: HttpRequest, by: User) -> HttpResponse:
    """Everybody who can do anything at a place, by what it is, each with the posts that give it."""
    text = request.GET.get("place", "").replace("\x00", "").strip()[:LONGEST]
    today = timezone.localdate()
    day = _day(request.GET.get("day", ""), today)
    places = _places(text, by) if text else []
    context = {"text": text, "day": day, "today": today, "is_past": day < today, "places": places}
    if len(places) == 1:
        people = people_at(places[0].area, day=day, now=timezone.now())
        groups = grouped(people)
        asked = request.GET.get("group", "")
        chosen = asked if asked in groups else ""
        page = Paginator(groups[chosen] if chosen else people, PER_PAGE).get_page(request.GET.get("page"))
        known = set(people_seen_by(by).filter(pk__in=[one.person for one in page]).values_list("pk", flat=True))
        names = atlas().names_of({held.area for one in page for held in one.holdings if held.area})
        context |= {
            "place": places[0],
            "tabs": [(name, label, len(groups[name])) for name, label, _fits in GROUPS],
            "chosen": chosen,
            "number": len(people),
            "people": page,
            "known": known,
            "names": names,
        }
    return render(request, "staff/access.html", context)


def _day(text: str, today: date) -> date:
    """The day asked for; today for anything that is none, or lies in the future or before all posts."""
    try:
        day = parse_date(text.strip()[:10])
    except ValueError:
        day = None
    return day if day is not None and FIRST_DAY <= day <= today else today


def _places(text: str, by: User) -> list[Place]:
    """What the text names inside the administrator's areas; several where it is not clear."""
    areas = areas_administered(by)
    typed = area_typed(text)
    if typed is not None and inside(typed, areas):
        names = atlas().names_of([typed])
        if typed in names or not typed:
            return [Place(typed, written(typed, {}) if not typed else names[typed], "")]
    return atlas().find(text, areas)


@require_GET
@for_administrators
def places(request: HttpRequest, by: User) -> JsonResponse:
    """`{"rows": […]}`: places by words, or one step below another."""
    areas = areas_administered(by)
    if "q" in request.GET:
        found = atlas().search(request.GET["q"], areas)
    else:
        under = request.GET.get("below", "")
        found = atlas().below(under if under.isascii() and under.isdigit() else "", areas)
    rows = [
        {"value": f"{one.name} · {one.area}", "kind": one.kind, "path": one.path, "area": one.area} for one in found
    ]
    return JsonResponse({"rows": rows})


@require_GET
@for_administrators
def people(request: HttpRequest, by: User) -> JsonResponse:
    """`{"rows": […]}`: people whom the administrator sees, by words in name or user name; never oneself."""
    rows = people_seen_by(by).filter(is_active=True).exclude(pk=by.pk)
    for word in request.GET.get("q", "").replace("\x00", "")[:LONGEST].split():
        rows = rows.filter(Q(name__icontains=word) | Q(username__icontains=word))
    found = rows.order_by("name", "username")[:MOST_PEOPLE]
    return JsonResponse({"rows": [{"value": f"{one} · {one.username}", "kind": "", "path": ""} for one in found]})
