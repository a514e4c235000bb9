"""Why a plan can't be drawn or adopted."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gridmap.jobs.services import JobRefusedError

#: Why a grid that was to stay can't, by the code of the pure room.
NOT_KEPT = {
    "fixed_grid_invalid": gettext_noop("Grid %(ref)s can't be kept: its boundary is no valid polygon."),
    "fixed_grid_outside": gettext_noop(
        "Grid %(ref)s can't be kept: %(area_m2)s m² of it lie outside the boundary of the community."
    ),
    "fixed_grid_overlaps": gettext_noop(
        "Grids %(ref)s and %(other)s can't both be kept: %(area_m2)s m² belong to both."
    ),
    "fixed_grid_twice": gettext_noop("Grid %(ref)s is to be kept twice."),
}


class PlanRefusedError(JobRefusedError):
    """A plan can't be drawn or adopted as asked; the message is for the person, in their language."""


class StalePlanError(PlanRefusedError):
    """The ground has changed since the plan was drawn."""


def why_not_kept(code: str, params: Mapping[str, object]) -> str:
    """The sentence for a grid that was to stay and can't."""
    return str(_(NOT_KEPT[code]) % params)
