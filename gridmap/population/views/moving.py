"""Somebody moves, has gone, or is back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gridmap.accounts.roles import Verb
from gridmap.population.doors import Opened, people_door, personal
from gridmap.population.forms import GoneForm, MoveForm, VersionForm
from gridmap.population.meanwhile import OF_RESIDENT
from gridmap.population.models import CareTag, Household, Resident
from gridmap.population.moving import find_dwelling, mark_gone, mark_present, move_within, refuse_day_before_birth
from gridmap.population.refusals import PeopleRefusedError
from gridmap.population.showing import dwelling_of, row_of
from gridmap.population.views.buildings import visible_building
from gridmap.population.views.editpage import Attempt, edit_context
from gridmap.population.views.page import page
from gridmap.population.views.residents import page_context, visible_resident

EDIT = Verb.EDIT_PEOPLE


@require_POST
@personal
def move(request: HttpRequest, key: UUID) -> HttpResponse:
    """To another dwelling in reach; looking for a building gives the page again with those found."""
    form, attempt = MoveForm(request.POST), Attempt(status=400)
    with people_door(request, EDIT) as opened:
        found = visible_resident(opened, key, EDIT)
        if "find" in request.POST:
            given = {"building": found.dwelling.building_id, **request.POST.dict()}
            asked, attempt.status = MoveForm(initial=given), 200
            context = edit_context(opened, found, attempt, move=asked)
        else:
            if form.is_valid() and _done(attempt, lambda: _move(opened, found, form.cleaned_data)):
                messages.success(request, _("The record is changed."))
                return redirect("population:resident", key)
            found = visible_resident(opened, key, EDIT)
            context = edit_context(opened, found, attempt, move=attempt.kept(form, found, request.POST, OF_RESIDENT))
    return page(request, "population/edit.html", context, status=attempt.status)


def _move(opened: Opened, found: Resident, given: dict[str, Any]) -> None:
    building = visible_building(opened, given["building"])
    dwelling = find_dwelling(building=building, unit=given["unit"], room=given["room"])
    household = Household.objects.filter(dwelling=dwelling, residents__present=True).order_by("pk").first()
    move_within(
        resident=found,
        dwelling=dwelling,
        household=household,
        version=given["version"],
        by=opened.person,
        on=timezone.localdate(),
    )


@require_POST
@personal
def gone(request: HttpRequest, key: UUID) -> HttpResponse:
    """Somebody has moved away or died: first what that means is shown, then it is done."""
    form, attempt = GoneForm(request.POST), Attempt(status=400)
    with people_door(request, EDIT) as opened:
        found = visible_resident(opened, key, EDIT)
        sure = form.is_valid() and form.cleaned_data["sure"]
        if form.is_valid() and _done(attempt, lambda: _leave(opened, found, form.cleaned_data)):
            if sure:
                messages.success(request, _("The record is changed."))
                return redirect("population:resident", key)
            template, context = "population/gone.html", _gone_context(found, form)
            attempt.status = 200
        else:
            found = visible_resident(opened, key, EDIT)
            kept = attempt.kept(form, found, request.POST, OF_RESIDENT)
            template, context = "population/edit.html", edit_context(opened, found, attempt, gone=kept)
    return page(request, template, context, status=attempt.status)


def _leave(opened: Opened, found: Resident, given: dict[str, Any]) -> None:
    """Without `sure` only the day is looked at."""
    if given["sure"]:
        mark_gone(resident=found, version=given["version"], by=opened.person, on=given["on"])
    else:
        refuse_day_before_birth(found, given["on"])


def _gone_context(found: Resident, form: GoneForm) -> dict[str, Any]:
    tags = CareTag.objects.in_force().filter(resident=found).count()
    return {"row": row_of(found), "dwelling": dwelling_of(found.dwelling), "given": form.cleaned_data, "tags": tags}


@require_POST
@personal
def back(request: HttpRequest, key: UUID) -> HttpResponse:
    """Somebody marked as gone is back, or never left."""
    form, attempt = VersionForm(request.POST), Attempt(status=400)
    with people_door(request, EDIT) as opened:
        found = visible_resident(opened, key, EDIT)
        if form.is_valid() and _done(attempt, lambda: _return(opened, found, form.cleaned_data)):
            messages.success(request, _("This resident is recorded as present again, with the care tags of that day."))
            return redirect("population:resident", key)
        found = visible_resident(opened, key, EDIT)
        context = page_context(opened, found) | {"refusal": attempt.refusal}
    return page(request, "population/resident.html", context, status=attempt.status)


def _return(opened: Opened, found: Resident, given: dict[str, Any]) -> None:
    mark_present(resident=found, version=given["version"], by=opened.person)


def _done(attempt: Attempt, act: Any) -> bool:
    try:
        act()
    except PeopleRefusedError as why:
        attempt.refused(why)
        return False
    return True
