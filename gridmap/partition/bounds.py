"""Why a grid is outside the band: the proof that it cannot be helped, or the best bound that is known; and how many
grids must be outside the band in every drawing.

What counts as a drawing here: a division of the graph into connected grids in which fixed grids stay as they are, a
node above the maximum shares its grid with no inhabited node, and a grid of several inhabited nodes holds at most
`SWOLLEN` (1.5) times the maximum. The last rule keeps the number meaningful: without it one grid of everything would be
a drawing with a single grid outside the band. Only `bound_outside` and `forced_number` need it; what is said about
buildings (`forced_alone`, `forced_together`, `forced_by_neighbours`) holds for all divisions into connected grids.

`bound_outside` is the sum of
- the nodes above the maximum and the fixed grids outside the band: each is such a grid in every drawing;
- per connected piece of the free ground of at most `MOST_NODES` inhabited nodes the minimum over all divisions, exact
  unless several grids would need the same empty cell (then too small at worst);
- per larger piece the greater of two numbers. One: the grids that its witnesses need. A grid outside the band that
  meets two witnesses is connected and so holds at least what the cheapest path between them holds, and one node of
  each. Witnesses that cannot both be within `SWOLLEN` times the maximum lie in different grids; the fewest groups that
  may lie in one grid each is the number. Two: the k for which an exhaustive search shows that no disjoint connected
  sets, at most k-1 of them outside the band, cover the nodes that look bad.
No drawing mixes pieces, as grids are connected, so the sum holds. Pieces without a grid outside the band count 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gridmap.partition import covers
from gridmap.partition.apart import fewest_grids_through
from gridmap.partition.findings import Finding
from gridmap.partition.graph import Graph
from gridmap.partition.optimum import MOST_NODES, fewest_outside
from gridmap.partition.plane import Ints
from gridmap.partition.settled import Settled, free_nodes
from gridmap.partition.units import SizeRule
from gridmap.partition.witnesses import MOST_WANTED, Budget, find_witness, needs_outside

STEPS = 3_000_000
_STEPS_PER_GRID = 300_000


@dataclass(frozen=True)
class Reasons:
    """Per label why the grid is outside the band, () inside it; `bound_outside` at least so many grids are outside in
    every drawing of the graph; `proven` so many of the grids outside have a proof for themselves, and these alone
    carry a reason of `PROOFS`.
    """

    of_grid: tuple[tuple[Finding, ...], ...]
    bound_outside: int
    proven: int


@dataclass(frozen=True)
class _Proof:
    """A finding and its witness, as numbers of `Settled`: in every drawing one of these is in a grid outside."""

    finding: Finding
    witness: tuple[int, ...]


def explain(
    graph: Graph,
    labels: Ints,
    rule: SizeRule,
    refs: Sequence[str],
    *,
    code_below: str,
    fixed: Ints | None = None,
    budget: int = STEPS,
) -> Reasons:
    """The reasons of a finished division; `refs` names the units of every node, separated by a comma and a blank.

    `code_below` is told where the whole graph is below the minimum; `fixed` is negative where a node belongs to no
    fixed grid; `budget` are steps of search, one to two million a second.
    """
    return _Explainer(graph, labels, rule, refs, code_below=code_below, fixed=fixed, budget=Budget(budget)).reasons()


class _Explainer:
    def __init__(
        self,
        graph: Graph,
        labels: Ints,
        rule: SizeRule,
        refs: Sequence[str],
        *,
        code_below: str,
        fixed: Ints | None,
        budget: Budget,
    ) -> None:
        self.graph, self.labels, self.rule, self.refs, self.budget = graph, labels, rule, refs, budget
        self.fixed = np.full(len(graph), -1, dtype=np.int64) if fixed is None else fixed
        self.free = free_nodes(graph, rule.maximum, fixed)
        self.below = code_below if self.free.all() else "pocket_below_minimum"
        self.loads = np.bincount(labels, weights=graph.households).astype(np.int64)
        self.members: list[Ints] = np.split(
            np.argsort(labels, kind="stable"), np.cumsum(np.bincount(labels))[:-1].astype(np.int64)
        )

    @cached_property
    def settled(self) -> Settled:
        """Where grids are drawn; most drawings need no look at it, as nothing is outside the band."""
        return Settled.of(self.graph, self.rule.maximum, self.fixed)

    @cached_property
    def part_of(self) -> Ints:
        """Per node the number of its connected piece of free ground, as in `Settled`."""
        return self.graph.components(np.where(self.free, 0, -1))

    def reasons(self) -> Reasons:
        """Everything that is known. Where no grid is outside the band, none has to be."""
        outside = [grid for grid, load in enumerate(self.loads.tolist()) if load and not self.rule.holds(load)]
        found: dict[int, Finding] = {}
        by_part: dict[int, list[int]] = {}
        for grid in outside:
            given = self._given(grid)
            if given:
                found[grid] = given
            else:
                by_part.setdefault(int(self.settled.part[self._settled_nodes(grid)[0]]), []).append(grid)
        proven = len(found)
        bound = self._given_outside() if outside else 0
        for part, grids in by_part.items():
            reasons, part_bound, part_proven = self._part(part, grids)
            found |= reasons
            bound += part_bound
            proven += part_proven
        of_grid = tuple((found[grid],) if grid in found else () for grid in range(len(self.loads)))
        return Reasons(of_grid, bound, proven)

    def _settled_nodes(self, grid: int) -> list[int]:
        numbers = self.settled.index[self.members[grid]]
        return [int(number) for number in numbers if number >= 0]

    def _given(self, grid: int) -> Finding | None:
        """A reason that no drawing can touch: a unit above the maximum, or a grid that is not drawn at all."""
        loads = self.graph.households[self.members[grid]]
        if (self.fixed[self.members[grid]] >= 0).any():
            return Finding("fixed_outside_band", {"households": int(self.loads[grid])})
        heaviest = int(np.argmax(loads))
        if loads[heaviest] <= self.rule.maximum:
            return None
        ref = self.refs[int(self.members[grid][heaviest])]
        return Finding(
            "unit_above_maximum", {"unit": ref, "households": int(loads[heaviest]), "maximum": self.rule.maximum}
        )

    def _given_outside(self) -> int:
        """Grids outside the band that are there in every drawing: units above the maximum, fixed grids."""
        loose = self.fixed < 0
        large = int((self.graph.households[loose] > self.rule.maximum).sum())
        kept = np.bincount(self.fixed[~loose], weights=self.graph.households[~loose])
        return large + sum(bool(load) and not self.rule.holds(int(load)) for load in kept.tolist())

    def _part(self, part: int, grids: list[int]) -> tuple[dict[int, Finding], int, int]:
        """Reasons of the grids outside the band on one connected piece of free ground, bound and number proven."""
        nodes = np.flatnonzero(self.settled.part == part).tolist()
        proofs = self._proofs(grids, nodes)
        proven = _disjoint(proofs)
        bound = self._bound(part, nodes, [proof.witness for proof in proven.values()], grids)
        if bound >= len(grids):
            forced = self._forced_number(nodes, bound)
            return {grid: proofs[grid].finding if grid in proofs else forced for grid in grids}, bound, len(grids)
        # Several witnesses may share one grid in some drawing: no more grids are told to be unavoidable than are.
        proven = dict(list(proven.items())[:bound])
        open_ = self._open(grids, bound)
        return {grid: proven[grid].finding if grid in proven else open_[grid] for grid in grids}, bound, len(proven)

    def _figures(self, households: int) -> dict[str, object]:
        return {"households": households, "minimum": self.rule.minimum, "maximum": self.rule.maximum}

    def _forced_number(self, nodes: Sequence[int], bound: int) -> Finding:
        figures = self._figures(int(self.settled.households[nodes].sum()))
        return Finding("forced_number", {**figures, "count": len(nodes), "least": bound})

    def _open(self, grids: Sequence[int], bound: int) -> dict[int, Finding]:
        if not bound:
            return {grid: Finding("outside_band", {"households": int(self.loads[grid])}) for grid in grids}
        known = {"outside": len(grids), "least": bound}
        return {grid: Finding("outside_band_bounded", {"households": int(self.loads[grid]), **known}) for grid in grids}

    def _proofs(self, grids: Sequence[int], part: Sequence[int]) -> dict[int, _Proof]:
        """Proofs of the grids outside the band on a piece of ground, as far as there are any.

        What holds for the piece as a whole says of one such grid, whichever it is, that it must be.
        """
        whole = explain_piece(int(self.settled.households[part].sum()), self.rule, self.below)
        if whole:
            return {grids[0]: _Proof(whole, tuple(part))}
        return {grid: proof for grid in grids if (proof := self._proof(grid))}

    def _proof(self, grid: int) -> _Proof | None:
        """The simplest proof for one grid: one of its nodes, or a witness."""
        group = self._settled_nodes(grid)
        for node in group:
            finding = self._alone(node)
            if finding:
                return _Proof(finding, (node,))
        allowed = Budget(self.budget.share(_STEPS_PER_GRID))
        before = allowed.steps
        witness = find_witness(self.settled, group, self.rule, allowed)
        self.budget.steps -= before - allowed.steps
        return _Proof(self._together(witness), witness) if witness else None

    def _alone(self, node: int) -> Finding | None:
        """One node that is too small alone and too large with any inhabited neighbour.

        Neighbours are also those over empty ground, so every grid that holds the node and another inhabited one holds
        one of them: the grid of the node is below the minimum or above the maximum whatever is drawn.
        """
        own = int(self.settled.households[node])
        near = self.settled.households[self.settled.near(node)]
        if own >= self.rule.minimum or not len(near) or own + int(near.min()) <= self.rule.maximum:
            return None
        params = {"unit": self._ref(node), "households": own, "least_neighbour": int(near.min())}
        return Finding("forced_by_neighbours", {**params, "maximum": self.rule.maximum})

    def _together(self, witness: Sequence[int]) -> Finding:
        figures = self._figures(int(self.settled.households[list(witness)].sum()))
        if len(witness) == 1:
            return Finding("forced_alone", {"unit": self._ref(witness[0]), **figures})
        units = [ref for node in witness for ref in self._ref(node).split(", ")]
        return Finding("forced_together", {"units": units, "count": len(units), **figures})

    def _ref(self, node: int) -> str:
        return self.refs[int(self.settled.nodes[node])]

    def _bound(
        self, part: int, nodes: Sequence[int], witnesses: Sequence[tuple[int, ...]], grids: Sequence[int]
    ) -> int:
        """Grids outside the band that a connected piece of free ground has in every drawing."""
        if len(nodes) <= MOST_NODES:
            return self._optimum(part, nodes)
        apart = fewest_grids_through(self.settled, witnesses, self.rule)
        suspects = self._suspects(witnesses, grids)
        for count in range(len(grids), apart, -1):
            allowed = Budget(self.budget.share(_STEPS_PER_GRID))
            before = allowed.steps
            needed = count <= len(suspects) and needs_outside(self.settled, suspects, count, self.rule, allowed)
            self.budget.steps -= before - allowed.steps
            if needed:
                return count
        return apart

    def _suspects(self, witnesses: Sequence[tuple[int, ...]], grids: Sequence[int]) -> list[int]:
        """The nodes of all witnesses, and of the grids outside the band if they are not too many."""
        named = {node for witness in witnesses for node in witness}
        drawn = named.union(*(self._settled_nodes(grid) for grid in grids))
        return sorted(drawn if len(drawn) <= MOST_WANTED else named)

    def _optimum(self, part: int, nodes: Sequence[int]) -> int:
        """Exact if the empty cells of the piece can be taken along, else with empty cells open to every grid."""
        cells = np.flatnonzero(self.part_of == part).astype(np.int64)
        if len(cells) <= MOST_NODES:
            ground = covers.Piece(self.graph.starts, self.graph.to, self.graph.households)
            return fewest_outside(covers.cut_out(ground, cells), self.rule)[0]
        settled = covers.Piece(self.settled.starts, self.settled.to, self.settled.households)
        inhabited = np.asarray(nodes, dtype=np.int64)
        joined, _ = covers.join_over_empty(settled, inhabited, len(self.settled), len(self.settled.to) * len(nodes))
        return fewest_outside(joined, self.rule)[0]


def _disjoint(proofs: Mapping[int, _Proof]) -> dict[int, _Proof]:
    """Proofs whose witnesses share no node, small ones first: each stands for a grid of its own in the drawing."""
    kept: dict[int, _Proof] = {}
    used: set[int] = set()
    for grid, proof in sorted(proofs.items(), key=lambda one: (len(one[1].witness), one[1].witness)):
        if used.isdisjoint(proof.witness):
            kept[grid] = proof
            used.update(proof.witness)
    return kept


def explain_piece(households: int, rule: SizeRule, code_below: str) -> Finding | None:
    """A bound that holds for a connected piece of ground as a whole.

    Below the minimum the whole piece is one small grid; between k * maximum and (k + 1) * minimum no number of grids
    fits.
    """
    figures = {"households": households, "minimum": rule.minimum, "maximum": rule.maximum}
    if households < rule.minimum:
        return Finding(code_below, figures)
    if not rule.some_count_fits(households):
        return Finding("forced_by_count", {**figures, "most_that_fill": households // rule.minimum})
    return None
