"""Drawing where grids are in force: what is fixed stays, what is known hardly moves; and who watches may stop."""

import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon

from gridmap.geometry.shape import sliver_areas_m2
from gridmap.partition import (
    NORMAL,
    QUICK,
    THOROUGH,
    Drawing,
    DrawnGrid,
    Effort,
    FixedGrid,
    FixedGridError,
    Unit,
    Weights,
    draw_community,
)
from tests.gridmap.partition.board import RULE, codes, grid_of, ground, house, houses, keeps_its_promises

FIGURES = {
    "grids", "units", "households", "within_10", "within_20", "mean_deviation", "smallest", "largest", "outside_band",
    "not_contiguous", "barriers_crossed", "extra_compound_pieces", "cut_length_m", "polsby_popper", "area_m2", "score",
    "moved_households", "moved_share", "proven_outside", "bound_outside",
}  # fmt: skip


def uneven(columns: int, rows: int, seed: int = 0) -> list[Unit]:
    """Houses of 15 to 70 households."""
    return houses(columns, rows, np.random.default_rng(seed).integers(15, 70, columns * rows).tolist())


def in_force(drawing: Drawing) -> dict[str, str]:
    """The grid of every unit, named after its number."""
    return {ref: f"G{grid.number:02}" for grid in drawing.grids for ref in grid.units}


def kept(drawing: Drawing, ref: str) -> DrawnGrid:
    (found,) = [grid for grid in drawing.grids if grid.kept == ref]
    return found


def off_m2(shape: Polygon, other: Polygon) -> float:
    return float(sliver_areas_m2([shapely.symmetric_difference(shape, other)])[0])


def test_a_locked_grid_comes_out_as_it_is() -> None:
    community, units = ground(0, 0, 8, 6), uneven(8, 6)
    locked = FixedGrid("locked", ground(2.05, 1.05, 2.9, 1.9))
    drawing = draw_community(community, units, rule=RULE, fixed=[locked])
    keeps_its_promises(drawing, community, units)
    grid = kept(drawing, "locked")
    assert off_m2(grid.polygon, locked.shape) < 1.0
    assert sorted(grid.units) == sorted(f"h{column}-{row}" for column in (2, 3, 4) for row in (1, 2))
    assert not grid.dedicated
    assert grid.was == "locked"
    assert [other.kept for other in drawing.grids].count(None) == len(drawing.grids) - 1


def test_dedicated_grids_with_and_without_households() -> None:
    community = ground(0, 0, 8, 6)
    school, market = FixedGrid("school", ground(0, 0, 2, 2), True), FixedGrid("market", ground(5, 3, 2, 2), True)
    units = [u for u in uneven(8, 6) if not school.shape.contains(u.shape)]
    drawing = draw_community(community, units, rule=RULE, fixed=[school, market])
    keeps_its_promises(drawing, community, units)
    for given in (school, market):
        grid = kept(drawing, given.ref)
        assert grid.dedicated
        assert off_m2(grid.polygon, given.shape) < 1.0
    assert kept(drawing, "school").households == 0
    assert kept(drawing, "market").households > 0
    assert not any(grid.dedicated for grid in drawing.grids if grid.kept is None)


def test_a_locked_grid_far_outside_the_band_stays_and_says_so() -> None:
    community, units = ground(0, 0, 6, 4), houses(6, 4, 50)
    drawing = draw_community(community, units, rule=RULE, fixed=[FixedGrid("half", ground(0, 0, 3, 4))])
    keeps_its_promises(drawing, community, units)
    grid = kept(drawing, "half")
    assert grid.households == 600
    assert [finding.code for finding in grid.findings] == ["fixed_outside_band"]
    assert [other.households for other in drawing.grids if other is not grid] == [300, 300]


def test_the_whole_community_may_be_fixed() -> None:
    community, units = ground(0, 0, 4, 2), houses(4, 2, 50)
    fixed = [FixedGrid("west", ground(0, 0, 2, 2)), FixedGrid("east", ground(2, 0, 2, 2), True)]
    drawing = draw_community(community, units, rule=RULE, fixed=fixed)
    keeps_its_promises(drawing, community, units)
    assert {grid.kept for grid in drawing.grids} == {"west", "east"}


def test_fixed_grids_on_islands() -> None:
    community = MultiPolygon([ground(0, 0, 4, 3), ground(6, 0, 4, 3)])
    units = [*uneven(4, 3), *[Unit(f"e{i}", house(6 + i % 4, i // 4), 50) for i in range(12)]]
    fixed = FixedGrid("pier", ground(6, 0, 2, 1))
    drawing = draw_community(community, units, rule=RULE, fixed=[fixed])
    keeps_its_promises(drawing, community, units)
    assert off_m2(kept(drawing, "pier").polygon, fixed.shape) < 1.0
    assert kept(drawing, "pier").units == ("e0", "e1")


@pytest.mark.parametrize(
    ("fixed", "code"),
    [
        ([FixedGrid("a", ground(3, 3, 9, 9))], "fixed_grid_outside"),
        ([FixedGrid("a", ground(0, 0, 2, 2)), FixedGrid("b", ground(1, 1, 2, 2))], "fixed_grid_overlaps"),
        ([FixedGrid("a", ground(0, 0, 1, 1)), FixedGrid("a", ground(1, 1, 1, 1))], "fixed_grid_twice"),
        ([FixedGrid("a", Polygon())], "fixed_grid_invalid"),
        ([FixedGrid("a", Polygon([(118.8, 32.06), (118.801, 32.061), (118.801, 32.06), (118.8, 32.061)]))],
         "fixed_grid_invalid"),
    ],
)  # fmt: skip
def test_forged_fixed_grids_are_refused(fixed: list[FixedGrid], code: str) -> None:
    with pytest.raises(FixedGridError) as refused:
        draw_community(ground(0, 0, 6, 4), houses(6, 4, 50), rule=RULE, fixed=fixed)
    assert refused.value.code == code
    assert isinstance(refused.value, ValueError)
    assert "a" in refused.value.params.values()


@pytest.mark.parametrize(("columns", "rows", "effort"), [(7, 6, NORMAL), (9, 8, NORMAL), (12, 9, THOROUGH)])
def test_an_unchanged_community_drawn_again_stays_as_it_is(columns: int, rows: int, effort: Effort) -> None:
    community, units = ground(0, 0, columns, rows), uneven(columns, rows)
    first = draw_community(community, units, rule=RULE, effort=effort)
    again = draw_community(community, units, rule=RULE, seed=9, before=in_force(first))
    keeps_its_promises(again, community, units)
    assert again.figures["moved_households"] == 0
    assert again.figures["moved_share"] == 0.0
    assert sorted(str(grid.was) for grid in again.grids) == sorted(set(in_force(first).values()))
    homes = in_force(first)
    assert all(homes[ref] == grid.was for grid in again.grids for ref in grid.units)


@pytest.mark.parametrize("seed", range(2))
def test_new_buildings_move_few(seed: int) -> None:
    community, random = ground(0, 0, 14, 10), np.random.default_rng(seed)
    units = uneven(14, 10, seed)
    first = draw_community(community, units, rule=RULE)
    new = [Unit(f"new{i}", Point(*random.uniform(ground(0, 0, 14, 10).bounds[:2], ground(0, 0, 14, 10).bounds[2:])), 30)
           for i in range(2)]  # fmt: skip
    again = draw_community(community, [*units, *new], rule=RULE, before=in_force(first))
    keeps_its_promises(again, community, [*units, *new])
    total = sum(unit.households for unit in units)
    assert again.figures["moved_share"] <= 0.03
    assert again.figures["moved_share"] == pytest.approx(again.figures["moved_households"] / total)
    assert again.figures["outside_band"] <= first.figures["outside_band"]


def test_without_stability_grids_in_force_only_name_the_new_ones() -> None:
    community, units = ground(0, 0, 8, 6), uneven(8, 6)
    columns = {unit.ref: f"column{unit.ref[1]}" for unit in units}
    free = Weights(stability=0.0)
    plain = draw_community(community, units, rule=RULE, weights=free, effort=QUICK)
    known = draw_community(community, units, rule=RULE, weights=free, effort=QUICK, before=columns)
    assert [grid.polygon for grid in plain.grids] == [grid.polygon for grid in known.grids]
    assert known.figures["score"] == plain.figures["score"]
    assert {grid.was for grid in plain.grids} == {None}
    assert plain.figures["moved_households"] == 0 < known.figures["moved_households"]
    steady = draw_community(community, units, rule=RULE, weights=Weights(stability=3.0), effort=QUICK, before=columns)
    assert steady.figures["moved_households"] < known.figures["moved_households"]


def test_names_in_force_that_nobody_bears_do_no_harm() -> None:
    community, units = ground(0, 0, 6, 4), houses(6, 4, 50)
    drawing = draw_community(community, units, rule=RULE, before={"gone": "G1", "h0-0": "G2"})
    keeps_its_promises(drawing, community, units)
    assert grid_of(drawing, "h0-0").was == "G2"
    assert {grid.was for grid in drawing.grids} == {"G2", None}


def test_a_grid_in_force_that_grew_too_large_is_divided() -> None:
    community, units = ground(0, 0, 6, 2), houses(6, 2, 50)
    drawing = draw_community(community, units, rule=RULE, before={unit.ref: "only" for unit in units})
    assert [grid.households for grid in drawing.grids] == [300, 300]
    assert drawing.figures["moved_households"] == 300
    assert sorted(str(grid.was) for grid in drawing.grids) == ["None", "only"]


def test_figures_of_a_drawing() -> None:
    community = ground(0, 0, 5, 5)
    units = [Unit(u.ref, u.shape, 500 if u.ref == "h2-2" else 50) for u in houses(5, 5)]
    drawing = draw_community(community, units, rule=RULE)
    assert set(drawing.figures) == FIGURES
    assert drawing.figures["units"] == 25
    assert drawing.figures["proven_outside"] == drawing.figures["bound_outside"] == drawing.figures["outside_band"] == 1
    assert drawing.figures["score"] > 0.0
    assert not drawing.stopped
    assert drawing.curve == ()


def test_the_curve_has_five_points_and_eight_against_grids_in_force() -> None:
    community, units = ground(0, 0, 8, 6), uneven(8, 6)
    plain = draw_community(community, units, rule=RULE, effort=QUICK, curve=True)
    assert len(plain.curve) == 5
    known = draw_community(community, units, rule=RULE, effort=QUICK, curve=True, before=in_force(plain))
    assert len(known.curve) == 8
    assert [grid.polygon for grid in plain.grids] == [
        grid.polygon for grid in draw_community(community, units, rule=RULE, effort=QUICK).grids
    ]


@pytest.mark.parametrize("patience", [1, 2, 6, 20])
def test_whoever_says_stop_gets_a_whole_drawing(patience: int) -> None:
    community, units = ground(0, 0, 8, 6), uneven(8, 6)
    told: list[float | None] = []

    def stop(_share: float, score: float | None) -> bool:
        told.append(score)
        return len(told) < patience

    drawing = draw_community(community, units, rule=RULE, curve=True, progress=stop)
    keeps_its_promises(drawing, community, units)
    assert drawing.stopped
    assert len(drawing.curve) < 5
    assert "outside_band" not in codes(drawing) or drawing.figures["outside_band"] > 0


def test_stop_on_the_first_of_two_islands_leaves_both_drawn() -> None:
    community = MultiPolygon([ground(0, 0, 6, 4), ground(8, 0, 6, 4)])
    units = [*houses(6, 4, 50), *[Unit(f"e{i}", house(8 + i % 6, i // 6), 50) for i in range(24)]]
    drawing = draw_community(community, units, rule=RULE, progress=lambda share, _score: share < 0.25)
    keeps_its_promises(drawing, community, units)
    assert drawing.stopped
    assert len(drawing.grids) >= 6


def test_more_effort_never_scores_worse() -> None:
    community, units = ground(0, 0, 10, 8), uneven(10, 8, 3)
    scores = [draw_community(community, units, rule=RULE, effort=e).figures["score"] for e in (QUICK, NORMAL, THOROUGH)]
    assert scores == sorted(scores, reverse=True)
