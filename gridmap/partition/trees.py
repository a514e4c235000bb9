"""Random spanning trees whose edges prefer compound to block to street to barrier, and the cuts that divide them.

Cutting one edge of a spanning tree always leaves two connected parts, so contiguity needs no repair (recombination,
DeFord, Duchin & Solomon 2021; Kruskal's algorithm on random keys). A tree that takes the inner edges of a compound
first can separate it in few places only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gridmap.partition.graph import Graph

# How far random keys mix the classes: below 1 the order of classes is strict inside one tree.
_STRICT, _LOOSE = 1.0, 2.5
_LOOSE_TREES = 0.25
# How much a long common border is preferred inside a class, which makes parts rounder.
_LENGTH_PULL = 0.6
# A cut through a higher class is worth this share of a grid in balance.
_CUT_BONUS = 0.04


@dataclass(frozen=True)
class Tree:
    """Nodes in an order in which parents come first, the parent of each (-1 for the root), households below and class
    of the edge above.
    """

    order: list[int]
    parent: dict[int, int]
    below: dict[int, int]
    kind: dict[int, int]


def spanning_tree(graph: Graph, nodes: Sequence[int], rng: np.random.Generator) -> Tree:
    """A random tree over connected nodes."""
    members = set(nodes)
    spread = _LOOSE if rng.random() < _LOOSE_TREES else _STRICT
    doors = [
        (kind + barrier, length, node, to, kind)
        for node in nodes
        for to, length, kind, barrier in graph.edges[node]
        if node < to and to in members
    ]
    longest = max((door[1] for door in doors), default=1.0)
    luck = rng.random(len(doors)).tolist()
    keyed = sorted(
        (rank + spread * chance * (1.0 - _LENGTH_PULL * length / longest), node, to, kind)
        for (rank, length, node, to, kind), chance in zip(doors, luck, strict=True)
    )
    return _rooted(graph, nodes, _kruskal(nodes, keyed), int(rng.integers(len(nodes))))


def _kruskal(nodes: Sequence[int], keyed: list[tuple[float, int, int, int]]) -> dict[int, list[tuple[int, int]]]:
    leader = {node: node for node in nodes}
    links: dict[int, list[tuple[int, int]]] = {node: [] for node in nodes}
    missing = len(leader) - 1
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


def _rooted(graph: Graph, nodes: Sequence[int], links: dict[int, list[tuple[int, int]]], start: int) -> Tree:
    root = nodes[start]
    order = [root]
    parent = {root: -1}
    kinds = {root: 0}
    for node in order:
        above = parent[node]
        for to, kind in links[node]:
            if to != above:
                parent[to] = node
                kinds[to] = kind
                order.append(to)
    below = {node: graph.households[node] for node in order}
    for node in reversed(order):
        above = parent[node]
        if above >= 0:
            below[above] += below[node]
    return Tree(order, parent, below, kinds)


def branch(tree: Tree, top: int) -> tuple[list[int], list[int]]:
    """The nodes below a cut (top included) and the others."""
    inside = {top}
    parent = tree.parent
    for node in tree.order:
        if parent[node] in inside:
            inside.add(node)
    lower = [node for node in tree.order if node in inside]
    return lower, [node for node in tree.order if node not in inside]


@dataclass(frozen=True, order=True)
class Cut:
    """A cut above `top` that leaves `count` grids' worth of households below; `penalty` orders cuts, the best first."""

    penalty: float
    top: int
    count: int


def cuts(tree: Tree, grids: int, keep: int) -> list[Cut]:
    """The best ways to cut a tree that shall become so many grids into two parts with a whole number of grids each."""
    root = tree.order[0]
    total = tree.below[root]
    share = total / grids
    found = []
    for node in tree.order:
        if node == root:
            continue
        below = tree.below[node]
        count = min(max(round(below / share), 1), grids - 1)
        off = abs(below - count * share) / share
        uneven = abs(2 * count - grids) / grids
        per_grid = off / min(count, grids - count)
        found.append((per_grid + 0.1 * uneven - _CUT_BONUS * tree.kind[node], node, count))
    found.sort()
    return [Cut(*cut) for cut in found[:keep]]
