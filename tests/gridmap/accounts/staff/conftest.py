"""An administrator of the north street, people of both streets, and organisations from the county down."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from gridmap.accounts.models import Organisation, Post, User
from gridmap.accounts.roles import Role
from gridmap.accounts.staff.posts import PostDetails
from tests.cast import Board, Cast, give_post, person

NORTH, SOUTH = "990101001", "990101002"
FIRST = "990101001001"


@dataclass(frozen=True)
class Office:
    """Who acts in the stories of the administrators' room."""

    chief: User  # administers everywhere
    keeper: User  # administers the north street
    worker: User  # a grid worker of the north street's first community
    colleague: User  # a grid leader of the north street
    neighbour: User  # a grid worker of the south street
    both: User  # a grid worker in both streets
    county: Organisation
    street: Organisation
    community: Organisation
    other_street: Organisation

    @property
    def post(self) -> Post:
        """The worker's first post."""
        return self.worker.posts.earliest("pk")


@pytest.fixture
def office(board: Board, cast: Cast) -> Office:
    """The office on the chessboard."""
    county = Organisation.objects.create(name="样例县城管局", kind="department", area="990101")
    street = Organisation.objects.create(name="北街道办", kind="street", area=NORTH, parent=county)
    community = Organisation.objects.create(name="一社区居委会", kind="community", area=FIRST, parent=street)
    other_street = Organisation.objects.create(name="南街道办", kind="street", area=SOUTH, parent=county)
    keeper, worker = person("keeper", "冯管家"), person("wang", "王网格")
    colleague, neighbour, both = person("chen", "陈组长"), person("zhao", "赵邻居"), person("qian", "钱两边")
    give_post(keeper, Role.ADMINISTRATOR, NORTH)
    give_post(worker, Role.GRID_WORKER, FIRST)
    give_post(colleague, Role.GRID_LEADER, NORTH)
    give_post(neighbour, Role.GRID_WORKER, SOUTH)
    give_post(both, Role.GRID_WORKER, NORTH)
    give_post(both, Role.GRID_WORKER, SOUTH)
    return Office(
        cast.administrator, keeper, worker, colleague, neighbour, both, county, street, community, other_street
    )


@pytest.fixture
def now() -> datetime:
    """This moment."""
    return timezone.now()


def today() -> date:
    """This day, where the site is."""
    return timezone.localdate()


def in_days(days: int) -> date:
    """A day from today."""
    return today() + timedelta(days=days)


def details(role: Role = Role.GRID_WORKER, area: str = FIRST, **more: object) -> PostDetails:
    """A post from today on."""
    return PostDetails(role=role, area=area, **{"starts_on": today(), **more})  # type: ignore[arg-type]


def post_form(**more: str) -> dict[str, str]:
    """What the form of a post sends: a grid worker's in the first community, from today on."""
    return {
        "role": "grid_worker", "area": f"一社区 · {FIRST}", "network": "", "duty": "main", "organisation": "",
        "seconded_from": "", "starts_on": str(today()), "ends_on": "",
    } | more  # fmt: skip
