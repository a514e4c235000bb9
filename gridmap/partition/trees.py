"""Random spanning trees whose edges prefer compound to block to street to barrier, and the cuts that divide them.

Cutting one edge of a spanning tree always leaves two connected parts, so contiguity needs no repair (recombination,
DeFord, Duchin & Solomon 2021; Kruskal's algorithm on random keys). A tree that takes the inner edges of a compound
first can separate it in few places only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gridmap.partition.graph import Graph

# How far random keys mix the classes: up to 1 the order of classes is strict inside one tree.
_STRICT, _LOOSE = 1.0, 2.5
_LOOSE_TREES = 0.25
# How much a long common border is preferred inside a class, which makes parts rounder.
_LENGTH_PULL = 0.6
# A cut through a higher class is worth this share of a grid in balance.
_CUT_BONUS = 0.04
# Halves with equal numbers of grids are preferred a little.
_UNEVEN_PENALTY = 0.1


class Patch:
    """Connected nodes of a graph, numbered locally from 0, ready to grow many trees."""

    def __init__(self, graph: Graph, nodes: Sequence[int]) -> None:
        self.nodes = nodes
        self.households = [graph.households[node] for node in nodes]
        local = {node: index for index, node in enumerate(nodes)}
        doors = [
            (kind + barrier, length, index, local[to], kind)
            for index, node in enumerate(nodes)
            for to, length, kind, barrier in graph.edges[node]
            if node < to and to in local
        ]
        longest = max((door[1] for door in doors), default=1.0)
        self._doors = [
            (rank, 1.0 - _LENGTH_PULL * length / longest, index, to, kind) for rank, length, index, to, kind in doors
        ]

    def tree(self, rng: np.random.Generator) -> "Tree":
        """A fresh random tree over all nodes of the patch."""
        spread = _LOOSE if rng.random() < _LOOSE_TREES else _STRICT
        luck = rng.random(len(self._doors)).tolist()
        keyed = sorted(
            [
                (rank + spread * chance * pull, index, to, kind)
                for (rank, pull, index, to, kind), chance in zip(self._doors, luck, strict=True)
            ]
        )
        links = _kruskal(len(self.nodes), keyed)
        return _rooted(self, links, int(rng.integers(len(self.nodes))))


@dataclass(frozen=True)
class Tree:
    """Local nodes with parents first; the parent of each, households below it, and the class of the edge above it."""

    patch: Patch
    order: list[int]
    parent: list[int]
    below: list[int]
    kind: list[int]

    @property
    def households(self) -> int:
        """Households of the whole patch."""
        return self.below[self.order[0]]

    def branch(self, top: int) -> tuple[list[int], list[int]]:
        """The graph's nodes below a cut (top included) and the others."""
        parent, nodes = self.parent, self.patch.nodes
        inside = [False] * len(parent)
        inside[top] = True
        for node in self.order:
            above = parent[node]
            if above >= 0 and inside[above]:
                inside[node] = True
        lower = [nodes[node] for node in self.order if inside[node]]
        return lower, [nodes[node] for node in self.order if not inside[node]]


def _kruskal(count: int, keyed: list[tuple[float, int, int, int]]) -> list[list[tuple[int, int]]]:
    leader = list(range(count))
    links: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    missing = count - 1
    for _, node, to, kind in keyed:
        one = node
        while leader[one] != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        other = to
        while leader[other] != other:
            leader[other] = leader[leader[other]]
            other = leader[other]
        if one == other:
            continue
        leader[one] = other
        links[node].append((to, kind))
        links[to].append((node, kind))
        missing -= 1
        if not missing:
            break
    return links


def _rooted(patch: Patch, links: list[list[tuple[int, int]]], root: int) -> Tree:
    order = [root]
    parent = [-1] * len(links)
    kinds = [0] * len(links)
    for node in order:
        above = parent[node]
        for to, kind in links[node]:
            if to != above:
                parent[to] = node
                kinds[to] = kind
                order.append(to)
    below = patch.households.copy()
    for node in reversed(order[1:]):
        below[parent[node]] += below[node]
    return Tree(patch, order, parent, below, kinds)


@dataclass(frozen=True, order=True)
class Cut:
    """A cut above the local node `top` that leaves households for `count` grids below; the best has least `penalty`."""

    penalty: float
    top: int
    count: int


def cuts(tree: Tree, grids: int, keep: int) -> list[Cut]:
    """The best ways to cut a tree that shall become so many grids into two parts with whole numbers of grids."""
    share = max(tree.households, 1) / grids
    below, kinds = tree.below, tree.kind
    if grids == 2:
        pairs = sorted([(abs(below[node] / share - 1.0) - _CUT_BONUS * kinds[node], node) for node in tree.order[1:]])
        return [Cut(penalty, node, 1) for penalty, node in pairs[:keep]]
    found = []
    for node in tree.order[1:]:
        count = min(max(round(below[node] / share), 1), grids - 1)
        off = abs(below[node] / share - count) / min(count, grids - count)
        uneven = _UNEVEN_PENALTY * abs(2 * count - grids) / grids
        found.append((off + uneven - _CUT_BONUS * kinds[node], node, count))
    found.sort()
    return [Cut(*cut) for cut in found[:keep]]
