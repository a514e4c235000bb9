"""Findings and figures of a drawing in the reader's language: the pure rooms give codes, people read sentences."""

from collections.abc import Mapping
from functools import partial
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
    "forced_alone": gettext_noop(
        "%(buildings)s (%(households)s households) is in a grid outside the band in every drawing: no connected"
        " buildings around it make %(minimum)s to %(maximum)s together."
    ),
    "forced_together": gettext_noop(
        "In every drawing one of these %(count)s buildings is in a grid outside the band: %(buildings)s. No grids of"
        " %(minimum)s to %(maximum)s households hold them all."
    ),
    "forced_number": gettext_noop(
        "However these %(households)s households are divided, %(least)s or more grids are outside the band; all"
        " divisions were looked at or ruled out."
    ),
    "fixed_outside_band": gettext_noop("%(households)s households: outside the band, and kept as it is."),
    "outside_band_bounded": gettext_noop(
        "%(households)s households: outside the band. Of the %(outside)s such grids on this piece of ground %(least)s"
        " or more can't be helped; that this is one of them is not proven."
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

    key: str
    label: str
    value: str
    unit: str = ""
    note: str = ""


def sentence(finding: Mapping[str, Any]) -> str:
    """A finding (`code` and `params`) as a sentence; one that this version does not know shows its code and figures."""
    template = SENTENCES.get(finding["code"])
    params = finding["params"]
    if template is None:
        return f"{finding['code']} {dict(params)}"
    return str(_(template) % params)


def figure_rows(figures: Mapping[str, Any]) -> list[FigureRow]:
    """The figures of a whole plan, in the order in which they are looked at; what is unknown is a dash."""
    households, inhabited = _("households"), _("of inhabited grids")
    both = f"{_shown(figures, 'smallest', '{}')} – {_shown(figures, 'largest', '{}')}"
    metres = figures.get("cut_length_m")
    border = {"cut_length_m": None if metres is None else metres / 1000}
    shown = partial(_shown, figures)
    return [
        FigureRow("grids", _("Grids"), shown("grids", "{}")),
        FigureRow("households", _("Households"), shown("households", "{:,}"), households, _("resident")),
        FigureRow("units", _("Buildings"), shown("units", "{:,}")),
        FigureRow("within_10", _("Within ±10 per cent of the target"), shown("within_10", "{:.0%}"), "", inhabited),
        FigureRow("within_20", _("Within ±20 per cent of the target"), shown("within_20", "{:.0%}"), "", inhabited),
        FigureRow("largest", _("Smallest and largest grid"), both, households),
        FigureRow("outside_band", _("Outside the band"), shown("outside_band", "{}"), "", _("grids")),
        FigureRow("mean_deviation", _("Mean deviation"), shown("mean_deviation", "{:.1%}"), "", _("from the target")),
        FigureRow(
            "barriers_crossed",
            _("Barriers crossed"),
            shown("barriers_crossed", "{}"),
            "",
            _("rivers, railways, arterial roads, walls"),
        ),
        FigureRow(
            "extra_compound_pieces",
            _("Compounds split without need"),
            shown("extra_compound_pieces", "{}"),
            "",
            _("extra pieces"),
        ),
        FigureRow("cut_length_m", _("Borders between grids"), _shown(border, "cut_length_m", "{:.2f}"), "km"),
        FigureRow(
            "polsby_popper", _("Compactness"), shown("polsby_popper", "{:.2f}"), "", _("Polsby–Popper, 1 is a circle")
        ),
    ]


def _shown(figures: Mapping[str, Any], name: str, form: str) -> str:
    value = figures.get(name)
    return "—" if value is None else form.format(value)
