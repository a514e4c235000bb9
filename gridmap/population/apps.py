"""Who lives in the dwellings: households, residents, care."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PopulationConfig(AppConfig):
    name = "gridmap.population"
    verbose_name = _("Population")

    def ready(self) -> None:
        from gridmap.population.placing import place_people  # noqa: PLC0415  (models are loaded only now)
        from gridmap.territory.followers import register_follower  # noqa: PLC0415  (models are loaded only now)

        register_follower(place_people)
