"""Kernels of the proofs: connected sets inside the band, and whether disjoint ones can cover some nodes.

A piece of `Settled` is cut out by `surroundings`, `band_sets` lists its sets, `cover` chooses among them. Every kernel
counts its steps and gives up at a limit, so its time is bounded and its answer the same every time.
"""

from typing import NamedTuple

import numpy as np

from gridmap.partition.plane import Ints
from gridmap.partition.score import kernel

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]
Words = np.ndarray[tuple[int], np.dtype[np.uint64]]
Masks = np.ndarray[tuple[int, int], np.dtype[np.uint64]]
NO_COVER, COVER, GAVE_UP = range(3)
_SLOTS = 1 << 14
_PROBES = 8
_WORD = 64
# Marking all entries of a piece anew is counted as so many fewer steps.
_ENTRIES_PER_STEP = 64


class Piece(NamedTuple):
    """Nodes with households and neighbours, in CSR form as in `Settled`."""

    starts: Ints
    to: Ints
    load: Ints


class Terms(NamedTuple):
    """Which sets are looked for: one of the nodes 0 … wanted-1 and `low` to `high` households, or any number up to
    `heaviest` if that is above `high`; and how long.
    """

    wanted: int
    low: int
    high: int
    heaviest: int
    most_sets: int
    most_steps: int


class Sets(NamedTuple):
    """Sets of the nodes 0 … nodes-1: those of set i stand at starts[i]:starts[i + 1] of `members`; `outside` the band
    or inside.
    """

    starts: Ints
    members: Ints
    outside: Flags
    nodes: int


class _Found(NamedTuple):
    """Sets found, one after the other, where each ends; and room to mark nodes."""

    ends: list[np.int64]
    members: list[np.int64]
    mark: Ints


@kernel
def surroundings(piece: Piece, wanted: Ints, taken: Flags, high: int, most_steps: int) -> tuple[bool, Ints, Piece, int]:
    """Nodes, none of them taken, that a connected set of at most `high` households may share with a wanted node.

    Entries beyond `taken` are empty ground, over which nodes are neighbours. Returns whether that is all, the numbers
    of the nodes (the wanted first, in the given order), the piece they make, numbered anew, and the ends of borders
    looked at.
    """
    far = np.int64(high + 1)
    reach = np.full(len(piece.load), far)
    nodes = [np.int64(node) for node in wanted]
    queue = [np.int64(node) for node in wanted]
    for node in wanted:
        reach[node] = piece.load[node]
    at, steps = 0, len(piece.load) // _ENTRIES_PER_STEP
    while at < len(queue) and steps <= most_steps:
        here = queue[at]
        at += 1
        steps += piece.starts[here + 1] - piece.starts[here]
        for other in piece.to[piece.starts[here] : piece.starts[here + 1]]:
            cost = reach[here] + piece.load[other]
            if cost <= high and cost < reach[other] and not (other < len(taken) and taken[other]):
                if reach[other] == far and other < len(taken):
                    nodes.append(other)
                reach[other] = cost
                queue.append(other)
    numbers = np.array(nodes)
    if at < len(queue):
        return False, numbers, cut_out(piece, numbers[:0]), steps
    joined, more = join_over_empty(piece, numbers, len(taken), most_steps - steps)
    return more <= most_steps - steps, numbers, joined, steps + more


@kernel
def join_over_empty(piece: Piece, nodes: Ints, count: int, most_steps: int) -> tuple[Piece, int]:
    """The piece of the first `count` nodes on some of them, numbered by their order: neighbours share a border or touch
    one of the other entries, which are empty ground.

    Also how many ends of borders were looked at; if that is above the limit, the piece is not whole.
    """
    number = np.full(len(piece.load), np.int64(-1))
    met = np.full(len(piece.load), np.int64(-1))
    for index in range(len(nodes)):
        number[nodes[index]] = index
    starts = np.zeros(len(nodes) + 1, dtype=np.int64)
    to = [np.int64(0) for _ in range(0)]
    steps = 0
    for index in range(len(nodes)):
        if steps > most_steps:
            break
        met[nodes[index]] = index
        near = [nodes[index]]
        at = 0
        while at < len(near):
            here = near[at]
            at += 1
            steps += piece.starts[here + 1] - piece.starts[here]
            for other in piece.to[piece.starts[here] : piece.starts[here + 1]]:
                if met[other] != index:
                    met[other] = index
                    if other >= count:
                        near.append(other)
                    elif number[other] >= 0:
                        to.append(number[other])
        starts[index + 1] = len(to)
    return Piece(starts, np.array(to), piece.load[nodes]), steps


@kernel
def cut_out(piece: Piece, nodes: Ints) -> Piece:
    """The piece of a graph on some nodes, numbered by their order."""
    number = np.full(len(piece.load), np.int64(-1))
    for index in range(len(nodes)):
        number[nodes[index]] = index
    starts = np.zeros(len(nodes) + 1, dtype=np.int64)
    to = [np.int64(0) for _ in range(0)]
    for index in range(len(nodes)):
        for other in piece.to[piece.starts[nodes[index]] : piece.starts[nodes[index] + 1]]:
            if number[other] >= 0:
                to.append(number[other])
        starts[index + 1] = len(to)
    return Piece(starts, np.array(to), piece.load[nodes])


@kernel
def band_sets(piece: Piece, terms: Terms) -> tuple[bool, Ints, Ints, int]:
    """Connected sets as the terms ask for: complete or not, starts and members, steps.

    A set that stays connected without one of its nodes that are not wanted is left out, unless it drops out of the band
    by that: the smaller set serves every cover as well.
    """
    found = _Found([np.int64(0)], [np.int64(0) for _ in range(0)], np.zeros(len(piece.load), dtype=np.int64))
    steps = 0
    for root in range(terms.wanted):
        steps = _grow(piece, terms, root, steps, found)
        if steps > terms.most_steps or len(found.ends) > terms.most_sets:
            return False, np.array(found.ends), np.array(found.members), steps
    return True, np.array(found.ends), np.array(found.members), steps


@kernel
def _grow(piece: Piece, terms: Terms, root: int, steps: int, found: _Found) -> int:
    """Sets that hold `root` and no wanted node before it, each met once: a node may only be added by the member that
    first had it as a neighbour (Wernicke 2006, ESU). One level per member: choices[cursor:end] are still to be added.
    """
    seen = np.zeros(len(piece.load), dtype=np.bool_)
    seen[: root + 1] = True
    choices = [np.int64(0) for _ in range(0)]
    _add_fresh(piece, root, seen, choices)
    member, total = [np.int64(root)], piece.load[root]
    cursor, end = [np.int64(0)], [np.int64(len(choices))]
    first, fresh = [np.int64(0)], [np.int64(0)]
    _record(piece, terms, member, total, found)
    while member:
        if cursor[-1] == end[-1]:
            for index in range(fresh.pop(), end.pop()):
                seen[choices[index]] = False
            del choices[first.pop() :]
            cursor.pop()
            total -= piece.load[member.pop()]
            continue
        node = choices[cursor[-1]]
        cursor[-1] += 1
        steps += 1
        if total + piece.load[node] > terms.heaviest:
            continue
        if steps > terms.most_steps or len(found.ends) > terms.most_sets:
            break
        first.append(np.int64(len(choices)))
        for index in range(cursor[-1], end[-1]):
            choices.append(choices[index])
        fresh.append(np.int64(len(choices)))
        _add_fresh(piece, node, seen, choices)
        member.append(node)
        total += piece.load[node]
        cursor.append(first[-1])
        end.append(np.int64(len(choices)))
        _record(piece, terms, member, total, found)
    return steps


@kernel
def _add_fresh(piece: Piece, node: int, seen: Flags, choices: list[np.int64]) -> None:
    for other in piece.to[piece.starts[node] : piece.starts[node + 1]]:
        if not seen[other]:
            seen[other] = True
            choices.append(other)


@kernel
def _record(piece: Piece, terms: Terms, member: list[np.int64], total: int, found: _Found) -> None:
    inside = terms.low <= total <= terms.high
    if not inside and terms.heaviest == terms.high:
        return
    for spare in member:
        still = not inside or total - piece.load[spare] >= terms.low
        if spare >= terms.wanted and still and _holds_without(piece, member, spare, found.mark):
            return
    for node in member:
        found.members.append(node)
    found.ends.append(np.int64(len(found.members)))


@kernel
def _holds_without(piece: Piece, member: list[np.int64], spare: int, mark: Ints) -> bool:
    """Whether members stay connected without one of them; member[0] is never the one."""
    for node in member:
        mark[node] = 1
    mark[spare] = 0
    queue = [member[0]]
    mark[member[0]] = 2
    at = 0
    while at < len(queue):
        for other in piece.to[piece.starts[queue[at]] : piece.starts[queue[at] + 1]]:
            if mark[other] == 1:
                mark[other] = 2
                queue.append(other)
        at += 1
    for node in member:
        mark[node] = 0
    return len(queue) == len(member) - 1


@kernel
def cover(sets: Sets, wanted: int, spare: int, most_steps: int) -> tuple[int, Ints, int]:
    """Disjoint sets, at most `spare` of them outside the band, that together hold the nodes 0 … wanted-1: verdict,
    numbers of the sets, steps.

    Exhaustive: the wanted node with fewest sets left is covered first; what is known to fail for the nodes used so far
    is not tried again. The last word of a mask counts sets outside.
    """
    masks = _masks(sets)
    number = len(masks)
    words = masks.shape[1]
    used = np.zeros((wanted + 1, words), dtype=np.uint64)
    active = np.zeros((wanted + 1, number), dtype=np.int32)
    active[0] = np.arange(number)
    left = np.zeros(wanted + 1, dtype=np.int64)
    left[0] = number
    chosen = np.zeros(wanted + 1, dtype=np.int64)
    cursor, pivot = np.zeros(wanted + 1, dtype=np.int64), np.zeros(wanted + 1, dtype=np.int64)
    table, filled = np.zeros((_SLOTS, words), dtype=np.uint64), np.zeros(_SLOTS, dtype=np.bool_)
    depth, steps = 0, number
    pivot[0] = _scarcest(sets, active[0, :number], used[0], wanted)
    while depth >= 0:
        if pivot[depth] < 0:
            return COVER, chosen[:depth].copy(), steps
        if steps > most_steps:
            return GAVE_UP, chosen[:0].copy(), steps
        at = _next_with(masks, active[depth, : left[depth]], cursor[depth], pivot[depth])
        cursor[depth] = at + 1
        if at == left[depth]:
            _remember(table, filled, used[depth])
            depth -= 1
            continue
        row = active[depth, at]
        chosen[depth] = row
        used[depth + 1] = used[depth] | masks[row]
        used[depth + 1, -1] = used[depth, -1] + np.uint64(sets.outside[row])
        steps += left[depth]
        if used[depth + 1, -1] > spare or _is_known(table, filled, used[depth + 1]):
            continue
        left[depth + 1] = _keep_disjoint(masks, active[depth, : left[depth]], masks[row], active[depth + 1])
        depth += 1
        cursor[depth] = 0
        pivot[depth] = _scarcest(sets, active[depth, : left[depth]], used[depth], wanted)
    return NO_COVER, chosen[:0].copy(), steps


@kernel
def _masks(sets: Sets) -> Masks:
    masks = np.zeros((len(sets.starts) - 1, (sets.nodes + _WORD - 1) // _WORD + 1), dtype=np.uint64)
    for row in range(len(masks)):
        for node in sets.members[sets.starts[row] : sets.starts[row + 1]]:
            masks[row, node // _WORD] |= np.uint64(1) << np.uint64(node % _WORD)
    return masks


@kernel
def _has(mask: Words, node: int) -> bool:
    return bool((mask[node // _WORD] >> np.uint64(node % _WORD)) & np.uint64(1))


@kernel
def _scarcest(sets: Sets, active: Ints, used: Words, wanted: int) -> int:
    """The wanted node not yet covered that lies in fewest of the sets left; -1 if all are covered."""
    counts = np.zeros(wanted, dtype=np.int64)
    for row in active:
        for node in sets.members[sets.starts[row] : sets.starts[row + 1]]:
            if node < wanted:
                counts[node] += 1
    best = -1
    for node in range(wanted):
        if not _has(used, node) and (best < 0 or counts[node] < counts[best]):
            best = node
    return best


@kernel
def _next_with(masks: Masks, active: Ints, at: int, node: int) -> int:
    """Where the next set with a node stands, from `at` on; the length if there is none."""
    while at < len(active) and not _has(masks[active[at]], node):
        at += 1
    return at


@kernel
def _keep_disjoint(masks: Masks, active: Ints, taken: Words, kept: Ints) -> int:
    count = 0
    for row in active:
        clear = True
        for word in range(masks.shape[1]):
            if masks[row, word] & taken[word]:
                clear = False
                break
        if clear:
            kept[count] = row
            count += 1
    return count


@kernel
def _slot(key: Words) -> int:
    mixed = np.uint64(1469598103934665603)
    for word in key:
        mixed = (mixed ^ word) * np.uint64(1099511628211)
        mixed ^= mixed >> np.uint64(29)
    return int(mixed % np.uint64(_SLOTS))


@kernel
def _is_known(table: Masks, filled: Flags, key: Words) -> bool:
    slot = _slot(key)
    for step in range(_PROBES):
        at = (slot + step) % _SLOTS
        if not filled[at]:
            return False
        if np.all(table[at] == key):
            return True
    return False


@kernel
def _remember(table: Masks, filled: Flags, key: Words) -> None:
    slot = _slot(key)
    for step in range(_PROBES):
        at = (slot + step) % _SLOTS
        if not filled[at]:
            filled[at] = True
            table[at] = key
            return
