"""What the card of a building says about people: counts for everybody, and where those concerned ask for more."""

from django.urls import reverse
from django.utils.translation import gettext as _

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.population.counting import FEWEST_HOUSEHOLDS
from gridmap.population.models import BuildingCount
from gridmap.territory.models import Building
from gridmap.territory.querysets import Viewer, place_in
from layers.cards.card import Fact


def care_facts(building: Building) -> list[Fact]:
    """Care households by risk; no figure where the building has so few households that it would point at a door."""
    count = BuildingCount.objects.filter(pk=building.pk).first()
    if count is None:
        return []
    total = count.care_high + count.care_key + count.care_general
    if max(building.households or 0, count.households) < FEWEST_HOUSEHOLDS:
        return [Fact(_("Care households"), None, note=_("not told of a building with so few households"))]
    note = _("%(high)d high risk, %(key)d key, %(general)d general") % {
        "high": count.care_high,
        "key": count.care_key,
        "general": count.care_general,
    }
    return [Fact(_("Care households"), total, _("households"), note if total else "")]


def people_address(building: Building, user: Viewer) -> str:
    """Where the page asks who is cared for here; empty for whom it does not concern."""
    areas = areas_of(user, Verb.VIEW_PEOPLE)
    concerned = bool(areas) and Building.objects.filter(place_in(areas, grids=True), pk=building.pk).exists()
    return reverse("population:card", args=[building.pk]) if concerned else ""
