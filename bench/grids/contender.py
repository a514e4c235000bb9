"""One method over a share of the batches, in a process of its own so that its memory and its end are its own.

    python -m bench.grids.contender METHOD FOLDER SHARE SHARES SEED EFFORT

`FOLDER/problems` holds the batches; answers go to `FOLDER/METHOD-SEED`, and after the last one `times-SHARE.json` says
how long the method itself took: reading, imports and a first call on a small lattice (jit) are left out, and
`warm-SHARE` says that those are done.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.grids import partitioners, plain, regions
from bench.grids.problems import Ints, Piece, Problem, cut_out, load_problems, save_labels, with_pockets

Method = Callable[[Piece, int], Ints]
OURS = "gridmap"

#: Method by name: what the table calls it, and the package it needs.
PEERS: dict[str, tuple[str, str, Method]] = {
    "growing": ("region growing", "", plain.region_growing),
    "power": ("capacitated power diagram", "", plain.power_diagram),
    "metis": ("METIS k-way, contiguous", "pymetis", partitioners.metis_kway),
    "metis-recursive": ("METIS recursive", "pymetis", partitioners.metis_recursive),
    "kahip": ("KaHIP strong", "kahip", partitioners.kahip_strong),
    "kahip-eco": ("KaHIP eco", "kahip", partitioners.kahip_eco),
    "mtkahypar": ("Mt-KaHyPar, ε 3 %", "mtkahypar", partitioners.mt_kahypar),
    "mtkahypar-10": ("Mt-KaHyPar, ε 10 %", "mtkahypar", partitioners.mt_kahypar_loose),
    "kaminpar": ("KaMinPar", "kaminpar", partitioners.kaminpar),
    "gerrychain-10": ("GerryChain tree, ε 10 %", "gerrychain", regions.gerrychain(0.1)),
    "gerrychain-20": ("GerryChain tree, ε 20 %", "gerrychain", regions.gerrychain(0.2)),
    "gerrychain-regions-10": ("GerryChain regions, ε 10 %", "gerrychain", regions.gerrychain(0.1, surcharge=1.0)),
    "gerrychain-regions-20": ("GerryChain regions, ε 20 %", "gerrychain", regions.gerrychain(0.2, surcharge=1.0)),
    "pygeoda-maxp": ("pygeoda max-p", "pygeoda", regions.pygeoda_maxp),
    "pygeoda-skater": ("pygeoda SKATER", "pygeoda", regions.pygeoda_skater),
    "pygeoda-redcap": ("pygeoda REDCAP", "pygeoda", regions.pygeoda_redcap),
    "spopt-ward": ("spopt Ward", "spopt", regions.spopt_ward),
    "spopt-kmeans": ("spopt RegionKMeans", "spopt", regions.spopt_kmeans),
    "spopt-skater": ("spopt SKATER", "spopt", regions.spopt_skater),
    "spopt-maxp": ("spopt MaxP", "spopt", regions.spopt_maxp),
}


def divided(problem: Problem, method: Method, seed: int) -> Ints:
    """Labels of a problem: nodes above the maximum stand alone, each piece of ground between them is divided by the
    method into the number of grids that suits it, ground where nobody lives joins a neighbour.
    """
    labels = np.full(len(problem), -1, dtype=np.int64)
    alone = np.flatnonzero(problem.piece < 0)
    labels[alone] = np.arange(len(alone))
    used = len(alone)
    for number, count in enumerate(problem.counts.tolist()):
        if not count:
            continue
        nodes, piece = cut_out(problem, number)
        answer = method(piece, seed) if 1 < count < len(nodes) else np.arange(len(nodes)) * (count > 1)
        labels[nodes] = used + np.unique(answer, return_inverse=True)[1]
        used = int(labels.max()) + 1
    return with_pockets(problem, labels)


def lattice(columns: int = 8, rows: int = 6) -> Problem:
    """A small made-up problem, for the first call."""
    node = np.arange(columns * rows)
    x, y = node % columns, node // columns
    steps = ((1, 0), (-1, 0), (0, 1), (0, -1))
    ends = [
        (here, here + dx + dy * columns)
        for here in node.tolist()
        for dx, dy in steps
        if 0 <= x[here] + dx < columns and 0 <= y[here] + dy < rows
    ]
    origin, to = np.array(sorted(ends)).T
    return Problem(
        households=30 + node % 7,
        area=np.full(len(node), 400.0),
        rim=np.full(len(node), 80.0),
        compound=x // 2,
        side=np.zeros(len(node), dtype=np.int64),
        starts=np.searchsorted(origin, np.arange(len(node) + 1)),
        to=to,
        length=np.full(len(to), 20.0),
        kind=np.ones(len(to), dtype=np.int64),
        barrier=np.zeros(len(to)),
        place=np.asarray(np.stack((x, y), axis=1) * 20.0, dtype=np.float64),
        piece=np.zeros(len(node), dtype=np.int64),
        counts=np.array([5]),
        unit_node=node,
        unit_households=30 + node % 7,
        unit_compound=x // 2,
        rule=np.array((300, 240, 360)),
    )


def _answerer(name: str, effort: str) -> Callable[[Problem, int], Ints]:
    if name == OURS:
        from bench.grids.own import divided_by_us  # noqa: PLC0415 - the peers' packages lack what it needs

        return lambda problem, seed: divided_by_us(problem, effort, seed)
    method = PEERS[name][2]
    return lambda problem, seed: divided(problem, method, seed)


def main(name: str, folder: Path, *, share: int, shares: int, seed: int, effort: str) -> None:
    """Answer every batch of a share."""
    answer = _answerer(name, effort)
    begun = time.perf_counter()
    answer(lattice(), seed)
    warm_s = time.perf_counter() - begun
    (folder / f"{name}-{seed}" / f"warm-{share}").touch()
    cpu_s = wall_s = 0.0
    for path in sorted((folder / "problems").glob("*.npz"))[share::shares]:
        answers = []
        for problem in load_problems(path):
            cpu, wall = time.process_time(), time.perf_counter()
            answers.append(answer(problem, seed))
            cpu_s += time.process_time() - cpu
            wall_s += time.perf_counter() - wall
        save_labels(folder / f"{name}-{seed}" / path.name, answers)
    times = {"cpu_s": cpu_s, "wall_s": wall_s, "warm_s": warm_s}
    (folder / f"{name}-{seed}" / f"times-{share}.json").write_text(json.dumps(times))


if __name__ == "__main__":
    _name, _folder, _share, _shares, _seed, _effort = sys.argv[1:]
    main(_name, Path(_folder), share=int(_share), shares=int(_shares), seed=int(_seed), effort=_effort)
