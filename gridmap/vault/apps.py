from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "gridmap.vault"

    def ready(self) -> None:
        from gridmap.vault import checks  # noqa: F401, PLC0415  # registers itself
        from gridmap.vault.keyring import keyring  # noqa: PLC0415

        keyring()  # nonsense in the settings ends the process here and not at the first resident
