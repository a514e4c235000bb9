"""One part of a community: laid out only where there is something to divide, finished with reasons."""

import numpy as np
import pytest
import shapely

from gridmap.partition.parts import Part, divided, finished, former_grids, part_of, undivided
from gridmap.partition.search import go_on
from gridmap.partition.units import QUICK, FixedGrid, Unit, Weights
from tests.gridmap.partition.board import RULE, ground, house, houses


def part(units: list[Unit], *fixed: FixedGrid, before: dict[str, str] | None = None, first: int = 0) -> Part:
    """A board of six by four fields."""
    home = range(first, first + len(units))
    shape = ground(0, 0, 6, 4)
    return part_of(shape, home, units, streets=[], barriers=[], rule=RULE, fixed=fixed, before=before or {})


def quickly(some: Part) -> np.ndarray:
    return divided(some, RULE, go_on, weights=Weights(), effort=QUICK, seed=0)


@pytest.mark.parametrize("units", [[], [Unit("tower", house(1, 1), 900)], houses(6, 4, 15), houses(6, 1, 60)])
def test_what_is_one_grid_in_any_case_is_not_laid_out(units: list[Unit]) -> None:
    assert part(units).laid is None


def test_what_may_be_divided_is_laid_out() -> None:
    assert part(houses(6, 4, 16)).laid is not None
    assert part([], FixedGrid("park", ground(0, 0, 1, 1))).laid is not None
    assert part(houses(6, 4, 16)).households == 24 * 16


@pytest.mark.parametrize(
    ("units", "codes"),
    [
        ([], []),
        ([Unit("shed", house(1, 1), 0)], []),
        ([Unit("tower", house(1, 1), 361)], ["unit_above_maximum"]),
        (houses(6, 4, 9), ["community_below_minimum"]),
        (houses(6, 4, 10), []),
        (houses(6, 4, 15), []),
    ],
)
def test_a_part_that_is_one_grid_says_why_it_is_outside(units: list[Unit], codes: list[str]) -> None:
    some = part(units, first=40)
    drawing = undivided(some, RULE, "community_below_minimum")
    (group,) = drawing.groups
    assert [finding.code for finding in group.findings] == codes
    assert group.polygon is some.shape
    assert group.units == tuple(range(40, 40 + len(units)))
    assert drawing.proven_outside == drawing.bound_outside == len(codes)
    assert drawing.barriers_crossed == drawing.not_contiguous == 0


def test_a_unit_off_a_part_that_is_one_grid_is_told() -> None:
    drawing = undivided(part([Unit("far", house(20, 1), 300)]), RULE, "community_below_minimum")
    assert [finding.code for finding in drawing.findings] == ["unit_outside_community"]


def test_groups_name_units_by_their_number_in_the_community() -> None:
    some = part(houses(6, 4, 50), first=100)
    drawing = finished(some, quickly(some), RULE, "island_below_minimum")
    assert sorted(unit for group in drawing.groups for unit in group.units) == list(range(100, 124))
    assert all(group.units == tuple(sorted(group.units)) and group.kept is None for group in drawing.groups)
    assert shapely.coverage_union_all([group.polygon for group in drawing.groups]).equals(some.shape)
    assert drawing.not_contiguous == 0


def test_fixed_grids_are_known_again() -> None:
    fixed = (FixedGrid("a", ground(0, 0, 1, 4)), FixedGrid("b", ground(5, 0, 1, 4), True))
    some = part(houses(6, 4, 50), *fixed)
    drawing = finished(some, quickly(some), RULE, "island_below_minimum")
    found = {group.kept.ref: group for group in drawing.groups if group.kept}
    assert set(found) == {"a", "b"}
    assert found["a"].kept is fixed[0]
    assert found["b"].units == (5, 11, 17, 23)


def test_a_cell_was_in_the_grid_of_most_of_its_households() -> None:
    spot = house(3, 3).centroid
    units = [*houses(3, 3, 40), Unit("x", spot, 20), Unit("y", spot, 30), Unit("z", spot, 90)]
    some = part(units, before={"h0-0": "north", "x": "old", "y": "east", "gone": "west"})
    former = former_grids(some)
    assert some.laid is not None
    home = {unit: cell for cell, members in enumerate(some.laid.ground.units) for unit in members}
    names = sorted({"north", "old", "east", "west"})
    assert names[former[home[0]]] == "north"
    assert names[former[home[9]]] == "east"
    assert former[home[1]] == -1


def test_nothing_in_force_is_nothing_to_keep() -> None:
    some = part(houses(6, 4, 50))
    assert (former_grids(some) == -1).all()
    told: list[float] = []

    def watch(share: float, _cost: float) -> bool:
        told.append(share)
        return True

    labels = divided(some, RULE, watch, weights=Weights(), effort=QUICK, seed=3)
    assert told[-1] == 1.0
    assert some.laid is not None
    assert np.bincount(labels, weights=some.laid.graph.households).tolist() == [300.0] * 4
