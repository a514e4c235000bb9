from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CaseworkConfig(AppConfig):
    name = "gridmap.casework"
    verbose_name = _("Cases")

    def ready(self) -> None:
        from gridmap.casework.defaults import write_missing_categories  # noqa: PLC0415  (models are loaded only now)

        post_migrate.connect(write_missing_categories, sender=self)
