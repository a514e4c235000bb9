"""From a graph to contiguous groups: recursive bisection of random trees, then a large-neighbourhood search, then
moves of single nodes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gridmap.partition.graph import Graph
from gridmap.partition.score import Figure, Score
from gridmap.partition.trees import Patch, Tree, cuts
from gridmap.partition.units import SizeRule

Progress = Callable[[float], None]
Split = list[tuple[list[int], Figure]]

_STARTS = 3
_TREES_PER_BISECTION = 6
_TREES_PER_SPLIT = 4
_CUTS_PER_TREE = 3
_THREE_GRIDS = 0.4
# Failed tries after which the same two or three groups are left alone until one of them changes.
_PATIENCE = 6
_GAIN = 1e-9


@dataclass(frozen=True)
class Effort:
    """How long to search: rounds over all grids, rounds without any gain after which to stop, and how much a change may
    cost at first.
    """

    rounds: int = 40
    idle_rounds: int = 8
    slack: float = 1.0


class Scheme:
    """Groups of nodes of one graph; each group is connected, has a figure and a cost, and is replaced as a whole."""

    def __init__(self, graph: Graph, score: Score, groups: Sequence[Sequence[int]]) -> None:
        self.graph = graph
        self.score = score
        self.groups: dict[int, list[int]] = {}
        self.figures: dict[int, Figure] = {}
        self.costs: dict[int, float] = {}
        self.failures: dict[frozenset[int], int] = {}
        self.group_of = [-1] * len(graph)
        self._next = 0
        for group in groups:
            self.add(list(group))

    def add(self, group: list[int], figure: Figure | None = None) -> int:
        """Put a new group in and return its number, which no group had before."""
        number = self._next
        self._next += 1
        self.groups[number] = group
        self.figures[number] = figure or self.score.figure(group)
        self.costs[number] = self.score.cost(self.figures[number])
        for node in group:
            self.group_of[node] = number
        return number

    def remove(self, number: int) -> list[int]:
        """Take a group out."""
        del self.costs[number], self.figures[number]
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

    def in_band(self, number: int) -> bool:
        """Whether the load of a group is inside the band."""
        return self.score.rule.holds(self.figures[number].households)

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
        patch = Patch(graph, part)
        trees = [patch.tree(rng) for _ in range(_TREES_PER_BISECTION)]
        cut, tree = min(((cuts(tree, count, 1)[0], tree) for tree in trees), key=lambda pair: pair[0])
        lower, upper = tree.branch(cut.top)
        todo += [(upper, count - cut.count), (lower, cut.count)]
    return done


def improve(
    scheme: Scheme,
    effort: Effort,
    rng: np.random.Generator,
    progress: Progress,
    *,
    only_bad: bool = False,
) -> Scheme:
    """Merge two or three neighbouring groups and split them afresh, keep what is better; then move single nodes.

    In the first rounds a split may cost a little more than what it replaces, so that a surplus can wander until it
    meets a lack; the best scheme seen is returned. With `only_bad` just groups outside the band are tried. `progress`
    gets the share done and may raise to stop.
    """
    idle, best, best_total = 0, list(scheme.groups.values()), scheme.total
    for turn in range(effort.rounds):
        progress(turn / effort.rounds)
        numbers = [number for number in scheme.groups if not only_bad or not scheme.in_band(number)]
        if not numbers:
            break
        slack = effort.slack * max(0.0, 1.0 - 1.5 * turn / effort.rounds)
        for number in rng.permutation(np.array(numbers, dtype=np.int64)).tolist():
            if number in scheme.groups:
                _resplit(scheme, number, rng, slack)
        if not only_bad:
            move_nodes(scheme)
        idle += 1
        if scheme.total < best_total - _GAIN:
            idle, best, best_total = 0, list(scheme.groups.values()), scheme.total
        if idle >= effort.idle_rounds and not slack:
            break
    progress(1.0)
    return scheme if scheme.total <= best_total + _GAIN else Scheme(scheme.graph, scheme.score, best)


def _resplit(scheme: Scheme, number: int, rng: np.random.Generator, slack: float) -> None:
    """Try to replace a group and one or two neighbours by better groups of the same ground."""
    chosen = _chosen(scheme, number, 3 if rng.random() < _THREE_GRIDS else 2, rng)
    key = frozenset(chosen)
    failures = scheme.failures.get(key, 0)
    if len(chosen) < 2 or failures >= _PATIENCE:
        return
    old = [scheme.groups[one] for one in chosen]
    limit = sum(scheme.costs[one] for one in chosen) + slack * rng.random() - _GAIN
    found = _best_split(scheme, old, limit, rng)
    if found is None:
        scheme.failures[key] = failures + 1
        return
    for one in chosen:
        scheme.remove(one)
    for group, figure in found:
        scheme.add(group, figure)


def _chosen(scheme: Scheme, number: int, wanted: int, rng: np.random.Generator) -> list[int]:
    """A group and random neighbours, those with long common borders more often."""
    chosen = [number]
    while len(chosen) < wanted:
        near: dict[int, float] = {}
        for one in chosen:
            for other, length in scheme.neighbours(one).items():
                if other not in chosen:
                    near[other] = near.get(other, 0.0) + length
        if not near:
            break
        chosen.append(_pick(near, rng))
    return chosen


def _pick(weights: dict[int, float], rng: np.random.Generator) -> int:
    mark = rng.random() * sum(weights.values())
    for key, weight in weights.items():
        mark -= weight
        if mark <= 0.0:
            return key
    return next(iter(weights))


def _best_split(scheme: Scheme, old: list[list[int]], limit: float, rng: np.random.Generator) -> Split | None:
    """The cheapest new split of some groups found that costs less than the limit."""
    patch = Patch(scheme.graph, [node for group in old for node in group])
    counts = _counts(sum(patch.households), len(old), scheme.score.rule)
    known = {frozenset(group) for group in old}
    best: Split | None = None
    for _ in range(_TREES_PER_SPLIT):
        tree = patch.tree(rng)
        for count in counts:
            found = _split(scheme, tree, count, limit, rng)
            if not found or all(frozenset(group) in known for group, _ in found):
                continue
            cost = sum(scheme.score.cost(figure) for _, figure in found)
            if cost < limit:
                best, limit = found, cost
    return best


def _counts(households: int, merged: int, rule: SizeRule) -> list[int]:
    """The number of grids to try: as many as were merged, and one more or less where the loads allow it."""
    tried = (merged, merged - 1, merged + 1)
    fits = [count for count in tried if 0 < count * rule.minimum <= households <= count * rule.maximum]
    return fits or [merged]


def _split(scheme: Scheme, tree: Tree, count: int, limit: float, rng: np.random.Generator) -> Split | None:
    """Cut a tree into so many groups that together cost less than the limit."""
    score = scheme.score
    if count == 1 or len(tree.order) == 1:
        return [(list(tree.patch.nodes), score.figure(tree.patch.nodes))]
    best: Split | None = None
    for cut in cuts(tree, count, _CUTS_PER_TREE):
        below = tree.below[cut.top]
        if count == 2 and score.size_cost(below) + score.size_cost(tree.households - below) >= limit:
            continue
        lower, upper = tree.branch(cut.top)
        parts: Split = []
        spent = 0.0
        for part, grids in ((lower, cut.count), (upper, count - cut.count)):
            found = _divided(scheme, part, grids, limit - spent, rng)
            if found is None:
                break
            parts += found
            spent += sum(score.cost(figure) for _, figure in found)
            if spent >= limit:
                break
        else:
            best, limit = parts, spent
    return best


def _divided(scheme: Scheme, part: list[int], grids: int, limit: float, rng: np.random.Generator) -> Split | None:
    if grids == 1 or len(part) == 1:
        return [(part, scheme.score.figure(part))]
    return _split(scheme, Patch(scheme.graph, part).tree(rng), grids, limit, rng)


def move_nodes(scheme: Scheme) -> bool:
    """Move single nodes across borders while that makes the two groups cheaper and leaves both connected."""
    gained = False
    edges, group_of = scheme.graph.edges, scheme.group_of
    for node in range(len(scheme.graph)):
        home = group_of[node]
        if home < 0 or len(scheme.groups[home]) < 2:
            continue
        shared: dict[int, float] = {}
        for to, length, _, _ in edges[node]:
            other = group_of[to]
            if other >= 0:
                shared[other] = shared.get(other, 0.0) + length
        inner = shared.pop(home, 0.0)
        if shared and _move(scheme, node, inner, shared):
            gained = True
    return gained


def _move(scheme: Scheme, node: int, inner: float, shared: dict[int, float]) -> bool:
    """Try the neighbouring groups in turn; most are turned down by a bound from the node's own borders."""
    graph, score, home = scheme.graph, scheme.score, scheme.group_of[node]
    moved, area, rim = graph.households[node], graph.area[node], graph.rim[node]
    left = scheme.figures[home]
    left_cost = score.size_cost(left.households - moved) + score.shape_cost(
        left.area - area, left.rim - rim + 2 * inner
    )
    for target, length in shared.items():
        old = scheme.costs[home] + scheme.costs[target] - _GAIN
        new = scheme.figures[target]
        bound = left_cost + score.size_cost(new.households + moved)
        bound += score.shape_cost(new.area + area, new.rim + rim - 2 * length)
        # What compounds and barriers cost can only fall by what the node itself ties together.
        if bound + (new.ties + left.ties if not _tied(graph, node, left, new) else 0.0) >= old:
            continue
        rest = [other for other in scheme.groups[home] if other != node]
        if len(graph.pieces(rest)) > 1:
            return False
        grown = [*scheme.groups[target], node]
        figures = score.figure(rest), score.figure(grown)
        if score.cost(figures[0]) + score.cost(figures[1]) < old:
            scheme.remove(home)
            scheme.remove(target)
            scheme.add(rest, figures[0])
            scheme.add(grown, figures[1])
            return True
    return False


def _tied(graph: Graph, node: int, home: Figure, target: Figure) -> bool:
    """Whether moving a node could make the compounds and barriers of two groups cheaper."""
    return bool(graph.compounds[node]) or home.ties > 0.0 or target.ties > 0.0
