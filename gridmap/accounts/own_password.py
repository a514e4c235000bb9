"""The page for one's own password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gridmap.accounts import pending, sessions
from gridmap.accounts.forms import ChangePasswordForm, OwnPasswordForm
from gridmap.accounts.models import SignedIn, User
from gridmap.accounts.people_only import session_in
from gridmap.accounts.sessions import Ended


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def own_password(request: HttpRequest) -> HttpResponseBase:
    """Changing it, for who is signed in; choosing the first one of one's own, as a step of signing in."""
    signed_in = session_in(request)
    if signed_in is not None:
        return _change(request, signed_in)
    now = timezone.now()
    waiting = pending.pending_of(request, at=now)
    if waiting is None:
        return redirect("accounts:login")
    if pending.step_of(waiting, at=now) != "accounts:password":
        return pending.go_on(request, waiting, at=now)
    form = OwnPasswordForm(waiting.person, request.POST or None)
    if not form.is_valid():
        return _page(request, form, is_first=True)
    person = _save(form)
    sessions.end_all(person, Ended.PASSWORD, at=now)
    return pending.go_on(request, pending.with_password(request, waiting, person), at=now)


def _change(request: HttpRequest, signed_in: SignedIn) -> HttpResponseBase:
    form = ChangePasswordForm(signed_in.person, request.POST or None, request=request)
    if not form.is_valid():
        return _page(request, form, is_first=False)
    person = _save(form)
    key = request.session.session_key or ""
    update_session_auth_hash(request, person)
    sessions.move(key, request, person)
    sessions.end_all(person, Ended.PASSWORD, at=timezone.now(), but=signed_in)
    messages.success(request, _("Your password is changed. Your other sessions have ended."))
    return redirect("accounts:sessions")


def _save(form: OwnPasswordForm | ChangePasswordForm) -> User:
    person = form.save(commit=False)
    person.must_choose_password = False
    person.save(update_fields=["password", "must_choose_password"])
    return person


def _page(request: HttpRequest, form: OwnPasswordForm | ChangePasswordForm, *, is_first: bool) -> HttpResponseBase:
    context = {"form": form, "is_first": is_first, "rules": password_validators_help_texts()}
    return render(request, "accounts/password.html", context)
