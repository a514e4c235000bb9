"""Where a thing comes from, as a person reads it."""

from django.utils.translation import gettext as _

from gridmap.territory.models.sourced import GENERATED

#: How an adopted plan signs the editions it makes, before its number.
PLAN = "plan "


def origin_told(source: str) -> str:
    """The source in words: what the generator made and what plans drew have no name that people would know."""
    if source == GENERATED:
        return _("generated sample data")
    return _("adopted plans") if source.startswith(PLAN) else source
