"""Is the ground in order? Every gap and overlap of boundaries in force, and every figure that does not follow."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import shapely
from django.db import connection
from shapely.geometry.base import BaseGeometry

from gridmap.accounts.permissions import area_prefix
from gridmap.geometry.coverage import excesses, gaps, overlaps
from gridmap.territory.models import GridEdition, RegionEdition

#: Boundaries of regions come from surveys, those of grids from us: an honest source may be a square metre off.
REGION_NOISE_M2 = 1.0
GRID_NOISE_M2 = 0.01


class FaultKind(StrEnum):
    """What can be wrong."""

    GAP = "gap"
    OVERLAP = "overlap"
    OUTSIDE = "outside"
    NOT_TILING = "edges_do_not_match"
    PIECES = "more_than_one_piece"
    WRONG_PLACE = "building_in_wrong_place"
    WRONG_FIGURES = "figures_do_not_follow"


@dataclass(frozen=True)
class Fault:
    """One thing wrong: where (codes), how much ground (m²), and the shape to draw it by."""

    kind: FaultKind
    codes: tuple[str, ...]
    area_m2: float = 0.0
    shape: BaseGeometry | None = None


def check_territory(prefix: str = "") -> Iterator[Fault]:
    """All faults of regions, grids and buildings whose code starts with `prefix`."""
    yield from check_regions(prefix)
    for code, home in _boundaries(prefix, level=5):
        yield from check_community(code, home)
    yield from check_buildings(prefix)
    yield from check_figures(prefix)


def check_regions(prefix: str = "") -> Iterator[Fault]:
    """Siblings must not overlap; where their parent has a boundary, they must fill it and not leave it."""
    shapes = dict(_boundaries("", level=None))
    families: dict[str, list[str]] = {}
    rows = RegionEdition.objects.in_force().filter(region__code__startswith=prefix, region__parent__isnull=False)
    for code, parent in rows.values_list("region__code", "region__parent__code").order_by("region__code"):
        families.setdefault(parent, []).append(code)
    for parent, codes in families.items():
        cells = [shapes[code] for code in codes]
        home = shapes.get(parent) if not prefix or area_prefix(parent).startswith(prefix) else None
        yield from _tiling_faults(codes, cells, parent, home, REGION_NOISE_M2)


def check_community(code: str, home: BaseGeometry) -> Iterator[Fault]:
    """The grids of one community must tile it: no gap, no overlap, nothing outside. One without grids has no fault."""
    rows = (
        GridEdition.objects.in_force()
        .of_community(code)
        .exclude(grid__kind="micro")
        .order_by("grid__code")
        .values_list("grid__code", "geom")
    )
    codes = [code for code, _geom in rows]
    cells = [shapely.from_wkb(bytes(geom.wkb)) for _code, geom in rows]
    if not cells:
        return
    if not shapely.coverage_is_valid(cells):
        bad = shapely.coverage_invalid_edges(cells)
        yield from (
            Fault(FaultKind.NOT_TILING, (code,), 0.0, edges)
            for code, edges in zip(codes, bad, strict=True)
            if not edges.is_empty
        )
    yield from _tiling_faults(codes, cells, code, home, GRID_NOISE_M2)


def check_buildings(prefix: str = "") -> Iterator[Fault]:
    """Buildings must name the grid that they stand in (on a shared border, either of the two)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.code, b.source_ref FROM territory_building b JOIN territory_grid g ON g.id = b.grid_id"
            " WHERE b.active AND g.code LIKE %s AND NOT EXISTS (SELECT 1 FROM territory_gridedition e"
            " WHERE e.grid_id = b.grid_id AND upper_inf(e.valid) AND ST_Intersects(e.geom, b.geom)) ORDER BY 1, 2",
            [prefix + "%"],
        )
        for row in cursor.fetchall():
            yield Fault(FaultKind.WRONG_PLACE, tuple(row))


def check_figures(prefix: str = "") -> Iterator[Fault]:
    """The households of a grid in force are those of its buildings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.code FROM territory_gridedition e JOIN territory_grid g ON g.id = e.grid_id"
            " LEFT JOIN territory_building b ON b.grid_id = g.id AND b.active"
            " WHERE upper_inf(e.valid) AND g.code LIKE %s GROUP BY g.code, e.households, e.building_count"
            " HAVING e.households <> coalesce(sum(coalesce(b.households, b.dwellings)), 0)"
            " OR e.building_count <> count(b.id) ORDER BY 1",
            [prefix + "%"],
        )
        for row in cursor.fetchall():
            yield Fault(FaultKind.WRONG_FIGURES, tuple(row))


def _tiling_faults(
    codes: Sequence[str], cells: Sequence[BaseGeometry], parent: str, home: BaseGeometry | None, noise_m2: float
) -> Iterator[Fault]:
    for overlap in overlaps(cells, noise_m2=noise_m2):
        pair = (codes[overlap.first], codes[overlap.second])
        yield Fault(FaultKind.OVERLAP, pair, overlap.area_m2, overlap.shape)
    if home is None:
        return
    for gap in gaps(cells, home, noise_m2=noise_m2):
        yield Fault(FaultKind.GAP, (parent,), gap.area_m2, gap.shape)
    for excess in excesses(cells, home, noise_m2=noise_m2):
        yield Fault(FaultKind.OUTSIDE, (codes[excess.cell], parent), excess.area_m2, excess.shape)


def _boundaries(prefix: str, *, level: int | None) -> Iterable[tuple[str, BaseGeometry]]:
    rows = RegionEdition.objects.in_force().filter(region__code__startswith=prefix).order_by("region__code")
    if level is not None:
        rows = rows.filter(region__level=level)
    for code, geom in rows.values_list("region__code", "geom"):
        yield code, shapely.from_wkb(bytes(geom.wkb))
