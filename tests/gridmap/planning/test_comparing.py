"""A draft at a glance, two drafts side by side, and grids as GeoJSON."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from gridmap.accounts.models import User
from gridmap.partition import SizeRule, Weights
from gridmap.partition.bounds import explain
from gridmap.planning.comparing import better
from gridmap.planning.explaining import MOST_INSIDE, bound, curve, histogram, is_proven, worst
from gridmap.planning.models import Plan, PlannedGrid
from gridmap.planning.services import adopt_plan, draw_plan
from gridmap.planning.terms import Terms
from gridmap.territory.models import Building, Region
from tests.cast import Board, Cast
from tests.gridmap.partition.meshes import path
from tests.gridmap.planning.conftest import CODE

SignIn = Callable[[User], Client]
RULE = SizeRule()
TERMS = Terms(RULE, effort="quick")
NOWHERE = "00000000-0000-0000-0000-000000000000"


def grid(households: int, *codes: str, number: int = 1) -> PlannedGrid:
    told = {"buildings": "甲", "households": households, "minimum": 240, "maximum": 360, "outside": 1, "least": 1}
    return PlannedGrid(
        number=number, households=households, findings=[{"code": code, "params": told} for code in codes]
    )


@pytest.fixture
def plan(town: Region, cast: Cast) -> Plan:
    return draw_plan(community=town, terms=TERMS, by=cast.planner)


@given(st.lists(st.integers(0, 2000)), st.integers(1, 500), st.integers(0, 300), st.integers(0, 300))
def test_every_inhabited_grid_is_in_one_bin_and_no_bin_crosses_the_band(
    loads: list[int], minimum: int, up: int, further: int
) -> None:
    rule = SizeRule(minimum + up, minimum, minimum + up + further)
    found = histogram([grid(load) for load in loads], rule)
    bins = found["bins"]
    assert sum(one["count"] for one in bins) == sum(load > 0 for load in loads)
    assert found["most"] == max(one["count"] for one in bins)
    assert [one["high"] for one in bins[:-1]] == [one["low"] for one in bins[1:]]
    assert [one["place"] for one in bins] == sorted(
        (one["place"] for one in bins), key=["below", "inside", "above"].index
    )
    inside = [one for one in bins if one["place"] == "inside"]
    assert (inside[0]["low"], sum(one["count"] for one in inside)) == (minimum, sum(map(rule.holds, loads)))


def test_the_worst_come_first_with_their_reasons() -> None:
    grids = [grid(300 + n, number=n) for n in range(20)]
    grids += [grid(0, number=90), grid(500, "unit_above_maximum", number=91), grid(200, "outside_band", number=92)]
    found = worst(grids, RULE)
    assert [one["number"] for one in found[:4]] == [91, 92, 19, 18]
    assert len(found) == 2 + MOST_INSIDE
    assert [one["proven"] for one in found[:3]] == [True, False, False]
    assert found[0]["deviation"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("households", "codes", "proven"),
    [
        (500, ["unit_above_maximum"], True),
        (200, ["outside_band"], False),
        (200, ["outside_band_bounded"], False),
        (200, ["outside_band_bounded", "forced_alone"], True),
        (200, ["outside_band", "units_share_point"], False),
        (200, ["a_code_of_another_version"], False),
        (300, ["unit_above_maximum"], False),
        (200, [], False),
    ],
)
def test_a_reason_is_a_proof_or_not(households: int, codes: list[str], proven: bool) -> None:
    assert is_proven(grid(households, *codes), RULE) is proven


def test_a_grid_is_marked_proven_as_often_as_is_counted() -> None:
    """440 households that cannot be divided, drawn as three: one such grid must be, the others need not."""
    households = [176, 132, 132]
    told = explain(path(*[22] * 20), np.repeat([0, 1, 2], [8, 6, 6]), RULE, ["x"] * 20, code_below="x")
    grids = [grid(load, number=number) for number, load in enumerate(households)]
    for one, findings in zip(grids, told.of_grid, strict=True):
        one.findings = [{"code": finding.code, "params": dict(finding.params)} for finding in findings]
    assert [one["proven"] for one in worst(grids, RULE)].count(True) == told.proven == 1


def test_old_plans_have_no_bound() -> None:
    assert bound({"outside_band": 3}) == {"outside": 3, "proven_outside": 0, "bound_outside": 0}


def test_the_page_marks_as_many_grids_proven_as_the_figures_count(town: Region, cast: Cast, signed_in: SignIn) -> None:
    """1200 households cannot be divided into grids of 340 to 360."""
    plan = draw_plan(community=town, terms=Terms(SizeRule(350, 340, 360), effort="quick"), by=cast.planner)
    response = signed_in(cast.planner).get(f"/plans/{plan.pk}/")
    marked = [one["proven"] for one in response.context["worst"]]
    assert marked.count(True) == plan.figures["proven_outside"] >= 1
    assert response.content.decode().count('class="mark done"') == marked.count(True)


def test_the_page_of_a_plan_explains_it(plan: Plan, cast: Cast, signed_in: SignIn) -> None:
    context = signed_in(cast.planner).get(f"/plans/{plan.pk}/").context
    assert sum(one["count"] for one in context["histogram"]["bins"]) == 4
    assert [one["outside"] for one in context["worst"]] == [False] * 4
    assert context["curve"]
    assert sum(point["chosen"] for point in context["curve"]) <= 1
    assert context["weights"] == {"balance": 1.0, "compactness": 1.0, "stability": 1.0}
    assert (context["moved"], context["stopped"], context["compare_with"]) == (None, False, [])
    assert context["form"]["effort"].value() == "quick"
    assert signed_in(cast.approver).get(f"/plans/{plan.pk}/").context["form"] is None


def test_a_plan_is_offered_beside_others_and_the_grids_in_force(
    plan: Plan, town: Region, cast: Cast, signed_in: SignIn
) -> None:
    adopt_plan(plan=plan, by=cast.approver, at=timezone.now())
    other = draw_plan(community=town, terms=Terms(RULE, seed=5, effort="quick"), by=cast.planner)
    client = signed_in(cast.planner)
    context = client.get(f"/plans/{other.pk}/").context
    assert context["moved"]["households"] == other.figures["moved_households"]
    assert [one["now"] for one in context["compare_with"]] == [True, False]
    for one in context["compare_with"]:
        page = client.get(one["url"])
        assert page.status_code == 200
        assert page.context["b"].plan == other
        assert client.get(page.context["a"].shapes_url).status_code == 200
    assert context["compare_with"][1]["url"].startswith(f"/plans/compare?a={plan.pk}")


def test_a_plan_in_force_and_the_grids_of_today_are_the_same(
    plan: Plan, town: Region, cast: Cast, signed_in: SignIn
) -> None:
    adopt_plan(plan=plan, by=cast.approver, at=timezone.now())
    context = signed_in(cast.approver).get("/plans/compare", {"a": str(plan.pk), "b": "now"}).context
    rows = {row["label"]: row for row in context["pairs"]}
    assert {row["better"] for row in rows.values()} == {""}
    assert all(row["a"] == row["b"] for row in rows.values())  # barriers crossed too: the plan in force knows them
    assert (context["moved"]["households"], context["moved"]["points"]) == (0, [])
    assert [one["value"] for one in context["choices"]] == ["now", str(plan.pk)]


def test_buildings_that_change_grid_are_named(plan: Plan, town: Region, cast: Cast, signed_in: SignIn) -> None:
    other = draw_plan(community=town, terms=TERMS, by=cast.planner)
    first, second = other.grids.order_by("number")[:2]
    moving = first.building_ids[0]
    first.building_ids, second.building_ids = first.building_ids[1:], [*second.building_ids, moving]
    PlannedGrid.objects.bulk_update([first, second], ["building_ids"])
    found = signed_in(cast.planner).get("/plans/compare", {"a": str(plan.pk), "b": str(other.pk)}).context["moved"]
    (point,) = found["points"]
    building = Building.objects.get(pk=moving)
    assert (point["name"], point["from"], point["to"]) == (building.number, "001", "002")
    assert (point["lon"], point["lat"]) == (building.point.x, building.point.y)
    assert (found["households"], found["buildings"], found["share"]) == (30, 1, pytest.approx(30 / 1200))


@pytest.mark.parametrize(
    ("key", "a", "b", "expected"),
    [
        ("within_10", 0.9, 0.8, "a"),
        ("cut_length_m", 900, 800, "b"),
        ("outside_band", 1, 1, ""),
        ("barriers_crossed", None, 1, ""),
        ("grids", 4, 5, ""),
    ],
)
def test_which_of_two_figures_is_better(key: str, a: Any, b: Any, expected: str) -> None:
    assert better(key, a, b) == expected


def test_what_cannot_be_compared_is_not_found(plan: Plan, board: Board, cast: Cast, signed_in: SignIn) -> None:
    elsewhere = draw_plan(community=board.communities[1], terms=TERMS, by=cast.planner)
    client, own = signed_in(cast.planner), str(plan.pk)
    for query in (
        {},
        {"a": own},
        {"a": "now", "b": "now"},
        {"a": own, "b": "x"},
        {"a": own, "b": NOWHERE},
        {"a": own, "b": "\x00"},
        {"a": own, "b": str(elsewhere.pk)},
    ):
        assert client.get("/plans/compare", query).status_code == 404, query
    assert client.get("/plans/compare", {"a": own, "b": own}).status_code == 200
    for who in (cast.officer, cast.worker):
        assert signed_in(who).get("/plans/compare", {"a": own, "b": own}).status_code == 404
        assert signed_in(who).get(f"/plans/now/{CODE}/grids.json").status_code == 404


def test_the_shapes_say_what_is_to_be_known(plan: Plan, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.planner)
    names = {"number", "code", "households", "kind", "outside", "proven", "kept", "was", "moved_households"}
    drafts = client.get(f"/plans/{plan.pk}/grids.json").json()["features"]
    assert all(set(one["properties"]) == names for one in drafts)
    assert client.get(f"/plans/now/{CODE}/grids.json").json()["features"] == []
    adopt_plan(plan=plan, by=cast.approver, at=timezone.now())
    now = client.get(f"/plans/now/{CODE}/grids.json").json()
    assert [one["properties"]["code"] for one in now["features"]] == [f"{CODE}00{number}" for number in (1, 2, 3, 4)]
    assert all(set(one["properties"]) == names for one in now["features"])
    assert now["rule"]["maximum"] == 360
    for code in ("990101001000", "123456789012", "x", "'"):
        assert client.get(f"/plans/now/{code}/grids.json").status_code == 404


def test_the_plan_itself_stands_for_its_own_weights_on_the_curve() -> None:
    terms = Terms(RULE, weights=Weights(2.0, 1.0, 1.0))
    points = [{"weights": {"balance": b, "compactness": 1.0, "stability": 1.0}, "within_10": 0.5} for b in (1.0, 2.0)]
    plan = SimpleNamespace(parameters=terms.as_json(), figures={"curve": points, "within_10": 0.9})
    found = curve(plan)  # type: ignore[arg-type]
    assert [(point["weights"]["balance"], point["within_10"], point["chosen"]) for point in found] == [
        (2.0, 0.9, True),
        (1.0, 0.5, False),
    ]
