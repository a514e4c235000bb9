from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TerritoryConfig(AppConfig):
    name = "gridmap.territory"
    verbose_name = _("Territory")

    def ready(self) -> None:
        from gridmap.accounts.places import register_atlas  # noqa: PLC0415  (models are loaded only now)
        from gridmap.territory.atlas import TerritoryAtlas  # noqa: PLC0415  (models are loaded only now)
        from gridmap.territory.component_classes import write_missing_classes  # noqa: PLC0415  (models are loaded only now)
        from gridmap.territory.defaults import write_missing_rules  # noqa: PLC0415  (models are loaded only now)

        register_atlas(TerritoryAtlas())
        post_migrate.connect(write_missing_rules, sender=self)
        post_migrate.connect(write_missing_classes, sender=self)
