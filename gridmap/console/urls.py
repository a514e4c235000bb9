"""The console is the front page."""

from django.urls import path

from gridmap.console.views import console

app_name = "console"
urlpatterns = [path("", console, name="map")]
