"""Forms for a resident, a household, a dwelling: changing and adding."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gridmap.accounts.roles import Verb
from gridmap.population.doors import Opened, people_door, personal
from gridmap.population.editing import Outcome, edit_resident
from gridmap.population.forms import ChangeForm, DwellingForm, HouseholdForm, NewPersonForm, VersionForm
from gridmap.population.homes import change_dwelling, change_household
from gridmap.population.meanwhile import OF_DWELLING, OF_HOUSEHOLD, OF_RESIDENT, marks_of
from gridmap.population.models import Dwelling, Household, Resident
from gridmap.population.moving import move_in
from gridmap.population.refusals import PeopleRefusedError
from gridmap.population.showing import building_name, dwelling_of, note_shown
from gridmap.population.views.editpage import Attempt, edit_context
from gridmap.population.views.page import page
from gridmap.population.views.residents import visible_resident

EDIT = Verb.EDIT_PEOPLE
DONE = 302
#: Fields of dwellings and households of which a form shows the mask only.
SEALED = frozenset({"owner_name", "owner_phone", "number"})


@require_http_methods(["GET", "POST"])
@personal
def resident(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change what is known about somebody."""
    attempt, form = Attempt(), ChangeForm(request.POST) if request.method == "POST" else None
    with people_door(request, EDIT) as opened:
        found = visible_resident(opened, key, EDIT)
        if form is not None:
            attempt.status = 400
            if form.is_valid():
                try:
                    outcome = _apply(opened, found, form)
                except PeopleRefusedError as why:
                    attempt.refused(why)
                    found = visible_resident(opened, key, EDIT)
                else:
                    _tell(request, outcome)
                    return redirect("population:resident", key)
            form = attempt.kept(form, found, request.POST, OF_RESIDENT)
        context = edit_context(opened, found, attempt, change=form)
    return page(request, "population/edit.html", context, status=attempt.status)


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


@require_http_methods(["GET", "POST"])
@personal
def new_resident(request: HttpRequest, key: UUID) -> HttpResponse:
    """Record somebody new in a dwelling."""
    attempt = Attempt()
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
                attempt.refused(why)
            else:
                return redirect("population:resident", made.pk)
        elif request.method == "POST":
            attempt.status = 400
        context = {"form": form, "dwelling": dwelling_of(home), "refusal": attempt.refusal}
    return page(request, "population/new.html", context, status=attempt.status)


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

        def change(values: dict[str, Any], version: int) -> None:
            change_dwelling(dwelling=found, values=values, version=version, by=opened.person, on=timezone.localdate())

        context, status = _changed_home(request, found, DwellingForm, OF_DWELLING, change)
        context["title"] = f"{building_name(found.building)} {found}"
    if status == DONE:
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

        def change(values: dict[str, Any], version: int) -> None:
            change_household(household=found, values=values, version=version, by=opened.person, on=timezone.localdate())

        context, status = _changed_home(request, found, HouseholdForm, OF_HOUSEHOLD, change)
        context["title"] = f"{building_name(found.dwelling.building)} {found.dwelling} · {_('Household')}"
    if status == DONE:
        return redirect("population:dwelling", found.dwelling_id)
    return page(request, "population/edit_home.html", context, status=status)


def _changed_home(
    request: HttpRequest,
    record: Dwelling | Household,
    kind: type[VersionForm],
    names: tuple[str, ...],
    change: Callable[[dict[str, Any], int], None],
) -> tuple[dict[str, Any], int]:
    """What the page shows, and its status: DONE where the change was made."""
    note_shown(record)
    attempt = Attempt()
    if request.method == "POST":
        form, attempt.status = kind(request.POST), 400
        if form.is_valid() and _saved(request, form, change, attempt):
            return {}, DONE
        if attempt.refusal:
            record.refresh_from_db()
        form = attempt.kept(form, record, request.POST, names)
    else:
        plain = [name for name in names if name not in SEALED]
        initial = {name: getattr(record, name) for name in (*plain, "version")}
        form = kind(initial=initial | {"seen": marks_of(record, names)})
    for name in SEALED & set(names):
        form.fields[name].widget.attrs |= {"placeholder": getattr(record, name).mask(), "autocomplete": "off"}
    return {"form": form, "refusal": attempt.refusal, "changes": attempt.changes}, attempt.status


def _saved(
    request: HttpRequest, form: VersionForm, change: Callable[[dict[str, Any], int], None], attempt: Attempt
) -> bool:
    values = {name: value for name, value in form.cleaned_data.items() if name not in {"version", "seen"}}
    try:
        change(values, form.cleaned_data["version"])
    except PeopleRefusedError as why:
        attempt.refused(why)
        return False
    messages.success(request, _("The record is changed."))
    return True
