"""Who lives in the dwellings: households, residents, care."""

from django.apps import AppConfig


class PopulationConfig(AppConfig):
    name = "gridmap.population"
