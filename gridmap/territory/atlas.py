"""What the rooms below may ask of the ground: names of areas, and finding regions, grids and buildings."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gridmap.accounts.permissions import area_prefix, codes_in
from gridmap.accounts.places import Place
from gridmap.territory.models import Building, Grid, Region
from gridmap.territory.querysets import place_in

MOST = 20
#: Grids of one community, or named by one word.
MOST_GRIDS = 200
LONGEST = 100
#: A grid as people write it: 一社区001, 一社区第001网格, 一社区，网格001.
NUMBERED = re.compile(r"(.+?)[\s,，·]*(?:第|网格|grid)?\s*([0-9]{3})\s*(?:号?网格|号)?", re.IGNORECASE)


class TerritoryAtlas:
    """The atlas of the accounts (`gridmap.accounts.places.Atlas`)."""

    def names_of(self, areas: Collection[str]) -> dict[str, str]:
        """Names by area; a grid is called by its community and number."""
        regions = {area.ljust(12, "0"): area for area in areas if 0 < len(area) <= 12}
        found = {
            regions[code]: name for code, name in Region.objects.filter(code__in=regions).values_list("code", "name")
        }
        grids = Grid.objects.filter(code__in=[area for area in areas if len(area) == 15]).select_related("community")
        return found | {grid.code: _grid_name(grid) for grid in grids}

    def search(self, words: str, areas: Sequence[str]) -> list[Place]:
        """Regions and grids in force whose name, or code, holds every word; regions first, the wider the earlier."""
        asked = words.replace("\x00", "")[:LONGEST].split()
        if not asked:
            return []
        regions = Region.objects.filter(codes_in(areas, "code")).order_by("level", "code")
        grids = Grid.objects.in_force().filter(codes_in(areas, "code"))
        for word in asked:
            regions = regions.filter(Q(name__icontains=word) | Q(code__startswith=word))
            named = Q(name__icontains=word) | Q(community__name__icontains=word)
            grids = grids.filter(named | Q(code__startswith=word) | Q(code__endswith=word))
        return [*_regions(regions.select_related("parent")[:MOST]), *_grids(grids)][:MOST]

    def below(self, area: str, areas: Sequence[str]) -> list[Place]:
        """Children of a region, grids of a community; of nothing the uppermost places of `areas`."""
        if not area:
            tops = [one for one in areas if one]
            codes = [one.ljust(12, "0") for one in tops if len(one) <= 12]
            rows = Region.objects.filter(Q(level=1) if "" in areas else Q(code__in=codes))
            grids = Grid.objects.filter(code__in=[one for one in tops if len(one) == 15]).order_by("code")
            return [*_regions(rows.select_related("parent").order_by("code")), *_grids(grids)]
        if len(area) == 12:
            return list(_grids(Grid.objects.in_force().filter(codes_in(areas, "code"), community__code=area)))
        children = Region.objects.filter(codes_in(areas, "code"), parent__code=area.ljust(12, "0"))
        return list(_regions(children.select_related("parent").order_by("code")))

    def find(self, text: str, areas: Sequence[str]) -> list[Place]:
        """Regions and grids of this code or whole name; else buildings of this name, number or address."""
        word = text.replace("\x00", "").strip()[:LONGEST]
        if not word:
            return []
        regions = Region.objects.filter(codes_in(areas, "code")).filter(Q(code=word.ljust(12, "0")) | Q(name=word))
        called = Q(code=word) | Q(name=word)
        if numbered := NUMBERED.fullmatch(word):
            called |= Q(community__name=numbered[1], code__endswith=numbered[2])
        grids = Grid.objects.in_force().filter(codes_in(areas, "code")).filter(called)
        found = [*_regions(regions.select_related("parent").order_by("code")[:MOST]), *_grids(grids)]
        return found or list(_buildings(word, areas))


def _regions(rows: Iterable[Region]) -> Iterator[Place]:
    for region in rows:
        above = region.parent.name if region.parent else ""
        yield Place(area_prefix(region.code), region.name, region.get_level_display(), above)


def _grids(rows: "QuerySet[Grid]") -> Iterator[Place]:
    for grid in rows.select_related("community__parent").order_by("code")[:MOST_GRIDS]:
        above = grid.community.parent.name if grid.community.parent else ""
        yield Place(grid.code, _grid_name(grid), _("grid"), above)


def _grid_name(grid: Grid) -> str:
    """As people call it: the community and the number, and its own name where it has one."""
    name = _("%(community)s, grid %(number)s") % {"community": grid.community.name, "number": grid.code[12:]}
    return f"{name} {grid.name}".strip()


def _buildings(word: str, areas: Sequence[str]) -> Iterator[Place]:
    """Buildings in force inside `areas`, each with the area that decides who sees it: its grid, or its community."""
    own = Q(name=word) | Q(number=word) | Q(address=word) | Q(source_ref=word)
    rows = Building.objects.active().filter(place_in(list(areas), grids=True)).filter(own)
    for building in rows.select_related("community", "grid", "compound").order_by("pk")[:MOST]:
        community = building.community
        area = building.grid.code if building.grid else community.code if community else ""
        above = "，".join(str(one) for one in (community, building.compound) if one)
        yield Place(area, str(building), _("building"), above)
