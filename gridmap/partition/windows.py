"""One step of the search: a few neighbouring groups are taken together, their nodes bound into at most a score of
connected chunks, and the chunks divided anew in the best possible way.

A window of small groups is solved exactly, node by node; in larger ones nodes are bound at random, differently each
time, whole compounds first, so that every border gets its chance (very large-scale neighbourhood search, Ahuja, Ergun,
Orlin & Punnen 2002). At a heat above zero every candidate gets an exponential surcharge, which samples divisions as
simulated annealing does, a window at a time (perturb and optimise, Papandreou & Yuille 2011).
"""

from typing import NamedTuple

import numpy as np

from gridmap.partition.choice import Table, best_cover, cover_cost, list_sets, new_table, price_sets
from gridmap.partition.chunks import Chunks, bind_at_random, bind_compounds, dismiss, gather, lay_out, new_chunks
from gridmap.partition.groups import Groups, closed, emptied, enter, opened
from gridmap.partition.plane import Floats, Ints
from gridmap.partition.score import Net, Prices, kernel

#: Groups outside the band may weigh this much of the maximum while a window looks for a way out.
WIDEST = 1.5
_MOST_GROUPS = 12
_MOST_NODES = 4000
_GAIN = 1e-9
_PATIENCE = 12
# Windows in which compounds may be divided, where a group is outside the band and elsewhere.
_LOOSE_IF_BAD, _LOOSE = 0.5, 0.2
_INSIDE_WINDOWS = 0.3
_HOT_SLACK = 6.0
_SEEDS_TRIED = 8
_MISSES = 50


class Desk(NamedTuple):
    """What a search works with besides the groups: the window, its table, and the groups met around it."""

    chunks: Chunks
    table: Table
    met: Ints
    contact: Floats


def new_desk(nodes: int, names: int) -> Desk:
    """A desk for a graph with so many nodes; `names` is above every number of a compound, side or grid in force."""
    return Desk(
        new_chunks(nodes, names),
        new_table(),
        np.zeros(nodes + 1, dtype=np.int64),
        np.zeros(nodes + 1, dtype=np.float64),
    )


@kernel
def search_windows(
    groups: Groups,
    net: Net,
    prices: Prices,
    desk: Desk,
    tries: int,
    heat: float,
    most_chunks: int,
    most_groups: int,
    seed: int,
) -> int:
    """Try so many windows at one heat; how many changed something. Without heat every change is a gain."""
    np.random.seed(seed)
    changes, misses = 0, 0
    chosen = np.empty(_MOST_GROUPS, np.int64)
    for _ in range(tries):
        number = _seed_group(groups, heat)
        if number < 0:
            misses += 1
            if misses > _MISSES:
                break
            continue
        misses = 0
        wanted = 2 + np.random.randint(min(most_groups, _MOST_GROUPS) - 1)
        count = _choose(groups, net, desk, number, wanted, chosen)
        if count > 1 and _try_window(groups, net, prices, desk, chosen[:count], heat, most_chunks):
            changes += 1
        else:
            for index in range(count):
                groups.idle[chosen[index]] += 1
    return changes


@kernel
def _seed_group(groups: Groups, heat: float) -> int:
    """Any group; without heat one that has not been tried in vain too often, -1 if none is met."""
    number = groups.alive[np.random.randint(groups.tally[0])]
    if heat > 0.0:
        return int(number)
    for _ in range(_SEEDS_TRIED):
        if groups.idle[number] < _PATIENCE:
            return int(number)
        number = groups.alive[np.random.randint(groups.tally[0])]
    return -1


@kernel
def _choose(groups: Groups, net: Net, desk: Desk, number: int, wanted: int, chosen: Ints) -> int:
    """A group and neighbours of it and of each other, those with long common borders more often; how many."""
    chosen[0] = number
    desk.contact[number] = -1.0
    count, met, nodes = 1, 0, groups.size[number]
    while True:
        met = _meet(groups, net, desk, chosen[count - 1], met)
        if count >= wanted or met == 0 or (count > 1 and nodes > _MOST_NODES):
            break
        place = _drawn(desk, met)
        number = desk.met[place]
        met -= 1
        desk.met[place] = desk.met[met]
        desk.contact[number] = -1.0
        chosen[count] = number
        nodes += groups.size[number]
        count += 1
    for index in range(met):
        desk.contact[desk.met[index]] = 0.0
    for index in range(count):
        desk.contact[chosen[index]] = 0.0
    return count


@kernel
def _meet(groups: Groups, net: Net, desk: Desk, number: int, met: int) -> int:
    """Add the neighbours of a group to those met; `contact` is -1 for groups already chosen."""
    node = groups.first[number]
    while node >= 0:
        for edge in range(net.starts[node], net.starts[node + 1]):
            other = groups.label[net.to[edge]]
            if other >= 0 and desk.contact[other] >= 0.0:
                if desk.contact[other] == 0.0:
                    desk.met[met] = other
                    met += 1
                desk.contact[other] += net.length[edge] + _GAIN
        node = groups.following[node]
    return met


@kernel
def _drawn(desk: Desk, met: int) -> int:
    total = 0.0
    for index in range(met):
        total += desk.contact[desk.met[index]]
    mark = np.random.random() * total
    for index in range(met - 1):
        mark -= desk.contact[desk.met[index]]
        if mark < 0.0:
            return index
    return met - 1


@kernel
def _try_window(
    groups: Groups, net: Net, prices: Prices, desk: Desk, chosen: Ints, heat: float, most_chunks: int
) -> bool:
    cost, bad = 0.0, False
    for number in chosen:
        cost += groups.cost[number]
        bad |= groups.load[number] < prices.minimum or groups.load[number] > prices.maximum
    nodes = gather(groups, net, desk.chunks, chosen)
    sets = nodes
    if np.random.random() >= (_LOOSE_IF_BAD if bad else _LOOSE):
        sets -= bind_compounds(net, desk.chunks, nodes)
    if sets > most_chunks:
        inside = np.random.random() < _INSIDE_WINDOWS
        sets = bind_at_random(groups, net, desk.chunks, nodes, sets, most_chunks, inside, prices)
    changed = False
    if 2 <= sets <= most_chunks:
        former = lay_out(net, desk.chunks, prices, nodes, sets)
        limit = cost - _GAIN if heat <= 0.0 else cost + _HOT_SLACK * heat * len(chosen)
        found = former >= 0 and _solved(desk, prices, sets, former, heat, limit, True)
        if not found and bad and former >= 0:
            found = _solved(desk, prices, sets, former, heat, limit, False)
        if found and abs(cover_cost(sets, desk.table) - cost) > _GAIN:
            _replace(groups, net, desk, chosen, nodes, sets)
            changed = True
    dismiss(desk.chunks, nodes)
    return changed


@kernel
def _solved(desk: Desk, prices: Prices, sets: int, former: int, heat: float, limit: float, only_in_band: bool) -> bool:
    heaviest = prices.maximum if only_in_band else WIDEST * prices.maximum
    if not list_sets(desk.chunks, sets, desk.table, heaviest):
        return False
    price_sets(desk.chunks, sets, former, desk.table, prices, heat, only_in_band)
    return bool(best_cover(sets, desk.table, limit))


@kernel
def _replace(groups: Groups, net: Net, desk: Desk, chosen: Ints, nodes: int, sets: int) -> None:
    """Put the sets of the cover found in place of the chosen groups, and wake the groups around them."""
    for index in range(nodes):
        node = desk.chunks.nodes[index]
        for edge in range(net.starts[node], net.starts[node + 1]):
            if groups.label[net.to[edge]] >= 0:
                groups.idle[groups.label[net.to[edge]]] = 0
    for number in chosen:
        emptied(groups, number)
    mask, used = (1 << sets) - 1, 0
    while mask:
        one = desk.table.by[mask]
        number = chosen[used] if used < len(chosen) else opened(groups)
        if used >= len(chosen):
            emptied(groups, number)
        _fill(groups, net, desk.chunks, number, desk.table.mask[one], nodes)
        groups.cost[number] = desk.table.cost[one]
        mask ^= desk.table.mask[one]
        used += 1
    for index in range(used, len(chosen)):
        closed(groups, chosen[index])


@kernel
def _fill(groups: Groups, net: Net, chunks: Chunks, number: int, mask: int, nodes: int) -> None:
    for index in range(nodes):
        if mask >> chunks.chunk[index] & 1:
            enter(groups, chunks.nodes[index], number)
            groups.load[number] += net.households[chunks.nodes[index]]
