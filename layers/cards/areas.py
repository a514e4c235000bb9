"""The cards of regions, grids and compounds."""

from typing import Any

from django.contrib.gis.db.models import Union
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gridmap.accounts.permissions import area_prefix, areas_of, may
from gridmap.accounts.roles import Verb
from gridmap.territory.models import Building, Compound, Grid, GridEdition, LayerRevision, Region, RegionEdition
from gridmap.territory.querysets import Viewer
from layers.cards.card import Card, Fact, Link, select
from layers.cards.duty import responsible
from layers.cards.figures import counted, counts_of, counts_of_edition, pieces_needed
from layers.cards.sources import source_of
from layers.cards.tallies import tallies
from layers.loads import Band
from layers.places import lineage
from layers.revisions import database_origin, scope_of


def region_card(code: str, user: Viewer) -> Card:
    """The region with this 12-digit code; its figures count what the viewer may see."""
    region = Region.objects.visible_to(user).get(code=code)
    edition = RegionEdition.objects.in_force().filter(region=region).first()
    inside = area_prefix(code)
    buildings = Building.objects.visible_to(user).active().filter(community__code__startswith=inside)
    kept = kept_name(code, user)
    counts = counts_of(buildings, kept)
    here = counts[-1].value
    all_of_them = Building.objects.active().filter(community__code__startswith=inside)
    partly = not any(inside.startswith(area) for area in areas_of(user, Verb.VIEW)) and all_of_them.count() != here
    grids = Grid.objects.visible_to(user).in_force().filter(code__startswith=inside).exclude(kind=Grid.Kind.MICRO)
    return Card(
        type="region",
        id=code,
        title=region.name,
        subtitle=f"{region.get_level_display()} {code}",
        source=edition.source if edition else region.source,
        shape=edition.geom if edition else _communities_shape(inside, user),
        place=lineage(code, user),
        facts=[
            *counted([*counts_of(buildings), Fact(_("Grids"), grids.count())], partly=partly),
            *_boundary_facts(edition),
        ],
        findings=_region_findings(region, grids),
        links=_region_links(region, user),
        sections=[*(responsible(code, user) if region.level == Region.Level.COMMUNITY else []), *tallies(code, user)],
    )


def grid_card(code: str, user: Viewer) -> Card:
    """The grid with this 15-digit code, as it is now (or was last, for a retired one)."""
    grid = Grid.objects.visible_to(user).select_related("community").get(code=code)
    edition = grid.editions.in_force().first() or grid.editions.order_by("-valid").first()
    source, href = source_of(edition.source if edition else "", user)
    return Card(
        type="grid",
        id=code,
        title=grid.name or _("Grid %(number)s") % {"number": code[-3:]},
        subtitle=f"{grid.community} · {grid.get_kind_display()} · {code}",
        source=source,
        source_href=href,
        shape=edition.geom if edition else None,
        place=lineage(code, user),
        facts=_grid_facts(grid, edition) if edition else [],
        findings=_grid_findings(grid, edition),
        links=[_print("grid", code), select(str(grid.community), "region", grid.community.code)],
        sections=[*responsible(code, user), *tallies(code, user)],
    )


def compound_card(key: str, user: Viewer) -> Card:
    """The compound with this primary key."""
    compound = Compound.objects.visible_to(user).active().select_related("community").get(pk=int(key))
    buildings = Building.objects.visible_to(user).active().filter(compound=compound)
    codes = sorted({code for code in buildings.values_list("grid__code", flat=True) if code})
    counts = counts_of(buildings)
    partly = Building.objects.active().filter(compound=compound).count() > buildings.count()
    households = counts[0].value
    needed = pieces_needed(households if isinstance(households, int) else None, Band.in_force())
    findings = []
    if len(codes) > needed:
        values = {"count": len(codes), "needed": needed}
        text = _("Its buildings are split over %(count)d grids, though %(needed)d would be enough.")
        findings.append(text % values)
    return Card(
        type="compound",
        id=str(compound.pk),
        title=compound.name,
        subtitle=compound.get_kind_display(),
        source=compound.source,
        shape=compound.geom,
        place=lineage(compound.community.code, user) if compound.community else [],
        facts=[
            *counted([*counts, Fact(_("Grids"), len(codes))], partly=partly),
            Fact(_("Walled"), _("yes") if compound.walled else _("no")),
        ],
        findings=findings,
        links=[select(_("Grid %(grid)s") % {"grid": code[-3:]}, "grid", code) for code in codes],
    )


def kept_name(code: str, user: Viewer) -> str:
    """Under what the sums of a region's buildings are kept: they change with the buildings and with who asks."""
    numbers = dict(LayerRevision.objects.filter(layer__in=("buildings", "regions")).values_list("layer", "number"))
    scope = scope_of(areas_of(user, Verb.VIEW))
    return f"sums:{database_origin()}{code}:{numbers.get('buildings', 0)}.{numbers.get('regions', 0)}:{scope}"


def _communities_shape(inside: str, user: Viewer) -> GEOSGeometry | None:
    """What a region without a boundary of its own covers: its communities (those that the viewer may see) in one."""
    editions = RegionEdition.objects.in_force().visible_to(user).filter(region__level=Region.Level.COMMUNITY)
    shape: GEOSGeometry | None = editions.filter(region__code__startswith=inside).aggregate(shape=Union("geom"))[
        "shape"
    ]
    return shape


def _boundary_facts(edition: Any) -> list[Fact]:
    if edition is None:
        return [Fact(_("Boundary"), None, note=_("none of its own in force"))]
    began = edition.valid.lower
    day = date_format(timezone.localtime(began), "DATE_FORMAT") if began else None
    return [
        Fact(_("Area"), round(edition.area_m2 / 1e6, 3), _("km²")),
        Fact(_("Boundary in force since"), day),
    ]


def _grid_facts(grid: Grid, edition: GridEdition) -> list[Fact]:
    past = grid.editions.count() - 1
    return [
        *counts_of_edition(edition),
        *_boundary_facts(edition),
        Fact(_("Earlier boundaries"), past),
    ]


def _grid_findings(grid: Grid, edition: GridEdition | None) -> list[str]:
    if edition is None or edition.valid.upper is not None:
        return [_("This grid is retired; its code is never given to another.")]
    band = Band.in_force()
    values = {"lowest": band.lowest, "highest": band.highest, "target": band.target}
    if grid.kind != Grid.Kind.GENERAL:
        return []
    if edition.households > band.highest:
        values["over"] = edition.households - band.highest
        return [_("%(over)d households above the band of %(lowest)g–%(highest)g.") % values]
    if edition.households < band.lowest:
        values["under"] = band.lowest - edition.households
        return [_("%(under)d households below the band of %(lowest)g–%(highest)g.") % values]
    return []


def _region_findings(region: Region, grids: "QuerySet[Grid]") -> list[str]:
    if region.level != Region.Level.COMMUNITY:
        return []
    if not grids.exists():
        return [_("No grids are in force here yet.")]
    band = Band.in_force()
    general = GridEdition.objects.in_force().filter(grid__in=grids, grid__kind=Grid.Kind.GENERAL)
    over = general.filter(households__gt=band.highest).count()
    under = general.filter(households__lt=band.lowest).count()
    found = []
    if over:
        found.append(
            _("%(count)d grids have more than %(highest)g households.") % {"count": over, "highest": band.highest}
        )
    if under:
        found.append(
            _("%(count)d grids have fewer than %(lowest)g households.") % {"count": under, "lowest": band.lowest}
        )
    return found


def _region_links(region: Region, user: Viewer) -> list[Link]:
    links = []
    if region.level == Region.Level.COMMUNITY and may(user, Verb.DRAW_GRIDS, region.code):
        links.append(Link(_("Draw grids"), reverse("planning:new") + f"?community={region.code}", "draw"))
    if region.level >= Region.Level.STREET:
        links.append(_print("region", region.code))
    children = Region.objects.visible_to(user).filter(parent=region)[:60]
    return links + [select(child.name, "region", child.code) for child in children]


def _print(kind: str, code: str) -> Link:
    """Sheets of the whole and of its parts, for the wall of an office."""
    return Link(_("Print its sheets"), reverse("console:print") + f"?sheet={kind}:{code}&scale=2000", "print")
