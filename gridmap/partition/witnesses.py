"""Witnesses: buildings of which, however the ground is divided, at least one lies in a grid outside the band.

In a drawing in which every grid that meets a set F of nodes is inside the band, these grids are connected, pairwise
disjoint, hold `minimum` to `maximum` households each and together cover F. If the exhaustive search finds no such
cover, there is no such drawing: F is a witness. Empty ground may be used by several sets here (see `Settled`), which
only makes covers easier to find: what is proven without a cover stays proven.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gridmap.partition import covers
from gridmap.partition.optimum import heaviest
from gridmap.partition.plane import Ints
from gridmap.partition.settled import Settled
from gridmap.partition.units import SizeRule

_MOST_SETS = 20_000
MOST_WANTED = 60
_STEPS_PER_SEARCH = 100_000
_STEPS_PER_LOOK = 2_000
# A step of choosing among sets, or of looking at a border, is so much cheaper than one of listing sets.
_STEPS_PER_CHOICE = 10
_MOST_ROUNDS = 40


@dataclass
class Budget:
    """Steps of search that may still be taken; an exact count, so that the same drawing is told the same."""

    steps: int

    def share(self, most: int) -> int:
        """At most so many steps, as far as there are any."""
        return max(0, min(self.steps, most))


@dataclass(frozen=True)
class Search:
    """What looking for a cover came to: proven that there is none, or the sets of one (numbers of `Settled`), or
    neither when the budget ended.
    """

    proven: bool
    sets: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class _Near:
    """How far to list sets, the heaviest of them, and the nodes that are not to be had."""

    most_sets: int
    most_steps: int
    heaviest: int
    taken: covers.Flags | None = None


def seek_cover(settled: Settled, wanted: Sequence[int], rule: SizeRule, budget: Budget, *, spare: int = 0) -> Search:
    """Look exhaustively for disjoint connected sets that cover the wanted nodes, all but `spare` inside the band."""
    near = _Near(_MOST_SETS, _STEPS_PER_SEARCH, heaviest(rule) if spare else rule.maximum)
    listed = _band_sets(settled, wanted, rule, budget, near)
    if not listed.complete:
        return Search(proven=False)
    sums = np.concatenate(([0], np.cumsum(settled.households[listed.nodes[listed.rows]])))[listed.starts]
    loads = np.diff(sums)
    sets = covers.Sets(listed.starts, listed.rows, (loads < rule.minimum) | (loads > rule.maximum), len(listed.nodes))
    most = budget.share(_STEPS_PER_SEARCH * _STEPS_PER_CHOICE)
    verdict, chosen, steps = covers.cover(sets, len(wanted), spare, most)
    budget.steps -= int(steps) // _STEPS_PER_CHOICE
    if verdict != covers.COVER:
        return Search(proven=verdict == covers.NO_COVER)
    return Search(proven=False, sets=tuple(listed.members(row) for row in chosen.tolist()))


@dataclass(frozen=True)
class _Listed:
    """Nodes around the wanted ones, the sets that hold one of these in CSR form by places in `nodes`, whether that is
    all.
    """

    nodes: Ints
    starts: Ints
    rows: Ints
    complete: bool

    def __len__(self) -> int:
        return len(self.starts) - 1

    def members(self, row: int) -> tuple[int, ...]:
        """The nodes of a set as numbers of `Settled`."""
        return tuple(self.nodes[self.rows[self.starts[row] : self.starts[row + 1]]].tolist())


def _band_sets(settled: Settled, wanted: Sequence[int], rule: SizeRule, budget: Budget, near: _Near) -> _Listed:
    taken = np.zeros(len(settled), dtype=np.bool_) if near.taken is None else near.taken
    whole = covers.Piece(settled.starts, settled.to, settled.households)
    most = budget.share(near.most_steps) * _STEPS_PER_CHOICE
    found = covers.surroundings(whole, np.asarray(wanted, dtype=np.int64), taken, near.heaviest, most)
    is_all, nodes, piece, looked = found
    budget.steps -= int(looked) // _STEPS_PER_CHOICE
    if not is_all:
        nothing = np.zeros(0, dtype=np.int64)
        return _Listed(nodes, np.zeros(1, dtype=np.int64), nothing, complete=False)
    most = budget.share(near.most_steps)
    terms = covers.Terms(len(wanted), rule.minimum, rule.maximum, near.heaviest, near.most_sets, most)
    complete, starts, rows, steps = covers.band_sets(piece, terms)
    budget.steps -= int(steps)
    return _Listed(nodes, starts, rows, bool(complete))


def is_stranded(settled: Settled, node: int, taken: covers.Flags, rule: SizeRule, budget: Budget) -> bool:
    """Whether no connected set inside the band holds a node once the taken ones are gone."""
    listed = _band_sets(settled, [node], rule, budget, _Near(1, _STEPS_PER_LOOK, rule.maximum, taken))
    return listed.complete and len(listed) == 0


def find_witness(settled: Settled, group: Sequence[int], rule: SizeRule, budget: Budget) -> tuple[int, ...]:
    """A small witness that meets a grid, given by its nodes: one node of it, or the grid, or the grid and some of the
    ground around it; () if none is found.

    A cover of the grid may strand others: they join the nodes to be covered, and the search goes on.
    """
    nobody = np.zeros(len(settled), dtype=np.bool_)
    for node in group:
        if is_stranded(settled, node, nobody, rule, budget):
            return (node,)
    return _shrunk(settled, _uncoverable(settled, group, rule, budget), rule, budget)


def _uncoverable(
    settled: Settled, group: Sequence[int], rule: SizeRule, budget: Budget, *, spare: int = 0
) -> list[int]:
    """The nodes given, and more around them, that no cover with at most `spare` sets outside the band covers; [] if
    that is not found out.
    """
    wanted = list(group)
    for _ in range(_MOST_ROUNDS):
        if len(wanted) > MOST_WANTED or budget.steps <= 0:
            break
        search = seek_cover(settled, wanted, rule, budget, spare=spare)
        if search.proven:
            return wanted
        more = _wanted_next(settled, wanted, search.sets, rule, budget)
        if not more:
            break
        wanted += more
    return []


def needs_outside(settled: Settled, group: Sequence[int], count: int, rule: SizeRule, budget: Budget) -> bool:
    """Whether it is proven that at least `count` grids outside the band meet these nodes or some ground around them,
    in every drawing in which grids of several inhabited nodes hold at most `heaviest` households.
    """
    return bool(_uncoverable(settled, group, rule, budget, spare=count - 1))


def _wanted_next(
    settled: Settled, wanted: Sequence[int], sets: Sequence[Sequence[int]], rule: SizeRule, budget: Budget
) -> list[int]:
    """Nodes beside the sets of a cover that cannot be inside the band any more; if there are none, all nodes beside
    the sets: they must be covered in the same drawing.
    """
    taken = np.zeros(len(settled), dtype=np.bool_)
    used = [node for one in sets for node in one]
    taken[used] = True
    beside = settled.around(used).tolist()
    stranded = []
    for node in beside:
        if budget.steps <= 0:
            return []
        if is_stranded(settled, node, taken, rule, budget):
            stranded.append(node)
    return stranded or [node for node in sorted({*used, *beside}) if node not in wanted]


def _shrunk(settled: Settled, wanted: Sequence[int], rule: SizeRule, budget: Budget) -> tuple[int, ...]:
    """A part of a witness that still is one; nodes that were added last are tried first."""
    kept = list(wanted)
    for node in reversed(wanted):
        fewer = [other for other in kept if other != node]
        if fewer and seek_cover(settled, fewer, rule, budget).proven:
            kept = fewer
    return tuple(sorted(kept))
