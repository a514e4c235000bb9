"""Libraries for regions: GerryChain (districts by random trees), spopt and pygeoda (regionalisation)."""

import importlib
import random
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench.grids.problems import Ints, Piece

_ATTEMPTS = 100


def gerrychain(epsilon: float, *, surcharge: float = 0.0) -> Callable[[Piece, int], Ints]:
    """GerryChain's recursive tree with a tolerance, with a surcharge where it should know compounds as regions.

    Where no division within the tolerance is found, it is asked again with a wider one, at last for one part.
    """

    def divide(piece: Piece, seed: int) -> Ints:
        library = importlib.import_module("gerrychain")
        generators = importlib.import_module("gerrychain.partition.initial_partition_generators")
        tree = importlib.import_module("gerrychain.tree")
        graph = library.Graph.from_networkx(_networkx(piece))
        regions = {"compound": surcharge} if surcharge else None
        for wider in (1.0, 2.0, 4.0):
            cut = partial(tree.bipartition_tree, max_attempts=_ATTEMPTS, region_surcharge=regions)
            try:
                found = generators.recursive_tree_part(
                    graph,
                    range(piece.count),
                    float(piece.households.sum()) / piece.count,
                    "households",
                    min(0.99, epsilon * wider),
                    bipartition_tree_fn=cut,
                    rng=random.Random(seed),
                )
            except (RuntimeError, ValueError, generators.PopulationBalanceError):
                continue
            return np.array([found[node] for node in range(len(piece))], dtype=np.int64)
        return np.zeros(len(piece), dtype=np.int64)

    return divide


def _networkx(piece: Piece) -> Any:
    """The graph with households and compounds; who belongs to none is a region of its own."""
    graph = importlib.import_module("networkx").Graph()
    for node, (load, compound) in enumerate(zip(piece.households.tolist(), piece.compound.tolist(), strict=True)):
        graph.add_node(node, households=load, compound=compound if compound >= 0 else -2 - node)
    origin = piece.origins()
    once = origin < piece.to
    graph.add_edges_from(zip(origin[once].tolist(), piece.to[once].tolist(), strict=True))
    return graph


def _table(piece: Piece) -> tuple[Any, Any]:
    """Places and households as spopt wants them, and its weights: the neighbours of the graph."""
    geopandas = importlib.import_module("geopandas")
    weights = importlib.import_module("libpysal.weights")
    points = geopandas.points_from_xy(piece.place[:, 0], piece.place[:, 1])
    columns = {"x": piece.place[:, 0], "y": piece.place[:, 1], "households": piece.households}
    near = {node: piece.to[piece.starts[node] : piece.starts[node + 1]].tolist() for node in range(len(piece))}
    return geopandas.GeoDataFrame(columns, geometry=points), weights.W(near, silence_warnings=True)


def spopt_ward(piece: Piece, seed: int) -> Ints:
    """Ward clusters of the places, neighbours joined alone."""
    table, near = _table(piece)
    model = importlib.import_module("spopt.region").WardSpatial(table, near, ["x", "y"], piece.count)
    return _solved(model)


def spopt_skater(piece: Piece, seed: int) -> Ints:
    """SKATER over the places."""
    table, near = _table(piece)
    model = importlib.import_module("spopt.region").Skater(table, near, ["x", "y"], piece.count, floor=1)
    return _solved(model)


def spopt_maxp(piece: Piece, seed: int) -> Ints:
    """As many regions of at least the minimum as possible, places alike."""
    np.random.seed(seed)
    table, near = _table(piece)
    region = importlib.import_module("spopt.region")
    return _solved(region.MaxPHeuristic(table, near, ["x", "y"], "households", piece.minimum, policy="keep"))


def spopt_kmeans(piece: Piece, seed: int) -> Ints:
    """Region-k-means over the places."""
    _, near = _table(piece)
    return _solved(
        importlib.import_module("spopt.region").RegionKMeansHeuristic(piece.place, piece.count, near, seed=seed)
    )


def _solved(model: Any) -> Ints:
    model.solve()
    return np.asarray(model.labels_, dtype=np.int64)


def pygeoda_maxp(piece: Piece, seed: int) -> Ints:
    """As many regions of at least the minimum as possible (greedy), places alike."""
    library = importlib.import_module("pygeoda")
    return _clusters(
        library.maxp_greedy(
            _geoda_weights(piece),
            piece.place.T.tolist(),
            bound_variable=piece.households.tolist(),
            min_bound=float(piece.minimum),
            random_seed=seed + 1,
            cpu_threads=1,
        )
    )


def pygeoda_skater(piece: Piece, seed: int) -> Ints:
    """SKATER over the places, no region below the minimum where it can be helped."""
    library = importlib.import_module("pygeoda")
    return _clusters(library.skater(piece.count, _geoda_weights(piece), piece.place.T.tolist(), **_bound(piece, seed)))


def pygeoda_redcap(piece: Piece, seed: int) -> Ints:
    """REDCAP (full order, Ward linkage) over the places, no region below the minimum where it can be helped."""
    library = importlib.import_module("pygeoda")
    data, weights = piece.place.T.tolist(), _geoda_weights(piece)
    return _clusters(library.redcap(piece.count, weights, data, "fullorder-wardlinkage", **_bound(piece, seed)))


def _bound(piece: Piece, seed: int) -> dict[str, Any]:
    return {
        "bound_variable": piece.households.astype(float).tolist(),
        "min_bound": float(piece.minimum),
        "random_seed": seed + 1,
        "cpu_threads": 1,
    }


def _geoda_weights(piece: Piece) -> Any:
    """The neighbours of the graph, by way of a file in the GAL format: the library takes them no other way."""
    lines = [f"0 {len(piece)} graph id"]
    for node in range(len(piece)):
        near = piece.to[piece.starts[node] : piece.starts[node + 1]].tolist()
        lines += [f"{node} {len(near)}", " ".join(map(str, near))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.gal"
        path.write_text("\n".join(lines) + "\n")
        ids = [str(node) for node in range(len(piece))]
        return importlib.import_module("pygeoda.weights").read_gal(str(path), ids)


def _clusters(answer: Any) -> Ints:
    """Labels of the clusters; 0 means "in none", which leaves a node alone."""
    labels = np.asarray(answer["Clusters"], dtype=np.int64)
    alone = np.flatnonzero(labels <= 0)
    labels[alone] = labels.max() + 1 + np.arange(len(alone))
    return labels
