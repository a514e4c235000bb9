"""New buildings stand on free ground; drawing again is told in what moved."""

import json
from itertools import islice

import numpy as np
import pytest
import shapely

from bench.grids.city import city
from bench.grids.communities import Community
from bench.grids.redraw import Redrawn, figures_of, with_new_buildings
from bench.partition import main
from gridmap.partition.units import SizeRule, Unit


def test_new_buildings_stand_last_on_free_ground_of_their_community() -> None:
    community = next(city(1, 3))
    after = with_new_buildings(community, 0.1, np.random.default_rng(1))
    old, new = after[: len(community.units)], after[len(community.units) :]
    assert old == community.units
    assert abs(len(new) - 0.1 * len(old)) <= 1.0
    footprints = shapely.STRtree([unit.shape for unit in old])
    for unit in new:
        assert community.shape.covers(unit.shape)
        assert not len(footprints.query(unit.shape, predicate="intersects"))
        assert unit.compound is None or unit.compound in {one.compound for one in old}


def test_their_number_is_right_in_the_mean() -> None:
    communities = list(islice(city(10**6, 5), 40))
    rng = np.random.default_rng(2)
    added = sum(len(with_new_buildings(one, 0.01, rng)) - len(one.units) for one in communities)
    assert added == pytest.approx(0.01 * sum(len(one.units) for one in communities), rel=0.4)


def test_where_units_tile_the_ground_nothing_can_be_added() -> None:
    shape = shapely.box(118.0, 32.0, 118.001, 32.001)
    full = Community("full", shape, [Unit("all", shape, 100)])
    assert with_new_buildings(full, 3.0, np.random.default_rng(1)) == full.units


def test_figures_of_a_redrawing() -> None:
    found = Redrawn(first=[300, 200], second=[310, 250], households=500, moved=10, moved_afresh=100, added=1)
    row = figures_of(found, SizeRule())
    assert (row["moved_percent"], row["moved_afresh_percent"]) == (2.0, 20.0)
    assert (row["outside_band_before"], row["outside_band_after"]) == (1, 0)


def test_the_command_draws_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--buildings", "400", "--redraw", "--effort", "quick", "--processes", "1", "--json"]) == 0
    row = json.loads(capsys.readouterr().out.splitlines()[-1])["redraw"]
    assert row["communities"] >= 1
    assert row["not_contiguous"] == 0
    assert 0.0 <= row["moved_percent"] <= 100.0


def test_our_own_drawing_comes_with_bounds_and_polygons(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--buildings", "60", "--only", "gridmap", "--effort", "quick", "--processes", "1", "--json"]
    assert main(arguments) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])["methods"]["gridmap"]
    assert figures["not_contiguous"] == figures["invalid_coverages"] == 0
    assert figures["area_error_m2"] < 1.0
    assert figures["bound_outside"] <= figures["outside_band"]
    assert figures["proven_most_within_20_percent"] >= figures["within_20_percent"]
