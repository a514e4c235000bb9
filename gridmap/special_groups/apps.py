"""Special groups (特殊人群): a separate room, off unless the setting opens it."""

from django.apps import AppConfig


class SpecialGroupsConfig(AppConfig):
    name = "gridmap.special_groups"
