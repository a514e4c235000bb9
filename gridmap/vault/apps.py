"""What is personal is stored sealed, and opened only through a door."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "gridmap.vault"
