"""Sentences that scripts of every page with a map show."""

from django.utils.translation import gettext as _


def map_words() -> dict[str, str]:
    """For every page: the map itself, loading and failing."""
    return {
        "map": _("Map"),
        "grid_label": _("{number} · {households} hh"),
        "zoom_level": _("zoom {zoom}"),
        "data_at": _("data as of {time}"),
        "metres": _("{figure} m"),
        "kilometres": _("{figure} km"),
        "loading": _("Loading …"),
        "failed": _("The server did not answer. Check the connection; the page tries again by itself."),
        "map_failed": _("Parts of the map could not be loaded."),
        "close": _("Close"),
        "shifted_basemap": _("base map in {datum}, shifted against the true position"),
    }
