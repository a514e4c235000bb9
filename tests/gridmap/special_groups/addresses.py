"""The site with the room for special groups open."""

from django.urls import include, path

from gridmap.urls import handler400, handler403, handler404, handler500
from gridmap.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500"]
urlpatterns = [*site, path("special-groups/", include("gridmap.special_groups.urls"))]
