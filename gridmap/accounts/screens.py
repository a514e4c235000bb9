"""Pages about wall screens: the one a screen enters by, and the administrators' list."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridmap.accounts import devices
from gridmap.accounts.forms import TokenForm
from gridmap.accounts.models import Device, User
from gridmap.accounts.people_only import session_in
from gridmap.accounts.pictures import qr_code
from gridmap.accounts.screen_forms import ScreenForm
from gridmap.accounts.staff.gate import for_administrators
from gridmap.accounts.staff.places import first_area, name_places
from gridmap.accounts.staff.refusals import StaffRefusedError


@login_not_required
@never_cache
@sensitive_post_parameters("token")
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Becomes the screen of a token: typed in, or brought by a link behind `#`, which no server and no log sees."""
    form = TokenForm(request.POST or None)
    if form.is_valid():
        token = form.cleaned_data["token"]
        if devices.opens(token):
            if session_in(request):
                logout(request)
            response = redirect(settings.LOGIN_REDIRECT_URL)
            devices.let_in(response, token)
            return response
        form.add_error("token", _("This link opens no screen, or not any more. Ask the administrator for a new one."))
    return render(request, "accounts/enter.html", {"form": form}, status=403 if form.errors else 200)


@require_GET
@for_administrators
def listing(request: HttpRequest, by: User) -> HttpResponse:
    """The screens in the administrator's area."""
    rows = list(devices.screens_of(by))
    name_places(post for device in rows for post in device.account.held)  # type: ignore[attr-defined]
    return render(request, "staff/screens.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@for_administrators
def new(request: HttpRequest, by: User) -> HttpResponse:
    """A new screen; token, link and QR code are shown in the answer and never again."""
    form = ScreenForm(request.POST or None, by=by, initial={"area": first_area(by)})
    if form.is_valid():
        given = form.cleaned_data
        try:
            device, token = devices.register(name=given["name"], area=given["area"], by=by, now=timezone.now())
        except StaffRefusedError as refusal:
            form.refuse(refusal)
        else:
            return render(request, "staff/screen_made.html", {"device": device, **_link(request, token)})
    return render(request, "staff/new_screen.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
@for_administrators
def revoke(request: HttpRequest, by: User, number: int) -> HttpResponse:
    """Take a screen out of service; it goes blank within two seconds."""
    device = get_object_or_404(devices.screens_of(by), pk=number)
    devices.revoke(device=Device.objects.get(pk=device.pk), now=timezone.now())
    messages.success(request, _("%(name)s is out of service.") % {"name": device.name})
    return redirect("screens:list")


def _link(request: HttpRequest, token: str) -> dict[str, str]:
    link = f"{request.build_absolute_uri(reverse('screens:enter'))}#{token}"
    return {"token": token, "link": link, "picture": qr_code(link)}
