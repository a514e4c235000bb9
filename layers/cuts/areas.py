"""Boundaries: regions, compounds, grids, each as far as the viewer's areas reach."""

from collections.abc import Sequence

from gridmap.accounts.permissions import codes_in, lineage_in
from gridmap.territory.models import Compound, Grid, Region
from gridmap.territory.querysets import place_in
from layers.cuts.cut import MARGIN, Cut, among

COMPOUNDS_FROM, GRIDS_FROM, MICRO_FROM = 13, 11, 15
#: Where a region is cut off, its halo must not reach into the tile: on a wall it is 15 pixels wide, on a tile of 362.
HALO_MARGIN = 2 * MARGIN


def _lowest_level(z: int) -> int:
    return 3 if z < 8 else 4 if z < 10 else 5


def regions(z: int, areas: Sequence[str]) -> list[Cut]:
    """Regions inside the areas and those above them, down to the level that the zoom can show."""
    inside, codes = among(Region.objects.filter(lineage_in(areas), level__lte=_lowest_level(z)))
    source = f"""(SELECT e.id, r.code, r.level, r.name, e.geom_3857
        FROM territory_regionedition e JOIN territory_region r ON r.id = e.region_id
        WHERE upper_inf(e.valid) AND r.id IN ({inside})) s WHERE TRUE"""
    columns = "s.code AS id, s.level AS lv, s.name AS n"
    return [Cut("region", columns, source, codes, margin=HALO_MARGIN, smallest_pixels2=1)]


def compounds(z: int, areas: Sequence[str]) -> list[Cut]:
    """Compounds of the communities inside the areas."""
    if z < COMPOUNDS_FROM:
        return []
    inside, places = among(Compound.objects.active().filter(place_in(list(areas))))
    source = f"territory_compound s WHERE s.id IN ({inside})"
    return [Cut("compound", "s.id AS id, s.name AS n, s.kind AS k", source, places, smallest_pixels2=4)]


def grids(z: int, areas: Sequence[str]) -> list[Cut]:
    """Grids inside the areas with the households that they hold; micro grids only close up."""
    if z < GRIDS_FROM:
        return []
    rows = Grid.objects.filter(codes_in(areas, "code"))
    inside, codes = among(rows if z >= MICRO_FROM else rows.exclude(kind=Grid.Kind.MICRO))
    source = f"""(SELECT e.id, g.code, g.kind, e.households, e.geom_3857
        FROM territory_gridedition e JOIN territory_grid g ON g.id = e.grid_id
        WHERE upper_inf(e.valid) AND g.id IN ({inside})) s WHERE TRUE"""
    return [Cut("grid", "s.code AS id, right(s.code, 3) AS no, s.households AS hh, s.kind AS k", source, codes)]
