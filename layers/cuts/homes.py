"""How many households and dwellings a building has: figures of the house, of nobody in it."""

from collections.abc import Sequence

from gridmap.territory.models import Building
from gridmap.territory.querysets import place_in
from layers.cuts.cut import Cut, among, envelope

HOMES_FROM = 16


def homes(z: int, areas: Sequence[str]) -> list[Cut]:
    """The label of each building with homes, as households / dwellings, where the viewer may open its card."""
    if z < HOMES_FROM:
        return []
    inside, codes = among(Building.objects.active().filter(place_in(list(areas), grids=True)))
    source = f"""(SELECT b.id, ST_PointOnSurface(b.geom_3857) AS geom_3857, b.households, b.dwellings
        FROM territory_building b WHERE b.geom_3857 && {envelope(z)} AND b.id IN ({inside})
          AND coalesce(b.households, b.dwellings, 0) > 0) s WHERE TRUE"""
    columns = "s.id AS id, s.households AS hh, s.dwellings AS dw, concat_ws(' / ', s.households, s.dwellings) AS l"
    return [Cut("home", columns, source, codes, simplify=False)]
