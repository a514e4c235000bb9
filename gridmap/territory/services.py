"""The writers of the ground: new boundary editions, and where each building belongs."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.gis.db.models import MultiPolygonField
from django.contrib.gis.db.models.functions import Difference
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, FloatField, Func, Value

from gridmap.territory.codes import next_grid_codes
from gridmap.territory.followers import tell_followers
from gridmap.territory.models import Grid, GridEdition, Region, RegionEdition

LOCATE_IN_COMMUNITY = """
UPDATE territory_building b SET community_id = found.region_id
FROM (
    SELECT b.id, (
        SELECT e.region_id FROM territory_regionedition e JOIN territory_region r ON r.id = e.region_id
        WHERE r.level = 5 AND upper_inf(e.valid) AND ST_Covers(e.geom, b.point) ORDER BY r.code LIMIT 1
    ) AS region_id
    FROM territory_building b WHERE {where}
) found
WHERE b.id = found.id AND b.community_id IS DISTINCT FROM found.region_id
"""
LOCATE_IN_COMPOUND = """
UPDATE territory_building b SET compound_id = found.compound_id
FROM (
    SELECT b.id, (
        SELECT c.id FROM territory_compound c
        WHERE c.active AND ST_Covers(c.geom, b.point) ORDER BY ST_Area(c.geom), c.id LIMIT 1
    ) AS compound_id
    FROM territory_building b WHERE b.compound_id IS NULL AND {where}
) found
WHERE b.id = found.id AND found.compound_id IS NOT NULL
"""
LOCATE_IN_GRID = """
UPDATE territory_building b SET grid_id = found.grid_id
FROM (
    SELECT b.id, (
        SELECT e.grid_id FROM territory_gridedition e JOIN territory_grid g ON g.id = e.grid_id
        WHERE g.kind <> 'micro' AND upper_inf(e.valid) AND ST_Covers(e.geom, b.point) ORDER BY g.code LIMIT 1
    ) AS grid_id
    FROM territory_building b LEFT JOIN territory_grid now ON now.id = b.grid_id WHERE {where}
      AND (b.grid_id IS NULL OR now.community_id IS DISTINCT FROM b.community_id OR NOT EXISTS (
        SELECT 1 FROM territory_gridedition e
        WHERE e.grid_id = b.grid_id AND upper_inf(e.valid) AND ST_Covers(e.geom, b.point)))
) found
WHERE b.id = found.id AND b.grid_id IS DISTINCT FROM found.grid_id
"""
#: Where a source counts dwellings only, they stand in for resident households; how many buildings do is kept beside.
RECOUNT = """
UPDATE territory_gridedition e
SET households = t.households, dwellings = t.dwellings, residents = t.residents, elders = t.elders,
    building_count = t.buildings, stand_ins = t.stand_ins
FROM (
    SELECT g.id AS grid_id, coalesce(sum(coalesce(b.households, b.dwellings)), 0) AS households,
           coalesce(sum(b.dwellings), 0) AS dwellings, coalesce(sum(b.residents), 0) AS residents,
           coalesce(sum(b.elders), 0) AS elders, count(b.id) AS buildings,
           count(b.id) FILTER (WHERE b.households IS NULL AND b.dwellings IS NOT NULL) AS stand_ins
    FROM territory_grid g LEFT JOIN territory_building b ON b.grid_id = g.id AND b.active
    WHERE %(community)s::bigint IS NULL OR g.community_id = %(community)s
    GROUP BY g.id
) t
WHERE e.grid_id = t.grid_id AND upper_inf(e.valid)
  AND (e.households, e.dwellings, e.residents, e.elders, e.building_count, e.stand_ins)
      IS DISTINCT FROM (t.households, t.dwellings, t.residents, t.elders, t.buildings, t.stand_ins)
"""


#: What sticks out less than this is rounding, not ground; the triggers use the same figure.
SLIVER_M2 = 1.0


class SliverArea(Func):
    """Area in m² with borders straight in degrees, as the triggers measure it."""

    function = "territory_sliver_m2"
    output_field = FloatField()


@dataclass(frozen=True)
class NewGrid:
    """A grid about to come into force: `keeps` is the code of the grid in force that it is, if any.

    `retraced`: the grid is the same, but its line is not, if only by vertices where others meet it now.
    """

    shape: Polygon
    kind: str
    building_ids: Sequence[int]
    keeps: str | None = None
    retraced: bool = False


@contextmanager
def settled() -> Iterator[None]:
    """A savepoint at whose end the checks that wait for the commit are done, so that their refusal can be told."""
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def wait_for_other_writers(*, patience_s: int | None = None) -> None:
    """From here to the end of the transaction nobody else writes the ground; readers are not held up.

    Raises OperationalError where another writer is not done within `patience_s`.

    Adopting goes from grids to buildings, importing from buildings to grids, and each statement raises a revision:
    at once they would wait for each other until the database ends one of them.
    """
    with connection.cursor() as cursor:
        if patience_s is not None:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{patience_s}s"])
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('gridmap.territory.ground'))")


def locate_buildings(*, building_ids: Iterable[int] | None = None, source: str | None = None) -> None:
    """Set community, compound and grid of buildings by where they stand (all by default), then recount the grids."""
    where: str = "TRUE"
    parameters: list[Any] = []
    chosen = None if building_ids is None else list(building_ids)
    if chosen is not None:
        where, parameters = "b.id = ANY(%s)", [chosen]
    elif source is not None:
        where, parameters = "b.source = %s", [source]
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (LOCATE_IN_COMMUNITY, LOCATE_IN_COMPOUND, LOCATE_IN_GRID):
            cursor.execute(statement.format(where=where), parameters)
        recount_grids()
        tell_followers(chosen)


def recount_grids(community: Region | None = None) -> None:
    """Write the figures of the grids in force (of one community, or all) from their buildings."""
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, {"community": community.pk if community else None})


def open_region_edition(*, region: Region, shape: MultiPolygon, source: str, at: datetime) -> RegionEdition:
    """Put a new boundary of `region` in force from `at`; the one before it ends there.

    Grids in force that reach outside the new boundary end with it: the community is to be drawn again.
    """
    with transaction.atomic():
        Region.objects.select_for_update(no_key=True).get(pk=region.pk)
        _close(RegionEdition.objects.in_force().filter(region=region), at)
        edition = RegionEdition.objects.create(
            region=region, geom=shape, source=source, valid=DateTimeTZRange(at, None)
        )
        outside = [
            pk
            for pk, left in GridEdition.objects.in_force()
            .of_community(region.code)
            .annotate(left=SliverArea(Difference("geom", Value(shape, output_field=MultiPolygonField()))))
            .values_list("pk", "left")
            if left > SLIVER_M2
        ]
        _close(GridEdition.objects.filter(pk__in=outside), at)
        return edition


def replace_grids(*, community: Region, grids: Sequence[NewGrid], source: str, at: datetime) -> list[Grid]:
    """Put `grids` (in their order of numbering) in force in `community` from `at`; those before them end there.

    A grid that `keeps` a code goes on under it, and in its edition unless it is retraced; every other gets a fresh
    code, never used before. Returns the grids in the order given. The database refuses grids that overlap or leave the
    community when the transaction ends.
    """
    with transaction.atomic():
        Region.objects.select_for_update(no_key=True).get(pk=community.pk)
        kept = {grid.code: grid for grid in Grid.objects.filter(code__in=[new.keeps for new in grids if new.keeps])}
        same = [new.keeps for new in grids if new.keeps and not new.retraced]
        old = GridEdition.objects.in_force().of_community(community.code).exclude(grid__code__in=same)
        _close(old, at)
        fresh = iter(
            next_grid_codes(
                community.code,
                Grid.objects.filter(community=community).values_list("code", flat=True),
                sum(new.keeps is None for new in grids),
            )
        )
        result = [
            kept[new.keeps] if new.keeps else Grid.objects.create(code=next(fresh), kind=new.kind, community=community)
            for new in grids
        ]
        for grid, new in zip(result, grids, strict=True):
            if new.retraced or not new.keeps:
                _open(grid, new, source, at)
        _assign(result, grids)
        recount_grids(community)
        tell_followers([pk for grid in grids for pk in grid.building_ids])
    return result


def retire_region(*, region: Region, at: datetime, boundary: bool = True) -> None:
    """End the grids in force in `region` and, unless told otherwise, its own boundary; the codes stay taken."""
    with transaction.atomic():
        Region.objects.select_for_update(no_key=True).get(pk=region.pk)
        _close(GridEdition.objects.in_force().filter(grid__community=region), at)
        if boundary:
            _close(RegionEdition.objects.in_force().filter(region=region), at)


def _open(grid: Grid, new: NewGrid, source: str, at: datetime) -> None:
    GridEdition.objects.create(grid=grid, geom=new.shape, source=source, valid=DateTimeTZRange(at, None))


def _assign(grids: Sequence[Grid], new: Sequence[NewGrid]) -> None:
    pairs = [(pk, grid.pk) for grid, one in zip(grids, new, strict=True) for pk in one.building_ids]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE territory_building b SET grid_id = t.grid_id"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS t(id, grid_id)"
            " WHERE b.id = t.id AND b.grid_id IS DISTINCT FROM t.grid_id",
            [[pk for pk, _grid in pairs], [grid for _pk, grid in pairs]],
        )


def _close(editions: "models.QuerySet[Any]", at: datetime) -> None:
    """End editions at `at`."""
    began = Func(F("valid"), function="lower")
    editions.update(valid=Func(began, Value(at), function="tstzrange", output_field=DateTimeRangeField()))
