"""The main job: a community and its buildings in, numbered grids that tile it out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.geometry.crs import LocalPlane
from gridmap.geometry.order import reading_order
from gridmap.geometry.shape import polsby_popper_of
from gridmap.partition.curve import CurvePoint, trade_off
from gridmap.partition.findings import Finding
from gridmap.partition.fixed import refuse_unkeepable
from gridmap.partition.measures import (
    Figures,
    compound_pieces,
    extra_compound_pieces,
    load_figures,
    moved_households,
    successors,
)
from gridmap.partition.parts import Group, Part, PartDrawing, divided, finished, part_of, undivided
from gridmap.partition.plane import Ints, shape_array
from gridmap.partition.units import NORMAL, Barrier, Effort, FixedGrid, SizeRule, Unit, Weights

#: Told the share done (0 to 1) and the score so far where there is one (smaller is better). False stops the search and
#: keeps the best so far; raising cancels.
Progress = Callable[[float, float | None], bool]
# Shares of the progress bar.
_GROUND_DONE, _SEARCH_DONE, _CURVE_DONE = 0.2, 0.75, 0.9


@dataclass(frozen=True)
class DrawnGrid:
    """One grid: its number in reading order from 1, polygon in lon/lat, units by ref in the given order, and findings.

    `dedicated` marks a grid without households or one that was given as dedicated; `kept` is the ref of the fixed grid
    that it is, `was` the ref of the grid in force with which it shares most households (best matching of all grids).
    """

    number: int
    polygon: Polygon
    units: tuple[str, ...]
    households: int
    dedicated: bool
    findings: tuple[Finding, ...]
    kept: str | None = None
    was: str | None = None


@dataclass(frozen=True)
class Drawing:
    """All grids of a community, figures of the whole (see `measures`), and findings that concern no single grid.

    `stopped`: somebody ended the search early. `curve`: what other weights would have given.
    """

    grids: tuple[DrawnGrid, ...]
    figures: Figures
    findings: tuple[Finding, ...]
    stopped: bool = False
    curve: tuple[CurvePoint, ...] = ()


@dataclass
class _Watch:
    """Who is told of the progress; what each part costs so far; and whether somebody said stop.

    The score is told once every part has one, so that it only falls.
    """

    report: Progress
    parts: int = 0
    costs: dict[int, float] = field(default_factory=dict)
    stopped: bool = False

    def tell(self, share: float) -> bool:
        """Whether to go on."""
        score = sum(self.costs.values()) if self.costs and len(self.costs) == self.parts else None
        if not self.report(share, score):
            self.stopped = True
        return not self.stopped

    def of_part(self, index: int, low: float, high: float) -> Callable[[float, float], bool]:
        """The progress of one part's search, which fills the bar from `low` to `high`."""

        def told(share: float, cost: float) -> bool:
            self.costs[index] = cost
            return self.tell(low + (high - low) * share)

        return told


def draw_community(
    community: Polygon | MultiPolygon,
    units: Sequence[Unit],
    *,
    streets: Sequence[BaseGeometry] = (),
    barriers: Sequence[Barrier] = (),
    rule: SizeRule,
    weights: Weights | None = None,
    effort: Effort = NORMAL,
    seed: int = 0,
    before: Mapping[str, str] | None = None,
    fixed: Sequence[FixedGrid] = (),
    curve: bool = False,
    progress: Progress | None = None,
) -> Drawing:
    """Divide a community (lon/lat) into contiguous grids near the target that tile it exactly.

    No unit is split. Compounds that fit one grid stay whole and barriers are not crossed unless a grid would leave the
    band. `before` maps units to their grids in force: few households change grid, by the weight of stability. `fixed`
    grids come out as they are. Equal input gives an equal drawing; a greater effort never a worse score. Raises
    ValueError for an invalid or empty community and two units with one ref, FixedGridError for a grid that can't be
    kept.
    """
    _refuse(community, units, fixed)
    weights, watch = weights or Weights(), _Watch(progress or (lambda _share, _score: True))
    shapes = [part for part in shapely.get_parts(community) if part.area > 0.0]
    code_below = "community_below_minimum" if len(shapes) == 1 else "island_below_minimum"
    site = _Site(units, streets, barriers, fixed, before or {})
    parts = _parts(shapes, site, rule, watch)
    watch.parts = sum(part.laid is not None for part in parts)
    labels = _search(
        parts, watch, lambda part, told: divided(part, rule, told, weights=weights, effort=effort, seed=seed)
    )
    points: list[CurvePoint] = []
    stopped = watch.stopped
    if curve and not stopped:
        span = _CURVE_DONE - _SEARCH_DONE
        points = trade_off(parts, rule, seed, lambda share: watch.tell(_SEARCH_DONE + span * share))
    drawings = [
        undivided(part, rule, code_below) if label is None else finished(part, label, rule, code_below)
        for part, label in zip(parts, labels, strict=True)
    ]
    watch.tell(1.0)
    groups = [group for drawing in drawings for group in drawing.groups]
    was, moved, known = _matched(groups, units, before or {})
    grids = _numbered(groups, units, was)
    figures = _figures(grids, groups=groups, units=units, drawings=drawings, community=community, rule=rule)
    figures |= {"score": sum(watch.costs.values()), "moved_households": moved}
    figures |= {"moved_share": moved / known if known else 0.0}
    findings = tuple(finding for drawing in drawings for finding in drawing.findings)
    return Drawing(grids, figures, findings, stopped, tuple(points))


def _refuse(community: BaseGeometry, units: Sequence[Unit], fixed: Sequence[FixedGrid]) -> None:
    if community.is_empty or community.geom_type not in {"Polygon", "MultiPolygon"}:
        raise ValueError(f"community must be a polygon, not {community.geom_type}")
    if not community.is_valid:
        raise ValueError(f"community is invalid: {shapely.is_valid_reason(community)}")
    if len({unit.ref for unit in units}) != len(units):
        raise ValueError("two units have the same ref")
    refuse_unkeepable(community, fixed)


@dataclass(frozen=True)
class _Site:
    """What stands, runs and is in force on a community."""

    units: Sequence[Unit]
    streets: Sequence[BaseGeometry]
    barriers: Sequence[Barrier]
    fixed: Sequence[FixedGrid]
    before: Mapping[str, str]


def _parts(shapes: list[Polygon], site: _Site, rule: SizeRule, watch: _Watch) -> list[Part]:
    """Every part of a community laid out, with the units and fixed grids on it."""
    homes = _by_part(shapes, [unit.shape for unit in site.units])
    kept = _by_part(shapes, [grid.shape for grid in site.fixed])
    parts = []
    for index, shape in enumerate(shapes):
        watch.tell(_GROUND_DONE * index / len(shapes))
        own = [site.units[number] for number in homes[index]]
        part = part_of(
            shape,
            homes[index],
            own,
            streets=site.streets,
            barriers=site.barriers,
            rule=rule,
            fixed=[site.fixed[number] for number in kept[index]],
            before={unit.ref: site.before[unit.ref] for unit in own if unit.ref in site.before},
        )
        parts.append(part)
    return parts


def _by_part(parts: list[Polygon], shapes: Sequence[BaseGeometry]) -> list[list[int]]:
    """Numbers of the shapes on each part: where they lie, else the nearest."""
    homes: list[list[int]] = [[] for _ in parts]
    if len(parts) == 1:
        return [list(range(len(shapes)))]
    points = shapely.point_on_surface(shapely.force_2d(shape_array(shapes)))
    for index, part in enumerate(shapely.STRtree(parts).nearest(points) if len(shapes) else ()):
        homes[part].append(index)
    return homes


def _search(
    parts: list[Part], watch: _Watch, search: Callable[[Part, Callable[[float, float], bool]], Ints]
) -> list[Ints | None]:
    """The division of every part that has been laid out."""
    total = max(sum(len(part.units) for part in parts), 1)
    done = 0
    found: list[Ints | None] = []
    for index, part in enumerate(parts):
        low, high = (_GROUND_DONE + (_SEARCH_DONE - _GROUND_DONE) * n / total for n in (done, done + len(part.units)))
        found.append(search(part, watch.of_part(index, low, high)) if part.laid else None)
        done += len(part.units)
    return found


def _matched(groups: list[Group], units: Sequence[Unit], before: Mapping[str, str]) -> tuple[dict[int, str], int, int]:
    """The grid in force that each group is, households that change grid, and households whose grid is known."""
    refs = sorted(set(before.values()))
    number = {ref: index for index, ref in enumerate(refs)}
    after = np.full(len(units), -1)
    for index, group in enumerate(groups):
        after[list(group.units)] = index
    was = np.array([number[before[unit.ref]] if unit.ref in before else -1 for unit in units], dtype=np.int64)
    was[after < 0] = -1
    households = np.array([unit.households for unit in units], dtype=np.int64)
    kept = {index: group.kept.ref for index, group in enumerate(groups) if group.kept}
    stand = {number[ref]: index for index, ref in kept.items() if ref in number}
    followed = {new: refs[old] for old, new in successors(was, after, households, stand).items()}
    moved = moved_households(was, after, households, stand)
    return kept | followed, moved, int(households[was >= 0].sum())


def _numbered(groups: list[Group], units: Sequence[Unit], was: Mapping[int, str]) -> tuple[DrawnGrid, ...]:
    grids = []
    for number, index in enumerate(reading_order([group.polygon for group in groups]), start=1):
        group = groups[index]
        households = sum(units[unit].households for unit in group.units)
        dedicated = group.kept.dedicated if group.kept else households == 0
        refs = tuple(units[unit].ref for unit in group.units)
        kept = group.kept.ref if group.kept else None
        drawn = DrawnGrid(
            number, group.polygon, refs, households, dedicated, group.findings, kept=kept, was=was.get(index)
        )
        grids.append(drawn)
    return tuple(grids)


def _figures(
    grids: tuple[DrawnGrid, ...],
    *,
    groups: list[Group],
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
    pieces = compound_pieces([group.units for group in groups], [unit.compound for unit in units])
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
        "proven_outside": sum(drawing.proven_outside for drawing in drawings),
        "bound_outside": sum(drawing.bound_outside for drawing in drawings),
    }
