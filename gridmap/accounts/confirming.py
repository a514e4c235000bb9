"""Before the account itself is changed, who is signed in shows once more who they are."""

from datetime import datetime
from functools import wraps

from django.contrib.auth import authenticate
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gridmap.accounts import second_factor, sessions, signals
from gridmap.accounts.forms import ConfirmForm
from gridmap.accounts.models import SignedIn, User
from gridmap.accounts.people_only import OwnView, people_only
from gridmap.accounts.signin import gives_right_code, is_locked, locked, tell_failure


def confirmed_first(view: OwnView) -> OwnView:
    """Only for persons who gave password and code within the last ten minutes; others are asked for them first."""

    @people_only
    @wraps(view)
    def guarded(request: HttpRequest, signed_in: SignedIn) -> HttpResponseBase:
        if sessions.is_confirmed(signed_in, at=timezone.now()):
            return view(request, signed_in)
        query = QueryDict(mutable=True)
        query["next"] = request.path
        return redirect(f"{resolve_url('accounts:confirm')}?{query.urlencode(safe='/')}")

    return guarded


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@people_only
def confirm(request: HttpRequest, signed_in: SignedIn) -> HttpResponseBase:
    """Password, and code where there is a second factor."""
    person, now = signed_in.person, timezone.now()
    has_factor = second_factor.in_use(person) is not None
    form = ConfirmForm(request.POST or None, has_factor=has_factor)
    goes_to = _own_page(request)
    if form.is_valid():
        if is_locked(request, person.username):
            return locked(request, person.username)
        if shows_who(request, person, form, at=now):
            sessions.note_confirmed(signed_in, at=now)
            return redirect(goes_to)
    return render(request, "accounts/confirm.html", {"form": form, "next": goes_to})


def shows_who(request: HttpRequest, person: User, form: ConfirmForm, *, at: datetime) -> bool:
    """Whether password (and code, where it is asked for) are right; what is wrong stands at its field."""
    if authenticate(request, username=person.username, password=form.cleaned_data["password"]) is None:
        form.add_error("password", _("The password is wrong."))
        return False
    if "code" in form.fields and not gives_right_code(request, person, form.cleaned_data["code"], at=at):
        tell_failure(request, person.username, step=signals.CODE)
        form.add_error("code", _("This code is wrong, has been used, or is over. Enter the one that is shown now."))
        return False
    return True


def _own_page(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else resolve_url("accounts:second_factor")
