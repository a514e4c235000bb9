"""Judging answers: every method by the same measures on the same graph; of ours also bounds and polygons."""

import pickle
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import Polygon

from bench.grids.lay import graph_of
from bench.grids.problems import Ints, Problem, load_labels, load_problems
from gridmap.partition.bounds import explain
from gridmap.partition.ground import Ground
from gridmap.partition.measures import barriers_crossed, load_figures, not_contiguous, shape_figures
from gridmap.partition.plane import DegreePlane
from gridmap.partition.smoothing import finished_shapes
from gridmap.partition.units import SizeRule

Row = dict[str, float | int]
_BELOW = "community_below_minimum"


@dataclass
class Tally:
    """What one method did to some communities; lengths in m."""

    loads: list[int] = field(default_factory=list)
    grids: int = 0
    not_contiguous: int = 0
    crossed: int = 0
    extra_pieces: int = 0
    small_compounds: int = 0
    small_split: int = 0
    cut_m: float = 0.0
    compactness: float = 0.0

    def add(self, other: "Tally") -> None:
        """Join the figures of two sets of communities."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass
class OwnFigures:
    """What is measured of ours alone: bounds, and the smooth polygons as they are stored."""

    bound_outside: int = 0
    proven: int = 0
    bounds_s: float = 0.0
    polygons_s: float = 0.0
    polygons: int = 0
    compactness: float = 0.0
    invalid_coverages: int = 0
    area_error_m2: float = 0.0


def judged(problem: Problem, labels: Ints) -> Tally:
    """Measure one division of one problem."""
    graph = graph_of(problem)
    count = int(labels.max()) + 1
    loads = np.bincount(labels, weights=problem.households, minlength=count).astype(np.int64)
    shape = shape_figures(graph, labels)
    extra, small, split = compound_figures(problem, labels)
    return Tally(
        loads=loads[loads > 0].tolist(),
        grids=count,
        not_contiguous=not_contiguous(graph, labels),
        crossed=barriers_crossed(graph, labels),
        extra_pieces=extra,
        small_compounds=small,
        small_split=split,
        cut_m=float(shape["cut_length_m"]),
        compactness=float(shape["polsby_popper"]) * count,
    )


def compound_figures(problem: Problem, labels: Ints) -> tuple[int, int, int]:
    """Pieces of compounds beyond what their size needs; compounds that fit one grid; those of them that are split."""
    walled = problem.unit_compound >= 0
    if not walled.any():
        return 0, 0, 0
    compound = problem.unit_compound[walled]
    pairs = np.unique(np.stack((compound, labels[problem.unit_node[walled]])), axis=1)
    size = np.bincount(compound, weights=problem.unit_households[walled]).astype(np.int64)
    pieces = np.bincount(pairs[0], minlength=len(size))
    maximum = int(problem.rule[2])
    needed = np.maximum(1, -(-size // maximum))
    small = (pieces > 0) & (size <= maximum)
    extra = np.maximum(0, pieces - needed)[pieces > 0].sum()
    return int(extra), int(small.sum()), int((small & (pieces > 1)).sum())


def judge_all(folder: Path, name: str, processes: int) -> Tally:
    """Measure all answers of a method."""
    problems = sorted((folder / "problems").glob("*.npz"))
    answers = [folder / name / path.name for path in problems]
    total = Tally()
    with ProcessPoolExecutor(processes) as pool:
        for tally in pool.map(_judge_batch, problems, answers):
            total.add(tally)
    return total


def _judge_batch(problems: Path, answers: Path) -> Tally:
    total = Tally()
    for problem, labels in zip(load_problems(problems), load_labels(answers), strict=True):
        total.add(judged(problem, labels))
    return total


def row_of(tally: Tally, rule: SizeRule) -> Row:
    """The measures of one method in the units of the tables."""
    loads = load_figures(tally.loads, rule)
    largest = max((abs(load - rule.target) / rule.target for load in tally.loads), default=0.0)
    return {
        "grids": tally.grids,
        "within_10_percent": 100.0 * loads["within_10"],
        "within_20_percent": 100.0 * loads["within_20"],
        "mean_deviation_percent": 100.0 * loads["mean_deviation"],
        "largest_deviation_percent": 100.0 * largest,
        "outside_band": loads["outside_band"],
        "not_contiguous": tally.not_contiguous,
        "barriers_crossed": tally.crossed,
        "extra_compound_pieces": tally.extra_pieces,
        "small_compounds_split_percent": 100.0 * tally.small_split / max(1, tally.small_compounds),
        "cut_km": tally.cut_m / 1000.0,
        "polsby_popper": tally.compactness / max(1, tally.grids),
    }


def own_figures(folder: Path, name: str, processes: int) -> OwnFigures:
    """Polygons and bounds of our division."""
    problems = sorted((folder / "problems").glob("*.npz"))
    total = OwnFigures()
    with ProcessPoolExecutor(processes) as pool:
        for one in pool.map(_own_batch, problems, [folder / name / path.name for path in problems]):
            for key, value in vars(one).items():
                setattr(total, key, getattr(total, key) + value)
    return total


def _own_batch(problems: Path, answers: Path) -> OwnFigures:
    found = OwnFigures()
    with (problems.parent.parent / "grounds" / f"{problems.stem}.pickle").open("rb") as file:
        grounds: list[tuple[Polygon, Ground]] = pickle.load(file)  # noqa: S301 - written by this very run
    for problem, labels, (shape, ground) in zip(load_problems(problems), load_labels(answers), grounds, strict=True):
        _add_bounds(found, problem, labels)
        _add_polygons(found, labels, shape, ground)
    return found


def _add_bounds(found: OwnFigures, problem: Problem, labels: Ints) -> None:
    target, minimum, maximum = (int(value) for value in problem.rule)
    refs = [str(node) for node in range(len(problem))]
    begun = time.process_time()
    reasons = explain(graph_of(problem), labels, SizeRule(target, minimum, maximum), refs, code_below=_BELOW)
    found.bounds_s += time.process_time() - begun
    found.bound_outside += reasons.bound_outside
    found.proven += reasons.proven


def _add_polygons(found: OwnFigures, labels: Ints, shape: Polygon, ground: Ground) -> None:
    begun = time.process_time()
    polygons = finished_shapes(ground, labels)
    found.polygons_s += time.process_time() - begun
    found.polygons += len(polygons)
    found.invalid_coverages += not (shapely.is_valid(polygons).all() and shapely.coverage_is_valid(polygons))
    plane = DegreePlane.around(shape)
    flat = plane.project(polygons)
    found.area_error_m2 += abs(float(shapely.area(flat).sum()) - plane.project(shape).area)
    found.compactness += float((4.0 * np.pi * shapely.area(flat) / shapely.length(flat) ** 2).sum())
