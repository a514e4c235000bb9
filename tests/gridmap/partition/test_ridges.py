"""Lines halfway between sites."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.partition.blocks import unique_segments
from gridmap.partition.plane import shape_array
from gridmap.partition.ridges import Sites, ridge_lines

BOX = np.array((0.0, 0.0, 100.0, 100.0))


def sites(*rows: tuple[float, float, int]) -> Sites:
    """Sites from x, y, owner."""
    table = np.array(rows, dtype=np.float64)
    return Sites(table[:, :2], table[:, 2].astype(np.int64))


def test_between_two_points_runs_the_bisector() -> None:
    (straight,), (exact,) = ridge_lines(sites((40, 50, 0), (60, 50, 1)), BOX, 0.0)
    assert straight.equals(exact)
    assert shapely.get_coordinates(straight)[:, 0] == pytest.approx(50.0)
    assert straight.length > 100.0


@pytest.mark.parametrize("rows", [[(40.0, 50.0, 0)], [(40.0, 50.0, 3), (60.0, 50.0, 3)]])
def test_one_owner_has_no_lines(rows: list[tuple[float, float, int]]) -> None:
    assert not len(ridge_lines(sites(*rows), BOX, 0.0)[0])


def test_two_sampled_walls_get_one_straight_line() -> None:
    # The samples of the two walls are out of step, so the exact line zigzags.
    south = [(x, 40.0, 0) for x in np.arange(10.0, 90.0, 6.0)]
    north = [(x + 2.7, 60.0, 1) for x in np.arange(10.0, 90.0, 6.0)]
    straight, exact = ridge_lines(sites(*south, *north), BOX, 0.0)
    assert len(straight) == len(exact) == 1
    assert shapely.get_num_coordinates(exact[0]) > 20
    middle = shapely.clip_by_rect(straight[0], 15, 0, 85, 100)
    assert shapely.get_num_coordinates(middle) < 5
    assert np.abs(shapely.get_coordinates(middle)[:, 1] - 50.0).max() < 1.5


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_straightened_lines_keep_away_from_sites_and_keep_their_ends(seed: int) -> None:
    random = np.random.default_rng(seed)
    count = int(random.integers(4, 40))
    given_sites = Sites(random.uniform(0, 100, (count, 2)), random.integers(0, 5, count))
    straight, exact = ridge_lines(given_sites, BOX, 0.0)
    assert len(straight) == len(exact)
    points = shapely.points(given_sites.points)
    for line, raw in zip(straight, exact, strict=True):
        assert shapely.hausdorff_distance(line, raw) <= 1.0 + 1e-9
        assert shapely.get_point(line, 0) == shapely.get_point(raw, 0)
        # A quarter of the way to the sites it divides; a third site may be nearer than those.
        assert shapely.distance(points, line).min() >= 0.5 * shapely.distance(points, raw).min()


def test_segments_that_two_areas_share_come_once() -> None:
    squares = shape_array([shapely.boundary(shapely.box(0, 0, 1, 1)), shapely.boundary(shapely.box(1, 0, 2, 1))])
    segments = unique_segments(squares)
    assert len(segments) == 7
    assert len(shapely.get_parts(shapely.polygonize(segments))) == 2
