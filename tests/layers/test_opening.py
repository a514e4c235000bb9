"""What the map's first answer finds in the data is kept until the data changes, and for the same areas alone."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridmap.accounts.models import User
from gridmap.territory.models import Building, Grid
from gridmap.territory.models.sourced import GENERATED
from layers.catalogue import BY_KEY
from layers.opening import describe_map, extent, generated_boxes, sources
from layers.origins import origin_told
from tests.cast import COMMUNITIES, SIDE, SOURCE, Board, Cast, corner_of
from tests.layers.places import furnish

#: Tables whose rows are many.
LARGE = ("territory_building", "territory_groundfeature", "territory_gridedition", "territory_regionedition")


@pytest.fixture(autouse=True)
def furnished(board: Board, grids: list[Grid]) -> None:
    furnish(board.communities[0])


def scans(user: User) -> list[str]:
    """The questions that a map's first answer asks of large tables."""
    with CaptureQueriesContext(connection) as asked:
        describe_map(user)
    return [one["sql"] for one in asked.captured_queries if any(table in one["sql"] for table in LARGE)]


def test_the_second_answer_asks_nothing_of_large_tables(cast: Cast) -> None:
    assert scans(cast.planner)
    assert scans(cast.planner) == []


def test_answers_are_the_same_kept_or_not(cast: Cast) -> None:
    first: dict[str, Any] = describe_map(cast.planner)
    assert describe_map(cast.planner) == first
    assert first["generated"] is False and first["generatedBoxes"] == []


def test_a_change_of_the_data_is_seen_at_once(cast: Cast) -> None:
    buildings = BY_KEY["buildings"]
    assert sources(buildings, cast.planner) == [SOURCE]
    assert generated_boxes(cast.planner) == []
    Building.objects.filter(community__code=COMMUNITIES[0]).update(source=GENERATED)
    assert sorted(sources(buildings, cast.planner)) == sorted([origin_told(GENERATED), SOURCE])
    west, south = corner_of(COMMUNITIES[0])
    assert generated_boxes(cast.planner)[0][:2] == pytest.approx([west, south])
    assert describe_map(cast.planner)["generated"] is True


def test_people_of_other_areas_do_not_share_what_was_found(cast: Cast) -> None:
    whole = extent(cast.planner)
    own = extent(cast.worker)
    assert own != whole and own[2] - own[0] < SIDE
    assert extent(cast.planner) == whole
