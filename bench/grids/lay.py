"""From communities to problems: the ground is laid once and is the same for all contenders."""

import pickle
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from bench.grids.communities import Community
from bench.grids.problems import Floats, Ints, Problem, save_problems
from gridmap.partition.graph import Graph
from gridmap.partition.ground import Ground
from gridmap.partition.layout import PartGround, lay_part
from gridmap.partition.units import SizeRule

_UNITS_PER_BATCH = 2000
_BATCHES_AHEAD = 3


@dataclass(frozen=True)
class Laid:
    """Figures of one batch."""

    communities: int
    units: int
    households: int
    cells: int
    ground_s: float


def batches(communities: Iterable[Community]) -> Iterator[list[Community]]:
    """Communities in batches of some 2000 units, one batch in memory at a time."""
    batch: list[Community] = []
    for community in communities:
        batch.append(community)
        if sum(len(one.units) for one in batch) >= _UNITS_PER_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def lay_all(communities: Iterable[Community], folder: Path, rule: SizeRule, processes: int) -> Laid:
    """Lay the ground of everything into `folder`; only a few batches are under way at any time."""
    (folder / "problems").mkdir()
    (folder / "grounds").mkdir()
    waiting: list[Future[Laid]] = []
    done: list[Laid] = []
    with ProcessPoolExecutor(processes) as pool:
        for number, batch in enumerate(batches(communities)):
            waiting.append(pool.submit(_lay_batch, batch, folder, f"{number:06}", rule))
            if len(waiting) >= processes * _BATCHES_AHEAD:
                done.append(waiting.pop(0).result())
        done += [one.result() for one in waiting]
    return Laid(
        communities=sum(one.communities for one in done),
        units=sum(one.units for one in done),
        households=sum(one.households for one in done),
        cells=sum(one.cells for one in done),
        ground_s=sum(one.ground_s for one in done),
    )


def _lay_batch(batch: Sequence[Community], folder: Path, name: str, rule: SizeRule) -> Laid:
    problems, grounds = [], []
    seconds = 0.0
    for community in batch:
        begun = time.process_time()
        laid = lay_part(community.shape, community.units, community.streets, community.barriers, rule)
        seconds += time.process_time() - begun
        problems.append(problem_of(laid, community, rule))
        grounds.append((community.shape, laid.ground))
    save_problems(folder / "problems" / f"{name}.npz", problems)
    with (folder / "grounds" / f"{name}.pickle").open("wb") as file:
        pickle.dump(grounds, file)
    units = [unit for community in batch for unit in community.units]
    cells = sum(len(problem) for problem in problems)
    return Laid(len(batch), len(units), sum(unit.households for unit in units), cells, seconds)


def problem_of(laid: PartGround, community: Community, rule: SizeRule) -> Problem:
    """The graph of laid ground in plain arrays, with what peers have to be told and what units the judge asks for."""
    graph = laid.graph
    small = graph.households <= rule.maximum
    piece = graph.components(np.where(small, 0, -1))
    loads = np.bincount(piece[piece >= 0], weights=graph.households[piece >= 0])
    names = {name: index for index, name in enumerate(graph.compound_names)}
    return Problem(
        **{name: getattr(graph, name) for name in GRAPH},
        place=_places(laid.ground),
        piece=piece,
        counts=np.array([rule.count_for(int(load)) if load else 0 for load in loads], dtype=np.int64),
        unit_node=nodes_of_units(laid.ground, len(community.units)),
        unit_households=np.array([unit.households for unit in community.units], dtype=np.int64),
        unit_compound=np.array(
            [-1 if unit.compound is None else names[unit.compound] for unit in community.units], dtype=np.int64
        ),
        rule=np.array((rule.target, rule.minimum, rule.maximum)),
    )


def nodes_of_units(ground: Ground, count: int) -> Ints:
    """The cell of each unit."""
    nodes = np.full(count, -1, dtype=np.int64)
    for cell, units in enumerate(ground.units):
        nodes[list(units)] = cell
    return nodes


GRAPH = ("households", "area", "rim", "compound", "side", "starts", "to", "length", "kind", "barrier")


def graph_of(problem: Problem) -> Graph:
    """The graph of a problem as the engine knows it."""
    names = tuple(str(index) for index in range(int(problem.unit_compound.max(initial=-1)) + 1))
    return Graph(**{name: getattr(problem, name) for name in GRAPH}, compound_names=names)


def _places(ground: Ground) -> Floats:
    """The middle of each cell in metres."""
    area = shapely.area(ground.faces)
    middles = shapely.get_coordinates(shapely.centroid(ground.faces))
    count = len(ground.units)
    total = np.bincount(ground.cell_of_face, weights=area, minlength=count)
    sums = [np.bincount(ground.cell_of_face, weights=area * middles[:, axis], minlength=count) for axis in (0, 1)]
    return np.stack(sums, axis=1) / total[:, None]
