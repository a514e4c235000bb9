"""Addresses of the whole site."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.i18n import set_language


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether this process serves and reaches its database; says no more than that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("gridmap.console.urls")),
    path("accounts/", include("gridmap.accounts.urls")),
    path("", include("gridmap.accounts.screen_urls")),
    path("staff/import/", include("importers.staff.urls")),
    path("staff/", include("gridmap.accounts.staff.urls")),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("", include("layers.urls")),
    path("", include("layers.ogc.urls")),
    path("api/v1/equipment/", include("gridmap.territory.editing.urls")),
    path("jobs/", include("gridmap.jobs.urls")),
    path("plans/", include("gridmap.planning.urls")),
    path("import/", include("importers.urls")),
    path("traces/", include("gridmap.traces.urls")),
    path("people/lists/", include("importers.lists.urls")),
    path("people/", include("gridmap.population.urls")),
]
if settings.SPECIAL_GROUPS:
    urlpatterns.append(path("special-groups/", include("gridmap.special_groups.urls")))
handler400 = "layers.errors.malformed"
handler403 = "layers.errors.forbidden"
handler404 = "layers.errors.not_found"
handler500 = "layers.errors.broken"
