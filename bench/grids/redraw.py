"""Drawing again after a small change: some new buildings in every community, the grids in force looked back at."""

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from bench.grids.communities import Community
from bench.grids.judge import Row
from bench.grids.lay import batches, nodes_of_units
from bench.grids.own import EFFORTS
from bench.grids.problems import Ints
from gridmap.partition.layout import PartGround, lay_part
from gridmap.partition.measures import load_figures, moved_households, not_contiguous
from gridmap.partition.search import divide
from gridmap.partition.units import SizeRule, Unit

_DEGREES_PER_M = 1.0 / 111_320.0
_NEAREST_M, _FARTHEST_M, _TRIES = 10.0, 40.0, 30


@dataclass
class Redrawn:
    """What became of some communities; `moved_afresh` is what a drawing that does not look back would have moved."""

    first: list[int] = field(default_factory=list)
    second: list[int] = field(default_factory=list)
    households: int = 0
    added: int = 0
    added_households: int = 0
    moved: int = 0
    moved_afresh: int = 0
    communities: int = 0
    unmoved: int = 0
    not_contiguous: int = 0
    first_s: float = 0.0
    second_s: float = 0.0

    def add(self, other: "Redrawn") -> None:
        """Join the figures of two sets of communities."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def with_new_buildings(community: Community, share: float, rng: np.random.Generator) -> list[Unit]:
    """The units, and last so many new ones (`share` of them in the mean) on free ground near others.

    A new building has the compound of its neighbour and as many households as some building of the community.
    """
    wanted = int(share * len(community.units) + rng.random())
    footprints = shapely.STRtree([unit.shape for unit in community.units])
    new: list[Unit] = []
    for _ in range(wanted * _TRIES):
        if len(new) == wanted:
            break
        near = community.units[int(rng.integers(len(community.units)))]
        place = _beside(near.shape, rng)
        if community.shape.covers(place) and not len(footprints.query(place, predicate="intersects")):
            like = community.units[int(rng.integers(len(community.units)))]
            new.append(Unit(f"new-{len(new)}", place, like.households, near.compound))
    return [*community.units, *new]


def _beside(shape: BaseGeometry, rng: np.random.Generator) -> BaseGeometry:
    middle, turn = shape.representative_point(), rng.uniform(0.0, 2.0 * np.pi)
    away = rng.uniform(_NEAREST_M, _FARTHEST_M) * _DEGREES_PER_M
    east = away * np.cos(turn) / np.cos(np.radians(middle.y))
    return shapely.Point(middle.x + east, middle.y + away * np.sin(turn))


def redraw_all(
    communities: Iterable[Community], rule: SizeRule, *, share: float, effort: str, seed: int, processes: int
) -> Redrawn:
    """Draw every community, add buildings, draw it again."""
    total = Redrawn()
    waiting: list[Future[Redrawn]] = []
    with ProcessPoolExecutor(processes) as pool:
        for number, batch in enumerate(batches(communities)):
            waiting.append(pool.submit(_redraw_batch, batch, rule, share, effort, (seed, number)))
            if len(waiting) >= 3 * processes:
                total.add(waiting.pop(0).result())
        for one in waiting:
            total.add(one.result())
    return total


def _redraw_batch(
    batch: Sequence[Community], rule: SizeRule, share: float, effort: str, seed: tuple[int, int]
) -> Redrawn:
    total = Redrawn()
    rng = np.random.default_rng(seed)
    for community in batch:
        total.add(_redrawn(community, with_new_buildings(community, share, rng), rule, effort, seed[0]))
    return total


def _redrawn(community: Community, after: list[Unit], rule: SizeRule, effort: str, seed: int) -> Redrawn:
    known = len(community.units)
    old = _laid(community, community.units, rule)
    begun = time.process_time()
    first = divide(old.graph, rule=rule, effort=EFFORTS[effort], seed=seed)
    first_s = time.process_time() - begun
    in_force = first[nodes_of_units(old.ground, known)]
    new = _laid(community, after, rule)
    nodes = nodes_of_units(new.ground, len(after))
    before = _before(nodes[:known], in_force, np.array([unit.households for unit in community.units]), len(new.graph))
    begun = time.process_time()
    second = divide(new.graph, rule=rule, effort=EFFORTS[effort], seed=seed, before=before)
    second_s = time.process_time() - begun
    afresh = divide(new.graph, rule=rule, effort=EFFORTS[effort], seed=seed)
    households = np.array([unit.households for unit in after], dtype=np.int64)
    moved = moved_households(in_force, second[nodes[:known]], households[:known])
    return Redrawn(
        first=_loads(old, first),
        second=_loads(new, second),
        households=int(households[:known].sum()),
        added=len(after) - known,
        added_households=int(households[known:].sum()),
        moved=moved,
        moved_afresh=moved_households(in_force, afresh[nodes[:known]], households[:known]),
        communities=1,
        unmoved=int(moved == 0),
        not_contiguous=not_contiguous(new.graph, second),
        first_s=first_s,
        second_s=second_s,
    )


def _laid(community: Community, units: Sequence[Unit], rule: SizeRule) -> PartGround:
    return lay_part(community.shape, units, community.streets, community.barriers, rule)


def _before(nodes: Ints, in_force: Ints, households: Ints, count: int) -> Ints:
    """For every node the grid in force of most of its households, -1 where nobody known lives."""
    votes = np.zeros((count, int(in_force.max()) + 1))
    np.add.at(votes, (nodes, in_force), households + 1e-6)
    return np.where(votes.any(axis=1), votes.argmax(axis=1), -1).astype(np.int64)


def _loads(laid: PartGround, labels: Ints) -> list[int]:
    loads = np.bincount(labels, weights=laid.graph.households).astype(np.int64)
    return [int(load) for load in loads if load > 0]


def figures_of(found: Redrawn, rule: SizeRule) -> Row:
    """The measures of a redrawing in the units of the tables."""
    first, second = load_figures(found.first, rule), load_figures(found.second, rule)
    return {
        "communities": found.communities,
        "households": found.households,
        "added_buildings": found.added,
        "added_households": found.added_households,
        "moved_percent": round(100.0 * found.moved / max(1, found.households), 2),
        "moved_afresh_percent": round(100.0 * found.moved_afresh / max(1, found.households), 2),
        "communities_unmoved": found.unmoved,
        "within_20_percent_before": round(100.0 * first["within_20"], 2),
        "within_20_percent_after": round(100.0 * second["within_20"], 2),
        "within_10_percent_before": round(100.0 * first["within_10"], 2),
        "within_10_percent_after": round(100.0 * second["within_10"], 2),
        "outside_band_before": first["outside_band"],
        "outside_band_after": second["outside_band"],
        "not_contiguous": found.not_contiguous,
        "first_cpu_s": round(found.first_s, 2),
        "second_cpu_s": round(found.second_s, 2),
    }
