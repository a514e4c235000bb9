"""The room of finding things by what a person types."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FindingConfig(AppConfig):
    name = "gridmap.finding"
    verbose_name = _("finding")
