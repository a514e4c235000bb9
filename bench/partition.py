"""How good and how fast grids are drawn, beside other methods on the same graphs in the same run.

    bench/partition.py --data synthetic|basic_units|hdb [--buildings N] [--processes N] [--rounds N] [--json]

Peers: region growing (in this file) always, METIS where `pymetis` can be imported. The measures are those of
`gridmap.partition.measures`; every method is judged on the graph that was drawn. Seconds are CPU seconds of one core,
summed over communities (a busy machine does not change them much); `wall_s` is the clock. Laying the ground is the same
for all methods and listed apart; the search is the time of the method alone.
"""

import argparse
import importlib
import importlib.util
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pyogrio
import shapely
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from gridmap.geometry.repair import repair
from gridmap.partition import Barrier, Effort, SizeRule, Unit
from gridmap.partition.graph import Graph
from gridmap.partition.ground import cell_shapes
from gridmap.partition.measures import (
    barriers_crossed,
    compound_pieces,
    extra_compound_pieces,
    load_figures,
    not_contiguous,
)
from gridmap.partition.parts import group_cells, lay_part
from tests.shared import DATA

RULE = SizeRule()
Groups = list[list[int]]


@dataclass(frozen=True)
class Community:
    """One connected piece of ground to be drawn."""

    name: str
    shape: Polygon
    units: list[Unit]
    streets: list[BaseGeometry]
    barriers: list[Barrier]


def basic_units() -> Iterator[Community]:
    """Census basic units of a city as buildings, its districts as communities."""
    meta, _, shapes, columns = pyogrio.raw.read(DATA / "basic_units" / "a.gpkg", columns=["TOWN_ID", "H_CNT"])
    fields = dict(zip(meta["fields"], columns, strict=True))
    areas = shapely.from_wkb(shapes)
    loads = np.nan_to_num(fields["H_CNT"]).astype(int)
    for town in sorted(set(fields["TOWN_ID"])):
        mine = np.flatnonzero(fields["TOWN_ID"] == town)
        units = [Unit(str(index), areas[index], int(loads[index])) for index in mine]
        yield from _by_part(str(town), shapely.coverage_union_all(areas[mine]), units)


def hdb() -> Iterator[Community]:
    """Singapore's public housing blocks as points, subzones as communities."""
    meta, _, shapes, columns = pyogrio.raw.read(DATA / "hdb" / "subzones_2019.geojson", columns=["SUBZONE_C"])
    codes = dict(zip(meta["fields"], columns, strict=True))["SUBZONE_C"]
    zones = {code: repair(shape).geom for code, shape in zip(codes, shapely.from_wkb(shapes), strict=True)}
    meta, _, shapes, columns = pyogrio.raw.read(
        DATA / "hdb" / "blocks.gpkg", columns=["SUBZONE_C", "total_dwelling_units"]
    )
    fields = dict(zip(meta["fields"], columns, strict=True))
    blocks = shapely.from_wkb(shapes)
    for code in sorted(set(fields["SUBZONE_C"]) & set(zones)):
        mine = np.flatnonzero(fields["SUBZONE_C"] == code)
        units = [Unit(str(i), blocks[i], int(fields["total_dwelling_units"][i])) for i in mine]
        yield from _by_part(code, zones[code], units)


def _by_part(name: str, shape: BaseGeometry, units: list[Unit]) -> Iterator[Community]:
    parts = list(shapely.get_parts(shape))
    nearest = shapely.STRtree(parts).nearest(shapely.point_on_surface([unit.shape for unit in units]))
    for index, part in enumerate(parts):
        own = [unit for unit, home in zip(units, nearest, strict=True) if home == index]
        if own:
            yield Community(f"{name}/{index}", part, own, [], [])


def synthetic(buildings: int, seed: int = 11) -> Iterator[Community]:
    """Communities of walled compounds: rows of slabs, towers or villas between local streets, some cut by a main
    road.
    """
    rng = np.random.default_rng(seed)
    made = 0
    while made < buildings:
        community = _community(rng, made)
        made += len(community.units)
        yield community


def _community(rng: np.random.Generator, number: int) -> Community:
    columns, rows = (int(value) for value in rng.integers(2, 5, 2))
    width, depth = rng.uniform(140, 220), rng.uniform(120, 190)
    units: list[Unit] = []
    for column in range(columns):
        for row in range(rows):
            units += _compound(rng, f"{number}-{column}-{row}", column * width, row * depth, (width, depth))
    east, north = columns * width, rows * depth
    lines = [((c * width, -20.0), (c * width, north + 20.0)) for c in range(1, columns)]
    lines += [((-20.0, r * depth), (east + 20.0, r * depth)) for r in range(1, rows)]
    main = int(rng.integers(len(lines))) if rng.random() < 0.5 else -1
    streets = [_degrees(LineString(line)) for line in lines]
    barriers = [Barrier(streets[main], 1.0, "main road")] if main >= 0 else []
    return Community(str(number), _degrees(box(0.0, 0.0, east, north)), units, streets, barriers)


def _compound(rng: np.random.Generator, name: str, east: float, north: float, size: tuple[float, float]) -> list[Unit]:
    """Slabs (12-60 households), towers (60-200), villas (1-2) or an empty park inside one block."""
    kind = rng.choice(4, p=(0.6, 0.2, 0.1, 0.1))
    if kind == 3:
        return []
    across, along, least, most = ((48.0, 14.0, 12, 61), (26.0, 24.0, 60, 201), (12.0, 10.0, 1, 3))[kind]
    gap = (14.0, 30.0, 10.0)[kind]
    units: list[Unit] = []
    for x in np.arange(east + 12.0, east + size[0] - across - 12.0, across + gap):
        for y in np.arange(north + 12.0, north + size[1] - along - 12.0, along + gap * 1.6):
            shape = _degrees(box(x, y, x + across, y + along))
            units.append(Unit(f"{name}-{len(units)}", shape, int(rng.integers(least, most)), name))
    return units


def _degrees(shape: BaseGeometry) -> Any:
    return shapely.transform(shape, lambda xy: np.array((118.8, 32.06)) + xy / np.array((94_344.0, 111_320.0)))


def region_growing(graph: Graph, _: np.random.Generator) -> Groups:
    """Grow one grid after the other from the westernmost free node until it is full; leftovers join a neighbour."""
    free = set(range(len(graph)))
    groups: Groups = []
    while free:
        group, load = [min(free)], graph.households[min(free)]
        free.discard(group[0])
        while load < RULE.target:
            near: dict[int, float] = {}
            for node in group:
                for edge in graph.edges[node]:
                    if edge.to in free and load + graph.households[edge.to] <= RULE.maximum:
                        near[edge.to] = near.get(edge.to, 0.0) + edge.length
            if not near:
                break
            best = max(near, key=lambda node: (near[node], -node))
            free.discard(best)
            group.append(best)
            load += graph.households[best]
        groups.append(group)
    return _leftovers_joined(graph, groups)


def _leftovers_joined(graph: Graph, groups: Groups) -> Groups:
    loads = [sum(graph.households[node] for node in group) for group in groups]
    for index in sorted(range(len(groups)), key=lambda i: loads[i]):
        if loads[index] >= RULE.minimum:
            break
        home = {node: i for i, group in enumerate(groups) for node in group}
        near = {home[edge.to] for node in groups[index] for edge in graph.edges[node]} - {index}
        fits = [other for other in near if loads[other] + loads[index] <= RULE.maximum or not loads[index]]
        if fits:
            best = min(fits, key=lambda other: (loads[other], other))
            groups[best] += groups[index]
            loads[best] += loads[index]
            groups[index], loads[index] = [], 0
    return [group for group in groups if group]


def metis(graph: Graph, _: np.random.Generator) -> Groups:
    """METIS k-way with contiguous parts, if pymetis is installed."""
    pymetis = importlib.import_module("pymetis")
    count = RULE.count_for(sum(graph.households))
    if count < 2:
        return [list(range(len(graph)))]
    adjacency = [[edge.to for edge in edges] for edges in graph.edges]
    weights = [max(1, round(edge.length)) for edges in graph.edges for edge in edges]
    starts = np.cumsum([0] + [len(edges) for edges in adjacency]).tolist()
    _, part = pymetis.part_graph(
        count,
        xadj=starts,
        adjncy=[to for edges in adjacency for to in edges],
        vweights=graph.households,
        eweights=weights,
        options=pymetis.Options(contig=1, seed=1),
        recursive=False,
    )
    groups = [[node for node, label in enumerate(part) if label == index] for index in range(count)]
    return [group for group in groups if group]


def ours(rounds: int) -> Callable[[Graph, np.random.Generator], Groups]:
    """The drawing of this project, with so many rounds of search."""
    effort = Effort(rounds=rounds)
    return lambda graph, rng: group_cells(graph, RULE, effort, rng, lambda _: None)


def methods(rounds: int) -> dict[str, Callable[[Graph, np.random.Generator], Groups]]:
    """Our drawing and the peers that can run here."""
    found = {"gridmap": ours(rounds), "region growing": region_growing}
    if importlib.util.find_spec("pymetis"):
        found["METIS k-way"] = metis
    return found


@dataclass
class Tally:
    """What one method did to one or more communities."""

    seconds: float
    loads: list[int]
    not_contiguous: int
    crossed: int
    pieces: int
    cut_m: float
    compactness: list[float]

    def add(self, other: "Tally") -> None:
        """Join the figures of two sets of communities."""
        self.seconds += other.seconds
        self.loads += other.loads
        self.not_contiguous += other.not_contiguous
        self.crossed += other.crossed
        self.pieces += other.pieces
        self.cut_m += other.cut_m
        self.compactness += other.compactness


def judge(graph: Graph, groups: Groups, seconds: float, units: Sequence[Unit], members: Groups) -> Tally:
    """Measure one drawing of one graph; `members` are the units of each group."""
    compounds = [unit.compound for unit in units]
    sizes: dict[str, int] = {}
    for unit in units:
        if unit.compound is not None:
            sizes[unit.compound] = sizes.get(unit.compound, 0) + unit.households
    shape = shape_of(graph, groups)
    return Tally(
        seconds,
        [sum(graph.households[node] for node in group) for group in groups],
        not_contiguous(graph, groups),
        barriers_crossed(graph, groups),
        extra_compound_pieces(compound_pieces(members, compounds), sizes, RULE),
        *shape,
    )


def shape_of(graph: Graph, groups: Groups) -> tuple[float, list[float]]:
    """Border between groups in metres, and the Polsby-Popper figure of each group."""
    home = {node: index for index, group in enumerate(groups) for node in group}
    cut, figures = 0.0, []
    for index, group in enumerate(groups):
        rim = sum(graph.rim[node] for node in group)
        area = sum(graph.area[node] for node in group)
        for node in group:
            for edge in graph.edges[node]:
                if home[edge.to] == index:
                    rim -= edge.length
                else:
                    cut += edge.length / 2.0
        figures.append(4.0 * np.pi * area / (rim * rim))
    return cut, figures


def run(community: Community, rounds: int) -> tuple[float, float, dict[str, Tally]]:
    """Lay one community out and draw it with every method: seconds for the ground and our polygons, and tallies."""
    start = time.process_time()
    laid = lay_part(community.shape, community.units, community.streets, community.barriers, RULE)
    ground_s = time.process_time() - start
    found: dict[str, Tally] = {}
    polygons_s = 0.0
    for name, method in methods(rounds).items():
        start = time.process_time()
        groups = method(laid.graph, np.random.default_rng(1))
        seconds = time.process_time() - start
        members = [[unit for cell in group for unit in laid.ground.units[cell]] for group in groups]
        found[name] = judge(laid.graph, groups, seconds, community.units, members)
        if name == "gridmap":
            start = time.process_time()
            polygons = cell_shapes(laid.ground, groups)
            polygons_s = time.process_time() - start
            if not shapely.coverage_is_valid(polygons):
                raise RuntimeError(f"community {community.name}: the grids are no tiling")
    return ground_s, polygons_s, found


def summary(tally: Tally) -> dict[str, float | int]:
    """The measures of one method in the units of the tables."""
    loads = load_figures(tally.loads, RULE)
    return {
        "seconds": round(tally.seconds, 2),
        "within_10_percent": round(100.0 * loads["within_10"], 1),
        "within_20_percent": round(100.0 * loads["within_20"], 1),
        "mean_deviation_percent": round(100.0 * loads["mean_deviation"], 1),
        "grids": len(tally.loads),
        "not_contiguous": tally.not_contiguous,
        "barriers_crossed": tally.crossed,
        "extra_compound_pieces": tally.pieces,
        "cut_km": round(tally.cut_m / 1000.0, 1),
        "polsby_popper": round(float(np.mean(tally.compactness)), 3),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; the last line is JSON with `--json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=("synthetic", "basic_units", "hdb"), default="synthetic")
    parser.add_argument("--buildings", type=int, default=2_000, help="size of the synthetic city")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=Effort().rounds)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    sources = {"synthetic": lambda: synthetic(options.buildings), "basic_units": basic_units, "hdb": hdb}
    start = time.perf_counter()
    communities = list(sources[options.data]())
    read_s = time.perf_counter() - start
    start = time.perf_counter()
    with ProcessPoolExecutor(options.processes) as pool:
        results = list(pool.map(run, communities, [options.rounds] * len(communities)))
    result = {
        "data": options.data,
        "communities": len(communities),
        "units": sum(len(community.units) for community in communities),
        "households": sum(unit.households for community in communities for unit in community.units),
        "read_s": round(read_s, 2),
        "wall_s": round(time.perf_counter() - start, 2),
        "ground_s": round(sum(ground for ground, _, _ in results), 2),
        "polygons_s": round(sum(polygons for _, polygons, _ in results), 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024.0),
        "methods": _totals([found for _, _, found in results]),
    }
    _show(result)
    if options.json:
        print(json.dumps(result))
    return 0


def _totals(results: list[dict[str, Tally]]) -> dict[str, dict[str, float | int]]:
    totals: dict[str, Tally] = {}
    for found in results:
        for name, tally in found.items():
            if name in totals:
                totals[name].add(tally)
            else:
                totals[name] = tally
    return {name: summary(tally) for name, tally in totals.items()}


def _show(result: dict[str, Any]) -> None:
    print(", ".join(f"{key} {value}" for key, value in result.items() if key != "methods"))
    for name, figures in result["methods"].items():
        print(f"{name:16}", ", ".join(f"{key} {value}" for key, value in figures.items()))


if __name__ == "__main__":
    sys.exit(main())
