from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "gridmap.accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Listen to signing in and out; look at the settings before a deployment."""
        from gridmap.accounts import checks, signals  # noqa: PLC0415  (they need the models, which are loaded now)

        signals.connect()
        register(checks.second_factor_is_asked_for, Tags.security, deploy=True)
