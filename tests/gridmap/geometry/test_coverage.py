"""Tilings of a chessboard: gaps, overlaps, excess and mismatched vertices are found, measured and drawn."""

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import Polygon, box

from gridmap.geometry.coverage import excesses, gaps, is_tiling, mismatched_edges, overlaps
from gridmap.geometry.shape import areas_m2

STEP = 0.001
WEST, SOUTH = 118.8, 32.06


def field(column: int, row: int, columns: int = 1, rows: int = 1) -> Polygon:
    return box(WEST + column * STEP, SOUTH + row * STEP, WEST + (column + columns) * STEP, SOUTH + (row + rows) * STEP)


def board(columns: int, rows: int) -> list[Polygon]:
    return [field(column, row) for row in range(rows) for column in range(columns)]


@given(st.integers(1, 5), st.integers(1, 5))
def test_a_chessboard_tiles_its_border(columns: int, rows: int) -> None:
    cells = board(columns, rows)
    parent = field(0, 0, columns, rows)
    assert is_tiling(cells, parent)
    assert overlaps(cells) == []
    assert gaps(cells, parent) == []
    assert excesses(cells, parent) == []
    assert all(edge.is_empty for edge in mismatched_edges(cells))


def test_a_missing_field_is_a_gap_of_its_size() -> None:
    cells = board(3, 3)
    lost = cells.pop(4)
    found = gaps(cells, field(0, 0, 3, 3))
    assert len(found) == 1
    assert found[0].shape.equals(lost)
    assert found[0].area_m2 == pytest.approx(areas_m2([lost])[0], rel=1e-3)
    assert not is_tiling(cells, field(0, 0, 3, 3))


def test_gaps_come_largest_first() -> None:
    cells = board(4, 1)
    found = gaps([cells[3]], field(0, 0, 5, 1))
    assert [round(gap.area_m2 / found[1].area_m2) for gap in found] == [3, 1]


def test_an_overlap_names_both_fields_and_its_ground() -> None:
    cells = board(2, 1)
    cells[1] = affinity.translate(cells[1], xoff=-STEP / 2)
    (found,) = overlaps(cells)
    assert (found.first, found.second) == (0, 1)
    assert found.area_m2 == pytest.approx(areas_m2([cells[0]])[0] / 2, rel=1e-3)
    assert found.shape.equals(shapely.intersection(cells[0], cells[1]))


def test_a_field_that_leaves_the_parent_is_an_excess() -> None:
    cells = board(2, 1)
    (found,) = excesses(cells, field(0, 0, 1, 1))
    assert found.cell == 1
    assert found.shape.equals(cells[1])


def test_a_hairline_is_noise_but_different_vertices_are_reported() -> None:
    left, right = board(2, 1)
    corner = WEST + STEP
    bent = Polygon([*left.exterior.coords[:2], (corner + 1e-13, SOUTH + STEP / 2), *left.exterior.coords[2:]])
    cells = [left, right]
    assert overlaps([bent, right]) == []
    assert is_tiling(cells, field(0, 0, 2, 1))
    tee = [field(0, 0), field(1, 0, 1, 1), field(0, 1, 2, 1)]
    assert not shapely.coverage_is_valid(tee)
    assert any(not edge.is_empty for edge in mismatched_edges(tee))
    assert overlaps(tee) == []


def test_nothing_tiles_nothing() -> None:
    assert not is_tiling([], field(0, 0))
    assert overlaps([]) == []
    assert overlaps([field(0, 0)]) == []


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=8, unique=True))
def test_gap_and_cells_together_are_the_parent(missing: list[tuple[int, int]]) -> None:
    cells = [field(x, y) for x in range(5) for y in range(5) if (x, y) not in missing]
    parent = field(0, 0, 5, 5)
    lost = sum(gap.area_m2 for gap in gaps(cells, parent)) if cells else areas_m2([parent])[0]
    assert lost == pytest.approx(sum(areas_m2([field(x, y) for x, y in missing])), rel=1e-3)
