from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.utils.translation import gettext_lazy as _

from gridmap.safety import checks, middleware


class SafetyConfig(AppConfig):
    name = "gridmap.safety"
    verbose_name = _("Safety")

    def ready(self) -> None:
        """Register the checks of a deployment; clear the browser of who signs out."""
        checks.register_all()
        user_logged_out.connect(middleware.note_sign_out, dispatch_uid="gridmap.safety.note_sign_out")
