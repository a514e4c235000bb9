"""People on the map: counts of care households per building, and nothing that points at a door."""

from collections.abc import Sequence

from gridmap.population.counting import FEWEST_HOUSEHOLDS
from gridmap.territory.models import Building
from gridmap.territory.querysets import place_in
from layers.cuts.cut import Cut, among, envelope

CARE_FROM = 15


def care(z: int, areas: Sequence[str]) -> list[Cut]:
    """Care households per building: how many, and how many of them of high and of key risk. Counts alone, and none for
    a building of so few households that a count would point at a door, or where all of its households are in care."""
    if z < CARE_FROM:
        return []
    inside, codes = among(Building.objects.active().filter(place_in(list(areas), grids=True)))
    source = f"""(SELECT b.id, ST_PointOnSurface(b.geom_3857) AS geom_3857, c.care_high, c.care_key, c.care_general
        FROM population_buildingcount c JOIN territory_building b ON b.id = c.building_id
        WHERE b.geom_3857 && {envelope(z)} AND b.id IN ({inside})
          AND c.care_high + c.care_key + c.care_general > 0
          AND greatest(b.households, c.households) >= %s
          AND c.care_high + c.care_key + c.care_general < greatest(b.households, c.households)) s WHERE TRUE"""
    columns = "s.id AS id, s.care_high + s.care_key + s.care_general AS n, s.care_high AS hi, s.care_key AS ke"
    return [Cut("care", columns, source, (*codes, FEWEST_HOUSEHOLDS), simplify=False)]
