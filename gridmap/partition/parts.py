"""One connected part of a community: laid out, divided, and finished as polygons with reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.partition.bounds import explain, explain_piece
from gridmap.partition.findings import Finding
from gridmap.partition.ground import Ground
from gridmap.partition.layout import PartGround, lay_part
from gridmap.partition.measures import barriers_crossed, not_contiguous
from gridmap.partition.plane import DegreePlane, Ints
from gridmap.partition.search import Progress, divide
from gridmap.partition.seats import seat_units
from gridmap.partition.smoothing import finished_shapes
from gridmap.partition.units import Barrier, Effort, FixedGrid, SizeRule, Unit, Weights


@dataclass(frozen=True)
class Part:
    """One polygon of a community: its units by their number in the community, the fixed grids on it, and its ground.

    There is no ground where nothing is to be divided: the part is one grid as it is.
    """

    shape: Polygon
    home: tuple[int, ...]
    units: tuple[Unit, ...]
    fixed: tuple[FixedGrid, ...]
    before: Mapping[str, str]
    laid: PartGround | None

    @property
    def households(self) -> int:
        """Households on the part."""
        return sum(unit.households for unit in self.units)


@dataclass(frozen=True)
class Group:
    """A finished grid: polygon in lon/lat, its units by their number in the community, what is to be said about it,
    and the fixed grid that it is.
    """

    polygon: Polygon
    units: tuple[int, ...]
    findings: tuple[Finding, ...]
    kept: FixedGrid | None = None


@dataclass(frozen=True)
class PartDrawing:
    """The groups of one part, findings about its units, and the figures only the graph knows."""

    groups: tuple[Group, ...]
    findings: tuple[Finding, ...]
    barriers_crossed: int = 0
    not_contiguous: int = 0
    proven_outside: int = 0
    bound_outside: int = 0


def part_of(
    shape: Polygon,
    home: Sequence[int],
    units: Sequence[Unit],
    *,
    streets: Sequence[BaseGeometry],
    barriers: Sequence[Barrier],
    rule: SizeRule,
    fixed: Sequence[FixedGrid],
    before: Mapping[str, str],
) -> Part:
    """Lay a polygon of a community out, unless it is one grid in any case. `home` numbers its `units`."""
    households = sum(unit.households for unit in units)
    fits = households <= rule.maximum and rule.count_for(households) == 1
    single = not fixed and (fits or len(units) < 2)
    laid = None if single else lay_part(shape, units, streets, barriers, rule, fixed=fixed)
    return Part(shape, tuple(home), tuple(units), tuple(fixed), before, laid)


def divided(part: Part, rule: SizeRule, progress: Progress, *, weights: Weights, effort: Effort, seed: int) -> Ints:
    """The grid of each cell of a part that has been laid out."""
    assert part.laid is not None  # noqa: S101  (the caller asks only where there is something to divide)
    before = former_grids(part)
    return divide(
        part.laid.graph,
        rule=rule,
        weights=weights,
        effort=effort,
        seed=seed,
        before=before if (before >= 0).any() else None,
        fixed=part.laid.fixed_of,
        progress=progress,
    )


def former_grids(part: Part) -> Ints:
    """For every cell the number of the grid in force that its largest unit with one was in, -1 for none."""
    assert part.laid is not None  # noqa: S101
    number = {ref: index for index, ref in enumerate(sorted(set(part.before.values())))}
    found = np.full(len(part.laid.graph), -1, dtype=np.int64)
    for cell, members in enumerate(part.laid.ground.units):
        known = [part.units[unit] for unit in members if part.units[unit].ref in part.before]
        if known:
            found[cell] = number[part.before[max(known, key=lambda unit: unit.households).ref]]
    return found


def finished(part: Part, labels: Ints, rule: SizeRule, code_below: str) -> PartDrawing:
    """Polygons and reasons of a division of a part."""
    assert part.laid is not None  # noqa: S101
    laid = part.laid
    reasons = explain(
        laid.graph, labels, rule, _refs(laid.ground, part.units), code_below=code_below, fixed=laid.fixed_of
    )
    members: list[list[int]] = [[] for _ in range(int(labels.max()) + 1)]
    kept: list[FixedGrid | None] = [None] * len(members)
    for cell, label in enumerate(labels.tolist()):
        members[label] += [part.home[unit] for unit in laid.ground.units[cell]]
        if laid.fixed_of[cell] >= 0:
            kept[label] = part.fixed[int(laid.fixed_of[cell])]
    groups = tuple(
        Group(shape, tuple(sorted(units)), why, fixed)
        for shape, units, why, fixed in zip(
            finished_shapes(laid.ground, labels), members, reasons.of_grid, kept, strict=True
        )
    )
    crossed, broken = barriers_crossed(laid.graph, labels), not_contiguous(laid.graph, labels)
    return PartDrawing(groups, laid.findings, crossed, broken, reasons.proven, reasons.bound_outside)


def undivided(part: Part, rule: SizeRule, code_below: str) -> PartDrawing:
    """A part that is one grid as it is."""
    findings: list[Finding] = []
    if part.units:
        plane = DegreePlane.around(part.shape)
        _, findings = seat_units(part.units, plane.project(part.shape), plane, rule)
        findings = [finding for finding in findings if finding.code != "units_share_point"]
    reason: Finding | None = None
    if part.households > rule.maximum:
        params = {"unit": part.units[0].ref, "households": part.households, "maximum": rule.maximum}
        reason = Finding("unit_above_maximum", params)
    elif part.households:
        reason = explain_piece(part.households, rule, code_below)
    outside = int(reason is not None)
    group = Group(part.shape, part.home, (reason,) if reason else ())
    return PartDrawing((group,), tuple(findings), proven_outside=outside, bound_outside=outside)


def _refs(ground: Ground, units: Sequence[Unit]) -> list[str]:
    return [", ".join(units[unit].ref for unit in cell) for cell in ground.units]
