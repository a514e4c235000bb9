"""Pages about tokens: one's own, with recipes for the programs that use them, and those that administrators see."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridmap.accounts import tokens
from gridmap.accounts.confirming import confirmed_first
from gridmap.accounts.models import AccessToken, SignedIn, User
from gridmap.accounts.people_only import people_only
from gridmap.accounts.places import atlas
from gridmap.accounts.staff.gate import for_administrators
from gridmap.accounts.staff.refusals import StaffForbiddenError
from gridmap.accounts.token_forms import TokenForm

PER_PAGE = 50


@never_cache
@require_GET
@people_only
def own_tokens(request: HttpRequest, present: SignedIn) -> HttpResponseBase:
    """The person's tokens, those that still open something first, and how programs use them."""
    held = AccessToken.objects.filter(person=present.person).order_by("revoked_at", "-expires_at", "pk")
    return render(request, "accounts/tokens.html", {"rows": _rows(held), **_addresses(request)})


@never_cache
@require_http_methods(["GET", "POST"])
@confirmed_first
def new_token(request: HttpRequest, present: SignedIn) -> HttpResponseBase:
    """A new token; its key is shown in the answer and never again."""
    form = TokenForm(request.POST or None, person=present.person)
    now = timezone.now()
    if form.is_valid():
        if tokens.has_room(present.person, now=now):
            given = form.cleaned_data
            token, key = tokens.make(
                person=present.person, name=given["name"], area=given["area"], days=given["days"], now=now
            )
            return render(request, "accounts/token_made.html", {"token": token, "key": key, **_addresses(request)})
        form.add_error(None, _("You have %(most)s tokens. Revoke one first.") % {"most": tokens.MOST_OF_PERSON})
    return render(request, "accounts/new_token.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
@people_only
def revoke_own(request: HttpRequest, present: SignedIn, pk: int) -> HttpResponseBase:
    """End one of one's own tokens, now."""
    token = get_object_or_404(AccessToken, pk=pk, person=present.person)
    tokens.revoke(token, now=timezone.now())
    messages.success(request, _("%(name)s opens nothing any more.") % {"name": token.name})
    return redirect("accounts:tokens")


@require_GET
@for_administrators
def listing(request: HttpRequest, by: User) -> HttpResponse:
    """Tokens of the people in the administrator's area."""
    page = Paginator(tokens.tokens_seen_by(by), PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    rows = _rows(page)
    for row in rows:
        row["in_charge"] = tokens.is_in_charge(by, row["token"], now=now)
    return render(request, "staff/tokens.html", {"rows": rows, "page": page})


@require_POST
@for_administrators
def revoke(request: HttpRequest, by: User, number: int) -> HttpResponse:
    """End the token of somebody whose account is in the administrator's hands."""
    token = get_object_or_404(tokens.tokens_seen_by(by), pk=number)
    try:
        tokens.revoke_as(by, token, now=timezone.now())
    except StaffForbiddenError as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("%(name)s opens nothing any more.") % {"name": token.name})
    return redirect("screens:tokens")


def _rows(held: Iterable[AccessToken]) -> list[dict[str, Any]]:
    """Each token with its place and its state: `alive`, `over` or `revoked`."""
    rows = list(held)
    names = atlas().names_of({token.area for token in rows if token.area})
    now = timezone.now()
    return [
        {
            "token": token,
            "place": names.get(token.area, token.area),
            "state": "revoked" if token.revoked_at else "over" if token.expires_at <= now else "alive",
        }
        for token in rows
    ]


def _addresses(request: HttpRequest) -> dict[str, str]:
    """Addresses of this very site, for recipes that can be copied as they stand."""
    site = request.build_absolute_uri("/").rstrip("/")
    return {"site": site, "ogc": f"{site}/ogc"}
