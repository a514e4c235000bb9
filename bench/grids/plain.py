"""Two plain ways to divide a graph, as baselines: what a programmer writes in an afternoon."""

from heapq import heappop, heappush

import numpy as np

from bench.grids.problems import Floats, Ints, Piece

_TURNS = 60


def region_growing(piece: Piece, seed: int) -> Ints:
    """Grow one grid after the other from the westernmost free node until it is full; leftovers join a neighbour."""
    labels = np.full(len(piece), -1, dtype=np.int64)
    loads: list[int] = []
    for start in np.argsort(piece.place[:, 0], kind="stable").tolist():
        if labels[start] < 0:
            loads.append(_grow(piece, labels, start, len(loads)))
    return _leftovers_joined(piece, labels, loads)


def _grow(piece: Piece, labels: Ints, start: int, number: int) -> int:
    """Take the neighbour with the longest common border as long as it fits; returns the load."""
    load, near = 0, {start: 0.0}
    while near and load < piece.target:
        fits = [node for node in near if load + piece.households[node] <= piece.maximum]
        if not fits:
            break
        best = max(fits, key=lambda node: (near[node], -node))
        del near[best]
        labels[best] = number
        load += int(piece.households[best])
        for end in range(piece.starts[best], piece.starts[best + 1]):
            to = int(piece.to[end])
            if labels[to] < 0:
                near[to] = near.get(to, 0.0) + float(piece.length[end])
    return load


def _leftovers_joined(piece: Piece, labels: Ints, loads: list[int]) -> Ints:
    origin = piece.origins()
    for number in sorted(range(len(loads)), key=lambda one: loads[one]):
        if loads[number] >= piece.minimum:
            break
        near = set(labels[piece.to[labels[origin] == number]].tolist()) - {number}
        fits = [one for one in near if loads[one] + loads[number] <= piece.maximum or not loads[number]]
        if fits:
            best = min(fits, key=lambda one: (loads[one], one))
            labels[labels == number] = best
            loads[best], loads[number] = loads[best] + loads[number], 0
    return labels


def power_diagram(piece: Piece, seed: int) -> Ints:
    """A capacitated power diagram on the graph: seats with weights that rise where a grid is too empty, each grown
    over the graph so that it stays connected, seats moved to the middle of their grids; the most even of the turns.
    """
    rng = np.random.default_rng(seed)
    seats = _spread(piece, rng)
    power = np.zeros(piece.count)
    pace = float(np.ptp(piece.place, axis=0).prod()) / piece.count
    best, least = np.zeros(len(piece), dtype=np.int64), np.inf
    for turn in range(_TURNS):
        labels = _grown(piece, seats, power)
        loads = np.bincount(labels, weights=piece.households, minlength=piece.count)
        off = float(np.abs(loads - piece.target).sum())
        if off < least:
            best, least = labels, off
        share = loads / max(1.0, loads.mean())
        power += 0.3 * pace * (1.0 - turn / _TURNS) * np.clip(1.0 - share, -1.0, 1.0)
        if turn < _TURNS // 2:
            seats = _centred(piece, labels, seats)
    return best


def _spread(piece: Piece, rng: np.random.Generator) -> Ints:
    """Seats far from each other, weighted by households (the start of k-means++)."""
    weight = piece.households + 1e-9
    seats = [int(rng.choice(len(piece), p=weight / weight.sum()))]
    near = np.full(len(piece), np.inf)
    while len(seats) < piece.count:
        near = np.minimum(near, ((piece.place - piece.place[seats[-1]]) ** 2).sum(axis=1))
        chance = near * weight
        chance[seats] = 0.0
        total = chance.sum()
        free = np.setdiff1d(np.arange(len(piece)), seats)
        seats.append(int(rng.choice(len(piece), p=chance / total)) if total > 0.0 else int(free[0]))
    return np.array(seats, dtype=np.int64)


def _grown(piece: Piece, seats: Ints, power: Floats) -> Ints:
    """Every node to the seat with the least power distance among those that reach it over their own nodes."""
    labels = np.full(len(piece), -1, dtype=np.int64)
    queue: list[tuple[float, int, int]] = []
    for number, seat in enumerate(seats.tolist()):
        heappush(queue, (-np.inf, seat, number))
    while queue:
        _, node, number = heappop(queue)
        if labels[node] >= 0:
            continue
        labels[node] = number
        for to in piece.to[piece.starts[node] : piece.starts[node + 1]].tolist():
            if labels[to] < 0:
                away = piece.place[to] - piece.place[seats[number]]
                heappush(queue, (float(away @ away - power[number]), to, number))
    return labels


def _centred(piece: Piece, labels: Ints, seats: Ints) -> Ints:
    moved = seats.copy()
    for number in range(piece.count):
        nodes = np.flatnonzero(labels == number)
        middle = np.average(piece.place[nodes], axis=0, weights=piece.households[nodes] + 1e-9)
        moved[number] = nodes[np.argmin(((piece.place[nodes] - middle) ** 2).sum(axis=1))]
    return moved
