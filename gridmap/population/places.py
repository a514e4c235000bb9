"""Communities and grids to choose from in a filter, buildings to move to."""

import re

from django.db.models import Exists, OuterRef, Q

from gridmap.population.models import Dwelling
from gridmap.population.querysets import in_areas
from gridmap.population.showing import building_name
from gridmap.territory.models import Building, Grid, Region
from gridmap.territory.querysets import place_in

MOST_COMMUNITIES = 300
MOST_BUILDINGS = 400


def places_to_choose(areas: list[str], chosen: str = "") -> list[tuple[str, str]]:
    """(code prefix, name) of the communities inside `areas`, each small or chosen one followed by its grids."""
    codes = {area[:12] for area in areas if len(area) >= 12} | ({chosen[:12]} if len(chosen) >= 12 else set())
    wide = [area for area in areas if len(area) < 12]
    communities = Region.objects.communities().filter(
        in_areas(wide, "code") | in_areas(sorted(codes), "code") if wide else in_areas(sorted(codes), "code")
    )
    grids = Grid.objects.in_force().filter(community__code__in=codes).exclude(kind=Grid.Kind.MICRO).distinct()
    found = []
    for community in communities.order_by("code")[:MOST_COMMUNITIES]:
        if any(community.code.startswith(area) for area in areas):
            found.append((community.code, community.name))
        for grid in grids:
            if grid.code.startswith(community.code) and any(grid.code.startswith(area) for area in areas):
                found.append((grid.code, f"{community.name} · {grid.name or grid.code[-3:]}"))
    return found


def buildings_to_choose(areas: list[str], *, near: Building, sought: str = "") -> list[tuple[int, str]]:
    """(key, name) of buildings with dwellings inside `areas`, as people count them: those of which name, number,
    compound or address hold every word of `sought`; without any, those of the community of `near`."""
    homes = Exists(Dwelling.objects.filter(building=OuterRef("pk")))
    rows = Building.objects.active().filter(place_in(areas, grids=True)).filter(homes).select_related("compound")
    for word in sought.split():
        fields = ("name", "number", "compound__name", "address")
        rows = rows.filter(Q(*((f"{field}__icontains", word) for field in fields), _connector=Q.OR))
    if not sought:
        rows = rows.filter(community=near.community_id)
    found = rows.order_by("compound__name", "number", "pk")[:MOST_BUILDINGS]
    return sorted(((one.pk, building_name(one)) for one in found), key=lambda one: _counted(one[1]))


def _counted(name: str) -> list[tuple[int, str]]:
    """2号楼 stands before 10号楼."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]
