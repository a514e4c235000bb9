"""Organisations as a tree, and one of them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridmap.accounts.models import User
from gridmap.accounts.places import atlas
from gridmap.accounts.staff.forms import OrganisationForm
from gridmap.accounts.staff.gate import for_administrators, organisation_or_404, sent
from gridmap.accounts.staff.organisations import change_organisation, open_organisation, tree_of, version_of
from gridmap.accounts.staff.places import first_area, written
from gridmap.accounts.staff.refusals import StaffForbiddenError, StaffRefusedError
from gridmap.accounts.staff.scope import organisations_of


@require_GET
@for_administrators
def tree(request: HttpRequest, by: User) -> HttpResponse:
    """All that the administrator knows, each below the one it belongs to, with its people."""
    branches = tree_of(by, today=timezone.localdate())
    names = atlas().names_of({one.organisation.area for one in branches})
    rows = [(one, names.get(one.organisation.area, one.organisation.area)) for one in branches]
    return render(request, "staff/organisations.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@for_administrators
def new(request: HttpRequest, by: User) -> HttpResponse:
    """A new organisation, below the one named in the address."""
    parent = request.GET.get("below", "")
    initial = {"area": first_area(by), "parent": parent if parent.isascii() and parent.isdigit() else None}
    form = OrganisationForm(sent(request), by=by, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = open_organisation(by=by, **form.values())
        except StaffRefusedError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%(name)s is in the tree.") % {"name": made.name})
            return redirect("staff:organisations")
    return render(request, "staff/organisation.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_administrators
def one(request: HttpRequest, by: User, number: int) -> HttpResponse:
    """Rename or move one."""
    found = organisation_or_404(by, number)
    mine = organisations_of(by).filter(pk=found.pk).exists()
    if request.method == "POST" and not mine:
        raise StaffForbiddenError("organisation_outside")
    initial = {
        "name": found.name,
        "kind": found.kind,
        "area": written(found.area, atlas().names_of([found.area])),
        "parent": found.parent_id,
        "seen": version_of(found),
    }
    form = OrganisationForm(sent(request), by=by, itself=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_organisation(organisation=found, seen=form.cleaned_data["seen"], by=by, **form.values())
        except StaffRefusedError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%(name)s is changed.") % {"name": form.cleaned_data["name"]})
            return redirect("staff:organisations")
    context = {"form": form, "organisation": found, "mine": mine}
    return render(request, "staff/organisation.html", context, status=400 if form.errors else 200)
