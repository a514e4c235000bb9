"""Findings and figures of a drawing in the reader's language: the pure rooms give codes, people read sentences."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "unit_above_maximum": gettext_noop(
        "%(buildings)s alone holds %(households)s households, above the %(maximum)s a grid may have: a grid of its own."
    ),
    "units_share_point": gettext_noop(
        "%(buildings)s stand on the same point (%(households)s households together) and stay together."
    ),
    "units_overlap": gettext_noop(
        "%(buildings)s stand on each other's ground (%(households)s households together) and stay together."
    ),
    "unit_outside_community": gettext_noop(
        "%(buildings)s stands %(distance_m)s m outside the boundary and was put in the nearest grid."
    ),
    "unit_without_ground": gettext_noop("%(buildings)s shares its ground with another building and went with it."),
    "island_below_minimum": gettext_noop(
        "Cut off from the rest of the community with %(households)s households, fewer than %(minimum)s:"
        " nothing can be added."
    ),
    "community_below_minimum": gettext_noop(
        "The whole community has %(households)s households, fewer than the %(minimum)s of one grid."
    ),
    "pocket_below_minimum": gettext_noop(
        "A pocket of %(households)s households that no other ground touches, fewer than %(minimum)s:"
        " nothing can be added."
    ),
    "forced_by_count": gettext_noop(
        "%(households)s households can't be divided so that every grid has %(minimum)s to %(maximum)s of them:"
        " at most %(most_that_fill)s grids would be full."
    ),
    "forced_by_neighbours": gettext_noop(
        "%(buildings)s has %(households)s households, too few for a grid, and with the smallest neighbour"
        " (%(least_neighbour)s) it would have more than %(maximum)s."
    ),
    "outside_band": gettext_noop(
        "%(households)s households: outside the band, and no reason that forces it was found."
    ),
    "counted_by_dwellings": gettext_noop(
        "For %(buildings)s buildings the file gives dwellings only; they stand in for resident households."
    ),
    "buildings_uncounted": gettext_noop(
        "%(buildings)s buildings have neither households nor dwellings and count as empty."
    ),
}


class FigureRow(NamedTuple):
    """One figure of a plan as it stands on the page."""

    label: str
    value: str
    unit: str
    note: str


def sentence(finding: Mapping[str, Any]) -> str:
    """A finding (`code` and `params`) as a sentence; one that this version does not know shows its code and figures."""
    template = SENTENCES.get(finding["code"])
    params = finding["params"]
    if template is None:
        return f"{finding['code']} {dict(params)}"
    return str(_(template) % params)


def figure_rows(figures: Mapping[str, Any]) -> list[FigureRow]:
    """The figures of a whole plan, in the order in which they are looked at."""
    households = _("households")
    return [
        FigureRow(_("Grids"), f"{figures['grids']}", "", ""),
        FigureRow(_("Households"), f"{figures['households']:,}", households, _("resident")),
        FigureRow(_("Buildings"), f"{figures['units']:,}", "", ""),
        FigureRow(_("Within ±10 per cent of the target"), f"{figures['within_10']:.0%}", "", _("of inhabited grids")),
        FigureRow(_("Within ±20 per cent of the target"), f"{figures['within_20']:.0%}", "", _("of inhabited grids")),
        FigureRow(_("Smallest and largest grid"), f"{figures['smallest']} – {figures['largest']}", households, ""),
        FigureRow(_("Outside the band"), f"{figures['outside_band']}", "", _("grids")),
        FigureRow(_("Mean deviation"), f"{figures['mean_deviation']:.1%}", "", _("from the target")),
        FigureRow(
            _("Barriers crossed"), f"{figures['barriers_crossed']}", "", _("rivers, railways, arterial roads, walls")
        ),
        FigureRow(_("Compounds split without need"), f"{figures['extra_compound_pieces']}", "", _("extra pieces")),
        FigureRow(_("Borders between grids"), f"{figures['cut_length_m'] / 1000:.2f}", "km", ""),
        FigureRow(_("Compactness"), f"{figures['polsby_popper']:.2f}", "", _("Polsby–Popper, 1 is a circle")),
    ]
