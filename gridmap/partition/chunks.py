"""Binding the nodes of a window into a few connected chunks, and laying the chunks out as a small graph."""

from typing import NamedTuple

import numpy as np

from gridmap.partition.graph import BARRIER
from gridmap.partition.groups import Groups, leader
from gridmap.partition.plane import Floats, Ints
from gridmap.partition.score import NO_BARRIER, Net, Prices, kernel

#: Windows with more chunks, or with more compounds across chunks, sides or grids in force, are not tried.
MOST_CHUNKS = 20
MOST_NAMES = 60
# What is known of a name while chunks are marked: not met, in several chunks, paid for; below that minus its bit.
_UNSEEN, _ACROSS, _PAID, _FIRST_BIT = -1, -2, -3, -4
# How heavy chunks are let grow, as shares of the target, before the limit is raised.
_LEAST_LIMIT, _LIMIT_SPREAD, _LIMIT_GROWTH, _RAISES = 0.12, 0.3, 1.4, 12
# How strongly borders are bound by class, by chance, and by length (in quarters of a typical grid's border).
_PER_CLASS, _PER_CHANCE, _PER_LENGTH, _LONG = 0.7, 1.5, 0.6, 0.25


class Chunks(NamedTuple):
    """Nodes of the window (`nodes[:k]`, `local` is the way back, -1 outside) and the chunks they are bound into.

    `chunk[i]` is the chunk of the i-th node. Per chunk: load, area, rim, compounds, estates and sides (bits of local
    numbers), `toll` for compounds and estates that lie in this chunk only, the lightest barrier inside, neighbours
    (bits); per pair the length and lightest barrier of the common border; per chunk and local grid in force the
    households that were there.
    """

    nodes: Ints
    local: Ints
    lead: Ints
    weight: Ints
    chunk: Ints
    load: Ints
    area: Floats
    rim: Floats
    toll: Floats
    compounds: Ints
    estates: Ints
    sides: Ints
    lightest: Floats
    near: Ints
    border: Floats
    barrier: Floats
    former: Ints
    number: Ints


def new_chunks(nodes: int, names: int) -> Chunks:
    """Room for windows of a graph with so many nodes whose compounds, sides and grids in force are below `names`."""
    one, two = MOST_CHUNKS, (MOST_CHUNKS, MOST_CHUNKS)
    whole, real = np.int64, np.float64
    return Chunks(
        nodes=np.zeros(nodes, whole),
        local=np.full(nodes, -1, whole),
        lead=np.zeros(nodes, whole),
        weight=np.zeros(nodes, whole),
        chunk=np.zeros(nodes, whole),
        load=np.zeros(one, whole),
        area=np.zeros(one, real),
        rim=np.zeros(one, real),
        toll=np.zeros(one, real),
        compounds=np.zeros(one, whole),
        estates=np.zeros(one, whole),
        sides=np.zeros(one, whole),
        lightest=np.zeros(one, real),
        near=np.zeros(one, whole),
        border=np.zeros(two, real),
        barrier=np.zeros(two, real),
        former=np.zeros((MOST_CHUNKS, MOST_NAMES), whole),
        number=np.full(names + 1, -1, whole),
    )


@kernel
def gather(groups: Groups, net: Net, chunks: Chunks, chosen: Ints) -> int:
    """Put the nodes of the chosen groups into the window, each in a set of its own; how many there are."""
    count = 0
    for number in chosen:
        node = groups.first[number]
        while node >= 0:
            chunks.nodes[count] = node
            chunks.local[node] = count
            chunks.lead[count] = count
            chunks.weight[count] = net.households[node]
            count += 1
            node = groups.following[node]
    return count


@kernel
def dismiss(chunks: Chunks, count: int) -> None:
    """Empty the window."""
    for index in range(count):
        chunks.local[chunks.nodes[index]] = -1


@kernel
def bind_compounds(net: Net, chunks: Chunks, count: int) -> int:
    """Bind what the window has of every compound that fits one grid; how many sets were joined."""
    joined = 0
    for index in range(count):
        node = chunks.nodes[index]
        if net.compound[node] >= 0:
            for edge in range(net.starts[node], net.starts[node + 1]):
                other = chunks.local[net.to[edge]]
                if other > index and net.compound[net.to[edge]] == net.compound[node]:
                    joined += _bound(chunks, index, other)
    return joined


@kernel
def _bound(chunks: Chunks, index: int, other: int) -> int:
    one, two = leader(chunks.lead, index), leader(chunks.lead, other)
    if one == two:
        return 0
    chunks.lead[two] = one
    chunks.weight[one] += chunks.weight[two]
    return 1


@kernel
def bind_at_random(
    groups: Groups, net: Net, chunks: Chunks, count: int, sets: int, most: int, inside: bool, prices: Prices
) -> int:
    """Bind neighbours until at most `most` sets are left, those of low class and long border rather first.

    With `inside` nothing is bound across present groups, so that the present division can be found again. Returns the
    number of sets left.
    """
    ends = 0
    for index in range(count):
        ends += net.starts[chunks.nodes[index] + 1] - net.starts[chunks.nodes[index]]
    key, low, high = np.empty(ends), np.empty(ends, np.int64), np.empty(ends, np.int64)
    found = 0
    for index in range(count):
        node = chunks.nodes[index]
        for edge in range(net.starts[node], net.starts[node + 1]):
            other = chunks.local[net.to[edge]]
            if other <= index or (inside and groups.label[node] != groups.label[net.to[edge]]):
                continue
            long = min(net.length[edge] / (_LONG * prices.typical_m), 1.0)
            chance = _PER_CHANCE * np.random.random() * (1.0 - _PER_LENGTH * long)
            key[found] = _PER_CLASS * (net.kind[edge] + net.barrier[edge]) + chance
            low[found], high[found] = index, other
            found += 1
    order = np.argsort(key[:found])
    limit = prices.target * (_LEAST_LIMIT + _LIMIT_SPREAD * np.random.random())
    for _ in range(_RAISES):
        for place in order:
            one, two = leader(chunks.lead, low[place]), leader(chunks.lead, high[place])
            if one != two and chunks.weight[one] + chunks.weight[two] <= limit:
                sets -= _bound(chunks, one, two)
                if sets <= most:
                    return sets
        limit *= _LIMIT_GROWTH
    return sets


@kernel
def lay_out(net: Net, chunks: Chunks, prices: Prices, count: int, sets: int) -> int:
    """Number the chunks and add up what they and their borders are; how many grids in force the window knows, -1 where
    it has too many names to tell them apart.
    """
    chunks.load[:sets] = 0
    chunks.area[:sets] = 0.0
    chunks.rim[:sets] = 0.0
    chunks.toll[:sets] = 0.0
    chunks.lightest[:sets] = NO_BARRIER
    chunks.near[:sets] = 0
    chunks.border[:sets, :sets] = 0.0
    chunks.barrier[:sets, :sets] = NO_BARRIER
    number = 0
    for index in range(count):
        if chunks.lead[index] == index:
            chunks.chunk[index] = number
            number += 1
    for index in range(count):
        chunks.chunk[index] = chunks.chunk[leader(chunks.lead, index)]
        node, mine = chunks.nodes[index], chunks.chunk[index]
        chunks.load[mine] += net.households[node]
        chunks.area[mine] += net.area[node]
        chunks.rim[mine] += net.rim[node]
    _lay_borders(net, chunks, count)
    told_apart = _mark(net.compound, chunks, chunks.compounds, count, sets, prices.per_compound)
    told_apart &= _mark(net.estate, chunks, chunks.estates, count, sets, prices.per_estate)
    told_apart &= _mark(net.side, chunks, chunks.sides, count, sets, 0.0)
    former = _lay_former(net, chunks, count, sets)
    return int(former) if told_apart else -1


@kernel
def _lay_borders(net: Net, chunks: Chunks, count: int) -> None:
    for index in range(count):
        node, mine = chunks.nodes[index], chunks.chunk[index]
        for edge in range(net.starts[node], net.starts[node + 1]):
            other = chunks.local[net.to[edge]]
            if other < 0:
                continue
            near = chunks.chunk[other]
            if near == mine:
                chunks.rim[mine] -= net.length[edge]
                if net.kind[edge] == BARRIER:
                    chunks.lightest[mine] = min(chunks.lightest[mine], net.barrier[edge])
            else:
                chunks.near[mine] |= 1 << near
                chunks.border[mine, near] += net.length[edge]
                if net.kind[edge] == BARRIER:
                    chunks.barrier[mine, near] = min(chunks.barrier[mine, near], net.barrier[edge])


@kernel
def _mark(names: Ints, chunks: Chunks, marks: Ints, count: int, sets: int, toll: float) -> bool:
    """Set for every chunk the bits of the names that its nodes bear, as they come; False if there are too many.

    A name with a toll that lies in one chunk only needs no bit: every set with that chunk pays for it once.
    """
    marks[:sets] = 0
    number = chunks.number
    for index in range(count):
        name = names[chunks.nodes[index]]
        if name >= 0:
            here, met = chunks.chunk[index], number[name]
            alone = met == _UNSEEN or met == here  # noqa: PLR1714  (compiled: no sets)
            number[name] = here if alone and toll > 0.0 else _ACROSS
    known = 0
    for index in range(count):
        name = names[chunks.nodes[index]]
        if name < 0:
            continue
        if number[name] >= 0:
            chunks.toll[number[name]] += toll
            number[name] = _PAID
        elif number[name] == _ACROSS:
            number[name] = _FIRST_BIT - known
            known += 1
        if number[name] <= _FIRST_BIT and known <= MOST_NAMES:
            marks[chunks.chunk[index]] |= 1 << (_FIRST_BIT - number[name])
    _forget(names, chunks, count)
    return known <= MOST_NAMES


@kernel
def _forget(names: Ints, chunks: Chunks, count: int) -> None:
    for index in range(count):
        if names[chunks.nodes[index]] >= 0:
            chunks.number[names[chunks.nodes[index]]] = _UNSEEN


@kernel
def _lay_former(net: Net, chunks: Chunks, count: int, sets: int) -> int:
    """Households by chunk and grid in force; how many grids in force the window knows, -1 if they are too many."""
    chunks.former[:sets] = 0
    known = 0
    for index in range(count):
        node = chunks.nodes[index]
        name = net.before[node]
        if name < 0:
            continue
        if chunks.number[name] < 0:
            chunks.number[name] = known
            known += 1
        if known <= MOST_NAMES:
            chunks.former[chunks.chunk[index], chunks.number[name]] += net.households[node]
    _forget(net.before, chunks, count)
    return known if known <= MOST_NAMES else -1
