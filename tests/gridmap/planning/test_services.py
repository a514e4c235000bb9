"""Drawing, adopting and discarding plans."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from gridmap.outbox.models import News
from gridmap.partition import SizeRule
from gridmap.planning.ground import communities_under, read_ground, size_rule
from gridmap.planning.models import Plan
from gridmap.planning.refusals import PlanRefusedError, StalePlanError
from gridmap.planning.services import adopt_plan, discard_plan, draw_plan
from gridmap.planning.shapes import shapes_of_plan
from gridmap.planning.terms import Terms
from gridmap.territory.checks import check_territory
from gridmap.territory.models import Building, Grid, GridEdition, GroundFeature, Region, RegionEdition, Rule
from tests.cast import BEGAN, Board, Cast
from tests.gridmap.planning.conftest import CODE, populate

RULE = SizeRule()


def draw(community: Region, cast: Cast, seed: int = 0) -> Plan:
    return draw_plan(community=community, terms=Terms(RULE, seed), by=cast.planner)


def test_a_plan_holds_every_building_once_and_every_household(town: Region, cast: Cast) -> None:
    plan = draw(town, cast)
    grids = list(plan.grids.all())
    ids = [pk for grid in grids for pk in grid.building_ids]
    assert sorted(ids) == sorted(Building.objects.filter(community=town).values_list("pk", flat=True))
    assert sum(grid.households for grid in grids) == 1200
    assert sum(grid.dwellings for grid in grids) == 1320
    assert sum(grid.residents for grid in grids) == 3600
    assert all(RULE.holds(grid.households) for grid in grids)
    assert plan.state == Plan.State.DRAFT
    assert plan.figures["grids"] == len(grids) == 4
    assert plan.figures["barriers_crossed"] == 0


def test_the_figures_of_a_grid_are_those_of_its_buildings(town: Region, cast: Cast) -> None:
    for grid in draw(town, cast).grids.all():
        totals = Building.objects.filter(pk__in=grid.building_ids).totals()
        assert grid.households == totals["households"]
        assert grid.elders == totals["elders"]
        assert Building.objects.filter(pk__in=grid.building_ids, geom__within=grid.geom).count() == totals["buildings"]


def test_a_draft_changes_nothing_on_the_ground(town: Region, cast: Cast) -> None:
    draw(town, cast)
    assert not Grid.objects.exists()
    assert not Building.objects.filter(grid__isnull=False).exists()


def test_an_adopted_plan_tiles_the_community_exactly(town: Region, cast: Cast) -> None:
    plan = draw(town, cast)
    grids = adopt_plan(plan=plan, by=cast.approver, at=timezone.now())
    assert [grid.code[12:] for grid in grids] == ["001", "002", "003", "004"]
    shapes = [shapely.from_wkb(bytes(edition.geom.wkb)) for edition in GridEdition.objects.in_force()]
    home = shapely.from_wkb(bytes(RegionEdition.objects.in_force().get(region=town).geom.wkb))
    assert shapely.coverage_is_valid(shapes)
    assert sum(shape.area for shape in shapes) == pytest.approx(home.area, rel=1e-12)
    assert list(check_territory()) == []
    assert set(Building.objects.filter(community=town).values_list("grid", flat=True)) == {grid.pk for grid in grids}
    assert News.objects.filter(kind="grids", reference=CODE).exists()


def test_adopting_the_same_drawing_again_keeps_every_code(town: Region, cast: Cast) -> None:
    adopt_plan(plan=draw(town, cast), by=cast.approver, at=timezone.now())
    before = list(GridEdition.objects.in_force().order_by("pk").values_list("pk", "grid__code"))
    adopt_plan(plan=draw(town, cast), by=cast.approver, at=timezone.now())
    assert list(GridEdition.objects.in_force().order_by("pk").values_list("pk", "grid__code")) == before


def test_grids_that_change_get_fresh_codes_and_the_old_ones_stay_by_date(town: Region, cast: Cast) -> None:
    adopt_plan(plan=draw(town, cast), by=cast.approver, at=datetime(2026, 3, 1, tzinfo=UTC))
    Building.objects.filter(community=town).update(households=60)
    adopt_plan(plan=draw(town, cast), by=cast.approver, at=datetime(2026, 5, 1, tzinfo=UTC))
    codes = set(GridEdition.objects.in_force().values_list("grid__code", flat=True))
    april = set(GridEdition.objects.in_force(datetime(2026, 4, 1, tzinfo=UTC)).values_list("grid__code", flat=True))
    assert len(codes) == 8
    assert april == {f"{CODE}00{number}" for number in (1, 2, 3, 4)}
    assert not codes & april
    assert list(check_territory()) == []


@pytest.mark.parametrize("change", ["households", "building", "boundary", "grids"])
def test_a_plan_is_stale_once_the_ground_has_changed(town: Region, cast: Cast, change: str) -> None:
    plan, other = draw(town, cast), draw(town, cast, seed=7)
    if change == "households":
        Building.objects.filter(source_ref=f"{CODE}/1").update(households=31)
    elif change == "building":
        Building.objects.filter(source_ref=f"{CODE}/1").update(active=False)
    elif change == "boundary":
        RegionEdition.objects.filter(region=town).update(valid=(BEGAN, BEGAN + timedelta(days=1)))
    else:
        adopt_plan(plan=other, by=cast.approver, at=timezone.now())
    in_force = GridEdition.objects.in_force().count()
    with pytest.raises(StalePlanError):
        adopt_plan(plan=plan, by=cast.approver, at=timezone.now())
    plan.refresh_from_db()
    assert plan.state == Plan.State.DRAFT
    assert GridEdition.objects.in_force().count() == in_force


def test_a_plan_whose_grids_leave_a_gap_is_refused(town: Region, cast: Cast) -> None:
    plan = draw(town, cast)
    plan.grids.filter(number=2).delete()
    with pytest.raises(PlanRefusedError, match=r"tile|铺"):
        adopt_plan(plan=plan, by=cast.approver, at=timezone.now())
    assert not Grid.objects.exists()


def test_who_may_draw_and_who_may_adopt(town: Region, cast: Cast) -> None:
    for person in (cast.approver, cast.officer, cast.worker, cast.stranger, cast.former):
        with pytest.raises(PermissionDenied):
            draw_plan(community=town, terms=Terms(RULE), by=person)
    plan = draw(town, cast)
    for person in (cast.planner, cast.officer, cast.stranger, cast.former):
        with pytest.raises(PermissionDenied):
            adopt_plan(plan=plan, by=person, at=timezone.now())
    with pytest.raises(PermissionDenied):
        discard_plan(plan=plan, by=cast.approver)


def test_a_plan_is_adopted_or_discarded_once(town: Region, cast: Cast) -> None:
    plan = draw(town, cast)
    adopt_plan(plan=plan, by=cast.approver, at=timezone.now())
    plan.refresh_from_db()
    assert (plan.state, plan.adopted_by) == (Plan.State.ADOPTED, cast.approver)
    with pytest.raises(PlanRefusedError):
        adopt_plan(plan=plan, by=cast.approver, at=timezone.now())
    with pytest.raises(PlanRefusedError):
        discard_plan(plan=plan, by=cast.planner)
    other = draw(town, cast, seed=3)
    discard_plan(plan=other, by=cast.planner)
    with pytest.raises(PlanRefusedError):
        adopt_plan(plan=other, by=cast.approver, at=timezone.now())


def test_a_building_above_the_maximum_is_a_grid_of_its_own_and_is_named(town: Region, cast: Cast) -> None:
    Building.objects.filter(source_ref=f"{CODE}/20").update(households=500, name="天际大厦")
    plan = draw(town, cast)
    (alone,) = [grid for grid in plan.grids.all() if grid.households >= 500]
    assert len(alone.building_ids) == 1
    (finding,) = alone.findings
    assert finding["code"] == "unit_above_maximum"
    assert finding["params"]["buildings"] == "天际大厦"


def test_dwellings_stand_in_for_households_and_the_plan_says_so(town: Region, cast: Cast) -> None:
    Building.objects.filter(community=town).update(households=None)
    Building.objects.filter(source_ref=f"{CODE}/40").update(dwellings=None)
    plan = draw(town, cast)
    assert sum(grid.households for grid in plan.grids.all()) == 39 * 33
    assert sum(grid.stand_ins for grid in plan.grids.all()) == 39
    assert {finding["code"] for finding in plan.findings} == {"counted_by_dwellings", "buildings_uncounted"}


def test_a_community_without_households_is_one_dedicated_grid(board: Board, cast: Cast) -> None:
    plan = draw(board.communities[1], cast)
    assert [grid.kind for grid in plan.grids.all()] == [Grid.Kind.DEDICATED]


def test_a_community_without_a_boundary_is_refused(board: Board, cast: Cast) -> None:
    nowhere = Region.objects.create(code="990101001009", level=5, name="无界", parent=board.streets[0], source="x")
    with pytest.raises(PlanRefusedError, match="无界"):
        draw(nowhere, cast)


@pytest.mark.parametrize("seed", [-1, 1.5, "7", None, True])
def test_a_seed_that_is_none_is_refused(town: Region, seed: Any) -> None:
    with translation.override("en"), pytest.raises(PlanRefusedError, match=f"whole number from 0, not {seed}"):
        read_ground(town, Terms.of({"seed": seed}, RULE))


def test_the_rule_is_data(db: None) -> None:
    Rule.objects.filter(key="grid_households_max").update(value=400)
    assert size_rule() == SizeRule(target=300, minimum=240, maximum=400)


def test_a_street_stands_for_its_communities(board: Board) -> None:
    assert [one.code for one in communities_under(["990101002000", CODE])] == [CODE, "990101002001", "990101002002"]
    with pytest.raises(PlanRefusedError, match="123456789012"):
        communities_under(["123456789012"])


def test_many_codes_are_one_question(board: Board, django_assert_num_queries: Any) -> None:
    codes = [one.code for one in reversed(board.communities)]
    with django_assert_num_queries(1):
        assert [one.code for one in communities_under([*codes, "990101000000", CODE])] == sorted(codes)
    with pytest.raises(PlanRefusedError, match="990101003000"):
        communities_under([*codes, "990101003000"])
    assert communities_under([]) == []


def test_the_shapes_of_a_plan_read_its_grids_once(town: Region, cast: Cast, django_assert_num_queries: Any) -> None:
    plan = draw(town, cast)
    one = plan.grids.all()[0]
    one.findings = [{"code": "outside_band", "params": {"building_ids": one.building_ids[:2]}}]
    one.save()
    with django_assert_num_queries(2):
        found = shapes_of_plan(plan)
    assert len(found["features"]) == 4
    assert [named["properties"]["grid"] for named in found["named"]] == [one.number] * 2


def test_the_ground_that_is_read(town: Region) -> None:
    ground = read_ground(town, Terms(RULE))
    assert len(ground.units) == 40
    assert {unit.compound is None for unit in ground.units[2:]} == {True}
    assert len(ground.streets) == 1
    assert [barrier.kind for barrier in ground.barriers] == ["river"]
    assert read_ground(town, Terms(RULE)).fingerprint == ground.fingerprint


def test_neighbours_do_not_make_a_plan_stale(town: Region, board: Board, cast: Cast) -> None:
    plan = draw(town, cast)
    populate(board.communities[1], rows=1, columns=2)
    adopt_plan(plan=plan, by=cast.approver, at=timezone.now())


def test_a_plan_is_stale_once_a_river_has_moved(town: Region, cast: Cast) -> None:
    plan = draw(town, cast)
    river = GroundFeature.objects.get(kind="river")
    river.weight = 0.5
    river.save()
    with pytest.raises(StalePlanError):
        adopt_plan(plan=plan, by=cast.approver, at=timezone.now())


def test_an_adoption_before_the_grids_in_force_began_is_refused_in_words(town: Region, cast: Cast) -> None:
    adopt_plan(plan=draw(town, cast), by=cast.approver, at=timezone.now())
    Building.objects.filter(community=town).update(households=60)
    with pytest.raises(PlanRefusedError):
        adopt_plan(plan=draw(town, cast), by=cast.approver, at=BEGAN)
