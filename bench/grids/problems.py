"""What is handed to the contenders: neighbour graphs as plain arrays, and their labels back, in files of one batch.

Contenders run in other processes, most of them on another set of packages, so this file needs numpy alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Problem:
    """One community (or one of its parts) to be divided; arrays as in `gridmap.partition.graph.Graph`.

    Besides: `place` (n, 2), the middle of each cell in metres; `piece`, the number of the connected piece of ground
    that each node lies on once nodes above the maximum stand alone (-1), with `counts` grids for each piece, 0 where
    nobody lives; per unit its node, households and compound (-1 for none); `rule` = target, minimum, maximum.
    """

    households: Ints
    area: Floats
    rim: Floats
    compound: Ints
    side: Ints
    starts: Ints
    to: Ints
    length: Floats
    kind: Ints
    barrier: Floats
    place: Floats
    piece: Ints
    counts: Ints
    unit_node: Ints
    unit_households: Ints
    unit_compound: Ints
    rule: Ints

    def __len__(self) -> int:
        return len(self.households)


@dataclass(frozen=True)
class Piece:
    """A connected graph to be divided into `count` >= 2 groups: what a peer is given.

    `length` is the common border in metres, at the same position as the neighbour in `to`.
    """

    households: Ints
    starts: Ints
    to: Ints
    length: Floats
    compound: Ints
    place: Floats
    count: int
    target: int
    minimum: int
    maximum: int

    def __len__(self) -> int:
        return len(self.households)

    def origins(self) -> Ints:
        """For every entry of `to` the node at the other end."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    def weights(self) -> Ints:
        """Border lengths as whole metres, at least 1: partitioners count in integers."""
        return np.maximum(1, np.rint(self.length)).astype(np.int64)


def cut_out(problem: Problem, number: int) -> tuple[Ints, Piece]:
    """The nodes of one piece of ground, and the graph they make."""
    nodes = np.flatnonzero(problem.piece == number)
    index = np.full(len(problem), -1, dtype=np.int64)
    index[nodes] = np.arange(len(nodes))
    origin = np.repeat(np.arange(len(problem)), np.diff(problem.starts))
    inside = (index[origin] >= 0) & (index[problem.to] >= 0)
    degrees = np.bincount(index[origin[inside]], minlength=len(nodes))
    target, minimum, maximum = (int(value) for value in problem.rule)
    return nodes, Piece(
        households=problem.households[nodes],
        starts=np.concatenate(([0], np.cumsum(degrees))).astype(np.int64),
        to=index[problem.to[inside]],
        length=problem.length[inside],
        compound=problem.compound[nodes],
        place=problem.place[nodes],
        count=int(problem.counts[number]),
        target=target,
        minimum=minimum,
        maximum=maximum,
    )


def with_pockets(problem: Problem, labels: Ints) -> Ints:
    """Give ground without a label to the neighbour with the longest border, from the labelled outwards; 0 … k-1."""
    labels = labels.copy()
    origin = np.repeat(np.arange(len(problem)), np.diff(problem.starts))
    while (labels < 0).any():
        open_ends = np.flatnonzero((labels[origin] < 0) & (labels[problem.to] >= 0))
        if not len(open_ends):
            labels[labels < 0] = labels.max() + 1
            break
        order = open_ends[np.argsort(problem.length[open_ends], kind="stable")]
        labels[origin[order]] = labels[problem.to[order]]
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def save_problems(path: Path, problems: Sequence[Problem]) -> None:
    """Write one batch."""
    arrays: dict[str, Any] = {
        f"{number}.{field.name}": getattr(problem, field.name)
        for number, problem in enumerate(problems)
        for field in fields(Problem)
    }
    np.savez(path, **arrays)


def load_problems(path: Path) -> Iterator[Problem]:
    """The problems of one batch."""
    with np.load(path) as stored:
        count = len({name.partition(".")[0] for name in stored.files})
        for number in range(count):
            yield Problem(**{field.name: stored[f"{number}.{field.name}"] for field in fields(Problem)})


def save_labels(path: Path, labels: Sequence[Ints]) -> None:
    """Write the answers to one batch; the file appears when it is whole."""
    half = path.with_name(f"half-{path.name}")
    np.savez(half, *labels)
    half.rename(path)


def load_labels(path: Path) -> list[Ints]:
    """The answers to one batch."""
    with np.load(path) as stored:
        return [stored[f"arr_{number}"] for number in range(len(stored.files))]
