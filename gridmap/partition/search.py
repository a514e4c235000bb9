"""From a graph to contiguous groups: recursive bisection of random trees, then a large-neighbourhood search, then
moves of single nodes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gridmap.partition.graph import Graph
from gridmap.partition.score import Score
from gridmap.partition.trees import Tree, branch, cuts, spanning_tree

Progress = Callable[[float], None]

_STARTS = 3
_TREES_PER_BISECTION = 6
_TREES_PER_SPLIT = 4
_CUTS_PER_TREE = 3
_THREE_GRIDS = 0.4
_GAIN = 1e-9


@dataclass(frozen=True)
class Effort:
    """How long to search: rounds over all grids, and rounds without any gain after which to stop."""

    rounds: int = 40
    idle_rounds: int = 8


class Scheme:
    """Groups of nodes of one graph; each group is connected, has a cost, and is replaced as a whole."""

    def __init__(self, graph: Graph, score: Score, groups: Sequence[Sequence[int]]) -> None:
        self.graph = graph
        self.score = score
        self.groups: dict[int, list[int]] = {}
        self.costs: dict[int, float] = {}
        self.loads: dict[int, int] = {}
        self.group_of = [-1] * len(graph)
        self._next = 0
        for group in groups:
            self.add(list(group))

    def add(self, group: list[int], cost: float | None = None) -> int:
        """Put a new group in and return its number."""
        number = self._next
        self._next += 1
        self.groups[number] = group
        self.costs[number] = self.score.cost(group) if cost is None else cost
        self.loads[number] = sum(self.graph.households[node] for node in group)
        for node in group:
            self.group_of[node] = number
        return number

    def remove(self, number: int) -> list[int]:
        """Take a group out."""
        del self.costs[number], self.loads[number]
        return self.groups.pop(number)

    def neighbours(self, number: int) -> dict[int, float]:
        """Neighbouring groups and the metres of common border."""
        found: dict[int, float] = {}
        group_of = self.group_of
        for node in self.groups[number]:
            for to, length, _, _ in self.graph.edges[node]:
                other = group_of[to]
                if other not in {number, -1}:
                    found[other] = found.get(other, 0.0) + length
        return found

    @property
    def total(self) -> float:
        """Cost of the whole scheme."""
        return sum(self.costs.values())


def first_scheme(graph: Graph, score: Score, nodes: Sequence[int], grids: int, rng: np.random.Generator) -> Scheme:
    """The best of a few recursive bisections of connected nodes into so many groups."""
    starts = _STARTS if grids > 1 else 1
    schemes = [Scheme(graph, score, _bisected(graph, list(nodes), grids, rng)) for _ in range(starts)]
    return min(schemes, key=lambda scheme: scheme.total)


def _bisected(graph: Graph, nodes: list[int], grids: int, rng: np.random.Generator) -> list[list[int]]:
    done: list[list[int]] = []
    todo = [(nodes, grids)]
    while todo:
        part, count = todo.pop()
        if count <= 1 or len(part) <= 1:
            done.append(part)
            continue
        trees = [spanning_tree(graph, part, rng) for _ in range(_TREES_PER_BISECTION)]
        cut, tree = min(((cuts(tree, count, 1)[0], tree) for tree in trees), key=lambda pair: pair[0])
        lower, upper = branch(tree, cut.top)
        todo += [(upper, count - cut.count), (lower, cut.count)]
    return done


def improve(
    scheme: Scheme, effort: Effort, rng: np.random.Generator, progress: Progress, only_bad: bool = False
) -> None:
    """Merge two or three neighbouring groups and split them afresh, keep what is better; then move single nodes.

    With `only_bad` just groups outside the band are tried. `progress` gets the share done and may raise to stop.
    """
    idle = 0
    for turn in range(effort.rounds):
        progress(turn / effort.rounds)
        gained = False
        numbers = [number for number in scheme.groups if not only_bad or _is_bad(scheme, number)]
        for number in rng.permutation(np.array(numbers, dtype=np.int64)).tolist():
            if number in scheme.groups and _resplit(scheme, number, rng):
                gained = True
        if not only_bad and _move_nodes(scheme):
            gained = True
        idle = 0 if gained else idle + 1
        if idle >= effort.idle_rounds or not numbers:
            break
    progress(1.0)


def _is_bad(scheme: Scheme, number: int) -> bool:
    return not scheme.score.rule.holds(scheme.loads[number])


def _resplit(scheme: Scheme, number: int, rng: np.random.Generator) -> bool:
    """Try to replace a group and one or two neighbours by better groups of the same ground."""
    chosen = [number]
    wanted = 3 if rng.random() < _THREE_GRIDS else 2
    while len(chosen) < wanted:
        near: dict[int, float] = {}
        for one in chosen:
            for other, length in scheme.neighbours(one).items():
                if other not in chosen:
                    near[other] = near.get(other, 0.0) + length
        if not near:
            break
        chosen.append(_pick(near, rng))
    if len(chosen) < 2:
        return False
    nodes = [node for one in chosen for node in scheme.groups[one]]
    old = sum(scheme.costs[one] for one in chosen)
    found = _best_split(scheme, nodes, len(chosen), old - _GAIN, rng)
    if found is None:
        return False
    for one in chosen:
        scheme.remove(one)
    for group, cost in found:
        scheme.add(group, cost)
    return True


def _pick(weights: dict[int, float], rng: np.random.Generator) -> int:
    mark = rng.random() * sum(weights.values())
    for key, weight in weights.items():
        mark -= weight
        if mark <= 0.0:
            return key
    return next(iter(weights))


Split = list[tuple[list[int], float]]


def _best_split(scheme: Scheme, nodes: list[int], merged: int, limit: float, rng: np.random.Generator) -> Split | None:
    """The cheapest split found that costs less than the limit."""
    score = scheme.score
    households = sum(scheme.graph.households[node] for node in nodes)
    counts = _counts(households, merged, score)
    best: Split | None = None
    for _ in range(_TREES_PER_SPLIT):
        tree = spanning_tree(scheme.graph, nodes, rng)
        for count in counts:
            found = _split(scheme, tree, count, limit, rng)
            cost = sum(part[1] for part in found) if found else limit
            if cost < limit:
                best, limit = found, cost
    return best


def _counts(households: int, merged: int, score: Score) -> list[int]:
    """The number of grids to try: as many as were merged, and one more or less where the loads allow it."""
    rule = score.rule
    fits = [
        count
        for count in (merged, merged - 1, merged + 1)
        if count > 0 and count * rule.minimum <= households <= count * rule.maximum
    ]
    return fits or [merged]


def _split(scheme: Scheme, tree: Tree, count: int, limit: float, rng: np.random.Generator) -> Split | None:
    score = scheme.score
    if count == 1:
        return [(tree.order, score.cost(tree.order))]
    best: Split | None = None
    total = tree.below[tree.order[0]]
    for cut in cuts(tree, count, _CUTS_PER_TREE):
        below = tree.below[cut.top]
        if count == 2 and score.size_cost(below) + score.size_cost(total - below) >= limit:
            continue
        lower, upper = branch(tree, cut.top)
        parts: Split = []
        spent = 0.0
        for part, grids in ((lower, cut.count), (upper, count - cut.count)):
            if grids == 1 or len(part) == 1:
                parts.append((part, score.cost(part)))
            else:
                rest = _split(scheme, spanning_tree(scheme.graph, part, rng), grids, limit - spent, rng)
                if rest is None:
                    break
                parts += rest
            spent = sum(cost for _, cost in parts)
            if spent >= limit:
                break
        else:
            best, limit = parts, spent
    return best


def _move_nodes(scheme: Scheme) -> bool:
    """Move single nodes across borders while that makes the two groups cheaper and leaves both connected."""
    gained = False
    for node in range(len(scheme.graph)):
        home = scheme.group_of[node]
        if home < 0 or len(scheme.groups[home]) < 2:
            continue
        others = dict.fromkeys(scheme.group_of[edge.to] for edge in scheme.graph.edges[node])
        others.pop(home, None)
        others.pop(-1, None)
        if others and _move(scheme, node, home, list(others)):
            gained = True
    return gained


def _move(scheme: Scheme, node: int, home: int, others: list[int]) -> bool:
    graph, score = scheme.graph, scheme.score
    moved = graph.households[node]
    left = score.size_cost(scheme.loads[home] - moved)
    rest: list[int] = []
    cost_rest = 0.0
    for target in others:
        old = scheme.costs[home] + scheme.costs[target] - _GAIN
        if left + score.size_cost(scheme.loads[target] + moved) >= old:
            continue
        if not rest:
            rest = [other for other in scheme.groups[home] if other != node]
            if len(graph.pieces(rest)) > 1:
                return False
            cost_rest = score.cost(rest)
        grown = [*scheme.groups[target], node]
        cost_grown = score.cost(grown)
        if cost_rest + cost_grown < old:
            scheme.remove(home)
            scheme.remove(target)
            scheme.add(rest, cost_rest)
            scheme.add(grown, cost_grown)
            return True
    return False
