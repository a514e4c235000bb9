"""Special groups (特殊人群): a room with a table of its own, whose pages exist only where the setting opens them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpecialGroupsConfig(AppConfig):
    name = "gridmap.special_groups"
    verbose_name = _("Special groups")

    def ready(self) -> None:
        from gridmap.special_groups.services import place_records  # noqa: PLC0415  (models are loaded only now)
        from gridmap.territory.followers import register_follower  # noqa: PLC0415  (models are loaded only now)

        register_follower(place_records)
