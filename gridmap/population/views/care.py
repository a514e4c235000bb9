"""People in care by risk, tags, and conflicts between sources."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.population.care import add_tag, end_tag, visit_interval_days
from gridmap.population.doors import people_door, personal
from gridmap.population.forms import TagForm
from gridmap.population.models import CareTag, Resident, Risk
from gridmap.population.narrowing import Narrowing
from gridmap.population.paging import page_of
from gridmap.population.places import places_to_choose
from gridmap.population.refusals import PeopleRefusedError
from gridmap.population.showing import RISK_MARKS, rows_of, with_tags
from gridmap.population.views.editpage import Attempt
from gridmap.population.views.page import page
from gridmap.population.views.residents import page_context, visible_resident


@require_GET
@personal
def care(request: HttpRequest) -> HttpResponse:
    """Care households of one's areas, one class of risk at a time, the worst first."""
    areas = areas_of(request.user, Verb.VIEW_PEOPLE)
    try:
        narrowing = Narrowing.from_query({"risk": Risk.HIGH, **request.GET.dict()}, areas)
    except LookupError:
        raise Http404 from None
    with people_door(request, place=narrowing.place) as opened:
        mine = Resident.objects.visible_to(opened.person).in_care()
        counts = [
            (risk, mine.filter(risk=risk).within(*([narrowing.place] if narrowing.place else [""])).count())
            for risk in Risk
        ]
        found = narrowing.narrow(with_tags(mine), on=timezone.localdate())
        shown = page_of(found, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
        context: dict[str, Any] = {
            "risks": [
                {
                    "key": risk.value,
                    "label": risk.label,
                    "mark": RISK_MARKS[risk],
                    "count": count,
                    "here": risk == narrowing.risk,
                    "days": visit_interval_days(risk),
                }
                for risk, count in counts
            ],
            "narrowing": narrowing,
            "places": places_to_choose(opened.areas, narrowing.place),
            "page": shown,
            "rows": rows_of(shown.rows),
        }
    return page(request, "population/care.html", context)


@require_POST
@personal
def tag(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give somebody a care tag."""
    form, attempt = TagForm(request.POST), Attempt(status=400)
    with people_door(request, Verb.EDIT_PEOPLE) as opened:
        found = visible_resident(opened, key, Verb.EDIT_PEOPLE)
        if form.is_valid():
            try:
                add_tag(resident=found, by=opened.person, **form.cleaned_data)
            except PeopleRefusedError as why:
                attempt.refused(why)
            else:
                return redirect("population:resident", key)
        else:
            attempt.refusal = _("This care tag is not complete; check kind, risk and day.")
        context = page_context(opened, found) | {"tag_form": form, "refusal": attempt.refusal}
    return page(request, "population/resident.html", context, status=attempt.status)


@require_POST
@personal
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """End a care tag today."""
    with people_door(request, Verb.EDIT_PEOPLE) as opened:
        found = get_object_or_404(CareTag.objects.visible_to(opened.person, Verb.EDIT_PEOPLE), pk=key)
        end_tag(tag=found, on=timezone.localdate(), by=opened.person)
    return redirect("population:resident", found.resident_id)
