"""The sign-in page and the page for the code."""

from datetime import datetime
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.signals import user_locked_out
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gridmap.accounts import limits, pending, second_factor, sessions, signals
from gridmap.accounts.addresses import client_address
from gridmap.accounts.forms import CodeForm, SignInForm
from gridmap.accounts.models import User
from gridmap.accounts.sessions import Ended
from gridmap.accounts.words import SENTENCES


class SignIn(LoginView):
    """Name and password. What is told in vain is one and the same for names that exist and names that do not."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Look at the password, unless too many were tried."""
        name = UsernameField(strip=True).to_python(request.POST.get("username", "")) or ""
        if limits.refuses_password(request, name, now=timezone.now()):
            return locked(request, name)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password is right: who holds a post goes on to the next step."""
        person, now = form.get_user(), timezone.now()
        assert isinstance(person, User)  # noqa: S101  (for the type checker: the one model of this site)
        if not sessions.roles_of(person, at=now):
            tell_failure(self.request, person.username, step=signals.NO_POST)
            form.add_error(None, _("You hold no post at present. Ask the administrator for one."))
            return self.form_invalid(form)
        begun = pending.begin(self.request, person, goes_to=self.get_redirect_url(), at=now)
        return pending.go_on(self.request, begun, at=now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Why the person stands here again, where a session ended."""
        why = self.request.GET.get("why", "")
        return super().get_context_data(why=SENTENCES[Ended(why)] if why in set(Ended) else "", **kwargs)


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponseBase:
    """The code of the phone, or a recovery code, of who has given the right password."""
    now = timezone.now()
    waiting = pending.pending_of(request, at=now)
    if waiting is None:
        return redirect("accounts:login")
    if pending.step_of(waiting, at=now) != "accounts:code":
        return pending.go_on(request, waiting, at=now)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if is_locked(request, waiting.person.username):
            pending.drop(request)
            return locked(request, waiting.person.username)
        if gives_right_code(request, waiting.person, form.cleaned_data["code"], at=now):
            return pending.go_on(request, pending.with_factor(request, waiting), at=now)
        tell_failure(request, waiting.person.username, step=signals.CODE)
        form.add_error("code", _("This code is wrong, has been used, or is over. Enter the one that is shown now."))
    return render(request, "accounts/code.html", {"form": form})


def gives_right_code(request: HttpRequest, person: User, text: str, *, at: datetime) -> bool:
    """Whether the code is right; a code beyond the limit is not looked at."""
    right = limits.count_code(request, person.username, now=at) and second_factor.accepts(person, text, at=at)
    if right:
        limits.forgive_codes(request, person.username)
    return right


def is_locked(request: HttpRequest, name: str) -> bool:
    """Whether nothing that is said for `name` is looked at for a while."""
    allowed = AxesProxyHandler.is_allowed(request, {"username": name})
    return not allowed or limits.refuses_code(name, now=timezone.now())


def locked(request: HttpRequest, name: str) -> HttpResponse:
    """429, told to whoever listens."""
    user_locked_out.send("gridmap.accounts", request=request, username=name, ip_address=client_address(request))
    return render(request, "accounts/locked.html", status=429)


def tell_failure(request: HttpRequest, name: str, *, step: str) -> None:
    """Say that a sign-in failed after the password: django-axes, our limits and the traces listen."""
    user_login_failed.send(__name__, credentials={"username": name, signals.STEP: step}, request=request)
