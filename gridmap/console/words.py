"""Sentences that scripts show, translated here so that no catalogue has to travel to the browser."""

from typing import Any

from django.utils.translation import gettext as _

from gridmap.territory.words import map_words


def console_words() -> dict[str, str]:
    """For the console alone."""
    return {
        **map_words(),
        "household_unit": _("hh"),
        "dedicated": _("dedicated"),
        "micro": _("micro-grid"),
        "no_rows": _("No grid fits these filters."),
        "no_communities": _("There is no community in your areas."),
        "tally_grids": _("{count} grids"),
        "tally_grids_one": _("{count} grid"),
        "tally_communities": _("{count} communities"),
        "tally_communities_one": _("{count} community"),
        "tally_buildings": _("{count} buildings"),
        "tally_buildings_one": _("{count} building"),
        "tally_residents": _("{count} residents"),
        "tally_residents_one": _("{count} resident"),
        "tally_stand_ins": _("{count} counted by dwellings"),
        "unknown_residents": _("residents unknown"),
        "nothing_found": _("Nothing found for “{query}”."),
        "source": _("Source: {source}"),
        "generated": _("generated data"),
        "row_over": _("{count} over"),
        "row_under": _("{count} under"),
        "all_right": _("all in the band"),
        "not_drawn": _("no grids yet"),
        "list_grids": _("List its grids"),
        "all_areas": _("Show all areas again"),
        "not_there": _("This thing does not exist or lies outside your areas."),
        "several_here": _("Also here"),
        "target": _("target {target}"),
        "type_grid": _("grid"),
        "type_region": _("region"),
        "type_building": _("building"),
        "type_compound": _("compound"),
        "type_camera": _("camera"),
        "type_facility": _("facility"),
        "more": _("Show more"),
        "legend_load": _("Resident households per grid"),
        "line_community": _("community"),
        "line_street": _("street"),
        "line_county": _("county"),
        "legend_special": _("dedicated"),
        "legend_camera": _("camera and what it sees"),
        "legend_lamp": _("street lamp"),
        "legend_mine": _("one dot: one of my care households"),
        "legend_care": _("Care households per building, by the worst risk"),
        "risk_high": _("high risk"),
        "risk_key": _("key person"),
        "risk_general": _("general"),
        "care_here": _("Care households"),
        "care_nobody": _("Nobody with a care tag is recorded here."),
        "care_more": _("All doors of this building"),
        "care_zoom": _("Zoom in to see your care households."),
        "care_many": _("More than 200 care households lie here; zoom in to see them one by one."),
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
                {"key": "compounds", "label": _("Compounds"), "symbol": "compound", "zoom": 16},
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
                {"key": "care", "label": _("Care households per building"), "symbol": "care", "zoom": 16},
                {"key": "cameras", "label": _("Cameras and what they see"), "symbol": "camera", "zoom": 16},
                {"key": "facilities", "label": _("Facilities"), "symbol": "facility", "zoom": 15},
                {"key": "lamps", "label": _("Street lamps"), "symbol": "lamp", "zoom": 17},
            ],
        },
    ]
