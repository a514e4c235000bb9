"""Our own division, called as the engine calls it."""

from bench.grids.lay import graph_of
from bench.grids.problems import Ints, Problem
from gridmap.partition.search import divide
from gridmap.partition.units import NORMAL, QUICK, THOROUGH, SizeRule

EFFORTS = {"quick": QUICK, "normal": NORMAL, "thorough": THOROUGH}


def divided_by_us(problem: Problem, effort: str, seed: int) -> Ints:
    """Labels of a problem by the engine of this project."""
    target, minimum, maximum = (int(value) for value in problem.rule)
    return divide(graph_of(problem), rule=SizeRule(target, minimum, maximum), effort=EFFORTS[effort], seed=seed)
