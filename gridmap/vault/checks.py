"""What `manage.py check --deploy` says about the keys."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from gridmap.vault.keyring import HOW


@register(Tags.security, deploy=True)
def check_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Personal data cannot be stored without both settings of keys."""
    missing = [name for name in ("FIELD_KEYS", "BLIND_KEYS") if not getattr(settings, name)]
    return [Error(f"{name} is not set: nothing personal can be stored.", HOW, id="vault.E010") for name in missing]
