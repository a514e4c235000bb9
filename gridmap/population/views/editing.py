"""Forms for a resident, a household, a dwelling: changing, moving, adding, marking as gone."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from gridmap.accounts.roles import Verb
from gridmap.population.doors import Opened, people_door, personal
from gridmap.population.editing import Outcome, edit_resident
from gridmap.population.forms import ChangeForm, DwellingForm, GoneForm, HouseholdForm, MoveForm, NewPersonForm
from gridmap.population.homes import change_dwelling, change_household
from gridmap.population.models import Dwelling, Household, Resident
from gridmap.population.moving import find_dwelling, mark_gone, move_in, move_within
from gridmap.population.refusals import PeopleRefusedError, Refusal
from gridmap.population.showing import building_name, dwelling_of, note_shown, row_of
from gridmap.population.views.buildings import visible_building
from gridmap.population.views.page import page
from gridmap.population.views.residents import visible_resident

EDIT = Verb.EDIT_PEOPLE
STATUS = {Refusal.STALE: 409, Refusal.ID_TAKEN: 409, Refusal.TOO_MANY_TAKEN: 429}


@require_http_methods(["GET", "POST"])
@personal
def resident(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change what is known about somebody."""
    refusal, status = "", 200
    form: ChangeForm | None = ChangeForm(request.POST) if request.method == "POST" else None
    with people_door(request, EDIT) as opened:
        found = visible_resident(opened, key, EDIT)
        if form is not None and form.is_valid():
            try:
                outcome = _apply(opened, found, form)
            except PeopleRefusedError as why:
                refusal, status = str(why), _status(why)
            else:
                _tell(request, outcome)
                return redirect("population:resident", key)
        elif form is not None:
            status = 400
        context = _edit_context(found, form, refusal)
    return page(request, "population/edit.html", context, status=status)


def _apply(opened: Opened, found: Resident, form: ChangeForm) -> Outcome:
    return edit_resident(
        resident=found,
        values=form.values(),
        source=form.cleaned_data["source"],
        version=form.cleaned_data["version"],
        by=opened.person,
        on=timezone.localdate(),
        remove=form.cleaned_data["remove"],
    )


def _edit_context(found: Resident, form: ChangeForm | None, refusal: str) -> dict[str, Any]:
    """The form with masked values as hints; after a refusal it stands on the present version."""
    initial = {name: getattr(found, name) for name in ("kind", "gender", "birth_year", "relation", "version")}
    shown = form if form is not None and not refusal else ChangeForm(initial=initial)
    for name in ("name", "id_number", "phone", "health"):
        shown.fields[name].widget.attrs |= {"placeholder": getattr(found, name).mask(), "autocomplete": "off"}
    return {
        "resident": found,
        "row": row_of(found),
        "dwelling": dwelling_of(found.dwelling),
        "form": shown,
        "refusal": refusal,
        "gone_form": GoneForm(initial={"version": found.version, "on": timezone.localdate()}),
        "move_form": MoveForm(initial={"version": found.version, "building": found.dwelling.building_id}),
    }


def _tell(request: HttpRequest, outcome: Outcome) -> None:
    if outcome.conflicts:
        count = len(outcome.conflicts)
        text = ngettext(
            "%(count)d field is kept, because another source is believed about it. See the conflicts.",
            "%(count)d fields are kept, because other sources are believed about them. See the conflicts.",
            count,
        )
        messages.warning(request, text % {"count": count})
    if outcome.changed:
        messages.success(request, _("The record is changed."))
    elif not outcome.conflicts:
        messages.info(request, _("Nothing was different."))


def _status(why: PeopleRefusedError) -> int:
    return STATUS.get(why.refusal, 400)


@require_POST
@personal
def gone(request: HttpRequest, key: UUID) -> HttpResponse:
    """Somebody has moved away or died."""
    form = GoneForm(request.POST)
    return _act(request, key, form, _mark_gone)


@require_POST
@personal
def move(request: HttpRequest, key: UUID) -> HttpResponse:
    """To another dwelling in reach."""
    form = MoveForm(request.POST)
    return _act(request, key, form, _move)


def _act(request: HttpRequest, key: UUID, form: forms.Form, act: Any) -> HttpResponse:
    with people_door(request, EDIT) as opened:
        found = visible_resident(opened, key, EDIT)
        if not form.is_valid():
            messages.error(request, _("Something is missing or can't be used; look at it again."))
        else:
            try:
                act(opened, found, form.cleaned_data)
            except PeopleRefusedError as why:
                messages.error(request, str(why))
            else:
                messages.success(request, _("The record is changed."))
                return redirect("population:resident", key)
    return redirect("population:edit", key)


def _mark_gone(opened: Opened, found: Resident, given: dict[str, Any]) -> None:
    mark_gone(resident=found, version=given["version"], by=opened.person, on=given["on"])


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


@require_http_methods(["GET", "POST"])
@personal
def new_resident(request: HttpRequest, key: UUID) -> HttpResponse:
    """Record somebody new in a dwelling."""
    refusal, status = "", 200
    with people_door(request, EDIT) as opened:
        home = _visible_dwelling(opened, key)
        households = [
            (
                str(one.pk),
                _("household of %(name)s") % {"name": "、".join(r.name.mask() for r in one.residents.present()[:2])},
            )
            for one in Household.objects.filter(dwelling=home, residents__present=True).distinct()
        ]
        form = NewPersonForm(request.POST if request.method == "POST" else None, households=households)
        if request.method == "POST" and form.is_valid():
            try:
                made = _move_in(opened, home, form)
            except PeopleRefusedError as why:
                refusal, status = str(why), _status(why)
            else:
                return redirect("population:resident", made.pk)
        elif request.method == "POST":
            status = 400
        context = {"form": form, "dwelling": dwelling_of(home), "refusal": refusal}
    return page(request, "population/new.html", context, status=status)


def _move_in(opened: Opened, home: Dwelling, form: NewPersonForm) -> Resident:
    chosen = form.cleaned_data["household"]
    household = get_object_or_404(Household, pk=chosen, dwelling=home) if chosen else None
    return move_in(
        dwelling=home,
        household=household,
        values=form.values(),
        source=form.cleaned_data["source"],
        by=opened.person,
        on=timezone.localdate(),
    )


def _visible_dwelling(opened: Opened, key: UUID) -> Dwelling:
    rows = Dwelling.objects.visible_to(opened.person, EDIT).select_related("building__compound")
    found = get_object_or_404(rows, pk=key)
    opened.at(found.area)
    return found


@require_http_methods(["GET", "POST"])
@personal
def dwelling(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change how a dwelling is used, and its owner."""
    with people_door(request, EDIT) as opened:
        found = _visible_dwelling(opened, key)
        initial = {name: getattr(found, name) for name in ("occupancy", "purpose", "floor", "version")}
        form = DwellingForm(request.POST if request.method == "POST" else None, initial=initial)
        _hint(form, found, ("owner_name", "owner_phone"))
        done, refusal, status = _save(
            request,
            form,
            lambda values, version: change_dwelling(
                dwelling=found, values=values, version=version, by=opened.person, on=timezone.localdate()
            ),
        )
        context = {"form": form, "title": f"{building_name(found.building)} {found}", "refusal": refusal}
    if done:
        return redirect("population:dwelling", key)
    return page(request, "population/edit_home.html", context, status=status)


@require_http_methods(["GET", "POST"])
@personal
def household(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change a household's number and whether it is registered here."""
    with people_door(request, EDIT) as opened:
        rows = Household.objects.visible_to(opened.person, EDIT).select_related("dwelling__building__compound")
        found = get_object_or_404(rows, pk=key)
        opened.at(found.area)
        initial = {"registered": found.registered, "version": found.version}
        form = HouseholdForm(request.POST if request.method == "POST" else None, initial=initial)
        _hint(form, found, ("number",))
        done, refusal, status = _save(
            request,
            form,
            lambda values, version: change_household(
                household=found, values=values, version=version, by=opened.person, on=timezone.localdate()
            ),
        )
        title = f"{building_name(found.dwelling.building)} {found.dwelling} · {_('Household')}"
        context = {"form": form, "title": title, "refusal": refusal}
    if done:
        return redirect("population:dwelling", found.dwelling_id)
    return page(request, "population/edit_home.html", context, status=status)


def _hint(form: forms.Form, record: Dwelling | Household, names: tuple[str, ...]) -> None:
    note_shown(record)
    for name in names:
        form.fields[name].widget.attrs |= {"placeholder": getattr(record, name).mask(), "autocomplete": "off"}


def _save(request: HttpRequest, form: forms.Form, change: Any) -> tuple[bool, str, int]:
    """Whether it was changed, why not, and the status of the page that says so."""
    if request.method != "POST":
        return False, "", 200
    if not form.is_valid():
        return False, "", 400
    values = dict(form.cleaned_data)
    version = values.pop("version")
    try:
        change(values, version)
    except PeopleRefusedError as why:
        return False, str(why), _status(why)
    messages.success(request, _("The record is changed."))
    return True, "", 302
