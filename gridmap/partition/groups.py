"""The groups of a search: which nodes each has, its load and cost; and the first groups from which a search starts."""

from typing import NamedTuple

import numpy as np

from gridmap.partition.plane import Floats, Ints
from gridmap.partition.score import Net, Prices, kernel, price_of_group

_FIRST_SHARE = 0.07
_GROWTH = 1.35


class Groups(NamedTuple):
    """Groups by number. `first` and `following` chain the nodes of a group; `alive[:tally[0]]` are the numbers in use,
    each at `place`; `spare[:tally[1]]` those that are free. `idle` counts fruitless tries since something near changed.
    """

    label: Ints
    first: Ints
    following: Ints
    size: Ints
    load: Ints
    cost: Floats
    idle: Ints
    alive: Ints
    place: Ints
    spare: Ints
    tally: Ints


def new_groups(label: Ints) -> Groups:
    """Room for as many groups as there are nodes, and one more; nodes with a negative label belong to none."""
    room = len(label) + 1

    def empty(length: int = room) -> Ints:
        return np.full(length, -1, dtype=np.int64)

    return Groups(
        label=label.astype(np.int64),
        first=empty(),
        following=empty(len(label)),
        size=np.zeros(room, dtype=np.int64),
        load=np.zeros(room, dtype=np.int64),
        cost=np.zeros(room, dtype=np.float64),
        idle=np.zeros(room, dtype=np.int64),
        alive=empty(),
        place=empty(),
        spare=empty(),
        tally=np.zeros(2, dtype=np.int64),
    )


@kernel
def set_up(groups: Groups, net: Net, prices: Prices) -> None:
    """Chain the nodes by their labels and price every group."""
    groups.first[:] = -1
    groups.size[:] = 0
    groups.idle[:] = 0
    groups.place[:] = -1
    groups.tally[:] = 0
    for node in range(len(net.households) - 1, -1, -1):
        if groups.label[node] >= 0:
            enter(groups, node, groups.label[node])
    for number in range(len(groups.first) - 1, -1, -1):
        if groups.first[number] < 0:
            groups.spare[groups.tally[1]] = number
            groups.tally[1] += 1
    for number in range(len(groups.first)):
        if groups.first[number] >= 0:
            groups.place[number] = groups.tally[0]
            groups.alive[groups.tally[0]] = number
            groups.tally[0] += 1
            groups.load[number], groups.cost[number] = price_of_group(
                members(groups, number), net, groups.label, prices
            )


@kernel
def enter(groups: Groups, node: int, number: int) -> None:
    """Put a node into a group."""
    groups.label[node] = number
    groups.following[node] = groups.first[number]
    groups.first[number] = node
    groups.size[number] += 1


@kernel
def members(groups: Groups, number: int) -> Ints:
    """The nodes of a group."""
    found = np.empty(groups.size[number], np.int64)
    node = groups.first[number]
    for index in range(len(found)):
        found[index] = node
        node = groups.following[node]
    return found


@kernel
def opened(groups: Groups) -> int:
    """The number of a new empty group."""
    groups.tally[1] -= 1
    number = groups.spare[groups.tally[1]]
    groups.place[number] = groups.tally[0]
    groups.alive[groups.tally[0]] = number
    groups.tally[0] += 1
    return int(number)


@kernel
def closed(groups: Groups, number: int) -> None:
    """Give the number of a group back that has no nodes any more."""
    last = groups.alive[groups.tally[0] - 1]
    groups.alive[groups.place[number]] = last
    groups.place[last] = groups.place[number]
    groups.place[number] = -1
    groups.tally[0] -= 1
    groups.spare[groups.tally[1]] = number
    groups.tally[1] += 1


@kernel
def emptied(groups: Groups, number: int) -> None:
    """Take all nodes out of a group, which keeps its number."""
    groups.first[number] = -1
    groups.size[number] = 0
    groups.load[number] = 0
    groups.idle[number] = 0


@kernel
def total_cost(groups: Groups) -> float:
    """What all groups cost together."""
    total = 0.0
    for index in range(groups.tally[0]):
        total += groups.cost[groups.alive[index]]
    return total


@kernel
def leader(lead: Ints, node: int) -> int:
    """The representative of a node's set (union–find with halving)."""
    while lead[node] != node:
        lead[node] = lead[lead[node]]
        node = lead[node]
    return int(node)


@kernel
def first_labels(net: Net, free: Ints, maximum: int, target: int) -> Ints:
    """Grow groups by joining neighbours across long borders, small loads first, never above the maximum.

    `free` is 1 for nodes that take part. Nodes of one grid in force stay together where they touch, up to the maximum:
    a grid that nothing is beside could not be divided later. -1 for the others.
    """
    lead = np.arange(len(free))
    load = net.households.copy()
    from_ = np.empty(len(net.to), np.int64)
    for node in range(len(free)):
        from_[net.starts[node] : net.starts[node + 1]] = node
    for edge in range(len(net.to)):
        one, other = from_[edge], net.to[edge]
        if net.before[one] >= 0 and net.before[one] == net.before[other] and free[one] and free[other]:
            one, other = leader(lead, one), leader(lead, other)
            if load[one] + load[other] <= maximum:
                _join(lead, load, one, other)
    order = np.argsort(-net.length)
    limit = _FIRST_SHARE * target
    while True:
        for edge in order:
            if free[from_[edge]] and free[net.to[edge]]:
                one, other = leader(lead, from_[edge]), leader(lead, net.to[edge])
                small = load[one] + load[other] <= limit or load[one] == 0 or load[other] == 0
                if one != other and small:
                    _join(lead, load, one, other)
        if limit >= maximum:
            break
        limit = min(limit * _GROWTH, float(maximum))
    label = np.full(len(free), -1, np.int64)
    for node in range(len(free)):
        if free[node]:
            label[node] = leader(lead, node)
    return label


@kernel
def _join(lead: Ints, load: Ints, one: int, other: int) -> None:
    if one != other:
        lead[other] = one
        load[one] += load[other]
