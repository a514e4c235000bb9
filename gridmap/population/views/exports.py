"""Asking for exports, deciding about those of others, fetching one's own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridmap.accounts.models import User
from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.jobs.models import Job
from gridmap.population.doors import people_door, personal
from gridmap.population.exports import asking
from gridmap.population.exports.columns import column_choices
from gridmap.population.exports.forms import AskForm
from gridmap.population.exports.sheets import MEDIA_TYPES
from gridmap.population.models import ExportRequest
from gridmap.population.narrowing import Narrowing
from gridmap.population.permissions import may_decide_export
from gridmap.population.places import places_to_choose
from gridmap.population.refusals import PeopleRefusedError
from gridmap.population.views.page import page
from gridmap.population.words import filter_choices
from gridmap.territory.models import Grid, Region

MOST_SHOWN = 100


def _person(request: HttpRequest) -> User:
    """Who asks, if they export or decide anywhere; Http404 otherwise."""
    verbs = (Verb.EXPORT_PEOPLE, Verb.APPROVE_EXPORT)
    if not isinstance(request.user, User) or not any(areas_of(request.user, verb) for verb in verbs):
        raise Http404
    return request.user


@require_GET
@personal
def exports(request: HttpRequest) -> HttpResponse:
    """One's own requests, and those that one may decide."""
    person = _person(request)
    rows = ExportRequest.objects.visible_to(person).select_related("requested_by", "decided_by")
    waiting = set(ExportRequest.objects.to_decide(person).values_list("pk", flat=True))
    shown = [{"export": one, "place": _place(one.area), "waiting": one.pk in waiting} for one in rows[:MOST_SHOWN]]
    shown.sort(key=lambda row: not row["waiting"])
    may_ask = bool(areas_of(person, Verb.EXPORT_PEOPLE))
    return page(request, "population/exports.html", {"rows": shown, "may_ask": may_ask})


#: Clear values of more people than this are worth a warning to who asks and who decides.
MANY_CLEAR = 500


@require_http_methods(["GET", "POST"])
@personal
def ask(request: HttpRequest) -> HttpResponse:
    """Whom, which fields, masked or clear, what for."""
    areas = areas_of(request.user, Verb.EXPORT_PEOPLE)
    if not areas:
        raise Http404
    places = _places(areas)
    form = AskForm(request.POST if request.method == "POST" else None, places=places)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            made = _ask(request, form.cleaned_data)
        except PeopleRefusedError as why:
            refusal = str(why)
        else:
            return redirect("population:export", made.pk)
    context = {"form": form, "refusal": refusal}
    return page(request, "population/ask.html", context, status=400 if request.method == "POST" else 200)


def _places(areas: list[str]) -> list[tuple[str, str]]:
    """The person's own areas whole, then what lies in them."""
    whole = [(area, _place(area)) for area in areas]
    return whole + [place for place in places_to_choose(areas) if place not in whole]


def _ask(request: HttpRequest, asked: dict[str, Any]) -> ExportRequest:
    place = asked["place"]
    with people_door(request, Verb.EXPORT_PEOPLE, purpose="counted for an export", place=place) as opened:
        return asking.ask(
            area=place,
            narrowing=Narrowing.from_query(asked, opened.areas),
            fields=asked["columns"],
            clear=asked["clear"],
            file_format=asked["format"],
            purpose=asked["purpose"],
            by=opened.person,
            at=timezone.now(),
        )


@require_GET
@personal
def export(request: HttpRequest, key: UUID) -> HttpResponse:
    """One request: what, who, how far."""
    person = _person(request)
    found = _visible(person, key)
    headings = dict(column_choices())
    mine = found.requested_by_id == person.pk
    context = {
        "export": found,
        "place": _place(found.area),
        "headings": [headings[name] for name in found.fields],
        "narrowed": _narrowed(found),
        "mine": mine,
        "is_large": found.clear and found.row_count > MANY_CLEAR,
        "may_decide": found.state == ExportRequest.State.ASKED and may_decide_export(person, found),
        "may_fetch": asking.may_fetch(found, person, timezone.now()),
        "lapse": asking.lapse_of_file(found),
        "left": asking.MOST_DOWNLOADS - found.downloads,
        "job": Job.objects.visible_to(person).filter(pk=found.job).first() if found.job and mine else None,
    }
    return page(request, "population/export.html", context)


def _visible(person: User, key: UUID) -> ExportRequest:
    rows = ExportRequest.objects.visible_to(person).select_related("requested_by", "decided_by")
    return get_object_or_404(rows, pk=key)


def _narrowed(found: ExportRequest) -> list[tuple[str, str]]:
    """Every filter that is set, in words."""
    narrowing = Narrowing(**found.narrowing)
    filters = [one for one in filter_choices(narrowing) if one["chosen"]]
    shown = [(str(one["label"]), str(dict(one["values"])[one["chosen"]])) for one in filters]
    return shown + ([(_("Residents"), _("also those gone"))] if narrowing.gone else [])


@require_POST
@personal
def decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """Allow or refuse, as a second person."""
    person = _person(request)
    found = _visible(person, key)
    choice = request.POST.get("choice")
    if choice not in {"approve", "refuse"}:
        raise Http404
    try:
        text = " ".join(request.POST.get("note", "").split())
        asking.decide(request=found, approve=choice == "approve", text=text, by=person, at=timezone.now())
    except PermissionDenied:
        raise Http404 from None
    except PeopleRefusedError as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("Your decision is written down."))
    return redirect("population:export", key)


@require_POST
@personal
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take one's own request back."""
    person = _person(request)
    try:
        asking.withdraw(request=_visible(person, key), by=person)
    except PermissionDenied:
        raise Http404 from None
    except PeopleRefusedError as why:
        messages.error(request, str(why))
    return redirect("population:export", key)


@require_POST
@personal
def fetch(request: HttpRequest, key: UUID) -> HttpResponse:
    """The file, for who asked for it; each time is counted and written down."""
    person = _person(request)
    found = get_object_or_404(ExportRequest.objects.filter(requested_by=person), pk=key)
    try:
        content = asking.fetch(request=found, by=person, at=timezone.now())
    except PeopleRefusedError as why:
        messages.error(request, str(why))
        return redirect("population:export", key)
    response = HttpResponse(content, content_type=MEDIA_TYPES[found.format])
    response["Content-Disposition"] = f'attachment; filename="export-{found}.{found.format}"'
    return response


def _place(area: str) -> str:
    """An area in words."""
    if not area:
        return _("everywhere")
    if len(area) == 15:
        grid = Grid.objects.filter(code=area).select_related("community").first()
        return f"{grid.community} · {grid.name or area[-3:]}" if grid else area
    region = Region.objects.filter(code=area.ljust(12, "0")).first()
    return str(region) if region else area
