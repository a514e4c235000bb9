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


def people_facts(building: Building, count: BuildingCount | None, *, told: bool) -> list[Fact]:
    """Residents and elders; no figure where the building has so few households that it would point at a door, but for
    those who may see the people themselves (`told`)."""
    facts = [
        Fact(_("Residents"), building.residents, _("people")),
        Fact(_("Aged 60 and over"), building.elders, _("people")),
    ]
    return facts if told or _households(building, count) >= FEWEST_HOUSEHOLDS else [_silent(one) for one in facts]


def care_facts(building: Building, count: BuildingCount | None, *, told: bool) -> list[Fact]:
    """Care households by risk; no figure where it would point at a door: few households, or every one of them."""
    if count is None:
        return []
    total = count.care_high + count.care_key + count.care_general
    households = _households(building, count)
    note = _("%(high)d high risk, %(key)d key, %(general)d general") % {
        "high": count.care_high,
        "key": count.care_key,
        "general": count.care_general,
    }
    fact = Fact(_("Care households"), total, _("households"), note if total else "")
    if told or (households >= FEWEST_HOUSEHOLDS and total < households):
        return [fact]
    return [
        _silent(fact)
        if households < FEWEST_HOUSEHOLDS
        else Fact(fact.label, None, note=_("not told: it would be every household"))
    ]


def count_of(building: Building) -> BuildingCount | None:
    """What the records count in the building; None where there are none."""
    return BuildingCount.objects.filter(pk=building.pk).first()


def _households(building: Building, count: BuildingCount | None) -> int:
    """The larger of what the register and the records know; dwellings stand in where neither knows any."""
    return max(building.households or 0, count.households if count else 0) or (
        building.dwellings or 0 if building.households is None else 0
    )


def _silent(fact: Fact) -> Fact:
    """The fact without its figure, and why; what is not known stays so."""
    if fact.value is None:
        return fact
    return Fact(fact.label, None, note=_("not told: fewer than %(fewest)d households") % {"fewest": FEWEST_HOUSEHOLDS})


def people_address(building: Building, user: Viewer) -> str:
    """Where the page asks who is cared for here; empty for whom it does not concern."""
    areas = areas_of(user, Verb.VIEW_PEOPLE)
    concerned = bool(areas) and Building.objects.filter(place_in(areas, grids=True), pk=building.pk).exists()
    return reverse("population:card", args=[building.pk]) if concerned else ""
