"""What `manage.py check --deploy` says about signing in."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error


def second_factor_is_asked_for(app_configs: Sequence[AppConfig] | None, **_more: Any) -> list[CheckMessage]:
    """A second factor that is only offered protects nobody's data."""
    if settings.SECOND_FACTOR != "offered":
        return []
    hint = "Set SECOND_FACTOR to by_role or everyone; “offered” is for the demo alone."
    return [Error("Nobody has to sign in with a second factor.", hint=hint, id="gridmap.E001")]
