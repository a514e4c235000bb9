"""Sentences that scripts show, translated here so that no catalogue has to travel to the browser."""

from typing import Any

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """For every page: the map itself, loading and failing."""
    return {
        "map": _("Map"),
        "grid_label": _("{number} · {households} hh"),
        "grid_number": _("Grid {number}"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "zoom_level": _("zoom {zoom}"),
        "data_at": _("data as of {time}"),
        "metres": _("{figure} m"),
        "kilometres": _("{figure} km"),
        "loading": _("Loading …"),
        "failed": _("The server did not answer. Check the connection; the page tries again by itself."),
        "signed_out": _("You are signed out. Sign in again to go on."),
        "map_failed": _("Parts of the map could not be loaded."),
        "try_again": _("Try again"),
        "close": _("Close"),
    }


def console_words() -> dict[str, str]:
    """For the console alone."""
    return {
        **words(),
        "household_unit": _("hh"),
        "dedicated": _("dedicated"),
        "micro": _("micro-grid"),
        "no_rows": _("No grid fits these filters."),
        "no_communities": _("There is no community in your areas."),
        "rows_found": _("{count} grids"),
        "communities_found": _("{count} communities"),
        "row_grid": _("{community} · {buildings} buildings"),
        "row_residents": _("{residents} residents"),
        "row_community": _("{grids} grids · {buildings} buildings"),
        "nothing_found": _("Nothing found for “{query}”."),
        "search_hint": _("Names, codes, addresses, building numbers"),
        "searching": _("Searching …"),
        "findings": _("What to know"),
        "source": _("Source: {source}"),
        "generated": _("generated data"),
        "copied": _("Copied"),
        "not_there": _("This thing does not exist or lies outside your areas."),
        "several_here": _("Also here"),
        "target": _("target {target}"),
        "of_target": _("{share} % of {target}"),
        "type_grid": _("grid"),
        "type_region": _("region"),
        "type_building": _("building"),
        "type_compound": _("compound"),
        "type_camera": _("camera"),
        "type_facility": _("facility"),
        "type_address": _("address"),
        "shown": _("shown"),
        "more": _("Show more"),
        "legend_load": _("Resident households per grid"),
        "legend_lines": _("Boundaries"),
        "line_community": _("community"),
        "line_street": _("street"),
        "line_county": _("county"),
        "legend_special": _("dedicated"),
        "legend_camera": _("camera and what it sees"),
        "legend_lamp": _("street lamp"),
        "zoom_for_things": _("cameras and facilities appear from zoom 16"),
    }


def layer_groups() -> list[dict[str, Any]]:
    """The switches of the layer tab: key (as in the address bar), label, symbol, from which zoom it is drawn."""
    return [
        {
            "title": _("Grids and areas"),
            "layers": [
                {"key": "load", "label": _("Load against the target"), "symbol": "load"},
                {"key": "grids", "label": _("Grid boundaries"), "symbol": "grid"},
                {"key": "regions", "label": _("Community, street and county lines"), "symbol": "region"},
                {"key": "compounds", "label": _("Compounds"), "symbol": "compound", "zoom": 15},
            ],
        },
        {
            "title": _("Ground"),
            "layers": [
                {"key": "buildings", "label": _("Buildings"), "symbol": "building"},
                {"key": "ground", "label": _("Roads, water, green"), "symbol": "road"},
                {"key": "labels", "label": _("Labels"), "symbol": "label"},
            ],
        },
        {
            "title": _("What stands there"),
            "layers": [
                {"key": "cameras", "label": _("Cameras and what they see"), "symbol": "camera", "zoom": 16},
                {"key": "facilities", "label": _("Facilities"), "symbol": "facility", "zoom": 15},
                {"key": "lamps", "label": _("Street lamps"), "symbol": "lamp", "zoom": 17},
            ],
        },
    ]
