"""The main job: a community and its buildings in, numbered grids that tile it out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.geometry.crs import LocalPlane
from gridmap.geometry.order import reading_order
from gridmap.geometry.shape import polsby_popper_of
from gridmap.partition.findings import Finding
from gridmap.partition.measures import Figures, compound_pieces, extra_compound_pieces, load_figures
from gridmap.partition.parts import Group, PartDrawing, draw_part
from gridmap.partition.plane import shape_array
from gridmap.partition.search import Effort
from gridmap.partition.units import Barrier, SizeRule, Unit

Progress = Callable[[float], None]


@dataclass(frozen=True)
class DrawnGrid:
    """One grid: its number in reading order from 1, polygon in lon/lat, units by ref in the given order, and findings.

    `dedicated` marks a grid without households.
    """

    number: int
    polygon: Polygon
    units: tuple[str, ...]
    households: int
    dedicated: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Drawing:
    """All grids of a community, figures of the whole (see `measures`), and findings that concern no single grid."""

    grids: tuple[DrawnGrid, ...]
    figures: Figures
    findings: tuple[Finding, ...]


def draw_community(
    community: Polygon | MultiPolygon,
    units: Sequence[Unit],
    *,
    streets: Sequence[BaseGeometry] = (),
    barriers: Sequence[Barrier] = (),
    rule: SizeRule,
    rng: np.random.Generator,
    progress: Progress | None = None,
    effort: Effort | None = None,
) -> Drawing:
    """Divide a community (lon/lat) into contiguous grids near the target that tile it exactly.

    No unit is split. Compounds that fit one grid stay whole and barriers are not crossed unless a grid would leave the
    band. Equal input and an equally seeded `rng` give an equal drawing. `progress` is told the share done and may
    raise to cancel. Raises ValueError for an invalid or empty community and for two units with one ref.
    """
    _refuse(community, units)
    report = progress or (lambda _: None)
    parts = [part for part in shapely.get_parts(community) if part.area > 0.0]
    homes = _units_by_part(parts, units)
    code_below = "community_below_minimum" if len(parts) == 1 else "island_below_minimum"
    drawn: list[tuple[Group, list[int]]] = []
    drawings: list[PartDrawing] = []
    done, total = 0, max(len(units), 1)
    for part, home in zip(parts, homes, strict=True):
        inner = _scaled(report, done / total, (done + len(home)) / total)
        own = [units[index] for index in home]
        drawing = draw_part(
            part,
            own,
            streets=streets,
            barriers=barriers,
            rule=rule,
            effort=effort or Effort(),
            rng=rng,
            progress=inner,
            code_below=code_below,
        )
        drawn += [(group, sorted(home[unit] for unit in group.units)) for group in drawing.groups]
        drawings.append(drawing)
        done += len(home)
    report(1.0)
    grids = _numbered(drawn, units)
    members = [home for _, home in drawn]
    figures = _figures(grids, members=members, units=units, drawings=drawings, community=community, rule=rule)
    return Drawing(grids, figures, tuple(finding for drawing in drawings for finding in drawing.findings))


def _refuse(community: BaseGeometry, units: Sequence[Unit]) -> None:
    if community.is_empty or community.geom_type not in {"Polygon", "MultiPolygon"}:
        raise ValueError(f"community must be a polygon, not {community.geom_type}")
    if not community.is_valid:
        raise ValueError(f"community is invalid: {shapely.is_valid_reason(community)}")
    if len({unit.ref for unit in units}) != len(units):
        raise ValueError("two units have the same ref")


def _units_by_part(parts: list[Polygon], units: Sequence[Unit]) -> list[list[int]]:
    """Indices of the units on each part: where they lie, else the nearest."""
    homes: list[list[int]] = [[] for _ in parts]
    if len(parts) == 1:
        return [list(range(len(units)))]
    points = shapely.point_on_surface(shapely.force_2d(shape_array(unit.shape for unit in units)))
    for index, part in enumerate(shapely.STRtree(parts).nearest(points) if len(units) else ()):
        homes[part].append(index)
    return homes


def _scaled(report: Progress, low: float, high: float) -> Progress:
    return lambda share: report(low + (high - low) * share)


def _numbered(drawn: list[tuple[Group, list[int]]], units: Sequence[Unit]) -> tuple[DrawnGrid, ...]:
    grids = []
    for number, index in enumerate(reading_order([group.polygon for group, _ in drawn]), start=1):
        group, members = drawn[index]
        households = sum(units[unit].households for unit in members)
        refs = tuple(units[unit].ref for unit in members)
        grids.append(DrawnGrid(number, group.polygon, refs, households, households == 0, group.findings))
    return tuple(grids)


def _figures(
    grids: tuple[DrawnGrid, ...],
    *,
    members: list[list[int]],
    units: Sequence[Unit],
    drawings: list[PartDrawing],
    community: BaseGeometry,
    rule: SizeRule,
) -> Figures:
    plane = LocalPlane.around(community)
    flat = plane.project(shape_array(grid.polygon for grid in grids))
    perimeters, areas = shapely.length(flat), shapely.area(flat)
    compactness = [polsby_popper_of(a, p) for a, p in zip(areas, perimeters, strict=True)]
    # The grids carry the vertices of the community, so the outer border is the same length in both sums.
    outer = float(shapely.length(shapely.boundary(shapely.coverage_union_all(flat))))
    pieces = compound_pieces(members, [unit.compound for unit in units])
    sizes: dict[str, int] = {}
    for unit in units:
        if unit.compound is not None:
            sizes[unit.compound] = sizes.get(unit.compound, 0) + unit.households
    return {
        "grids": len(grids),
        "units": len(units),
        "households": sum(unit.households for unit in units),
        **load_figures([grid.households for grid in grids], rule),
        "not_contiguous": sum(drawing.not_contiguous for drawing in drawings),
        "barriers_crossed": sum(drawing.barriers_crossed for drawing in drawings),
        "extra_compound_pieces": extra_compound_pieces(pieces, sizes, rule),
        "cut_length_m": max(0.0, (float(perimeters.sum()) - outer) / 2.0),
        "polsby_popper": float(np.mean(compactness)),
        "area_m2": float(areas.sum()),
    }
