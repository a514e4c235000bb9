"""The console is the front page."""

from django.urls import path, re_path

from gridmap.console.printing import print_page
from gridmap.console.saving import ViewsView, ViewView
from gridmap.console.views import communities, console

app_name = "console"
urlpatterns = [
    path("", console, name="map"),
    path("print/", print_page, name="print"),
    path("communities.json", communities, name="communities"),
    path("api/v1/views", ViewsView.as_view(), name="views"),
    re_path(r"^api/v1/views/(?P<key>[0-9a-z]{8,12})$", ViewView.as_view(), name="view"),
]
