"""Sentences that the planner's scripts show."""

from django.utils.translation import gettext as _

from gridmap.territory.words import map_words


def planning_words() -> dict[str, str]:
    """For the pages of a draft, of two drafts side by side, of a new drawing and of one under way."""
    return {
        **map_words(),
        "household_unit": _("hh"),
        "dedicated": _("dedicated"),
        "locked": _("locked"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "overview": _("Show everything"),
        "legend_load": _("Resident households per grid"),
        "bar": _("{range} households: {grids}"),
        "range": _("{low}–{high}"),
        "range_below": _("below {high}"),
        "range_above": _("{low} and more"),
        "tally_grids": _("{count} grids"),
        "tally_grids_one": _("{count} grid"),
        "band": _("band {low}–{high}"),
        "target": _("target {target}"),
        "axis_compact": _("compactness →"),
        "axis_within": _("within ±10 % →"),
        "axis_deviation": _("mean deviation (less is better) →"),
        "this_draft": _("this draft"),
        "point": _("even {balance} · compact {compactness} · stable {stability}"),
        "point_figures": _("within ±10 %: {within} · mean deviation: {deviation} · compactness: {compactness}"),
        "point_moved": _("change grid: {moved}"),
        "point_alike": _("{count} settings give this drawing"),
        "share": _("{share} %"),
        "moves": _("{from} → {to}"),
        "communities_done": _("{drawn} of {communities} communities drawn, {refused} refused"),
        "score": _("score {score}"),
    }
