"""How many grids are needed to meet several witnesses, if a grid can hold only so much."""

import heapq
from collections.abc import Sequence

import numpy as np

from gridmap.partition.optimum import heaviest
from gridmap.partition.settled import Settled
from gridmap.partition.units import SizeRule

_MOST_TOGETHER = 12


def fewest_grids_through(settled: Settled, witnesses: Sequence[tuple[int, ...]], rule: SizeRule) -> int:
    """A lower bound on the connected sets of at most `SWOLLEN` times the maximum that meet all witnesses between them.

    Witnesses share no node. Those that can be in one set by their distances form clusters; no set meets two clusters.
    Inside a cluster of up to `_MOST_TOGETHER` the fewest groups are found in which each pair can be in one set and the
    least nodes together are not too many; a larger cluster counts by the least nodes alone.
    """
    ceiling = heaviest(rule)
    least = [int(settled.households[list(witness)].min()) for witness in witnesses]
    near = [_together(settled, one, witnesses, ceiling) for one in witnesses]
    total = 0
    left = set(range(len(witnesses)))
    while left:
        cluster = [left.pop()]
        for index in cluster:
            more = sorted(near[index] & left)
            cluster += more
            left.difference_update(more)
        total += _groups(sorted(cluster), near, least, ceiling)
    return total


def _together(settled: Settled, witness: Sequence[int], witnesses: Sequence[tuple[int, ...]], ceiling: int) -> set[int]:
    """Numbers of the witnesses that a path from this one with at most `ceiling` households reaches; it may lead over
    empty ground, which costs nothing.
    """
    reach = {node: int(settled.households[node]) for node in witness}
    queue = [(load, node) for node, load in reach.items()]
    heapq.heapify(queue)
    while queue:
        load, node = heapq.heappop(queue)
        if load > reach[node]:
            continue
        for other in settled.to[settled.starts[node] : settled.starts[node + 1]].tolist():
            further = load + int(settled.households[other])
            if further <= ceiling and further < reach.get(other, ceiling + 1):
                reach[other] = further
                heapq.heappush(queue, (further, other))
    return {index for index, other in enumerate(witnesses) if not reach.keys().isdisjoint(other)}


def _groups(cluster: Sequence[int], near: Sequence[set[int]], least: Sequence[int], ceiling: int) -> int:
    """The fewest groups of a cluster that may each lie in one set (dynamic programming over subsets)."""
    weight = [least[index] for index in cluster]
    if len(cluster) > _MOST_TOGETHER:
        return max(1, -(-sum(weight) // ceiling))
    friends = [sum(1 << j for j, other in enumerate(cluster) if other in near[index]) for index in cluster]
    size = 1 << len(cluster)
    fits = np.zeros(size, dtype=bool)
    for chosen in range(1, size):
        inside = [i for i in range(len(cluster)) if chosen >> i & 1]
        fits[chosen] = sum(weight[i] for i in inside) <= ceiling and all(chosen & ~friends[i] == 0 for i in inside)
    fewest = [0] * size
    for chosen in range(1, size):
        others = chosen & (chosen - 1)
        first, more, best = chosen ^ others, others, len(cluster)
        while True:
            if fits[more | first]:
                best = min(best, 1 + fewest[others ^ more])
            if not more:
                break
            more = (more - 1) & others
        fewest[chosen] = best
    return fewest[size - 1]
