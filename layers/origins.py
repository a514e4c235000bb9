"""Where a thing comes from, as a person reads it."""

import re

from django.utils.translation import gettext as _

from gridmap.territory.models.sourced import GENERATED

#: How an adopted plan signs the editions it makes, before its number.
PLAN = "plan "
SIGNED = re.compile(PLAN + r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def origin_told(source: str) -> str:
    """The source in words: what the generator made and what plans drew have no name that people would know."""
    if source == GENERATED:
        return _("generated sample data")
    return _("adopted plans") if SIGNED.fullmatch(source) else source
