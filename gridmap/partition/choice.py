"""The best division of a small graph of chunks: list the connected sets that can be a grid, price them, and choose
disjoint ones that cover everything at least cost (dynamic programming over sets).
"""

from typing import NamedTuple

import numpy as np

from gridmap.partition.bits import bit_count, lowest_bit
from gridmap.partition.chunks import MOST_CHUNKS, Chunks
from gridmap.partition.plane import Floats, Ints
from gridmap.partition.score import Prices, kernel, price_of_shape, price_of_size, price_of_ties

MOST_SETS = 30_000
_MOST_REACHED = 200_000
_NOWHERE = 1e18


class Table(NamedTuple):
    """Sets in the order of their lowest chunk (`start[c]:start[c + 1]`), and the cheapest way to cover each mask."""

    mask: Ints
    load: Ints
    area: Floats
    rim: Floats
    toll: Floats
    compounds: Ints
    estates: Ints
    sides: Ints
    lightest: Floats
    barred: Ints
    cost: Floats
    surcharge: Floats
    start: Ints
    best: Floats
    by: Ints
    reached: Ints
    chain: Ints
    head: Ints


def new_table() -> Table:
    """Room for `MOST_SETS` sets of `MOST_CHUNKS` chunks."""

    def numbers(length: int = MOST_SETS) -> Ints:
        return np.zeros(length, dtype=np.int64)

    def figures(length: int = MOST_SETS) -> Floats:
        return np.zeros(length, dtype=np.float64)

    return Table(
        mask=numbers(),
        load=numbers(),
        area=figures(),
        rim=figures(),
        toll=figures(),
        compounds=numbers(),
        estates=numbers(),
        sides=numbers(),
        lightest=figures(),
        barred=numbers(),
        cost=figures(),
        surcharge=figures(),
        start=numbers(MOST_CHUNKS + 1),
        best=np.full(1 << MOST_CHUNKS, _NOWHERE, dtype=np.float64),
        by=numbers(1 << MOST_CHUNKS),
        reached=numbers(_MOST_REACHED),
        chain=numbers(_MOST_REACHED),
        head=numbers(MOST_CHUNKS + 1),
    )


@kernel
def list_sets(chunks: Chunks, sets: int, table: Table, heaviest: float) -> bool:
    """All connected sets of chunks up to a load, each once (reverse search from its lowest chunk); False: too many."""
    found = 0
    for root in range(sets):
        table.start[root] = found
        if chunks.load[root] > heaviest:
            continue
        if found >= MOST_SETS:
            return False
        at = found
        _plant(chunks, root, table, found)
        found += 1
        while at < found:
            found = _extended(chunks, root, table, at, found, heaviest)
            if found < 0:
                return False
            at += 1
    table.start[sets] = found
    return True


@kernel
def _plant(chunks: Chunks, root: int, table: Table, at: int) -> None:
    table.mask[at] = 1 << root
    table.load[at] = chunks.load[root]
    table.area[at] = chunks.area[root]
    table.rim[at] = chunks.rim[root]
    table.toll[at] = chunks.toll[root]
    table.compounds[at] = chunks.compounds[root]
    table.estates[at] = chunks.estates[root]
    table.sides[at] = chunks.sides[root]
    table.lightest[at] = chunks.lightest[root]
    table.barred[at] = 0


@kernel
def _extended(chunks: Chunks, root: int, table: Table, at: int, found: int, heaviest: float) -> int:
    """List the sets that are one chunk larger than a set; each chunk passed over is barred to the later ones."""
    mask, near = table.mask[at], 0
    rest = mask
    while rest:
        near |= chunks.near[lowest_bit(rest)]
        rest &= rest - 1
    barred = table.barred[at]
    open_ = near & ~mask & ~barred & ~((1 << (root + 1)) - 1)
    while open_:
        chunk = lowest_bit(open_)
        open_ &= open_ - 1
        if table.load[at] + chunks.load[chunk] <= heaviest:
            if found >= MOST_SETS:
                return -1
            _add(chunks, chunk, table, at, found)
            table.barred[found] = barred
            found += 1
        barred |= 1 << chunk
    return found


@kernel
def _add(chunks: Chunks, chunk: int, table: Table, at: int, new: int) -> None:
    table.mask[new] = table.mask[at] | 1 << chunk
    table.load[new] = table.load[at] + chunks.load[chunk]
    table.area[new] = table.area[at] + chunks.area[chunk]
    table.toll[new] = table.toll[at] + chunks.toll[chunk]
    table.compounds[new] = table.compounds[at] | chunks.compounds[chunk]
    table.estates[new] = table.estates[at] | chunks.estates[chunk]
    table.sides[new] = table.sides[at] | chunks.sides[chunk]
    rim = table.rim[at] + chunks.rim[chunk]
    lightest = min(table.lightest[at], chunks.lightest[chunk])
    rest = table.mask[at] & chunks.near[chunk]
    while rest:
        other = lowest_bit(rest)
        rest &= rest - 1
        rim -= 2.0 * chunks.border[chunk, other]
        lightest = min(lightest, chunks.barrier[chunk, other])
    table.rim[new] = rim
    table.lightest[new] = lightest


@kernel
def price_sets(
    chunks: Chunks, sets: int, former: int, table: Table, prices: Prices, heat: float, only_in_band: bool
) -> None:
    """Price the listed sets and drop those that can't be a grid: without households or, if asked, outside the band."""
    kept, begin = 0, 0
    for root in range(sets):
        end = table.start[root + 1]
        table.start[root] = kept
        for at in range(begin, end):
            load = table.load[at]
            if load <= 0 or (only_in_band and (load < prices.minimum or load > prices.maximum)):
                continue
            cost = price_of_size(load, prices) + price_of_shape(table.area[at], table.rim[at], prices)
            cost += table.toll[at]
            compounds, estates = bit_count(table.compounds[at]), bit_count(table.estates[at])
            cost += price_of_ties(compounds, estates, bit_count(table.sides[at]), table.lightest[at], prices)
            if former:
                cost += prices.per_moved_share * _moved(chunks, table.mask[at], former) / prices.target
            table.mask[kept] = table.mask[at]
            table.cost[kept] = cost
            table.surcharge[kept] = -heat * np.log(1.0 - np.random.random()) if heat > 0.0 else 0.0
            kept += 1
        begin = end
    table.start[sets] = kept


@kernel
def _moved(chunks: Chunks, mask: int, former: int) -> int:
    """Households of a set that were in another grid than most of it."""
    total, most = 0, 0
    for name in range(former):
        here, rest = 0, mask
        while rest:
            here += chunks.former[lowest_bit(rest), name]
            rest &= rest - 1
        total += here
        most = max(most, here)
    return total - most


@kernel
def best_cover(sets: int, table: Table, limit: float) -> bool:
    """Whether disjoint sets cover all chunks below a cost; `table.by` tells, for each covered mask, its last set.

    Every cover is built in one order only: the next set is one whose lowest chunk is the lowest not yet covered. Masks
    are met by the number of chunks they cover, so that each is final before it is extended.
    """
    whole = (1 << sets) - 1
    table.head[: sets + 1] = -1
    table.best[0] = 0.0
    table.reached[0] = 0
    table.chain[0] = -1
    table.head[0] = 0
    count, fits = 1, True
    for covered in range(sets):
        at = table.head[covered]
        while at >= 0 and fits:
            mask = table.reached[at]
            at = table.chain[at]
            spent = table.best[mask]
            if spent >= limit:
                continue
            free = lowest_bit(~mask)
            for one in range(table.start[free], table.start[free + 1]):
                if table.mask[one] & mask:
                    continue
                grown, cost = mask | table.mask[one], spent + table.cost[one] + table.surcharge[one]
                if cost >= table.best[grown] or cost >= limit:
                    continue
                if table.best[grown] >= _NOWHERE:
                    if count >= _MOST_REACHED:
                        fits = False
                        break
                    size = bit_count(grown)
                    table.reached[count] = grown
                    table.chain[count] = table.head[size]
                    table.head[size] = count
                    count += 1
                table.best[grown] = cost
                table.by[grown] = one
    success = fits and table.best[whole] < limit
    for index in range(count):
        table.best[table.reached[index]] = _NOWHERE
    return success


@kernel
def cover_cost(sets: int, table: Table) -> float:
    """What the cover found costs without surcharges."""
    mask, cost = (1 << sets) - 1, 0.0
    while mask:
        one = table.by[mask]
        cost += table.cost[one]
        mask ^= table.mask[one]
    return cost
