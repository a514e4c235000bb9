"""Which grids of a plan are grids in force already, and so go on under their codes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import shapely

from gridmap.planning.ground import grids_in_force
from gridmap.planning.models import PlannedGrid
from gridmap.territory.models import Building, GridEdition, Region

#: Lines drawn twice differ by rounding and by vertices of their neighbours. Up to both bounds it is the same ground.
SAME_GROUND_SHARE = 0.001
SAME_GROUND_M2 = 100.0

#: The code of the grid in force that a planned grid is, and whether that one's line is to be retraced.
Stay = tuple[str | None, bool]


def grids_that_stay(community: Region, planned: Sequence[PlannedGrid]) -> list[Stay]:
    """For each planned grid, in order: the code that it keeps, or None, and whether its line is to be retraced.

    It is the grid in force that the plan was to keep, or one of its kind with the same buildings or the same ground but
    for `SAME_GROUND_SHARE` and `SAME_GROUND_M2`. Each grid in force goes on as one planned grid at most. A line with
    other vertices is retraced even where it runs the same way: only so do neighbours share theirs exactly.
    """
    now = grids_in_force(community)
    before, after = _shapes(now), _shapes(planned)
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _rank, _share, one, old in sorted(_pairs(planned, after, now, before)):
        if one not in found and old not in taken:
            found[one] = old
            taken.add(old)
    return [
        (now[found[one]].grid.code, shapely.normalize(shape).wkb != shapely.normalize(before[found[one]]).wkb)
        if one in found
        else (None, False)
        for one, shape in enumerate(after)
    ]


def _pairs(
    planned: Sequence[PlannedGrid],
    after: Sequence[shapely.Geometry],
    now: Sequence[GridEdition],
    before: Sequence[shapely.Geometry],
) -> Iterator[tuple[int, float, int, int]]:
    """Rank (smaller is surer), share of ground that differs, and the places of a planned grid and one in force."""
    houses: dict[int, set[int]] = defaultdict(set)
    standing = Building.objects.active().filter(grid__in=[old.grid_id for old in now])
    for house, holder in standing.values_list("pk", "grid_id"):
        houses[holder].add(house)
    homes = {frozenset(houses[old.grid_id]): place for place, old in enumerate(now) if houses[old.grid_id]}
    places = {old.grid_id: place for place, old in enumerate(now)}
    near = shapely.STRtree(list(before))
    for one, (grid, shape) in enumerate(zip(planned, after, strict=True)):
        if grid.kept and grid.was_id in places:
            yield 0, 0.0, one, places[grid.was_id]
        same = homes.get(frozenset(grid.building_ids))
        if same is not None and now[same].grid.kind == grid.kind:
            yield 1, 0.0, one, same
        for old in near.query(shape, predicate="intersects").tolist():
            share = _differing_share(shape, before[old])
            alike = share < SAME_GROUND_SHARE and share * now[old].area_m2 <= SAME_GROUND_M2
            if alike and now[old].grid.kind == grid.kind:
                yield 2, share, one, old


def _differing_share(shape: shapely.Geometry, old: shapely.Geometry) -> float:
    """Ground of one of the two only, as a share of the old; 1 where the areas alone tell them apart."""
    if abs(shape.area - old.area) >= SAME_GROUND_SHARE * old.area:
        return 1.0
    return float(shapely.symmetric_difference(shape, old).area / old.area)


def _shapes(grids: Sequence[PlannedGrid | GridEdition]) -> list[shapely.Geometry]:
    return [shapely.from_wkb(bytes(grid.geom.wkb)) for grid in grids]
