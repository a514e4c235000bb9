"""The engine on towns that are small enough to know the best: is what it leaves outside the band really forced?"""

import numpy as np

from gridmap.partition import optimum, windows
from gridmap.partition.bounds import explain
from gridmap.partition.search import divide
from tests.gridmap.partition.small_towns import RULE, Town, towns

TOWNS = towns(240, seed=9)


def outside(town: Town, labels: np.ndarray) -> int:
    """Grids outside the band, counted from the definition."""
    grids = {int(label): 0 for label in labels}
    for node, label in enumerate(labels.tolist()):
        grids[label] += town.loads[node]
    return sum(load > 0 and not 240 <= load <= 360 for load in grids.values())


def test_the_engine_leaves_no_more_grids_outside_the_band_than_must_be() -> None:
    best, worse = 0, []
    for town in TOWNS:
        count = outside(town, divide(town.graph, rule=RULE))
        least = town.fewest[0] + town.towers
        assert count >= least, (town, count, least)
        best += count == least
        if count > least:
            worse.append((town.loads, town.pairs, count, least))
    share = best / len(TOWNS)
    assert share >= 0.95, f"optimum in {best} of {len(TOWNS)} towns ({share:.1%}); worse: {worse[:3]}"


def test_what_the_engine_leaves_outside_is_told_with_a_proof() -> None:
    open_, told = 0, 0
    for town in TOWNS:
        labels = divide(town.graph, rule=RULE)
        reasons = explain(town.graph, labels, RULE, [str(node) for node in range(len(labels))], code_below="x")
        assert reasons.bound_outside == town.fewest[0] + town.towers or not outside(town, labels)
        told += sum(len(findings) for findings in reasons.of_grid)
        open_ += sum(f.code.startswith("outside_band") for findings in reasons.of_grid for f in findings)
    assert told > 200
    assert open_ <= 0.05 * told, f"{open_} of {told} reasons are no proof"


def test_the_search_tries_no_heavier_grids_than_the_bound_reckons_with() -> None:
    assert windows.WIDEST <= optimum.SWOLLEN
