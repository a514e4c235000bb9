"""Drawing one connected part of a community: from units to groups of cells to polygons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gridmap.partition.bounds import explain_group, explain_piece
from gridmap.partition.findings import Finding
from gridmap.partition.graph import Graph, compound_bundles, contracted
from gridmap.partition.ground import Ground, cell_shapes
from gridmap.partition.layout import lay_part
from gridmap.partition.measures import barriers_crossed, not_contiguous
from gridmap.partition.plane import DegreePlane
from gridmap.partition.score import Score
from gridmap.partition.search import Effort, Scheme, first_scheme, improve
from gridmap.partition.seats import seat_units
from gridmap.partition.units import Barrier, SizeRule, Unit

Progress = Callable[[float], None]
# Shares of the progress bar: cutting the ground, searching with whole compounds, repairing what is left outside the
# band.
_GROUND_DONE, _SEARCH_DONE, _REPAIR_DONE = 0.2, 0.85, 0.95
_REPAIR = Effort(rounds=40, idle_rounds=6, slack=4.0)
_POLISH = Effort(rounds=3, idle_rounds=1, slack=0.0)


@dataclass(frozen=True)
class Group:
    """A grid in the making: polygon in lon/lat, indices of its units, and what is to be said about it."""

    polygon: Polygon
    units: tuple[int, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class PartDrawing:
    """The groups of one part, findings about its units, and the figures only the graph knows."""

    groups: tuple[Group, ...]
    findings: tuple[Finding, ...]
    barriers_crossed: int = 0
    not_contiguous: int = 0


def draw_part(
    part: Polygon,
    units: Sequence[Unit],
    *,
    streets: Sequence[BaseGeometry],
    barriers: Sequence[Barrier],
    rule: SizeRule,
    effort: Effort,
    rng: np.random.Generator,
    progress: Progress,
    code_below: str,
) -> PartDrawing:
    """Draw one polygon of a community; without enough households for two grids it is one grid as it is."""
    households = sum(unit.households for unit in units)
    if households <= rule.maximum or len(units) < 2:
        return _whole(part, units, rule, code_below)
    laid = lay_part(part, units, streets, barriers, rule)
    progress(_GROUND_DONE)
    groups = group_cells(laid.graph, rule, effort, rng, progress)
    shapes = cell_shapes(laid.ground, groups)
    refs = _refs(laid.ground, units)
    reasons = _reasons(laid.graph, groups, rule, refs, code_below)
    drawn = tuple(
        Group(shape, tuple(unit for cell in group for unit in laid.ground.units[cell]), reason)
        for shape, group, reason in zip(shapes, groups, reasons, strict=True)
    )
    crossed, broken = barriers_crossed(laid.graph, groups), not_contiguous(laid.graph, groups)
    return PartDrawing(drawn, laid.findings, crossed, broken)


def _whole(part: Polygon, units: Sequence[Unit], rule: SizeRule, code_below: str) -> PartDrawing:
    plane = DegreePlane.around(part)
    findings: list[Finding] = []
    if units:
        _, findings = seat_units(units, plane.project(part), plane, rule)
        findings = [finding for finding in findings if finding.code != "units_share_point"]
    households = sum(unit.households for unit in units)
    reasons: list[Finding] = []
    if households > rule.maximum:
        reasons.append(_too_large(units[0].ref, households, rule))
    elif households:
        reason = explain_piece(households, rule, code_below)
        reasons += [reason] if reason else []
    return PartDrawing((Group(part, tuple(range(len(units))), tuple(reasons)),), tuple(findings))


def _too_large(ref: str, households: int, rule: SizeRule) -> Finding:
    return Finding("unit_above_maximum", {"unit": ref, "households": households, "maximum": rule.maximum})


def _refs(ground: Ground, units: Sequence[Unit]) -> list[str]:
    return [", ".join(units[unit].ref for unit in cell) for cell in ground.units]


def group_cells(
    graph: Graph, rule: SizeRule, effort: Effort, rng: np.random.Generator, progress: Progress
) -> list[list[int]]:
    """Divide the cells of a graph into contiguous groups; cells above the maximum stand alone, with empty pockets
    around them.
    """
    large = {node for node in range(len(graph)) if graph.households[node] > rule.maximum}
    atoms = contracted(graph, compound_bundles(graph, rule.maximum, lambda node: node not in large))
    free = [node for node in range(len(atoms)) if atoms.households[node] <= rule.maximum]
    pieces = atoms.pieces(free)
    inhabited = [piece for piece in pieces if any(atoms.households[node] for node in piece)]
    loads = [sum(atoms.households[node] for node in piece) for piece in inhabited]
    score = Score.of(atoms, rule, sum(rule.count_for(load) for load in loads))
    starts: list[list[int]] = []
    for piece, load in zip(inhabited, loads, strict=True):
        starts += first_scheme(atoms, score, piece, rule.count_for(load), rng).groups.values()
    scheme = improve(Scheme(atoms, score, starts), effort, rng, _between(progress, _GROUND_DONE, _SEARCH_DONE))
    cells = [[cell for node in group for cell in atoms.cells[node]] for group in scheme.groups.values()]
    fine = Scheme(graph, Score(graph, rule, score.typical_m), cells)
    fine = improve(fine, _REPAIR, rng, _between(progress, _SEARCH_DONE, _REPAIR_DONE), only_bad=True)
    fine = improve(fine, _POLISH, rng, _between(progress, _REPAIR_DONE, 1.0))
    groups = [list(group) for group in fine.groups.values()] + [[node] for node in sorted(large)]
    return _with_pockets(graph, groups)


def _with_pockets(graph: Graph, groups: list[list[int]]) -> list[list[int]]:
    """Give empty ground that only touches cells above the maximum to the neighbour with the longest border."""
    group_of = {node: index for index, group in enumerate(groups) for node in group}
    for pocket in graph.pieces(node for node in range(len(graph)) if node not in group_of):
        shared: dict[int, float] = {}
        for node in pocket:
            for edge in graph.edges[node]:
                if edge.to in group_of:
                    shared[group_of[edge.to]] = shared.get(group_of[edge.to], 0.0) + edge.length
        host = max(shared, key=lambda index: (shared[index], -index))
        groups[host] += pocket
        group_of.update(dict.fromkeys(pocket, host))
    return groups


def _between(progress: Progress, low: float, high: float) -> Progress:
    return lambda share: progress(low + (high - low) * share)


def _reasons(
    graph: Graph, groups: list[list[int]], rule: SizeRule, refs: list[str], code_below: str
) -> list[tuple[Finding, ...]]:
    """For every group outside the band the bound that forces it there, or `outside_band`."""
    large = {node for node in range(len(graph)) if graph.households[node] > rule.maximum}
    piece_of: dict[int, int] = {}
    pieces = graph.pieces(node for node in range(len(graph)) if node not in large)
    for index, piece in enumerate(pieces):
        piece_of.update(dict.fromkeys(piece, index))
    loads = [sum(graph.households[node] for node in piece) for piece in pieces]
    below = "pocket_below_minimum" if large else code_below
    reasons: list[tuple[Finding, ...]] = []
    for group in groups:
        households = sum(graph.households[node] for node in group)
        big = [node for node in group if node in large]
        if big:
            reasons.append((_too_large(refs[big[0]], graph.households[big[0]], rule),))
        elif rule.holds(households) or not households:
            reasons.append(())
        else:
            found = explain_piece(loads[piece_of[group[0]]], rule, below) or explain_group(graph, group, rule, refs)
            reasons.append((found or Finding("outside_band", {"households": households}),))
    return reasons
