"""Who lives in the dwellings: households, residents, care."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PopulationConfig(AppConfig):
    name = "gridmap.population"
    verbose_name = _("Population")

    def ready(self) -> None:
        from gridmap.jobs.outcomes import register_outcomes  # noqa: PLC0415  (models are loaded only now)
        from gridmap.jobs.services import register  # noqa: PLC0415  (models are loaded only now)
        from gridmap.population.exports.asking import KIND  # noqa: PLC0415  (models are loaded only now)
        from gridmap.population.exports.outcomes import pages_of_exports  # noqa: PLC0415  (models are loaded only now)
        from gridmap.population.exports.work import make_as_job  # noqa: PLC0415  (models are loaded only now)
        from gridmap.population.placing import place_people  # noqa: PLC0415  (models are loaded only now)
        from gridmap.territory.followers import register_follower  # noqa: PLC0415  (models are loaded only now)

        register_follower(place_people)
        register(KIND, make_as_job)
        register_outcomes(KIND, pages_of_exports)
