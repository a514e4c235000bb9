"""The judge counts what the definitions say, on divisions small enough to count by hand."""

from dataclasses import replace

import numpy as np
import pytest

from bench.grids.contender import lattice
from bench.grids.judge import Tally, compound_figures, judged, row_of
from gridmap.partition.units import SizeRule

RULE = SizeRule()


def test_a_lattice_in_two_halves() -> None:
    problem = replace(lattice(4, 2), households=np.full(8, 75), unit_households=np.full(8, 75))
    tally = judged(problem, np.array([0, 0, 1, 1, 0, 0, 1, 1]))
    row = row_of(tally, RULE)
    assert tally.loads == [300, 300]
    assert row["within_10_percent"] == row["within_20_percent"] == 100.0
    assert row["cut_km"] == pytest.approx(0.04), "two borders of 20 m"
    assert row["polsby_popper"] == pytest.approx(np.pi / 4.0)
    assert (row["not_contiguous"], row["barriers_crossed"], row["extra_compound_pieces"]) == (0, 0, 0)


def test_a_grid_in_two_pieces_is_counted() -> None:
    assert judged(lattice(4, 1), np.array([0, 1, 0, 1])).not_contiguous == 2


def test_pieces_beyond_what_the_size_needs() -> None:
    problem = replace(
        lattice(4, 2),
        unit_node=np.arange(8),
        unit_compound=np.array([0, 0, 1, 1, 1, 1, -1, 2]),
        unit_households=np.array([100, 100, 200, 200, 200, 200, 50, 360]),
    )
    # compound 0 (200 households) in two grids; compound 1 (800, needs three) in four; compound 2 (360) whole
    labels = np.array([0, 1, 0, 1, 2, 3, 3, 3])
    assert compound_figures(problem, labels) == (2, 2, 1)


def test_without_compounds_nothing_is_split() -> None:
    problem = replace(lattice(4, 2), unit_compound=np.full(8, -1))
    assert compound_figures(problem, np.arange(8)) == (0, 0, 0)


def test_grids_where_nobody_lives_have_no_deviation() -> None:
    problem = replace(lattice(4, 1), households=np.array([300, 0, 0, 600]))
    row = row_of(judged(problem, np.array([0, 1, 1, 2])), RULE)
    assert (row["grids"], row["within_20_percent"], row["largest_deviation_percent"]) == (3, 50.0, 100.0)


def test_tallies_add_up() -> None:
    total = Tally()
    for _ in range(2):
        total.add(Tally(loads=[300], grids=1, crossed=2, cut_m=5.0))
    assert (total.loads, total.grids, total.crossed, total.cut_m) == ([300, 300], 2, 4, 10.0)
