"""Sentences that scripts of every page with a map show."""

from django.utils.translation import gettext as _


def equipment_words() -> dict[str, str]:
    """For who edits what stands on the ground."""
    return {
        "new_thing": _("Put something on the map"),
        "new_cameras": _("New camera"),
        "new_lamps": _("New street lamp"),
        "new_components": _("New component"),
        "new_facilities": _("New facility"),
        "click_the_place": _("Click the place on the map, or move the map until the place is in its middle."),
        "in_the_middle": _("In the middle of the map"),
        "draw_LineString": _("Draw a line"),
        "draw_corners": _("Click one corner after the other; a double click or Enter ends it, Escape gives it up."),
        "draw_Polygon": _("Draw an area"),
        "edit_thing": _("Edit: {title}"),
        "longitude": _("longitude"),
        "latitude": _("latitude"),
        "position": _("position"),
        "save": _("Save"),
        "cancel": _("Cancel"),
        "remove": _("Take off the map"),
        "undo": _("Undo"),
        "undone": _("Undone."),
        "saved": _("Saved."),
        "removed": _("Taken off the map."),
        "nothing_changed": _("Nothing was changed."),
        "yes": _("yes"),
        "no": _("no"),
        "days": _("Mon Tue Wed Thu Fri Sat Sun"),
        "closed_day": _("closed"),
        "span_wrong": _("“{text}” is no span: write 08:00-12:00, 13:30-17:00."),
        "handle_spot": _("Position: drag, or move with the arrow keys (Shift: faster)"),
        "handle_turn": _("Bearing: drag, or turn with left and right (Shift: faster)"),
        "handle_reach": _("Angle and range: drag, or left and right, up and down (Shift: faster)"),
        "changed_by": _("{who} has changed this meanwhile: {what}"),
        "mine": _("mine"),
        "theirs": _("theirs"),
        "mine_moved": _("moved"),
        "keep_mine": _("Keep mine"),
        "take_theirs": _("Take theirs"),
    }


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
