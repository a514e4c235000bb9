"""The plain baselines give connected grids for every seed."""

import numpy as np
import pytest

from bench.grids.contender import Method, divided, lattice
from bench.grids.judge import judged
from bench.grids.plain import power_diagram, region_growing
from bench.grids.problems import cut_out


@pytest.mark.parametrize("method", [region_growing, power_diagram])
@pytest.mark.parametrize("seed", range(4))
def test_every_node_has_a_grid_in_one_piece(method: Method, seed: int) -> None:
    problem = lattice(9, 7)
    labels = divided(problem, method, seed)
    assert len(labels) == len(problem)
    assert labels.min() == 0
    assert judged(problem, labels).not_contiguous == 0


def test_growing_fills_no_grid_above_the_maximum() -> None:
    _, piece = cut_out(lattice(12, 10), 0)
    loads = np.bincount(region_growing(piece, 0), weights=piece.households)
    assert loads.max() <= piece.maximum


def test_the_power_diagram_gives_as_many_grids_as_asked_and_evens_them_out() -> None:
    _, piece = cut_out(lattice(), 0)
    loads = np.bincount(power_diagram(piece, 0), weights=piece.households)
    assert len(loads) == piece.count
    assert loads.max() < 1.35 * loads.min()


def test_the_same_seed_gives_the_same_answer() -> None:
    _, piece = cut_out(lattice(), 0)
    assert np.array_equal(power_diagram(piece, 3), power_diagram(piece, 3))
