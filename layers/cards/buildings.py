"""The card of a building."""

from django.utils.translation import gettext as _

from gridmap.casework.models import Case
from gridmap.territory.models import Building
from gridmap.territory.querysets import Viewer
from layers.cards.around import around
from layers.cards.card import Card, Fact, Link, Section, listed, select
from layers.cards.duty import responsible
from layers.cards.people import care_facts, count_of, people_address, people_facts
from layers.catalogue import BY_KEY
from layers.loads import Band
from layers.places import lineage

#: About fifteen metres: a case is reported from the pavement.
AT_THE_WALLS_DEG = 0.00014
MOST_CASES = 5


def building_card(key: str, user: Viewer) -> Card:
    """The building with this primary key."""
    rows = Building.objects.visible_to(user).active().select_related("community", "compound", "grid")
    building = rows.get(pk=int(key))
    count, people_href = count_of(building), people_address(building, user)
    return Card(
        type="building",
        id=str(building.pk),
        title=str(building),
        subtitle=building.address or building.get_kind_display(),
        source=building.source,
        shape=building.geom,
        place=lineage(building.community.code, user) if building.community else [],
        facts=[
            *_homes(building),
            *people_facts(building, count, told=bool(people_href)),
            *_facts(building),
            *care_facts(building, count, told=bool(people_href)),
        ],
        findings=_findings(building),
        links=_links(building),
        people_href=people_href,
        sections=[*_who(building, user), *around(building.point), *_cases(building, user)],
    )


def _who(building: Building, user: Viewer) -> list[Section]:
    place = building.grid.code if building.grid else building.community.code if building.community else ""
    return responsible(place, user) if place else []


def _cases(building: Building, user: Viewer) -> list[Section]:
    """Open cases that were reported at the building, or within arm's reach of its walls."""
    if "cases" not in BY_KEY or not BY_KEY["cases"].open_to(user):
        return []
    here = building.geom.buffer(AT_THE_WALLS_DEG)
    rows = Case.objects.visible_to(user).open().filter(geom__coveredby=here).order_by("-reported_at", "-pk")
    found = list(rows.only("number", "urgent")[: MOST_CASES + 1])
    more = _("or more") if len(found) > MOST_CASES else ""
    links = [select(case.number, "case", str(case.pk)) for case in found[:MOST_CASES]]
    if building.grid and found:
        links.append(listed(_("Open cases of the grid"), "cases", building.grid.code, open="true"))
    return [Section(_("Cases"), [Fact(_("Open cases here"), len(found[:MOST_CASES]), "", more)], links)]


def _homes(building: Building) -> list[Fact]:
    return [
        Fact(_("Resident households"), building.households, _("households")),
        Fact(_("Dwellings"), building.dwellings, _("dwellings")),
    ]


def _facts(building: Building) -> list[Fact]:
    return [
        Fact(_("Floors"), building.floors),
        Fact(_("Entrances"), building.entrances),
        Fact(_("Kind"), building.get_kind_display()),
        Fact(_("Number in the source"), building.source_ref),
    ]


def _findings(building: Building) -> list[str]:
    band = Band.in_force()
    found = []
    if building.households is not None and building.households > band.highest:
        found.append(
            _("This building alone has more households than one grid should have (%(most)g).") % {"most": band.highest}
        )
    if building.households is None and building.dwellings is not None:
        found.append(_("Its resident households are not known; dwellings stand in for them."))
    if building.community is None:
        found.append(_("It lies in no community."))
    elif building.grid is None:
        found.append(_("It belongs to no grid."))
    return found


def _links(building: Building) -> list[Link]:
    links = []
    if building.grid:
        links.append(select(_("Grid %(grid)s") % {"grid": building.grid}, "grid", building.grid.code))
    if building.compound:
        links.append(select(building.compound.name, "compound", str(building.compound.pk)))
    return links
