"""Graph partitioners: minimum cut under a limit of the load. Each call divides one connected graph.

Settings put most grids inside the band. METIS k-way: four cuts, 20 iterations, `ufactor` 100 (±20 % on the city of
10 000 buildings 91.9 %, 87.1 by default; HDB 73.6, 68.3 by default; census units 83.9, 78.7). KaHIP and Mt-KaHyPar:
ε 3 % (the city 96 and 98; with 20 % 83 and 82). KaMinPar: its default context with ε 10 %, as its strong one does not
end on some graphs.
"""

import importlib
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bench.grids.problems import Ints, Piece

_IMBALANCE, _LOOSE = 0.03, 0.1


def metis_kway(piece: Piece, seed: int) -> Ints:
    """METIS k-way, told to keep every part contiguous."""
    return _metis(piece, seed, recursive=False, contig=1, ufactor=100)


def metis_recursive(piece: Piece, seed: int) -> Ints:
    """METIS recursive bisection; it knows no contiguity."""
    return _metis(piece, seed, recursive=True)


def _metis(piece: Piece, seed: int, *, recursive: bool, **settings: int) -> Ints:
    pymetis = importlib.import_module("pymetis")
    _, labels = pymetis.part_graph(
        piece.count,
        xadj=piece.starts.tolist(),
        adjncy=piece.to.tolist(),
        vweights=piece.households.tolist(),
        eweights=piece.weights().tolist(),
        options=pymetis.Options(seed=seed, ncuts=4, niter=20, **settings),
        recursive=recursive,
    )
    return np.asarray(labels, dtype=np.int64)


def kahip_strong(piece: Piece, seed: int) -> Ints:
    """KaHIP's KaFFPa in its strong mode."""
    return _kahip(piece, seed, 2)


def kahip_eco(piece: Piece, seed: int) -> Ints:
    """KaHIP's KaFFPa in its economical mode."""
    return _kahip(piece, seed, 1)


def _kahip(piece: Piece, seed: int, mode: int) -> Ints:
    kahip = importlib.import_module("kahip")
    _, labels = kahip.kaffpa(
        piece.households.tolist(),
        piece.starts.tolist(),
        piece.weights().tolist(),
        piece.to.tolist(),
        piece.count,
        _IMBALANCE,
        True,
        seed,
        mode,
    )
    return np.asarray(labels, dtype=np.int64)


def mt_kahypar(piece: Piece, seed: int) -> Ints:
    """Mt-KaHyPar with its quality preset on one thread."""
    return _mt_kahypar(piece, seed, _IMBALANCE)


def mt_kahypar_loose(piece: Piece, seed: int) -> Ints:
    """The same with more room for the loads: it tears fewer grids apart."""
    return _mt_kahypar(piece, seed, _LOOSE)


def _mt_kahypar(piece: Piece, seed: int, imbalance: float) -> Ints:
    library = importlib.import_module("mtkahypar")
    library.set_seed(seed)
    started = _mt_kahypar_started()
    context = started.context_from_preset(library.PresetType.QUALITY)
    context.set_partitioning_parameters(piece.count, imbalance, library.Objective.CUT)
    context.logging = False
    origin = piece.origins()
    once = origin < piece.to
    edges = list(zip(origin[once].tolist(), piece.to[once].tolist(), strict=True))
    weights = piece.weights()[once].tolist()
    graph = started.create_graph(context, len(piece), len(edges), edges, piece.households.tolist(), weights)
    return np.asarray(graph.partition(context).get_partition(), dtype=np.int64)


@cache
def _mt_kahypar_started() -> Any:
    return importlib.import_module("mtkahypar").initialize(1, False)


def kaminpar(piece: Piece, seed: int) -> Ints:
    """KaMinPar with its default context on one thread; it takes graphs from files alone."""
    library = importlib.import_module("kaminpar")
    library.reseed(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.metis"
        path.write_text(_metis_text(piece))
        graph = library.load_graph(str(path), library.GraphFileFormat.METIS)
    instance = library.KaMinPar(1, library.default_context())
    return np.asarray(instance.compute_partition(graph, piece.count, _LOOSE), dtype=np.int64)


def _metis_text(piece: Piece) -> str:
    lines = [f"{len(piece)} {len(piece.to) // 2} 11"]
    weights, to = piece.weights().tolist(), (piece.to + 1).tolist()
    for node, load in enumerate(piece.households.tolist()):
        ends = range(piece.starts[node], piece.starts[node + 1])
        lines.append(" ".join([str(load), *(f"{to[end]} {weights[end]}" for end in ends)]))
    return "\n".join(lines) + "\n"
