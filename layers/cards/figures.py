"""The counts that cards of areas show: kept apart, and silent where nobody counted."""

from dataclasses import replace
from math import ceil
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gridmap.territory.models import Building, GridEdition
from layers.cards.card import Fact
from layers.loads import Band

#: Seconds for which sums over many buildings are kept, by the revision of the buildings.
KEPT_S = 3600


def counts_of(buildings: "QuerySet[Building]", kept: str = "") -> list[Fact]:
    """The counts of some buildings; kept for an hour under the name `kept`, which has to change with them.

    Dwellings stand in for resident households that are not known, and the note says for how many buildings; a figure
    that no building has is None."""
    sums = cache.get(kept) if kept else None
    if sums is None:
        sums = _sums(buildings)
        if kept:
            cache.set(kept, sums, KEPT_S)
    return [
        Fact(
            _("Resident households"), sums["all_households"], _("households"), _note(sums["stand_ins"], sums["silent"])
        ),
        Fact(_("Dwellings"), sums["dwellings"], _("dwellings")),
        *_people(sums["residents"], sums["elders"]),
        Fact(_("Buildings"), sums["count"]),
    ]


def _sums(buildings: "QuerySet[Building]") -> dict[str, Any]:
    return buildings.aggregate(
        count=Count("pk"),
        all_households=Sum(Coalesce("households", "dwellings")),
        stand_ins=Count("pk", filter=Q(households__isnull=True, dwellings__isnull=False)),
        silent=Count("pk", filter=Q(households__isnull=True, dwellings__isnull=True)),
        dwellings=Sum("dwellings"),
        residents=Sum("residents"),
        elders=Sum("elders"),
    )


def counted(facts: list[Fact], *, partly: bool) -> list[Fact]:
    """The counts, each with a note where they count only that part of the whole which the viewer may see."""
    if not partly:
        return facts
    return [replace(fact, note=" · ".join(note for note in (_("in your area"), fact.note) if note)) for fact in facts]


def counts_of_edition(edition: GridEdition) -> list[Fact]:
    """The counts that an edition of a grid holds; its 0 is “not known” where none of its buildings has the figure."""
    buildings = Building.objects.active().filter(grid=edition.grid_id)
    known = buildings.aggregate(
        dwellings=Count("dwellings"), residents=Count("residents"), elders=Count("elders"), count=Count("pk")
    )

    def figure(name: str) -> int | None:
        value: int = getattr(edition, name)
        return value if value or known[name] or not edition.building_count else None

    return [
        Fact(_("Resident households"), edition.households, _("households"), _note(edition.stand_ins, 0)),
        Fact(_("Dwellings"), figure("dwellings"), _("dwellings")),
        *_people(figure("residents"), figure("elders")),
        Fact(_("Buildings"), edition.building_count),
    ]


def pieces_needed(households: int | None, band: Band) -> int:
    """Into how many grids a compound of so many households falls by itself: whole up to the maximum, else as many
    grids near the target as its households fill, and never fewer than the maximum asks for."""
    if not households:
        return 1
    return max(1, ceil(households / band.highest), round(households / band.target))


def _people(residents: int | None, elders: int | None) -> list[Fact]:
    share = f"{elders / residents:.1%}" if elders is not None and residents else ""
    return [
        Fact(_("Residents"), residents, _("people")),
        Fact(_("Aged 60 and over"), elders, _("people"), share),
    ]


def _note(stand_ins: int, silent: int) -> str:
    parts = []
    if stand_ins:
        parts.append(_("%(count)d counted by dwellings") % {"count": stand_ins})
    if silent:
        text = ngettext("%(count)d building without figure", "%(count)d buildings without figure", silent)
        parts.append(text % {"count": silent})
    return " · ".join(parts)
