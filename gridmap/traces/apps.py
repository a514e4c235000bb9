"""Who wrote, read or was refused what: the trail that the application can add to and never change."""

from django.apps import AppConfig


class TracesConfig(AppConfig):
    name = "gridmap.traces"
