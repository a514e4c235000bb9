"""The page of one's own sessions: where one is signed in, and signing out there."""

from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gridmap.accounts import sessions
from gridmap.accounts.models import SignedIn
from gridmap.accounts.people_only import people_only
from gridmap.accounts.sessions import Ended

#: Telling a browser from its own words, the more particular first; a name of a product is not translated.
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@never_cache
@require_GET
@people_only
def own_sessions(request: HttpRequest, present: SignedIn) -> HttpResponseBase:
    """Where the person is signed in now, this browser first."""
    now = timezone.now()
    roles = sessions.roles_of(present.person, at=now)
    held = SignedIn.objects.open().filter(person=present.person).select_related("person").order_by("-seen_at")
    rows = [
        {"session": one, "device": device_of(one.agent), "is_present": one.pk == present.pk}
        for one in held
        if sessions.judge(one, roles, at=now) is None
    ]
    rows.sort(key=lambda row: not row["is_present"])
    return render(request, "accounts/sessions.html", {"rows": rows})


@require_POST
@people_only
def end_one(request: HttpRequest, present: SignedIn, pk: int) -> HttpResponseBase:
    """Sign out in one other browser."""
    held = get_object_or_404(SignedIn.objects.open(), pk=pk, person=present.person)
    sessions.end(held, Ended.SIGNED_OUT, at=timezone.now())
    return redirect("accounts:sessions")


@require_POST
@people_only
def end_everywhere(request: HttpRequest, present: SignedIn) -> HttpResponseBase:
    """Sign out in every browser, this one too."""
    sessions.end_all(present.person, Ended.SIGNED_OUT, at=timezone.now())
    logout(request)
    return redirect("accounts:login")


def device_of(agent: str) -> str:
    """`Chrome, Windows`: what a browser says of itself, as a person would."""
    found = [next((name for mark, name in marks if mark in agent), "") for marks in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found)) or _("unknown browser")
