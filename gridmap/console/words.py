"""Sentences that scripts show, translated here so that no catalogue has to travel to the browser."""

from django.utils.translation import gettext as _

from gridmap.territory.words import map_words


def console_words() -> dict[str, str]:
    """For the console alone."""
    return {
        **map_words(),
        **tree_words(),
        **drawing_words(),
        **keeping_words(),
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
        "search_cut": _("Only the first {most} characters are searched."),
        "nothing_found": _("Nothing found for “{query}”."),
        "source": _("Source: {source}"),
        "generated": _("generated data"),
        "row_over": _("{count} over"),
        "row_under": _("{count} under"),
        "all_right": _("all in the band"),
        "not_drawn": _("no grids yet"),
        "list_grids": _("List its grids"),
        "not_there": _("This thing does not exist or lies outside your areas."),
        "several_here": _("Also here"),
        "target": _("target {target}"),
        "type_layer": _("list"),
        "type_grid": _("grid"),
        "type_region": _("region"),
        "type_building": _("building"),
        "type_compound": _("compound"),
        "type_camera": _("camera"),
        "type_facility": _("facility"),
        "type_lamp": _("street lamp"),
        "type_road": _("road"),
        "type_component": _("component"),
        "type_case": _("case"),
        "type_point": _("place"),
        "tried": _("Tried: {tried}"),
        "copy_coordinates": _("Copy the coordinates"),
        "more": _("Show more"),
        "legend_load": _("Resident households per grid"),
        "line_community": _("community"),
        "line_street": _("street"),
        "line_county": _("county"),
        "legend_special": _("dedicated"),
        "legend_cases_act": _("open, some overdue or urgent"),
        "legend_cases_info": _("open, all in time"),
        "legend_cases_over": _("closed cases"),
        "legend_mine": _("one dot: one of my care households"),
        "risk_high": _("high risk"),
        "risk_key": _("key person"),
        "risk_general": _("general"),
        "care_here": _("Care households"),
        "care_nobody": _("Nobody with a care tag is recorded here."),
        "care_more": _("All doors of this building"),
        "care_zoom": _("Zoom in to see your care households."),
        "care_many": _("More than 200 care households lie here; zoom in to see them one by one."),
    }


def tree_words() -> dict[str, str]:
    """For the layer tree and the list of any layer."""
    return {
        "layers_on": _("{on} of {all}"),
        "filtered": _("narrowed by filters"),
        "layer_settings": _("Settings of “{layer}”"),
        "part_load": _("Load against the target"),
        "part_labels": _("Labels"),
        "from_zoom": _("from zoom {zoom}"),
        "to_zoom": _("up to zoom {zoom}"),
        "opacity": _("Opacity"),
        "opacity_of": _("Opacity of “{layer}”"),
        "zoom_to_layer": _("Zoom to it"),
        "list_layer": _("List its things"),
        "filters": _("Filters"),
        "from_to": _("from..to"),
        "yes": _("yes"),
        "no": _("no"),
        "order_plain": _("Usual order"),
        "order_up": _("{title}, ascending"),
        "order_down": _("{title}, descending"),
        "tally_things": _("{count} in all"),
        "tally_things_many": _("more than {count}"),
        "nothing_fits": _("Nothing fits the filters and words; take some of them away."),
        "nothing_in_view": _("Nothing of this layer is in view; move the map or list everything."),
        "nothing_in_area": _("There is nothing of this layer in the area; choose another area."),
        "nothing_at_all": _("This layer is still empty; data come by import or are drawn on the map."),
        "things_on_map": _("Listed things on the map"),
        "everywhere": _("everywhere"),
        "only_here": _("Only this area"),
        "place_hint": _("Move the map over your area, or look for a name or a code."),
    }


def drawing_words() -> dict[str, str]:
    """For measuring, selecting and taking along."""
    return {
        "square_metres": _("{figure} m²"),
        "square_kilometres": _("{figure} km²"),
        "hectares": _("{figure} ha"),
        "around": _("around it {length}"),
        "measure_first": _("Click the first place; with the keyboard, move the map and press Space."),
        "measure_next": _("Click on; a double click or Enter ends it, Backspace takes one back."),
        "select_hand": _(
            "Draw around things with the button or finger down. With keys: Space for corners, Enter to end."
        ),
        "select_ring": _("Click the corners; a double click or Enter ends it."),
        "select_circle": _("Click the middle, then how far; or type the radius and press Done."),
        "select_inside": _("Select everything inside"),
        "select_how": _("Draw around things on the map to select them (S)."),
        "tally_selected": _("{count} selected"),
        "selected_tab": _("Selected {count}"),
        "nothing_inside": _("Nothing lies inside; draw a wider line or take in more layers."),
        "rest_in_export": _("{count} more; the export holds them all."),
        "export_begun": _("The file is being made …"),
        "export_done": _("The file is ready: {count} rows."),
        "export_without": _(
            "Not in the file: {layers}. What concerns people does not leave with the map; data of residents are taken "
            "out under “People”, with approval."
        ),
        "export_left_layer": _("{layer} ({count})"),
        "export_fetch": _("Fetch the file"),
        "nothing_to_export": _("Nothing of what is selected may be taken out in a file."),
        "export_not_made": _("No file was made."),
        "export_files": _("My files"),
        "cancel": _("Cancel"),
        "copied": _("Copied."),
        "not_copied": _("The browser did not let it be copied; select the text and copy it."),
    }


def keeping_words() -> dict[str, str]:
    """For saved views, colours and the sheet of a phone."""
    return {
        "view_missing": _("This view does not exist any more, or is not shared with you."),
        "no_views": _("No view is saved yet: set up the map as you need it, give it a name, save."),
        "copy_link": _("Copy link"),
        "first_view": _("First view"),
        "share_view": _("Shared"),
        "replace_view": _("Save anew"),
        "rename_view": _("Rename"),
        "delete_view": _("Delete"),
        "delete_sure": _("Really delete"),
        "view_saved": _("Saved: {name}"),
        "save": _("Save"),
        "own_map": _("Our own map"),
        "sheet_low": _("List: only its tabs are seen. Open it."),
        "sheet_half": _("List: half the screen. Make it taller."),
        "sheet_full": _("List: nearly the whole screen. Make it lower."),
    }
