from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanningConfig(AppConfig):
    name = "gridmap.planning"
    verbose_name = _("Planning")

    def ready(self) -> None:
        from gridmap.jobs.outcomes import register_outcomes  # noqa: PLC0415  (models are loaded only now)
        from gridmap.jobs.services import register  # noqa: PLC0415  (models are loaded only now)
        from gridmap.jobs.shares import register_shares  # noqa: PLC0415  (models are loaded only now)
        from gridmap.planning.drawing_job import KIND, SHARES, draw_as_job  # noqa: PLC0415  (models are loaded only now)
        from gridmap.planning.outcomes import pages_of_work  # noqa: PLC0415  (models are loaded only now)

        register(KIND, draw_as_job)
        register_shares(KIND, SHARES)
        register_outcomes(KIND, pages_of_work)
