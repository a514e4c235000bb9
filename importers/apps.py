from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportersConfig(AppConfig):
    name = "importers"
    verbose_name = _("Import")

    def ready(self) -> None:
        from gridmap.jobs.outcomes import register_outcomes  # noqa: PLC0415  (models are loaded only now)
        from gridmap.jobs.services import register  # noqa: PLC0415  (models are loaded only now)
        from importers.outcomes import runs_of_jobs  # noqa: PLC0415  (models are loaded only now)
        from importers.services import APPLY, CHECK, COMPARE  # noqa: PLC0415  (models are loaded only now)
        from importers.work import apply_as_job, check_as_job, compare_as_job  # noqa: PLC0415  (models are loaded only now)

        register(CHECK, check_as_job)
        register(APPLY, apply_as_job)
        register(COMPARE, compare_as_job)
        register_outcomes(COMPARE, runs_of_jobs)
        register_outcomes(CHECK, runs_of_jobs)
        register_outcomes(APPLY, runs_of_jobs)
