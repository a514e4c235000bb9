"""The chessboard and the cast are what their description says."""

import pytest
from django.contrib.gis.geos import Point

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.territory.models import Building, Grid, GridEdition, RegionEdition
from tests.cast import COMMUNITIES, LOADS, Board, Cast, centre_of, corner_of


@pytest.mark.parametrize("code", COMMUNITIES)
def test_each_community_holds_its_own_centre_and_no_other(board: Board, code: str) -> None:
    found = RegionEdition.objects.in_force().at(centre_of(code)).filter(region__level=5)
    assert [edition.region.code for edition in found] == [code]


def test_the_first_grid_is_in_the_north_west_and_carries_its_load(grids: list[Grid]) -> None:
    west, south = corner_of(COMMUNITIES[0])
    point = Point(west + 0.001, south + 0.009, srid=4326)
    assert GridEdition.objects.in_force().at(point).get().grid.code == f"{COMMUNITIES[0]}001"
    loads = GridEdition.objects.of_community(COMMUNITIES[0]).order_by("grid__code").values_list("households", flat=True)
    assert tuple(loads) == LOADS
    assert Building.objects.count() == 16


def test_each_part_sees_its_own_areas(cast: Cast) -> None:
    seen = {part: areas_of(who, Verb.VIEW) for part, who in cast.everyone().items()}
    assert seen == {
        "planner": ["990101"],
        "approver": ["990101"],
        "officer": ["990101001001"],
        "worker": ["990101001001001"],
        "administrator": [""],
        "stranger": [],
        "former": [],
    }
