"""Graphs go to the contenders and labels come back as they were; pieces and pockets."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bench.grids.contender import divided, lattice
from bench.grids.problems import (
    Piece,
    Problem,
    cut_out,
    load_labels,
    load_problems,
    save_labels,
    save_problems,
    with_pockets,
)


def halves(piece: Piece, seed: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.minimum(piece.count - 1, np.arange(len(piece)) * piece.count // len(piece))


def test_problems_come_back_as_they_were(tmp_path: Path) -> None:
    given_ = [lattice(4, 3), lattice(5, 2)]
    save_problems(tmp_path / "0.npz", given_)
    back = list(load_problems(tmp_path / "0.npz"))
    assert len(back) == 2
    for one, other in zip(given_, back, strict=True):
        for field in fields(Problem):
            assert np.array_equal(getattr(one, field.name), getattr(other, field.name)), field.name


def test_labels_come_back_in_order_and_no_half_file_stays(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    answers = [np.arange(number + 1) for number in range(12)]
    save_labels(tmp_path / "out" / "0.npz", answers)
    assert [len(answer) for answer in load_labels(tmp_path / "out" / "0.npz")] == list(range(1, 13))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["0.npz"]


def test_a_piece_is_the_graph_of_its_own_nodes() -> None:
    whole = lattice(4, 3)
    problem = replace(whole, piece=np.where(np.arange(12) % 4 == 1, -1, 0), counts=np.array([2]))
    nodes, piece = cut_out(problem, 0)
    assert nodes.tolist() == [0, 2, 3, 4, 6, 7, 8, 10, 11]
    assert piece.households.tolist() == whole.households[nodes].tolist()
    near = [set(piece.to[piece.starts[node] : piece.starts[node + 1]].tolist()) for node in range(len(piece))]
    assert near[0] == {3}, "the first column has lost its neighbour to the right"
    assert near[1] == {2, 4}
    assert piece.weights().min() >= 1


@given(st.sets(st.integers(0, 47), max_size=47))
def test_pockets_join_a_neighbour_and_labels_count_from_nought(empty: set[int]) -> None:
    problem = lattice()
    labels = np.arange(48) % 8
    labels[list(empty)] = -1
    joined = with_pockets(problem, labels)
    assert sorted(set(joined.tolist())) == list(range(int(joined.max()) + 1))
    kept = np.setdiff1d(np.arange(48), list(empty))
    assert len(np.unique(joined[kept])) == len(np.unique(labels[kept]))


def test_a_node_above_the_maximum_stands_alone_and_the_rest_is_divided() -> None:
    problem = lattice()
    households = problem.households.copy()
    households[20] = 500
    problem = replace(problem, households=households, piece=np.where(np.arange(48) == 20, -1, 0))
    labels = divided(problem, halves, 1)
    assert (labels == labels[20]).sum() == 1
    assert len(set(labels.tolist())) == 6


def test_a_piece_for_one_grid_or_with_as_many_grids_as_nodes_needs_no_method() -> None:
    def never(piece: Piece, seed: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        raise AssertionError("asked")

    assert set(divided(replace(lattice(), counts=np.array([1])), never, 1).tolist()) == {0}
    assert len(set(divided(replace(lattice(2, 1), counts=np.array([2])), never, 1).tolist())) == 2
