"""Grids that stay the same go on under their codes."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.contrib.gis.geos import Polygon

from gridmap.partition import SizeRule
from gridmap.planning.continuity import grids_that_stay
from gridmap.planning.models import Plan, PlannedGrid
from gridmap.planning.services import adopt_plan, draw_plan
from gridmap.planning.terms import Terms
from gridmap.territory.checks import check_territory
from gridmap.territory.models import Building, Grid, GridEdition, Region
from tests.cast import SIDE, SOURCE, Cast, corner_of, square
from tests.gridmap.planning.conftest import CODE

RULE = SizeRule()
MARCH, MAY, JULY = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 5, 7))


def draw(town: Region, cast: Cast, keep: tuple[str, ...] = ()) -> Plan:
    return draw_plan(community=town, terms=Terms(RULE, 0, keep=keep), by=cast.planner)


def planned_of(plan: Plan) -> list[PlannedGrid]:
    return list(plan.grids.select_related("was").order_by("number"))


def holders() -> dict[frozenset[int], str]:
    """Code in force by the buildings that it holds."""
    return {
        frozenset(Building.objects.active().filter(grid=edition.grid).values_list("pk", flat=True)): edition.grid.code
        for edition in GridEdition.objects.in_force().select_related("grid")
    }


def build(town: Region) -> None:
    west, south = corner_of(CODE)
    Building.objects.create(
        source=SOURCE,
        source_ref="new",
        community=town,
        households=30,
        geom=square(west + SIDE * 0.02, south + SIDE * 0.95, SIDE / 80, SIDE / 80),
    )


def with_vertices(shape: Polygon) -> Polygon:
    """The same ground, with a vertex in the middle of each side."""
    points = list(shape.exterior_ring.coords)
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairwise(points)]
    ring = [point for pair in zip(points, middles, strict=False) for point in pair]
    return Polygon([*ring, points[0]], srid=4326)


def grown(shape: Polygon, share: float) -> Polygon:
    """Scaled about its centre until the area has grown by `share`."""
    centre, factor = shape.centroid, (1 + share) ** 0.5
    ring = [
        (centre.x + (x - centre.x) * factor, centre.y + (y - centre.y) * factor) for x, y in shape.exterior_ring.coords
    ]
    return Polygon(ring, srid=4326)


def test_grids_with_the_same_buildings_keep_their_codes_beside_others_that_change(town: Region, cast: Cast) -> None:
    adopt_plan(plan=draw(town, cast), by=cast.approver, at=MARCH)
    march = holders()
    build(town)
    for at in (MAY, JULY):
        before = holders()
        adopt_plan(plan=draw(town, cast), by=cast.approver, at=at)
        now = holders()
        same = {houses for houses in now if houses in before and houses}
        assert same
        assert {houses: now[houses] for houses in same} == {houses: before[houses] for houses in same}
        assert list(check_territory()) == []
    april = GridEdition.objects.in_force(datetime(2026, 4, 1, tzinfo=UTC)).values_list("grid__code", flat=True)
    assert set(april) == set(march.values())


def test_a_line_with_other_vertices_is_a_new_edition_under_the_same_code(town: Region, cast: Cast) -> None:
    adopt_plan(plan=draw(town, cast), by=cast.approver, at=MARCH)
    codes = holders()
    plan = draw(town, cast)
    for grid in plan.grids.all():
        plan.grids.filter(pk=grid.pk).update(geom=with_vertices(grid.geom))
    adopt_plan(plan=plan, by=cast.approver, at=MAY)
    assert holders() == codes
    assert Grid.objects.count() == len(codes)
    assert GridEdition.objects.count() == 2 * len(codes)
    assert list(check_territory()) == []


@pytest.mark.parametrize(("share", "stays"), [(1e-9, True), (9e-4, False), (1e-2, False)])
def test_without_buildings_the_ground_alone_decides(town: Region, cast: Cast, share: float, stays: bool) -> None:
    adopt_plan(plan=draw(town, cast), by=cast.approver, at=MARCH)
    planned = planned_of(draw(town, cast))
    codes = [code for code, _retraced in grids_that_stay(town, planned)]
    planned[0].building_ids = []
    planned[0].geom = grown(planned[0].geom, share)
    code, retraced = grids_that_stay(town, planned)[0]
    assert (code == codes[0], retraced) == (stays, stays)


def test_another_kind_is_another_grid(town: Region, cast: Cast) -> None:
    adopt_plan(plan=draw(town, cast), by=cast.approver, at=MARCH)
    planned = planned_of(draw(town, cast))
    planned[0].kind = Grid.Kind.DEDICATED
    assert grids_that_stay(town, planned)[0] == (None, False)


def test_a_grid_in_force_goes_on_as_one_grid_only(town: Region, cast: Cast) -> None:
    adopt_plan(plan=draw(town, cast), by=cast.approver, at=MARCH)
    planned = planned_of(draw(town, cast))
    kept = [code for code, _retraced in grids_that_stay(town, [planned[0], planned[0]])]
    assert sorted(code is None for code in kept) == [False, True]


def test_a_locked_grid_keeps_its_code_twice(town: Region, cast: Cast) -> None:
    adopt_plan(plan=draw(town, cast), by=cast.approver, at=MARCH)
    locked = f"{CODE}004"
    Building.objects.filter(community=town).exclude(grid__code=locked).update(households=60)
    adopt_plan(plan=draw(town, cast, (locked,)), by=cast.approver, at=MAY)
    may = holders()
    assert locked in may.values()
    adopt_plan(plan=draw(town, cast, (locked,)), by=cast.approver, at=JULY)
    assert locked in holders().values()
    assert list(check_territory()) == []
