"""Stories of whole communities: what a planner is promised."""

import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, box

from gridmap.partition import Barrier, SizeRule, Unit, draw_community
from tests.gridmap.partition.board import (
    RULE,
    codes,
    cuts_no_house,
    grid_of,
    ground,
    house,
    houses,
    keeps_its_promises,
    line,
)


def test_a_board_of_equal_houses_becomes_equal_grids() -> None:
    community, units = ground(0, 0, 6, 6), houses(6, 6, 50)
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert [grid.households for grid in drawing.grids] == [300] * 6
    assert cuts_no_house(drawing, units)
    assert drawing.figures["within_10"] == 1.0
    assert drawing.figures["mean_deviation"] == 0.0
    assert codes(drawing) == set()


def test_numbers_run_from_the_north_west() -> None:
    drawing = draw_community(ground(0, 0, 8, 8), houses(8, 8, 60), rule=RULE)
    first, last = drawing.grids[0].polygon.centroid, drawing.grids[-1].polygon.centroid
    assert first.y > last.y


def test_points_instead_of_footprints() -> None:
    community, units = ground(0, 0, 6, 6), houses(6, 6, 50, points=True)
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert drawing.figures["within_20"] == 1.0


def test_the_same_seed_draws_the_same_and_another_may_not() -> None:
    community, units = ground(0, 0, 7, 6), houses(7, 6, list(np.random.default_rng(3).integers(20, 90, 42)))
    streets = [line((3.5, -1), (3.5, 7)), line((-1, 2.5), (8, 2.5))]
    drawings = [draw_community(community, units, streets=streets, rule=RULE, seed=1) for _ in range(2)]
    assert drawings[0].grids == drawings[1].grids
    assert drawings[0].figures == drawings[1].figures


def test_borders_follow_streets_where_the_loads_allow_it() -> None:
    community, units = ground(0, 0, 6, 4), houses(6, 4, 50)
    street = line((3, -1), (3, 5))
    drawing = draw_community(community, units, streets=[street], rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert all(
        grid.polygon.bounds[2] <= 118.8018 + 1e-9 or grid.polygon.bounds[0] >= 118.8018 - 1e-9 for grid in drawing.grids
    )


def test_a_river_is_not_crossed() -> None:
    community, units = ground(0, 0, 8, 6), houses(8, 6, 50)
    river = line((-1, 3), (9, 3))
    drawing = draw_community(community, units, barriers=[Barrier(river, 1.0, "river")], rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert drawing.figures["barriers_crossed"] == 0
    assert not any(shapely.crosses(river, grid.polygon.buffer(-1e-6)) for grid in drawing.grids)


def test_a_broad_river_is_shared_along_its_middle() -> None:
    community, units = ground(0, 0, 8, 7), [*houses(8, 3, 50)]
    north = [Unit(f"n{column}-{row}", house(column, row), 50) for row in range(4, 7) for column in range(8)]
    water = ground(-1, 3.1, 10, 0.8)
    drawing = draw_community(community, [*units, *north], barriers=[Barrier(water, 1.0, "river")], rule=RULE)
    keeps_its_promises(drawing, community, [*units, *north])
    assert drawing.figures["barriers_crossed"] == 0
    middle = line((0, 3.5), (8, 3.5)).buffer(0.00006)
    south_bank = shapely.coverage_union_all([grid.polygon for grid in drawing.grids if grid.units[0][0] == "h"])
    assert south_bank.bounds[3] == pytest.approx(middle.centroid.y, abs=0.00008)


def test_a_river_is_crossed_when_a_bank_is_too_small_for_a_grid() -> None:
    community, units = ground(0, 0, 6, 4), houses(6, 4, 50)
    river = line((-1, 1), (7, 1))
    loads = [Unit(unit.ref, unit.shape, 25 if index < 6 else 50) for index, unit in enumerate(units)]
    drawing = draw_community(community, loads, barriers=[Barrier(river, 1.0, "river")], rule=RULE)
    keeps_its_promises(drawing, community, loads)
    assert drawing.figures["outside_band"] == 0
    assert drawing.figures["barriers_crossed"] == 1


def test_the_crossing_is_at_the_bridge() -> None:
    community, units = ground(0, 0, 12, 4), houses(12, 4, 25)
    river, bridge = line((-1, 1), (13, 1)), line((9.5, -1), (9.5, 5))
    loads = [Unit(u.ref, u.shape, (12 if i < 12 else 25)) for i, u in enumerate(units)]
    drawing = draw_community(community, loads, streets=[bridge], barriers=[Barrier(river, 1.0, "river")], rule=RULE)
    keeps_its_promises(drawing, community, loads)
    south = {grid_of(drawing, unit.ref).number for unit in loads[:12]}
    assert drawing.figures["outside_band"] == 0
    assert len(south) == 1


def test_compounds_that_fit_stay_whole_even_when_l_shaped() -> None:
    community, units = ground(0, 0, 6, 6), houses(6, 6, 50)
    corner = {"h0-0", "h0-1", "h0-2", "h1-0", "h2-0"}
    walled = [Unit(u.ref, u.shape, u.households, "L" if u.ref in corner else None) for u in units]
    drawing = draw_community(community, walled, rule=RULE)
    keeps_its_promises(drawing, community, walled)
    assert len({grid_of(drawing, ref).number for ref in corner}) == 1
    assert drawing.figures["extra_compound_pieces"] == 0
    assert drawing.figures["outside_band"] == 0


def test_a_large_compound_is_cut_into_as_few_pieces_as_it_needs() -> None:
    community, units = ground(0, 0, 6, 4), houses(6, 4, 50)
    walled = [Unit(u.ref, u.shape, u.households, "big" if index % 6 < 3 else None) for index, u in enumerate(units)]
    drawing = draw_community(community, walled, rule=RULE)
    keeps_its_promises(drawing, community, walled)
    assert len({grid_of(drawing, u.ref).number for u in walled if u.compound}) == 2
    assert drawing.figures["extra_compound_pieces"] == 0


def test_a_unit_above_the_maximum_is_a_grid_of_its_own_and_named() -> None:
    community = ground(0, 0, 5, 5)
    units = [Unit(u.ref, u.shape, 500 if u.ref == "h2-2" else 50) for u in houses(5, 5)]
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    grid = grid_of(drawing, "h2-2")
    assert grid.units == ("h2-2",)
    (finding,) = grid.findings
    assert finding.code == "unit_above_maximum"
    assert finding.params == {"unit": "h2-2", "households": 500, "maximum": 360}


def test_one_single_unit_above_the_maximum() -> None:
    community, units = ground(0, 0, 3, 3), [Unit("tower", house(1, 1), 900)]
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert codes(drawing) == {"unit_above_maximum"}
    assert drawing.grids[0].polygon.equals(community)


def test_a_tower_among_empty_houses_takes_them_along() -> None:
    community = ground(0, 0, 3, 3)
    units = [Unit(u.ref, u.shape, 900 if u.ref == "h1-1" else 0) for u in houses(3, 3)]
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert len(drawing.grids) == 1


def test_a_pocket_behind_a_tower_is_reported_with_its_bound() -> None:
    community = ground(0, 0, 9, 1)
    units = [Unit(u.ref, u.shape, 700 if u.ref == "h1-0" else 40) for u in houses(9, 1)]
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    (finding,) = grid_of(drawing, "h0-0").findings
    assert finding.code == "pocket_below_minimum"
    assert finding.params["households"] == 40


def test_an_empty_community_is_one_dedicated_grid() -> None:
    community = ground(0, 0, 4, 4)
    for units in ([], [Unit("shed", house(1, 1), 0)]):
        drawing = draw_community(community, units, rule=RULE)
        keeps_its_promises(drawing, community, units)
        (grid,) = drawing.grids
        assert grid.dedicated
        assert grid.polygon.equals_exact(community, 0.0)
        assert drawing.figures["within_20"] == 1.0


def test_a_village_below_the_minimum_is_one_grid_and_says_so() -> None:
    community, units = ground(0, 0, 4, 2), houses(4, 2, 5)
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert codes(drawing) == {"community_below_minimum"}


def test_between_one_and_two_grids_the_count_is_to_blame() -> None:
    community, units = ground(0, 0, 7, 1), houses(7, 1, 60)
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert "forced_by_count" in codes(drawing)
    assert "outside_band" not in codes(drawing)


def test_two_towers_too_large_for_each_other_are_proven() -> None:
    community = ground(0, 0, 3, 1)
    units = [Unit("a", house(0, 0), 200), Unit("b", house(1, 0), 200), Unit("c", house(2, 0), 350)]
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert "forced_by_neighbours" in codes(drawing)


def test_islands_are_drawn_apart_and_small_ones_reported() -> None:
    large, small, empty = ground(0, 0, 6, 4), ground(8, 0, 2, 2), ground(8, 3, 1, 1)
    community = MultiPolygon([large, small, empty])
    units = [*houses(6, 4, 50), Unit("i", house(8, 0), 30)]
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    island = grid_of(drawing, "i")
    assert [finding.code for finding in island.findings] == ["island_below_minimum"]
    assert sum(grid.dedicated for grid in drawing.grids) == 1
    assert len(drawing.grids) == 6


def test_a_lake_inside_stays_out_of_every_grid() -> None:
    lake = ground(2.1, 2.1, 1.8, 1.8)
    community = shapely.difference(ground(0, 0, 6, 6), lake)
    units = [unit for unit in houses(6, 6, 60) if not unit.shape.intersects(lake)]
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)


def test_a_unit_outside_goes_to_the_nearest_ground_and_is_reported() -> None:
    community = ground(0, 0, 6, 4)
    units = [*houses(6, 4, 50), Unit("far", house(8, 1), 20), Unit("point", Point(118.7, 32.06), 10)]
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    found = {f.params["unit"]: f.params["distance_m"] for f in drawing.findings if f.code == "unit_outside_community"}
    assert set(found) == {"far", "point"}
    assert 100.0 < float(str(found["far"])) < 200.0


def test_a_footprint_half_outside_is_clipped_not_reported() -> None:
    community = ground(0, 0, 6, 4)
    units = [*houses(6, 4, 50), Unit("edge", ground(5.9, 1.85, 0.2, 0.3), 20)]
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert "unit_outside_community" not in codes(drawing)


def test_units_on_one_point_stay_together_while_they_fit() -> None:
    community = ground(0, 0, 6, 4)
    units = [*houses(6, 4, 50, points=True), Unit("twin", house(2, 2).centroid, 40)]
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert grid_of(drawing, "twin") == grid_of(drawing, "h2-2")
    assert "units_share_point" in codes(drawing)


def test_units_on_one_point_that_do_not_fit_are_parted() -> None:
    community = ground(0, 0, 6, 4)
    towers = [Unit(f"t{index}", house(2, 2).centroid, 250) for index in range(4)]
    units = [*houses(6, 4, 50, points=True)[:10], *towers]
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert len({grid_of(drawing, tower.ref).number for tower in towers}) == 4
    assert drawing.figures["largest"] <= 360


def test_houses_that_touch_or_overlap() -> None:
    community = ground(0, 0, 6, 6)
    row = [Unit(f"r{index}", ground(0.5 + index * 0.5, 2.4, 0.5, 0.3), 40) for index in range(10)]
    podium = Unit("podium", ground(1, 4, 2, 1), 100)
    tower = Unit("tower", ground(1.5, 4.2, 0.4, 0.4), 120)
    units = [*row, podium, tower, *[Unit(u.ref, u.shape, 60) for u in houses(6, 2)]]
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert cuts_no_house(drawing, units)
    assert grid_of(drawing, "podium") == grid_of(drawing, "tower")
    assert "units_overlap" in codes(drawing)


def test_a_hall_larger_than_its_blocks_is_not_cut_by_streets() -> None:
    community = ground(0, 0, 8, 4)
    units = [u for u in houses(8, 4, 60) if not u.shape.intersects(ground(2.1, 1.1, 3, 1.8))]
    hall = Unit("hall", ground(2.1, 1.1, 3, 1.8), 0)
    streets = [line((column, -1), (column, 5)) for column in range(1, 8)]
    drawing = draw_community(community, [*units, hall], streets=streets, rule=RULE)
    keeps_its_promises(drawing, community, [*units, hall])
    assert cuts_no_house(drawing, [*units, hall])


def test_units_that_tile_the_community_keep_their_own_borders() -> None:
    units = [Unit(f"{x}-{y}", ground(x, y, 1, 1), 45) for x in range(6) for y in range(6)]
    community = shapely.coverage_union_all([unit.shape for unit in units])
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    for grid in drawing.grids:
        whole = shapely.union_all([unit.shape for unit in units if unit.ref in grid.units])
        assert shapely.symmetric_difference(whole, grid.polygon).area < 1e-7 * whole.area


def test_dangling_leaving_and_doubled_streets_and_empty_blocks() -> None:
    community, units = ground(0, 0, 8, 6), [u for u in houses(8, 6, 50) if u.ref[1] not in "34"]
    streets = [
        line((2.5, 1), (2.5, 3.2)),
        line((-2, 4), (12, 4)),
        line((-2, 4), (12, 4)),
        line((3, -1), (3, 7)),
        line((3.001, -1), (3.001, 7)),
        line((5, -1), (5, 7)),
        line((20, 20), (21, 21)),
    ]
    drawing = draw_community(community, units, streets=streets, rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert drawing.figures["outside_band"] == 0


def test_streets_as_areas_are_shared_by_their_sides() -> None:
    community, units = ground(0, 0, 6, 4), houses(6, 4, 50)
    road = ground(-1, 1.9, 8, 0.2)
    drawing = draw_community(community, units, streets=[road], rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert len(drawing.grids) == 4


def test_heights_in_the_input_do_not_matter() -> None:
    community = shapely.force_3d(ground(0, 0, 6, 4), 12.0)
    units = [Unit(u.ref, shapely.force_3d(u.shape, 3.0), 50) for u in houses(6, 4)]
    drawing = draw_community(community, units, rule=RULE)
    assert len(drawing.grids) == 4
    assert not any(grid.polygon.has_z for grid in drawing.grids)


def test_a_large_rural_community_with_hamlets() -> None:
    community = box(118.0, 32.0, 118.3, 32.2)
    random = np.random.default_rng(5)
    hamlets = random.uniform((118.01, 32.01), (118.29, 32.19), (12, 2))
    places = hamlets[random.integers(0, 12, 150)] + random.normal(0.0, 0.002, (150, 2))
    places = np.clip(places, (118.0, 32.0), (118.3, 32.2))
    units = [Unit(str(index), Point(place), int(random.integers(1, 14))) for index, place in enumerate(places)]
    drawing = draw_community(community, units, rule=RULE)
    keeps_its_promises(drawing, community, units)
    assert drawing.figures["outside_band"] == 0


class CancelledError(Exception):
    """The person pressed stop."""


def test_progress_rises_to_one_and_may_cancel() -> None:
    community, units = ground(0, 0, 6, 6), houses(6, 6, 50)
    told: list[tuple[float, float | None]] = []

    def watch(share: float, score: float | None) -> bool:
        told.append((share, score))
        return True

    drawing = draw_community(community, units, rule=RULE, progress=watch)
    shares, scores = [share for share, _ in told], [score for _, score in told if score is not None]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 4
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] == drawing.figures["score"]
    assert not drawing.stopped

    def stop(share: float, _score: float | None) -> bool:
        if share > 0.2:
            raise CancelledError
        return True

    with pytest.raises(CancelledError):
        draw_community(community, units, rule=RULE, progress=stop)


def test_another_size_rule() -> None:
    community, units = ground(0, 0, 6, 6), houses(6, 6, 10)
    drawing = draw_community(community, units, rule=SizeRule(60, 50, 80))
    keeps_its_promises(drawing, community, units)
    assert [grid.households for grid in drawing.grids] == [60] * 6


def test_what_cannot_be_drawn_is_refused_in_words() -> None:
    bow = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(ValueError, match="invalid"):
        draw_community(bow, [], rule=RULE)
    with pytest.raises(ValueError, match="polygon"):
        draw_community(Polygon(), [], rule=RULE)
    with pytest.raises(ValueError, match="same ref"):
        draw_community(ground(0, 0, 1, 1), [Unit("a", Point(0, 0), 1), Unit("a", Point(0, 0), 1)], rule=RULE)
    with pytest.raises(ValueError, match="negative"):
        Unit("a", Point(0, 0), -1)
    with pytest.raises(ValueError, match="empty"):
        Unit("a", Point(), 1)
    with pytest.raises(ValueError, match="minimum"):
        SizeRule(300, 400, 500)
