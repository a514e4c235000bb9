"""Who wrote, read or was refused what: the trail that the application can add to and never change."""

import os
from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TracesConfig(AppConfig):
    name = "gridmap.traces"
    verbose_name = _("Traces")

    def ready(self) -> None:
        """Tell connections who acts; give the roles their rights after migrations."""
        from gridmap.traces import actor, checks, signing  # noqa: PLC0415  (models are loaded only now)
        from gridmap.traces.rotations import note_rotation  # noqa: PLC0415
        from gridmap.vault.rotation import witness  # noqa: PLC0415

        actor.name_process(os.environ.get("GRIDMAP_ACTOR", ""))
        connection_created.connect(actor.tell_new_connection, dispatch_uid="gridmap.traces.actor")
        signing.connect()
        register(checks.policies_use_indexes, Tags.database)
        witness(note_rotation)
        post_migrate.connect(_after_migrations, sender=self, dispatch_uid="gridmap.traces.roles")


def _after_migrations(**options: Any) -> None:
    from gridmap.traces.roles import set_up_roles  # noqa: PLC0415

    if "plan" in options:  # `flush` sends the signal too, and changes no table
        set_up_roles(options.get("stdout"))
