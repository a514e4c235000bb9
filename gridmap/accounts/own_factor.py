"""Pages of one's own second factor: enrolling, looking at it, new recovery codes, taking it away."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gridmap.accounts import limits, pending, second_factor, sessions, signals
from gridmap.accounts.confirming import confirmed_first, shows_who
from gridmap.accounts.forms import CodeForm, ConfirmForm
from gridmap.accounts.models import SecondFactor, SignedIn, User
from gridmap.accounts.pending import Pending
from gridmap.accounts.people_only import people_only, session_in
from gridmap.accounts.pictures import qr_code
from gridmap.accounts.sessions import Ended
from gridmap.accounts.signin import is_locked, locked, tell_failure
from gridmap.accounts.tickets import hash_of


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def own_factor(request: HttpRequest) -> HttpResponseBase:
    """Enrolling for who must before anything else; the state of things for who is signed in."""
    signed_in = session_in(request)
    if signed_in is not None:
        return _state(request, signed_in)
    now = timezone.now()
    waiting = pending.pending_of(request, at=now)
    if waiting is None:
        return redirect("accounts:login")
    if pending.step_of(waiting, at=now) != "accounts:second_factor":
        return pending.go_on(request, waiting, at=now)
    codes = _enrolled(request, waiting.person)
    if not isinstance(codes, list):
        return codes
    return _let_in_with(request, waiting, codes)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@confirmed_first
def new_factor(request: HttpRequest, signed_in: SignedIn) -> HttpResponseBase:
    """Another phone, or the first one of somebody whose role does not ask for it. Other sessions end."""
    codes = _enrolled(request, signed_in.person)
    if not isinstance(codes, list):
        return codes
    now = timezone.now()
    SignedIn.objects.filter(pk=signed_in.pk).update(second_factor_at=now)
    sessions.end_all(signed_in.person, Ended.SIGNED_OUT, at=now, but=signed_in)
    return _show_codes(request, codes, goes_to="accounts:second_factor")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@people_only
def remove_factor(request: HttpRequest, signed_in: SignedIn) -> HttpResponseBase:
    """Back to the password alone, where the role does not ask for more. However lately password and code were given:
    who finds a desk unattended is not to take the factor away."""
    person, now = signed_in.person, timezone.now()
    if second_factor.is_required(person, at=now) or second_factor.in_use(person) is None:
        return redirect("accounts:second_factor")
    form = ConfirmForm(request.POST or None, has_factor=True)
    if form.is_valid():
        if is_locked(request, person.username):
            return locked(request, person.username)
        if shows_who(request, person, form, at=now):
            second_factor.reset(person, at=now)
            return redirect("accounts:second_factor")
    return render(request, "accounts/remove_factor.html", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
@confirmed_first
def recovery_codes(request: HttpRequest, signed_in: SignedIn) -> HttpResponseBase:
    """How many recovery codes are left; new ones on request, shown once."""
    if second_factor.in_use(signed_in.person) is None:
        return redirect("accounts:second_factor")
    if request.method == "POST":
        codes = second_factor.renew_recovery_codes(signed_in.person)
        return _show_codes(request, codes, goes_to="accounts:second_factor")
    left = second_factor.recovery_codes_left(signed_in.person)
    return render(request, "accounts/recovery_codes.html", {"left": left})


def _state(request: HttpRequest, signed_in: SignedIn) -> HttpResponseBase:
    person = signed_in.person
    context = {
        "factor": second_factor.in_use(person),
        "left": second_factor.recovery_codes_left(person),
        "is_required": second_factor.is_required(person, at=timezone.now()),
    }
    return render(request, "accounts/second_factor.html", context)


def _enrolled(request: HttpRequest, person: User) -> list[str] | HttpResponseBase:
    """The recovery codes once the first code was right; until then the page with the secret."""
    form, now, browser = CodeForm(request.POST or None), timezone.now(), hash_of(request.session.session_key or "")
    if form.is_valid():
        if is_locked(request, person.username):
            pending.drop(request)
            return locked(request, person.username)
        codes = None
        if limits.count_code(request, person.username, now=now):
            text = "".join(form.cleaned_data["code"].split())
            codes = second_factor.confirm(person, text, at=now, browser=browser)
        if codes is not None:
            limits.forgive_codes(request, person.username)
            return codes
        tell_failure(request, person.username, step=signals.CODE)
        form.add_error("code", _("This is not the code that your phone should show now. Is its clock right?"))
    begun = second_factor.begin(person, at=now, browser=browser)
    return render(request, "accounts/enrol.html", {"form": form, **_secret(begun)})


def _secret(factor: SecondFactor) -> dict[str, str]:
    key = second_factor.key_of(factor)
    address = second_factor.address_of(factor, issuer=_("One map of the grids"))
    return {
        "picture": qr_code(address),
        "key": " ".join(key[start : start + 4] for start in range(0, len(key), 4)),
    }


def _let_in_with(request: HttpRequest, waiting: Pending, codes: list[str]) -> HttpResponseBase:
    """The recovery codes are shown once; from their page one goes on to where one wanted to."""
    now = timezone.now()
    given = pending.with_factor(request, waiting)
    step = pending.step_of(given, at=now)
    if step is None:
        pending.let_in(request, given)
    response = _show_codes(request, codes, goes_to=step or given.goes_to or "/")
    if step is None:
        limits.remember(request, response, given.person.username)
    return response


def _show_codes(request: HttpRequest, codes: list[str], *, goes_to: str) -> HttpResponseBase:
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "goes_to": goes_to})
