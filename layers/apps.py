from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LayersConfig(AppConfig):
    name = "layers"
    verbose_name = _("Layers")

    def ready(self) -> None:
        from gridmap.jobs.outcomes import register_outcomes  # noqa: PLC0415  (models are loaded only now)
        from gridmap.jobs.services import register  # noqa: PLC0415  (models are loaded only now)
        from layers import seeding_job  # noqa: PLC0415  (models are loaded only now)
        from layers.exports.services import KIND, make_as_job, pages_of  # noqa: PLC0415  (models are loaded only now)

        register(seeding_job.KIND, seeding_job.seed_as_job)
        register(KIND, make_as_job)
        register_outcomes(KIND, pages_of)
