"""Communities and grids to choose from in a filter."""

from gridmap.population.querysets import in_areas
from gridmap.territory.models import Grid, Region

MOST_COMMUNITIES = 300


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
