"""Unknown is not nought, dwellings stand in and say so, and a map begins where there is most to see."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.utils import timezone

from gridmap.accounts.models import User
from gridmap.accounts.roles import Role
from gridmap.planning.models import Plan
from gridmap.territory.models import Building, Compound, Grid, GridEdition, Region, RegionEdition
from gridmap.territory.services import recount_grids
from layers.cards.figures import pieces_needed
from layers.loads import Band
from tests.cast import BEGAN, COMMUNITIES, COUNTY, SIDE, SOUTH, WEST, Board, Cast, give_post, person, square

SignIn = Callable[[User], Client]


def get(client: Client, path: str, **parameters: Any) -> dict[str, Any]:
    client.cookies["django_language"] = "en"
    answer: dict[str, Any] = client.get(f"/api/v1/{path}", parameters).json()
    return answer


def fact(card: dict[str, Any], label: str) -> dict[str, Any]:
    [found] = [row for row in card["facts"] if row["label"] == label]
    return dict(found)


@pytest.fixture
def dwellings_only(grids: list[Grid]) -> Grid:
    """The first grid knows dwellings and nothing else."""
    Building.objects.filter(grid=grids[0]).update(households=None, residents=None, elders=None, dwellings=150)
    recount_grids()
    return grids[0]


class TestUnknown:
    """What nobody counted."""

    def test_a_grid_card_says_that_residents_are_unknown_and_what_stands_in(
        self, dwellings_only: Grid, cast: Cast, signed_in: SignIn
    ) -> None:
        card = get(signed_in(cast.planner), f"grids/{dwellings_only.code}")
        households = fact(card, "Resident households")
        assert (households["value"], households["note"]) == (300, "2 counted by dwellings")
        assert fact(card, "Residents")["value"] is None
        assert fact(card, "Aged 60 and over")["value"] is None

    def test_the_list_of_grids_too(self, dwellings_only: Grid, cast: Cast, signed_in: SignIn) -> None:
        rows = {row["code"]: row for row in get(signed_in(cast.planner), "grids")["rows"]}
        row = rows.pop(dwellings_only.code)
        assert (row["households"], row["residents"], row["elders"], row["standIns"]) == (300, None, None, 2)
        assert all(row["standIns"] == 0 and row["residents"] is not None for row in rows.values())

    def test_a_counted_nought_stays_a_nought(self, grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
        Building.objects.filter(grid=grids[0]).update(residents=0, elders=None)
        recount_grids()
        card = get(signed_in(cast.planner), f"grids/{grids[0].code}")
        assert (fact(card, "Residents")["value"], fact(card, "Aged 60 and over")["value"]) == (0, None)
        row = next(row for row in get(signed_in(cast.planner), "grids")["rows"] if row["code"] == grids[0].code)
        assert (row["residents"], row["elders"]) == (0, None)

    def test_a_community_counts_as_its_grids_do(self, dwellings_only: Grid, cast: Cast, signed_in: SignIn) -> None:
        card = get(signed_in(cast.planner), f"regions/{COMMUNITIES[0]}")
        of_grids = sum(row["households"] for row in get(signed_in(cast.planner), "grids", area=COMMUNITIES[0])["rows"])
        households = fact(card, "Resident households")
        assert (households["value"], households["note"]) == (of_grids, "2 counted by dwellings")
        Building.objects.update(households=None, dwellings=None)
        card = get(signed_in(cast.planner), f"regions/{COMMUNITIES[0]}")
        households = fact(card, "Resident households")
        assert (households["value"], households["note"]) == (None, "8 buildings without figure")


class TestPlace:
    """Where a map begins, and where a search leads."""

    @pytest.fixture
    def far_county(self, board: Board) -> Region:
        """A second county of another province, far away, with one community and no boundary of its own."""
        parent = None
        for code, level in (("980000000000", 1), ("980100000000", 2), ("980101000000", 3), ("980101001000", 4)):
            parent = Region.objects.create(code=code, level=level, name=code, parent=parent, source="far")
        community = Region.objects.create(code="980101001001", level=5, name="远社区", parent=parent, source="far")
        shape = MultiPolygon(square(103.8, 1.3, SIDE), srid=4326)
        RegionEdition.objects.create(region=community, geom=shape, valid=DateTimeTZRange(BEGAN, None), source="far")
        return community

    def test_who_sees_everything_begins_at_the_county_with_most_grids(
        self, far_county: Region, grids: list[Grid], cast: Cast, signed_in: SignIn
    ) -> None:
        here = pytest.approx([WEST, SOUTH, WEST + 2 * SIDE, SOUTH + 2 * SIDE])
        assert get(signed_in(cast.administrator), "map")["extent"] == here
        GridEdition.objects.all().delete()
        assert get(signed_in(cast.administrator), "map")["extent"] == here  # four communities are more than one

    def test_a_region_without_a_boundary_is_shown_as_its_communities(
        self, far_county: Region, cast: Cast, signed_in: SignIn
    ) -> None:
        for code in ("980101001000", "980101000000"):
            card = get(signed_in(cast.administrator), f"regions/{code}")
            assert card["bbox"] == pytest.approx([103.8, 1.3, 103.8 + SIDE, 1.3 + SIDE])
            assert fact(card, "Boundary") == {
                "label": "Boundary", "value": None, "unit": "", "note": "none of its own in force"
            }  # fmt: skip

    def test_a_boundary_of_ones_own_goes_before(self, board: Board, cast: Cast, signed_in: SignIn) -> None:
        card = get(signed_in(cast.planner), f"regions/{COUNTY}")
        assert fact(card, "Area")["value"] == pytest.approx(
            RegionEdition.objects.get(region__code=COUNTY).area_m2 / 1e6, abs=0.001
        )


class TestSource:
    """A plan signs with its day, not with its number."""

    @pytest.fixture
    def plan(self, grids: list[Grid], board: Board) -> Plan:
        moment = timezone.make_aware(datetime(2026, 11, 22, 0, 30))
        plan = Plan.objects.create(community=board.communities[0], state="adopted", adopted_at=moment, ground="")
        GridEdition.objects.filter(grid=grids[0]).update(source=f"plan {plan.pk}")
        return plan

    def test_who_may_see_the_plan_gets_a_link(
        self, plan: Plan, grids: list[Grid], cast: Cast, signed_in: SignIn
    ) -> None:
        for who, href in (
            (cast.planner, f"/plans/{plan.pk}/"),
            (cast.approver, f"/plans/{plan.pk}/"),
            (cast.officer, ""),
        ):
            card = get(signed_in(who), f"grids/{grids[0].code}")
            assert (card["source"], card["sourceHref"]) == ("plan 2026-11-22", href)

    @pytest.mark.parametrize("source", ["plan of 2019", "chessboard", ""])
    def test_any_other_source_stays_as_it_is(
        self, grids: list[Grid], cast: Cast, signed_in: SignIn, source: str
    ) -> None:
        GridEdition.objects.filter(grid=grids[0]).update(source=source)
        card = get(signed_in(cast.planner), f"grids/{grids[0].code}")
        assert (card["source"], card["sourceHref"]) == (source, "")

    def test_a_plan_that_is_gone_is_one_of_those_adopted(
        self, grids: list[Grid], cast: Cast, signed_in: SignIn
    ) -> None:
        GridEdition.objects.filter(grid=grids[0]).update(source="plan 0a87d891-4f4e-4a1e-9b1e-000000000000")
        card = get(signed_in(cast.planner), f"grids/{grids[0].code}")
        assert (card["source"], card["sourceHref"]) == ("adopted plans", "")


@pytest.mark.parametrize(
    ("households", "pieces"), [(None, 1), (0, 1), (360, 1), (361, 2), (610, 2), (2914, 10), (4046, 13)]
)
def test_a_compound_needs_as_many_grids_as_its_households_fill(households: int | None, pieces: int) -> None:
    assert pieces_needed(households, Band()) == pieces


def test_part_of_a_compound_says_that_it_is_a_part(grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
    compound = Compound.objects.create(source="test", source_ref="1", name="梧桐里", community=grids[0].community)
    Building.objects.filter(grid__in=grids[:2]).update(compound=compound)
    part = get(signed_in(cast.worker), f"compounds/{compound.pk}")
    assert fact(part, "Buildings")["value"] == 2
    for label in ("Buildings", "Residents", "Resident households", "Grids"):
        assert fact(part, label)["note"].startswith("in your area")
    whole = get(signed_in(cast.officer), f"compounds/{compound.pk}")
    assert fact(whole, "Buildings")["value"] == 4
    assert not any("in your area" in one["note"] for one in whole["facts"])


def test_staff_is_counted_as_far_as_the_viewer_sees(grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
    give_post(person("one", "甲"), Role.GRID_WORKER, grids[0].code)
    give_post(person("two", "乙"), Role.GRID_WORKER, grids[1].code)
    place = f"regions/{grids[0].code[:6]}000000"
    whole, part = (
        next(row for section in card["sections"] for row in section["facts"] if row["label"] == "Staff")
        for card in (get(signed_in(who), place) for who in (cast.planner, cast.worker))
    )
    assert part["value"] < whole["value"] and not whole["note"]
    assert part["note"] == "in your area"
