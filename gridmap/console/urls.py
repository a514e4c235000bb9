"""The console is the front page."""

from django.urls import path

from gridmap.console.views import communities, console

app_name = "console"
urlpatterns = [
    path("", console, name="map"),
    path("communities.json", communities, name="communities"),
]
